"""Pages of the console that act: a form, a page to check, one act in the officer's name."""
