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
_FREE_WORDS = frozenset({"draft_reply", "change_draft", "remember", "forget", "schedule_follow_up"})
"""Tools that take a person's free words, which may hold "and" and verbs."""
_MOST = 4
"""Requests in one utterance; whatever follows is not acted on unasked."""


def steps(said: Said, tool_of: Callable[[Said], str]) -> list[Said]:
    """The requests in order. A joint divides only where both sides are understood: `tool_of` names their tools, or ""."""
    parts = [said]
    while len(parts) < _MOST and (pair := _divided(parts[-1], tool_of)) is not None:
        parts[-1:] = pair
    return parts


def _divided(said: Said, tool_of: Callable[[Said], str]) -> tuple[Said, Said] | None:
    takes_message = bool(_TAKES_MESSAGE.match(said.norm)) or tool_of(said) in _FREE_WORDS
    inside = _quoted_spans(said.norm)
    for joint in _JOINT.finditer(said.norm):
        if any(start <= joint.start() < end for start, end in inside) or joint.start() == 0:
            continue
        rest = said.norm[joint.end() :]
        starts = _AFTER_MESSAGE.match(rest) if takes_message else _STARTS.match(rest)
        if not starts:
            continue
        left, right = said.part(0, joint.start()), plain(said.part(joint.end()))
        if left.norm and right.norm and _two_requests(tool_of(left), tool_of(right)):
            return left, right
    return None


def _two_requests(first: str, second: str) -> bool:
    """ "wait until Monday and remind me" is one follow-up, "make it shorter and warmer" one change."""
    return bool(first and second) and (first != second or first not in _FREE_WORDS)


def _quoted_spans(norm: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r'"[^"]*"', norm)]
