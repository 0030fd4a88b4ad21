"""draft_reply: "reply to Ana that Thursday works", "tell Marta we'll send it on Monday", "answer 2: yes, gladly"."""

from __future__ import annotations

import re
from typing import Any

from tools.llm.offline.facts import Facts
from tools.llm.offline.reading import Reading
from tools.llm.offline.references import CLEAR, NUMBER, references
from tools.llm.offline.said import Said

TOOL = "draft_reply"

_KIND = r"(?:(?:a|an|the|my|me a|me an|some|another)\s+)?(?:(?:very|quick|courteous|gentle|gracious|cordial|professional|sincere|stern|prompt|detailed|long|longer|second|apologetic|angry|casual|respectful|honest|diplomatic|short|polite|brief|friendly|nice|kind|formal|warm|little|thank-?you|positive|negative|proper|draft|new|simple|one-line|possible|suggested)\s+)*(?:reply|response|answer|note|message|line|e?-?mail|letter|draft|text|something|few words|word|thank-?you)(?: back)?"
_ANSWERING = re.compile(
    rf"^(?:(?:draft|write|compose|prepare|make|create|start|send|shoot|drop|dash off|fire off|whip up|type(?: up)?|do|give me|suggest|propose|formulate|put together|come up with|need|want|i need|we need|generate|pen)\s+{_KIND}|draft(?! (?:is|was))|compose|(?:reply|respond|answer)(?: back)?(?: (?:politely|kindly|nicely|briefly|quickly|firmly|warmly|gently)(?= to))?|write back|get back|rsvp|re)\b\s*(?:to|for|back to|at|on)?\b\s*"
)
_WRITE_TO = re.compile(
    r"^(?:write|drop|send|shoot|e?-?mail|message|text|ping|contact|mail|hit(?=(?: up)?(?: \S+){1,2} (?:back|up)\b)|type(?: up)?(?= (?:a|an|some|my)\b))\s+(?:a (?:line|note|message|mail|e?-?mail) )?(?:back )?(?:to )?"
)
_TELLING = re.compile(
    r"^(?P<v>tell|inform|notify|assure|update|ask|thank|remind|congratulate|apologi[sz]e to|confirm (?:to|with)|let|say to|explain to|promise|warn|invite|beg|advise|reassure|wish|agree with|decline|accept|explain)\s+(?:to\s+(?=(?:the\s+)?\w+\s+(?:that|we|i|it|he|she|they|the|no|yes|to)\b))?"
)
_SENDING_NOTE = re.compile(
    rf"^(?:send|write|drop|shoot|give|email|mail)\s+(?P<n>(?!a\b|an\b|it\b|that\b|this\b|the (?:draft|reply|mail|email)\b|me\b)[\w'.@-]+(?: [\w'.@-]+)?)\s+(?:{_KIND})\b"
)
_BACK = re.compile(r"^\s*back\b[\s,:]+(?=\S)")
_ME = frozenset("me us myself you".split())
_SAY_TO = re.compile(
    rf"^(?:say|reply|answer|respond|write|send|give)\s+(?:with\s+)?(?:a\s+)?(?P<m>(?!to\b|it\b|that email|back\b|(?:an?\s+)?(?:\w+\s+)?(?:reply|response|answer|note|message|line|e?-?mail|letter|draft|text)\b).+?)\s+(?:back\s+)?to\s+(?P<r>(?:{CLEAR}|[\w'.@-]+(?: [\w'.@-]+)?|(?:the|that|this|my) [\w' -]+?(?: (?:e?-?mail|message|one|thread))?))$"
)
_NAME_FIRST = re.compile(
    r"^(?!(?:draft|write|compose|prepare|reply|respond|answer|tell|send|make|ask|get back)\b)(?P<r>[\w'.@# -]{1,40}?)\s*[:,–-]\s+(?P<rest>(?:tell|ask|reply|respond|answer|write|thank|let|say)\b.+)$"
)
_SHORT_ANSWER = re.compile(
    r"^(?:draft|write|send|compose|give|prepare)\s+(?:me\s+)?(?:an?\s+|my\s+)?(?P<m>(?:(?:polite|friendly|short|quick|brief|nice|firm|formal|warm|kind)\s+)*(?:yes|no|thank-?\s?you|thanks|confirmation|apology|rejection|refusal|acceptance|congratulations|decline))(?:\s+(?:note|mail|e-?mail|message|reply|answer))?\s+(?:back\s+)?(?:to|for)\s+(?P<r>.+?)(?P<w> for (?!me\b|us\b).+)?$"
)
_MARK = re.compile(
    r"""\s*(?:
      (?<!\d)\s*[:;–—]\s*(?=\S) | \s-+\s | ,\s*(?:and\s+)?(?:saying|tell(?:ing)?\s+(?:him|her|them)|say)\s+(?:that\s+)?
      | \s(?:by\s+)?(?:saying|stating|mentioning|explaining|to\s+say|and\s+say|and\s+write|that\s+says|which\s+says|to\s+tell\s+(?:him|her|them)|and\s+tell\s+(?:him|her|them)|telling\s+(?:him|her|them)|letting\s+(?:him|her|them)\s+know|and\s+let\s+(?:him|her|them)\s+know|to\s+let\s+(?:him|her|them)\s+know|with\s+the\s+(?:text|words|message|answer))\s+(?:that\s+)?
      | \s(?=(?:and\s+)?(?:ask(?:ing)?|thank(?:ing)?|confirm(?:ing)?|declin(?:e|ing)|accept(?:ing)?|apologi[sz](?:e|ing)|suggest(?:ing)?|propos(?:e|ing)|offer(?:ing)?|promis(?:e|ing)|agree(?:ing)?|request(?:ing)?)\s)
      | \sto\s(?=(?:ask|thank|confirm|decline|accept|apologi[sz]e|suggest|propose|offer|promise|agree|request|wish|congratulate|take|remove|stop|send|call|wait|come|cancel|move|resend|not)\b)
      | \s(?:know|that)\s+(?:that\s+)? | \swith\s+(?:an?\s+)?(?=["']|yes|no\b|thanks|ok|sure|great|sorry|i\b|we\b) | \s*,\s+(?=\S) | \s(?=["])
    )""",
    re.VERBOSE,
)  # fmt: skip
_LEAD_MARK = re.compile(
    r"^(?:\s*back\b(?=\s*(?:[:;,–—-]|that\b|saying\b|and\b|with\b|to say\b|$))|\s*(?:and )?(?:say|tell (?:him|her|them))\b\s*(?:that\s+)?|\s*[:;,.?!–—-]+\s*|\s*(?:by\s+)?(?:that says|which says|saying|stating|mentioning|explaining|noting|adding|writing|with|to say|to explain|and explain|and write|and mention|and say|say|that|telling (?:him|her|them)|and tell (?:him|her|them)|letting (?:him|her|them) know|and let (?:him|her|them) know)\b\s*:?\s*(?:that\s+)?)+"
)
_JOINER = re.compile(r"^(?:and|also)\s+")
_ARTICLED = re.compile(
    r"(?:the|my|our|that|this|dear)\s+(?:(?:e?-?mail|message|thread|one|letter|note|question|invitation|request|reply)\b(?:\s+(?:from|about|by|of|on)\s+(?:the\s+|my\s+)?[\w'&.-]+(?:\s+about\s+(?:the\s+|my\s+)?(?:[\w'&.-]+(?:\s+[\w'&.-]+){1,3}?(?=\s+(?:with|that|saying|and|telling|to say)\b|\s*[:;,]|$)|[\w'&.-]+))?)?|[\w'&.-]+(?:'s)?(?:\s+(?:e?-?mail|message|thread|one|letter|note|guy|lady|team|people|department|office|question|invitation|request)\b)?)"
)
_PERSON = re.compile(r"[a-z][\w'&.@+-]*")
_POSSESSED = re.compile(
    r"(?:(?:(?:the\s+)?(?:sender|author|writer)\s+of|who(?:ever)?\s+(?:sent|wrote))\s+(?:the\s+)?[\w#]+(?:\s+(?:one|mail|email|message)\b)?)|(?:[\w.-]+\s)?[\w.-]+'s?\s+(?:(?!that\b)\w+\s+){0,3}?(?:e?-?mail|message|thread|question|invitation|request|letter|note|reply|proposal|offer)\b(?:\s+(?:about|on|regarding)\s+(?:the\s+|my\s+)?(?:[\w'&.-]+(?:\s+[\w'&.-]+){1,3}?(?=\s+(?:with|that|saying|and|telling|to say)\b|\s*[:;,]|$)|[\w'&.-]+))?|[\w.-]+'s\s+(?!not\b|that\b|a\b|the\b|fine\b|ok\b)\w+(?:\s\w+){0,2}?(?=\s+(?:that|saying)\b|\s*:)"
)
_TITLES = frozenset("mr mrs ms miss dr prof professor sir herr frau".split())
_HIM = frozenset("him her them he she they".split())
_CLEAR = re.compile(rf"{CLEAR}(?![\w'])")
_CLEARS = re.compile(rf"{CLEAR}(?![\w'])(?:\s*(?:,|\band\b|&)\s*(?:number\s+|#)?\d{{1,2}}\b)*")
_GERUNDS = {
    "asking": "ask",
    "thanking": "thank",
    "confirming": "confirm",
    "declining": "decline",
    "accepting": "accept",
    "suggesting": "suggest",
    "proposing": "propose",
    "offering": "offer",
    "promising": "promise",
    "agreeing": "agree",
    "requesting": "request",
    "apologising": "apologise",
    "apologizing": "apologize",
}
_TOLD_KEPT = {
    "ask": "ask",
    "thank": "thanks",
    "congratulate": "congratulations",
    "apologise to": "sorry",
    "apologize to": "sorry",
    "wish": "wish",
    "promise": "promise",
    "warn": "",
    "invite": "invite",
    "decline": "decline",
    "accept": "accept",
    "agree with": "agree",
}


