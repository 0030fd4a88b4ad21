"""Asking Graph again: when, after how long, and when no more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from storage.values.errors import Unavailable
from tools.mail.outlook_answers import Answer, trouble_of

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]

ATTEMPTS = 5
PATIENCE = 30.0
"""Seconds that a call waits because Graph asks for it. What asks for longer is left to whoever called, so that no job
sleeps away its time."""

_backing_off = wait_random_exponential(multiplier=0.5, max=8)


class AgainError(Exception):
    """Nothing was done, or it may be done twice. `trouble` is raised when asking again does not help."""

    def __init__(self, trouble: Unavailable, *, after: float | None = None, lost: bool = False) -> None:
        super().__init__(str(trouble))
        self.trouble, self.after, self.lost = trouble, after, lost


async def patiently(attempt: Callable[[], Awaitable[T]], sleep: Sleep) -> T:
    """Attempts it until it is done or not worth it; raises what the last AgainError holds."""
    retrying = AsyncRetrying(
        sleep=sleep, wait=_wait, stop=_enough, retry=retry_if_exception_type(AgainError), reraise=True
    )

    async def once() -> T:  # the library looks whether what it is given is written with `async`
        return await attempt()

    try:
        return await retrying(once)
    except AgainError as again:
        raise again.trouble from again.__cause__


def asked_again(answer: Answer) -> AgainError:
    """For an answer that was declined, or that broke off on a call that may be done twice."""
    trouble = trouble_of(answer)
    assert isinstance(trouble, Unavailable)
    return AgainError(trouble, after=answer.later)


def _wait(state: RetryCallState) -> float:
    """Exactly as long as Graph says; when it says nothing, longer each time."""
    again = _of(state)
    if again.lost:
        return 0
    return again.after if again.after is not None else _backing_off(state)


def _enough(state: RetryCallState) -> bool:
    again = _of(state)
    if again.lost:  # a connection that had grown old is mended by a new one; a service that is away is not
        return state.attempt_number >= 2
    return state.attempt_number >= ATTEMPTS or state.idle_for + (again.after or 0) > PATIENCE


def _of(state: RetryCallState) -> AgainError:
    again = state.outcome.exception() if state.outcome else None
    assert isinstance(again, AgainError)
    return again
