"""The stream of arrivals: one small process that wakes open pages when a payment was recorded."""