def claim(said: Said, facts: Facts) -> Reading | None:
    """Whether this asks for an answer to be drafted."""
    norm = said.norm
    if match := _SENDING_NOTE.match(norm):
        return _told(said, match.end(), said.part(*match.span("n")), "", facts, 0.95)
    if match := _TELLING.match(norm):
        return _telling(said, match, facts)
    if match := _OFFERED.match(norm):
        verb, name, what = next(group for group in ("vrm", "wsn", "tuo") if match[group[0]])
        if all(word in facts.names for word in match[name].split()):
            return _reading(
                said.part(*match.span(name)), f"{match[verb]} {said.words(*match.span(what))}", facts, 0.965
            )
    if (match := _GIVEN_TO.match(norm)) and _one_named(said.part(*match.span("r")), facts):
        kept = "thanks" if match["v"].startswith("thank") else match["v"]
        what = said.words(*match.span("m")) if match["m"] else ""
        return _reading(said.part(*match.span("r")), f"{kept} {what}".strip(), facts, 0.95)
    if (match := _REFUSED.match(norm)) and _one_named(said.part(*match.span("r" if match["r"] else "d")), facts):
        word = "yes" if match["v"] == "say yes to" else "no" if (match["v"] or "").startswith("say") else "decline"
        return _reading(said.part(*match.span("r" if match["r"] else "d")), word, facts, 0.95)
    if match := _SHORT_ANSWER.match(norm):
        why = said.words(*match.span("w")) if match["w"] else ""
        return _reading(said.part(*match.span("r")), f"{said.words(*match.span('m'))} {why}".strip(), facts, 0.93)
    if (match := _FOR.match(norm)) and (
        re.match(r"\w+ \w*\d|the\b", match["r"]) or _one_named(said.part(*match.span("r")), facts)
    ):
        return _reading(said.part(*match.span("r")), _message(said, match.start("m")), facts, 0.93)
    if (match := _NAME_FIRST.match(norm)) and (named := _name_first(said, match, facts)):
        return named
    if (
        (match := _SAY_TO.match(norm))
        and not re.match(r"^(?:reply|respond|answer|write|send) (?:back )?to\b", norm)
        and _plain_target(said, match, facts)
    ):
        return _reading(said.part(*match.span("r")), said.words(*match.span("m")), facts, 0.93)
    if match := _ANSWERING.match(norm):
        return _answering(said, match.end(), facts)
    if (match := _WRITE_TO.match(norm)) and match.end() < len(norm):
        if re.match(
            r"^(?:e?-?mails?|messages?|text) (?:about|regarding|concerning|from|with|re|that|which|where|in|since|on)\b",
            norm,
        ):
            return None
        if re.match(r"^(?:write|put) (?:this|that|it) down\b", norm):
            return None
        certainty = 0.93 if re.match(r"^(?:write|drop|message|ping|contact|e?-?mail|text|hit)\b", norm) else 0.5
        return _addressed(said, match.end(), facts, certainty)
    return None


