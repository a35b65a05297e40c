"""Orders: what was accepted from outside, and the orders and refunds among it."""
