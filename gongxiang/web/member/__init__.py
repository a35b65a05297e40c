"""The member's own pages (H5)."""
