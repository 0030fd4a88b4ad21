"""The sender inside an utterance: "from Ana last week", "did the bank write", "Marta's mails"."""

from __future__ import annotations

import re

from rapidfuzz import fuzz, process

from tools.llm.offline.facts import Facts
from tools.llm.offline.grammar.labelled import Found
from tools.llm.offline.said import Said
from tools.llm.offline.words import MAIL_NOUNS, STOP_WORDS

_STOP = r"(?=\s+(?:about|regarding|concerning|re|on|with|that|which|who|where|since|last|this|yesterday|today|in|before|after|labell?ed|tagged|marked|and|or|saying|mentioning|containing|to|for|as|under|into|has|have|had|is|are|was|between|during|until|till|i|we|at|sent|wrote|without|unless|if|of|by|when|while|asking|telling)\b|\s*[,;:?!¦(\"]|\s*\.(?:\s|$)|$)"
_NAME = r"(?P<n>[\w&.@'+-]+(?:\s+[\w&.@'+-]+){0,3}?)"
_WITH = re.compile(
    rf"\b(?:correspondence|conversations?|threads?|exchanges?|discussions?|e?-?mails?|messages?)\s+with\s+(?:the\s+|my\s+|our\s+)?{_NAME}{_STOP}"
)
"""Only of people who are known: "the mail with the password" names none."""
_FORMS = (
    re.compile(rf"\b(?:(?:by |from |with |the )?sender(?: is)?[:=]?|from|sent (?:to me |me |in )?by|written by|by)\s+(?:the\s+|my\s+|our\s+|mr\.?\s+|mrs\.?\s+|ms\.?\s+|dr\.?\s+)?{_NAME}{_STOP}"),
    _WITH,
    re.compile(rf"(?<!\bi )(?<!\bwe )(?<!\byou )\b(?:has|have|had|did|does|do)\s+(?:the\s+|my\s+|our\s+)?{_NAME}\s+(?:ever\s+|already\s+|also\s+|just\s+|actually\s+)?(?:written|wrote|write|sent|send|replied|reply|answered|answer|responded|respond|emailed|email|mailed|mail|say|said|want|get back|got back|gotten back|been in touch|come back|mention|mentioned|ask|asked|contacted?|messaged?|confirm(?:ed)?|forward(?:ed)?)\b"),
    re.compile(rf"\b(?:mails?|emails?|messages?|anything|everything|something|stuff|what|things?|one|ones|those|files?|documents?|attachments?|invoices?|that|which)\s+(?:that\s+|which\s+)?(?:the\s+)?{_NAME}\s+(?:has\s+|have\s+|had\s+)?(?:sent|wrote|mailed|emailed|forwarded|shared|written)\b"),
    re.compile(r"(?<![\w'])(?P<n>(?:\w'(?=\w{3}))?[\w&.-]+)'s?\s+(?:\w+\s+){0,2}?(?:e?-?mails?|messages?|threads?|letters?|replies|reply|answers?|invoices?|newsletters?)\b"),
)  # fmt: skip
_NOBODY = (
    STOP_WORDS
    | MAIL_NOUNS
    | frozenset(
        "people anybody myself home work abroad today yesterday last this week scratch look peek whether".split()
    )
)
_ABOUT_NAME = re.compile(r"\b(?:about|regarding|concerning|re|to|mentioning|with|cc)\s+(?:\w+\s+)?$")


def sender_in(said: Said, facts: Facts) -> Found | None:
    """Whose mails are meant; the name as it was typed, its slips mended against the known senders."""
    for form in _FORMS:
        for match in form.finditer(said.norm):
            if form is _WITH and not set(match["n"].split()) & facts.names:
                continue
            if found := _named(said, match, facts):
                return found
    return _known_person(said, facts)


def _named(said: Said, match: re.Match[str], facts: Facts) -> Found | None:
    start, end = match.span("n")
    while (before := re.search(r"([\w&.-]+) $", said.norm[:start])) and before[1] in facts.names:
        start = before.start(1)
    words = said.norm[start:end].split()
    while words and words[0] in _NOBODY:
        start += len(words[0]) + 1
        words = words[1:]
    if not words or words[0][0].isdigit() or "¦" in said.norm[start:end]:
        return None
    while words and words[-1] in _NOBODY:
        end -= len(words[-1]) + 1
        words = words[:-1]
    name = said.words(start, end).rstrip(".,'").removesuffix("'s")
    keep_from = (
        match.start() if said.norm[match.start() : start].startswith(("from", "sen", "by", "written")) else start
    )
    return Found(_mended(name, facts), keep_from, end) if name else None


def _known_person(said: Said, facts: Facts) -> Found | None:
    """A known sender's name that stands free: "acme invoice last week"; not in "about Ana"."""
    spans = [
        match.span()
        for match in re.finditer(r"[\w&]+", said.norm)
        if match.group() in facts.names
        and match.group() not in STOP_WORDS
        and not _ABOUT_NAME.search(said.norm[: match.start()])
    ]
    if not spans:
        return None
    start, end = spans[0]
    for following, stop in spans[1:]:
        if said.norm[end:following] == " ":
            end = stop
    owned = re.match(r"'s?(?=\s)", said.norm[end:])
    return Found(said.words(start, end), start, end + owned.end() if owned else end)


def _mended(name: str, facts: Facts) -> str:
    lowered = name.casefold()
    if lowered in facts.names or " " in lowered or "@" in lowered or len(lowered) < 4:
        return name
    near = process.extractOne(lowered, list(facts.names), scorer=fuzz.ratio, score_cutoff=80)
    return str(near[0]).capitalize() if near and near[0][0] == lowered[0] else name
