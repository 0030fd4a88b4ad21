"""Commitments both ways: what the owner promised others in mail, and what others promised them."""
