"""Recall: what goes into the prompt besides what the person says: who they are, what is in sight, what was remembered."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage

from agent.prompts import prompt
from agent.quoting import quoted
from storage.values.access import Caller
from storage.values.clock import now
from tools.followups.when import in_words
from tools.tool import Ask, Focus
from tools.toolbox import Toolbox

FRESH = 20.0
"""Seconds for which the lists of labels, people and tables are taken as they were."""

REMEMBERED = 5
RELATED = 0.3
"""Cosine from which a remembered fact may matter for what was just said."""


class Surroundings:
    """The labels, people and tables around a person, read again when they may have changed."""

    def __init__(self, box: Toolbox) -> None:
        self.box = box
        self._known: dict[UUID, tuple[float, dict[str, list[str]]]] = {}

    async def of(self, caller: Caller) -> dict[str, list[str]]:
        """Names that the person may use: labels, people, files."""
        at, known = self._known.get(caller.person, (0.0, {}))
        if not known or time.monotonic() - at > FRESH:
            known = await self._read(caller)
            self._known[caller.person] = (time.monotonic(), known)
        return known

    def changed(self, person: UUID) -> None:
        """They are read afresh the next time."""
        self._known.pop(person, None)

    async def _read(self, caller: Caller) -> dict[str, list[str]]:
        async with self.box.database.acting_as(caller) as tx:
            accounts = [row.id for row in await tx.accounts.of(caller.person)]
            return {
                "labels": await tx.emails.labels(accounts),
                "people": await tx.emails.senders(accounts, 200),
                "files": [row.name for row in await tx.files.tables(caller.person)],
            }


def facts(caller: Caller, focus: Focus, surroundings: dict[str, list[str]]) -> dict[str, Any]:
    """What the offline brain reads sentences with."""
    return {
        "now": now().isoformat(),
        "zone": caller.zone,
        "shown": [{"n": n, "from": one.sender, "subject": one.subject} for n, one in enumerate(focus.shown, start=1)],
        "draft": {"to": focus.draft.to, "subject": focus.draft.subject} if focus.draft else None,
        "file": focus.table.name if focus.table else None,
        **surroundings,
    }


async def system(box: Toolbox, ask: Ask, said: str, *, waiting: int, remembers: bool) -> SystemMessage:
    """The system message of a turn."""
    lines = [
        prompt("system"),
        f"The person is {ask.caller.name} ({ask.caller.role}). It is {in_words(now(), ask.caller.zone)}.",
    ]
    focus = ask.focus
    if focus.shown:
        listed = "\n".join(f"{n}. {one.sender}: {one.subject}" for n, one in enumerate(focus.shown, start=1))
        lines.append(f"The list shown last:\n{quoted(listed)}")
    if focus.mail:
        lines.append(f"The mail in sight (“it”):\n{quoted(f'{focus.mail.sender}: {focus.mail.subject}')}")
    if focus.draft:
        lines.append(
            f"A draft waits for the person's decision; change_draft changes it. It is to:\n{quoted(focus.draft.to)}"
        )
    if waiting:
        lines.append(f"{waiting} draft(s) wait for the person in all.")
    if remembers:
        lines.append(await _remembered(box, ask, said))
    return SystemMessage("\n\n".join(filter(None, lines)))


async def _remembered(box: Toolbox, ask: Ask, said: str) -> str:
    vector = await box.models.meaning.of_one(said)
    async with box.database.acting_as(ask.caller) as tx:
        found = await tx.memories.near(ask.caller.person, vector, REMEMBERED, RELATED)
    listed = "\n".join(f"- {row.fact}" for row in found)
    return f"Remembered facts that may matter:\n{quoted(listed)}" if found else ""


def history(messages: Sequence[dict[str, Any]]) -> list[AnyMessage]:
    """The recent talk as messages. Tool calls of past turns are not repeated: what they showed is in the answers."""
    return [HumanMessage(one["content"]) if one["role"] == "user" else AIMessage(one["content"]) for one in messages]
