""" "What needs me?" in its many forms: mails that wait for the person's answer."""

from __future__ import annotations

import re

_ANSWER = r"(?:answer|answers|answered|answering|reply|replies|replied|replying|respond|responded|responding|response|responses|get back to|write back(?: to)?|attention|action|input|decision|follow-up from me)"
_FORMS = re.compile(
    rf"""\b(?:
      needs?\ (?:me|my)\b | need\ (?:me|my)\b | needs?\ (?:an?\ |any\ |some\ )?{_ANSWER} | need(?:s|ing)?\ (?:to\ be\ )?(?:answered|dealt\ with|handled|actioned)
    | require[sd]?\ (?:me|my|an?\ |any\ )?\ ?{_ANSWER} | requires?\ me | (?:demand|call)s?\ for\ (?:my|me|attention) | demands?\ (?:my|attention)
    | wait(?:s|ing)?\ (?:on|for)\ (?:me|my|an?\ (?:answer|reply|response)(?:\ from\ me)?|{_ANSWER}(?:\ from\ me)?)
    | (?:is|are|'s)\ (?:still\ )?(?:waiting|pending|open|outstanding)$ | await(?:s|ing)?\ (?:me|my|{_ANSWER}|an?\ {_ANSWER})
    | (?:do|should|must|need|have|ought|got|still)\ (?:i\ )?(?:still\ )?(?:to\ |need\ to\ |have\ to\ |got\ to\ )?(?:answer|reply\ to|reply|respond\ to|respond|deal\ with|handle|attend\ to|act\ on|get\ back\ to|look\ at\ first|write\ back)\b
    | (?:haven't|have\ not|didn't|not|never)\ (?:i\ )?(?:yet\ )?(?:answered|replied|responded|gotten\ back|got\ back|dealt\ with|written\ back)(?:\ (?:to|yet))?
    | unanswered | on\ my\ plate | owe\ (?:\w+\ ){{0,2}}(?:an?\ )?(?:answer|reply|response) | owes?\ an?\ reply | owe\ (?:someone|anyone|people)
    | for\ me\ to\ (?!read\b|see\b|look\b)\w+ | (?:to|wants?\ to|hoping\ to|expects?\ to)\ hear\ from\ me | my\ (?:to-?do|todo)(?:s|\ list)? | to-?dos? | (?:expect|expecting|want|wants|wanting)\ (?:an?\ )?(?:answer|reply|response|something)\ from\ me
    | (?:need|needs|wants?|expects?)\ (?:something|anything|things?)\ from\ me | action\ (?:items?|required|needed)
    | (?:urgent|important|pressing)\ (?:for\ me|today|now|right\ now|things?|stuff) | (?:anything|what's|what\ is|something)\ (?:that's\ )?(?:urgent|important|pressing)
    | (?:should|do)\ i\ (?:do|tackle|start\ with|look\ at|work\ on)(?:\ (?:today|first|now|next))? | requires?\ (?:an?\ )?action
    | (?:where|what)\ am\ i\ needed | who\ needs\ (?:me|something|an\ answer) | who(?:'s|\ is)\ waiting\ (?:on|for)\ (?:me|my|an\ answer)
    | (?:am\ i|i(?:'m|\ am))\ (?:supposed|meant|expected)\ to\ (?:answer|reply|respond|get\ back|write\ back)
    | (?:got|had|received|have|has)\ (?:an?\ )?(?:answer|reply|response)\ from\ me | behind\ (?:on|with)\ (?:\w+\ )?(?:repl(?:y|ies)|answers?|e?-?mails?|messages) | (?:open|pending|outstanding|left)\ (?:for|with)\ me | catch\ up\ on
    | (?:do|should|must)\ i\ (?:have\ to\ |need\ to\ |got\ to\ )?do\b | (?:have|need)\ to\ do\ (?:today|now|this|first|next)
    | (?:neglected|forgotten|forgot|failed|omitted)\ to\ (?:answer|reply|respond|write\ back) | requir(?:es|ing|ed?)\ my\b
    | left\ to\ (?:answer|reply|do) | pending\ (?:on|with|for)\ me | stuck\ on\ me | my\ turn | ball\ (?:is\ )?in\ my\ court
    )""",
    re.VERBOSE,
)
_NOT_MINE = re.compile(
    r"^(?:i |we )?needs? (?:an? )?(?:\w+ )?(?:reply|answer|response) (?:for|to)\b|\b(?:they|he|she|(?!i\b|we\b|which\b|that\b|mails?\b|emails?\b|messages?\b)[\w-]+ has|they have|nobody|no one|anyone|someone)(?:'ve|'s| has| have| had)? (?:still )?(?:not|never) (?:yet )?(?:answered|replied|responded|written back|got(?:ten)? back)\b|^(?:check (?:back|in)|follow up|chase|circle back|snooze|keep an eye)\b|"
    r"\b(?:am i (?:still )?waiting|i(?:'m| am) (?:still )?waiting|waiting (?:on|for) (?:others|them|someone else)|remind\w*|follow[- ]ups?|unless|do you need)\b"
    r"|^(?:ask|tell|reply|respond|write|let|inform|thank|remind|answer (?:the|it|\d|[\w']+ (?:that|saying))|email|message)\b"
    r"|^(?:if|should|in case)\b.*\b(?:alert|tell|ping|nudge|notify|warn|let|bring|chase|bug|poke|come back|wake)\b"
)


def asks_what_needs_me(norm: str) -> bool:
    """Whether the words ask for the mails that wait on the person (not the ones the person waits for)."""
    return bool(_FORMS.search(norm)) and not _NOT_MINE.search(norm)
