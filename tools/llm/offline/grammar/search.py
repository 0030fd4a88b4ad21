"""search_inbox: whose mail, about what, from when, under which label, unread, with files, or waiting for an answer."""

from __future__ import annotations

import re
from typing import Any

from tools.llm.offline.facts import Facts
from tools.llm.offline.grammar.labelled import named_label
from tools.llm.offline.grammar.needs import asks_what_needs_me
from tools.llm.offline.grammar.senders import sender_in
from tools.llm.offline.reading import Reading
from tools.llm.offline.said import Said
from tools.llm.offline.times import stretch
from tools.llm.offline.words import MAIL_NOUNS, content_words

TOOL = "search_inbox"

_STRONG = re.compile(
    r"^(?:(?:do|run|make) (?:an?|another|the) (?:quick )?search|pull (?:everything|all|anything|any|the)|search|find|look (?:for|up|through)|looking for|searching for|trying to find|locate|hunt (?:for|down)|dig (?:up|out|for)|after (?=the|an?|my)|track down|seek|fetch"
    r"|filter|where(?:'s| is| are| did)|list|any(?:thing)? (?:new|unread)|(?:check|scan|go through) (?:my |the )?(?:e?-?mails?|inbox|mailbox))\b"
)
_MAIL = re.compile(r"\b(?:e?-?mails?|messages?|inbox|mailbox|threads?|correspondence|letters?|unread|newsletters?)\b")
_ASKING = re.compile(
    r"^(?:show|list|see|get|give|bring|pull|display|view|what|which|any|anything|is there|are there|do i have|do we have|have i got"
    r"|did|has|have|when did|who|how many|got|everything|all|only|just|most|let me see|i need|i'm missing|i can't find|more)\b"
)
_ANYBODY = re.compile(
    r"^(?:did|has|have|who) (?:anyone|anybody|someone|somebody|they|he|she|else)?\s*(?:ever |already )?(?:mention(?:s|ed)?|written?|wrote|writes?|sent|send|said|say|asked?|talked?|e?-?mailed|complained?)\b"
)
_MANY = re.compile(
    r"\b(?:everything|anything|all|any|e?-?mails|messages|letters|threads|correspondence|whatever|stuff|list)\b"
)
_UNREAD = re.compile(
    r"\b(?:unread|unopened|unseen|(?:not|haven't|hasn't|have not|has not|never|didn't|not been|been) (?:yet )?(?:read|opened|seen|looked at)(?: yet)?"
    r"|(?:yet )?to (?:be )?read yet|still to read|(?:any|anything|what's|what is) new\b(?! (?:from|in) (?:the )?(?:memory|files?))|new (?:e?-?mails?|messages?|ones?|stuff))\b"
)
_READ = re.compile(
    r"\b(?:already (?:read|opened|seen)|(?:i've|i have|that were|which were) (?:already )?(?:read|opened|seen)|not unread|read (?:e?-?mails?|messages|ones))\b(?! (?:from|about))"
)
_WITH_FILE = re.compile(
    r"\b(?:(?:with|has|have|having|contain(?:s|ing)?|include[sd]?|including|carry|carrying|got|w)\b/?\s*(?:an? |any |some |the )?(?:\w+ )?(?:attachments?|files?|documents? attached|attached files?)(?: attached)?"
    r"|(?:that |which )?(?:has |have |had |with )?(?:an? |any )?(?:files?|documents?|something|anything|stuff) attached|attachments?(?: only)?|attached(?: files?)?)\b"
)
_FILE_KIND = re.compile(
    r"\b(?:with|has|have|having|containing|includes?)\s+(?:an?\s+|any\s+|some\s+)?(pdfs?|spreadsheets?|images?|photos?|pictures?|csvs?|excel(?: files?)?|word docs?|docs?|documents?|zips?)\b(?!\s+(?:about|of\b))(?:\s+(?:attached|files?|attachments?))?|\b(pdfs?|csv|excel|zip) (?:attachments?|attached|files?)\b|\b(?:that|the|this|an?|any|all|those|which|some)\s+(?:pdfs?|attachments?|spreadsheets?|excel files?|word docs?|zips?)(?=\s+(?:from|by|that|which|about|he|she|they|i got|sent)\b)"
)
_WITHOUT_FILE = re.compile(
    r"\b(?:without|no|w/o|not having|with no|lacking|don't have|doesn't have)\s+(?:an? |any )?(?:attachments?|files?|attached \w+)\b|\bnothing attached\b"
)
_ABOUT = re.compile(
    r"\b(?:about|regarding|concerning|re|on the (?:subject|topic) of|to do with|mention(?:s|ing|ed)?|related to|relating to|titled|called|subject|discuss(?:es|ing)?|talk(?:s|ing)? about)\b:?"
)
_NEWS = re.compile(
    r"\b(?:any|an|some|the)?\s*(?:updates?|news|word|information|info|progress)\s+(?=on|about|from|regarding|concerning|¦|$)|\bwhat's the latest\b|\bthe latest (?:on|about|from)\b|\bwhere (?:someone|somebody|they|he|she|we)\b"
)
_QUOTED = re.compile(r'"([^"]{1,200})"')
_VERBS = frozenset(
    """search searching find finding look looking for locate hunt dig seek fetch filter show showing shows listing see
    go through pull bring get know tell need want read unread opened seen written wrote write
    writes sent send sends sending mailed emailed received receive receives came come coming arrived arrive got said say
    says replied reply answered answer answers respond responded mention mentions mentioning mentioned regarding related
    relating discuss discusses discussing titled called subject contain contains containing include includes including
    attached attachment attachments file files new let many   most recent recently latest newest earlier
    older whole full entire talk talks talking hear heard  think lately  having label labelled labeled
    tagged tag  under   exchange exchanged inboxes sender happen happened remember-ish somewhere around
    match matching matches quick quickly got've i've possible going filed days day last this next past since before
    after until between during today yesterday     item items result results only
    waiting retrieve grab spot hunting browse sift wondering whether narrow gather collect skim trace seeking trying require believe suppose sure guess seem seems pretty lost misplaced sender talked talking talk mentioned remember mailing wrote writing believe guess suppose wonder seem recall
    hell heck damn bloody fucking freaking stupid exist exists anywhere lying
    vaguely whatever thinking people folks confirm complain complains complained complaining
    deal deals replies response responses shares shared explains explained describes described announces announced asks asked asking tells
    told gives gave old missing confirms confirmed promised promises hell heck damn bloody fucking freaking exist exists""".split()
)


