"""remember, recall, forget: what the person wants kept in mind, asked back, or gone."""

from __future__ import annotations

import re
from typing import Any

from tools.llm.offline.facts import Facts
from tools.llm.offline.reading import Reading
from tools.llm.offline.said import Said
from tools.llm.offline.words import content_words

REMEMBER, RECALL, FORGET = "remember", "recall", "forget"

_KEEP = re.compile(
    r"""^(?:note\ to\ self | (?:please\ )?(?:always\ )?(?:remember(?!\ (?:me|us)\b(?!\ that\b))(?:\ (?:me|us)(?=\ that\b))?|memori[sz]e|(?:keep|bear|have|hold)\ (?:it\ |this\ )?in\ (?:your\ |the\ )?(?:mind|head|memory)|notice(?:\ please)?|record(?!\ of)|(?:write|put|note|jot)\ (?:this|that|it)\ down|get\ (?:it|this|that)\ (?:into|in|through)\ your\ (?:thick\ )?(?:head|skull)|make\ (?:a\ )?(?:mental\ )?note|take\ (?:a\ )?note|take\ note|note(?:\ down)?|jot\ down|write\ down|put\ down|store|save
        |(?:don't|do\ not|never)\ (?:ever\ )?forget|learn|add\ to\ (?:your\ |my\ )?memory|commit\ to\ memory|know|be\ aware|you\ should\ know|keep\ a\ note|keep\ note|make\ sure\ you\ (?:know|remember)|log)\b
      (?:\ (?:this\ fact|this|the\ following|the\ fact|for\ (?:me|later|next\ time|the\ future)|in\ your\ memory|to\ memory|down|somewhere))*
      | for\ (?:future\ reference|the\ record|your\ (?:information|records|memory)|next\ time|later) | fyi | just\ so\ you\ know | (?:a\ )?fact | note\ to\ self | reminder\ for\ you
      | (?:this|that)\ is\ worth\ remembering)
      \s*(?:,|:|-|that\b|of\b)?\s*(?:that\b\s*)?(?P<f>.+)$""",
    re.VERBOSE,
)
_KEPT_AFTER = re.compile(
    r"^(?!(?:what|who|where|when|which|how|do|does|did|can|could)\b)(?P<f>.{4,}?)(?:\s*[,;.:–-]+\s*|\s+(?=and\b|please\b))(?:and )?(?:please )?(?:do )?(?:you (?:should|must) )?(?:(?:remember|note|save|store|memori[sz]e|learn)(?: (?:that|this|it|him|her|them))?(?: down)?|keep (?:that|this|it)(?: in mind)?|bear (?:that|this|it) in mind|(?:don't|do not|never) forget(?: (?:that|this|it))?|make (?:a )?note(?: of (?:that|it|this))?|fyi|for the record|(?:just )?so you know|for (?:future reference|next time|your information))(?: please| for (?:me|later|next time))?$"
)
_RULE = re.compile(
    r"^(?:(?:always|never)\s+(?!mind\b|forget\b|remember\b)\w+|when(?:ever)? i (?:say|write|ask|mention)\b.+\bi mean\b|important: .)"
)
"""A rule for the future; it is kept in the person's words."""
_KEPT_LAST = re.compile(
    r"^(?P<f>(?:my|our|i|i'm|we|the|[\w.-]+(?:'s)?) (?:\S+ ){1,}?\S+) (?:(?:remember|memori[sz]e)(?: (?:that|this|it))?|(?:note|save) (?:that|this|it))$"
)
_HABIT = re.compile(
    r"^(?:from now on|in (?:the )?future|going forward|as of now|by default|whenever|as a rule|generally|next time)\b[, ]*(?P<f>.+)$"
)
_STATEMENT = re.compile(
    r"^(?:(?:i|we) (?:prefer|like|love|hate|dislike|always|never|usually|don't (?:like|want|eat|work|take)|am (?:allergic|vegetarian|vegan|based|a )|'m (?:allergic|vegetarian|vegan|based|a )|live|work (?:from|at|in|on|for)|only (?:fly|eat|work|take|drink|travel|meet))"
    r"|i'm (?:allergic|vegetarian|vegan|based)|(?:my|our) [\w' -]+? (?:is|are|was|prefers?|lives?|works?|likes?|has|starts?|ends?|goes)\b|call me\b)"
)
_ASK_MEMORY = re.compile(
    r"""^(?:
      (?:tell\ me\ )?what\ (?:do|did|have|else\ do|exactly\ do)\ (?:you\ )?(?:all\ )?(?:know|remember|remembered|noted?|saved|stored|learn(?:ed|t)?|got\ (?:saved|stored|on\ file|noted|in\ memory)|have\ (?:on\ file|saved|stored|noted|in\ memory)|recall)\b(?:\ (?:about|on|of|for|regarding|saved|stored|noted|in\ memory|on\ file))*
    | what\ (?:did|have)\ i\ (?:ever\ |already\ )?(?:tell|told|say|said|ask(?:ed)?|teach|taught|mention(?:ed)?)\ (?:you|to\ you)?(?:\ to\ (?:remember|keep\ in\ mind|note))?(?:\ (?:about|on|of|regarding))?
    | what\ was\ it\ (?:that\ )?i\ (?:said|told\ you|mentioned)\b(?:\ (?:about|on))? | (?:list|show|read|open)\ (?:me\ )?your\ notes\b(?:\ (?:on|about))?
    | (?:show|tell)\ (?:me\ )?what\ (?:you've|you\ have)\ (?:learn(?:ed|t)|saved|stored|noted|remembered)\b(?:\ (?:about|on))? | what\ (?:have|do)\ you\ (?:got|have)\ (?:on|about)\b | (?:who|when|where|which|how)\ (?:did|have)\ i\ (?:say|said|tell|told|mention(?:ed)?)\b(?:\ (?:to\ )?you)?
    | do\ we\ (?:still\ )?(?:know|remember)\b | (?:do|can)\ you\ (?:still\ |happen\ to\ |by\ any\ chance\ )?(?:remember|recall|know)\b(?:\ (?:what|anything|something|about|of))*
    | (?:have|did)\ i\ (?:ever\ )?(?:told|tell|mention(?:ed)?|say|said)\ (?:to\ )?(?:you\ )?(?:anything\ )?(?:about|that|what)?
    | remind\ me\ (?:what|who|where|which|how|of\ what|about\ what)\ (?:i\ (?:said|told\ you|asked\ you)|you\ (?:know|remember)|my|is|was|were)?\b(?:\ about)?
    | recall\b(?:\ (?:what|everything|anything|all)\b)?(?:\ (?:i\ (?:said|told\ you)|you\ know))?(?:\ about|\ on)?
    | (?:list|show|see|view|display|open|what(?:'s|\ is|\ are)|which|give\ me|print|check|search)\ (?:me\ )?(?:in\ |on\ )?(?:all\ |everything\ )?(?:of\ )?(?:(?:your|my|the|our|all)\ )?(?:saved\ |stored\ )?(?:memory|memories|remembered\ \w+|facts?|things\ you\ (?:know|remember)|notes?\ (?:about|on))\b(?:\ (?:about|on|of|do\ you\ have|you\ have))*
    | (?:list|show|tell\ me)\ (?:me\ )?(?:everything|all|what(?:ever)?)\ (?:that\ )?you\ (?:know|remember|have\ (?:saved|stored|noted))(?:\ (?:about|on|of))?
    | (?:any|do\ you\ have|got)\ (?:any\ )?(?:notes?|facts?|memor(?:y|ies)|information|info)\ (?:on|about|of|for) | (?:what|which)\ (?:facts?|notes?|memories|things)\ (?:do\ you|have\ you|did\ you|you)\b(?:\ (?:have|know|got|remember(?:ed)?|save[d]?|store[d]?|on|about|of|file|there\ is))* | (?:do\ you\ have|have\ you\ got|do\ you\ know)\ my\b | (?:what|who|when|where|how)(?:'s|\ is|\ was|\ were|\ are)\ (?=.+\ again$) | where\ do\ i\ (?=live|work|park|keep|store|bank) | (?:tell|give|show)\ me\ my\b | my\b(?=.{2,40}\?\s*$) | how\ do\ i\ (?=like|prefer|take|usually|normally|always|sign|spell|greet|address|want|drink|have\ my) | memories | memory | what(?:'s|\ is|\ are|\ was|\ were)\ my\b | who(?:'s|\ is|\ are)\ my\b | when(?:'s|\ is)\ my\b | where(?:'s|\ is)\ my\ (?:home|office|desk)\b
    | which\ (?=\w+(?:\ \w+)?\ do\ i\ (?:prefer|like|use|usually)) | (?:what|how|when|where|who)\ do\ i\ (?=like|prefer|usually|always|normally)
    )\s*(?P<q>.*)$""",
    re.VERBOSE,
)
_WIPE = re.compile(
    r"""^(?:i\ (?:no\ longer\ (?:want|need)|don't\ (?:want|need))\ you\ to\ (?:remember|know|keep)|forget|unlearn|un-?remember|disremember|stop\ (?:remembering|knowing|keeping\ (?:track|a\ note|note|in\ mind)(?:\ of)?)|(?:don't|do\ not|no\ longer|no\ need\ to)\ remember|no\ longer\ (?:keep|store|save|know)|you\ should\ (?:no\ longer|not)\ (?:know|remember|keep)|(?:don't|do\ not)\ (?:keep|store|save)|(?:you\ )?(?:don't|do\ not|no\ longer)\ need\ to\ (?:know|remember)
      |(?:bin|chuck|toss|trash|dump|nuke|cancel|take\ back|take\ out|throw\ (?:away|out)|erase|wipe|scrap|strike|delete|remove|drop|discard|clear|purge|scrub|scratch|get\ rid\ of|lose)(?:\ (?:the|my|your|that|this|all|any|every|everything|what|whatever|from|fact|facts|note|notes|memory|memories|of|in)\b)*?(?=.*\b(?:memor(?:y|ies)|(?:your|the)\ records|facts?|remember(?:ed)?|you\ know|told\ you|said\ about|you\ (?:saved|stored|noted|learned|have\ on)|notes?\ (?:about|on|that|saying|of|where|with)|rules?\ (?:about|on|that|of|for)|(?:your|my|the)\ (?:notes|head|mind)\b|you\ learn(?:ed|t)|(?:bit|thing|part|stuff|info)\ (?:about|on|with|that))))
      \b\s*(?P<q>.*)$""",
    re.VERBOSE,
)
_WIPED_AFTER = re.compile(
    r"^(?P<q>.{4,}?)\s*[,;.:–-]+\s*(?:you can |please |just )?(?:forget|unlearn|erase)(?: about)? (?:it|that|this)$"
)
_FILLER = re.compile(
    r"^(?:(?:(?:the |that |this )?(?:things?|stuff|bit|part|rules?) (?=about|with|on|that|i (?:said|told)|you )|never mind|about|that|the fact that|the fact|fact|what (?:i|you) (?:said|told you|know|have|remember(?:ed)?|saved|noted|learn(?:ed|t)|stored)|what you know|saved|stored|(?<=said )re|whatever (?:i|you) \w+(?: you)?|everything|all|anything|the|my|your|of|on|regarding|memory|memories|note|notes|facts?|from|in|i (?:said|told you)|you (?:know|saved|remember)|about|you|it|that's|saying)\b[\s,:¦]*|[\s¦]+)+"
)
_ANY_MORE = re.compile(
    r"\s+(?:from (?:what|everything) you (?:know|remember|have).*|from (?:what )?(?:your )?(?:memory|memories|notes)|any ?more|any longer|please|now|again)$",
    re.IGNORECASE,
)
_REASONED = re.compile(
    r"^it(?:'s| is) (?:wrong|false|untrue|not true|no longer true) (?=that\b.*forget)|^(?:that's|that is|this is|it's|it is|they're|i was wrong|wrong)\b[^,.;]{0,40}[,.;]\s*(?:so |please |and |you can )*(?=forget (?!it\b|that$|this$))|^(?!(?:please|can|could|you|just|kindly|stop|don't|no|ok)\b)[^,.;]{6,60}[,.;]\s*(?:so |please |and |you can )*(?=forget (?!it\b|that$|this$|about (?:it|that|this|him|her|them)$|.*\b(?:him|her|them)$))"
)
_EXCUSE = re.compile(
    r"\s*[,;.–-]+\s*(?:it|that|this|he|she|they|i|we)(?:'s|'m|'re| is| was| were| are| has| have| am)?\b.*$|\s+because\b.*$",
    re.IGNORECASE,
)
"""Why it shall be forgotten: ", it was a mistake"."""
_MEMORY_WORDS = re.compile(
    r"\b(?:from|in|out of) (?:your |my |the )?(?:memory|memories|notes|head|mind|records)\b|\b(?:memory|memories)\b"
)
_IDIOM = re.compile(r"^(?:forget (?:it|that|about it|this)|never ?mind)$")


