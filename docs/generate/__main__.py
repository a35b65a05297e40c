"""Writes every reference page again: `.venv/bin/python -m docs.generate`."""

import os
import secrets
import sys

import django


def main() -> int:
    """Write the pages that changed, and name them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongxiang.config.settings")
    # The settings would otherwise make a data folder, to keep a key in.
    os.environ.setdefault("GONGXIANG_SECRET_KEY", secrets.token_hex(32))
    django.setup()
    from docs.generate.pages import PAGES, REFERENCE  # noqa: PLC0415  Django must be set up first

    for name, make in PAGES.items():
        path = REFERENCE / name
        text = make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stderr.write(f"wrote docs/reference/{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
