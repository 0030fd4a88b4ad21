"""schedule_follow_up and list_follow_ups: "Tuesday 9am unless they answer", "what am I waiting for?"."""

from __future__ import annotations

import re
from typing import Any

from tools.llm.offline.facts import Facts
from tools.llm.offline.reading import Reading
from tools.llm.offline.references import CLEAR, references
from tools.llm.offline.said import Said
from tools.llm.offline.times import moment
from tools.llm.offline.words import content_words

TOOL, LIST = "schedule_follow_up", "list_follow_ups"

_NOUN = r"(?:follow[- ]?ups?|reminders?|nudges?|chasers?|alarms?|check-?ins?)"
_HEAD = re.compile(
    rf"""^(?:(?:set|create|add|make|put|schedule|book|give\ me|plan|start|need|want|drop|leave|arrange|set\ up|put\ in)\s+(?:me\s+|up\s+|in\s+)?(?:an?\s+|the\s+|my\s+|another\s+)?(?:\w+\s+)?{_NOUN}
      | (?:remind|nudge|ping|poke|bump|alert|notify|warn|wake|bug|buzz|prod)\s+(?:me|us)\b | (?:{_NOUN})\b
      | follow\ up\b | follow\ (?:this|that|it|\d+|him|her|them|[\w']+)\ up\b | chase(?:\ up)?\b | check\ (?:back|in|up)\b | circle\ back\b | touch\ base\b | get\ back\ to\ me\b | come\ back\ to\b | bring\ (?:up|back|.{{1,40}}?\ (?:back|up))\b | snooze\b | resurface\b | show\ (?:it|this|that|me\ this)\ again\b
      | nudge\b | ping\b | bump\b | poke\b | schedule\b | diar(?:y|i[sz]e)\b | calendar\b | remind\b | remember\ (?:me|us)\b(?=\ (?:on|at|in|about|to|of|again|tomorrow|tonight|next|later|when|if)\b) | tell\ me\b(?=.*\b(?:if|unless)\b) | let\ me\ know\b(?=.*\b(?:if|unless|when)\b) | wait\ (?:until|till|for)\b | hold\ (?:this|it)\b | look\ at\ (?:this|it|that)\ again\b | revisit\b | put\ (?:this|it|that)\ off\b | remember\ to\b | don't\ let\ me\ forget\b | don't\ forget\ to\b | if\b | unless\b | in\ case\b | keep\ an\ eye\b)""",
    re.VERBOSE,
)  # fmt: skip
_SURE_HEAD = re.compile(
    rf"^(?:(?:set|create|add|make|put|schedule|book|plan|arrange).*\b{_NOUN}\b|remind (?:me|us)\b|follow\b|chase\b|snooze\b|check (?:back|in)\b|nudge\b|ping me\b|{_NOUN}\b|circle back\b|get back to me\b|come back to\b|bring\b|schedule\b|give me an?\b)"
)
_NEED_ANSWER = r"(?:answer(?:s|ed|ing)?|repl(?:y|ies|ied|ying)|respond(?:s|ed|ing)?|response|hear(?:d)?(?: back)?|written?(?: back)?|wrote(?: back)?|writes?(?: back)?|got(?:ten)? back|gets? back|get back|come back|came back|react(?:s|ed)?|reaction|sign of life|news|nothing)"
_UNLESS = re.compile(
    rf"[\s,]*\b(?:unless|if|in case|should|whether|as long as|provided|when|only if|except if|assuming|so long as)\b(?P<c>[^,;]*?\b{_NEED_ANSWER}\b(?:\s+(?:to\s+)?(?:me|us|by then|before(?: then)?|yet|until then|back|that|it|this|him|her|from (?:them|him|her|[\w']+)))*)"
)
_NO_ANSWER = re.compile(
    r"[\s,]*\b(?:if|when|in case)\s+(?:there(?:'s| is| has been)?\s+)?(?:still\s+)?no\s+(?:answer|reply|response|reaction|news|word|sign)\b(?:\s+(?:from\s+(?P<w>[\w']+)|by then|yet|until then|has come|comes?|arrives?|came))*"
)
_REGARDLESS = re.compile(
    rf"[\s,]*\b(?:regardless|no matter what|either way|in any case|whatever happens|anyway|anyhow|even if\b[^,;]*|even when\b[^,;]*|whether or not\b[^,;]*|whether (?:he|she|they|\w+) {_NEED_ANSWER}[^,;]*|no matter (?:if|whether)\b[^,;]*|in all cases|unconditionally|for sure|always)"
)
_CONDITION_NAME = re.compile(
    r"^\s*(?:(?:i|we)\s+(?:(?:don't|do not|haven't|have not|didn't|did not|never|hear)\s*)+.*?\bfrom\s+(?P<f>[\w'@.]+(?: (?!by|before|until|yet)[\w'@.]+)?)|(?P<n>[\w'@.]+?(?: (?!has|have|does|did|do|is|still|never|won't|don't)[\w'@.]+?)?)\s+(?:(?:still|yet)\s+)?(?:has|have|hasn't|haven't|doesn't|don't|does|do|did|didn't|won't|is|isn't|wrote|got|came|comes|sent|answer|answers|answered|repl\w+|respond\w*|fails?|failed|still|never|writes?|gets?)\b)"
)
_NOBODY = frozenset("i we they he she it nobody no one no-one someone anybody anyone there none nothing you".split())
_NOTE = re.compile(
    r"\b(?:to|that i (?:need|have|should|must|want) to|that|i (?:need|have|should|must) to)\s+(?P<n>(?!me\b|him\b|her\b|them\b|us\b|the\b|my\b|ana\b)[\w'].*)$"
)
_LISTING = re.compile(
    rf"""^(?:(?:list|show|view|see|display|check|give|print|get|tell|read|open|pull\ up|go\ over|review)\b.*\b{_NOUN}\b
      | (?:what|which|any|do\ i|have\ i|are\ there|how\ many|is\ there|got|where|when)\b.*\b(?:{_NOUN}|scheduled|following\ up|followed\ up|chasing|snoozed)\b.*
      | (?:my|all|the|all\ my|open|pending|upcoming|scheduled|current|active|outstanding|next|existing|all\ the)\b[\w\s]*\b{_NOUN}
      | {_NOUN}(?:\ list)?[.,!]*(?:\ (?:now|please|today|this\ week|so\ far))? | (?:pending|scheduled|upcoming|open)$
      | (?:what|who|whom|which\ \w+)\b.*\b(?:am\ i|i'm|i\ am|are\ we|we're)\ (?:still\ |currently\ |now\ )?(?:waiting|chasing|following)\b.*
      | (?:what|who)\b.*\b(?:will|are)\ you\ (?:going\ to\ )?(?:remind|chase|nudge|follow)\b.* | what\ (?:did|have)\ i\ (?:ask|asked|tell|told)\ you\ to\ (?:remind|chase|follow)\b.*
      | who(?:'s|\ is|\ has|\ hasn't|\ have|\ haven't)\b.*\b(?:owes?|owing|answered|replied\ to|responded\ to)\ me\b.* | what(?:ever)?\ (?:did|have)\ i\ (?:snoozed?|scheduled?|plan(?:ned)?)\b.* | remind\ me\ (?:what|which|of\ my|of\ the)\b.*\b{_NOUN}\b.* | who(?:\ still)?\ owes\ me\b.* | (?:what's|what\ is|what\ have\ i|anything|what\ do\ i\ have)\ (?:coming\ up|scheduled|planned|lined\ up)\b.* | who\ (?:do\ i|should\ i)\ (?:still\ )?(?:have\ to\ |need\ to\ )?(?:chase|nudge|follow\ up)\b.* | list\ what\ i'm\ waiting\b.*
      | (?:what|which|whom?)\b.*\b(?:(?:do|have)\ you\ (?:have|got)?\ ?(?:to\ )?remind\ me|remind(?:ing)?\ me|(?:am\ i|i'm|have\ i|do\ i)\ .*\b(?:chase|follow\ up))\b(?:\ (?:about|of|on|with|this\ week|today|soon|next))*)$""",
    re.VERBOSE,
)  # fmt: skip
_TO_MAIL = re.compile(
    rf"\b(?:with|on|about|of|regarding|for|re|to)\s+(?P<r>(?:the\s+|my\s+|that\s+)?(?:{CLEAR}|[\w'&.@-]+.*))$"
)
_STRAY = re.compile(
    rf"\b(?:set|create|add|make|put|schedule|book|give|plan|start|remind|nudge|ping|poke|bump|alert|notify|follow|up|chase|check|back|in|circle|touch|base|get|come|bring|snooze|resurface|again|until|till|me|us|a|an|{_NOUN}|please|need|want|drop|leave|let|know|tell|wait|look|at|revisit|off|hold|buzz|bug|prod|then|and|another|keep|eye|out|hear|otherwise|else|sure|shout|send|reminded|reminding|should|silent|silence|stays?|quiet|nothing|touch|radar|revisit|park|remember|defer|postpone|hasn't|haven't|hadn't|replied|answered|responded|deal|list|ask|said|want|wake|up|hey|there's|chasing|following|her|him|them|poke|bump)\b"
)


