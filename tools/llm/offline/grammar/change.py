"""change_draft: "make it shorter", "say Friday instead", "approve but drop the last line": a change, never an approval."""

from __future__ import annotations

import re
from typing import Any

from tools.llm.offline.courtesy import GERUNDS
from tools.llm.offline.facts import Facts
from tools.llm.offline.reading import Reading
from tools.llm.offline.said import Said

TOOL = "change_draft"

_MANNER = r"(?:shorter|longer|briefer|brief|concise|terser|tighter|crisper|snappier|simpler|clearer|sharper|formal|informal|casual|friendlier|friendly|warmer|warm|colder|cooler|nicer|kinder|polite|politer|softer|firmer|firm|stronger|harsher|gentler|gentle|direct|personal|professional|enthusiastic|apologetic|cheerful|cheerier|relaxed|diplomatic|assertive|detailed|urgent|neutral|positive|upbeat|stiff|blunt|pushy|wordy|long|short|better|human|conversational|businesslike|confident|grateful|lighter|shorter still|punchier|elegant|funnier|serious|respectful|humble|[a-z]{3,}ier)"
_DEGREE = r"(?:(?:a (?:little )?(?:bit )?|a lot |much |way |even |slightly |somewhat |more |less |too |very |really |still |far |not so |not as |not too |bit |little |rather |as |so )*)"
_THING = r"(?:it|this|that|the (?:draft|reply|answer|text|tone|wording|message|mail|e?-?mail|letter|response|note|card|ending|greeting|opening|closing|subject|sign-?off|intro|first \w+|last \w+|second \w+)|my (?:draft|reply|answer)|everything)"
_MAKE = re.compile(rf"^(?:make|keep|get|turn|render) {_THING}(?: sound| look| read| feel)?(?: into)? .+$")
_SOUND = re.compile(
    rf"^(?:{_THING} )?(?:should |could |must |needs? to |has to )?(?:be |sound |read |look |come across (?:as )?){_DEGREE}{_MANNER}\b.*$"
)
_JUST_MANNER = re.compile(
    rf"^{_DEGREE}{_MANNER}(?:(?: and|,|, and| but) {_DEGREE}{_MANNER})*(?: tone| version| draft| wording| one)?$"
)
_TOO = re.compile(
    rf"^(?:{_THING}(?:'s| is| sounds| feels| looks| reads)? |(?:it|that|this)'s |sounds |reads |feels |way |a bit |a little |much |still |far )+(?:too|not|a bit|a little|rather|so|very|way too|much too)\b.*{_MANNER}.*$|^(?:too|not) {_DEGREE}{_MANNER}\b.*$|^(?:less|more) \w+(?: and (?:less |more )?\w+)?$"
)
_STYLE_VERB = re.compile(
    r"^(?:shorten|lengthen|soften|tone|rephrase|re-?write|re-?word|polish|trim|tighten|condense|simplify|expand on|elaborate|proofread|formali[sz]e|translate|re-?do|re-?draft|edit|tweak|fix|correct|revise|adjust|improve|warm it up|warm up|spice|liven|jazz|dial|cut it|cut down|cut|abbreviate|summari[sz]e|capitali[sz]e|modify|amend)\b"
)
_SWAP = re.compile(
    r"^(?:change|swap|replace|substitute|switch|turn|update|move|correct|set|alter)\b.+\b(?:to|with|by|for|into|from)\b.+$"
)
_INSTEAD = re.compile(
    r"\binstead\b|^in place of\b|^(?:another|a different|a new|one more) (?:version|wording|try|attempt|take)\b|^get to the point\b|^(?:say|write|put|use|make it|it should (?:say|read)|should (?:say|read)|i meant|i mean|rather)\b"
)
_ADDING = re.compile(
    r"^(?:also )?(?:add|mention|include|append|insert|prepend|work in|throw in|put in|squeeze in|tack on|state|point out|stress|emphasi[sz]e|underline|specify|note|write|say|thank|ask|tell|apologi[sz]e|wish|offer|propose|suggest|invite|explain|sign|greet|address|begin|start|end|finish|close|open|use|call|don't|do not|never|no|skip|avoid|give)\b.+$"
)
_CUTTING = re.compile(
    r"^(?:remove|delete|drop|cut|leave out|take out|omit|lose|strip|skip|scratch|get rid of|erase|kill|ditch|without|no|leave off|take off|take away|edit out|cross out)\b.+$"
)
_PART = re.compile(
    r"\b(?:lines?|sentences?|paragraphs?|parts?|bits?|greeting|sign-?off|signature|closing|ending|opening|intro(?:duction)?|subject|p\.?s\.?|phrase|wording|words?|tone|draft|reply|text|emoji|exclamation|dear|regards|hi|hello|apology|section|bullet|list|name|salutation|letter)\b"
)
_BUT = re.compile(
    r"^(?P<head>(?:(?:yes|yep|ok|okay|sure|good|great|fine|perfect|nice|approved?|approve it|send|send it|looks? (?:good|great|fine)|sounds? (?:good|great|fine)|lgtm|it's (?:good|fine)|that's (?:good|fine)|almost|nearly|not yet|no|wait|hold on|hmm|well|go ahead|accept|confirm|i like it|i'd approve|i would approve|i approve|it's ok|ready to send|(?:the )?draft|reply|please|and)\b[\s,.!;:]*)+(?:(?:the |this |that )?(?:draft|reply|it|mail|email|one|now|to me|off|that|this|& send|and send)\b[\s,.]*)*)"
    r"(?:but|except(?: that)?|only|just|though|with one change[,:]?|after you|once you(?:'ve| have)?|when you(?:'ve| have)?|provided (?:that )?|if you|however|and|yet)[,:]?\s+(?P<c>.+)$"
)
_ASSENT_BUT = re.compile(
    r"^(?=[^\"]{0,60}?\b(?:approv\w*|send|ok|okay|yes|yep|good|great|fine|accept|confirm|like|love|perfect|almost|nice|lgtm|go ahead|happy|works?)\b)"
    r"[^\"]{0,60}?[\s,.;:-](?:but|except(?: that)?|only|though|however)\b[,:]?\s+(?:please\s+|first\s+|just\s+)*(?P<c>.+)$"
)
"""Assent with a reservation, whatever words the assent has."""
_STOP = re.compile(
    r"^(?:but|except|only|though|no|nah|nope|hmm|wait|hold on|not yet|almost|hmm+|ok|well|one more thing|one last thing|also|actually|sorry)[\s,.!:;-]+(?:but\s+)?(?P<c>.+)$"
)
_OPENING = re.compile(
    r"^(?:(?:please|pls|just|also|and|maybe|perhaps|actually|hmm+|ok|okay|well|now|then|no(?=\s*[,.!;:–-]|\s+(?:no|wait|make|say|change|add|tell|put|use|write|remove|don't|it's)\b)|nah|sorry|wait|oh|so|right|(?:can|could|would|will) you|i'd like (?:you )?to|i want (?:you )?to|let's)\b[\s,:.!–-]*)+(?=\S)",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    r"^(?:(?:approv\w+|send|reject\w*|edit|change|changes?|revise|redo|looks? \w+|sounds? \w+|good|great|nice|fine|perfect|almost|nearly|not quite|not yet|close|hold|better|one more thing|in the (?:draft|reply|text))(?: it| that| this| one| there| enough| on)?\s*[,:;.–-]+\s*)+(?=\S)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"[\s,]+(?:please|pls|plz|thanks|thank you|thx|ok|okay|then|for me|if possible|if you can|will you|would you|before (?:sending|you send it|i send it|it goes out|we send it)|and then (?:send|it's fine|it can go).*|though|right)[\s.!?]*$",
    re.IGNORECASE,
)
_TO_READER = re.compile(
    r"^(?:tell|thank|ask|let|wish|invite|remind|promise|assure|offer|give|greet) (?:him|her|them)\b"
)
_PART_SAID = re.compile(
    r"^(?:i (?:don't|do not) (?:like|want|need) )?(?:first|last|second|third|the|that|this|your|my|it|there)\b.*\b(?:can go|should go|must go|has to go|needs?|is missing|missing|unnecessary|not necessary|wrong|should|could|must|isn't|is not|is (?:weird|odd|strange|awkward|clumsy|bad|off|rude|confusing|unclear|boring|too)|sounds?|shouldn't|reads?|feels?|looks?)\b.*$"
)
_NOT_BUT = re.compile(
    r"^not .+(?:,| but| rather) .+$|^.{1,60}?,? not (?:on |at )?\S.{0,30}$|^(?:on |at |for )?[\w: ]{2,30}$"
)
_CONTRAST = re.compile(
    r"^(?!(?:why|if|which|what|who|is|are|do|does|label|mark|tag|find|show|list|search|open|read|remind)\b)(?:\S+ ){1,6}?not (?:\S+ ?){1,4}$"
    r"|^\S+(?: \S+){0,3}\s*(?:->|=>|-->)\s*\S+(?: \S+){0,3}$"
)
""" "its 4500 not 4200", "Thursday -> Friday": what stands there and what should."""
_LENGTH = re.compile(
    r"^(?:just |only |max(?:imum)? |at most |no more than |about |not more than )*(?:one|two|three|four|five|six|\d{1,3}|an?|half)(?: short| simple)? (?:sentences?|lines?|words?|paragraphs?|the length)(?: only| max(?:imum)?| at most| tops| is enough| long)*$"
)
_TONGUE = re.compile(
    r"^(?:(?:now |all |the same |same )*(?:in|into) )(?:(?:plain|simple|british|american|good|proper) )?(?:english|french|german|spanish|portuguese|italian|dutch|polish|swedish|danish|norwegian|finnish|russian|ukrainian|turkish|greek|arabic|hebrew|chinese|mandarin|japanese|korean|hindi|czech|romanian|hungarian|catalan)$"
)
_SPELT = re.compile(r"\b(?:is |it's |are )?(?:spelled|spelt|written) (?:with|without|like|as|\w+$)")
_PLACE = re.compile(
    r"^(?:just |only )?(?!(?:show|open|read|find|label|list)\b)(?:\S+ ){1,6}(?:at|in|on) the (?:bottom|top|end|start|beginning|close|opening)$"
)
_UNWANTED = re.compile(
    r"^i (?:don't|do not|didn't|did not|wouldn't|would not|never|shouldn't|would rather not|'d rather not) (?:want |wish |mean |need |like )?(?:to|it to|us to|this to)\b.+$"
)
_CALENDAR = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow|january|february|march|april|june|july|august|september|october|november|december|\d{1,2}(?:[:.]\d\d)?(?:am|pm)?|noon|morning|afternoon|evening|week|month)\b"
)
_OTHER_TOOL = re.compile(
    r"\b(?:labels?|tags?|labelled|tagged|reminders?|remind me|follow[- ]?ups?|memory|inbox|unread|charts?|\.csv|\.xlsx|spreadsheet)\b|^(?:tell|ask|thank|write to|email|mail) (?!(?:him|her|them|it|that|there|about|if|whether|for|when|what|how|where|why|who|which|to)\b)[a-z]\w+"
    r"|^(?:remember|forget|undo|find|search|open|read|note that i)\b|\bmail(?:s)? from\b"
)
_DRAFT_WORD = re.compile(r"\b(?:draft|reply|response|wording|tone|letter|sign-?off|greeting|paragraph|sentence)\b")


