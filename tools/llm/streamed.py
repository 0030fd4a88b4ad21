"""A streamed answer: its pieces are put together to what the endpoint would have sent in one, and its words heard as they come."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

Hear = Callable[[str], None]
"""Takes the next words. They end where the endpoint happened to cut, but never within a character."""

MOST_CALLS = 64
"""Tool calls in one answer; whoever numbers them higher does not mean them."""

_HALF = re.compile("[\ud800-\udbff]$")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class CutError(ValueError):
    """The stream ended before the answer did."""


async def whole(chunks: AsyncIterator[object], hear: Hear) -> dict[str, Any]:
    """The completion that the chunks make up. ValueError when they make up none."""
    answer = _Answer(hear)
    async for chunk in chunks:
        answer.take(chunk)
    return answer.done()


class _Answer:
    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._top: dict[str, Any] = {}
        self._words: list[str] = []
        self._half = ""
        self._calls: dict[int, dict[str, Any]] = {}
        self._reason: object = None

    def take(self, chunk: object) -> None:
        if not isinstance(chunk, Mapping):
            raise ValueError("a chunk is no object")
        self._top |= {name: value for name, value in chunk.items() if name not in ("choices", "object") and value}
        for choice in _listed(chunk.get("choices")):
            if not isinstance(choice, Mapping) or choice.get("index", 0) != 0:
                continue
            delta = choice.get("delta") or {}
            if not isinstance(delta, Mapping):
                raise ValueError("a delta is no object")
            self._say(delta.get("content"))
            for call in _listed(delta.get("tool_calls")):
                self._call(call)
            self._reason = choice.get("finish_reason") or self._reason

    def done(self) -> dict[str, Any]:
        if self._reason is None:
            raise CutError("the stream ended before the answer")
        words = "".join(self._words) + self._half
        calls = [self._calls[place] for place in sorted(self._calls)]
        message: dict[str, Any] = {"role": "assistant", "content": words or None}
        choice = {"index": 0, "message": message | ({"tool_calls": calls} if calls else {})}
        return {**self._top, "object": "chat.completion", "choices": [choice | {"finish_reason": self._reason}]}

    def _say(self, words: object) -> None:
        if words is None or words == "":
            return
        if not isinstance(words, str):
            raise ValueError("the words are no text")
        text = self._half + words
        self._half = text[-1] if _HALF.search(text) else ""
        text = _PAIR.sub(_joined, text[: len(text) - len(self._half)])
        if text:
            self._words.append(text)
            self._hear(text)

    def _call(self, piece: object) -> None:
        if not isinstance(piece, Mapping):
            raise ValueError("a tool call is no object")
        place, function = piece.get("index", 0), piece.get("function") or {}
        if not isinstance(place, int) or not 0 <= place < MOST_CALLS or not isinstance(function, Mapping):
            raise ValueError("a tool call has no place")
        call = self._calls.setdefault(place, {"id": "", "type": "function", "function": {"name": "", "arguments": ""}})
        call["id"] = str(piece.get("id") or call["id"])
        for name in ("name", "arguments"):
            call["function"][name] += str(function.get(name) or "")


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError("a list is none")
    return value


def _joined(pair: re.Match[str]) -> str:
    """One character whose halves came apart."""
    return pair.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le")
