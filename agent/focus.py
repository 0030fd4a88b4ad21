"""The focus of a conversation as plain JSON, so that it can be kept between turns and shown to a model."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from storage.values.ids import ApprovalId, EmailId, FileId
from tools.tool import Draft, Focus, OpenTable, Shown


def to_json(focus: Focus) -> dict[str, Any]:
    """The focus as plain values."""
    return {
        "shown": [[str(one.id), one.sender, one.subject] for one in focus.shown],
        "mail": [str(focus.mail.id), focus.mail.sender, focus.mail.subject] if focus.mail else None,
        "draft": [str(focus.draft.approval), focus.draft.to, focus.draft.subject] if focus.draft else None,
        "table": [str(focus.table.id), focus.table.name] if focus.table else None,
    }


def from_json(plain: dict[str, Any] | None) -> Focus:
    """What `to_json` kept; an empty focus for a new conversation."""
    if not plain:
        return Focus()
    draft, table = plain["draft"], plain["table"]
    return Focus(
        shown=tuple(_shown(one) for one in plain["shown"]),
        mail=_shown(plain["mail"]) if plain["mail"] else None,
        draft=Draft(ApprovalId(UUID(draft[0])), draft[1], draft[2]) if draft else None,
        table=OpenTable(FileId(UUID(table[0])), table[1]) if table else None,
    )


def _shown(plain: list[str]) -> Shown:
    return Shown(EmailId(UUID(plain[0])), plain[1], plain[2])