_REFUSED = re.compile(
    r"^(?P<v>turn down|refuse|say no to|say yes to)\s+(?P<r>(?:the\s+)?[\w&.'-]+(?: [\w&.'-]+)??)(?P<m>(?: (?:nicely|politely|kindly|gently|firmly|please|for now))*)$|^let (?P<d>[\w&.'-]+(?: [\w&.'-]+)?) down (?:nicely|politely|kindly|gently)$"
)


_GIVEN_TO = re.compile(
    r"^(?:(?P<v>thanks|thank you|yes|no|sorry|ok|congratulations|congrats) to (?P<r>(?:the )?[\w&.'-]+(?: [\w&.'-]+)??)(?P<m> (?:for|on|about) .+)?)$"
)
""" "thanks to Ana for the slides", "yes to the second one"."""
_OFFERED = re.compile(
    r"^(?:(?P<v>offer|suggest|propose)(?: to)? (?P<r>[\w&.-]+) (?P<m>\S.*)|(?P<w>offer|suggest|propose) (?P<n>.+) to (?P<s>[\w&.-]+(?: [\w&.-]+)?)|(?P<t>thanks|thank you) (?P<u>[\w&.-]+) (?P<o>for .+))$"
)
""" "offer Ana Thursday", "suggest Thursday to Ana", "thanks Ana for the slides, …"."""
_FOR = re.compile(
    rf"^(?:for|to|re:?|answer (?:for|to)|response to|(?:in|as an?) (?:reply|answer|response) to)\s+(?P<r>{CLEAR}|(?:the\s+)?[\w'&.-]+(?:\s+[\w'&.-]+)?)\s*(?:(?::|\s[–-])\s+|,?\s+(?:say|write)\s+)(?P<m>\S.*)$"
)


