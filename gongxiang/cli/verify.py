"""`verify [FILE]`: check the database, or an exported file against its seal.

In the database it checks what stands beside the ledger too: payouts, transfers, shares, returns,
and the bills of the platform's own account.

Names the first wrong place and ends with 1; prints one line that says what was checked.

Source: spec/events.md (verify), H7.
"""

import argparse
import hashlib
import os
import secrets
from pathlib import Path

import django

from gongxiang.cli.failure import Failure
from gongxiang.cli.progress import Progress
from gongxiang.cli.reading import explained
from gongxiang.cli.snapshot import snapshot
from gongxiang.cli.start import SETTINGS, platform
from gongxiang.lab.files import read_lines


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("file", metavar="FILE", nargs="?", help="an export; FILE.seal beside it")


def run(arguments: argparse.Namespace) -> int:
    """Check, and say what was checked."""
    print(_verify_database() if arguments.file is None else _verify_file(Path(arguments.file)))
    return 0


def _verify_database() -> str:
    with platform() as access, snapshot(access.url) as connection:
        from gongxiang.governance.models import RuleVersion  # noqa: PLC0415  after Django's set-up
        from gongxiang.ledger.models import Batch  # noqa: PLC0415
        from gongxiang.settlement.audit import audit  # noqa: PLC0415
        from gongxiang.settlement.audit_lines import compare_audit_log  # noqa: PLC0415
        from gongxiang.settlement.outside import compare_outside  # noqa: PLC0415
        from gongxiang.settlement.own_funds import compare_own_funds  # noqa: PLC0415
        from gongxiang.settlement.wrong import Wrong  # noqa: PLC0415

        batches = Batch.objects.count()
        if not batches and not RuleVersion.objects.exists():
            raise Failure("the platform is empty, nothing to verify: run `up` or `import` first")
        with Progress("verifying", total=batches, unit="batches") as progress:
            try:
                found = audit(connection, on_batch=lambda _batch: progress.add(1))
                outside = compare_outside(connection)
                own = compare_own_funds(connection)
                log = compare_audit_log(connection)
            except Wrong as wrong:
                raise Failure(f"WRONG: {wrong}") from wrong
    stand = found.stand
    orders, *_ = stand.totals
    told = (
        f"verified: {found.recorded} facts, {orders} orders, {stand.step} steps,"
        f" {stand.batch} batches; pool {stand.money} µ¥ / {stand.circulating} atoms"
    )
    if found.waiting:
        told += f"; {found.waiting} facts are not settled yet"
    if outside.payouts:
        told += f"; {outside.payouts} payouts and {outside.transfers} transfers hold"
    if outside.commission:
        told += (
            f"; of {outside.commission} µ¥ commission {outside.shared} µ¥ are shared,"
            f" {outside.on_way} µ¥ under way, {outside.carried} µ¥ carried"
        )
    if any(own):
        told += (
            f"; {own.compared} bills of the own account are compared, {own.missing} missing,"
            f" {own.open} differences wait for an officer"
        )
    if log.days:
        told += f"; the audit log holds, {log.lines} lines of {log.days} sealed days"
    if found.ahead:
        told += f"; {len(found.ahead)} exits wait to be written"
    return told


def _verify_file(path: Path) -> str:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    # Without a key of its own the set-up would make a data folder to keep one in.
    os.environ.setdefault("GONGXIANG_SECRET_KEY", secrets.token_hex(32))
    django.setup()
    from gongxiang.settlement.seal import read_seal  # noqa: PLC0415  after Django's set-up
    from gongxiang.settlement.sealed import audit_file  # noqa: PLC0415
    from gongxiang.settlement.wrong import Wrong  # noqa: PLC0415

    seal_path = path.with_name(f"{path.name}.seal")
    try:
        with explained(path), Progress("verifying") as progress:
            entries = read_lines(path, watch=progress.show)
            if not path.is_file():
                next(entries)
            with seal_path.open("rb") as file:
                seal = read_seal(file)
            found = audit_file(entries, seal=seal, file=_digest(path))
    except FileNotFoundError as error:
        raise Failure(
            f"there is no seal {seal_path}: `export` writes it beside the file; copy both"
        ) from error
    except OSError as error:
        raise Failure(f"cannot read {error.filename}: {error.strerror}") from error
    except Wrong as wrong:
        raise Failure(f"WRONG: {wrong}") from wrong
    state = found.replay.state
    note = f"; no batch covers the last {len(found.digests)} lines yet" if found.digests else ""
    return (
        f"verified: {found.lines} lines, {state.orders} orders, {len(seal.batches)} batches,"
        f" {len(seal.days)} sealed days; pool {state.money} µ¥ / {state.circulating} atoms{note}"
    )


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
