"""The pure economy: one clause of the scheme a file, no clock, no chance, no input or output."""
