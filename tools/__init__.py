"""The hands: what Deskhand can do in the world."""
