"""What the agent can do with mail: search, read, label, draft an answer, change a draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from storage.tables.email_search import Filter
from storage.values.access import Permission
from storage.values.clock import now
from storage.values.errors import Refused
from tools.inbox import refer, show
from tools.inbox.relabel import relabel
from tools.tool import Ask, Change, Proposal, Result, tool
from tools.toolbox import Toolbox

LISTED = 10
"""How many mails a list shows; more are counted."""

_MAIL = "Which mail: its number in the list shown last, 'it', 'last', or words that name sender and topic."


@tool(Permission.VIEW_OWN_EMAILS)
async def search_inbox(
    box: Toolbox,
    ask: Ask,
    query: Annotated[str, Field(description="Words to look for; may be empty when only filters are meant.")] = "",
    sender: Annotated[str, Field(description="Part of the sender's name or address.")] = "",
    since: Annotated[str, Field(description="First day, as YYYY-MM-DD.")] = "",
    until: Annotated[str, Field(description="The day after the last one, as YYYY-MM-DD.")] = "",
    label: Annotated[str, Field(description="Only mails that bear this label.")] = "",
    unread: Annotated[bool | None, Field(description="Only unread (true) or only read (false) mails.")] = None,
    has_attachment: Annotated[bool | None, Field(description="Only mails with (true) or without files.")] = None,
    needs_me: Annotated[bool | None, Field(description="Only mails that wait for the person to do something.")] = None,
) -> Result:
    """Searches the person's mail by words, meaning and filters, and shows a numbered list."""
    accounts = await refer.accounts_of(box, ask)
    first = _midnight(since, ask.caller.zone)
    if needs_me and first is not None and first + timedelta(days=1) > now():
        first = None  # "what needs me today?" asks for what waits today, whenever it came
    where = Filter(
        sender=sender,
        since=first,
        until=_midnight(until, ask.caller.zone),
        label=label,
        unread=unread,
        has_attachment=has_attachment,
        needs_me=needs_me,
        outgoing=False if needs_me or unread else None,
    )
    vector = await box.models.meaning.of_one(query) if query else None
    async with box.database.acting_as(ask.caller) as tx:
        found = await tx.emails.search(accounts, query, vector, where, LISTED)
        total = len(found) if query or len(found) < LISTED else await tx.emails.count(accounts, where)
    if not found:
        narrowed = any((query, sender, first, until, label, unread is not None, has_attachment is not None))
        return Result(_nothing(query, needs_me, narrowed))
    seen = tuple(show.shown(row) for row in found)
    focus = replace(ask.focus, shown=seen, mail=seen[0] if len(seen) == 1 else None)
    heading = _heading(total, len(found), needs_me, bool(query))
    return Result(f"{heading}\n{show.listing(found, ask.caller.zone, now())}", focus)


@tool(Permission.VIEW_OWN_EMAILS)
async def read_email(box: Toolbox, ask: Ask, email: Annotated[str, Field(description=_MAIL)]) -> Result:
    """Shows one mail in full. "sent" shows the mail that was sent last."""
    if email.strip().casefold() in {"sent", "sent mail", "the sent mail"}:
        accounts = await refer.accounts_of(box, ask)
        async with box.database.acting_as(ask.caller) as tx:
            found = await tx.emails.search(accounts, "", None, Filter(outgoing=True), 1)
        if not found:
            return Result("You have not sent any mail that I can see.")
        row = found[0]
    else:
        row = await refer.one_mail(box, ask, email)
    return Result(show.full(row, ask.caller.zone, now()), replace(ask.focus, mail=show.shown(row)))


@tool(Permission.VIEW_OWN_EMAILS, changes=True)
async def label_email(
    box: Toolbox,
    ask: Ask,
    emails: Annotated[list[str], Field(description=f"One or more mails. {_MAIL} ['all'] means the whole list.")],
    label: Annotated[str, Field(description="The label, as the person says it.")],
    remove: Annotated[bool, Field(description="True takes the label off.")] = False,
) -> Result:
    """Puts a label on mails, or takes it off. It can be undone."""
    name = _label_name(label)
    rows = await refer.mails(box, ask, emails)
    words = await relabel(box, ask, rows, name, remove=remove)
    focus = replace(ask.focus, mail=show.shown(rows[0])) if len(rows) == 1 else ask.focus
    return Result(words, focus)


@tool(Permission.VIEW_OWN_EMAILS, changes=True)
async def draft_reply(
    box: Toolbox,
    ask: Ask,
    email: Annotated[str, Field(description=f"The mail to answer. {_MAIL}")],
    message: Annotated[str, Field(description="What the answer should say, in the person's words.")],
) -> Proposal:
    """Drafts an answer in the mail's thread and shows it as a card. Nothing is sent: the person decides on the card."""
    row = await refer.one_mail(box, ask, email)
    if not message.strip():
        raise Refused(f"What should I tell {row.sender_name or row.sender_address}? Say it in your own words.")
    if not (row.reply_to or row.sender_address):
        raise Refused("That mail does not say who sent it, so I cannot answer it.")
    return Proposal(account=row.account, email=row.id, wish=message.strip())


@tool(Permission.VIEW_OWN_EMAILS, changes=True)
async def change_draft(
    box: Toolbox, ask: Ask, change: Annotated[str, Field(description="What to change, in the person's words.")]
) -> Change:
    """Changes the draft that is waiting and shows what is different. The old text can no longer be approved."""
    if ask.focus.draft is None:
        raise Refused("There is no draft waiting. Say “reply to …” and what the answer should say.")
    if not change.strip():
        raise Refused("What should I change in the draft? For example “make it shorter”.")
    return Change(ask.focus.draft, change.strip())


def _label_name(text: str) -> str:
    name = " ".join(text.split()).strip("\"'“”‘’.,;:!")
    if not name or len(name) > 60 or not name.isprintable():
        raise Refused("A label needs a short name, for example “Finance”.")
    return name


def _midnight(text: str, zone: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text.strip()), time(), ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(f"I do not understand the day “{text}”; write it like 2026-03-14.") from None


def _heading(total: int, listed: int, needs_me: bool | None, best: bool) -> str:
    if best and listed == LISTED:  # how many fit at all depends on where one stops to call it fitting
        return f"The best {listed} matches:"
    what = "mail waits for you" if total == 1 else "mails wait for you"
    found = what if needs_me else "mail" if total == 1 else "mails"
    return f"{total} {found}:" if total == listed else f"{total} {found}, the latest {listed}:"


def _nothing(query: str, needs_me: bool | None, narrowed: bool) -> str:
    if needs_me:
        return "Nothing of that kind waits for you." if narrowed else "Nothing waits for you. Well done."
    return f"I found no mail for “{query}”." if query else "I found no such mail."
