"""What Microsoft Graph answers, and what it means for the person when it declines."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from storage.values.errors import NeedsPerson, Refused, Trouble, Unavailable

GONE = "This mail is not in the mailbox any more: it was moved or deleted elsewhere."
SIGN_IN = "Microsoft does not let me into this mailbox any more: link it again to go on."
BUSY = "Microsoft is busy with this mailbox: I try again in a moment."
AWAY = "Microsoft's mail service does not answer: try again in a few minutes."

_UNKNOWN_MAIL = frozenset({"ErrorItemNotFound", "ErrorInvalidIdMalformed", "ErrorInvalidId", "ErrorMessageNotFound"})
_NO_MAILBOX = frozenset({"MailboxNotEnabledForRESTAPI", "MailboxNotSupportedForRESTAPI", "ErrorNonExistentMailbox"})
_NOT_THE_SENDER = frozenset({"ErrorSendAsDenied", "ErrorNotAllowedSendOnBehalf"})
_TOO_LARGE = frozenset({"ErrorMessageSizeExceeded", "RequestBodyTooLarge", "ErrorRequestEntityTooLarge"})


@dataclass(frozen=True)
class Answer:
    """One answer, alone or as a part of a batch."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    exact: bool = True
    """Whether `body` holds the very bytes."""

    @property
    def good(self) -> bool:
        """Whether it was done."""
        return self.status < 300

    @property
    def values(self) -> dict[str, Any]:
        """The body as JSON; empty when it is none."""
        try:
            read = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}

    @property
    def code(self) -> str:
        """Graph's name for what is wrong."""
        error = self.values.get("error")
        return str(error.get("code", "")) if isinstance(error, dict) else ""

    @property
    def later(self) -> float | None:
        """After how many seconds Graph wants to be asked again, if it says."""
        said = self.headers.get("retry-after", "")
        return float(said) if said.isdecimal() else None

    @property
    def declined(self) -> bool:
        """Throttled: nothing was done."""
        return self.status == 429 or (self.status == 503 and self.later is not None)


def part_of_batch(part: Mapping[str, Any]) -> Answer:
    """A part of the answer to `$batch`. Its body is JSON, or bytes in base64; bytes that came as text instead may have
    lost characters of another charset on the way, so they are not `exact`."""
    body = part.get("body")
    headers = {str(name).lower(): str(value) for name, value in (part.get("headers") or {}).items()}
    content, exact = _bytes(body)
    return Answer(int(part.get("status", 500)), content, headers, exact)


def _bytes(body: Any) -> tuple[bytes, bool]:
    if body is None:
        return b"", True
    if not isinstance(body, str):
        return json.dumps(body).encode(), True
    try:
        return b64decode(body, validate=True), True
    except ValueError:
        return body.encode(), False


def trouble_of(answer: Answer) -> Trouble:
    """What to raise for an answer that is not good."""
    code, status = answer.code, answer.status
    if answer.declined:
        return Unavailable(BUSY, timedelta(seconds=answer.later) if answer.later else None)
    if status == 401:
        return NeedsPerson(SIGN_IN)
    if code in _NO_MAILBOX:
        return NeedsPerson("This Microsoft account has no mailbox that programs may use: link another one.")
    if code in _NOT_THE_SENDER:
        return Refused("Microsoft does not let this account send under that address: choose the account's own one.")
    if status == 413 or code in _TOO_LARGE:
        return Refused("This mail is too large for Microsoft: make it smaller, or send it with another program.")
    if status == 403:
        return NeedsPerson(
            "Microsoft does not allow me this with the mailbox: link it again and agree to everything that the page asks, "
            "or ask your administrator."
        )
    if status in (404, 410) or code in _UNKNOWN_MAIL:
        return Refused(GONE)
    if status >= 500:
        return Unavailable(AWAY)
    error = answer.values.get("error")
    said = str(error.get("message", "")) if isinstance(error, dict) else ""
    return Refused(f"Microsoft refused: {said[:200] or f'status {status}'}")