def _one_named(name: Said, facts: Facts) -> bool:
    return bool(_CLEAR.fullmatch(name.norm)) or any(word in facts.names for word in name.norm.split())


def _name_first(said: Said, match: re.Match[str], facts: Facts) -> Reading | None:
    """ "Priya: tell her I'll send it tonight"."""
    name = said.part(*match.span("r"))
    known = any(word in facts.names for word in name.norm.split()) or bool(_CLEAR.fullmatch(name.norm))
    inner = claim(said.part(match.start("rest")), facts)
    return Reading(TOOL, {**inner.arguments, "email": _email(name, facts)}, 0.94) if known and inner else None


def _plain_target(said: Said, match: re.Match[str], facts: Facts) -> bool:
    target = match["r"]
    known = any(word in facts.names for word in target.split())
    typed = said.words(*match.span("r"))
    if match["m"].split()[0].strip(",:") in facts.names or re.match(NUMBER, match["m"]):
        return False
    return bool(_CLEAR.fullmatch(target)) or known or typed[:1].isupper() or target.startswith(("the ", "that ", "my "))


def _answering(said: Said, start: int, facts: Facts) -> Reading | None:
    if start >= len(said.norm):
        return Reading(TOOL, {"email": "it", "message": ""}, 0.95)
    if re.match(r"^(?:need|want|i need|we need)\s+(?:the|my)\b", said.norm):
        return None
    rest = said.part(start)
    noun_only = re.match(r"^(?:draft|re|answer)\b", said.norm) and not re.match(
        r"^(?:draft (?:a|an|the|my|to|me|some)|answer|re )\b", said.norm
    )
    something = bool(
        re.match(
            r"^(?:draft|write|compose|prepare) (?:something|a few words|an? (?:e?-?mail|message|note|letter))\b",
            said.norm,
        )
    )
    reading = _split(rest, facts, 0.95, topic_is_message=something)
    return Reading(TOOL, reading.arguments, 0.6) if noun_only else reading


def _addressed(said: Said, start: int, facts: Facts, certainty: float) -> Reading | None:
    rest = said.part(start)
    first = rest.norm.split(" ", 1)[0]
    if first in _ME or first in ("down", "up", "a", "an", "off", "it", "some"):
        return None
    reading = _split(rest, facts, certainty, topic_is_message=True)
    return reading if reading.arguments["message"] or certainty > 0.9 else None


