"""How words look in Telegram: a card is text with facts and a keyboard under it. Pure, and nothing foreign is live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.chat import Button, Card, Reply
from bot.telegram.text import Run, bold, foreign, pieces

MOST_BUTTONS = 100
LONGEST_LABEL = 48
"""Characters of a button that a phone can show."""

FORM = "form:"
"""A button that opens the card's form begins so; the token follows."""

EDIT = "Edit"
STYLES = {"Approve & send": "success", "Approve all": "success", "Reject": "danger"}


@dataclass(frozen=True)
class Key:
    """A button under a message."""

    label: str
    data: str
    style: str | None = None


@dataclass(frozen=True)
class Shown:
    """What is to be seen: one message or more, and the keyboard under the last one."""

    messages: list[list[Run]]
    keys: list[list[Key]]

    def within(self, count: int, why: str) -> Shown:
        """The same in so many messages at most, and it says so when that leaves something out."""
        if len(self.messages) <= count:
            return self
        head = self.messages[: count - 1]
        last = pieces(self.messages[count - 1], longest=4_000)[0]
        return Shown([*head, [*last, Run(f"\n[cut here: {why}]")]], self.keys)


def reply(word: Reply) -> Shown:
    """Plain words."""
    return Shown(pieces(foreign(word.text)), [])


def card(card: Card) -> Shown:
    """Title, facts, text, buttons."""
    runs = [bold(card.title), Run("\n")] if card.title.strip() else []
    for one in card.fields:
        runs += [Run("\n"), bold(f"{one.label}:"), Run("\n" if "\n" in one.value else " "), *foreign(one.value)]
    if card.text.strip():
        runs += [Run("\n\n"), *foreign(card.text.strip("\n"))]
    left_out = len(card.buttons) - MOST_BUTTONS
    if left_out > 0:
        runs.append(Run(f"\n\n[{left_out} more buttons than Telegram can show]"))
    return Shown(pieces(runs), keyboard(card))


def keyboard(card: Card) -> list[list[Key]]:
    """The card's buttons, two in a row where both are short."""
    keys = [_key(card, one) for one in card.buttons[:MOST_BUTTONS]]
    return rows(keys)


def rows(keys: Sequence[Key]) -> list[list[Key]]:
    """Two keys in a row where both are short."""
    found: list[list[Key]] = []
    for one in keys:
        beside = found[-1] if found else []
        if len(beside) == 1 and len(beside[0].label) <= 18 and len(one.label) <= 18:
            beside.append(one)
        else:
            found.append([one])
    return found


def label(text: str) -> str:
    """A button's words: one line, never empty, and what is too long says so by its dots."""
    words = " ".join("".join(one.text for one in foreign(text)).split()) or "·"
    return words if len(words) <= LONGEST_LABEL else f"{words[: LONGEST_LABEL - 1].rstrip()}…"


def _key(card: Card, button: Button) -> Key:
    opens = bool(card.inputs) and button.label == EDIT
    return Key(label(button.label), f"{FORM}{button.token}" if opens else button.token, STYLES.get(button.label))
