"""read_email: one mail in full: "open the second one", "what does Ana's last mail say?", "show me the sent mail"."""

from __future__ import annotations

import re
from typing import Any

from tools.llm.offline.facts import Facts
from tools.llm.offline.reading import Reading
from tools.llm.offline.references import CLEAR, references
from tools.llm.offline.said import Said
from tools.llm.offline.words import content_words

TOOL = "read_email"

_OPENING = re.compile(
    r"^(?:re-?open|open(?: up)?|read(?: out| through| aloud)?|expand|pull up|bring up|pop open|click(?: on)?|go into|sum up|tell me about|view|load|print|summari[sz]e"
    r"|see|display|show|give|let me (?:see|read)|take a look at|have a look at|look at|go to|jump to|get|check|display|read)(?= )"
    r"(?: me| us)?(?: out| up| again)?(?: (?:the )?(?:full |whole |entire |complete )?(?:text|content|contents|body|details?|gist|summary|essence|short version) (?:of|from|for))?\s+(?P<r>.+)$"
)
_READING_VERB = re.compile(
    r"^(?:re-?open|open|read|expand|pull up|bring up|pop open|click|summari[sz]e|sum up|go into)\b"
)
_FETCHING = re.compile(r"^(?:pull up|bring up|load|print|get|check)\b")
_BROWSING = re.compile(r"^(?:show|see|display|give|get|view|let me|check|look|take|have)\b")
_SAYS = re.compile(
    r"""^(?:and\ )?(?:
      (?:what(?:'s|\ is|\ was|\ does|\ do|\ did)?|tell\ me\ what|how\ does)\ (?:exactly\ )?(?P<r1>.+?)\ (?:say|says|said|about|contain|state|read)\b(?:\ exactly)?
    | what\ (?:did|has|does)\ (?P<r7>.+?)\ (?:say|said|write|wrote|written)\ in\ (?:his|her|their|its|the|that|this)\ (?:last\ |latest\ |first\ )?(?:e?-?mail|message|letter|note|reply|answer)
    | (?:show|read|tell|give)\ (?:me\ )?what\ (?P<r8>.+?)\ (?:said|wrote|writes|says|has\ written|has\ to\ say)
    | (?P<r9>.+?)\s*[,;:–-]+\s*(?:please\ |can\ you\ |could\ you\ )?(?:open|show|read|display)(?:\ me)?(?:\ (?:it|that|that\ one|this))?(?:\ please)?
    | (?:(?:give|get|show)\ me\ )?(?:what's\ )?(?:(?:a|an|the)\ )?(?:(?:quick|short|brief|one-line|small)\ )*(?:summary|gist|essence|recap|rundown|outline|overview|tl;?dr)\ (?:of|from|for)\ (?P<r10>.+)
    | (?P<r11>.+?\ one)\s*[,;:–-]+\s*what(?:'s\ (?:it|that)|\ does\ (?:it|that|he|she|they))\ (?:say|want|about)
    | what\ (?:did|does|do)\ (?:they|he|she|it|we)\ (?:say|write|want|ask(?:\ for)?)\ in\ (?P<r12>.+)
    | what(?:'s|\ is|\ was)\ (?:written\ )?in\ (?P<r2>.+) | what(?:'s|\ is|\ was)\ (?P<r2b>.+?)\ about
    | (?:tell\ me\ more|more|more\ details?|details?|more\ info)\ (?:about|on|of)\ (?P<r3>.+)
    | (?:the\ )?(?:full|whole|entire|complete)\ (?:text|mail|email|message|content)(?:\ of)?\ (?P<r4>.+)
    | (?:the\ )?(?:text|contents?|body|details)\ of\ (?P<r5>.+)
    | (?:i|we)\ (?:want|need|would\ like|'d\ like)\ (?:to\ )?(?:read|see|open)\ (?P<r6>.+)
    )$""",
    re.VERBOSE,
)
_CLEAR = re.compile(
    rf"(?:{CLEAR}|(?:the\s+)?next(?:\s+one)?|(?:the|my|your)\s+(?:sent|latest|newest|most recent)(?:\s+\w+)?)(?:\s+(?:again|in full|please|now|fully|aloud|out loud|completely|for me))*$"
)
_PLURAL = re.compile(
    r"\b(?:e?-?mails|messages|threads|letters|newsletters|invoices|ones|all|any|unread|everything|anything|new|list|inbox|results|receipts|whatever|whichever|labels?|folder|follow[- ]?ups?|reminders?)\b"
)
_SINGULAR = re.compile(
    r"\b(?:e?-?mail|message|thread|letter|one|note|invoice|reply|answer|newsletter|receipt|confirmation|invitation|offer|contract|proposal|statement|reminder|complaint|response|bounce|ticket|booking)\b"
)
_ONE_MAIL = re.compile(r"\b(?:e?-?mail|message|thread|letter|one|reply|answer|response)\b")
_DEFINITE = re.compile(r"^(?:(?:the|that|this|my|\w+(?: \w+)?'s)\b|\w+s' )")
_BARE = re.compile(rf"(?:(?:and|then|now)\s+)?(?:{CLEAR}|(?:the\s+)?next one)$")
_PERSON_SAID = re.compile(
    r"(?:(?:give|get|show) me )?(?:what's )?(?:(?:a|an|the) )?(?:(?:quick|short|brief) )*(?:summary|gist|essence|recap|rundown|overview|tl;?dr) |.+ one\s*[,;:–-]+\s*what|what (?:did|does|do) (?:they|he|she|it|we) \w+(?: for)? in |what (?:did|has|does) .+ in (?:his|her|their|its|the|that|this) |(?:show|read|tell|give) (?:me )?what |.+[,;:–-]\s*(?:open|show|read|display)\b"
)
_WROTE = re.compile(
    r"\b(?:wrote|written|sent|sends|said|says|writes|mailed|emailed)\b(?=\s)(?!\s+(?:e?-?mail|message|one|reply|mails|items)\b)"
)
_FULL = re.compile(
    r"\s+(?:out|out loud|again|in full|fully|aloud|out loud|to me|for me|now|completely|properly|in detail|once more|one more time|for (?:themselves|himself|herself|itself))$"
)


