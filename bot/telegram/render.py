"""How words look in Telegram: a card is text with facts and a keyboard under it. Pure, and nothing foreign is live."""

from __future__ import annotations

from dataclasses import dataclass

from agent.chat import Button, Card, Reply
from bot.telegram.keys import Key, label, rows
from bot.telegram.text import Run, bold, foreign, pieces
from bot.telegram.ticks import boxes

MOST_BUTTONS = 100
FORM = "form:"
"""A button that opens the card's form begins so; the token follows."""

EDIT = "Edit"
STYLES = {"Approve & send": "success", "Approve all": "success", "Reject": "danger"}


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
    runs = [bold(card.title)] if card.title.strip() else []
    if runs and card.fields:
        runs.append(Run("\n"))
    for one in card.fields:
        runs += [Run("\n"), bold(f"{one.label}:"), Run("\n" if "\n" in one.value else " "), *foreign(one.value)]
    if card.text.strip():
        runs += [Run("\n\n"), *foreign(card.text.strip("\n"))]
    left_out = len(card.buttons) - MOST_BUTTONS
    if left_out > 0:
        runs.append(Run(f"\n\n[{left_out} more buttons than Telegram can show]"))
    return Shown(pieces(runs), keyboard(card))


def keyboard(card: Card) -> list[list[Key]]:
    """What can be chosen, then the card's buttons, two in a row where both are short."""
    keys = [_key(card, one) for one in card.buttons[:MOST_BUTTONS]]
    return [*boxes(card.choices[: MOST_BUTTONS - len(keys)]), *rows(keys)]


def _key(card: Card, button: Button) -> Key:
    opens = bool(card.inputs) and button.label == EDIT
    return Key(label(button.label), f"{FORM}{button.token}" if opens else button.token, STYLES.get(button.label))
