"""The commands: one module each, found by name and loaded only when called."""
