"""Models: what thinks and what measures meaning. Any OpenAI-compatible endpoint, or the offline brain without one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from tools.llm.embedder import Embedder


@dataclass(frozen=True)
class Endpoint:
    """Where an OpenAI-compatible model answers."""

    base_url: str | None
    api_key: str | None
    model: str
    timeout: float = 45.0
    """Seconds for one answer: a chat must get an answer within a minute, a refusal included."""


@dataclass(frozen=True)
class Models:
    """The models of this process."""

    chat: BaseChatModel
    name: str
    meaning: Meaning
    closing: Callable[[], Awaitable[None]] | None = None

    async def aclose(self) -> None:
        """Lets go of connections."""
        if self.closing is not None:
            await self.closing()

    @property
    def offline(self) -> bool:
        """Whether the offline brain thinks, which cannot write freely."""
        return self.name == OFFLINE


OFFLINE = "offline brain"


class Meaning:
    """Turns text into meaning vectors with the bundled model, off the event loop."""

    def __init__(self) -> None:
        self._many = asyncio.Lock()
        self._single = asyncio.Lock()

    @property
    def model(self) -> str:
        """The id of the model that made a vector; vectors of different models are not compared."""
        return _embedder().model_id

    async def of(self, texts: Sequence[str]) -> list[list[float]]:
        """Unit vectors, one per text. One text at a time computes: more threads only slow each other down."""
        async with self._many:
            return await _measured(texts)

    async def of_one(self, text: str) -> list[float]:
        """The unit vector of one text. Somebody waits for it in a chat, so it does not queue behind mail that is read in the
        background: it computes beside that."""
        async with self._single:
            return (await _measured([text]))[0]


async def _measured(texts: Sequence[str]) -> list[list[float]]:
    vectors = await asyncio.to_thread(lambda: _embedder().embed(texts))
    return [[float(number) for number in vector] for vector in vectors]


@lru_cache(maxsize=1)
def _embedder() -> Embedder:
    from tools.llm.embedder import open_embedder

    return open_embedder()