def claim(said: Said, facts: Facts) -> Reading | None:
    """Whether this plans a follow-up or asks for the list of them."""
    norm = said.norm.rstrip(" ?.!")
    if _LISTING.match(norm) and not re.match(r"^(?:set|create|add|make|schedule)\b", norm) and not _makes_one(norm):
        return Reading(LIST, {}, 0.96)
    norm = _without_leading_time(said, facts).norm.rstrip(" ?.!")
    if norm != said.norm.rstrip(" ?.!") and (planned := _PLANNED.match(norm)):
        when = moment(said, facts)
        note = norm[planned.end() :]
        return Reading(TOOL, {"when": when.words, "note": said.words(said.norm.index(note))}, 0.93) if when else None
    if _REMINDED_OF_A_FACT.match(norm):
        return None
    if _HEAD.match(norm) is None:
        return _aside(said, facts)
    if _REMINDED_OF_MINE.match(norm) and moment(said, facts) is None:
        return None
    if re.match(r"^bring up (?:all|every|any|my|the unread|unread|e?-?mails)\b", norm) and moment(said, facts) is None:
        return None
    arguments = fill(said, facts)
    sure = bool(_SURE_HEAD.match(norm))
    if "when" not in arguments:
        if re.match(
            r"^(?:remember|don't forget|if|unless|in case|wait|tell|let|check|hold|ping(?! me)|schedule(?!.*\b(?:follow|reminder)))\b",
            norm,
        ):
            return None
        certainty = 0.93 if sure else 0.5
        return Reading(TOOL, arguments, certainty, "When? Say it like “Tuesday 9am” or “in 3 days”.")
    conditional = (
        norm.startswith(("if", "unless", "in case"))
        and "remind me" not in norm
        and not (_UNLESS.search(norm) or _NO_ANSWER.search(norm))
    )
    return Reading(TOOL, arguments, 0.4 if conditional else 0.96 if sure else 0.94)


