"""What a person means by "2", "the last one", "it" or "Ana's invoice": words that refer to mails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.tables.email_search import Filter
from storage.values.errors import Refused
from tools.tool import Ask, Shown
from tools.toolbox import Toolbox

_IT = {"", "it", "this", "that", "this one", "that one", "the mail", "the email"}
_ALL = {"all", "them", "these", "those", "all of them", "everything"}


async def accounts_of(box: Toolbox, ask: Ask) -> list[UUID]:
    """The ids of the caller's mailboxes. Refused when there is none."""
    async with box.database.acting_as(ask.caller) as tx:
        rows = await tx.accounts.of(ask.caller.person)
    if not rows:
        raise Refused("No mailbox is linked yet. Start me with --mailbox, or link one first.")
    return [row.id for row in rows]


async def one_mail(box: Toolbox, ask: Ask, words: str) -> Row[Any]:
    """The one mail that is meant. Refused, with what to say instead, when that is not clear."""
    found = await mails(box, ask, [words])
    if len(found) > 1:
        raise Refused(f"That could be any of {len(found)} mails; say which number you mean.")
    return found[0]


async def mails(box: Toolbox, ask: Ask, references: Sequence[str]) -> list[Row[Any]]:
    """The mails that are meant, without doubles."""
    wanted: list[UUID] = []
    for words in references or ["it"]:
        wanted += [one for one in await _ids(box, ask, words.strip().casefold()) if one not in wanted]
    async with box.database.acting_as(ask.caller) as tx:
        rows = await tx.emails.many(wanted)
    if not rows:
        raise Refused("That mail is not there any more.")
    return list(rows)


async def _ids(box: Toolbox, ask: Ask, words: str) -> Sequence[UUID]:
    shown = ask.focus.shown
    if words in _ALL:
        if not shown:
            raise Refused("I have not shown you any mails yet; ask for some first, for example “what needs me?”.")
        return [one.id for one in shown]
    if words in _IT:
        return [_in_sight(ask).id]
    if words == "last":
        return [shown[-1].id if shown else _in_sight(ask).id]
    if words.lstrip("#").isdigit():
        return [_numbered(shown, int(words.lstrip("#"))).id]
    among = [one.id for one in shown if _all_words(words, f"{one.sender} {one.subject}")]
    return among[:1] if len(among) == 1 else [await _searched(box, ask, words)]


def _in_sight(ask: Ask) -> Shown:
    if ask.focus.mail is not None:
        return ask.focus.mail
    if len(ask.focus.shown) == 1:
        return ask.focus.shown[0]
    raise Refused("I am not sure which mail you mean; say its number, or who sent it.")


def _numbered(shown: Sequence[Shown], number: int) -> Shown:
    if not shown:
        raise Refused("I have not shown you any mails yet; ask for some first, for example “what needs me?”.")
    if not 1 <= number <= len(shown):
        raise Refused(f"There is no number {number} in the list above; it goes from 1 to {len(shown)}.")
    return shown[number - 1]


def _all_words(words: str, text: str) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words.replace("'s", "").split())


async def _searched(box: Toolbox, ask: Ask, words: str) -> UUID:
    """Looks in the whole mailbox: the sender's name first, then all words."""
    accounts = await accounts_of(box, ask)
    vector = await box.models.meaning.of_one(words)
    async with box.database.acting_as(ask.caller) as tx:
        named = await tx.emails.search(accounts, "", None, Filter(sender=words, outgoing=False), 2)
        found = named or await tx.emails.search(accounts, words, vector, Filter(outgoing=False), 5)
    if not found:
        raise Refused(f"I found no mail for “{words}”. Say who sent it, or a word of its subject.")
    exact = [row for row in found if _all_words(words, f"{row.sender_name} {row.sender_address} {row.subject}")]
    return UUID(str((exact or list(found))[0].id))
