"""Merchants: the stores in which members pay."""