def _aside(said: Said, facts: Facts) -> Reading | None:
    """ "I should hear from Ana by Friday, otherwise remind me": the wish stands later, and a moment is named."""
    if not _WISH.search(said.norm) or re.match(
        r"^(?:what|which|who|whose|how|list|show|did|do|does|is|are|any)\b", said.norm
    ):
        return None
    arguments = fill(said, facts)
    return Reading(TOOL, arguments, 0.95) if "when" in arguments else None


_WISH = re.compile(
    r"\b(?:remind(?:ed)?(?: me)?|reminder|nudge|chase|follow(?:ing)?[- ]?up|ping me|poke|bump|snooze|on my radar|revisit|come back to|get back to (?:me|this|that|it)|give me a (?:shout|nudge|ping|ring)|resurface|defer|postpone|park (?:this|it|that)|tell me again|check (?:on|in|back)|(?:look at|bring up|show me|ask me|ask me about|see) .+ again|in touch)\b"
)


def _without_leading_time(said: Said, facts: Facts) -> Said:
    """ "Tuesday 9am remind me …": the request after the time."""
    when = moment(said, facts) if not _HEAD.match(said.norm) else None
    return said.part(when.end) if when and when.start == 0 and when.end < len(said.norm) else said


_REMINDED_OF_MINE = re.compile(r"^remind (?:me|us) of my\b")
_REMINDED_OF_A_FACT = re.compile(r"^remind (?:me|us) (?:what|who|where|which|how|why)\b")


def _makes_one(norm: str) -> bool:
    return bool(re.search(r"\b(?:remind me|set up|schedule a|add a)\b", norm)) and not norm.startswith(
        ("what", "which", "show", "list")
    )


