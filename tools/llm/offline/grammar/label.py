"""label_email: "label 2 and 3 as Finance", "put all of them under Travel", "take the Travel label off the last one"."""

from __future__ import annotations

import re
from typing import Any

from tools.llm.offline.facts import Facts
from tools.llm.offline.grammar.labelled import Found, label_mentions, spelled
from tools.llm.offline.reading import Reading
from tools.llm.offline.references import CLEAR, references
from tools.llm.offline.said import Said

TOOL = "label_email"

_VERB = r"(?:re-?label|label|tag|mark|file(?: away)?|categori[sz]e|classify|sort|flag|move|put|stick|set|add|apply|give|assign|attach|slap|stamp|use|make|place|drop|store|organi[sz]e|group|pop|chuck|throw|shove|bung|brand|allocate)"
_TAKE = (
    r"(?:strike|wipe|scrub|rip|erase|kick|remove|take|drop|delete|strip|clear|pull|get rid of|lose|peel|undo|detach)"
)
_L = r"[\"']?(?P<l>[^\"',;:]+?)[\"']?"
_TAG = r"(?:labels?|tags?|category|folder)"

_OPINION = re.compile(
    r"^(?:(?:i (?:think|guess|believe|suppose|say)|looks like|it seems|seems like|actually)\s+(?:that\s+)?)(?=\S)"
)
_REMOVING = (
    re.compile(rf"^(?:the )?{_L}(?: {_TAG})? (?:doesn't|does not|don't|shouldn't|should not) (?:belong|be|go|apply|fit) (?:on|to|in|with|for) (?P<r>.+)$"),
    re.compile(rf"^no (?:more )?{_L} {_TAG} (?:on|for) (?P<r>.+)$"),
    re.compile(rf"^get (?:the |that )?(?:{_TAG} )?{_L}(?: {_TAG})? (?:off|away from|out of)(?: of)? (?P<r>.+)$"),
    re.compile(rf"^{_TAKE} (?:away |off )?(?:the |a |my |that )?{_TAG} {_L} (?:from|off|off of|on|of) (?P<r>.+)$"),
    re.compile(rf"^{_TAKE} (?:away |off )?(?:the |a |my |that )?{_L} {_TAG} (?:away )?(?:from|off|off of|on|of) (?P<r>.+)$"),
    re.compile(rf"^{_TAKE} (?:away |off )?(?:the |a |my |that )?{_L} {_TAG}(?: again| off)?$"),
    re.compile(rf"^(?:un-?label|un-?tag|un-?mark|un-?file|un-?flag|de-?label) (?P<r>.+?) (?:as|from|with|of) (?:the )?{_L}(?: {_TAG})?$"),
    re.compile(rf"^{_TAKE} (?P<r>.+?) (?:out of|from|off) (?:the )?{_L} {_TAG}$"),
    re.compile(rf"^{_TAKE} (?:away |off )?{_TAG} {_L} (?:from|off|off of|on) (?P<r>.+)$"),
    re.compile(rf"^(?:the )?(?:{_TAG} {_L}|{_L.replace('<l>', '<l2>')} {_TAG}) (?:must|should|has to|can|needs to|shall) (?:be |get )?(?:go|come|removed|taken|deleted|gone|dropped|disappear)(?: away| off)?(?: from| off)? (?P<r>.+)$"),
    re.compile(rf"^(?:can|could|may|might|should|would) (?P<r>.+?) (?:be|get) (?:un-?labell?ed|un-?tagged) (?:as |from |with )?(?:the )?{_L}(?: {_TAG})?$"),
    re.compile(rf"^(?P<r>.+?) (?:is not|isn't|aren't|are not|shouldn't be|should not be|is no longer|are no longer|doesn't belong (?:in|under|to)|don't belong (?:in|under|to)|does not belong (?:in|under|to)) (?:labell?ed |tagged |filed |marked )?(?:as |under |in |with )?(?:the )?{_L}(?: {_TAG})?$"),
)  # fmt: skip
_CONNECTORS = ("as", "under", "with", "into", "in", "to", "for")
_VERB_HEAD = re.compile(rf"^{_VERB}\b\s*")
_LABELLING = re.compile(r"^(?:re-?label|label|tag|categori[sz]e|classify|mark|file|sort|flag|stamp)\b")
_CARRYING = re.compile(r"^(?:move|put|stick|place|drop|store|organi[sz]e|group|file)\b")
_ARROW = re.compile(rf"^(?P<r>.+?)\s*(?:->|=>|→|(?<=\d)\s=\s)\s*{_L}$")
_LABEL_FIRST = (
    re.compile(rf"^(?:the |a |my )?(?:new )?{_TAG} {_L} (?:on|to|onto|for) (?P<r>.+)$"),
    re.compile(rf"^(?:set|change|make|put|switch) (?:the )?{_TAG} (?:of|for|on) (?P<r>.+?) (?:to|as|=) (?:the )?{_L}$"),
    re.compile(rf"^(?:(?:i|we) (?:want|need|would like|'d like) |have |get |want |need )(?P<r>.+?) (?:labell?ed|tagged|filed|marked|categori[sz]ed|classified) (?:as |under |with |in )?{_L}$"),
    re.compile(rf"^(?:add|apply|put|stick|slap|attach|assign|use|set|place|stamp|give)(?: on)? (?:the |a |an |my )?(?:new )?{_TAG}(?: of| called| named)? {_L} (?:to|on|onto|for|against) (?P<r>.+)$"),
    re.compile(rf"^(?:add|apply|put|stick|slap|attach|assign|use|set|place|stamp|give)(?: on)? (?:the |a |an |my )?(?:new )?{_L} {_TAG} (?:to|on|onto|for|against) (?P<r>.+)$"),
    re.compile(rf"^(?:give|assign|set) (?P<r>.+?) (?:the |a |an |my )?(?:new )?{_L} {_TAG}$"),
    re.compile(rf"^(?:give|assign|set) (?P<r>.+?) (?:the |a |an |my )?(?:new )?{_TAG} (?:of |as |to )?{_L}$"),
    re.compile(rf"^(?:make|create|add|start|set up)(?: me)? (?:a |the )?(?:new )?{_TAG}(?: called| named)? {_L},? and (?:then )?(?:put|add|apply|use|stick|move|give|attach|tag)(?: it)?(?: to| on| with)? (?P<r>.+?)(?: (?:in|into|under|with|to|on) it)?$"),
    re.compile(rf"^(?P<r>{CLEAR}(?:\s*(?:,|and|&|\+)\s*{CLEAR})*) (?:labell?ed|tagged|filed|marked)(?: as| under| with| in)? {_L}$"),
    re.compile(r"^(?:put|stick|slap|add|attach|apply) [\"'](?P<l>[^\"']+)[\"'] (?:on|onto|to) (?P<r>.+)$"),
    re.compile(rf"^(?:(?:i|we) )?(?:want|need|have|would like) (?P<r>.+?(?:e?-?mail|message|letter|thread|one|\d)s?) (?:in|under|filed under|with) (?:the )?{_L}(?: {_TAG})?$"),
    re.compile(rf"^{_TAG} as {_L}\s*[:;,]\s*(?P<r>.+)$"),
    re.compile(rf"^(?:the )?{_TAG}(?: for| of| on) (?P<r>.+?) (?:should be|is|to|must be|=|:) {_L}$"),
    re.compile(rf"^(?P<r>.+?) (?:should|must|needs? to|has to|have to|ought to|can|is to|are to) (?:be |get |go |have |carry )(?:labell?ed |tagged |filed |marked |categori[sz]ed |put |classified )?(?:as |under |in |into |with |to )?(?:the |a )?{_L}(?: {_TAG})?$"),
    re.compile(rf"^(?P<r>.+?) (?:belongs?|goes|go) (?:in|into|under|to|with) (?:the |my )?{_L}(?: {_TAG})?$"),
    re.compile(rf"^(?P<r>.+?) (?:gets?|needs?|takes?|wants?) (?:the |a |an )?{_L} {_TAG}$"),
    re.compile(rf"^(?:the )?{_L} {_TAG} (?:on|to|onto|for) (?P<r>.+)$"),
    re.compile(rf"^(?:can|could|may|might|should|would) (?P<r>.+?) (?:be|get|have) (?:labell?ed|tagged|filed|marked|put|moved|given|sorted|categori[sz]ed|classified)? ?(?:the |a )?(?:label |tag )?(?:as |under |in |into |with )?(?:the )?{_L}(?: {_TAG})?$"),
    _ARROW,
)  # fmt: skip
_IS = re.compile(
    rf"^(?P<r>{CLEAR}(?:\s*(?:,|and|&)\s*{CLEAR})*)(?: here| listed| shown)?(?: is| are|'s| was| were)(?: all| both| clearly| just| also)? (?:a |an |the )?(?P<l>[\w&/ +-]+)$"
)
_TOPIC_IS = re.compile(
    r"^(?P<r>(?:the|that|this) (?:[\w'-]+ ){1,4}(?:e?-?mail|message|letter|thread|one)s?)(?: is| are)(?: clearly| also)? (?:a |an |the )?(?P<l>[\w&/ +-]+)$"
)
_GETS = re.compile(
    r"^(?P<r>.+?) (?:gets?|should get|should go|goes|go|belongs?|is for|are for)(?: in| into| under| to| with)? (?:the |my )?(?P<l>[\w&/ +-]+)$"
)
_PAIR = re.compile(rf"^(?P<r>{CLEAR}(?:\s*(?:,|and|&|\+)\s*{CLEAR})*)\s*[:,–-]?\s+(?P<l>[\w&/ +-]+)$")
_NOT_LABELS = frozenset(
    "read unread trash bin archive spam junk deleted done seen the me it that them draft calendar later tomorrow reply answer sent".split()
)
_SEARCHING = re.compile(
    r"^(?:show|find|search|list|look|which|what|any|who|how|where|is there|are there|do i|have i|did|has|open|read|display|see|pull|get me)\b"
)
_LABEL_WORD = re.compile(
    rf"\b(?:un|re-?|de-?)?(?:label|tag|mark|file|flag|categori[sz]e|classify)(?:l?ed|g?ed|d)?\b|\b{_TAG}\b|\b(?:put|move|stick|belongs?|goes|sort|add|stamp|slap|apply|assign)\b"
)
_STEERING = (
    rf"\b(?:{_VERB}|{_TAKE}|(?:un|re|de)-?(?:label|tag|mark|file)|labell?ed|tagged|marked|filed|flagged|{_TAG}|off|not|no longer|any ?more|any longer|why|is|are|be|been|was|were|as|under|in|into|to|from|of|on"
    r"|with|should|shouldn't|must|needs?|can|could|would|have|has|had|gets?|given|get|goes|go|belongs?|instead|accordingly|again|new|too|also|now|please|isn't|aren't|doesn't|don't|called|named|a|an)\b|[\":.!?;]|(?<!\w)'|'(?!\w)"
)
_CLEAR = re.compile(rf"(?<![\w'])(?:{CLEAR})(?![\w'])")
_LISTED = re.compile(rf"[\s¦]*(?:{CLEAR})(?:[\s¦,&+]*(?:and[\s¦]+)?(?:{CLEAR}))*[\s¦]*")
_DESCRIBED = re.compile(
    r"^(?!.*\b(?:be|is|are|was|were|get|gets|not|should|must|isn't|aren't|shouldn't|why|want|need)\b).*\w\s+(?:labell?ed|tagged|marked|filed)\b"
)
"""Mails that bear a label: asked for, not labelled."""
_ASKED_FOR = re.compile(
    r"^(?:everything|anything|all)(?: \w+)? (?:labell?ed|tagged|filed|marked)\b.+\b(?:with an?|with (?:files|attachments?)|from|since|that|which|this|last|yesterday|today)\b"
)
""" "everything tagged Jobs with an attachment"."""
_POINTER = re.compile(
    r"\d|\b(?:first|second|third|fourth|fifth|last|all|both|it|this|that|these|those|them|one|two|three|four|five)\b"
)
_WEAK = re.compile(r"(?:it|this|that|them|they|him|her)$")
_OFF = re.compile(
    rf"^(?:{_TAKE})\b|\b(?:off|un-?(?:label|tag|mark|file)|de-?label|not|no longer|any ?more|any longer|shouldn't|isn't|aren't|doesn't|don't|wrongly|by mistake|remove|delete|take (?:it )?away|drop|strip|clear)\b"
)
_NO_NAME = re.compile(r"^(?:the|a|an|my|new|as|label|tag|damn|bloody|stupid|silly|usual)\s+")
_TAIL = re.compile(rf"\s+(?:{_TAG})$")