def claim(said: Said, facts: Facts) -> Reading | None:
    """The first of the three that fits."""
    forgotten = None if facts.draft and _PART_OF_DRAFT.match(said.norm) else _forget(said)
    return _recall(said) or forgotten or _remember(said)


_PART_OF_DRAFT = re.compile(
    r"^(?!forget\b)(?!.*\b(?:memor|remember|you know|told you|records))\w+ .*\b(?:bit|part|note|notes|rule|line|sentence|paragraph)\b"
)
""" "drop the note about parking" means the open draft, unless the memory is named."""


def _remember(said: Said) -> Reading | None:
    for form, certainty in ((_KEPT_AFTER, 0.96), (_KEPT_LAST, 0.95), (_KEEP, 0.97), (_HABIT, 0.9)):
        if match := form.match(said.norm):
            if said.norm.startswith(
                ("save", "store", "log", "put", "learn", "know", "write down", "note")
            ) and re.search(r"\b(?:attachment|file|chart|report|draft|email as|pdf)\b", said.norm):
                certainty = 0.4
            return Reading(REMEMBER, {"fact": _fact(said, match.span("f"))}, certainty)
    if _RULE.match(said.norm):
        return Reading(REMEMBER, {"fact": said.words()}, 0.9)
    if _STATEMENT.match(said.norm) and not said.norm.endswith("?"):
        return Reading(REMEMBER, {"fact": said.words()}, 0.6)
    return None


