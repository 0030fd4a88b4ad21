"""Takes politeness off an utterance: "hey, could you please … for me?" leaves the request."""

from __future__ import annotations

import re

from tools.llm.offline.said import Said

_VERBS = (
    "search find look show list open read label tag mark file remove reply respond answer draft write tell remind follow "
    "schedule remember forget recall undo revert analyse analyze chart plot graph profile report summarise summarize "
    "check pull bring give get put take add make set send let ask note keep save drop change check run visualise "
    "categorise categorize classify shorten mention include soften replace rewrite delete say move apply chase nudge ping display draw"
).split()


def _gerund(verb: str) -> str:
    if verb.endswith("e"):
        return verb[:-1] + "ing"
    return (
        verb + verb[-1] + "ing" if verb in {"get", "put", "set", "let", "tag", "plot", "drop", "run"} else verb + "ing"
    )


GERUNDS = {**{_gerund(verb): verb for verb in _VERBS}, "remembered": "remember", "reminded": "remind"}

_BEFORE = re.compile(
    r"""(?:
      (?:hey|hi|hello|ok|okay|so(?!\ you\ know)|well|alright|right|great|cool|now|next|also|then|and|just(?!\ so\ you\ know)|please|kindly|maybe|perhaps
        |actually|um+|uh|hmm+|oh(?:\ dear)?|btw|by\ the\ way|yo|nah|aye|oi|man|sorry|excuse\ me|pardon(?:\ me)?|lol|omg|ugh|jeez|yeah(?=\ \w+\ \w)|possibly|simply
        |for\ (?:god|heaven|christ|pete|goodness)(?:'?s|\ s)?\ sake|(?:if|when)\ you\ (?:please|would|could|can|don't\ mind|have\ (?:a|time)\ ?\w*|get\ a\ \w+)|if\ (?:possible|i\ may)
        |if\ it(?:'s|\ is)\ (?:not\ too\ much\ trouble|no\ trouble|possible|ok(?:ay)?)|quick\ question|quickly|real\ quick|deskhand|assistant|bot|buddy|mate
        |good\ (?:morning|afternoon|evening)|(?:my\ )?dear(?!\ [a-z]+\b\s*$))\b[\s,!.:;-]+(?=\S)
    | (?:thanks|thank\ you|thx|cheers|perfect|super)[,!.;]+\s*(?=\S)
    | (?:would|do)\ (?:you|u)\ mind\ (?=\w+ing\b) | (?:how|what)\ about\ (?=\w+ing\b)
    | (?:can|could|would|will|can't|couldn't|won't|might|may)\ (?:you|we|i)\ (?:be\ able\ to\ )?(?=\w)
    | i(?:'d|\ would|\ should|'ll|\ will)?\ (?:be\ )?(?:very\ |most\ |really\ |so\ |much\ )?(?:grateful|obliged|glad|happy|thankful|delighted|pleased|appreciate(?:\ it)?)\ if\ you\ (?:can|could|would|might|will)?\ ?(?:please\ |kindly\ )?(?=\w)
    | i(?:'d|\ would|\ should)\ (?:be\ )?(?:very\ |most\ |really\ |so\ |much\ )?(?:grateful\ for|obliged\ for|glad\ of|appreciate)\ (?=(?:a|an|the|some|my)\b)
    | (?:may|might|can|could|must)\ i\ (?:please\ )?(?:ask|trouble|bother|request)\ (?:you\ )?(?:to|for)\ (?=\w) | i\ (?:must\ |have\ to\ )?(?:ask|beg|request)\ you\ to\ (?=\w)
    | i\ should\ (?:very\ much\ |really\ )?(?:like|love|wish)\ to\ (?=\w) | i\ (?:should|would)\ like\ (?=the|my|a|an|all|some\b)
    | i(?:'m|\ am|\ was|\ do)?\ (?:wonder|wondering)\ (?:if|whether)\ (?:there\ (?:is|are|was|were|might\ be|may\ be|has\ been|have\ been)\ )?(?=\w) | might\ there\ be\ (?=\w)
    | i\ (?:can't|cannot|can\ not|couldn't|could\ not|don't|am\ unable\ to)\ (?:seem\ to\ |manage\ to\ )?(?=(?:find|locate)\b)
    | it\ would\ be\ (?:\w+\ )?(?:good|nice|great|lovely|kind|helpful|best|better)\ if\ you\ (?:could\ |would\ |can\ )?(?=\w)
    | i(?:'m|\ am)\ (?=after\ (?:the|an?|my)\b) | i(?:\ ought\ to|(?:'d|\ had)?\ better)\ (?=\w) | ask\ you\ to\ (?=\w)
    | do\ (?=(?:bear|remember|keep|remind|have\ a\ look|put|take|tell|let|make\ a\ note|note|send|look|show|find|label|tag|reply|answer|undo|forget)\b)
    | (?:i\ (?:seem\ to|vaguely|think\ i|kind\ of|sort\ of|do)?\ ?(?:recall|remember)\ )(?=(?:an?|some|getting|seeing|receiving)\b.*\b(?:e?-?mails?|messages?|letters?|notes?)\b)
    | (?:do\ you\ think|any\ chance|is\ there\ any\ chance|it\ would\ be\ (?:great|nice|good|lovely)\ if
        |i(?:'d|\ would)\ (?:appreciate|love)\ it\ if|i\ would\ be\ grateful\ if|is\ it\ ok(?:ay)?\ if)\ (?:you|we|i)(?:\ (?:can|could|would|might))?\ (?=\w)
    | would\ (?:it\ be\ possible|you\ be\ able|you\ be\ so\ kind(?:\ as)?)\ to\ (?=\w)
    | (?:is\ it|would\ it\ be)\ possible\ to\ (?=\w) | are\ you\ able\ to\ (?=\w)
    | (?:i|we)(?:\ (?:want|need|would\ (?:like|love)|have|wish|must|should|intend|am\ trying|was\ hoping)|'(?:d|ll)\ (?:like|love|need|want)|'m\ trying
        |'ve\ got)\ (?:you\ |for\ you\ )?to\ (?=\w)
    | i'd\ (?:like|love)\ (?:you\ )?to\ (?=\w) | i'd\ like\ (?=the|my|a|an|all|some\b)
    | i(?:'m|\ am)\ (?=looking\b|searching\b|trying\ to\ find\b)
    | (?:let's|let\ us|let\ me(?!\ know)|help\ me(?:\ to)?|go\ ahead\ and|be\ so\ kind\ (?:as\ to|and)|make\ sure\ (?:to|you)
        |try\ (?:to|and)|do\ me\ a\ favou?r\ and|you\ (?:can|could|should|may|need\ to)|time\ to|we\ should|i\ should|i\ must)\ (?=\w)
    )""",
    re.VERBOSE,
)
_AFTER = re.compile(
    r"""(?:[\s,]+(?:please|(?:if|when)\ you\ (?:can|could|get\ a\ (?:chance|moment|minute)|have\ (?:a|time)\ ?\w*)|if\ possible
      |would\ you|will\ you|could\ you|can\ you|real\ quick|asap|right\ now|right\ away|ok\?|okay\?|buddy|mate|deskhand|(?<!say\ )dear|lol|lmao|haha+|hehe+|ngl|thx|ty|tnx|if\ (?:i\ may|you\ don't\ mind|you\ would|that's\ ok(?:ay)?|it's\ (?:ok(?:ay)?|no\ trouble))
      |(?:and\ )?(?:be\ quick(?:\ about\ it)?|hurry(?:\ up)?|quickly|make\ it\ quick|make\ it\ snappy)|as\ soon\ as\ (?:possible|you\ can)))[\s.!?]*$
    | [\s,;.–-]+(?:can|could|would|will)\ (?:you|u)\ (?:please\ )?(?:find|show|search|look|dig|get|pull|bring|check)(?:\ \w+){0,4}[\s.!?]*$
    | \s*[,;.–-]+\s*(?:please\ |can\ you\ )?(?:find|locate|dig\ up|search\ for)\ (?:it|that|them|that\ one)[\s.!?]*$
    | ,\s*(?:thanks|thank\ you|thx|cheers|ta)(?:\ (?:a\ lot|so\ much|in\ advance))?[\s.!]*$""",
    re.VERBOSE,
)
_CLOSING = re.compile(r"[\s.!?;,]+$")
_KEEP_PLEASE = re.compile(r"\b(?:yes|no) please[\s.!?]*$")


