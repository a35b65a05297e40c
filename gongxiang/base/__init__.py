"""Primitives that know nothing of the business: money, clock, ids, text."""