def claim(said: Said, facts: Facts) -> Reading | None:
    """Whether this changes the open draft; without one, only when it plainly speaks of a draft."""
    but = _BUT.match(said.norm) or (_ASSENT_BUT.match(said.norm) if facts.draft else None)
    if but and _wish_after_but(said.norm[but.start("c") :], facts):
        return _reading(said.part(but.start("c")), 1.0)
    if facts.draft and _TO_READER.match(said.norm):
        return _reading(said, 0.96)
    if facts.draft and _corrects(said.norm) and not _OTHER_TOOL.search(said.norm):
        return _reading(said, 0.96)
    if facts.draft and (stop := _STOP.match(said.norm)) and _changes(said.norm[stop.start("c") :]):
        return _reading(said.part(stop.start("c")), 0.97)
    strength = _changes(said.norm) or (_in_a_clause(said.norm) if facts.draft else 0.0)
    if not strength or _OTHER_TOOL.search(said.norm):
        return None
    if facts.draft:
        return _reading(said, strength)
    if _JUST_MANNER.match(said.norm) or (_MAKE.match(said.norm) and re.search(rf"\b{_MANNER}\b", said.norm)):
        return _reading(said, 0.92)
    return _reading(
        said, 0.9 if _DRAFT_WORD.search(said.norm) and strength >= 0.95 and not _answers(said.norm) else 0.3
    )