def claim(said: Said, facts: Facts) -> Reading | None:
    """Whether this puts a label on mails or takes one off."""
    if _ASKED_FOR.match(said.norm):
        return None
    if opinion := _OPINION.match(said.norm):
        said = said.part(opinion.end())
    return _best([_removal(said, facts) or _labelling(said, facts), _mentioned(said, facts)])


def _best(found: list[Reading | None]) -> Reading | None:
    return max((one for one in found if one), key=lambda one: one.certainty, default=None)


def _mentioned(said: Said, facts: Facts) -> Reading | None:
    """ "that second one should not be labelled Bills any more": a label that exists or is quoted, and words of labelling."""
    mentions = label_mentions(said, facts) or _quoted(said, facts)
    if not mentions or _SEARCHING.match(said.norm):
        return None
    mention = mentions[-1]
    around = said.blanked((mention.start, mention.end))
    if _DESCRIBED.search(around.norm) or not (_LABEL_WORD.search(around.norm) or _only_pointing(around)):
        return None
    rest = _without(around, _STEERING)
    clear = [match for match in _CLEAR.finditer(rest.norm) if match.group().strip()]
    pointed = [match for match in clear if not _WEAK.match(match.group())] or clear[:1]
    spoken = rest.part(pointed[0].start(), pointed[-1].end()) if pointed else rest
    remove = bool(_OFF.search(around.norm))
    return _reading(spoken, mention.name, remove, facts, 0.9 if pointed and _LISTED.fullmatch(spoken.norm) else 0.6)


