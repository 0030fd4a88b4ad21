"""The word tables of the offline brain: stop words, nouns for mail, numbers in words, short forms."""

from __future__ import annotations

SHORT_FORMS = {
    "wk": "week", "wks": "weeks", "mth": "month", "mths": "months", "yr": "year", "tmrw": "tomorrow", "tmr": "tomorrow",
    "tomoz": "tomorrow", "teh": "the", "hte": "the", "tha": "the", "adn": "and", "nad": "and", "tel": "tell", "mak": "make",
    "wiht": "with", "waht": "what", "taht": "that", "thsi": "this", "yuo": "you", "form:": "from", "f/up": "follow up",
    "shrter": "shorter", "wk.": "week", "2moro": "tomorrow", "2morrow": "tomorrow", "yday": "yesterday", "ystrday": "yesterday",
    "tdy": "today", "2day": "today", "mon": "monday", "tue": "tuesday", "tues": "tuesday", "wed": "wednesday",
    "thu": "thursday", "thur": "thursday", "thurs": "thursday", "fri": "friday", "msg": "message", "msgs": "messages",
    "eml": "email", "emls": "emails", "abt": "about", "frm": "from", "pls": "please", "plz": "please", "plse": "please",
    "u": "you", "ur": "your", "thx": "thanks", "thnx": "thanks", "cld": "could", "wld": "would", "w": "with",
    "re:": "about", "rmnd": "remind", "rmd": "remind", "attchmt": "attachment", "attmt": "attachment",
    "atts": "attachments", "whats": "what's", "wheres": "where's", "whos": "who's", "dont": "don't", "didnt": "didn't",
    "doesnt": "doesn't", "hasnt": "hasn't", "havent": "haven't", "isnt": "isn't", "arent": "aren't", "wont": "won't",
    "cant": "can't", "couldnt": "couldn't", "shouldnt": "shouldn't", "im": "i'm", "ive": "i've", "lets": "let's",
    "gimme": "give me", "lemme": "let me", "wanna": "want to", "gonna": "going to", "gotta": "have to", "fnd": "find",
    "srch": "search", "lbl": "label", "rply": "reply", "shw": "show", "opn": "open", "anlyze": "analyze", "f/u": "follow up",
    "fup": "follow up", "followup": "follow up", "followups": "follow ups", "mins": "minutes", "hrs": "hours",
    "hr": "hour", "readed": "read", "arvo": "afternoon", "lunchtime": "noon", "n": "and", "ya": "you", "min": "minutes", "sended": "sent", "writed": "wrote", "attachement": "attachment",
    "attachements": "attachments", "inbx": "inbox", "wot": "what", "bout": "about", "wat": "what", "nxt": "next", "lst": "last", "hv": "have", "hav": "have",
}  # fmt: skip
"""Chat spellings and the words they stand for."""

COMMAND_WORDS = """
search find show list open read label labels labelled tag tagged mark file remove reply respond answer answered draft
write tell remind reminder reminders follow schedule remember forget recall undo revert analyse analyze analysis chart
plot graph trend profile report summarise summarize unread attachment attachments email emails mail message messages
tomorrow yesterday today week weeks month months monday tuesday wednesday thursday friday saturday sunday morning
afternoon evening january february march april june july august september october november december please everything
first sixth seventh eighth number numbers
something anything about from with without second third fourth fifth shorter longer formal friendlier instead change
replace mention delete approve reject spreadsheet attached needs waiting regarding received which what latest newest
know inbox thanks could would draft message sentence paragraph greeting visualise visualize display nudge minutes
memory memories everything categorise categorize memorise memorize
""".split()
"""The words a typing slip is mended to."""

TOPIC_WORDS = """
invoice invoices contract contracts budget meeting meetings payment payments receipt receipts booking flight flights
hotel proposal proposals offer delivery order orders refund complaint newsletter newsletters birthday project schedule
agenda presentation slides conference workshop agreement insurance mortgage subscription password security statement
""".split()
"""Topics of everyday mail; a slip in one of them ("invocie") is mended when it is looked up."""

MAIL_NOUNS = frozenset(
    "mail mails email emails e-mail e-mails message messages msg msgs inbox mailbox mailboxes thread threads "
    "conversation conversations correspondence letter letters post".split()
)

STOP_WORDS = frozenset(
    """a an the this that these those it its it's i me my mine myself i'm i've i'd i'll we us our ours you your yours he
    him his she her hers they them their theirs someone somebody anyone anybody everyone who whom whose which what what's
    who's where where's when how why is are am was were be been being do does did done has have had having can could
    would will shall should may might must of in on at by to from for with without about regarding concerning into onto
    over under as than then so and or but if not no any some all every each both either one ones thing things stuff
    anything something everything nothing there here please just only also too very really quite again ever already yet
    still now up out off back down get got give gave given any more most please thanks thank let let's via re per and/or
    isn't aren't don't doesn't didn't hasn't haven't wasn't won't can't ok okay hey hi hello kindly maybe whether""".split()
)

NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12,
}  # fmt: skip
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "top": 1, "topmost": 1,
}  # fmt: skip


def content_words(text: str, extra_stops: frozenset[str] = frozenset()) -> list[str]:
    """The words of `text` that carry a topic, as they were typed, in order, each once."""
    kept: list[str] = []
    for raw in text.split():
        word = raw.strip(".,;:!?\"'()[]{}<>¦|*~`“”‘’…")
        bare = word.casefold().removesuffix("'s")
        if not bare or bare in STOP_WORDS or bare in MAIL_NOUNS or bare in extra_stops:
            continue
        if not any(character.isalnum() for character in bare):
            continue
        kept.append(word[: len(bare)])
    return list(dict.fromkeys(kept))
