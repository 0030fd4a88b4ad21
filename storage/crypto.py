"""Sealing: AES-256-GCM with a data key per tenant, which is itself sealed by a key-encryption key with a version.

A sealed value is bound to where it stands (tenant, row, purpose), so that a ciphertext moved to another row does not open.
Layout: format byte 1, version of the sealing key (4 bytes, big-endian), nonce (12), ciphertext with tag (16 more than the text).
"""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.values.errors import NeedsPerson, Refused

_FORMAT = 1
_HEAD = struct.Struct(">BI")
_NONCE = 12
_SHORTEST = _HEAD.size + _NONCE + 16
KEY_BYTES = 32


@dataclass(frozen=True)
class Place:
    """Where a sealed value stands; a part of what the seal vouches for."""

    tenant: UUID
    row: UUID
    purpose: str

    def bytes(self) -> bytes:
        """The associated data of the seal."""
        return self.tenant.bytes + self.row.bytes + self.purpose.encode()


@dataclass(frozen=True)
class Key:
    """A secret key with its version. Never shown."""

    version: int
    secret: bytes = field(repr=False)

    def seal(self, text: bytes, place: Place) -> bytes:
        """Encrypts `text` for this place."""
        nonce = os.urandom(_NONCE)
        return _HEAD.pack(_FORMAT, self.version) + nonce + AESGCM(self.secret).encrypt(nonce, text, place.bytes())

    def open(self, sealed: bytes, place: Place) -> bytes:
        """Decrypts. Refused when the value was altered, moved or sealed with another key."""
        form, version = _head(sealed)
        if form != _FORMAT or version != self.version:
            raise Refused("A stored secret was sealed with another key; check ENCRYPTION_KEY.")
        body = sealed[_HEAD.size :]
        try:
            return AESGCM(self.secret).decrypt(body[:_NONCE], body[_NONCE:], place.bytes())
        except InvalidTag:
            raise Refused(
                "A stored secret does not open: it was altered, or ENCRYPTION_KEY is not the right one."
            ) from None


def sealed_version(sealed: bytes) -> int:
    """The version of the key that a value was sealed with."""
    return _head(sealed)[1]


def _head(sealed: bytes) -> tuple[int, int]:
    if len(sealed) < _SHORTEST:
        raise Refused("A stored secret is damaged and does not open; give it to me again.")
    form, version = _HEAD.unpack_from(sealed)
    return int(form), int(version)


@dataclass(frozen=True)
class Keyring:
    """The key-encryption keys by version; new values are sealed with the newest."""

    keys: dict[int, Key] = field(repr=False)
    again: Callable[[], dict[int, Key]] | None = field(default=None, repr=False)
    """Reads the keys anew: another process may have added one since this one started."""

    @property
    def newest(self) -> Key:
        """The key that seals."""
        return self.keys[max(self.keys)]

    def new_data_key(self, tenant: UUID) -> bytes:
        """A fresh data key for a tenant, sealed, ready to be stored."""
        return self.newest.seal(secrets.token_bytes(KEY_BYTES), _data_key_place(tenant))

    def open_data_key(self, tenant: UUID, sealed: bytes) -> Key:
        """The tenant's data key."""
        version = sealed_version(sealed)
        key = self.keys.get(version)
        if key is None and self.again is not None:
            self.keys.update(self.again())
            key = self.keys.get(version)
        if key is None:
            raise NeedsPerson(f"The encryption key with version {version} is missing; add it to ENCRYPTION_KEY.")
        return Key(version=1, secret=key.open(sealed, _data_key_place(tenant)))

    def rewrapped(self, tenant: UUID, sealed: bytes) -> bytes:
        """The same data key, sealed with the newest key. What it seals stays as it is."""
        return self.newest.seal(self.open_data_key(tenant, sealed).secret, _data_key_place(tenant))


def _data_key_place(tenant: UUID) -> Place:
    return Place(tenant, tenant, "data-key")


def keyring_from_text(text: str) -> Keyring:
    """Reads ENCRYPTION_KEY: 32 bytes in base64 (any alphabet) or hex; several as `1:…,2:…`, the highest version seals."""
    keys: dict[int, Key] = {}
    for place, word in enumerate(filter(None, (part.strip() for part in text.split(","))), start=1):
        version, colon, encoded = word.partition(":")
        number, encoded = (int(version), encoded) if colon and version.isdecimal() else (place, word)
        if number in keys or not 1 <= number <= _HIGHEST:
            raise Refused("ENCRYPTION_KEY must number its keys from 1, each with a number of its own: `1:…,2:…`.")
        keys[number] = Key(number, _key_bytes(encoded))
    if not keys:
        raise Refused(
            "ENCRYPTION_KEY is empty; give 32 random bytes in base64, for example from `openssl rand -base64 32`."
        )
    return Keyring(keys)


def _key_bytes(encoded: str) -> bytes:
    try:
        if len(encoded) == KEY_BYTES * 2:
            return bytes.fromhex(encoded)
        secret = base64.b64decode(
            encoded.replace("-", "+").replace("_", "/") + "=" * (-len(encoded) % 4), validate=True
        )
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise Refused("ENCRYPTION_KEY must be 32 bytes in base64 or hex, for example from `openssl rand -base64 32`.")
    return secret


_HIGHEST = 2**32 - 1


def keyring_from_file(path: Path) -> Keyring:
    """The key of a single-machine installation; made on first use, by the first of any number of processes, with mode 0600.
    The file is read again when a version is asked for that it did not have."""
    keys = _keys_in(path)
    return Keyring(keys, lambda: _keys_in(path))


def add_key(path: Path) -> Keyring:
    """Adds a key with the next version to the file; the older ones stay, for what they seal."""
    keys = _keys_in(path, add=True)
    return Keyring(keys, lambda: _keys_in(path))


def _keys_in(path: Path, *, add: bool = False) -> dict[int, Key]:
    """The keys of a file, which is made if need be. Whoever adds one writes the whole file anew under its lock, in one
    write of a few hundred bytes."""
    try:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            os.fchmod(file.fileno(), 0o600)
            text = file.read().strip()
            if not text or add:
                number = max(keyring_from_text(text.decode("ascii", "replace")).keys) + 1 if text else 1
                fresh = f"{number}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}".encode()
                text = b",".join(filter(None, (text, fresh)))
                file.seek(0)
                file.write(text + b"\n")
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        raise Refused(
            f"The key file {path} cannot be used ({error.strerror}); set DESKHAND_HOME to a folder that you can write."
        ) from error
    return keyring_from_text(text.decode("ascii", "replace")).keys
