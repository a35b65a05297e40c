"""Who works at the command line: the person as the operating system knows him.

Lines of the audit log that a command causes come from `cli:NAME`, whoever `--officer` names.
"""

import getpass
import os
from typing import Final

_PREFIX: Final = "cli:"


def operator() -> str:
    """Give who runs this command, as the audit log writes him."""
    try:
        return _PREFIX + getpass.getuser()
    except (KeyError, OSError):
        return f"{_PREFIX}{os.getuid()}"
