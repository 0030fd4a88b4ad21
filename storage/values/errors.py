"""The errors we raise, sorted by what to do next.

    Refused       the person asked for something that cannot be: tell them, change nothing
    Unavailable   a service is down or busy: try again later
    NeedsPerson   somebody must act first: sign in again, give a password, decide
    Unsure        outcome unknown: never repeat the action blindly, ask a person

Anything else that is raised is a bug. The message of each is one sentence for a person: what happened, and what to do.
"""

from __future__ import annotations

from datetime import timedelta


class Trouble(Exception):
    """The root of the errors that carry a sentence for a person."""


class Refused(Trouble):
    """What was asked cannot be done; nothing was changed."""


class Unavailable(Trouble):
    """A service did not answer; the same thing may work later."""

    def __init__(self, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NeedsPerson(Trouble):
    """A person must act before this can go on."""


class Unsure(Trouble):
    """It may or may not have happened, and only a look at the outside world can tell."""
