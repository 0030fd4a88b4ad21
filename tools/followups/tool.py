"""What the agent can do about the future: take something up again at a time, and list what waits."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.engine import Row

from storage.values.access import Permission
from storage.values.clock import now
from storage.values.errors import Refused
from tools.followups.plan import plan
from tools.followups.when import in_words, read_when
from tools.inbox import refer, show
from tools.tool import Ask, Result, tool
from tools.toolbox import Toolbox


@tool(Permission.VIEW_OWN_EMAILS, changes=True)
async def schedule_follow_up(
    box: Toolbox,
    ask: Ask,
    when: Annotated[str, Field(description="The time in the person's words, such as 'Tuesday 9am' or 'in 3 days'.")],
    email: Annotated[
        str, Field(description="The mail it is about: a number, 'it', or sender and topic; may be empty.")
    ] = "",
    note: Annotated[str, Field(description="What to remind of, when it is not about a mail.")] = "",
    unless_answered: Annotated[bool, Field(description="Whether an answer that arrives makes it needless.")] = True,
) -> Result:
    """Reminds the person at a time; when it is about a mail, only if nobody answered by then."""
    due = read_when(when, now(), ask.caller.zone)
    about = await _about(box, ask, email, note)
    what = f"“{about.subject or '(no subject)'}”" if about else note.strip()
    tail = ", unless an answer arrives before" if about and unless_answered else ""
    words = f"I will come back to {what} on {due.words}{tail}."
    async with box.database.acting_as(ask.caller) as tx:
        await plan(
            tx,
            ask,
            due.at,
            words,
            email=about.id if about else None,
            note=note.strip(),
            unless_answered=bool(about) and unless_answered,
        )
    return Result(words)


@tool(Permission.VIEW_OWN_EMAILS)
async def list_follow_ups(box: Toolbox, ask: Ask) -> Result:
    """Lists what the person wanted to come back to, soonest first."""
    async with box.database.acting_as(ask.caller) as tx:
        waiting = await tx.follow_ups.waiting(ask.caller.person)
        mails = {row.id: row for row in await tx.emails.many([one.email for one in waiting if one.email])}
    if not waiting:
        return Result("No follow-ups are waiting. Say for example “remind me on Tuesday at 9 about 2”.")
    lines = [_line(number, one, mails, ask.caller.zone) for number, one in enumerate(waiting, start=1)]
    return Result("\n".join([f"{len(lines)} follow-up{'s' if len(lines) > 1 else ''} waiting:", *lines]))


async def _about(box: Toolbox, ask: Ask, email: str, note: str) -> Row[Any] | None:
    """The mail that is meant. Without a note and without a reference it is the one in sight."""
    if email.strip():
        return await refer.one_mail(box, ask, email)
    if note.strip():
        return None
    if ask.focus.mail is None and len(ask.focus.shown) != 1:
        raise Refused("What should I come back to? Say which mail, or what to remind you of.")
    return await refer.one_mail(box, ask, "it")


def _line(number: int, one: Row[Any], mails: dict[Any, Row[Any]], zone: str) -> str:
    mail = mails.get(one.email)
    what = f"{show.who(mail)}: {mail.subject}" if mail else one.note or "a mail that is gone"
    tail = " (unless answered)" if one.unless_answered else ""
    return show.plain(f"{number}. {in_words(one.due_at, zone)}: {what}{tail}")
