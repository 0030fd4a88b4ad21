"""Undo: taking back what was done, as far as the world allows."""
