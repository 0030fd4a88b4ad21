"""The servers that a domain publishes: asked for over https at the domain alone, and read as a stranger's document."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
import trustme
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.post_office import PostOffice
from tests.fakes.pymap_server import PASSWORD, PymapServer
from tools.mail.linking.autoconfig import LONGEST, published_to, servers_in
from tools.mail.linking.imap import Filled, settings_that_work
from tools.mail.linking.imap_servers import Servers

DOMAIN = "kiln.example"
SECURE = {993: "SSL", 465: "SSL"}


def server(tag: str, kind: str, host: str, port: object, **other: str) -> str:
    """One server of a document."""
    parts = {"socketType": SECURE.get(port, "STARTTLS"), "authentication": "password-cleartext", **other}  # type: ignore[call-overload]
    rest = "".join(f"<{name}>{value}</{name}>" for name, value in parts.items())
    return f'<{tag} type="{kind}"><hostname>{host}</hostname><port>{port}</port>{rest}</{tag}>'


def document(*servers: str, before: str = "") -> bytes:
    """What a domain publishes."""
    inside = "".join(servers)
    return f'{before}<clientConfig version="1.1"><emailProvider id="x">{inside}</emailProvider></clientConfig>'.encode()


READS, SENDS = (
    server("incomingServer", "imap", "mx.host.example", 993),
    server("outgoingServer", "smtp", "out.host.example", 587),
)
BOTH = Servers("mx.host.example", "out.host.example", 993, 587)


@dataclass
class Domain:
    """kiln.example on this machine, and a client for which it is the whole net."""

    client: httpx.AsyncClient
    answers: dict[str, web.Response] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


class ToThisMachine(httpx.AsyncHTTPTransport):
    """Goes to a port of this machine, whoever is meant; the certificate must be the meant one's."""

    port = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert (request.url.scheme, request.url.port) == ("https", None)
        request.extensions = {**request.extensions, "sni_hostname": request.url.host}
        request.url = request.url.copy_with(host="127.0.0.1", port=self.port)
        return await super().handle_async_request(request)


@pytest.fixture(params=[("autoconfig.kiln.example", "kiln.example")])
async def domain(request: pytest.FixtureRequest) -> AsyncIterator[Domain]:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*request.param).configure_cert(context)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)

    async def answer(asked: web.Request) -> web.Response:
        where = f"{asked.host}{asked.path_qs}"
        domain.asked.append(where)
        return domain.answers.get(where) or web.Response(status=404)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    transport = ToThisMachine(verify=trust)
    transport.port = runner.addresses[0][1]
    async with httpx.AsyncClient(transport=transport, follow_redirects=False) as client:
        domain = Domain(client)
        yield domain
    await runner.cleanup()


FIRST = "autoconfig.kiln.example/mail/config-v1.1.xml"
SECOND = "kiln.example/.well-known/autoconfig/mail/config-v1.1.xml"


@pytest.mark.parametrize("place", [FIRST, SECOND])
async def test_the_domain_is_asked_at_its_two_places_and_not_told_who_asks(domain: Domain, place: str) -> None:
    domain.answers[place] = web.Response(body=document(READS, SENDS))
    assert await published_to(domain.client, DOMAIN) == [BOTH]
    assert domain.asked == [FIRST, SECOND][: 1 + (place == SECOND)]


async def test_a_domain_that_publishes_nothing_has_nothing(domain: Domain) -> None:
    assert await published_to(domain.client, DOMAIN) == []
    assert domain.asked == [FIRST, SECOND]


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(status=302, headers={"Location": "https://kiln.example/other.xml"}),
        web.Response(status=500, body=document(READS, SENDS)),
        web.Response(body=document(READS, SENDS, "<!--" + "x" * LONGEST + "-->")),
        web.Response(body=b"<html>welcome</html>"),
        web.Response(body=b""),
    ],
    ids=["elsewhere", "broken", "endless", "a page", "empty"],
)
async def test_what_is_no_document_is_nothing(domain: Domain, answer: web.Response) -> None:
    domain.answers[FIRST] = answer
    assert await published_to(domain.client, DOMAIN) == []