def _fact(said: Said, span: tuple[int, int]) -> str:
    return said.words(*span).strip(" \"'.:")


def _recall(said: Said) -> Reading | None:
    norm = said.norm.rstrip("?! .")
    match = (
        _ASKED_AFTER.match(norm)
        or _ASK_MEMORY.match(norm + ("?" if norm.startswith("my ") and "?" in said.norm else ""))
        or _ASK_NOTED.match(norm)
        or _asked_in_passing(said.norm)
    )
    if match is None:
        return None
    query = _asked_about(said.part(*match.span("q"))) if match["q"] else ""
    about_mail = re.search(
        r"\b(?:e?-?mails?|messages?|inbox|follow[- ]?ups?|reminders?|drafts?|unread|latest|newest|last|next|(?<!on )files?|spreadsheet|\.csv|schedule[d]?)\b",
        norm,
    )
    return Reading(RECALL, {"query": query} if query else {}, 0.4 if about_mail else 0.95)


def _asked_about(rest: Said) -> str:
    """The words asked about as they were said, from the first that carries a topic to the last."""
    words = rest.mended().split()
    telling = [bool(content_words(word, _ASKING)) for word in words]
    if not any(telling):
        return ""
    first, last = telling.index(True), len(telling) - telling[::-1].index(True)
    kept = [word for word, tells in zip(words[first:last], telling[first:last], strict=True) if tells or word in _LINKS]
    return re.sub(r"'s$", "", " ".join(kept).strip(" .,;:!?\"'"))


