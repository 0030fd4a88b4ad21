"""The home page: the dashboard as a view, with live buttons, in at most a hundred blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.chat import Card
from bot.dashboard import Dashboard, JobLine
from bot.slack import render
from bot.slack.render import Block
from bot.slack.text import plain, short

MOST = 100
FIRST, STEP = 5, 10
"""How much of a list is shown at first, and how much more with each press."""

MORE, SAY = "home_more", "home_say"
LINE = 140


def home(board: Dashboard | None, more: int = 0) -> dict[str, Any]:
    """The view. None: somebody whom we do not know."""
    if board is None:
        return _view([_words("I do not know you yet. Write me a message, and I will tell you what to do.")], more)
    shown = FIRST + STEP * more
    blocks: list[Block] = [_title(f"Hello {board.name}")]
    counts = f"{board.needs_me:,} mails wait for you, {board.unread:,} are unread."
    blocks += [
        _words(counts),
        _row([("What needs me?", "what needs me today?"), ("Inbox", "/inbox"), ("Help", "/help")]),
    ]
    blocks += _list("Mailboxes", [f"{'✓' if one.well else '!'} {one.address}: {one.health}" for one in board.accounts])
    blocks += _waiting(board.waiting, shown)
    mail = [_mail(one) for one in board.mail]
    blocks += _list("Recent mail", mail[:shown])
    blocks += _list("Follow-ups", board.follow_ups[:shown])
    blocks += _list("Rules", board.rules[:shown])
    blocks += _list("Templates", board.templates[:shown])
    blocks += _jobs(board.jobs[:shown])
    blocks += _list("Usage", board.usage[:shown])
    longest = max(map(len, (board.waiting, board.mail, board.follow_ups, board.rules, board.templates, board.jobs)))
    blocks = blocks[: MOST - 1]
    if longest > shown:
        blocks.append({"type": "actions", "elements": [_button("Show more", MORE, str(more + 1))]})
    return _view(blocks, more)


def _view(blocks: list[Block], more: int) -> dict[str, Any]:
    return {"type": "home", "private_metadata": str(more), "blocks": blocks}


def _title(text: str) -> Block:
    return {"type": "header", "text": plain(short(text, render.HEADER))}


def _words(text: str) -> Block:
    return {"type": "section", "text": plain(short(text, render.SECTION))}


def _lines(lines: Sequence[str]) -> Block:
    return {"type": "section", "text": plain("\n".join(short(one, LINE) for one in lines))}


def _list(title: str, lines: Sequence[str]) -> list[Block]:
    """Up to sixteen lines in a block: each is cut to 140 signs, and a block holds 3,000."""
    if not lines:
        return []
    return [_title(title), *(_lines(lines[at : at + 16]) for at in range(0, len(lines), 16))]


def _mail(one: Any) -> str:
    sure = f" {one.confidence:.0%}" if one.confidence is not None else ""
    label = f" [{one.label}{sure}]" if one.label else ""
    return f"{'• ' if one.needs_me else ''}{one.sender}: {one.subject}{label}, {one.when}"


def _waiting(cards: Sequence[Card], shown: int) -> list[Block]:
    """What waits for the person's word, each with its buttons; at most so many that the rest still has room."""
    if not cards:
        return []
    blocks = [_title(f"{len(cards)} wait{'s' if len(cards) == 1 else ''} for your word")]
    for card in cards[: min(shown, 15)]:
        facts = ", ".join(f"{one.label} {one.value}" for one in card.fields if one.label in ("To", "Subject"))
        blocks.append(_words(f"{card.title} {facts}"))
        text = short(card.text, 400)
        blocks.append({"type": "context", "elements": [plain(text)]})
        blocks += render.buttons(card)
    return blocks


def _jobs(lines: Sequence[JobLine]) -> list[Block]:
    if not lines:
        return []
    blocks = [_title("Jobs")]
    for one in lines:
        block = _words(f"{one.id} {one.kind}: {one.state}, {one.when}")
        if one.cancellable:
            block["accessory"] = _button("Cancel", f"{SAY}:{one.id}", f"/cancel {one.id}")
        blocks.append(block)
    return blocks


def _row(buttons: Sequence[tuple[str, str]]) -> Block:
    elements = [_button(label, f"{SAY}:{number}", words) for number, (label, words) in enumerate(buttons)]
    return {"type": "actions", "elements": elements}


def _button(label: str, action: str, value: str) -> dict[str, Any]:
    return {"type": "button", "action_id": action, "text": plain(short(label, render.BUTTON)), "value": value}
