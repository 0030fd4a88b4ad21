"""What a person means by "2", "the last one", "it" or "Ana's invoice": words that refer to mails."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.tables.email_search import Filter
from storage.values.errors import Refused
from tools.tool import Ask, Shown
from tools.toolbox import Toolbox

_IT = {"", "it", "this", "that", "this one", "that one", "the mail", "the email"}
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_COUNTED = re.compile(
    rf"(?:the )?(?:#?([0-9]{{1,4}})(?:st|nd|rd|th)?|({'|'.join(_ORDINALS)}))(?: one| mail| email| message)?"
)
_GENITIVE = re.compile(r"['’]s\b")
_ALL = {"all", "them", "these", "those", "all of them", "everything"}


async def accounts_of(box: Toolbox, ask: Ask) -> list[UUID]:
    """The ids of the caller's mailboxes, the default first. Refused when there is none."""
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
    number = _number(words)
    if number is not None:
        return [_numbered(shown, number).id]
    among = [place for place, one in enumerate(shown) if _all_words(words, f"{one.sender} {one.subject}")]
    if not among:
        return [await _searched(box, ask, words)]
    return [shown[among[0]].id if len(among) == 1 else await _newest_of_one_thread(box, ask, among)]


def _number(words: str) -> int | None:
    """`2`, `#2`, `2nd`, `the second one`."""
    found = _COUNTED.fullmatch(words)
    if found is None:
        return None
    return int(found[1]) if found[1] else _ORDINALS.index(found[2]) + 1


async def _newest_of_one_thread(box: Toolbox, ask: Ask, places: Sequence[int]) -> UUID:
    """Several mails of the list fit the words. They mean one only when all belong to the same talk."""
    async with box.database.acting_as(ask.caller) as tx:
        rows = await tx.emails.many([ask.focus.shown[place].id for place in places])
    if len({row.thread for row in rows}) != 1:
        raise Refused(f"That could be {' or '.join(str(place + 1) for place in places)}; say which number you mean.")
    newest = max(row.sent_at for row in rows)
    return _of_default([row for row in rows if row.sent_at == newest], await accounts_of(box, ask))


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
    return all(word in folded for word in _bare(words).split())


def _bare(words: str) -> str:
    """Without the genitive: `ana's invoice` is an invoice of Ana."""
    return _GENITIVE.sub("", words)


async def _searched(box: Toolbox, ask: Ask, words: str) -> UUID:
    """Looks in the whole mailbox: the sender's name first, then all words."""
    words = _bare(words)
    accounts = await accounts_of(box, ask)
    vector = await box.models.meaning.of_one(words)
    async with box.database.acting_as(ask.caller) as tx:
        named = await tx.emails.search(accounts, "", None, Filter(sender=words, outgoing=False), 2)
        found = named or await tx.emails.search(accounts, words, vector, Filter(outgoing=False), 5)
    if not found:
        raise Refused(f"I found no mail for “{words}”. Say who sent it, or a word of its subject.")
    exact = [row for row in found if _all_words(words, f"{row.sender_name} {row.sender_address} {row.subject}")]
    best = (exact or list(found))[0]
    copies = [row for row in found if row.id == best.id or row.message_id == best.message_id != ""]
    return _of_default(copies, accounts)


def _of_default(copies: Sequence[Row[Any]], accounts: Sequence[UUID]) -> UUID:
    """Of one mail that several of the owner's mailboxes got, the copy in the default one, else in the next."""
    return UUID(str(min(copies, key=lambda row: accounts.index(row.account)).id))
