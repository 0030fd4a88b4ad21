"""What IMAP servers differ in: TLS, extensions that are not there, lines that break, copies of what was sent."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from storage.values.errors import NeedsPerson, Refused, Unavailable, Unsure
from tests.fakes.certificates import certificate_for
from tests.fakes.dovecot_server import PASSWORD as DOVECOT_PASSWORD
from tests.fakes.dovecot_server import DovecotServer
from tests.fakes.line import Line, line_to
from tests.fakes.post_office import Break, PostOffice, open_post_office
from tests.fakes.pymap_server import PASSWORD, USER, PymapServer, open_pymap
from tools.mail.imap import ImapMailbox, open_imap
from tools.mail.mailbox import Arrival, Credentials
from tools.mail.tls import is_this_machine

MAIL = b"From: Ben <ben@example.com>\r\nSubject: x\r\nMessage-ID: <1@x>\r\n\r\nhello\r\n"
LETTER = b"From: ana@example.org\r\nSubject: y\r\nMessage-ID: <2@example.org>\r\n\r\nhello\r\n"


def credentials(port: int, **settings: str) -> Credentials:
    return Credentials(USER, {"host": "127.0.0.1", "port": str(port), **settings}, PASSWORD)


@asynccontextmanager
async def opened(port: int, **settings: str) -> AsyncIterator[ImapMailbox]:
    mailbox = await open_imap(credentials(port, **settings))
    try:
        yield mailbox
    finally:
        await mailbox.aclose()


async def everything(mailbox: ImapMailbox, cursor: str | None = None) -> list[Arrival]:
    return [arrival async for batch in mailbox.changes(cursor) for arrival in batch.arrivals]


async def gone(mailbox: ImapMailbox, cursor: str) -> list[str]:
    return [key async for batch in mailbox.changes(cursor) for key in batch.gone]


@pytest.fixture
async def line(pymap: PymapServer) -> AsyncIterator[Line]:
    async with line_to(pymap.port) as line:
        yield line


# Safe ways


@pytest.mark.parametrize("whole", [True, False])
async def test_tls_is_verified_by_the_authority_that_the_person_names(tmp_path: Path, whole: bool):
    certificate = certificate_for("127.0.0.1", tmp_path)
    async with open_pymap(certificate.context, whole=whole) as server:
        tls = {"tls": "tls" if whole else "auto"}
        async with opened(server.port, tls_ca=str(certificate.authority), **tls) as mailbox:
            assert await everything(mailbox) == []
        with pytest.raises(Refused, match="cannot be trusted"):
            await open_imap(credentials(server.port, **tls))


@pytest.mark.parametrize("whole", [True, False])
async def test_sending_goes_over_verified_tls(tmp_path: Path, pymap: PymapServer, whole: bool):
    certificate = certificate_for("127.0.0.1", tmp_path)
    async with open_post_office(certificate.context, whole=whole) as office:
        office.password = PASSWORD
        smtp = {"smtp_host": "127.0.0.1", "smtp_port": str(office.port), "smtp_tls": "tls" if whole else "auto"}
        async with opened(pymap.port, **smtp) as mailbox:
            with pytest.raises(Refused, match="cannot be trusted"):
                await mailbox.send(LETTER, USER, ["ben@example.com"])
        async with opened(pymap.port, tls_ca=str(certificate.authority), **smtp) as mailbox:
            await mailbox.send(LETTER, USER, ["ben@example.com"])
        assert [letter.content for letter in office.letters] == [LETTER]


async def test_a_server_that_must_be_safe_and_is_not_gets_no_password(
    pymap: PymapServer, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Refused, match="no encryption"):
        await open_imap(credentials(pymap.port, tls="starttls"))
    assert "AUTHENTICATE" not in caplog.text


@pytest.mark.parametrize(
    ("host", "ours"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("mail.example.org", False)],
)
def test_only_this_machine_is_talked_to_in_the_open(host: str, ours: bool):
    assert is_this_machine(host) is ours


async def test_a_missing_authority_is_said(tmp_path: Path):
    with pytest.raises(Refused, match="tls_ca"):
        await open_imap(credentials(1, tls_ca=str(tmp_path / "none.pem")))


async def test_the_password_is_nowhere_in_the_log(pymap: PymapServer, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    async with opened(pymap.port) as mailbox:
        await everything(mailbox)
    assert PASSWORD not in caplog.text


async def test_a_password_that_is_not_ascii_is_sent_as_it_is(pymap: PymapServer):
    with pytest.raises(NeedsPerson):
        await open_imap(Credentials(USER, {"host": "127.0.0.1", "port": str(pymap.port)}, "pässwörd"))


async def test_a_server_that_speaks_something_else_is_away(post_office: PostOffice):
    with pytest.raises(Unavailable):
        await open_imap(credentials(post_office.port))


# Servers without the extensions


def _old(answer: bytes) -> bytes:
    return re.sub(rb"\[(?:APPENDUID|COPYUID) [^\]]*\] ", b"", re.sub(rb" (?:MOVE|UIDPLUS)\b", b"", answer))


async def test_without_move_a_message_is_copied_and_deleted(pymap: PymapServer, line: Line):
    line.rewrite = lambda answer: answer.replace(b" MOVE", b"")
    await pymap.deliver(MAIL)
    async with opened(line.port) as mailbox:
        (arrival,) = await everything(mailbox)
        key = await mailbox.move(arrival.key, "Archive")
        assert await mailbox.fetch(key) == MAIL
    assert (len(await pymap.messages()), len(await pymap.messages("Archive"))) == (0, 1)


async def test_without_uidplus_nothing_is_expunged_that_others_have_marked(pymap: PymapServer, line: Line):
    line.rewrite = _old
    await pymap.deliver(MAIL)
    await pymap.deliver(MAIL + b"other")
    async with opened(pymap.port, folders="INBOX") as other:
        first, _ = await everything(other)
        await other._connection.run(lambda s: (s.look_at("INBOX", write=True), s.client.delete_messages([102])))
        async with opened(line.port, folders="INBOX") as mailbox:
            key = await mailbox.move(first.key, "Archive")
            assert await mailbox.fetch(key) == MAIL
            assert await everything(mailbox) == []
    assert len(await pymap.messages()) == 2  # both are there, marked as deleted


async def test_without_uidplus_a_draft_is_found_by_its_bytes(pymap: PymapServer, line: Line):
    line.rewrite = _old
    async with opened(line.port) as mailbox:
        key = await mailbox.save_draft(LETTER)
        assert await mailbox.fetch(key) == LETTER
        await mailbox.delete_draft(key)
        with pytest.raises(Refused):
            await mailbox.fetch(key)


# Labels


async def test_a_copy_in_a_folder_of_ones_own_is_not_taken_for_another_mail(pymap: PymapServer):
    await pymap.deliver(MAIL)
    async with opened(pymap.port) as mailbox:
        (arrival,) = await everything(mailbox)
        await mailbox.add_label(arrival.key, "Work")
        await pymap.deliver(MAIL + b"another mail with the same id", "Work")
        await mailbox.remove_label(arrival.key, "Work")
    assert len(await pymap.messages("Work")) == 1


@pytest.mark.parametrize("label", ["INBOX", "Sent", "trash"])
async def test_the_servers_own_folders_are_no_labels(pymap: PymapServer, label: str):
    await pymap.deliver(MAIL)
    async with opened(pymap.port) as mailbox:
        (arrival,) = await everything(mailbox)
        with pytest.raises(Refused, match="own folders"):
            await mailbox.add_label(arrival.key, label)
        await mailbox.remove_label(arrival.key, label)
        assert await mailbox.fetch(arrival.key) == MAIL


@pytest.mark.needs_dovecot
async def test_what_the_server_says_of_a_folder_goes_before_its_name(dovecot: DovecotServer, post_office: PostOffice):
    post_office.password = DOVECOT_PASSWORD
    account = dovecot.account()
    settings = {"host": "127.0.0.1", "port": str(dovecot.port), "user": account.user}
    settings |= {"smtp_host": "127.0.0.1", "smtp_port": str(post_office.port)}
    mailbox = await open_imap(Credentials(USER, settings, DOVECOT_PASSWORD))
    await mailbox.send(LETTER, USER, ["ben@example.com"])
    key = await mailbox.find_sent("2@example.org")
    assert str(key).startswith("Gesendet:")
    assert [arrival.folder for arrival in await everything(mailbox)] == ["Sent"]
    await mailbox.aclose()


@pytest.mark.needs_dovecot
async def test_a_folder_whose_name_holds_the_servers_separator_is_found_again(dovecot: DovecotServer):
    account = dovecot.account()
    account.deliver(MAIL)
    mailbox = await open_imap(
        Credentials(USER, {"host": "127.0.0.1", "port": str(dovecot.port), "user": account.user}, DOVECOT_PASSWORD)
    )
    (arrival,) = await everything(mailbox)
    key = await mailbox.move(arrival.key, "v1.0")
    await everything(mailbox)  # lists the folders anew
    assert await mailbox.move(key, "v1.0") == key
    await mailbox.aclose()


# Lines that break


async def test_a_read_is_done_again_on_a_new_line_just_once(pymap: PymapServer, line: Line):
    await pymap.deliver(MAIL)
    async with opened(line.port) as mailbox:
        (arrival,) = await everything(mailbox)
        line.cut()
        assert await mailbox.fetch(arrival.key) == MAIL
        assert line.calls == 2


async def test_a_move_that_breaks_in_the_middle_is_not_done_again(pymap: PymapServer, line: Line):
    await pymap.deliver(MAIL)
    async with opened(line.port) as mailbox:
        (arrival,) = await everything(mailbox)

        def break_off(answer: bytes) -> bytes:
            if b"COPYUID" in answer:
                line.cut()
            return answer

        line.rewrite = break_off
        with pytest.raises(Unavailable):
            await mailbox.move(arrival.key, "Archive")
    assert len(await pymap.messages("Archive")) == 1


async def test_work_that_is_called_off_leaves_the_line_in_order(pymap: PymapServer):
    await pymap.deliver(MAIL)
    async with opened(pymap.port) as mailbox:
        (arrival,) = await everything(mailbox)
        tasks = [asyncio.ensure_future(mailbox.fetch(arrival.key)) for _ in range(20)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        assert [result for result in done if isinstance(result, bytes)] == [MAIL] * 10


# Copies of what was sent


@pytest.fixture
async def sender(pymap: PymapServer, line: Line, post_office: PostOffice) -> AsyncIterator[ImapMailbox]:
    post_office.password = PASSWORD
    async with opened(line.port, smtp_host="127.0.0.1", smtp_port=str(post_office.port)) as mailbox:
        yield mailbox


async def test_a_copy_that_cannot_be_kept_does_not_make_it_unsent(
    sender: ImapMailbox, line: Line, post_office: PostOffice
):
    await line.close()
    await sender.send(LETTER, USER, ["ben@example.com"])
    assert len(post_office.letters) == 1


@pytest.mark.parametrize("moment", [Break.BEFORE_DATA, Break.INSIDE_DATA, Break.AFTER_DOT])
async def test_what_was_not_surely_sent_is_not_in_sent(sender: ImapMailbox, post_office: PostOffice, moment: Break):
    post_office.breaks = moment
    # So long that the dot cannot be on its way when the line breaks inside.
    message = LETTER + (b"x" * 70 + b"\r\n") * 250_000
    with pytest.raises(Unsure if moment is Break.AFTER_DOT else Unavailable):
        await sender.send(message if moment is Break.INSIDE_DATA else LETTER, USER, ["ben@example.com"])
    assert await sender.find_sent("2@example.org") is None


async def test_a_server_that_keeps_its_own_copy_gets_no_second(
    sender: ImapMailbox, pymap: PymapServer, post_office: PostOffice
):
    await sender._connection.run(lambda s: s.client.create_folder("Sent"))
    post_office.hold = asyncio.Event()
    sending = asyncio.ensure_future(sender.send(LETTER, USER, ["ben@example.com"]))
    await post_office.arrived.wait()
    await pymap.deliver(LETTER, "Sent")
    post_office.hold.set()
    await sending
    assert len(await pymap.messages("Sent")) == 1


async def test_without_a_server_for_sending_it_is_refused(pymap: PymapServer):
    async with opened(pymap.port) as mailbox:
        assert not mailbox.abilities.sends
        with pytest.raises(Refused, match="smtp=host:port"):
            await mailbox.send(LETTER, USER, ["ben@example.com"])
