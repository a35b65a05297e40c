"""Primitives that know nothing of the business: money, moments, ids, text."""