def _split(rest: Said, facts: Facts, certainty: float, topic_is_message: bool = False) -> Reading:
    """Mail and message out of "<mail> <mark> <message>"; the mark may be missing after a clear name."""
    if lead := _LEAD_MARK.match(rest.norm):
        return _reading(None, _message(rest, lead.end()), facts, certainty)
    if re.match(r"^(?:[\"']|yes\b|no\b(?! \d)|thanks\b|ok\b|sure\b|sorry\b)", rest.norm):
        return _reading(None, _message(rest, 0), facts, certainty)
    named = _named_end(rest, facts)
    if named and (topic := _topic_end(rest, named, facts)):
        return _marked(rest, topic, facts, certainty)
    if named:
        tail = rest.norm[named:]
        if not tail.strip(" .!?"):
            return _reading(rest.part(0, named), "", facts, certainty)
        if about := re.match(r"\s+(?:about|regarding|on|concerning|from|to)\b", tail):
            if topic_is_message and about.group().strip() in ("about", "regarding", "on", "concerning"):
                return _reading(rest.part(0, named), rest.words(named), facts, certainty)
            return _marked(rest, named + about.end(), facts, certainty)
        return _reading(rest.part(0, named), _after_name(rest, named), facts, certainty)
    return _marked(rest, 0, facts, certainty)


_TOPIC = re.compile(
    r"(?:the|that|this|my|our)\s+[\w'&.-]+(?:\s+[\w'&.-]+){1,6}?(?=\s*(?::|,\s*(?:say|saying|tell)|\s(?:saying|stating|telling|that\s+(?!one\b)|and\s+(?:say|tell)|with\s+(?:[\"']|thanks\b|an?\b|yes\b|no\b))))"
)
_CLAUSE = re.compile(r"\b(?:i|we|you|he|she|they|it|that|this|is|are|was|will|can|yes|no|thanks|sorry|please)\b")


def _topic_end(rest: Said, named: int, facts: Facts) -> int:
    """ "the overdue invoice, say …": where a topic of several words ends that is no known person; 0 when there is none."""
    topic = _TOPIC.match(rest.norm)
    if topic is None or topic.end() <= named or _people_run(rest, facts) or _CLEAR.match(rest.norm):
        return 0
    return 0 if _CLAUSE.search(topic.group().split(" ", 1)[1]) else topic.end()


def _after_name(rest: Said, end: int) -> str:
    """The message that follows a name, without "that", "saying" or a colon between them."""
    if back := _BACK.match(rest.norm[end:]):
        end += back.end()
    lead = _LEAD_MARK.match(rest.norm[end:])
    return _message(rest, end + lead.end() if lead else end)


def _marked(rest: Said, search_from: int, facts: Facts, certainty: float) -> Reading:
    mark = _MARK.search(rest.norm, search_from)
    if mark is None:
        return _reading(rest, "", facts, certainty - 0.05)
    return _reading(rest.part(0, mark.start()), _message(rest, mark.end()), facts, certainty)


def _named_end(rest: Said, facts: Facts) -> int:
    """Where a clear name of a mail or person at the start ends; 0 when there is none."""
    norm = rest.norm
    for form in (_POSSESSED, _CLEAR):
        match = _CLEARS.match(norm) if form is _CLEAR else form.match(norm)
        if match and not (
            form is _CLEAR
            and re.match(r"(?:that|this|all|everything|these|those|they|each|both)\s+(?!e?-?mail|message|one)\w", norm)
        ):
            return match.end()
    first = _PERSON.match(norm)
    if first and first.group() in _HIM:
        return first.end()
    if run := _people_run(rest, facts):
        return run
    articled = _ARTICLED.match(norm)
    end = articled.end() if articled else 0
    while end and (more := re.match(r"\s+([\w&.-]+)", norm[end:])) and more[1] in facts.names:
        end += more.end()
    return end


