"""`python3 dev.py bench NAME [...]`: run the bench of that name; each prints its figures.

Each bench is a module of this folder with `main(words) -> int`.
"""

import importlib
import sys
from collections.abc import Sequence

BENCHES = ("replay", "settlement", "crash", "pages", "pay")


def main(words: Sequence[str]) -> int:
    """Run the bench that the first word names."""
    if not words or words[0] not in BENCHES:
        print(f"usage: bench NAME [...]; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    return int(importlib.import_module(f"bench.{words[0]}").main(words[1:]))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
