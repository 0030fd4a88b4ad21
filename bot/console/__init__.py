"""The terminal: the same assistant with no account needed, for people (`render`) and for programs (`protocol`)."""
