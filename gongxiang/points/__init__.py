"""Points: the pool and its sequence, lots and sales."""