_THEIR_WORDS = re.compile(
    r"^(?:(?:let me |can i |may i )?(?:see|show|read|tell|hear|check|look) (?:me |up )?)?what(?:'s|'re)? (?:did |does |do |has |have |is |are )?(?P<r>(?:the |my )?[\w'&.-]+(?: [\w'&.-]+)?) (?:say|said|says|write|writes|wrote|written|wants?|sent|saying|asking|asking (?:me )?(?:for|about)|after|put|telling (?:me|us)|(?:going |banging )?on about|up to|on at me about|has to say|have to say)(?: (?:now|this time|today|to me|from me|from us|me|for \w+sel(?:f|ves)))?$"
)
_VERB_LAST = re.compile(
    r"^(?P<r>(?!(?:can|could|did|do|have|what|which|any)\b).+?\b(?:e?-?mail|message|letter|one|\d{1,2})) (?:open|read)(?: it)?(?: up| out)?$"
)


def _one_shown(name: str, facts: Facts) -> bool:
    """Whether exactly one mail of the list in sight is from this person."""
    words = set(re.findall(r"[\w-]+", name.removesuffix("'s"))) & facts.names
    return bool(words) and sum(all(word in line.sender.casefold() for word in words) for line in facts.shown) == 1


def _one_meant(phrase: Said, facts: Facts) -> bool:
    """Whether a definite phrase ("the delivery note") holds only words of exactly one mail of the list in sight."""
    words = {word.casefold() for word in content_words(re.sub(r"\'s\b", "", phrase.norm), MAIL_WORDS)}
    if not words or not _DEFINITE.match(phrase.norm) or _PLURAL.search(phrase.norm):
        return False
    lines = [set(re.findall(r"\w+", f"{line.sender} {line.subject}".casefold())) for line in facts.shown]
    return sum(words <= line for line in lines) == 1


MAIL_WORDS = frozenset("details detail one thing".split())
_FINDING = re.compile(r"^(?:get|check|pull up|bring up|load|print) (?:my|all)\b|\b(?:charts?|files?|tables?|memory)\b")


