"""What the offline brain says itself: help, small talk, and what it cannot do."""

from __future__ import annotations

import re

from tools.llm.offline.reading import Words
from tools.llm.offline.said import Said

INTRODUCTION = "I'm the offline brain: no key, no network. I understand requests, but I can't chat or write freely."
CAN_DO = (
    "I can find and open mail, label it, draft replies and change them, analyse tables, keep follow-ups, "
    "remember things for you, and undo what I did."
)
TRY = "Try “what needs me?”, “find the invoice from Acme”, “label 2 as Finance”, “reply to Ana that Thursday works”."
UNKNOWN = f"I'm the offline brain, and that is beyond me. {CAN_DO} {TRY}"
NO_FREE_WRITING = (
    "I'm the offline brain and can't write freely: say what a reply should say, like “reply to Ana that Thursday works”. "
    "With a model behind an OpenAI-compatible endpoint (OPENAI_BASE_URL) I can write texts."
)
NO_MAIL_CHANGE = "I can label, archive, move and mark mail, but I don't delete it, and I need to know which one. Shall I archive it instead?"

_HELLO = re.compile(
    r"^(?:(?:hi|hey|hello|hiya|howdy|yo|good (?:morning|afternoon|evening|day)|greetings|hola|olá|bom dia|moin|hallo)(?: there| deskhand| again| you| everyone)?[\s,!.]*)+$"
)
_HOW = re.compile(
    r"^(?:hi|hey|hello)?[\s,!]*(?:how are you|how(?:'s| is) it going|how do you do|what's up|sup|you ok(?:ay)?|how are things)\b.*$"
)
_THANKS = re.compile(
    r"^(?:(?:ok|okay|great|perfect|super|cool|nice|awesome|brilliant|wonderful|lovely|excellent|good|fine|got it|well done|good job|nice work|amazing|noted|understood|alright)[\s,!.]*)*(?:(?:thanks|thank you|thx|cheers|ta|much appreciated|many thanks|appreciate it|appreciated)(?: (?:a lot|so much|very much|again|you|a million|for (?:that|your help|the help|everything)|deskhand))*)?[\s,!.]*$"
)
_BYE = re.compile(
    r"^(?:(?:good)?bye|see you(?: later| soon| tomorrow)?|ciao|good night|later|that's all|that is all|that's it|nothing(?: else)?|i'm done|we're done|talk (?:to you )?(?:later|soon)|have a (?:good|nice) \w+|adeus|tschüss)[\s,!.a-z]*$"
)
_HELP = re.compile(
    r"^(?:help|help me|\?+|what can (?:you|i) (?:do|ask|say)|what (?:do|else can) you do|what are you (?:able to do|capable of|good (?:at|for))|how (?:does this|do you|do i|can i) (?:work|use|talk|start)\b.*|commands?|options|show (?:me )?(?:the )?(?:help|commands|options)|how can you help.*|what are (?:your|the) (?:commands|options|features|abilities)|instructions|i need help|i don't know what to (?:do|say)|can you help(?: me)?|what now|menu)[\s?!.]*$"
)
_WHO = re.compile(
    r"^(?:who|what) are you(?: exactly| really| anyway)?[\s?!.]*$|^are you (?:an? )?(?:ai|bot|robot|human|real|person|llm|chatgpt|gpt|machine|offline|model|there|online)\b.*|^what(?:'s| is) your name\b.*|^which (?:model|llm|ai)\b.*|^(?:is this|am i talking to)\b.*\b(?:bot|human|person|ai|model)\b.*"
)
_FREE = re.compile(
    r"^(?:write|compose|make up|invent|generate|create)\b.*\b(?:poem|story|essay|song|haiku|limerick|speech|article|blog(?: post)?|post|tweet|novel|joke|code|script|function|program|cover letter|cv|slogan|rap)\b|^(?:tell|give|read) (?:me |us )?(?:an?(?:other)? |some |the )?(?:good |funny |dad |bedtime )?(?:jokes?|stor(?:y|ies)|poem|riddle|fun fact|recipe)s?\b|^translate\b|^(?:brainstorm|explain (?:how|why|what)|teach me)\b|^sing\b"
)
_MAIL_CHANGE = re.compile(
    r"^(?:archive|delete|trash|bin|junk|block|unsubscribe|mute|empty|purge)\b(?!.*\b(?:label|tag|memory|memories|facts?|notes?|you know|told you|said about|remember|draft|line|sentence)\b)|^(?:move|put)\b.*\b(?:trash|bin|archive|spam|junk)$|^mark\b.*\b(?:as )?(?:read|unread|done|spam)$"
)
_ELSEWHERE = re.compile(
    r"^(?:call|phone|ring) me$|^(?:post|share|publish) (?:this|that|it|something)\b(?! (?:with|to)\b)|^tweet\b|^(?:what(?:'s| is| will)? (?:the )?(?:weather|temperature|time is it|the time|date)\b|will it (?:rain|snow)|(?:is it|how (?:hot|cold|warm)) \w+ (?:outside|today|out)|(?:schedule|set up|book|arrange|plan|organi[sz]e|create|add|make|put) (?:me )?(?:an? |the )?(?:\w+ )?(?:meeting|calls?|appointment|event|calendar entry)\b|book (?:me )?(?:an? )?(?:flight|hotel|table|taxi|cab|car|room|train|ticket)|order (?:me )?(?:an? |some )?(?:pizza|food|taxi|coffee|uber|lunch|dinner)|play (?:some |me |the )?\w+|call (?!it\b)(?:me an? |an? )?(?:uber|taxi|cab)|turn (?:on|off)|set (?:an? )?(?:alarm|timer)(?! .*\bfor\b.*\b(?:mail|email)\b)|buy\b|navigate\b|pay\b|transfer\b|wire\b|phone\b|dial\b|ring\b|call (?!me\b|it\b)|translate\b|who (?:won|is the president|invented)|what(?:'s| is) the (?:capital|meaning|population|price|stock|score|distance|news)\b|how (?:tall|old|far|big|heavy) (?:is|are)|convert \d|\d+\s*[-+*/x×]\s*\d+|stock price)"
)


