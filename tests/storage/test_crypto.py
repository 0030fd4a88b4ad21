"""Seals: what was sealed opens in its place, with its key, unaltered, or not at all."""

from __future__ import annotations

import base64
import fcntl
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.crypto import Key, Keyring, Place, keyring_from_file, keyring_from_text, sealed_version
from storage.values.errors import NeedsPerson, Refused
from storage.values.ids import new_id

KEY = Key(1, bytes(range(32)))
PLACE = Place(new_id(), new_id(), "test")
BASE64 = base64.b64encode(bytes(range(32))).decode()


@given(st.binary(max_size=2_000), st.text(max_size=20), st.uuids(), st.uuids())
def test_what_is_sealed_opens_again_in_its_place(secret: bytes, purpose: str, tenant, row) -> None:
    place = Place(tenant, row, purpose)
    sealed = KEY.seal(secret, place)
    assert KEY.open(sealed, place) == secret
    assert len(sealed) == len(secret) + 33
    assert len(secret) < 8 or secret not in sealed


def test_the_same_secret_is_never_sealed_alike() -> None:
    assert len({KEY.seal(b"secret", PLACE) for _ in range(50)}) == 50


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place(new_id(), PLACE.row, "test"),
        Place(PLACE.tenant, new_id(), "test"),
        Place(PLACE.tenant, PLACE.row, "other"),
    ],
    ids=["tenant", "row", "purpose"],
)
def test_a_seal_that_was_moved_does_not_open(elsewhere: Place) -> None:
    sealed = KEY.seal(b"secret", PLACE)
    with pytest.raises(Refused, match="does not open"):
        KEY.open(sealed, elsewhere)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_seal_with_an_altered_byte_does_not_open(place: int, change: int) -> None:
    sealed = bytearray(KEY.seal(b"secret", PLACE))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(Refused):
        KEY.open(bytes(sealed), PLACE)


@pytest.mark.parametrize("length", range(33))
def test_a_seal_that_was_cut_does_not_open(length: int) -> None:
    with pytest.raises(Refused):
        KEY.open(KEY.seal(b"secret", PLACE)[:length], PLACE)


def test_another_key_of_the_same_version_does_not_open() -> None:
    with pytest.raises(Refused, match="does not open"):
        Key(1, bytes(32)).open(KEY.seal(b"secret", PLACE), PLACE)


def test_a_new_data_key_is_sealed_by_the_newest_key_and_old_ones_still_open() -> None:
    old, both = Keyring({1: KEY}), Keyring({2: Key(2, bytes(32)), 1: KEY})
    tenant = new_id()
    before, after = old.new_data_key(tenant), both.new_data_key(tenant)
    assert (sealed_version(before), sealed_version(after)) == (1, 2)
    assert both.open_data_key(tenant, before) == old.open_data_key(tenant, before)
    with pytest.raises(NeedsPerson, match="version 2 is missing"):
        old.open_data_key(tenant, after)


def test_a_data_key_of_another_tenant_does_not_open() -> None:
    ring = Keyring({1: KEY})
    with pytest.raises(Refused):
        ring.open_data_key(new_id(), ring.new_data_key(new_id()))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01\x00\x00\x00\x01"])
def test_a_damaged_data_key_is_refused_in_words(sealed: bytes) -> None:
    with pytest.raises(Refused):
        Keyring({1: KEY}).open_data_key(new_id(), sealed)


def test_keys_are_never_shown() -> None:
    shown = repr(KEY) + repr(Keyring({1: KEY})) + str(KEY)
    assert repr(KEY.secret) not in shown
    assert KEY.secret.hex() not in shown


@pytest.mark.parametrize(
    "text", [BASE64, BASE64.rstrip("="), bytes(range(32)).hex(), f" {BASE64} ", f"1:{BASE64}", f"\n{BASE64}\n"]
)
def test_a_key_is_read_in_each_of_its_forms(text: str) -> None:
    assert keyring_from_text(text).newest.secret == bytes(range(32))


def test_url_safe_base64_is_read_too() -> None:
    secret = b"\xff\xfe" * 16
    assert keyring_from_text(base64.urlsafe_b64encode(secret).decode()).newest.secret == secret


def test_the_highest_of_several_keys_seals() -> None:
    ring = keyring_from_text(f"7:{BASE64},3:{bytes(32).hex()}")
    assert (ring.newest.version, sorted(ring.keys)) == (7, [3, 7])


@pytest.mark.parametrize(
    "text",
    ["", " , ", "short", BASE64[:-6], BASE64 + "AAAA", "z" * 64, f"1:{BASE64},1:{bytes(32).hex()}", f"-1:{BASE64}",
     f"99999999999:{BASE64}", "ключ"],
)  # fmt: skip
def test_a_key_that_is_none_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refused, match="ENCRYPTION_KEY") as refused:
        keyring_from_text(text)
    assert BASE64 not in str(refused.value)


def test_an_installation_makes_its_own_key_once_and_keeps_it_private(tmp_path: Path) -> None:
    path = tmp_path / "encryption.key"
    made = keyring_from_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keyring_from_file(path).newest == made.newest
    assert list(tmp_path.iterdir()) == [path]


def test_a_key_file_that_others_can_read_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "encryption.key"
    path.write_text(BASE64)
    path.chmod(0o644)
    keyring_from_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_many_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        rings = list(pool.map(keyring_from_file, [tmp_path / "encryption.key"] * 64))
    assert len({ring.newest.secret for ring in rings}) == 1


def test_a_key_file_that_cannot_be_used_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"encryption\.key"):
        keyring_from_file(tmp_path / "missing" / "encryption.key")
    (tmp_path / "encryption.key").write_bytes(b"\xff\xfe")
    with pytest.raises(Refused, match="ENCRYPTION_KEY"):
        keyring_from_file(tmp_path / "encryption.key")


def test_whoever_makes_a_key_waits_for_who_is_making_one(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    with path.open("w") as file, ThreadPoolExecutor(1) as other:
        fcntl.flock(file, fcntl.LOCK_EX)
        second = other.submit(keyring_from_file, path)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.5)
        file.write("7:" + "ab" * 32)
        file.flush()
        fcntl.flock(file, fcntl.LOCK_UN)
        assert second.result(timeout=20).newest.version == 7
