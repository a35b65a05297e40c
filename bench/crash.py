"""`bench crash`: processes are killed at random moments; nothing that was acknowledged is lost.

    python3 dev.py bench crash                  a thousand kills, some minutes
    python3 dev.py bench crash --kills 100      half a minute

1. An importer is killed again and again while it drives a file through the platform, and so are
   its server processes; in the end the platform must stand where the replay of the file stands.
2. Two payers send the same facts, each several times, while a settler settles; payers, settler,
   single server processes and the whole server are killed. Every payment that was acknowledged
   must then be recorded once, under the number that was answered, and settled once; the state must
   be what a replay of the exported history gives, and the audit of the books must be clean.
3. A busy minute: people open payments over HTTP and pay on the phone, and web, worker, settler and
   the channels' sandbox are killed; in the end the channel and the books agree on every payment,
   refund and share.
4. The harness must be able to notice: with synchronous_commit off, killing the server must lose
   acknowledged payments.

Ends with 1 when something was lost, doubled or inexact, or when losses were not noticed.

Source: reliability C2, C3; I-18.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import ground

WEAK = {"synchronous_commit": "off", "wal_writer_delay": "10s"}
IMPORT_SHARE = 5
"""One kill of so many falls on the import, and one on the busy minute."""


def main(words: Sequence[str] | None = None) -> int:
    """Kill, compare, and print."""
    arguments = _parser().parse_args(words)
    with tempfile.TemporaryDirectory(prefix="bench-crash-") as name:
        folder = Path(name)
        with ground.a_server() as server:
            from bench import busy, surviving  # noqa: PLC0415 - it needs Django set up

            part = arguments.kills // IMPORT_SHARE
            imported = surviving.an_import(server, folder, kills=part, seed=arguments.seed)
            print(imported.told(), flush=True)
            busied = busy.minute(server, folder, kills=part, seed=arguments.seed)
            print(busied.told(), flush=True)
            rest = arguments.kills - imported.kills.total() - busied.kills.total()
            paid = surviving.payments(server, folder, kills=rest, seed=arguments.seed)
            print(paid.told(), flush=True)
        with ground.a_server(settings=WEAK) as server:
            acknowledged, lost = surviving.weak_payments(server, folder)
            print(f"synchronous_commit off: {lost:,} of {acknowledged:,} acknowledged lost")
    is_safe = imported.is_safe() and busied.is_safe() and paid.is_safe()
    return 0 if is_safe and lost else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench crash")
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0, help="of what is killed, and when")
    return parser
