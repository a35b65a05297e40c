"""Members: who takes part, and who brought whom."""
