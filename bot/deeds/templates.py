"""Commands about templates: list, write, show, have approved, take the approval back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.engine import Row

from agent.chat import Reply, Word
from agent.rules import template_card
from bot.command import Given
from storage.tables.templates import TemplateState
from storage.transaction import Transaction
from storage.values.access import Permission
from storage.values.errors import Refused
from tools.inbox.show import plain
from tools.templates.template import FIELDS, checked

USAGE = "[add NAME: TEXT | show | approve | revoke | strict | remove NAME]"
HOW = (
    "Write one with “/templates add away: Hello {{sender_first_name | there}}, I am away until Monday.” A first line "
    f"“Subject: …” sets the subject. Fields: {', '.join(FIELDS)}."
)


async def templates(given: Given) -> list[Word]:
    """What the words after the command ask for."""
    verb, _, rest = given.words.partition(" ")
    if not verb or verb.casefold() == "list":
        return await _list(given)
    if verb.casefold() not in _VERBS:
        raise Refused(f"I do not know “/templates {plain(verb[:30])}”. {HOW}")
    return await _VERBS[verb.casefold()](given, rest.strip())


async def _list(given: Given) -> list[Word]:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        rows = await tx.templates.list(given.caller.person)
        others = await tx.templates.everyones() if given.caller.may(Permission.APPROVE_TEMPLATES) else []
        people = {row.id: row.name for row in await tx.people.list()} if others else {}
    lines = [_line(row, "") for row in rows]
    lines += [
        _line(row, f" of {people.get(row.person, 'somebody')}")
        for row in others
        if row.person != given.caller.person and row.state == TemplateState.DRAFT
    ]
    return [Reply(plain("\n".join(lines)) if lines else f"There are no templates yet. {HOW}")]


def _line(row: Row[Any], whose: str) -> str:
    state = {
        TemplateState.APPROVED: "approved for sending without a click",
        TemplateState.DRAFT: "not approved yet",
        TemplateState.REVOKED: "approval taken back",
    }.get(row.state, row.state)
    first = next((line for line in row.body.splitlines() if line.strip()), "")[:80]
    return f"{row.name}{whose} v{row.version} ({state}): {first}"


async def _add(given: Given, words: str) -> list[Word]:
    name, text = _cut(words)
    subject = ""
    if text.casefold().startswith("subject:"):
        line, _, text = text.partition("\n")
        subject = line.partition(":")[2].strip()
    text = text.strip("\n ")
    checked(name, subject, text, None)
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        known = await tx.templates.named(given.caller.person, name)
        threshold = known.threshold if known is not None else None
        version = await tx.templates.save(given.caller.person, name, subject, text, threshold)
        row = await tx.templates.get(version)
        details = {"name": name, "version": row.version, "subject": subject, "body": text}
        await tx.audit.sign(given.caller.person, "template_saved", f"template:{version}", details, origin=given.origin)
    again = " The approval of the version before does not hold for it." if row.version > 1 else ""
    said = Reply(
        f"Template {name} v{row.version} is kept. Nothing is sent with it until somebody who may approves it.{again}"
    )
    return [said, await template_card(given.assistant.box, given.caller, version)]


def _cut(words: str) -> tuple[str, str]:
    """`away: text` or the name on a line of its own. In a chat of single lines `\\n` stands for a new one."""
    text = words if "\n" in words else words.replace("\\n", "\n")
    head, _, rest = text.partition("\n")
    name, colon, first = head.partition(":")
    if colon:
        return name.strip().casefold(), f"{first.strip()}\n{rest}"
    if not rest.strip():
        raise Refused(HOW)
    return head.strip().casefold(), rest


async def _show(given: Given, name: str) -> list[Word]:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        row = await _named(tx, given, name)
    subject = f"Subject: {row.subject}\n" if row.subject else ""
    return [Reply(plain(f"{_line(row, '')}\n\n{subject}{row.body}"))]


async def _approve(given: Given, name: str) -> list[Word]:
    """The whole text is shown first; the press is what approves."""
    if not given.caller.may(Permission.APPROVE_TEMPLATES):
        raise Refused(f"Your role ({given.caller.role}) does not allow that; it needs {Permission.APPROVE_TEMPLATES}.")
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        row = await _named(tx, given, name, anybodys=True)
    if row.state == TemplateState.APPROVED:
        raise Refused(f"Template {row.name} v{row.version} is approved already.")
    return [await template_card(given.assistant.box, given.caller, row.id)]


async def _revoke(given: Given, name: str) -> list[Word]:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        row = await _named(tx, given, name, anybodys=given.caller.may(Permission.APPROVE_TEMPLATES))
        if await tx.templates.revoke(row.id) is None:
            raise Refused(f"Template {row.name} v{row.version} is not approved, so there is nothing to take back.")
        details = {"name": row.name, "version": row.version}
        await tx.audit.sign(given.caller.person, "template_revoked", f"template:{row.id}", details, origin=given.origin)
    return [Reply(f"Template {row.name} v{row.version} is not sent without a click any more.")]


async def _strict(given: Given, words: str) -> list[Word]:
    """A threshold of its own makes a new version, since it changes what may leave."""
    name, _, number = words.rpartition(" ")
    try:
        threshold = float(number)
    except ValueError:
        raise Refused("Say how sure the sorting must be, for example “/templates strict away 0.95”.") from None
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        row = await _named(tx, given, name.strip())
        checked(row.name, row.subject, row.body, threshold)
        version = await tx.templates.save(given.caller.person, row.name, row.subject, row.body, threshold)
    return [await template_card(given.assistant.box, given.caller, version)]


async def _remove(given: Given, name: str) -> list[Word]:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        row = await _named(tx, given, name)
        await tx.templates.remove(given.caller.person, row.name)
        details = {"name": row.name}
        await tx.audit.sign(given.caller.person, "template_removed", f"template:{row.id}", details, origin=given.origin)
    return [Reply(f"Template {row.name} is gone, all versions; what was sent with it stays in the audit.")]


async def _named(tx: Transaction, given: Given, name: str, *, anybodys: bool = False) -> Row[Any]:
    row = await tx.templates.named(given.caller.person, name.strip())
    if row is None and anybodys:
        found = [one for one in await tx.templates.everyones() if one.name == name.strip().casefold()]
        row = found[0] if len(found) == 1 else None
    if row is None:
        raise Refused(f"There is no template “{plain(name[:60])}”; /templates shows those that there are.")
    return row


_VERBS: dict[str, Callable[[Given, str], Awaitable[list[Word]]]] = {
    "add": _add,
    "show": _show,
    "approve": _approve,
    "revoke": _revoke,
    "strict": _strict,
    "remove": _remove,
}
