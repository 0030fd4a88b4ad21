"""What each tool's requests look like: every file has `claim` (is it mine, how surely?) and `fill` (the arguments)."""

from __future__ import annotations

from typing import Any

from tools.llm.offline.facts import Facts
from tools.llm.offline.grammar import analysis, change, followup, label, memory, read, reply, search, undo
from tools.llm.offline.reading import Reading
from tools.llm.offline.said import Said

_CLAIMS = (
    change.claim, undo.claim, followup.claim, memory.claim, label.claim, reply.claim, analysis.claim, read.claim,
    search.claim,
)  # fmt: skip


def readings(said: Said, facts: Facts) -> list[Reading]:
    """Every tool that claims the words, the surest first; between equals the order of the table decides."""
    claimed = [reading for claim in _CLAIMS if (reading := claim(said, facts)) is not None]
    return sorted(claimed, key=lambda reading: -reading.certainty)


def filled(tool: str, said: Said, facts: Facts) -> dict[str, Any]:
    """The arguments of a tool that something else than the grammar chose."""
    match tool:
        case "remember" | "recall" | "forget":
            return memory.fill(tool, said, facts)
        case "list_follow_ups":
            return {}
    return _FILLS[tool](said, facts)


_FILLS = {
    search.TOOL: search.fill,
    read.TOOL: read.fill,
    label.TOOL: label.fill,
    reply.TOOL: reply.fill,
    change.TOOL: change.fill,
    analysis.TOOL: analysis.fill,
    followup.TOOL: followup.fill,
    undo.TOOL: undo.fill,
}
