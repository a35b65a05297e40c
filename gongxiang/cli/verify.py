"""`verify [FILE]`: check the database, or an exported file against its seal.

Names the first wrong place and ends with 1; prints one line that says what was checked.
"""

import argparse
import os
from pathlib import Path

import django

from gongxiang.cli.failure import Failure
from gongxiang.cli.progress import Progress
from gongxiang.cli.reading import explained
from gongxiang.cli.snapshot import snapshot
from gongxiang.cli.start import SETTINGS, platform
from gongxiang.lab.files import read_entries


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("file", metavar="FILE", nargs="?", help="an export; FILE.seal beside it")


def run(arguments: argparse.Namespace) -> int:
    """Check, and say what was checked."""
    print(_verify_database() if arguments.file is None else _verify_file(Path(arguments.file)))
    return 0


def _verify_database() -> str:
    with platform() as access, snapshot(access.url) as connection:
        from gongxiang.governance.terms import terms_of  # noqa: PLC0415  after Django's set-up
        from gongxiang.points.models import Pool  # noqa: PLC0415
        from gongxiang.settlement.audit import Wrong, audit  # noqa: PLC0415
        from gongxiang.settlement.standing import compare_standing  # noqa: PLC0415

        pool = Pool.objects.first()
        if pool is None:
            raise Failure("the platform is empty: nothing to verify")
        with Progress("verifying", total=pool.batch, unit="batches") as progress:
            try:
                found = audit(
                    connection, terms=terms_of(1), on_batch=lambda _batch: progress.add(1)
                )
                compare_standing(found)
            except Wrong as wrong:
                raise Failure(f"WRONG: {wrong}") from wrong
    state = found.replay.state
    return (
        f"verified: {found.facts} facts, {state.orders} orders, {state.step} steps,"
        f" {len(found.batches)} batches; pool {state.money} µ¥ / {state.circulating} atoms"
    )


def _verify_file(path: Path) -> str:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()
    from gongxiang.settlement.audit import Wrong  # noqa: PLC0415
    from gongxiang.settlement.sealed import audit_file, read_seal  # noqa: PLC0415

    seal_path = path.with_name(f"{path.name}.seal")
    try:
        with seal_path.open("rb") as file:
            seal = read_seal(file)
        with explained(path), Progress("verifying") as progress:
            entries = read_entries(path, watch=progress.show)
            found = audit_file(entries, seal=seal)
    except OSError as error:
        raise Failure(f"cannot read {error.filename}: {error.strerror}") from error
    except Wrong as wrong:
        raise Failure(f"WRONG: {wrong}") from wrong
    state = found.replay.state
    note = f"; {len(found.digests)} lines are newer than the seal" if found.digests else ""
    return (
        f"verified: {found.lines} lines, {state.orders} orders, {len(seal.batches)} batches,"
        f" {len(seal.days)} sealed days; pool {state.money} µ¥ / {state.circulating} atoms{note}"
    )
