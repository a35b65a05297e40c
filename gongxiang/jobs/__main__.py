"""The worker's process: `python -m gongxiang.jobs [--sandbox]`, started by `work` and by `up`."""

import sys

import django

if __name__ == "__main__":
    django.setup()

    from gongxiang.jobs.ticks import SANDBOX, TICKS
    from gongxiang.jobs.worker import work

    work(ticks=(*TICKS, *SANDBOX) if "--sandbox" in sys.argv else TICKS)
