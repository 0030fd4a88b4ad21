"""Commands about oneself: other chats that are mine, what I set, and everything at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import available_timezones

from agent.chat import Reply, Word
from bot.command import Given
from bot.dashboard import dashboard
from bot.deeds.style import style
from bot.linking_command import link_mailbox, names_a_provider
from storage.tables.link_codes import plain_code
from storage.values.errors import Refused
from tools.digest import telling
from tools.inbox.show import plain
from tools.work import EXPORT_DATA

SETTINGS = (
    "Say /settings zone Europe/Lisbon, /settings notify slack (console, slack, telegram, browser; or “last”), "
    "/settings tell all (of new mail: urgent, all or nothing at once; the digest has the rest), or "
    "/settings style on (drafts like your own letters)."
)


async def link(given: Given) -> list[Word]:
    """A code that makes another chat mine; with a provider's name, an address that links a mailbox."""
    if names_a_provider(given.words):
        return await link_mailbox(given)
    if plain_code(given.words):
        raise Refused("This chat is linked already. Send the code from the chat that is to be linked.")
    if given.words:
        raise Refused(f"I do not know “{plain(given.words[:40])}”. Say /link alone for a code that links another chat.")
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        code = await tx.link_codes.make(given.caller.person)
        await tx.audit.sign(
            given.caller.person, "link_code_made", f"person:{given.caller.person}", {}, origin=given.origin
        )
    return [
        Reply(
            f"Your code is {code}. Send it to me from the other chat within ten minutes; it works once.\n"
            "Whoever sends it becomes you here, so give it to nobody."
        )
    ]


async def unlink(given: Given) -> list[Word]:
    """Parts from this chat."""
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        elsewhere = [one for one in await tx.people.channels(given.caller.person) if one != given.channel]
        if not elsewhere:
            raise Refused(
                "This is the only chat in which you are known, so you could not come back. Link another first."
            )
        await tx.people.part_from(given.channel, given.external)
        await tx.audit.sign(
            given.caller.person,
            "identity_unlinked",
            f"person:{given.caller.person}",
            {"channel": given.channel},
            origin=given.origin,
        )
    return [Reply(f"This chat is not linked to you any more. You are still known on: {', '.join(elsewhere)}.")]


async def settings(given: Given) -> list[Word]:
    """What I set, and setting it."""
    name, _, value = given.words.strip().partition(" ")
    if name.casefold() == "style":
        return await style(replace(given, words=value))
    if name and name.casefold() not in ("zone", "notify", "tell"):
        raise Refused(f"There is no setting “{plain(name[:40])}”. {SETTINGS}")
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        known = await tx.people.channels(given.caller.person)
        if name.casefold() == "zone":
            await tx.people.set_zone(given.caller.person, zone := _zone(value))
            return [Reply(f"Times are in {zone} from now on.")]
        if name.casefold() == telling.SETTING:
            await tx.people.set(given.caller.person, telling.SETTING, how := _how(value))
            return [Reply(telling.WORDS[how])]
        if name:
            chosen = _channel(value, known)
            await tx.people.set(given.caller.person, "notify", chosen)
            return [Reply(_told(chosen))]
        kept = await tx.people.settings(given.caller.person)
    told = f"{_told(kept.get('notify', ''))}\n{telling.WORDS[telling.how_told(kept)]}"
    return [Reply(f"Zone: {given.caller.zone}\n{told}\nYou are known on: {', '.join(known)}.\n{SETTINGS}")]


def _how(said: str) -> str:
    chosen = said.strip().casefold()
    if chosen not in telling.WORDS:
        raise Refused(f"Say what you want to be told of at once: {', '.join(telling.WORDS)}.")
    return chosen


def _zone(said: str) -> str:
    wanted = said.strip().casefold().replace(" ", "_")
    found = [one for one in available_timezones() if one.casefold() == wanted]
    found = found or [one for one in available_timezones() if one.casefold().rpartition("/")[2] == wanted]
    if len(found) != 1:
        raise Refused(
            f"I do not know the zone “{plain(said[:40])}”. Name one such as Europe/Lisbon or America/New_York."
        )
    return found[0]


def _channel(said: str, known: Sequence[str]) -> str:
    chosen = said.strip().casefold()
    if chosen in ("", "last"):
        return ""
    if chosen not in known:
        raise Refused(
            f"You are not known on “{plain(said[:40])}”, only on {', '.join(known)}. /link links another chat."
        )
    return chosen


def _told(notify: str) -> str:
    return (
        f"What happens by itself is told on {notify}."
        if notify
        else "What happens by itself is told where you spoke last."
    )


async def export(given: Given) -> list[Word]:
    """Everything about me, as a file."""
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        asked = await tx.jobs.add(
            EXPORT_DATA.kind,
            EXPORT_DATA.queue.name,
            {},
            person=given.caller.person,
            conversation=given.conversation,
            once=f"export:{given.caller.person}",
        )
    if asked is None:
        raise Refused("An export of yours is being made already; it comes here when it is done.")
    return [Reply("I am writing down everything that I keep about you; the file comes here in a moment.")]


async def menu(given: Given) -> list[Word]:
    """Everything at a glance, in words; platforms that can show more do."""
    seen = await dashboard(given.assistant.box, given.caller)
    accounts = [f"{one.address}: {one.health}" for one in seen.accounts] or ["none linked yet (/link)"]
    jobs = [f"{one.id} {one.kind}: {one.state}, {one.when}" for one in seen.jobs] or ["none yet"]
    parts = [
        ("Mailboxes", accounts),
        ("For you", [f"{seen.needs_me} mails wait for you, {seen.unread} are unread", _drafts(len(seen.waiting))]),
        ("Follow-ups", list(seen.follow_ups) or ["none"]),
        ("Rules", list(seen.rules) or ["none"]),
        ("Templates", list(seen.templates) or ["none"]),
        ("Jobs", jobs),
        ("This month", list(seen.usage)),
    ]
    return [Reply("\n\n".join("\n".join([head, *(f"- {line}" for line in lines)]) for head, lines in parts))]


def _drafts(count: int) -> str:
    return (
        "no draft waits"
        if not count
        else f"{count} draft{'s' if count > 1 else ''} wait{'s' if count == 1 else ''} (/review)"
    )
