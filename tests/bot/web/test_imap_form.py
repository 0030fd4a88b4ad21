"""A mailbox is linked by its password on a page of ours: tried first, kept sealed, and shown to nobody."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import psycopg
import pytest

from bot.program import Program
from bot.settings import Settings
from bot.web.app import build
from storage.values.errors import Refused
from tests.fakes.post_office import PostOffice
from tests.fakes.program import House, letter
from tests.fakes.pymap_server import PASSWORD, USER, PymapServer
from tools.mail.linking.imap_servers import KNOWN, candidates
from tools.work import STEADY


@dataclass
class Form:
    """The form as a browser has it, and what belongs into it."""

    house: House
    client: httpx.AsyncClient
    url: str
    right: dict[str, str]

    async def send(self, **otherwise: str) -> httpx.Response:
        return await self.client.post(self.url, data={**self.right, **otherwise})

    async def accounts(self) -> list[str]:
        return [row.address for row in await self.house.sql("SELECT address FROM accounts WHERE provider = 'imap'")]


@pytest.fixture
async def form(house: House, pymap: PymapServer, post_office: PostOffice) -> AsyncIterator[Form]:
    post_office.password = PASSWORD
    await pymap.deliver(letter("Glaze"))
    settings = Settings(deskhand_home=house.servers.home, _env_file=None)  # type: ignore[call-arg]
    app = build(Program(settings, house.box, house.database, house.servers.redis_url, house.servers.admin_url))
    (words,) = await house.say("/link imap")
    url = re.search(r"http\S+", words.text)[0]  # type: ignore[union-attr,index]
    right = {"address": USER, "password": PASSWORD, "user": ""}
    right |= {"imap": f"127.0.0.1:{pymap.port}", "smtp": f"127.0.0.1:{post_office.port}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
        yield Form(house, client, url, right)


async def test_a_mailbox_is_linked_told_and_read(form: Form) -> None:
    page = await form.client.get(form.url)
    assert "This links a mailbox to the Deskhand of Ana Sousa." in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    done = await form.send()
    assert (done.status_code, f"{USER} is linked" in done.text) == (200, True)
    words = " ".join(getattr(word, "text", "") for word in await form.house.work(STEADY))
    assert f"Linked {USER} (IMAP at 127.0.0.1)" in words
    assert await form.house.one("SELECT count(*) FROM emails WHERE subject = 'Glaze'") == 1
    assert await form.house.one("SELECT count(*) FROM audit WHERE origin = 'web'") == 1


async def test_a_wrong_password_links_nothing_and_the_form_may_be_sent_again(form: Form) -> None:
    refused = await form.send(password="wr0ng-Secret")
    assert (refused.status_code, await form.accounts()) == (400, [])
    assert "does not accept this user and password" in refused.text
    assert "wr0ng-Secret" not in refused.text
    assert USER in refused.text  # the rest need not be typed again
    assert (await form.send()).status_code == 200


async def test_a_server_for_sending_that_does_not_take_the_password_links_nothing(
    form: Form, post_office: PostOffice
) -> None:
    post_office.password = "another"
    assert (await form.send()).status_code == 400
    assert await form.accounts() == []


async def test_servers_that_do_not_answer_are_named(form: Form) -> None:
    told = await form.send(imap="127.0.0.1:1")
    assert (told.status_code, "I tried 127.0.0.1:1 with" in told.text) == (503, True)


async def test_a_form_links_once(form: Form) -> None:
    await form.send()
    again = await form.send()
    assert (again.status_code, "was used already" in again.text) == (400, True)
    assert "was used already" in (await form.client.get(form.url)).text


async def test_an_old_or_invented_ticket_shows_no_form(form: Form) -> None:
    await form.house.sql("UPDATE oauth_states SET expires_at = now() - interval '1 second'")
    for url in (form.url, form.url[:-4] + "AAAA", "http://127.0.0.1:8000/link/imap", form.url.replace("ticket=", "x=")):
        page = await form.client.get(url)
        assert (page.status_code, "<form" in page.text) == (400, False)
        assert (await form.client.post(url, data=form.right)).status_code == 400
    assert await form.accounts() == []


@pytest.mark.parametrize("otherwise", [
    {"address": "no address"}, {"address": "a@b.c>\r\nX: y"}, {"password": ""}, {"password": "a\x00b"},
    {"imap": "http://evil.example/"}, {"imap": "host:99999"}, {"smtp": "a b"},
])  # fmt: skip
async def test_nonsense_is_refused_in_words(form: Form, otherwise: dict[str, str]) -> None:
    told = await form.send(**otherwise)
    assert (told.status_code, "Nothing was linked yet." in told.text) == (400, True)


async def test_what_was_typed_is_escaped(form: Form) -> None:
    told = await form.send(address='"><script>alert(1)</script>')
    assert "<script>" not in told.text


async def test_the_password_is_nowhere_in_the_open(form: Form, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    (secret,) = {PASSWORD}
    pages = [(await form.send(imap="127.0.0.1:1")).text, (await form.send()).text]
    await form.house.work(STEADY)
    everything = ""
    plain = form.house.servers.admin_url.replace("+psycopg", "")
    async with await psycopg.AsyncConnection.connect(plain) as connection:
        names = await (
            await connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).fetchall()
        for (name,) in names:
            rows = await connection.execute(f"SELECT to_jsonb(t)::text FROM {name} t")  # type: ignore[arg-type]  # noqa: S608
            everything += str(await rows.fetchall())
    assert USER in everything
    for place in (everything, everything.lower(), caplog.text, *pages):
        assert secret not in place
    assert secret.encode().hex() not in everything


def test_the_servers_of_common_providers_are_known() -> None:
    assert {
        "gmail.com",
        "outlook.com",
        "yahoo.com",
        "icloud.com",
        "fastmail.com",
        "gmx.de",
        "web.de",
        "posteo.de",
    } <= set(KNOWN)
    assert next(candidates("GMX.de")).imap == "imap.gmx.net"
    assert [one.imap for one in candidates("kiln.example")][::2] == ["imap.kiln.example", "mail.kiln.example"]
    for servers in KNOWN.values():
        settings = servers.settings("x")
        assert settings["tls"] == "tls"
        assert settings["smtp_tls"] == ("tls" if servers.smtp_port == 465 else "auto")


async def test_without_a_ticket_of_theirs_nobody_is_asked(form: Form) -> None:
    from tools.mail.linking.imap import opened

    with pytest.raises(Refused, match="not begun with me"):
        await opened(form.house.database, "")
