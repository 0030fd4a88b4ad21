"""Applies simple spoken changes to a draft: shorter, another day, one more sentence, more formal; None when not understood."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from tools.llm.offline.letter import Letter, letter
from tools.llm.offline.sentences import finished, sentences
from tools.llm.offline.swap import swapped
from tools.llm.offline.tone import casual, formal, friendly
from tools.llm.offline.words import NUMBER_WORDS, ORDINALS, content_words

_COURTESY = re.compile(
    r"^(?:(?:please|pls|just|also|and|but|then|ok|okay|yes|no|maybe|could you|can you|would you|i'd like you to|i want you to|now)\b[\s,:]*)+|[\s,]*\b(?:please|pls|thanks|as well|too|if possible|for me)[\s.!]*$",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:,\s*and|;|,|\band\b)\s+(?:also\s+|then\s+)?", re.IGNORECASE)
_DEGREE = r"(?:(?:a (?:little )?(?:bit )?|a lot |much |even |slightly |somewhat |way |far |rather |too |so |very |it |that |this |be |sound |the |draft |reply |tone |is |'s |sounds |should |make |made |keep |more |not |needs to |has to |less )*)"
_SHORTER = re.compile(
    rf"^(?:{_DEGREE}(?:shorter|briefer|brief|concise|tighter|terser|snappier)|shorten.*|{_DEGREE}too (?:long|wordy)|{_DEGREE}(?:long|wordy)|trim.*|tighten.*|cut (?:it|this) (?:down|short).*|condense.*|abbreviate.*)(?: version| draft)?$",
    re.IGNORECASE,
)
_FORMAL = re.compile(
    r"\b(?:more |very |too |so )?(?:formal|professional|businesslike|official|polite|politer|respectful|serious)\b|\b(?:not so|less|too|not as|not too) (?:casual|informal|chatty|sloppy|familiar)\b|\bformali[sz]e\b",
    re.IGNORECASE,
)
_UNFORMAL = re.compile(
    r"\b(?:less|not so|not as|too|not too|so) (?:formal|stiff|cold|official|distant|harsh|dry)\b|\bstiff\b|\binformal\b|\bcasual\b|\brelaxed\b|\bchatty\b|\bcolloquial\b",
    re.IGNORECASE,
)
_FRIENDLY = re.compile(
    r"\b(?:friendl(?:y|ier)|warm(?:er)?|nicer|kinder|softer|gentler|cheerful|cheerier|heartier|soften)\b", re.IGNORECASE
)
_TONE = re.compile(
    r"^(?:make|keep|turn|write|re-?write|rephrase|re-?word|use|in|with|more|less|too|not|a|it|this|that|sounds?|should|be|be more|formali[sz]e|soften|friendl|warm|nicer|kinder|casual|informal|formal|polite|stiff|so|relaxed|softer|gentler|chatty|cheer|the|tone|much|much more|even|slightly|somewhat|very)",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"^(?:(?:it should |should |must |let it |make it |just )?(?:say|read|write|use|be|replace (?:it|the (?:text|body|draft|message|whole thing)) (?:with|by))\s*:?\s*)?[\"“](?P<t>.+)[\"”]$",
    re.IGNORECASE | re.DOTALL,
)
_SIGNED = re.compile(
    r"^(?:sign|sign off|sign it|sign it off|signed|use the name|end it|change the (?:name|signature) to)(?: it| this| off)*(?: (?:as|with|by|using))?(?: my name)?\s*:?\s+[\"']?(?P<n>[^\"']{1,60}?)[\"']?$",
    re.IGNORECASE,
)
_GREETED = re.compile(
    r"^(?:start|begin|open|greet|address)(?: it| (?:him|her|them))?(?: (?:with|as|by))\s*:?\s*[\"']?(?P<g>(?:dear|hi|hello|hey|good)\b[^\"']{0,60}?)[\"']?$|^(?:use|change the greeting to|greeting:?|make the greeting)\s+[\"']?(?P<g2>(?:dear|hi|hello|hey|good)\b[^\"']{0,60}?)[\"']?(?: as (?:the )?greeting)?$",
    re.IGNORECASE,
)
_CLOSINGS = re.compile(
    r"^(?:best|kind|warm|warmest|many|yours|cheers|regards|sincerely|thanks|love|all the best|take care|best wishes)\b",
    re.IGNORECASE,
)
_POSITION = re.compile(
    rf"^(?:remove|delete|drop|cut|leave out|take out|skip|omit|strike|lose|scratch)(?: off)? (?:the )?(?:very )?(?P<p>last|final|closing|{'|'.join(ORDINALS)}|\d+(?:st|nd|rd|th))(?: (?P<c>\d+|{'|'.join(NUMBER_WORDS)}))? (?P<k>lines?|sentences?|paragraphs?|parts?|bits?)$",
    re.IGNORECASE,
)
_REMOVE = re.compile(
    r"^(?:remove|delete|drop|cut|leave out|take out|skip|omit|lose|scratch|get rid of|strike|edit out|don't (?:mention|say|include|write)|do not (?:mention|say|include|write)|no mention of|without)\s+(?P<x>.+)$",
    re.IGNORECASE,
)
_LINE_ABOUT = re.compile(
    r"^(?:the |that |this |any )?(?:whole )?(?:lines?|sentences?|parts?|bits?|paragraphs?|thing|stuff|mention|phrase|passage|words?|where (?:i|it)|reference)(?: (?:about|on|with|of|regarding|mentioning|that (?:says|mentions|is about)|saying|concerning|to|where (?:i|we|it) (?:say|mention|ask|talk)s?(?: about)?))?\s+(?P<x>.+)$",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(
    r"^(?:add |put |include )?(?:an? )?p\.?\s?s\.?\s*(?:that|saying|:|,)?\s*(?P<x>.+)$", re.IGNORECASE
)
_ADD = re.compile(
    r"^(?:add|append|include|insert|put in|say|write|state|note|tell (?:him|her|them)|let (?:him|her|them) know|mention|point out|stress|emphasi[sz]e|explain|specify|tack on)(?: (?:a|one|another) (?:line|sentence|note|paragraph|bit|remark)(?: (?:saying|about|that says|on))?| (?:in|also|there))*\s*(?P<t>that\b|:|,)?\s*(?P<x>.+)$",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"^(?:ask|thank|thanks|apologi[sz]e|wish|invite|congratulate|offer|propose|suggest|promise|confirm)\b",
    re.IGNORECASE,
)

Change = Callable[[Letter, str], Letter | None]


def redraft(body: str, change: str) -> str | None:
    """The draft with the change applied, or None when the change is not understood or does not fit the draft."""
    wish = _plain(change)
    draft = letter(body)
    if not wish or not draft.sentences:
        return None
    changed = _applied(draft, wish) or _in_parts(draft, wish)
    if changed is None or not changed.sentences or changed.text().strip() == draft.text().strip():
        return None
    return changed.text()


def _plain(change: str) -> str:
    wish = " ".join(change.replace("’", "'").split())
    stripped = _COURTESY.sub("", wish)
    while stripped != wish:
        wish, stripped = stripped, _COURTESY.sub("", stripped)
    return wish.strip(" .!?") if not wish.endswith(('"', "”")) else wish.strip()


def _applied(draft: Letter, wish: str) -> Letter | None:
    for attempt in _CHANGES:
        if (changed := attempt(draft, wish)) is not None:
            return changed
    return None


def _in_parts(draft: Letter, wish: str) -> Letter | None:
    """ "make it shorter and more formal": every part must be understood."""
    parts = [_plain(part) for part in _AND.split(wish) if part.strip()]
    if len(parts) < 2:
        return None
    changed: Letter | None = draft
    for part in parts:
        changed = _applied(changed, part) if changed is not None else None
    return changed


def _rewritten(draft: Letter, wish: str) -> Letter | None:
    match = _QUOTED.match(wish)
    if match is None:
        return None
    own = letter(match["t"])
    if own.greeting:
        return own if own.sentences else None
    return replace(draft, paragraphs=own.paragraphs) if own.sentences else None


def _shortened(draft: Letter, wish: str) -> Letter | None:
    """The first half of the sentences, at least one."""
    if not _SHORTER.match(wish):
        return None
    count = len(draft.sentences)
    return draft.keeping(set(range(max(1, count // 2)))) if count > 1 else casual(draft)


def _toned(draft: Letter, wish: str) -> Letter | None:
    if not _TONE.match(wish) or len(wish.split()) > 10:
        return None
    if _UNFORMAL.search(wish):
        return casual(draft)
    if _FRIENDLY.search(wish):
        return friendly(draft)
    return formal(draft) if _FORMAL.search(wish) else None


def _signed(draft: Letter, wish: str) -> Letter | None:
    match = _SIGNED.match(wish)
    if match is None:
        return None
    words = match["n"].strip()
    if _CLOSINGS.match(words):
        return replace(draft, closing=words.rstrip(",") + ",")
    return replace(draft, name=words, closing=draft.closing or "Best regards,")


def _greeted(draft: Letter, wish: str) -> Letter | None:
    match = _GREETED.match(wish)
    if match is None:
        return None
    greeting = (match["g"] or match["g2"]).strip().rstrip(",")
    return replace(draft, greeting=greeting[:1].upper() + greeting[1:] + ",")


def _postscript(draft: Letter, wish: str) -> Letter | None:
    match = _POSTSCRIPT.match(wish)
    return replace(draft, after=f"P.S. {sentences(match['x'])}") if match else None


def _without_place(draft: Letter, wish: str) -> Letter | None:
    """ "remove the last sentence", "drop the second paragraph"."""
    match = _POSITION.match(wish)
    if match is None:
        return None
    place, count = match["p"].lower(), _number(match["c"]) or 1
    number = ORDINALS.get(place) or _number(re.sub(r"\D", "", place))
    if match["k"].lower().startswith("paragraph"):
        total = len(draft.paragraphs)
        gone = _gone(total, number, count)
        return replace(draft, paragraphs=tuple(part for at, part in enumerate(draft.paragraphs) if at not in gone))
    total = len(draft.sentences)
    return draft.keeping(set(range(total)) - _gone(total, number, count))


def _number(text: str | None) -> int:
    if not text:
        return 0
    return NUMBER_WORDS.get(text.lower()) or (int(text) if text.isdigit() else 0)


def _gone(total: int, number: int, count: int) -> set[int]:
    start = number - 1 if number else total - count
    return set(range(max(0, start), start + count))


def _without_topic(draft: Letter, wish: str) -> Letter | None:
    """ "remove the line about money", "don't mention the price": the sentences that hold those words go."""
    match = _REMOVE.match(wish)
    if match is None:
        return None
    about = _LINE_ABOUT.match(match["x"])
    topic = about["x"] if about else match["x"]
    words = [_stem(word) for word in content_words(topic)]
    hit = {
        at
        for at, sentence in enumerate(draft.sentences)
        if words and all(word in {_stem(other) for other in content_words(sentence)} for word in words)
    }
    kept = set(range(len(draft.sentences))) - hit
    return draft.keeping(kept) if hit and kept else None


def _stem(word: str) -> str:
    return re.sub(r"(?:'s|ies|es|s|ing|ed|e)$", "", word.lower())


def _added(draft: Letter, wish: str) -> Letter | None:
    if _REPORTED.match(wish):
        return draft.adding(sentences(wish))
    match = _ADD.match(wish)
    if match is None or re.search(r"\binstead\b", wish, re.IGNORECASE):
        return None
    said = match["x"].strip(" \"'")
    if _is_clause(said) or match["t"] == "that" or wish.endswith('"'):
        return draft.adding(sentences(said))
    return (
        draft.adding(finished(f"I would also like to mention {said}")) if wish.lower().startswith("mention") else None
    )


def _is_clause(said: str) -> bool:
    """Whether the words hold a verb, roughly: "we are closed" does, "the discount" does not."""
    return bool(
        re.search(
            r"\b(?:am|is|are|was|were|be|will|would|can|could|should|must|may|might|has|have|had|do|does|did|need|needs|want|wants|works?|look|looks|thanks?|sorry|\w+'(?:m|re|ll|ve|d)|\w+n't|please|see you|cannot|let|sent|got|hope|agree|prefer)\b",
            said,
            re.IGNORECASE,
        )
    )


_CHANGES: tuple[Change, ...] = (
    _rewritten, _shortened, swapped, _signed, _greeted, _postscript, _without_place, _toned, _without_topic, _added,
)  # fmt: skip
