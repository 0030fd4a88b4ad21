"""Commands: one table for every platform. Each is a slash word, and where no doubt is possible a plain word too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from agent import decisions
from agent.assistant import Assistant
from agent.cards import APPROVE, REJECT
from agent.chat import Card, Click, Reply, Word
from storage.values.access import Caller, Permission
from storage.values.errors import Refused
from storage.values.ids import ConversationId, EventId
from tools.inbox.show import plain

ANY_PERSON = Permission.VIEW_OWN_EMAILS


@dataclass(frozen=True)
class Given:
    """What a command is given: who, where, because of which event, and the words after it."""

    assistant: Assistant
    caller: Caller
    conversation: ConversationId
    event: EventId
    origin: str
    words: str


@dataclass(frozen=True)
class Command:
    """One row of the table."""

    name: str
    help: str
    run: Callable[[Given], Awaitable[Sequence[Word]]]
    permission: Permission = ANY_PERSON
    usage: str = ""
    plain: tuple[str, ...] = ()
    """Whole messages that mean the command, without a slash."""


async def _help(given: Given) -> list[Word]:
    lines = [
        f"/{one.name}{f' {one.usage}' if one.usage else ''}: {one.help}"
        for one in COMMANDS
        if given.caller.may(one.permission)
    ]
    return [
        Reply(
            "Say in your own words what you want, for example:\n"
            "- what needs me today?\n- find the invoice from the clay supplier\n- label 1 and 2 Finance\n"
            "- reply to 3 that Thursday works\n- show revenue by month as a chart\n- remind me on Tuesday at 9 about it\n"
            "Nothing leaves without your click.\n\nCommands:\n" + "\n".join(lines)
        )
    ]


async def _inbox(given: Given) -> list[Word]:
    return [await _tool(given, "search_inbox", {"unread": True})]


async def _undo(given: Given) -> list[Word]:
    return [await _tool(given, "undo", {"which": given.words or "last"})]


async def _follow_ups(given: Given) -> list[Word]:
    return [await _tool(given, "list_follow_ups", {})]


async def _memory(given: Given) -> list[Word]:
    return [await _tool(given, "recall", {"query": given.words})]


async def _approvals(given: Given) -> list[Word]:
    box = given.assistant.box
    async with box.database.acting_as(given.caller) as tx:
        rows = await tx.approvals.pending(given.caller.person)
        shown: list[Card] = [await decisions.card_of(tx, row, given.caller.zone) for row in rows]
    return [Reply("Nothing waits for your word.")] if not shown else list(shown)


async def _approve(given: Given) -> Sequence[Word]:
    return await _settle(given, APPROVE)


async def _reject(given: Given) -> Sequence[Word]:
    return await _settle(given, REJECT)


async def _settle(given: Given, action: str) -> Sequence[Word]:
    """The typed word presses the button of the draft that the talk is about, or of the only one that waits here."""
    box, focus = given.assistant.box, await given.assistant.focus(given.caller, given.conversation)
    async with box.database.acting_as(given.caller) as tx:
        rows = [
            row for row in await tx.approvals.pending(given.caller.person) if row.conversation == given.conversation
        ]
        if not rows:
            raise Refused("No draft waits for your word here.")
        about = await tx.approvals.newest(focus.draft.approval) if focus.draft else None
        meant = [row for row in rows if row.id == about.id] if about else rows
        tokens = await tx.buttons.of(meant[0].id) if len(meant) == 1 else {}
    if action not in tokens:  # not the one that we spoke of, or never shown
        waiting = f"{len(rows)} drafts wait" if len(rows) > 1 else "A draft waits"
        raise Refused(f"{waiting} here; press the button on the one that you mean (/approvals shows what waits).")
    click = Click(tokens[action])
    return await decisions.decide(box, given.caller, given.conversation, given.event, given.origin, click)


async def _jobs(given: Given) -> list[Word]:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        rows = await tx.jobs.list(10, given.caller.person)
    if not rows:
        return [Reply("There were no jobs yet.")]
    return [
        Reply(plain("\n".join(f"{str(row.id)[-6:]}  {row.kind}: {row.state} {row.error}".rstrip() for row in rows)))
    ]


async def _tool(given: Given, name: str, arguments: dict[str, Any]) -> Word:
    return await given.assistant.use(given.caller, given.conversation, given.event, name, arguments)


COMMANDS: tuple[Command, ...] = (
    Command("help", "what I can do", _help, plain=("help", "?")),
    Command("inbox", "your unread mail", _inbox),
    Command("approvals", "the drafts that wait for your word", _approvals),
    Command(
        "approve", "send the draft that waits here", _approve, plain=("approve", "approve & send", "approve and send")
    ),
    Command("reject", "do not send it", _reject, plain=("reject",)),
    Command(
        "undo",
        "take back the last thing, the last few, or all since a time",
        _undo,
        usage="[3 | since 9]",
        plain=("undo",),
    ),
    Command("followups", "what you wanted to come back to", _follow_ups),
    Command("memory", "what I was asked to remember", _memory, usage="[topic]"),
    Command("jobs", "the latest jobs", _jobs, permission=Permission.LAUNCH_JOBS),
)
"""`/stop` is not here: it is handled before anything that waits in a queue."""

BY_NAME = {one.name: one for one in COMMANDS}
BY_WORDS = {words: one for one in COMMANDS for words in one.plain}
STOP_WORDS = frozenset({"stop", "/stop", "stop!", "🛑", "halt", "cancel everything"})


def is_command(text: str) -> bool:
    """Whether a message is meant as a command, be there one of that name or not."""
    said = text.strip()
    return said.startswith("/") or said.casefold().rstrip(".! ") in BY_WORDS


def find(text: str) -> tuple[Command, str] | None:
    """The command that a message is, and the words after it. Refused for a slash word that is none."""
    said = text.strip()
    if said.startswith("/"):
        name, _, words = said[1:].partition(" ")
        command = BY_NAME.get(name.casefold())
        if command is None:
            raise Refused(f"There is no command /{name[:30]}. Type /help to see what there is.")
        return command, words.strip()
    command = BY_WORDS.get(said.casefold().rstrip(".! "))
    return (command, "") if command else None