_LINKS = frozenset("per without over under up out off".split())
"""Small words that carry meaning between two others: "charge per hour"."""
_ASK_NOTED = re.compile(
    r"""^(?:(?:have|did|do|has)\ (?:you|i|we)\ (?:got\ |have\ |ever\ |already\ )*(?:(?:anything|something|any\ \w+|what)\ )?(?:note|noted|save|saved|store|stored|keep|kept|record|recorded|written\ down|write\ down|memori[sz]ed?)\b(?:\ down)?(?:\ (?:anything|something|any\ \w+|about|on|for|regarding|concerning))*
    | (?:anything|something|what(?:'s|\ is)?)\ (?:saved|stored|noted|remembered|kept)\b(?:\ (?:about|on|for|regarding|in\ (?:your|the)\ (?:memory|notes)))*
    | (?:(?:read|show|give|list|find|look\ up|check|see|tell|get|open|view|search)\ (?:me\ )?(?:back\ |out\ )?(?:to\ me\ )?)?(?:through\ |in\ )?(?:all\ )?(?:my|your|the|our)\ notes?\b(?!\ (?:from|by|to|at|in)\b)(?:\ (?:about|on|of|for|regarding))*
    | (?:show|list|tell|give)\ (?:me\ )?what\ (?:all\ )?you(?:'ve|\ have)?\ (?:got\ )?(?:saved?|stored?|noted?|learn(?:ed|t)|remember(?:ed)?|kept|know)\b(?:\ (?:about|on|of))*
    | (?:what|which)\ (?:rules?|facts?|things|instructions?|preferences?|notes?)\ (?:have|did)\ i\ (?:give|given|gave|tell|told|teach|taught|set|leave|left)\b(?:\ you)?(?:\ (?:about|on|for))*
    | remind\ (?:me|us)\ of\ (?=my\b)
    | what\ did\ we\ say\b(?:\ (?:about|on))?
    )\s*(?P<q>.*)$""",
    re.VERBOSE,
)
"""Notes, rules and things stored, asked for without naming the memory."""
_ASKED_AFTER = re.compile(
    r"^(?:what|when|who|whose|where|which|how)(?:'s| is| are| was| were| do| does)?\b (?P<q>.+?)[\s,.;?–-]+(?:did i (?:ever )?(?:tell|say to|mention to) you|have i (?:ever )?told you|(?:do|can) you (?:still )?(?:remember|recall|know)|i(?:'ve| have)? (?:already )?(?:told you|mentioned|said)(?: (?:before|once|about it|it|that|this))*)$"
)
"""A question with "do you remember" after it."""


