"""PKCE (RFC 7636): the proof that whoever redeems a code is who began the sign-in."""

from __future__ import annotations

import base64
import hashlib
import secrets


def new_verifier() -> str:
    """A fresh secret: 256 bits, 43 characters."""
    return secrets.token_urlsafe(32)


def challenge(verifier: str) -> str:
    """What is shown of it when the sign-in begins (S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