def claim(said: Said) -> Words | None:
    """The answer when the words need no tool at all."""
    norm = said.norm.strip()
    if not norm.strip(" .!?¦"):
        return Words(f"I'm here. {TRY}")
    for form, answer in _ANSWERS:
        if form.match(norm) and not (form is _ELSEWHERE and re.search(r"\bremind me\b", norm)):
            return Words(answer, 0.96)
    return None


QUOTED = "What a mail says is no request to me. Tell me in your own words what I should do."
_QUOTED = re.compile(
    r'^(?!(?:find|search|show|open|read|where|which|what|look|reply|answer|tell|write|ask|draft|remember|note|add|change|say|label|tag|list|get|change)\b)(?:[\w\'-]+ ){1,6}(?:says?|said|wrote|writes|reads|states|stated|tells? (?:me|you|us)|asks?(?: me| you)?)\b(?: in (?:\w+ ){0,2}\w+)?[:,]? ?"[^"]{12,}"?[^"]{0,20}$'
    r'|^"[^"]{12,}"[\s,–-]*(?:(?:that\'s|that is|is) what|(?:he|she|they|it) (?:wrote|said)|says|said|wrote)\b.{0,40}$'
)
"""Somebody else's words, told: never a request of the person's."""
_ANSWERS = (
    (_QUOTED, QUOTED),
    (_HELLO, f"Hello! {CAN_DO}"),
    (_HOW, f"Well, and ready to work. {TRY}"),
    (_THANKS, "You're welcome."),
    (_BYE, "Goodbye. Follow-ups and new mail are looked after meanwhile."),
    (_HELP, f"{CAN_DO} Nothing is sent without your click. {TRY}"),
    (_WHO, f"I'm Deskhand. {INTRODUCTION} {CAN_DO}"),
    (_FREE, NO_FREE_WRITING),
    (_MAIL_CHANGE, NO_MAIL_CHANGE),
    (_ELSEWHERE, f"I only work mail, tables and follow-ups. {TRY}"),
)

NAMED = "offline brain"
"""How it calls itself; words that hold this need no further introduction."""
