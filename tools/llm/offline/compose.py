"""Writes a short reply letter from the person's own words, and adds nothing that they did not say."""

from __future__ import annotations

import re

from tools.llm.offline.persons import addressed
from tools.llm.offline.sentences import sentences

ACKNOWLEDGEMENT = "Thank you for your message."
"""The whole letter when the person did not say what to write; they see and edit it before it goes."""
SIGN_OFF = "Best regards,"

_TITLES = frozenset("dr mr mrs ms miss prof sir madam herr frau sr sra dipl ing".split(" "))
_GROUPS = frozenset(
    """team support billing sales service services info newsletter news noreply no-reply bank office shop store ltd inc llc
    gmbh ag sa lda plc corp group company customer care help helpdesk accounts accounting admin notifications hr marketing
    airlines hotel insurance university school museum department hello contact mailer daemon system orders""".split()
)


def compose(
    sender_name: str, message: str, own_name: str, opening: str | None = None, closing: str | None = None
) -> str:
    """A letter to `sender_name` that says `message`, signed `own_name`; each may be empty. `opening` and `closing`: how the
    owner begins and ends theirs, empty for not at all; None: as we do."""
    first_name = given_name(sender_name)
    greeting = opening if opening is not None else f"Hi {first_name}," if first_name else "Hello,"
    ending = closing if closing is not None else f"{SIGN_OFF}\n{own_name.strip()}".rstrip()
    own_words = frozenset(word.lower() for word in re.findall(r"[^\W\d_]+", f"{sender_name} {own_name}"))
    body = sentences(addressed(message, own_words)) if re.search(r"\w", message) else ""
    return "\n\n".join(part for part in (greeting, body or ACKNOWLEDGEMENT, ending) if part) + "\n"


def given_name(name: str) -> str:
    """The name to greet a person by; "" for companies, addresses and anything that is not plainly a person."""
    shown = name.split("<", 1)[0].strip(" \"'")
    if "@" in shown or not shown:
        return ""
    if shown.count(",") == 1:
        shown = " ".join(reversed([part.strip() for part in shown.split(",")]))
    words = [word for word in re.split(r"\s+", re.sub(r"\(.*?\)", "", shown)) if word.strip(".").lower() not in _TITLES]
    plain = [word for word in words if re.fullmatch(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?", word)]
    if (
        not words
        or len(plain) != len(words)
        or len(words) > 4
        or any(word.lower().strip(".") in _GROUPS for word in words)
    ):
        return ""
    first = words[0].rstrip(".")
    return first.capitalize() if first.isupper() or first.islower() else first