def _only_pointing(around: Said) -> bool:
    """Whether nothing but clear references, small words and one verb stands beside the label: "call 3 …", "… for 2"."""
    rest = _without(_without(around, _STEERING), r"\b(?:for|the|and|all|away|up|my|this|that)\b|[,&+]")
    others = re.sub(r"[¦\s]+", " ", _CLEAR.sub("", rest.norm)).split()
    return bool(_POINTER.search(around.norm)) and len(others) <= (1 if around.norm.startswith(tuple(others[:1])) else 0)


def _quoted(said: Said, facts: Facts) -> list[Found]:
    return [
        Found(spelled(said.words(*match.span(1)), facts), *match.span())
        for match in re.finditer(r'["\']([^"\']{1,40})["\'](?=[\s.!?]*$)', said.norm)
    ]


def _removal(said: Said, facts: Facts) -> Reading | None:
    if found := _known_untagging(said, facts):
        return found
    for form in _REMOVING:
        if (match := form.match(said.norm)) is None:
            continue
        groups = match.groupdict()
        place = "l" if groups.get("l") else "l2"
        label = _name(said, match.span(place), facts) if groups.get(place) else ""
        if groups.get(place) and not label:
            continue
        phrase = said.part(*match.span("r")) if groups.get("r") else None
        certain = bool(re.search(rf"\b{_TAG}\b|^un|^de-?label", said.norm)) or label in facts.labels
        return _reading(phrase, label, True, facts, 0.97 if certain else 0.5)
    return _known_removal(said, facts) or _bare_untagging(said, facts)


