"""The meter: what asking a model took, noted where it is asked and kept by whoever had it running: a turn, a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeGuard


@dataclass(frozen=True)
class Tokens:
    """What an endpoint counted. `cached` are among those that went in."""

    into: int
    cached: int
    out: int


@dataclass(frozen=True)
class Call:
    """One asking. No tokens: the endpoint did not tell. No cost (US dollars): nobody knows the price."""

    purpose: str
    model: str
    tokens: Tokens | None
    cost: Decimal | None
    prices: str
    """The table that the price is from, with its version; empty without a price."""

    def row(self) -> dict[str, Any]:
        """As `storage.tables.model_calls` keeps it."""
        return {
            "purpose": self.purpose,
            "model": self.model,
            "tokens_in": self.tokens.into if self.tokens else None,
            "tokens_cached": self.tokens.cached if self.tokens else None,
            "tokens_out": self.tokens.out if self.tokens else None,
            "cost": None if self.cost is None else str(self.cost),
            "prices": self.prices,
        }


@dataclass
class Meter:
    """Runs while somebody's work is done."""

    purpose: str
    calls: list[Call] = field(default_factory=list)

    def rows(self) -> list[dict[str, Any]]:
        """What has been noted."""
        return [one.row() for one in self.calls]


_running: ContextVar[tuple[Meter, str] | None] = ContextVar("running", default=None)


@contextmanager
def metered(purpose: str) -> Iterator[Meter]:
    """A meter of one's own, in this task and in those that it begins."""
    meter = Meter(purpose)
    token = _running.set((meter, purpose))
    try:
        yield meter
    finally:
        _running.reset(token)


@contextmanager
def spending_on(purpose: str) -> Iterator[None]:
    """Within the block, what is noted is for another purpose than the meter's own."""
    running = _running.get()
    token = _running.set((running[0], purpose) if running else None)
    try:
        yield
    finally:
        _running.reset(token)


def note(model: str, tokens: Tokens | None, cost: Decimal | None, prices: str) -> None:
    """Notes an asking, where a meter runs."""
    running = _running.get()
    if running is not None:
        meter, purpose = running
        meter.calls.append(Call(purpose, model, tokens, cost, prices))


def tokens_of(usage: object) -> Tokens | None:
    """What an answer's `usage` says; None where it says nothing that can be believed."""
    if not isinstance(usage, Mapping):
        return None
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, Mapping) else 0
    into, out = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if not (_is_count(into) and _is_count(out)):
        return None
    return Tokens(into, min(into, cached) if _is_count(cached) else 0, out)


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