def _wish_after_but(wish: str, facts: Facts) -> bool:
    """Whether what follows "approve, but" changes the text; "but not yet" does not."""
    if _changes(re.sub(r"^first\s+", "", wish)):
        return True
    return facts.draft and not re.match(r"^(?:not|wait|later|tomorrow|hold|don't|i'm|i am|why|how|when|what)\b", wish)


def _corrects(norm: str) -> bool:
    """Words that change a text only while one is open: "two sentences max", "in French", "4500, not 4200"."""
    forms = (_PLACE, _CONTRAST, _LENGTH, _TONGUE, _SPELT, _UNWANTED)
    if any(form.search(norm) for form in forms):
        return True
    verdict = _VERDICT.match(norm)
    return bool(verdict and _changes(norm[verdict.end() :]))


def _in_a_clause(norm: str) -> float:
    """ "I don't like the ending, make it friendlier": one clause that plainly changes is enough."""
    if _PART_SAID.match(norm) or (_NOT_BUT.match(norm) and _CALENDAR.search(norm)):
        return 0.93
    return 0.92 if any(_changes(clause.strip()) >= 0.95 for clause in re.split(r"[,.;:]\s|\band\b", norm)[1:]) else 0.0


def _answers(norm: str) -> bool:
    """ "write a reply to Ana" makes a new draft."""
    return bool(
        re.match(r"^(?:write|say|give|add|use|start|open|tell|ask|thank|offer|update|send)\b", norm)
    ) and not re.search(r"\b(?:to|in|from|of) the (?:draft|reply|response)\b", norm)


