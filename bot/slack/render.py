"""How words look in Slack: blocks within every limit of Block Kit, made of text that nothing can bring to life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.cards import APPROVE, EDIT, LABELS
from agent.chat import Button, Card, Field, Reply
from agent.verdicts import BAD, GOOD, token
from bot.slack.text import bold, clean, escaped, fit, plain, short, units

Block = dict[str, Any]

MESSAGE = 12_000
"""UTF-16 units of all text in one message: Slack refuses what is much longer (`msg_blocks_too_long`), as it does a markdown
block above 12,000."""

FALLBACK = 2_900
"""Of the text for notifications and screen readers: `chat.update` refuses more than 4,000."""

SECTION, FIELD, HEADER, BUTTON, ROW = 2_950, 1_950, 150, 75, 25
FIELDS_SHARE = 5_000
OPTION = 75
MOST_FIELDS, MOST_SECTIONS = 40, 12
PRESS, OPEN_FORM = "press", "form"
"""Beginnings of the action ids: a button that acts at once, and one that opens the card's form."""

TICKS = "ticks"
"""Action id of a card's list of items that may be unticked."""


@dataclass(frozen=True)
class Shown:
    """A message: its blocks, the same in short for notifications, and the whole text when it did not fit."""

    text: str
    blocks: list[Block] = field(default_factory=list)
    whole: str = ""


def reply(word: Reply) -> Shown:
    """Plain words."""
    blocks, whole = _sections(clean(word.text), MESSAGE)
    return Shown(_fallback(word.text), [*blocks, *_verdict(word.about)], whole)


def _verdict(about: str) -> list[Block]:
    """Slack's own thumbs below an answer, which show by themselves what was pressed."""
    if not about:
        return []
    found = {
        "type": "feedback_buttons",
        "action_id": f"{PRESS}:0",
        "positive_button": {"text": plain("Good answer"), "value": token(GOOD, about)},
        "negative_button": {"text": plain("Bad answer"), "value": token(BAD, about)},
    }
    return [{"type": "context_actions", "elements": [found]}]


def card(word: Card) -> Shown:
    """A card: title, facts in two columns, text, buttons."""
    title = clean(word.title)
    blocks: list[Block] = [{"type": "header", "text": plain(short(title, HEADER))}]
    facts, used, left_out = _facts(word.fields)
    text, whole = _sections(clean(word.text), MESSAGE - used - 2 * HEADER) if word.text.strip() else ([], "")
    blocks += [*facts, *([{"type": "divider"}] if facts and text else []), *text, *_ticks(word), *buttons(word)]
    everything = "" if not (whole or left_out or units(title) > HEADER) else _in_full(word)
    return Shown(_fallback(f"{word.title}\n{word.text}"), blocks, everything)


def steps(done: Sequence[str], now: str) -> Shown:
    """What is being done, in one message that is redrawn."""
    lines = [*(f"✓ {one}" for one in done[-8:]), f"… {now}"]
    return Shown(short(f"{now} …", FALLBACK), [_section("\n".join(escaped(one) for one in lines))])


def saying(text: str) -> Shown:
    """An answer that is being written, in one message that is redrawn."""
    blocks, _rest = _sections(clean(text), MESSAGE)
    return Shown(_fallback(text), [*blocks[:MOST_SECTIONS], {"type": "context", "elements": [plain("…")]}])


def working(tool: str) -> str:
    """A tool in words. Its arguments are a model's words, so they are not shown."""
    return short(tool.replace("_", " ").capitalize(), 120)


def _fallback(text: str) -> str:
    words, rest = fit(clean(text).strip() or "…", FALLBACK - 40)
    return f"{words} …" if rest else words


def _section(text: str) -> Block:
    return {"type": "section", "text": plain(text)}