def _known_removal(said: Said, facts: Facts) -> Reading | None:
    """ "remove Finance from 3", "take 2 out of Travel": only with a label that exists."""
    mentions = label_mentions(said, facts)
    if not mentions or not re.match(rf"^{_TAKE}\b", said.norm):
        return None
    mention = mentions[-1]
    before = re.sub(rf"^{_TAKE}\b", lambda match: "¦" * len(match.group()), said.norm[: mention.start])
    rest = said.blanked((0, len(before) - len(before.lstrip("¦"))), (mention.start, mention.end))
    phrase = _without(rest, r"\b(?:out of|off of|from|off|the|label|tag|away)\b")
    return _reading(phrase, mention.name, True, facts, 0.95)


def _known_untagging(said: Said, facts: Facts) -> Reading | None:
    """ "untag 3 Travel"."""
    head = re.match(r"^(?:un-?label|un-?tag|un-?mark|un-?file)\s+", said.norm)
    mentions = label_mentions(said, facts)
    if head is None or not mentions:
        return None
    rest = said.blanked(head.span(), (mentions[-1].start, mentions[-1].end))
    return _reading(rest, mentions[-1].name, True, facts, 0.97)


def _bare_untagging(said: Said, facts: Facts) -> Reading | None:
    """ "untag the last one": which label is asked back."""
    head = re.match(r"^(?:un-?label|un-?tag)\s+(?=\S)", said.norm)
    return _reading(said.part(head.end()), "", True, facts, 0.95) if head else None


