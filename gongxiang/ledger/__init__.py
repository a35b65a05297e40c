"""The ledger: append-only double entry over PostgreSQL."""
