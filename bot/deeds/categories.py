"""The command about categories of one's own: a name and a handful of examples, what followed them, and giving one up."""

from __future__ import annotations

import re

from agent.chat import Reply, Word
from bot.command import Given
from storage.values.errors import Refused
from tools.inbox import own_categories, refer
from tools.inbox.classify import CATEGORIES
from tools.inbox.show import plain
from tools.tool import Ask

USAGE = "[add NAME: 1 4 7 | remove NAME]"
SHOWN = 8
"""Mails that followed the examples of which an answer names the surest."""
_NUMBERS = re.compile(r"[\s,]+(?:and\s+)?")


async def categories(given: Given) -> list[Word]:
    """The person's own categories, one more, or one less."""
    verb, _, rest = given.words.strip().partition(" ")
    if not verb:
        return [Reply(await _listed(given))]
    name, found, examples = rest.partition(":")
    if verb.casefold() == "add" and found and name.strip() and examples.strip():
        return [Reply(await _add(given, name.strip(), _NUMBERS.split(examples.strip())))]
    if verb.casefold() == "remove" and rest.strip():
        left = await own_categories.remove(given.assistant.box, given.caller, rest.strip())
        return [Reply(plain(f"“{rest.strip()}” is given up; {_mails(left)} sorted without it, which takes a moment."))]
    raise Refused(f"I do not know “/categories {plain(given.words[:40])}”. Say /categories {USAGE}.")


async def _listed(given: Given) -> str:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        counts: dict[str, int] = {}
        for account in await tx.accounts.of(given.caller.person):
            for name, examples in (await tx.corrections.categories(account.id)).items():
                if name not in CATEGORIES:
                    counts[name] = counts.get(name, 0) + examples
    everybody = f"Categories that everybody has: {', '.join(CATEGORIES)}."
    if not counts:
        return f"{everybody}\nYou have none of your own. List some mails, then say “/categories add Invoices: 1 4 7”."
    own = [f"- {name}, from {examples} example{'s' if examples > 1 else ''}" for name, examples in counts.items()]
    return plain("\n".join(["Your own categories:", *own, everybody]))


async def _add(given: Given, name: str, references: list[str]) -> str:
    box = given.assistant.box
    focus = await given.assistant.focus(given.caller, given.conversation)
    rows = await refer.mails(box, Ask(given.caller, given.conversation, given.event, focus), references)
    name, followed = await own_categories.add(box, given.caller, name, rows)
    lines = [
        f"{name}: {_mails(len(rows))} an example of it now; new mail like {'it' if len(rows) == 1 else 'them'} goes there."
    ]
    if followed:
        lines.append(f"{_mails(len(followed))} there already that {'is' if len(followed) == 1 else 'are'} like them:")
        lines += [
            f"- {one.row.sender_name or one.row.sender_address}: {one.row.subject or '(no subject)'} ({one.confidence:.0%} sure)"
            for one in followed[:SHOWN]
        ]
        lines += [f"… and {len(followed) - SHOWN} more."] if len(followed) > SHOWN else []
    lines.append(f"/categories remove {name} gives it up again.")
    return plain("\n".join(lines))


def _mails(count: int) -> str:
    return "1 mail is" if count == 1 else f"{count} mails are"
