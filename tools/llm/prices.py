"""Prices: what a model's tokens cost, from the dated table of `genai-prices`; a model that is not in it has no known price."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from urllib.parse import urlsplit

from tools.llm.meter import Tokens

Price = Callable[[Tokens], Decimal | None]
"""US dollars for so many tokens; None where nobody knows."""

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def price_of(model: str, base_url: str | None) -> tuple[Price | None, str]:
    """The price of a model at an endpoint and the table that it is from. The table takes half a second to load, so this is
    called in a thread, and not at all for an endpoint on this machine."""
    if base_url and (urlsplit(base_url).hostname or "") in _HERE:
        return None, ""
    import genai_prices

    at: dict[str, str] = {"provider_api_url": base_url} if base_url else {"provider_id": "openai"}

    def price(tokens: Tokens) -> Decimal | None:
        used = genai_prices.Usage(input_tokens=tokens.into, cache_read_tokens=tokens.cached, output_tokens=tokens.out)
        try:
            return genai_prices.calc_price(used, model, **at).total_price  # type: ignore[call-overload,no-any-return]
        except LookupError:
            return None

    if price(Tokens(1, 0, 1)) is None:
        return None, ""
    return price, f"genai-prices {genai_prices.__version__}"
