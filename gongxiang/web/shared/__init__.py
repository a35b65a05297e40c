"""What all faces share: the shell, the parts, the sheet and how numbers are written."""
