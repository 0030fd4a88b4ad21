"""What an error of a send means, at each moment at which the line can break."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from storage.values.errors import NeedsPerson, Refused, Trouble, Unavailable, Unsure
from tests.fakes.post_office import Break, Letter, PostOffice
from tools.mail.mailbox import Credentials
from tools.mail.smtp import SmtpServer, hand_over
from tools.mail.tls import Security, context_for

MESSAGE = b"Subject: x\r\nMessage-ID: <1@example.org>\r\n\r\n.a dot\r\n..two\r\n.\r\nend\r\n"
ANA, BEN, EVE = "ana@example.org", "ben@example.com", "eve@example.net"


@pytest.fixture
def server(post_office: PostOffice) -> SmtpServer:
    return SmtpServer("127.0.0.1", post_office.port, Security.AUTO, ANA, post_office.password, context_for({}))


async def test_the_office_gets_the_very_bytes_and_all_recipients(post_office: PostOffice, server: SmtpServer):
    await hand_over(server, MESSAGE, ANA, [BEN, EVE])
    assert post_office.letters == [Letter(ANA, (BEN, EVE), MESSAGE)]


async def test_a_message_of_many_pieces_arrives_whole(post_office: PostOffice, server: SmtpServer):
    message = MESSAGE + b".0123456789 0123456789 0123456789\r\n" * 50_000
    await hand_over(server, message, ANA, [BEN])
    assert post_office.letters[0].content == message


@pytest.mark.parametrize("moment", [Break.GREETING, Break.LOGIN, Break.RECIPIENT, Break.BEFORE_DATA, Break.INSIDE_DATA])
async def test_a_line_that_breaks_before_the_dot_means_surely_not_sent(
    post_office: PostOffice, server: SmtpServer, moment: Break
):
    post_office.breaks = moment
    with pytest.raises(Unavailable, match="nothing was sent"):
        # So long that the dot cannot be on its way when the line breaks inside.
        await hand_over(server, MESSAGE + (b"x" * 70 + b"\r\n") * 250_000, ANA, [BEN])
    assert post_office.letters == []


async def test_a_short_mail_whose_dot_was_on_its_way_when_the_line_broke_is_left_open(
    post_office: PostOffice, server: SmtpServer
):
    post_office.breaks = Break.INSIDE_DATA
    with pytest.raises((Unsure, Unavailable)):
        await hand_over(server, MESSAGE, ANA, [BEN])
    assert post_office.letters == []


async def test_a_line_that_breaks_after_the_dot_leaves_it_open(post_office: PostOffice, server: SmtpServer):
    post_office.breaks = Break.AFTER_DOT
    with pytest.raises(Unsure):
        await hand_over(server, MESSAGE, ANA, [BEN])
    assert len(post_office.letters) == 1


async def test_a_line_that_breaks_after_the_250_changes_nothing(post_office: PostOffice, server: SmtpServer):
    post_office.breaks = Break.AFTER_250
    await hand_over(server, MESSAGE, ANA, [BEN])
    assert len(post_office.letters) == 1


async def test_a_server_that_never_answers_the_dot_leaves_it_open(post_office: PostOffice, server: SmtpServer):
    post_office.hold = asyncio.Event()
    with pytest.raises(Unsure):
        await hand_over(replace(server, dot_patience=0.01), MESSAGE, ANA, [BEN])


async def test_a_send_that_is_called_off_while_the_dot_is_open_raises_no_answer(
    post_office: PostOffice, server: SmtpServer
):
    post_office.hold = asyncio.Event()
    sending = asyncio.ensure_future(hand_over(server, MESSAGE, ANA, [BEN]))
    await post_office.arrived.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending


@pytest.mark.parametrize(
    ("what", "answer", "trouble"),
    [
        ("MAIL", "550 you again", Refused),
        ("MAIL", "451 later", Unavailable),
        ("DATA", "554 spam", Refused),
        ("DATA", "452 disk full", Unavailable),
        ("DATA", "421 closing", Unavailable),
        (BEN, "550 no such person", Refused),
        (BEN, "451 greylisted", Unavailable),
        ("AUTH", "535 no", NeedsPerson),
        ("AUTH", "454 later", Unavailable),
    ],
)
async def test_an_answer_says_whether_to_try_again(
    post_office: PostOffice, server: SmtpServer, what: str, answer: str, trouble: type[Trouble]
):
    post_office.answers[what] = answer
    with pytest.raises(trouble):
        await hand_over(server, MESSAGE, ANA, [BEN])
    assert post_office.letters == []


async def test_one_refused_recipient_stops_the_whole(post_office: PostOffice, server: SmtpServer):
    post_office.answers[EVE] = "550 no such person"
    with pytest.raises(Refused, match=EVE) as trouble:
        await hand_over(server, MESSAGE, ANA, [BEN, EVE])
    assert BEN not in str(trouble.value)
    assert (post_office.letters, post_office.resets) == ([], 1)


async def test_a_refusal_in_the_middle_of_the_message_is_heard(post_office: PostOffice, server: SmtpServer):
    post_office.early = "552 too big"
    with pytest.raises((Refused, Unavailable)):
        await hand_over(server, MESSAGE + b"x" * 10_000_000, ANA, [BEN])


async def test_nobody_listens(post_office: PostOffice, server: SmtpServer, unused_tcp_port: int):
    with pytest.raises(Unavailable):
        await hand_over(replace(server, port=unused_tcp_port), MESSAGE, ANA, [BEN])


async def test_a_wrong_password_is_said_without_the_password(server: SmtpServer):
    with pytest.raises(NeedsPerson) as trouble:
        await hand_over(replace(server, secret="wr0ng-Secret"), MESSAGE, ANA, [BEN])
    assert "wr0ng-Secret" not in repr(trouble.value) + repr(trouble.value.__cause__) + repr(server)


@pytest.mark.parametrize(
    "address", ["", "ben", "a b@example.com", "x@y>\r\nRCPT TO:<z@y", "ben@example.com (c)", "ö@x.y"]
)
async def test_an_address_that_could_smuggle_something_in_is_refused(
    post_office: PostOffice, server: SmtpServer, address: str
):
    with pytest.raises(Refused):
        await hand_over(server, MESSAGE, ANA, [BEN, address])
    assert post_office.letters == []


async def test_an_international_domain_goes_out_in_ascii(post_office: PostOffice, server: SmtpServer):
    await hand_over(server, MESSAGE, ANA, ["ben@bücher.example"])
    assert post_office.letters[0].recipients == ("ben@xn--bcher-kva.example",)


def test_an_account_without_a_server_for_sending_has_none():
    assert SmtpServer.of(Credentials(ANA, {}), context_for({})) is None
