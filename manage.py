#!/usr/bin/env python3
"""Django's own commands, as the owner of the tables, on a running database."""

import dataclasses
import sys

from django.core.management import execute_from_command_line

from gongxiang.cli.server import database
from gongxiang.cli.start import use

if __name__ == "__main__":
    with database() as access:
        use(dataclasses.replace(access, url=access.owner_url))
        execute_from_command_line(sys.argv)
