"""What Microsoft's sign-in says when it refuses, in words. It names its reasons by numbers: AADSTS65004."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from storage.values.errors import NeedsPerson, Refused, Trouble, Unavailable

_NUMBER = re.compile(r"AADSTS(\d{4,7})")
_AGAIN = "ask me for a new address and try again"
_RUNNER = "whoever runs this Deskhand checks"

_SENTENCES: dict[tuple[int, ...], str] = {
    (65004,): f"You did not agree on Microsoft's page, so nothing was linked: {_AGAIN} if you want to.",
    (65001, 90094, 90095, 90097, 900971): (
        "Your organisation lets only its administrator agree to this, so nothing was linked: ask them to approve Deskhand "
        "for you, then start again."
    ),
    (50105,): "Your organisation has not given you Deskhand, so nothing was linked: ask your administrator.",
    (50020, 50178, 50034, 90072): (
        "That Microsoft account is not one of those that this Deskhand takes, so nothing was linked: choose another one."
    ),
    (53000, 53001, 53002, 53003, 530003, 53004, 530034): (
        "Your organisation's rules do not let Deskhand in from here: ask your administrator."
    ),
    (54005, 70000, 70002, 70008, 9002313, 501481, 50148): (
        f"Microsoft did not accept the sign-in's code, which is used once and at once, so nothing was linked: {_AGAIN}."
    ),
    (7000215, 7000218, 7000222, 700016, 700027): (
        f"Microsoft does not know this Deskhand: {_RUNNER} OUTLOOK_CLIENT_ID and OUTLOOK_CLIENT_SECRET, which may have expired."
    ),
    (
        50011,
        500113,
        500112,
    ): f"Microsoft does not know the address to come back to: {_RUNNER} PUBLIC_URL and what is registered.",
    (500011, 650053, 70011): f"Microsoft does not know what is asked of it: {_RUNNER} the app's permissions.",
}
_SENTENCE_OF = {number: sentence for numbers, sentence in _SENTENCES.items() for number in numbers}
_ENDED = "Microsoft has ended this mailbox's access: link it again."
_BY_NAME = {
    "access_denied": _SENTENCE_OF[65004],
    "consent_required": _SENTENCE_OF[65001],
    "invalid_client": _SENTENCE_OF[7000215],
    "unauthorized_client": _SENTENCE_OF[7000215],
}


def in_words(given: Mapping[str, Any], *, renewing: bool = False) -> Trouble:
    """The error to raise for an answer of Microsoft's sign-in that names one. Of its own words only the number and the name
    are repeated: the rest may hold what was sent. `renewing`: it is about a mailbox that was linked before."""
    error = str(given.get("error", ""))
    found = _NUMBER.search(str(given.get("error_description", "")))
    number = int(found[1]) if found else 0
    if error in ("temporarily_unavailable", "server_error") or number in (90033, 90006, 50196):
        return Unavailable("Microsoft's sign-in is busy: try again in a few minutes.")
    if renewing and error in ("invalid_grant", "interaction_required", "consent_required", "login_required"):
        return NeedsPerson(_ENDED)
    sentence = _SENTENCE_OF.get(number) or _BY_NAME.get(error)
    name = f"AADSTS{number}" if number else error[:40] or "no reason given"
    return Refused(sentence or f"Microsoft refused the sign-in ({name}), so nothing was linked: {_AGAIN}.")
