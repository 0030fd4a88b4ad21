"""Turns reported words into sentences to somebody: "ask her whether Friday works" becomes "Could you tell me …?"."""

from __future__ import annotations

import re
from collections.abc import Callable

from tools.llm.offline.words import SHORT_FORMS

_CHAT = frozenset("tmrw tmr tomoz 2moro 2morrow tdy 2day u ur pls plz thx thnx wk abt msg".split(" "))
_HIM = r"(?:him|her|them|you)"
_WHO = r"(?:who|what|when|where|why|how|which|whether|if)"
_REPORTING = r"(?:ask|thank|tell|say|suggest|propose|confirm|apologi[sz]e|offer|promise|wish|invite|mention|remind|congratulate|let)"
_JOINTS = re.compile(
    rf"\s*,?\s+(?:and|but)\s+(?:also\s+|then\s+|please\s+)?(?={_REPORTING}\b(?!\s+\w+ed\b))", re.IGNORECASE
)
_LEAD = re.compile(
    rf"^(?:(?:also|please|then|and)\s+)*(?:(?:say|saying|tell|telling|let|mention|mentioning|add|write|explain|state|inform)\s+(?:{_HIM}\s+)?(?:know\s+)?)?(?:that\s+)?",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"^(?:(?:can|could|would|will|do|does|did|is|are|am|was|were|shall|should|may|have|has)\s+(?:you|we|i|it|they|he|she|the|that|this|there|my|your)\b"
    r"|(?:how|what) about\b|(?:when|where|why|how)\s+(?:is|are|do|does|did|can|could|would|will|shall|should|much|many|long|soon)\b|(?:what|which|who)\s+(?:is|are|do|does|did|time|day)\b)",
    re.IGNORECASE,
)
_I = re.compile(r"\bi(?=\b(?:'(?:m|ll|ve|d|s))?\b)(?!\.)")

Form = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def _form(pattern: str, text: str) -> Form:
    return re.compile(pattern, re.IGNORECASE), lambda match: match.expand(text)


_FORMS: tuple[Form, ...] = (
    _form(rf"^ask(?: {_HIM})? not to (.+)$", r"Please do not \1"),
    _form(rf"^ask(?: {_HIM})? to (.+)$", r"Could you please \1?"),
    _form(rf"^ask(?: {_HIM})? for (.+)$", r"May I ask you for \1?"),
    _form(rf"^ask(?: {_HIM})? about (.+)$", r"Could you tell me more about \1?"),
    _form(rf"^ask(?: {_HIM})? ({_WHO} .+)$", r"Could you tell me \1?"),
    _form(rf"^(?:thank|thanks to|thank you to)(?: {_HIM})?(?: very much| a lot)? for (.+)$", r"Thank you for \1"),
    _form(r"^(?:thanks|thank you)(?: very much| a lot)? for (.+)$", r"Thank you for \1"),
    _form(rf"^(?:(?:a )?(?:short |quick |big )?(?:thanks|thank-you|thank you)|thank(?: {_HIM})?)$", "Thank you"),
    _form(r"^decline(?: it| this| politely| with thanks)*$", "Thank you, but I have to decline"),
    _form(r"^decline (.+)$", r"Thank you, but I have to decline \1"),
    _form(r"^accept(?: it| this| gladly| with thanks)*$", "I am happy to accept"),
    _form(r"^accept (.+)$", r"I am happy to accept \1"),
    _form(r"^(?:agree|i agree)$", "I agree"),
    _form(r"^(confirm|suggest|propose|promise|offer|agree) (.+)$", r"I \1 \2"),
    _form(r"^apologi([sz])e(?: to \w+)?$", r"I apologi\1e"),
    _form(r"^apologi([sz])e(?: to \w+)? (.+)$", r"I apologi\1e \2"),
    _form(r"^sorry (for|about) (.+)$", r"I am sorry \1 \2"),
    _form(rf"^(?:congratulations|congratulate(?: {_HIM})?) (on|for) (.+)$", r"Congratulations on \2"),
    _form(rf"^wish {_HIM} (.+)$", r"I wish you \1"),
    _form(rf"^invite {_HIM} (.+)$", r"I would like to invite you \1"),
    _form(rf"^remind(?: {_HIM})? ((?:to|that|about|of) .+)$", r"May I remind you \1"),
    _form(r"^not to (.+)$", r"Please do not \1"),
    _form(rf"^(?:tell {_HIM} )?to ((?!me\b|you\b|him\b|her\b|the\b).+)$", r"Please \1"),
    _form(r"^(?:whether|if) (.+ or not)$", r"Could you tell me whether \1?"),
    _form(r"^whether (.+)$", r"Could you tell me whether \1?"),
    _form(r"^about (.+)$", r"I am writing about \1"),
)


def sentences(message: str) -> str:
    """The message as sentences: capitals, full stops, reported speech turned round."""
    spoken = _written_out(" ".join(message.split())).strip(" \"'")
    parts = [part for part in _JOINTS.split(spoken) if part.strip(" .,;")]
    return " ".join(_sentence(part.strip(" ,;")) for part in parts)


def _sentence(part: str) -> str:
    for pattern, turned in _FORMS:
        if match := pattern.match(part.rstrip(".!? ")):
            return finished(turned(match))
    rest = _LEAD.sub("", part, count=1) or part
    return finished(rest)


def finished(text: str) -> str:
    """With a capital at the start, "I" as it is written, and a mark at the end."""
    body = _I.sub("I", text.strip())
    body = body[:1].upper() + body[1:]
    if not body or body[-1] in ".!?…:)\"'":
        return body
    return body + ("?" if _QUESTION.match(body) else ".")


def _written_out(text: str) -> str:
    return " ".join(SHORT_FORMS[word.lower()] if word.lower() in _CHAT else word for word in text.split(" "))
