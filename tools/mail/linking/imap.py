"""Linking a mailbox by its password: the servers are found and tried, and only what works is kept, with the password sealed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from storage.database import Database
from storage.tables.oauth_states import tenant_of
from storage.values.access import Caller
from storage.values.errors import NeedsPerson, Refused, Unavailable
from tools.mail.envelope import ascii_address
from tools.mail.imap import open_imap
from tools.mail.linking.finish import ORIGIN, Linked, Tell
from tools.mail.linking.imap_servers import KNOWN, Servers, candidates, hint
from tools.mail.linking.link import Linking
from tools.mail.linking.start import over, unknown
from tools.mail.mailbox import Credentials
from tools.mail.smtp import SmtpServer, try_out
from tools.mail.tls import context_for
from tools.work import POLL_MAIL

PROVIDER = "imap"
PATIENCE = 20.0
"""Seconds for a server's answer while a person waits for the page."""
LookUp = Callable[[str], Awaitable[Sequence[Servers]]]
"""From a domain to the servers that it publishes."""
GRANTS = ("read, label, file and flag your mail", "keep drafts, and send what you approved")


@dataclass(frozen=True)
class Filled:
    """What a person filled into the form. An empty host is to be found."""

    address: str
    password: str = field(repr=False)
    user: str = ""
    imap: str = ""
    smtp: str = ""


async def ask(database: Database, linking: Linking, caller: Caller, conversation: object) -> str:
    """The address of the form, for ten minutes and one mailbox."""
    async with database.acting_as(caller) as tx:
        ticket = await tx.oauth_states.make(caller.person, conversation, PROVIDER)  # type: ignore[arg-type]
    return f"{linking.public_url.rstrip('/')}/link/{PROVIDER}?ticket={ticket}"


async def opened(database: Database, ticket: str) -> Caller:
    """Who asked for the form. Refused for a ticket that is none, used or too old."""
    tenant = tenant_of(ticket)
    if tenant is None:
        raise unknown(PROVIDER)
    async with database.acting_as(tenant) as tx:
        row = await tx.oauth_states.of(ticket)
        if row is None or row.provider != PROVIDER:
            raise unknown(PROVIDER)
        if row.used_at is not None or row.expired:
            raise over(PROVIDER, used=row.used_at is not None)
        await tx.oauth_states.begun(row.id, PROVIDER)
        return await tx.people.caller(row.person)


async def link(database: Database, ticket: str, filled: Filled, tell: Tell, look_up: LookUp | None = None) -> Linked:
    """Tries what was filled in, and links the mailbox when it can be read and sent from. `look_up`: what the domain publishes,
    if that may be asked. Refused, NeedsPerson, Unavailable: nothing was linked, and the form may be sent again."""
    caller = await opened(database, ticket)
    found = await settings_that_work(filled, look_up)
    async with database.acting_as(caller) as tx:
        row = await tx.oauth_states.use(ticket, PROVIDER)
        if row is None:
            raise over(PROVIDER, used=True)
        account = await tx.accounts.link(caller.person, PROVIDER, found.address, found.settings, found.secret)
        await tx.audit.sign(
            caller.person,
            "email_account_linked",
            f"account:{account}",
            {"provider": PROVIDER, "address": found.address, "server": found.settings["host"]},
            origin=ORIGIN,
        )
        await tx.jobs.add(
            POLL_MAIL.kind,
            POLL_MAIL.queue.name,
            {"account": str(account)},
            person=caller.person,
            conversation=row.conversation,
            once=f"poll:{account}",
        )
        linked = Linked("IMAP", found.address, caller.name, GRANTS, found.settings["host"])
        await tell(tx, row.conversation, linked)
    return linked


async def settings_that_work(filled: Filled, look_up: LookUp | None = None) -> Credentials:
    """The first servers at which the person can sign in for reading and for sending. A server that refuses the password ends
    the search: others are not shown it."""
    address = ascii_address(filled.address).lower()
    if not filled.password or not filled.password.isprintable() or not filled.user.isprintable():
        raise Refused("The password is missing or holds a control character: type it again.")
    domain = address.rpartition("@")[2]
    tried: list[str] = []
    for servers in await _to_try(filled, domain, look_up):
        settings = servers.settings(filled.user.strip() or servers.user_of(address))
        credentials = Credentials(address, settings, filled.password)
        try:
            await _try(credentials)
        except Unavailable:
            tried.append(f"{servers.imap}:{servers.imap_port} with {servers.smtp}:{servers.smtp_port}")
            continue
        except NeedsPerson:
            raise Refused(
                f"{servers.imap} or {servers.smtp} does not accept this user and password. {hint(domain)}".strip()
            ) from None
        return credentials
    raise Unavailable(f"No mail server answered: I tried {', '.join(tried)}. Fill in the servers of your provider.")


async def _to_try(filled: Filled, domain: str, look_up: LookUp | None) -> Sequence[Servers]:
    if not filled.imap.strip():
        published = await look_up(domain) if look_up and domain not in KNOWN else ()
        return [*published, *candidates(domain)]
    imap, imap_port = _host(filled.imap, 993)
    smtp, smtp_port = _host(filled.smtp or imap, 465)
    named = Servers(imap, smtp, imap_port, smtp_port)
    return [named] if smtp_port != 465 else [named, replace(named, smtp_port=587)]


def _host(text: str, usual: int) -> tuple[str, int]:
    host, colon, port = text.strip().partition(":")
    fit = all(part.replace("-", "").isalnum() for part in host.split(".")) and (not colon or port.isdecimal())
    if not host or not fit or len(host) > 253 or not 0 < int(port or usual) < 65536:
        raise Refused(f"“{text[:60]}” is no server: write host or host:port, such as imap.example.org:993.")
    return host, int(port or usual)


async def _try(credentials: Credentials) -> None:
    patient = replace(credentials, settings={**credentials.settings, "patience": str(PATIENCE)})
    mailbox = await open_imap(patient)
    await mailbox.aclose()
    server = SmtpServer.of(patient, context_for(patient.settings))
    assert server is not None
    await try_out(server)