def _without(said: Said, words: str) -> Said:
    return said.blanked(*(match.span() for match in re.finditer(words, said.norm)))


def _labelling(said: Said, facts: Facts) -> Reading | None:
    for form in _LABEL_FIRST:
        if (match := form.match(said.norm)) and (label := _name(said, match.span("l"), facts)):
            if (
                form is _ARROW
                and label not in facts.labels
                and not _LISTED.fullmatch(said.norm[slice(*match.span("r"))])
            ):
                continue
            explicit = bool(re.search(rf"\b{_TAG}\b|->|=>|→|labell?ed|tagged", said.norm))
            certainty = 0.97 if label in facts.labels else (0.93 if explicit else 0.4)
            return _reading(said.part(*match.span("r")), label, False, facts, certainty)
    head = _VERB_HEAD.match(said.norm)
    if head is None:
        return _stated(said, facts)
    return (
        _quoted_last(said, head.end(), facts)
        or _connected(said, head.end(), facts)
        or _label_last(said, head.end(), facts)
    )


def _quoted_last(said: Said, start: int, facts: Facts) -> Reading | None:
    """'tag 1, 2 and 5 "Q1 close"'."""
    match = re.match(
        r"^(?P<r>.+?)(?: (?:as|with|under|in|into|to))?(?: (?:the )?(?:new )?(?:label|tag|folder))? [\"'](?P<l>[^\"']+)[\"'][\s.!]*$",
        said.norm[start:],
    )
    if match is None or not _LABELLING.match(said.norm):
        return None
    label = _name(said, (start + match.start("l"), start + match.end("l")), facts)
    return _reading(said.part(start, start + match.end("r")), label, False, facts, 0.97) if label else None


def _stated(said: Said, facts: Facts) -> Reading | None:
    """ "these are all Travel": only with a label that exists, and mails that are clearly pointed at."""
    match = _IS.match(said.norm) or _TOPIC_IS.match(said.norm) or _GETS.match(said.norm) or _PAIR.match(said.norm)
    if match is None:
        return None
    label = spelled(said.words(*match.span("l")), facts)
    return _reading(said.part(*match.span("r")), label, False, facts, 0.92) if label in facts.labels else None


