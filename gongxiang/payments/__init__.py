"""Payments: attempts to pay, what the channels said about them, what we told the channels."""
