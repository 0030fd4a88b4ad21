"""Private: what people say and write to us is traced nowhere. An environment that asks LangChain to send every run to a
tracing service (LANGSMITH_TRACING) is not listened to: a sixth way out, past all five guards."""

from __future__ import annotations

from contextlib import AbstractContextManager

from langsmith import tracing_context


def untraced() -> AbstractContextManager[None]:
    """Around every run of a graph, and what is called in it."""
    return tracing_context(enabled=False)
