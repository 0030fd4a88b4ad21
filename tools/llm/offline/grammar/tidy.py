"""tidy: "archive 2 and 3", "mark it as read", "flag the last one", "move it to the folder Projects"."""

from __future__ import annotations

import re

from tools.llm.offline.facts import Facts
from tools.llm.offline.reading import Reading
from tools.llm.offline.references import references
from tools.llm.offline.said import Said

TOOLS = ("archive_email", "move_email", "mark_email")

_ARCHIVE = re.compile(
    r"^(?:archive (?P<r>.+)|(?:move|put|file|send|shift) (?P<s>.+?) (?:to|into|in) (?:the |my )?archive)$"
)
_MARK = re.compile(
    r"^(?:mark|set|flag) (?P<r>.+?) (?:as |to )?(?P<m>read|seen|unread|not read|unseen|flagged|starred|unflagged)$"
)
_FLAG = re.compile(r"^(?P<m>flag|star|un-?flag|un-?star) (?P<r>.+)$")
_FLAG_OFF = re.compile(r"^(?:take|remove) the (?:flag|star) (?:off|from) (?P<r>.+)$")
_MOVE = re.compile(
    r"^(?:move|put|file) (?P<r>.+?) (?:back )?(?:to|into|in) (?:the |my |a )?"
    r"(?:folder (?:called |named )?(?P<f>.+)|(?P<g>\S.*) folder|(?P<i>inbox))$"
)
_MARKS = {
    "seen": "read", "not read": "unread", "unseen": "unread", "starred": "flagged", "flag": "flagged", "star": "flagged",
    "unflag": "unflagged", "unstar": "unflagged",
}  # fmt: skip
_ELSE = re.compile(r"\b(?:as|with|for|under|that|which|from|unless|when|if)\b")
"""What makes of “flag it …” a label or a condition."""


def claim(said: Said, facts: Facts) -> Reading | None:
    """Whether this files or marks mails that are named clearly."""
    if found := _ARCHIVE.match(said.norm):
        return _reading("archive_email", said, found.span("r" if found["r"] else "s"), facts)
    if found := _MARK.match(said.norm):
        return _reading("mark_email", said, found.span("r"), facts, mark_as=_MARKS.get(found["m"], found["m"]))
    if found := _FLAG_OFF.match(said.norm):
        return _reading("mark_email", said, found.span("r"), facts, mark_as="unflagged")
    if (found := _FLAG.match(said.norm)) and not _ELSE.search(found["r"]):
        mark = found["m"].replace("-", "")
        return _reading("mark_email", said, found.span("r"), facts, mark_as=_MARKS[mark])
    if found := _MOVE.match(said.norm):
        group = next(name for name in "fgi" if found[name])
        return _reading("move_email", said, found.span("r"), facts, folder=said.words(*found.span(group)))
    return None


def _reading(tool: str, said: Said, span: tuple[int, int], facts: Facts, **more: str) -> Reading | None:
    mails = references(said.part(*span), facts)
    return Reading(tool, {"emails": mails, **more}) if mails else None
