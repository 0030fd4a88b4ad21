"""What people type to name a mailbox."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.values.errors import Refused
from tools.mail.open import from_address

MAIL = b"From: Ben <ben@example.com>\nTo: Ana <Ana@Example.org>\nSubject: x\n\nhello\n"


def test_a_server_with_everything():
    provider, credentials = from_address(
        "imaps://ana%40example.org:p%3Ass@mail.example.org:1993?smtp=out.example.org:465"
    )
    assert provider == "imap"
    assert (credentials.address, credentials.secret) == ("ana@example.org", "p:ss")
    assert credentials.settings == {
        "host": "mail.example.org", "port": "1993", "user": "ana@example.org", "tls": "tls",
        "smtp_host": "out.example.org", "smtp_port": "465", "smtp_tls": "tls",
    }  # fmt: skip


def test_what_is_left_out_is_the_usual():
    _, credentials = from_address("imap://ana:x@127.0.0.1?smtp=localhost&tls=none&folders=INBOX,Lists&address=A@b.c")
    assert credentials.address == "a@b.c"
    assert credentials.settings == {
        "host": "127.0.0.1", "port": "143", "user": "ana", "tls": "none", "folders": "INBOX,Lists",
        "smtp_host": "localhost", "smtp_port": "587", "smtp_tls": "none",
    }  # fmt: skip


def test_the_password_may_be_given_apart():
    assert from_address("imap://ana@127.0.0.1:1143", "s/e:c@ret")[1].secret == "s/e:c@ret"


def test_the_password_is_never_shown():
    _, credentials = from_address("imap://ana:hush-hush@127.0.0.1:1143")
    assert "hush-hush" not in repr(credentials) + str(credentials.settings)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("pop3://ana:hush@x", "pop3://"),
        ("https://mail.example.org", "https://"),
        ("imap://ana:hush@x:port", "cannot be read"),
        ("imap://ana:hush/hush@x", "cannot be read"),
        ("imap://ana:hush@", "cannot be read"),
        ("imap://:hush@x", "cannot be read"),
        ("imap://ana@x", "DESKHAND_MAILBOX_PASSWORD"),
        ("imap://ana:hush%0D%0A@x", "control character"),
        ("imap://ana:hush@x?smtp=", ""),
        ("imap://ana:hush@x?smtp=y:z", "smtp=host:port"),
        ("imap://ana:hush@x?color=red", "color"),
        ("imap://ana:hush@x?tls=maybe", "maybe"),
        ("/no/such/place", "no file or folder /no/such/place"),
        ("", "No mailbox"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_without_the_password(text: str, says: str):
    if not says:
        assert "smtp_host" not in from_address(text)[1].settings
        return
    with pytest.raises(Refused, match=says) as trouble:
        from_address(text)
    assert "hush" not in str(trouble.value)
    assert trouble.value.__cause__ is None


@given(text=st.text())
def test_any_text_is_a_mailbox_or_refused(text: str):
    with pytest.raises(Refused):
        from_address(f"imap://{text}" if len(text) % 2 else f"no-such-folder/{text}\x01")


def test_a_folder_of_eml_with_its_owner_and_a_place_for_the_copy(tmp_path: Path):
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "a.eml").write_bytes(MAIL)
    provider, credentials = from_address(str(tmp_path / "mails"), home=tmp_path / "home")
    assert (provider, credentials.address) == ("maildir", "ana@example.org")
    assert credentials.settings == {
        "path": str(tmp_path / "mails"), "copy": str(tmp_path / "home/copy"), "outgoing": str(tmp_path / "home/outgoing")
    }  # fmt: skip


def test_the_folder_one_stands_in_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a.eml").write_bytes(MAIL)
    monkeypatch.chdir(tmp_path)
    assert from_address(".")[1].settings["path"] == str(tmp_path)


def test_mails_to_many_have_no_likely_owner(tmp_path: Path):
    for number in range(9):
        (tmp_path / f"{number}.eml").write_bytes(b"To: list%d@example.org\n\n" % number)
    assert from_address(str(tmp_path))[1].address.endswith("@localhost")


def test_mails_to_nobody_known_have_an_owner_all_the_same(tmp_path: Path):
    (tmp_path / "a.eml").write_bytes(b"Subject: x\nTo: undisclosed-recipients:;\n\n")
    assert from_address(str(tmp_path))[1].address.endswith("@localhost")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("box", b"", "is empty"),
        ("box", b"%PDF-1.7 not mail", "not an mbox file"),
        ("box", b"From ben Mon Jan 5 10:11:12 2026\n", "no readable mail"),
        ("mails/note.txt", b"hello", "no readable mail"),
        ("mails/a.eml", b"\x00\x01\x02", "no readable mail"),
        ("mails/a.eml", b"", "no readable mail"),
    ],
)
def test_a_path_without_mail_is_refused_in_a_sentence(tmp_path: Path, name: str, content: bytes, says: str):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused, match=says):
        from_address(str(tmp_path / name.partition("/")[0]))


def test_an_empty_folder_is_refused(tmp_path: Path):
    with pytest.raises(Refused, match="is empty"):
        from_address(str(tmp_path))