def plain(said: Said) -> Said:
    """The request itself. What remains is never empty unless nothing was said."""
    rest = _without_closing(said)
    while (match := _BEFORE.match(rest.norm)) and match.end() < len(rest.norm):
        rest = rest.part(match.end())
    return _imperative(rest)


def _without_closing(said: Said) -> Said:
    rest = said
    while (match := _AFTER.search(rest.norm)) and match.start() > 0 and not _KEEP_PLEASE.search(rest.norm):
        rest = rest.part(0, match.start())
    return rest


def _imperative(said: Said) -> Said:
    """ "showing me the list" -> "show me the list" (after "would you mind")."""
    first = said.norm.split(" ", 1)[0]
    if (verb := GERUNDS.get(first)) is None:
        return said
    cut = len(first) - len(verb) if len(first) > len(verb) else 0
    norm = verb + said.norm[len(first) :]
    begins = said.begins[: len(verb)] + said.begins[len(first) :]
    ends = (*said.ends[: len(verb) - 1], said.ends[len(first) - 1], *said.ends[len(first) :])
    return Said(said.typed, norm, begins, ends) if cut else said


def without_mark(said: Said) -> Said:
    """Without the closing full stop, exclamation or question mark."""
    match = _CLOSING.search(said.norm)
    return said.part(0, match.start()) if match and match.start() else said
