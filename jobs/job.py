"""Job: what a handler is given, and what a handler is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.ids import ConversationId, JobId
from tools.far import Far, nobody
from tools.toolbox import Toolbox


@dataclass(frozen=True)
class Job:
    """One attempt at a job: for whom, where its words go, and with which parameters."""

    id: JobId
    caller: Caller
    conversation: ConversationId | None
    params: dict[str, Any]
    attempt: int
    far: Far = nobody
    """Says how far it is. A job that may be called off ends there, when it was."""

    def uuid(self, name: str) -> UUID:
        """A parameter that is an id."""
        return UUID(self.params[name])


Farewell = Callable[[Transaction, Row[Any], str], Awaitable[bool]]
"""Says, with the job's row and the reason, what it means that nobody tries on. False: the plain sentence is enough."""

Handler = Callable[[Toolbox, Job], Awaitable[dict[str, Any]]]
"""Does the job and gives its result. Unavailable is tried again; Refused and NeedsPerson are told to the person."""