def _changes(norm: str) -> float:
    """How plainly the words change a text."""
    if _MAKE.match(norm) or _JUST_MANNER.match(norm) or _SOUND.match(norm) or _TOO.match(norm):
        return 0.97
    if _SWAP.match(norm) or _STYLE_VERB.match(norm):
        return 0.95
    if re.search(r"\binstead\b", norm):
        return 0.96
    if re.match(r"^take .+ (?:out|off|away)$", norm):
        return 0.96
    if _CUTTING.match(norm):
        return 0.96 if _PART.search(norm) else 0.9
    if _ADDING.match(norm) or _INSTEAD.search(norm):
        return 0.95 if _PART.search(norm) else 0.91
    return 0.0


def _reading(change: Said, certainty: float) -> Reading:
    return Reading(TOOL, {"change": _clean(change)}, certainty)


def _clean(change: Said) -> str:
    words = change.words().rstrip(" .!?")
    opened = _CONDITION.sub("", _OPENING.sub("", _VERDICT.sub("", words)))
    first, _, rest = opened.partition(" ")
    opened = f"{GERUNDS[first.lower()]} {rest}" if first.lower() in GERUNDS and rest else opened
    return (opened if _SAID_THANKS.search(opened) else _CLOSING.sub("", opened)).rstrip(" .!?,")


_CONDITION = re.compile(
    r"^(?:approve|send)(?: it)? (?=without\b)|^(?:only )?(?:after|by|if you|once you(?:'ve)?|when you(?:'ve)?) (?=\w+)",
    re.IGNORECASE,
)
_SAID_THANKS = re.compile(
    r"\b(?:the|a|an|my|your|that|with|say|saying|no|many|of|and|sign(?:ed)?|put|add|word|not)[\s\"']+(?:please|thanks|thank you)[\s.!?\"']*$",
    re.IGNORECASE,
)
""" "end it with thanks": the thanks belong to the letter."""


def fill(said: Said, facts: Facts) -> dict[str, Any]:
    """The change in the person's words."""
    reading = claim(said, facts)
    return reading.arguments if reading else {"change": _clean(said)}
