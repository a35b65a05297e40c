"""Template tags of the member's faces."""
