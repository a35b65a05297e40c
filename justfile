# Every door of the house, thin: dev.py does the work and needs nothing but Python.

# list the doors
_default:
    @python3 dev.py --help

# the platform on http://127.0.0.1:8000
up *args:
    python3 dev.py up {{args}}

# tests; --long for the long form
test *args:
    python3 dev.py test {{args}}

# ruff, mypy, import-linter
lint:
    python3 dev.py lint

# a file of events through the engine, in memory
replay *args:
    python3 dev.py replay {{args}}

# figures of speed: just bench replay
bench *args:
    python3 dev.py bench {{args}}
