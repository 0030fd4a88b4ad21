"""Divides "find the invoice from Acme and label it Finance" into its two requests; messages to people stay whole."""

from __future__ import annotations

import re
from collections.abc import Callable

from tools.llm.offline.courtesy import plain
from tools.llm.offline.said import Said

_JOINT = re.compile(
    r"\s*(?:,\s*and\s+then|,?\s+and\s+then|,?\s+and\s+also|,\s*then|\s+then|,\s*and|\s+and|\s+&|;|\.(?=\s)|,\s*after\s+that|,)\s+(?:please\s+|also\s+|then\s+|finally\s+|afterwards\s+)*",
)
_TAKES_MESSAGE = re.compile(
    r"^(?:reply|respond|answer|write|tell|let|ask|thank|draft|compose|inform|send|say|email|message|remember|note|keep|make it|change|add|mention|replace|remind|forget|approve|get back|save|bear|don't)\b"
)
_AFTER_MESSAGE = re.compile(
    r"^(?:label|tag|file (?:it|that|this|them) |categori[sz]e|mark (?:it|that|this|them) (?:as )|remind me\b|set (?:a|up a) (?:reminder|follow)|schedule (?:a|the) follow|follow up (?:with|on|in|if|next|tomorrow)|ping me\b|nudge me\b|undo\b|chase )"
)
_STARTS = re.compile(
    r"^(?:label|tag|file|categori[sz]e|mark|put|move|remind|set|schedule|follow|chase|nudge|ping|reply|respond|answer|draft|tell|write|ask|thank|open|read|show|summari[sz]e|undo|remember|forget|find|search|list|chart|plot|graph|analy[sz]e|profile|report|make|create|run|let|send|give|snooze|remove|take|untag|unlabel)\b"
)
_MOST = 4
"""Requests in one utterance; whatever follows is not acted on unasked."""


def steps(said: Said, understood: Callable[[Said], bool]) -> list[Said]:
    """The requests in order. A joint divides only where both sides are understood as requests."""
    parts = [said]
    while len(parts) < _MOST and (pair := _divided(parts[-1], understood)) is not None:
        parts[-1:] = pair
    return parts


def _divided(said: Said, understood: Callable[[Said], bool]) -> tuple[Said, Said] | None:
    takes_message = bool(_TAKES_MESSAGE.match(said.norm))
    inside = _quoted_spans(said.norm)
    for joint in _JOINT.finditer(said.norm):
        if any(start <= joint.start() < end for start, end in inside) or joint.start() == 0:
            continue
        rest = said.norm[joint.end() :]
        starts = _AFTER_MESSAGE.match(rest) if takes_message else _STARTS.match(rest)
        if not starts:
            continue
        left, right = said.part(0, joint.start()), plain(said.part(joint.end()))
        if left.norm and right.norm and understood(left) and understood(right):
            return left, right
    return None


def _quoted_spans(norm: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r'"[^"]*"', norm)]