def _sections(text: str, room: int) -> tuple[list[Block], str]:
    """The text in as many sections as it takes; gives the whole text too when it had to be cut."""
    blocks: list[Block] = []
    rest = text.strip("\n") or "…"
    while rest and len(blocks) < MOST_SECTIONS and room > 200:
        part, rest = fit(rest, min(SECTION, room))
        blocks.append(_section(part))
        room -= units(part)
    if not rest.strip():
        return blocks, ""
    note = f"Cut here: {len(rest):,} more characters. The whole text is in the file that follows."
    return [*blocks, {"type": "context", "elements": [plain(note)]}], text


def _facts(fields: Sequence[Field]) -> tuple[list[Block], int, bool]:
    """Facts in rows of label and value; how much room they take; whether any of it had to be cut."""
    blocks: list[Block] = []
    room, cut = FIELDS_SHARE, len(fields) > MOST_FIELDS
    row: list[dict[str, Any]] = []
    for one in fields[:MOST_FIELDS]:
        value, rest = fit(clean(one.value).strip() or "…", max(20, min(FIELD, room) - 60))
        room -= units(value)
        if rest.strip():
            value, cut = f"{value} … (cut: {len(rest):,} more)", True
        row += [_label(one.label), plain(value)]
        if len(row) == 10:
            blocks.append({"type": "section", "fields": row})
            row = []
    if row:
        blocks.append({"type": "section", "fields": row})
    if cut:
        blocks.append(
            {"type": "context", "elements": [plain("Some facts were cut; they are in the file that follows.")]}
        )
    return blocks, FIELDS_SHARE - room, cut


def _label(text: str) -> dict[str, Any]:
    """Bold where the label is a plain word of ours."""
    return bold(text) if text.replace(" ", "").isalnum() and len(text) < 60 else plain(short(text, 200))


def _ticks(word: Card) -> list[Block]:
    """The items that may be unticked, all of them ticked. Slack shows ten in a list."""
    options = [{"text": plain(short(one.label, OPTION)), "value": one.name} for one in word.choices]
    rows = [options[at : at + 10] for at in range(0, len(options), 10)]
    return [
        {
            "type": "actions",
            "block_id": f"{word.id[:240]}/{TICKS}{number}",
            "elements": [{"type": "checkboxes", "action_id": TICKS, "options": row, "initial_options": row}],
        }
        for number, row in enumerate(rows)
    ]


def buttons(word: Card) -> list[Block]:
    """A card's buttons. The block bears the card's id, by which its form is found."""
    elements = [_button(one, number, word) for number, one in enumerate(word.buttons)]
    rows = [elements[at : at + ROW] for at in range(0, min(len(elements), 4 * ROW), ROW)]
    return [
        {"type": "actions", "block_id": f"{word.id[:240]}/{number}", "elements": row} for number, row in enumerate(rows)
    ]


def card_id(block_id: str) -> str:
    """The card whose button stands in this block."""
    return block_id.rpartition("/")[0]


def _button(one: Button, number: int, word: Card) -> dict[str, Any]:
    form = bool(word.inputs) and one.label == LABELS[EDIT]
    element: dict[str, Any] = {
        "type": "button",
        "action_id": f"{OPEN_FORM if form else PRESS}:{number}",
        "text": plain(short(one.label, BUTTON)),
        "value": one.token,
    }
    if "send" in one.label.casefold():
        element["confirm"] = _confirm(word)
        if one.label == LABELS[APPROVE]:
            element["style"] = "primary"
    return element


def _confirm(word: Card) -> dict[str, Any]:
    about = next((one.value for one in word.fields if one.label == "To"), word.title)
    return {
        "title": plain("Are you sure?"),
        "text": plain(short(f"{'To ' if word.fields else ''}{about}", 280)),
        "confirm": plain("Send"),
        "deny": plain("Not yet"),
    }


def _in_full(word: Card) -> str:
    facts = "\n".join(f"{one.label}: {one.value}" for one in word.fields)
    return clean(f"{word.title}\n\n{facts}\n\n{word.text}\n")
