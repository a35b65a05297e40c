"""Points: what a member holds, what selling pays, selling."""
