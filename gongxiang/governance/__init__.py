"""Governance: the versions of the rulebook that were published."""