def claim(said: Said, facts: Facts) -> Reading | None:
    """Whether this asks for mails to be found."""
    arguments = fill(said, facts)
    return (
        Reading(TOOL, arguments, _certainty(said.norm, arguments, facts))
        if arguments or _MAIL.search(said.norm)
        else None
    )


def _certainty(norm: str, arguments: dict[str, Any], facts: Facts) -> float:
    if arguments.get("needs_me"):
        return 0.97
    if arguments.get("label") and re.match(r"^(?:what's|what is|show|list|see|open|look)\b.*\b(?:folder|label)$", norm):
        return 0.93
    telling = sum(key in arguments for key in ("sender", "label", "unread", "has_attachment"))
    if _STRONG.match(norm) and arguments:
        return 0.93 if _MAIL.search(norm) or set(arguments) - {"query"} else 0.7
    if _ASKING.match(norm) and (_MAIL.search(norm) or telling):
        return 0.92 if telling and _MANY.search(norm) else 0.88
    if _ANYBODY.match(norm) and arguments:
        return 0.9
    if _first_is_mail(norm) or _REFERENCE_NUMBER.match(norm):
        return 0.9
    if telling and len(norm.split()) <= 6:
        return 0.6
    return 0.35 if _MAIL.search(norm) or telling else 0.1


_REFERENCE_NUMBER = re.compile(
    r"^(?:(?:my|the|our) )?(?:(?!e?-?mail|message|remind)[a-z]+ ){1,2}(?:number|no\.?|nr\.?|ref\.?|reference|id)? ?#?\w*\d{3,}\w*$"
)
""" "order number 5521"."""


