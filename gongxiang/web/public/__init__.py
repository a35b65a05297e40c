"""The public faces: the pool, its steps, the rules, and how anybody verifies them."""
