"""`python -m gongxiang.cli COMMAND ...`."""

import sys

from gongxiang.cli.main import main

sys.exit(main())