@pytest.mark.parametrize("domain", [("other.example",)], indirect=True)
async def test_a_certificate_of_another_domain_is_not_believed(domain: Domain) -> None:
    domain.answers[FIRST] = web.Response(body=document(READS, SENDS))
    assert await published_to(domain.client, DOMAIN) == []
    assert domain.asked == []


@pytest.mark.parametrize(
    "name", ["localhost", "127.0.0.1", "intranet", "a..b", "x/y.example", "x@y.example", "[::1].x"]
)
async def test_only_names_of_the_public_net_are_asked(domain: Domain, name: str) -> None:
    assert await published_to(domain.client, name) == []
    assert domain.asked == []


@pytest.mark.parametrize(
    ("off", "what"),
    [
        ({"socketType": "plain"}, "not encrypted"),
        ({"socketType": "STARTTLS"}, "STARTTLS where TLS is usual"),
        ({"authentication": "OAuth2"}, "no password"),
    ],
)
def test_a_server_that_we_should_not_use_is_passed_over(off: dict[str, str], what: str) -> None:
    assert servers_in(document(server("incomingServer", "imap", "mx.host.example", 993, **off), SENDS), DOMAIN) == [], (
        what
    )


@pytest.mark.parametrize("host", ["mx host", "mx\nhost", "-", "", "a/b", "mx.host:143", "ü.example", "x" * 300])
def test_what_is_no_server_is_passed_over(host: str) -> None:
    assert servers_in(document(server("incomingServer", "imap", host, 993), SENDS), DOMAIN) == []


@pytest.mark.parametrize("port", ["", "x", "0", "99999999999", "-1", "٩٩٣"])
def test_what_is_no_port_is_passed_over(port: str) -> None:
    assert servers_in(document(server("incomingServer", "imap", "mx.host.example", port), SENDS), DOMAIN) == []


def test_the_users_name_is_made_as_the_provider_wants_it() -> None:
    for shape, name in (
        ("%EMAILADDRESS%", "ana@kiln.example"),
        ("%EMAILLOCALPART%", "ana"),
        ("%EMAILLOCALPART%+%EMAILDOMAIN%", "ana+kiln.example"),
    ):
        reads = server("incomingServer", "imap", "mx.host.example", 993, username=shape)
        (found,) = servers_in(document(reads, SENDS), DOMAIN)
        assert found.user_of("ana@kiln.example") == name


ENTITY = '<!DOCTYPE x [<!ENTITY a "mx.host.example">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
BOMB = '<!DOCTYPE x [<!ENTITY a "mx"><!ENTITY b "' + "&a;" * 1000 + '"><!ENTITY c "' + "&b;" * 1000 + '">]>'


@pytest.mark.parametrize("before", [ENTITY, OUTSIDE, BOMB])
def test_a_document_with_tricks_is_none(before: str) -> None:
    assert servers_in(document(READS.replace("mx.host.example", "&a;"), SENDS, before=before), DOMAIN) == []
    assert servers_in(document(READS, SENDS, before=before), DOMAIN) == []


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: document(READS, text, SENDS)))
def test_whatever_comes_is_read_without_an_error(content: bytes) -> None:
    assert isinstance(servers_in(content, DOMAIN), list)


async def test_a_mailbox_is_found_by_what_its_domain_publishes(
    domain: Domain, pymap: PymapServer, post_office: PostOffice
) -> None:
    post_office.password = PASSWORD
    domain.answers[FIRST] = web.Response(
        body=document(
            server("incomingServer", "imap", "127.0.0.1", pymap.port, username="ana@example.org"),
            server("outgoingServer", "smtp", "127.0.0.1", post_office.port),
        )
    )

    async def look_up(name: str) -> list[Servers]:
        return list(await published_to(domain.client, name))

    found = await settings_that_work(Filled(f"ana@{DOMAIN}", PASSWORD), look_up)
    assert (found.address, found.settings["port"], found.settings["user"]) == (
        f"ana@{DOMAIN}",
        str(pymap.port),
        "ana@example.org",
    )
