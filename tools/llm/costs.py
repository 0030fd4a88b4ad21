"""What asking models took, in words: tokens and US dollars, and honestly where one of them is not known."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy.engine import Row


def in_words(sums: Row[Any]) -> str:
    """`$0.0123 (12,340 tokens in, 1,020 out)` of sums as `storage.tables.model_calls` gives them; nothing where no model
    was asked."""
    if not sums.calls:
        return ""
    return f"{money(sums)} ({tokens(sums)})"


def money(sums: Row[Any]) -> str:
    """`$0.0123`; `price unknown`; or both, where some calls have a price."""
    if sums.unpriced == sums.calls:
        return "price unknown"
    known = dollars(sums.cost)
    return f"{known} and {calls(sums.unpriced)} of unknown price" if sums.unpriced else known


def tokens(sums: Row[Any]) -> str:
    """`12,340 tokens in, of them 1,024 cached, 1,020 out`."""
    if sums.unmeasured == sums.calls:
        return "tokens unknown"
    cached = f", of them {sums.tokens_cached:,} cached" if sums.tokens_cached else ""
    words = f"{sums.tokens_in:,} tokens in{cached}, {sums.tokens_out:,} out"
    return f"{words}; {calls(sums.unmeasured)} not counted" if sums.unmeasured else words


def calls(count: int) -> str:
    """`1 call`, `2 calls`."""
    return f"{count:,} call{'' if count == 1 else 's'}"


def dollars(amount: Decimal) -> str:
    """Two places, and as many more as it takes to show something of a small amount."""
    if amount == 0 or amount >= Decimal("0.01"):
        return f"${amount:,.2f}"
    return f"${amount:.6f}".rstrip("0") if amount >= Decimal("0.000001") else "less than $0.000001"