def _people_run(rest: Said, facts: Facts) -> int:
    """A run of words that are known names, or written with capitals: "Ana Sousa"."""
    end = 0
    for match in re.finditer(r"[\w'&.@+-]+(?:\s*&\s*[\w'.-]+)?", rest.norm):
        bare = match.group().removesuffix("'s").strip(".,'")
        typed = rest.words(*match.span())
        capital = (
            typed[:1].isupper()
            and not rest.typed.isupper()
            and bare not in ("i", "i'm", "i'll", "i'd", "i've")
            and not _starts_sentence(rest, match, end)
        )
        if match.start() > end + 1 or not (
            bare.split(" ")[0] in facts.names or bare in _TITLES or capital or "@" in bare
        ):
            break
        end = match.end()
        if rest.norm[end - 1] == "." and bare not in _TITLES:
            return end - 1
    return end


def _starts_sentence(rest: Said, match: re.Match[str], end: int) -> bool:
    """A capitalised weekday after the name begins the message: "reply to Ana Thursday works"."""
    day = re.match(
        r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|june|july|august|september|october|november|december|yes|no|thanks|thank|sorry|ok|sure|that|we|please|great",
        match.group(),
    )
    return end > 0 and bool(day)


def _telling(said: Said, match: re.Match[str], facts: Facts) -> Reading | None:
    rest = said.part(match.end())
    first = rest.norm.split(" ", 1)[0].strip(",:")
    verb = match["v"]
    if (
        first in _ME
        or (verb == "let" and not re.search(r"\bknow\b", rest.norm))
        or (verb == "explain" and first not in _HIM)
    ):
        return None
    if verb in ("decline", "accept"):
        return _reading(rest, verb, facts, 0.75 if said.norm.startswith("accept") else 0.85)
    topic = _topic_end(rest, 0, facts)
    let_know = re.match(r"(?:[\w'&.@-]+ ){1,4}?(?=know\b)", rest.norm) if verb == "let" else None
    name_end = (let_know.end() - 1 if let_know else topic or _named_end(rest, facts)) or len(first)
    kept = _TOLD_KEPT.get(verb, "")
    if first in ("if", "whether", "for", "about", "that", "when", "what", "where", "how", "why", "who", "which"):
        return _reading(None, f"{kept} {rest.words()}".strip(), facts, 0.8)
    known = (
        first in facts.names
        or first in _HIM
        or rest.words()[:1].isupper()
        or bool(_CLEAR.match(rest.norm))
        or first in ("the", "my", "our")
    )
    return _told(
        said,
        match.end() + name_end + (len(said.norm) - match.end() - len(rest.norm)),
        rest.part(0, name_end),
        kept,
        facts,
        0.95 if known else 0.8,
    )


def _told(said: Said, end: int, name: Said, kept: str, facts: Facts, certainty: float) -> Reading:
    message = ""
    if end < len(said.norm):
        tail = said.part(end)
        lead = re.match(
            r"^(?:,\s*please\s*,?\s*)?(?:know\b|that\b|[:,–—-]|back\b|saying\b|to say\b|to let (?:him|her|them) know\b|telling (?:him|her|them)\b)(?:\s*(?:that\b|about\b(?=\s+that)|[:,]))*\s*",
            tail.norm,
        )
        message = _message(tail, lead.end() if lead else 0)
    if kept:
        message = f"{kept} {message}".strip()
    return _reading(name, message, facts, certainty)


def _message(rest: Said, start: int) -> str:
    words = rest.words(start).strip()
    words = _JOINER.sub("", words)
    first = words.split(" ", 1)[0].lower() if words else ""
    if base := _GERUNDS.get(first):
        words = base + words[len(first) :]
    if len(words) > 1 and words[0] in "\"'" and words[-1] == words[0]:
        words = words[1:-1]
    return "" if words.lower() in ("for me", "for us", "please") else words.strip(' "')


def _reading(phrase: Said | None, message: str, facts: Facts, certainty: float) -> Reading:
    return Reading(TOOL, {"email": _email(phrase, facts), "message": message}, certainty)


def _email(phrase: Said | None, facts: Facts) -> str:
    if phrase is None or phrase.norm.strip() in _HIM:
        return "it"
    found = references(phrase, facts)
    return " ".join(found) if found else "it"


def fill(said: Said, facts: Facts) -> dict[str, Any]:
    """Mail and message from any phrasing."""
    reading = claim(said, facts)
    return reading.arguments if reading else _split(said, facts, 0.5).arguments
