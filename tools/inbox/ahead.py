"""Ahead: fetches the next thing while the last one is being worked on, so that reading mail and storing it overlap."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

T = TypeVar("T")


async def ahead(things: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """The same things in the same order, one fetched in advance. An error comes where its thing would have come."""
    coming = asyncio.ensure_future(_next(things))
    try:
        while found := await coming:
            coming = asyncio.ensure_future(_next(things))
            yield found[0]
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await things.aclose()


async def _next(things: AsyncGenerator[T]) -> tuple[T] | None:
    async for thing in things:
        return (thing,)
    return None
