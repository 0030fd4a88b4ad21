"""/menu: the dashboard as one message that turns its pages. Pure: what is known becomes text and buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.commands import BY_NAME
from bot.dashboard import Dashboard
from bot.telegram.keys import Key, label, rows
from bot.telegram.render import Shown
from bot.telegram.text import Run, bold, foreign, pieces

MENU, SAY = "menu:", "say:"
"""How the data of a button begins that turns the page, and of one that says a command for the person."""

PER_PAGE = 5

Page = tuple[list[str], list[Key]]


def home(board: Dashboard) -> Shown:
    """The first page: how things are, and the way to the others."""
    lines = [
        *(f"{'✓' if one.well else '⚠'} {one.address}: {one.health}" for one in board.accounts),
        *([] if board.accounts else ["No mailbox is linked yet."]),
        "",
        f"{board.unread:,} unread, {board.needs_me:,} wait for you",
        f"{_count(len(board.waiting), 'draft')} to decide, {_count(len(board.follow_ups), 'follow-up')} waiting",
    ]
    keys = [Key(f"{title} ({count(board)})", f"{MENU}{name}:0") for name, (title, count, _) in SECTIONS.items()]
    runs = [bold(f"Deskhand, for {board.name}"), Run("\n\n"), *foreign("\n".join(lines))]
    return Shown(pieces(runs)[:1], rows([*keys, Key("Refresh", f"{MENU}home:0")]))


def page(board: Dashboard, section: str, number: int) -> Shown:
    """A page of a section; an unknown one is the first page."""
    if section not in SECTIONS:
        return home(board)
    title, count, entries = SECTIONS[section]
    pages = max(1, -(-count(board) // PER_PAGE))
    number = min(max(0, number), pages - 1)
    lines, keys = entries(board, number * PER_PAGE, (number + 1) * PER_PAGE)
    heading = f"{title}, page {number + 1} of {pages}" if pages > 1 else title
    runs = [bold(heading), Run("\n\n"), *foreign("\n\n".join(lines) or "There is nothing here.")]
    turn = [
        *([Key("◀ Back", f"{MENU}{section}:{number - 1}")] if number > 0 else []),
        *([Key("More ▶", f"{MENU}{section}:{number + 1}")] if number + 1 < pages else []),
    ]
    shown = Shown(pieces(runs), [*rows(keys), *([turn] if turn else []), [Key("Menu", f"{MENU}home:0")]])
    return shown.within(1, "too long for one page")


def asked_for(data: str) -> tuple[str, int]:
    """The section and the number that a button's data names."""
    section, _, number = data.removeprefix(MENU).partition(":")
    return section, int(number) if number.isdecimal() and len(number) < 6 else 0


def _waiting(board: Dashboard, begin: int, end: int) -> Page:
    lines = [
        "\n".join([card.title, *(f"{one.label}: {one.value}" for one in card.fields if one.label in ("To", "Subject"))])
        for card in board.waiting[begin:end]
    ]
    return lines, _says("Show them all", "approvals") if lines else []


def _mail(board: Dashboard, begin: int, end: int) -> Page:
    lines = []
    for one in board.mail[begin:end]:
        sure = "" if one.confidence is None else f" {one.confidence:.0%}"
        marks = ", ".join(
            filter(None, [f"{one.label}{sure}" if one.label else "", "⚑ waits for you" if one.needs_me else ""])
        )
        lines.append("\n".join(filter(None, [one.subject, f"{one.sender}, {one.when}", marks])))
    return lines, _says("Unread mail", "inbox")


def _jobs(board: Dashboard, begin: int, end: int) -> Page:
    shown = board.jobs[begin:end]
    keys = [key for one in shown if one.cancellable for key in _says(f"Cancel {one.id}", "cancel", one.id)]
    return [f"{one.id} {one.kind}: {one.state}, {one.when}" for one in shown], keys


def _says(words: str, command: str, argument: str = "") -> list[Key]:
    """A button that says a command, where there is such a command."""
    if command not in BY_NAME:
        return []
    return [Key(label(words), f"{SAY}/{command} {argument}".rstrip())]


def _of(name: str, command: str = "") -> Callable[[Dashboard, int, int], Page]:
    def entries(board: Dashboard, begin: int, end: int) -> Page:
        lines: Sequence[str] = getattr(board, name)
        return list(lines[begin:end]), _says(f"All {name}", command) if command else []

    return entries


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


SECTIONS: dict[str, tuple[str, Callable[[Dashboard], int], Callable[[Dashboard, int, int], Page]]] = {
    "waiting": ("Waiting for you", lambda board: len(board.waiting), _waiting),
    "mail": ("Mail of late", lambda board: len(board.mail), _mail),
    "followups": ("Follow-ups", lambda board: len(board.follow_ups), _of("follow_ups", "followups")),
    "rules": ("Rules", lambda board: len(board.rules), _of("rules", "rules")),
    "templates": ("Templates", lambda board: len(board.templates), _of("templates", "templates")),
    "jobs": ("Jobs", lambda board: len(board.jobs), _jobs),
    "usage": ("Usage", lambda board: len(board.usage), _of("usage", "usage")),
}
"""A section's name -> its title, how many entries it has, and those entries: one line each."""
