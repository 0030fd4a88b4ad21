"""Decides what an utterance asks for: tool calls one after the other, a question back, or plain words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from tools.llm.offline import talk
from tools.llm.offline.courtesy import plain, without_mark
from tools.llm.offline.facts import Facts
from tools.llm.offline.grammar import change, filled, followup, promises, readings, sending, tidy
from tools.llm.offline.reading import SURE, Reading, Words
from tools.llm.offline.router import Router
from tools.llm.offline.said import Said, said
from tools.llm.offline.steps import steps

ACCEPTED = 0.45
"""Least joint certainty of a call; below it the brain says what it can do instead. Chosen on the development set."""
GRAMMAR = 0.6
"""Weight of the grammar's certainty beside the embedder's vote. Chosen on the development set."""
SURE_VOTE = 0.5
"""The embedder's vote from which words that sound like sending get the hint about the card."""
CLOSE = 0.06
"""Two readings nearer than this are both offered. Chosen on the development set."""


@dataclass(frozen=True)
class Call:
    """One tool to be called."""

    tool: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Decision:
    """Calls to make in order; or, when there are none, something to say. `candidates`: the readings a question offers."""

    calls: tuple[Call, ...] = ()
    words: str = ""
    candidates: tuple[Reading, ...] = field(default=())


def decide(text: str, facts: Facts, router: Router, allowed: frozenset[str]) -> Decision:
    """What to do about one utterance. Only tools in `allowed` are ever called."""
    heard = said(text, facts)
    request = without_mark(plain(heard))
    if hint := sending.claim(without_mark(heard), facts) or sending.claim(request, facts):
        return Decision(words=hint.text)
    known = _tool_of(request, facts, allowed)
    settled = known in tidy.TOOLS or (facts.draft and known == change.TOOL)
    if not settled and (words := _small_talk(heard, request)):
        return Decision(words=words.text)
    parts = steps(request, lambda part: _tool_of(part, facts, allowed))
    decisions = [_decide_part(part, facts, router, allowed) for part in parts]
    return _joined(decisions, allowed)


def _small_talk(heard: Said, request: Said) -> Words | None:
    return talk.claim(without_mark(heard)) or talk.claim(request)


def _tool_of(part: Said, facts: Facts, allowed: frozenset[str]) -> str:
    """The tool that the grammar alone knows these words to ask for; "send" for an approval, "" when it does not know."""
    if sending.claim(part, facts):
        return "send"
    claimed = _claims(part, facts, allowed)
    return claimed[0].tool if claimed and claimed[0].certainty >= 0.8 and not claimed[0].missing else ""


def _joined(decisions: list[Decision], allowed: frozenset[str]) -> Decision:
    """The calls of all parts in order, up to the first part that needs words instead."""
    calls: list[Call] = []
    for decision in decisions:
        refused = [call for call in decision.calls if call.tool not in allowed]
        if decision.words or refused:
            words = decision.words or "That tool is switched off here, so I can't do it."
            return Decision(tuple(calls)) if calls else Decision(words=words, candidates=decision.candidates)
        calls.extend(_pointing_back(call, calls) for call in decision.calls)
    return Decision(tuple(calls))


def _pointing_back(call: Call, before: list[Call]) -> Call:
    """After a search, "it" is the first mail of the new list."""
    if not before or before[-1].tool != "search_inbox":
        return call
    arguments = dict(call.arguments)
    if arguments.get("email") == "it" or (call.tool == "schedule_follow_up" and not arguments.get("email")):
        arguments["email"] = "1"
    if arguments.get("emails") == ["it"]:
        arguments["emails"] = ["1"]
    return replace(call, arguments=arguments)


def _claims(part: Said, facts: Facts, allowed: frozenset[str]) -> list[Reading]:
    """What the grammar reads, the surest first. Filing goes before labelling, whose verbs it shares, and promises before
    follow-ups, which are waited for too."""
    filing = tidy.claim(part, facts) or promises.claim(part, facts)
    return [filing] if filing and filing.tool in allowed else readings(part, facts)


def _decide_part(part: Said, facts: Facts, router: Router, allowed: frozenset[str]) -> Decision:
    if hint := sending.claim(part, facts):
        return Decision(words=hint.text)
    claimed = _claims(part, facts, allowed)
    if claimed and claimed[0].certainty >= SURE:
        return _settled(claimed[0])
    return _voted(part, facts, claimed, router)


def _settled(reading: Reading) -> Decision:
    if reading.missing:
        return Decision(words=reading.missing, candidates=(reading,))
    return Decision((Call(reading.tool, reading.arguments),))


def _voted(part: Said, facts: Facts, claimed: list[Reading], router: Router) -> Decision:
    """The grammar's certainty and the embedder's vote together."""
    votes = router.votes(part.mended(), facts.names)
    certainties = {reading.tool: reading.certainty for reading in reversed(claimed)}
    scores = {
        tool: GRAMMAR * certainties.get(tool, 0.0) + vote for tool, vote in votes.items() if tool not in ROUTES_TO_WORDS
    }
    best, second = sorted(scores, key=lambda tool: -scores[tool])[:2]
    if votes["send"] > max(scores[best], SURE_VOTE):
        return Decision(words=sending.SEND_HINT)
    if votes["none"] > scores[best] or scores[best] < ACCEPTED:
        return Decision(words=talk.UNKNOWN)
    first = _reading(best, part, facts, claimed)
    if first is None:
        return Decision(words=talk.UNKNOWN)
    if scores[best] - scores[second] < CLOSE and (other := _reading(second, part, facts, claimed)):
        return Decision(words=_question(first, other), candidates=(first, other))
    return _settled(first)


ROUTES_TO_WORDS = ("none", "send")


def _reading(tool: str, part: Said, facts: Facts, claimed: list[Reading]) -> Reading | None:
    for reading in claimed:
        if reading.tool == tool:
            return reading
    arguments = filled(tool, part, facts)
    if tool == followup.TOOL and "when" not in arguments:
        return Reading(tool, arguments, missing="When? Say it like “Tuesday 9am” or “in 3 days”.")
    return Reading(tool, arguments) if _complete(tool, arguments) else None


def _complete(tool: str, arguments: dict[str, Any]) -> bool:
    needed = {
        "label_email": "label",
        "read_email": "email",
        "draft_reply": "email",
        "remember": "fact",
        "forget": "query",
    }
    return tool not in needed or bool(arguments.get(needed[tool]))


def _question(first: Reading, second: Reading) -> str:
    return f"I'm not sure what you mean: {in_words(first)}, or {in_words(second)}?"


def in_words(reading: Reading) -> str:
    """A reading as a person would say it."""
    given = reading.arguments
    match reading.tool:
        case "search_inbox":
            return f"search the inbox for “{given.get('query') or given.get('sender') or 'that'}”"
        case "read_email":
            return f"open the mail “{given.get('email')}”"
        case "label_email":
            return f"label {', '.join(given.get('emails', []))} as {given.get('label')}"
        case "draft_reply":
            return f"draft a reply (“{given.get('message') or 'thanks'}”)"
        case "remember":
            return f"remember “{given.get('fact')}”"
        case "forget":
            return f"forget “{given.get('query')}”"
        case "recall":
            return "tell you what I remember about it"
    return _PLAIN[reading.tool]


_PLAIN = {
    "change_draft": "change the draft",
    "run_analysis": "analyse the table",
    "schedule_follow_up": "set a follow-up",
    "list_follow_ups": "list the follow-ups",
    "undo": "undo something",
}