_NUMBERED = re.compile(
    r"(?:\b(?:about|on|of|with|for)\s+)?(?:\b(?:e?-?mail|message|number|item|no\.?|nr\.?)\s*|#\s*)(\d{1,2})\b(?!\s*(?:[:.]\d|am\b|pm\b|h\b|o'?clock|days?\b(?!\s+after)|weeks?\b|hours?\b|minutes?\b|and\b))"
)
"""A mail by its number, which is no part of the time beside it: "mail 2 day after tomorrow"."""


def fill(said: Said, facts: Facts) -> dict[str, Any]:
    """When, on which mail, with what note, and whether an answer makes it needless."""
    arguments: dict[str, Any] = {}
    rest, name = _condition(said, arguments)
    numbered = _NUMBERED.search(rest.norm)
    if numbered:
        arguments["email"] = numbered[1]
        rest = rest.blanked(numbered.span())
    if when := moment(rest, facts):
        arguments["when"] = when.words
        rest = rest.blanked((when.start, when.end))
    note, rest = _note(rest)
    if note and all(word in facts.names for word in note.lower().split()):
        arguments["email"] = note
    elif note:
        arguments["note"] = note
    email = "" if "email" in arguments else _email(rest, facts, bool(note)) or name
    if email == "it" and name.lower() in facts.names:
        email = name
    if email:
        arguments["email"] = email
    if note and "email" not in arguments and (mail := _mail_in(note, facts)):
        arguments["email"] = mail
    return arguments


def _condition(said: Said, arguments: dict[str, Any]) -> tuple[Said, str]:
    """Strikes "unless they answer" out; the name inside it may be the mail's."""
    if (match := _REGARDLESS.search(said.norm)) and not re.match(
        r"(?:let me know|tell me|check)\b.*\bwhether\b", said.norm
    ):
        arguments["unless_answered"] = False
        return said.blanked(match.span()), ""
    if match := _NO_ANSWER.search(said.norm):
        arguments["unless_answered"] = True
        name = said.words(*match.span("w")) if match["w"] else ""
        return said.blanked(match.span()), "" if name.lower() in (*_NOBODY, "them", "him", "her") else name
    match = _UNLESS.search(said.norm)
    if match is None:
        return said, ""
    arguments["unless_answered"] = True
    condition = said.part(*match.span("c"))
    named = _CONDITION_NAME.match(condition.norm)
    span = (match.start(), match.end())
    if moment_words := re.search(r"\b(?:by|before|until)\s+(?!then)\S", said.norm[match.start() : match.end()]):
        span = (match.start(), match.start() + moment_words.start())
    if not named:
        return said.blanked(span), ""
    group = "f" if named["f"] else "n"
    name = condition.words(*named.span(group))
    words = [
        word
        for word in name.split()
        if word.lower() not in (*_NOBODY, "them", "him", "her", "still", "never", "has", "the", "not", "no", "does")
    ]
    return said.blanked(span), " ".join(words)


def _note(rest: Said) -> tuple[str, Said]:
    """What the reminder is for, when it is a thing to do: "to call the bank"."""
    match = re.search(
        r"\b(?:me|us|reminder|reminded|follow[- ]?up|remember|forget|nudge|alarm)\b[\s¦,]*(?:to\s|that\s|:|about having to\s)\s*(?P<n>[^\s¦].*)$",
        rest.norm,
    )
    if match is None:
        match = re.search(
            rf"¦[\s¦,]*[-–:—]\s*(?P<n>[a-z].*)$|\bremind(?:er)?(?: me)?[\s¦]+(?P<v>{_DOING}\b.*)$", rest.norm
        )
    if match is None:
        match = re.search(r"(?:^|¦[\s¦,]*)(?:to)\s+(?P<n>(?!me\b)[a-z].*)$", rest.norm)
    if match is None:
        match = _NOTED.search(rest.norm)
    if match is None:
        match = _BEGGED_FOR.match(rest.norm)
    if match is None:
        return "", rest
    group = next(name for name, value in match.groupdict().items() if value)
    inner = rest.part(*match.span(group))
    if begged := _BEGGED.search(inner.norm):
        inner = inner.part(0, begged.start())
    if to_self := re.match(r"(?:self|myself)\b[\s:,-]*", inner.norm):
        inner = inner.part(to_self.end())
    note = inner.words().strip(" ,.?!")
    if not note or _is_follow(note) or _OF_MAIL.match(inner.norm) or _TO_ANSWER.match(inner.norm):
        return "", rest
    return note, rest.blanked((match.start(group), len(rest.norm)))


