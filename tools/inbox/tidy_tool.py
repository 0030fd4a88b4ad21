"""What the agent can do to keep an inbox tidy: archive, move, and mark as read, unread or flagged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy.engine import Row

from storage.values.access import Permission
from storage.values.errors import Refused
from tools.inbox import refer, show
from tools.inbox.tidy import mark, move
from tools.mail.folder_names import ARCHIVE, DRAFTS, JUNK, SENT, TRASH, known_name
from tools.mail.labels import checked_name
from tools.tool import Ask, Focus, Result, tool
from tools.toolbox import Toolbox

_MAILS = (
    "One or more mails: each by its number in the list shown last, 'it', 'last', or words that name sender and topic. "
    "['all'] means the whole list."
)


@tool(Permission.VIEW_OWN_EMAILS, changes=True)
async def archive_email(box: Toolbox, ask: Ask, emails: Annotated[list[str], Field(description=_MAILS)]) -> Result:
    """Archives mails: they leave the inbox and stay findable. It can be undone."""
    rows = await refer.mails(box, ask, emails)
    return Result(await move(box, ask, rows, ARCHIVE), _focus(ask, rows))


@tool(Permission.VIEW_OWN_EMAILS, changes=True)
async def move_email(
    box: Toolbox,
    ask: Ask,
    emails: Annotated[list[str], Field(description=_MAILS)],
    folder: Annotated[str, Field(description="The folder, as the person says it; 'inbox' and 'archive' are known.")],
) -> Result:
    """Moves mails to a folder, which is made if there is none. It can be undone. Nothing is deleted."""
    name = known_name(checked_name(" ".join(folder.split()).strip("\"'“”‘’"), "folder"))
    if name in (TRASH, JUNK, SENT, DRAFTS):
        raise Refused(f"I do not move mail to {name}: do that in your mail program, or say another folder.")
    rows = await refer.mails(box, ask, emails)
    return Result(await move(box, ask, rows, name), _focus(ask, rows))


@tool(Permission.VIEW_OWN_EMAILS, changes=True)
async def mark_email(
    box: Toolbox,
    ask: Ask,
    emails: Annotated[list[str], Field(description=_MAILS)],
    mark_as: Annotated[
        Literal["read", "unread", "flagged", "unflagged"], Field(description="A flag is the star of other programs.")
    ],
) -> Result:
    """Marks mails as read or unread, or puts the flag on or off. It can be undone."""
    rows = await refer.mails(box, ask, emails)
    return Result(await mark(box, ask, rows, mark_as), _focus(ask, rows))


def _focus(ask: Ask, rows: Sequence[Row[Any]]) -> Focus:
    return replace(ask.focus, mail=show.shown(rows[0])) if len(rows) == 1 else ask.focus