def claim(said: Said, facts: Facts) -> Reading | None:
    """Whether this asks for the text of one mail."""
    if match := _OPENING.match(said.norm):
        phrase = _phrase(said, match.span("r"))
        certainty = _opening_certainty(said.norm, phrase.norm)
        if certainty < 0.9 and _one_meant(phrase, facts) and not _FINDING.search(said.norm):
            certainty = 0.93
        return _reading(phrase, facts, certainty) if certainty else None
    if match := _SAYS.match(said.norm):
        name = next(name for name, value in match.groupdict().items() if value)
        phrase = _phrase(said, match.span(name))
        certainty = (
            0.93
            if _one_shown(phrase.norm, facts) and _THEIR_WORDS.match(said.norm)
            else _saying_certainty(said.norm, phrase.norm)
        )
        return _reading(phrase, facts, certainty)
    if (match := _THEIR_WORDS.match(said.norm)) and _one_shown(match["r"], facts):
        return _reading(_phrase(said, match.span("r")), facts, 0.93)
    if (match := re.match(r"^(?:the )?(?P<r>[\w&.-]+'s)(?: one)?$", said.norm)) and _one_shown(match["r"], facts):
        return _reading(_phrase(said, match.span("r")), facts, 0.92)
    if facts.shown and (match := re.match(r"^(?:and |now )?(?P<r>the one (?:from|about|with|on|by) \S.*)$", said.norm)):
        return _reading(_phrase(said, match.span("r")), facts, 0.9)
    if match := _VERB_LAST.match(said.norm):
        return _reading(_phrase(said, match.span("r")), facts, 0.92)
    if _BARE.match(said.norm) and said.norm not in ("it", "this", "that", "him", "her", "they", "everything"):
        return _reading(said, facts, 0.9)
    return None


def _phrase(said: Said, span: tuple[int, int]) -> Said:
    phrase = said.part(*span)
    while (match := _FULL.search(phrase.norm)) and match.start():
        phrase = phrase.part(0, match.start())
    return phrase


def _opening_certainty(norm: str, phrase: str) -> float:
    if _CLEAR.match(phrase):
        return 0.96 if phrase not in ("all", "everything", "all of them", "them") else 0.7
    if _FETCHING.match(norm):
        return 0.55
    if _READING_VERB.match(norm):
        return 0.55 if _PLURAL.search(phrase) else 0.93
    if _BROWSING.match(norm) and _DEFINITE.match(phrase) and _ONE_MAIL.search(phrase) and not _PLURAL.search(phrase):
        return 0.93
    return 0.0


def _saying_certainty(norm: str, phrase: str) -> float:
    if _CLEAR.match(phrase):
        return 0.95
    if _PERSON_SAID.match(norm):
        return 0.93
    if _PLURAL.search(phrase):
        return 0.2
    return 0.92 if _SINGULAR.search(phrase) or phrase.endswith(("'s", "s'")) else 0.2


def _reading(phrase: Said, facts: Facts, certainty: float) -> Reading | None:
    arguments = _arguments(phrase, facts)
    return Reading(TOOL, arguments, certainty) if arguments else None


def _arguments(phrase: Said, facts: Facts) -> dict[str, Any]:
    phrase = phrase.blanked(*(match.span() for match in _WROTE.finditer(phrase.norm)))
    found = references(phrase, facts)
    return {"email": found[0]} if found else {}


def fill(said: Said, facts: Facts) -> dict[str, Any]:
    """The mail that is meant, from any phrasing; "it" when none is named."""
    reading = claim(said, facts)
    if reading is not None:
        return reading.arguments
    return {"email": _named(said, facts) or "it"}


_WORDS = re.compile(
    r"\b(?:open|read|show|see|display|view|say|says|said|written|write|wrote|tell|want|look|full|text|content|contents|details?|summari[sz]e|summary|know|let|exactly|bring|pull|was|sent)\b"
)


def _named(said: Said, facts: Facts) -> str:
    if clear := re.search(rf"(?<![\w']){CLEAR}(?![\w'])", said.norm):
        simple = references(said.part(*clear.span()), facts)
        if simple and simple[0] != "it":
            return simple[0]
    rest = said.blanked(*(match.span() for match in _WORDS.finditer(said.norm)))
    found = references(rest, facts)
    return found[0] if found else ""