_DOING = r"(?:call|ring|phone|text|pay|buy|order|send|submit|book|renew|cancel|pick|collect|bring|prepare|finish|write|do|go|get|make|ask|print|sign|file|meet|visit|water|clean|check|post|return|update|register|apply|take|wash|feed|fix|study|practise|practice|leave|attend|join|close|open|lock|start|stop|move|reply|confirm|review|talk|speak|tell|invite|transfer|deposit|install|upload|download|walk|cook|bake|vote|shop|refill|pack|deliver|charge|stretch)"
"""Verbs of things to do, for "remind pay rent" without "to"."""
_PLANNED = re.compile(rf"^[:–-]\s*(?={_DOING}\b)")
""" "tomorrow 9am: call the bank", after the time."""
_BEGGED = re.compile(
    r"[\s,.;¦–-]+(?:and |so |please |do |pls |just |can you |could you )*(?:remind|ping|nudge|alert|tell|prod) me[\s.!?]*$"
)
_BEGGED_FOR = re.compile(rf"^(?P<n>{_DOING}\b.+(?:remind|ping|nudge|alert|prod) me)[\s.!?]*$")
_OF_MAIL = re.compile(r"^(?:the |that |this )?(?:e?-?mail|message|letter)\b(?! (?:him|her|them|back))")


_NOTED = re.compile(
    r"\b(?:about|of)\s+(?P<n>(?!following|meeting|morning|evening|building|pricing|marketing|planning|training)[a-z]{2,}ing\s+\S.*)$|\"(?P<q>[^\"]+)\"|\b(?:with (?:the|a) note|note|saying|text)\s*[:,]?\s+(?P<s>\S.*)$"
)


_TO_ANSWER = re.compile(rf"^{_NEED_ANSWER}(?:[\s,¦]+(?:otherwise|or else|or|then|and then)\b.*)?[\s,¦]*$")
""" "she has till Friday to answer, otherwise ping me": hers to do."""


def _is_follow(note: str) -> bool:
    return bool(re.match(r"^(?:follow up|chase|nudge|ping|check (?:back|in))\b", note.lower()))


def _email(rest: Said, facts: Facts, noted: bool) -> str:
    """The mail: a clear number or "it"; else known names and the topic after "about"; else the words that are left."""
    unstrayed = _STRAY.sub(lambda match: "¦" * len(match.group()), rest.norm)
    if clear := re.search(rf"(?<![\w'])(?:{CLEAR})(?![\w'])", unstrayed):
        found = references(rest.part(*clear.span()), facts)
        weak = ("him", "her", "them", "they", "one", "ones", *(("it", "that", "this") if noted else ()))
        if found and clear.group().strip() not in weak:
            return found[0]
    if noted:
        return ""
    stray = rest.blanked(*(match.span() for match in _STRAY.finditer(rest.norm)))
    about = _ABOUT.search(stray.norm)
    topic = content_words(stray.mended(about.end()), _NOT_MAIL) if about else []
    names = [stray.words(*match.span()) for match in re.finditer(r"[\w&]+", stray.norm) if match.group() in facts.names]
    if names or topic:
        before = [name for name in names if name not in topic]
        return " ".join([*before, *topic])
    return " ".join(content_words(stray.mended(), _NOT_MAIL))


_ABOUT = re.compile(r"\b(?:about|regarding|concerning|re|on|of|for|with)\b:?\s*(?=[^\s¦])")
_NOT_MAIL = frozenset(
    "day days week weeks month hour hours oclock o'clock time noon later soon morning afternoon evening that's attention".split()
)


def _mail_in(note: str, facts: Facts) -> str:
    """A numbered mail or "it" inside the note: "to answer 2"."""
    if match := re.search(
        r"(?:\b(?:mail|email|message|number)\s+|#|\b(?:answer|reply to|respond to|read|open)\s+)(\d{1,3})\b",
        note.lower(),
    ):
        return match[1]
    return ""