def _asked_in_passing(norm: str) -> re.Match[str] | None:
    """ "anything you remember about Ana?", "look in your memory …": a question that names the memory somewhere."""
    if not _QUESTION.match(norm) or not _OF_MEMORY.search(norm):
        return None
    return re.match(r"(?P<q>.*)", norm)


_QUESTION = re.compile(
    r"^(?:what|who|when|where|which|how|do|does|did|is|are|have|has|any|anything|tell me|show|look|list|check|search|see|give|find)\b"
)
_OF_MEMORY = re.compile(
    r"\b(?:in|from|to) (?:your |the )?memory\b|\byou (?:still )?(?:remember|know|recall|have noted|have saved|have stored)\b|\bkeep in mind\b|\bin (?:your|the) notes\b|\bi (?:told|asked) you\b"
)
_ASKING = frozenset(
    "tell told said say know known remember remembered anything everything memory memories recall saved stored asked mentioned learned learnt far happen look mind keep again like-ish note notes noted save store mind info information".split()
)


def _forget(said: Said) -> Reading | None:
    if _IDIOM.match(said.norm):
        return Reading(FORGET, {}, 0.9, "What should I forget? Say it like “forget that I prefer aisle seats”.")
    if reason := _REASONED.match(said.norm):
        said = said.part(reason.end())
    match = _TAKEN_OUT.match(said.norm) or _WIPE.match(said.norm) or _WIPED_AFTER.match(said.norm)
    if match is None:
        return None
    return Reading(FORGET, {"query": _forgotten(said.part(*match.span("q")) if match["q"] else None)}, 0.97)


_TAKEN_OUT = re.compile(
    r"^(?:take|get|put|leave) (?P<q>.+?) (?:out of|off|from) (?:your |the |my )?(?:memory|memories|notes|head|mind|records|brain)$"
)


def _forgotten(rest: Said | None) -> str:
    if rest is None:
        return "everything"
    text = _MEMORY_WORDS.sub(lambda match: "¦" * len(match.group()), rest.norm)
    filler = _FILLER.match(text)
    start = filler.end() if filler else 0
    words = rest.blanked(*(match.span() for match in _MEMORY_WORDS.finditer(rest.norm))).part(start)
    query = words.words().replace("¦", "").strip(" \"'.,:;")
    query = _ANY_MORE.sub("", _EXCUSE.sub("", query))
    if not content_words(query):
        return "everything" if re.search(r"\b(?:everything|all|memory|memories)\b", rest.norm) else rest.words()
    return query


def fill(tool: str, said: Said, facts: Facts) -> dict[str, Any]:
    """The fact or the topic from any phrasing."""
    reading = claim(said, facts)
    if reading is not None and reading.tool == tool and not reading.missing:
        return reading.arguments
    if tool == REMEMBER:
        return {"fact": said.words()}
    query = " ".join(content_words(said.words(), _ASKING | {"forget", "delete", "remove", "erase", "stop", "longer"}))
    return {"query": query} if query else ({} if tool == RECALL else {"query": said.words()})
