"""Regions: divisions, grand regions, and the agents who work in them."""
