"""list_promises and settle_promise: "what did I promise?", "what do others owe me?", "promise 2 is done"."""

from __future__ import annotations

import re

from tools.llm.offline.facts import Facts
from tools.llm.offline.reading import Reading
from tools.llm.offline.said import Said

LIST, SETTLE = "list_promises", "settle_promise"
TOOLS = (LIST, SETTLE)

_NOUN = r"(?:promises?|commitments?|pledges?)"
_SHOW = r"(?:(?:list|show|see|view|give|tell|read|check|display|review|go over)\s+(?:me\s+)?)?"
_OTHERS = r"(?:others?|people|they|everybody|everyone|anybody|anyone|somebody|someone|the others|other people)"
_MINE = re.compile(
    rf"^(?:{_SHOW}(?:all\s+)?(?:of\s+)?my\s+(?:open\s+|own\s+)?{_NOUN}"
    rf"|{_SHOW}what\s+(?:(?:all\s+)?(?:have|did|do|had)\s+)?i(?:'ve|\s+have)?\s+(?:still\s+)?(?:promised?|commit(?:ted)?\s+to|pledged?)(?:\s+(?:to\s+)?(?:{_OTHERS}|anyone|in\s+mail|by\s+mail))?"
    rf"|{_SHOW}(?:the\s+)?{_NOUN}\s+(?:that\s+)?i(?:'ve|\s+have)?\s+(?:made|given|gave)"
    rf"|what\s+do\s+i\s+(?:still\s+)?owe\s+{_OTHERS})$"
)
_THEIRS = re.compile(
    rf"^(?:{_SHOW}what\s+(?:did|have|has|do)\s+{_OTHERS}\s+(?:all\s+|still\s+)?(?:promised?|owe)(?:\s+me)?"
    rf"|{_SHOW}what\s+{_OTHERS}\s+(?:have\s+)?(?:promised|owes?)(?:\s+me)?"
    rf"|who\s+(?:has\s+|still\s+)?promised\s+(?:me\s+)?(?:what|something|anything)"
    rf"|who\s+owes\s+me\s+what|what\s+am\s+i\s+(?:still\s+)?owed|what\s+was\s+i\s+promised"
    rf"|{_SHOW}(?:the\s+|all\s+|open\s+)*{_NOUN}\s+(?:(?:made\s+)?to\s+me|of\s+others|from\s+others|by\s+others|others\s+made))$"
)
_BOTH = re.compile(
    rf"^(?:{_SHOW}(?:all\s+|the\s+|any\s+|open\s+|our\s+)*{_NOUN}(?:\s+(?:list|both\s+ways|that\s+are\s+open))?"
    rf"|(?:are\s+there\s+|do\s+i\s+have\s+|is\s+there\s+)?(?:any\s+|a\s+)?(?:open\s+|late\s+|overdue\s+|due\s+)*{_NOUN}(?:\s+(?:open|late|overdue|due))?"
    rf"|what\s+(?:was|is|has\s+been)\s+promised|which\s+{_NOUN}\s+are\s+(?:open|late|overdue|due))$"
)
_NUMBER = rf"{_NOUN}\s+(?:number\s+|no\.?\s+|#\s?)?(?P<n>\d{{1,3}})"
_DONE = re.compile(
    rf"^(?:(?:mark|set|tick(?:\s+off)?|close|check\s+off)\s+{_NUMBER}(?:\s+(?:as\s+)?(?:done|kept|fulfilled|finished))?"
    rf"|{_NUMBER.replace('<n>', '<m>')}\s+(?:is|was|has\s+been)\s+(?:done|kept|fulfilled|finished|settled|over)"
    rf"|i(?:'ve|\s+have)?\s+(?:kept|fulfilled|done|did)\s+{_NUMBER.replace('<n>', '<o>')})$"
)
_NONE = re.compile(
    rf"^(?:(?:dismiss|drop|ignore|forget|remove)\s+{_NUMBER}"
    rf"|{_NUMBER.replace('<n>', '<m>')}\s+(?:is|was)\s+(?:not\s+a\s+promise|no\s+promise|none|not\s+one|wrong))$"
)


def claim(said: Said, facts: Facts) -> Reading | None:
    """Whether this asks for the list of promises, or says how one stands."""
    norm = said.norm.rstrip(" ?.!")
    for whose, asked in (("mine", _MINE), ("theirs", _THEIRS), ("both", _BOTH)):
        if asked.match(norm):
            return Reading(LIST, {"whose": whose}, 0.97)
    for outcome, told in (("done", _DONE), ("not a promise", _NONE)):
        if found := told.match(norm):
            number = next(value for value in found.groupdict().values() if value)
            return Reading(SETTLE, {"number": int(number), "outcome": outcome}, 0.97)
    return None