def _first_is_mail(norm: str) -> bool:
    """ "unread mails from Ana", "mails last week": a request in telegram style."""
    first = norm.split()[:3]
    return (
        any(word.strip(",:") in MAIL_NOUNS or word in ("unread", "newsletters") for word in first)
        and not first[0].startswith(("e-mail", "email", "mail", "message"))
    ) or bool(re.match(r"(?:e?-?mails|messages|inbox|mail (?:from|about|with|since)|unread)\b", norm))


def fill(said: Said, facts: Facts) -> dict[str, Any]:
    """The arguments that were said; what was not said stays at its default and is left out."""
    arguments: dict[str, Any] = {}
    if asks_what_needs_me(said.norm):
        arguments["needs_me"] = True
    rest = _with_days(said, facts, arguments)
    rest = _with_flags(rest, arguments)
    rest = _with_label(rest, facts, arguments)
    rest = _with_sender(rest, facts, arguments)
    if not arguments.get("needs_me") and (query := _query(rest)):
        arguments["query"] = query
    return arguments


def _with_days(said: Said, facts: Facts, arguments: dict[str, Any]) -> Said:
    days = stretch(said, facts)
    if days is None:
        return said
    if days.since:
        arguments["since"] = days.since
    if days.until:
        arguments["until"] = days.until
    return said.blanked((days.start, days.end))


def _with_flags(said: Said, arguments: dict[str, Any]) -> Said:
    if match := _UNREAD.search(said.norm):
        arguments["unread"] = True
        said = said.blanked(match.span())
    elif match := _READ.search(said.norm):
        arguments["unread"] = False
        said = said.blanked(match.span())
    if match := _WITHOUT_FILE.search(said.norm):
        arguments["has_attachment"] = False
        return said.blanked(match.span())
    if match := _FILE_KIND.search(said.norm):
        arguments["has_attachment"] = True
        kind = match.span(1) if match[1] else match.span(2) if match[2] else (match.end(), match.end())
        return said.blanked((match.start(), kind[0]), (kind[1], match.end()))
    if match := _WITH_FILE.search(said.norm):
        arguments["has_attachment"] = True
        return said.blanked(match.span())
    return said


def _with_label(said: Said, facts: Facts, arguments: dict[str, Any]) -> Said:
    found = named_label(said, facts)
    if found is None:
        return said
    arguments["label"] = found.name
    return said.blanked((found.start, found.end))


def _with_sender(said: Said, facts: Facts, arguments: dict[str, Any]) -> Said:
    found = sender_in(said, facts)
    if found is None:
        return said
    arguments["sender"] = found.name
    return said.blanked((found.start, found.end))


def _query(rest: Said) -> str:
    if match := _QUOTED.search(rest.norm):
        return rest.words(*match.span(1))
    rest = rest.blanked(*(match.span() for match in _NEWS.finditer(rest.norm)))
    rest = rest.blanked(*(match.span() for match in _LEFT_OVER.finditer(rest.norm)))
    text = rest.mended()
    if about := _ABOUT.search(rest.norm):
        tail = content_words(rest.mended(about.end()).replace("¦", " "), _VERBS & _AFTER_ABOUT)
        head = content_words(rest.mended(0, about.start()).replace("¦", " "), _VERBS)
        return " ".join(dict.fromkeys([*head, *tail]))
    return " ".join(content_words(text, _VERBS))


_LEFT_OVER = re.compile(
    r"(?<=¦)'s?(?![\w'])|\b(?:mr|mrs|ms|miss|dr|herr|frau)\b\.?(?=\s*¦)|^(?:list|check|scan|track|display|view)\b|\bi (?:think|believe|guess|suppose|reckon)\b"
    r"|\b(?:with|containing|has|have|including|includes?) the (?:words?|phrase|term)\b"
)
"""What is left beside a sender who was struck out, and verbs that elsewhere are nouns ("price list")."""
_AFTER_ABOUT = frozenset("sent wrote said received came arrived got new last this".split())
