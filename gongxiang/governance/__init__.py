"""Governance: the versions of the rulebook that were published, and the audit log of the staff."""