def _connected(said: Said, start: int, facts: Facts) -> Reading | None:
    """ "label <mails> as <label>"; "tag with <label>" means the mail in sight."""
    for word in _CONNECTORS:
        places = list(re.finditer(rf"(?:^|(?<=\s)){word} ", said.norm[start:]))
        if not places:
            continue
        place = places[-1]
        if re.match(r"\d", said.norm[start + place.end() :]):
            continue
        label = _name(said, (start + place.end(), len(said.norm)), facts)
        known = label in facts.labels
        if not label or (len(label.split()) > 3 and not known):
            continue
        labelling = _LABELLING.match(said.norm) and word in ("as", "under", "with", "into", "to", "in")
        carrying = _CARRYING.match(said.norm) and word in ("under", "in", "into", "to", "with")
        if not known and not labelling and not (carrying and re.search(rf"\b{_TAG}\b", said.norm)):
            continue
        if (
            not known
            and word in ("with", "in", "to", "for")
            and not re.search(r"^(?:label|tag|file|categori|classify|sort)", said.norm)
        ):
            continue
        certainty = 0.97 if known or re.match(r"^(?:label|tag|re-?label|categori|classify|mark)", said.norm) else 0.85
        return _reading(said.part(start, start + place.start()), label, False, facts, certainty)
    return None


def _label_last(said: Said, start: int, facts: Facts) -> Reading | None:
    """ "label 2 Finance", "tag Travel: 1 and 4"."""
    if not re.match(r"^(?:re-?label|label|tag|mark|file|put|move|add)\b", said.norm):
        return None
    mentions = [mention for mention in label_mentions(said, facts) if mention.start >= start]
    if mentions:
        mention = mentions[-1] if mentions[-1].end >= len(said.norm) - 6 else mentions[0]
        rest = _without(
            said.blanked((0, start), (mention.start, mention.end)),
            rf"\b(?:{_TAG}|as|(?<!\d )to|the new)\b|[\":]|(?<!\w)'|'(?!\w)",
        )
        return _reading(rest.part(start), mention.name, False, facts, 0.95)
    return _new_label_last(said, start, facts)


def _new_label_last(said: Said, start: int, facts: Facts) -> Reading | None:
    match = re.match(r"^(?P<r>.+?)[\s:]+[\"']?(?P<l>[\w&/+-]+)[\"']?$", said.norm[start:])
    if not match or not re.match(r"^(?:re-?label|label|tag)\b", said.norm):
        return None
    span = (start + match.start("l"), start + match.end("l"))
    label = _name(said, span, facts)
    if (
        not label
        or label.isdigit()
        or label.lower() in ("one", "them", "it", "all", "first", "second", "third", "last")
    ):
        return None
    certainty = 0.95 if label in facts.labels else 0.9
    return _reading(said.part(start, start + match.end("r")), label, False, facts, certainty)


def _name(said: Said, span: tuple[int, int], facts: Facts) -> str:
    """The label's name, without "the … label" around it; "" when it cannot be one."""
    words = said.words(*span).strip(" \"'.,;:!?")
    words = _TAIL.sub("", _NO_NAME.sub("", words))
    words = re.sub(r"^(?:the|a|an|my|label|tag)\s+", "", words, flags=re.IGNORECASE).strip(" \"'")
    if not words or words.lower() in _NOT_LABELS or len(words) > 40 or words.isdigit():
        return ""
    return spelled(words, facts)


def _reading(phrase: Said | None, label: str, remove: bool, facts: Facts, certainty: float) -> Reading:
    emails = references(phrase, facts) if phrase is not None else []
    arguments: dict[str, Any] = {"emails": emails or ["it"], "label": label}
    if remove:
        arguments["remove"] = True
    if remove and not label:
        certainty = min(certainty, 0.95)
    missing = "" if label else "Which label?"
    return Reading(TOOL, arguments, certainty, missing)


def fill(said: Said, facts: Facts) -> dict[str, Any]:
    """Mails and label from any phrasing."""
    if (reading := claim(said, facts)) is not None and not reading.missing:
        return reading.arguments
    remove = bool(re.search(rf"\b(?:{_TAKE}|un-?label|un-?tag|without|no longer|not)\b", said.norm))
    mentions = label_mentions(said, facts)
    if not mentions:
        return {}
    mention = mentions[-1]
    rest = _without(
        said.blanked((mention.start, mention.end)), rf"\b(?:{_VERB}|{_TAKE}|labell?ed|tagged|filed|{_TAG}|off)\b"
    )
    arguments: dict[str, Any] = {"emails": references(rest, facts) or ["it"], "label": mention.name}
    return {**arguments, "remove": True} if remove else arguments
