"""The README's conversation on real mail: a thousand mails of strangers, and an account on servers that speak the wire."""

from __future__ import annotations

import hashlib
from email import message_from_bytes
from pathlib import Path
from typing import cast

import pytest

from tests.acceptance.command import Ended, deskhand
from tests.fakes import dovecot_server, pymap_server
from tests.fakes.dovecot_server import DovecotServer
from tests.fakes.post_office import PostOffice
from tests.fakes.pymap_server import PymapServer

TALK = """\
what needs me?
find {topic}
label 1 Trips
undo
reply to 1 that I will read it tonight
add that I call on Monday
approve
show the sent mail
remind me on Tuesday at 9 about 1 unless they answer
list my follow-ups
quit
"""

MAILS = {
    1: ("Bo Lind <bo@kilns.example>", "Trip report of the fair", "Dear Ana,\n\nwhat do you think of it?\n\nBo"),
    2: ("Carla Reis <carla@law.example>", "Contract", "Please sign page four."),
    3: ("Tableware News <news@tableware.example>", "Ten new glazes", "Unsubscribe at the end of the page."),
}


def _mail(number: int) -> bytes:
    sender, subject, body = MAILS[number]
    return (
        f"From: {sender}\r\nTo: Ana Sousa <ana@example.org>\r\nSubject: {subject}\r\nMessage-ID: <{number}@example.org>\r\n"
        f"References: <0@example.org>\r\nDate: Mon, {number:02} Jun 2026 09:00:00 +0000\r\n\r\n{body}\r\n"
    ).encode()


def _digest(folder: Path) -> str:
    """Of every name, every byte and every date of change."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    about = (f"{path}{path.stat().st_mtime_ns}".encode() + path.read_bytes() for path in files)
    return hashlib.sha256(b"".join(about)).hexdigest()


def _went_well(ended: Ended, subject: str) -> None:
    """Each line was answered as it should be."""
    assert (ended.code, ended.err) == (0, "")
    for answer in (
        f": {subject}, ",
        f"\nLabelled “{subject}” Trips.",
        f"\nThe label Trips is off “{subject}”.",
        "\nHere is a draft to ",
        "\nHere is the changed draft to ",
        "\n│ Approved by ",
        "\n│ Sent\n",
        "\nI will read it tonight. I call on Monday.\n",
        f"\nI will come back to “{subject}” on Tue ",
        "\n1 follow-up waiting:\n",
        "\nGoodbye.\n",
    ):
        assert answer in ended.out


@pytest.mark.needs_data
async def test_a_folder_of_a_thousand_mails(data: Path, admin_url: str, redis_url: str, tmp_path: Path) -> None:
    folder, home = data / "inbox" / "eml", tmp_path / "home"
    before = _digest(folder)
    said = TALK.format(topic="the mail about the European trip report")
    servers = {"DATABASE_URL": admin_url, "REDIS_URL": redis_url}
    ended = await deskhand("demo", "--mailbox", str(folder), home=home, said=said, **servers)
    _went_well(ended, "Re: European Trip Report 22-30 Jan 2000")
    assert "1,019 mails" in ended.out
    assert _digest(folder) == before
    [sent] = [path for path in home.glob("mail/*/outgoing/*") if path.is_file()]
    answered = next(
        path for path in folder.iterdir() if b"Subject: Re: European Trip Report 22-30" in path.read_bytes()
    )
    assert (
        message_from_bytes(sent.read_bytes())["In-Reply-To"] == message_from_bytes(answered.read_bytes())["Message-ID"]
    )


@pytest.fixture
async def on_pymap(pymap: PymapServer) -> tuple[str, str]:
    """The address of an account that keeps no keywords, and its password."""
    for number in MAILS:
        await pymap.deliver(_mail(number))
    return f"imap://{pymap_server.USER.replace('@', '%40')}@127.0.0.1:{pymap.port}/", pymap_server.PASSWORD


@pytest.fixture
def on_dovecot(dovecot: DovecotServer) -> tuple[str, str]:
    """The address of an account that keeps everything, and its password."""
    account = dovecot.account()
    for number in MAILS:
        account.deliver(_mail(number))
    return f"imap://{account.user}@127.0.0.1:{dovecot.port}/", dovecot_server.PASSWORD


@pytest.fixture(params=["on_pymap", pytest.param("on_dovecot", marks=pytest.mark.needs_dovecot)])
def account(request: pytest.FixtureRequest) -> tuple[str, str]:
    """One of the two."""
    return cast("tuple[str, str]", request.getfixturevalue(request.param))


async def test_an_account_on_real_servers(
    account: tuple[str, str], post_office: PostOffice, admin_url: str, redis_url: str, tmp_path: Path
) -> None:
    mailbox, post_office.password = account
    address = f"{mailbox}?smtp=127.0.0.1:{post_office.port}&address=ana@example.org"
    said = TALK.format(topic="the trip report")
    servers = {"DATABASE_URL": admin_url, "REDIS_URL": redis_url, "DESKHAND_MAILBOX_PASSWORD": post_office.password}
    ended = await deskhand("demo", "--mailbox", address, home=tmp_path / "home", said=said, **servers)
    _went_well(ended, "Trip report of the fair")
    [arrived] = post_office.letters
    letter = message_from_bytes(arrived.content)
    assert arrived.recipients == ("bo@kilns.example",)
    assert (letter["Subject"], letter["In-Reply-To"]) == ("Re: Trip report of the fair", "<1@example.org>")
    assert letter["References"].split() == ["<0@example.org>", "<1@example.org>"]
