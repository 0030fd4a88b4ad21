"""Meaning off the event loop: a question from a chat is answered beside mail that is being embedded, and not after it."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest

from tools.llm import model
from tools.llm.model import Meaning


class Held:
    """An embedder that is busy with mail until it is let go."""

    def __init__(self) -> None:
        self.busy, self.go = threading.Event(), threading.Event()

    def embed(self, texts: list[str]) -> np.ndarray:
        if "mail" in texts:
            self.busy.set()
            assert self.go.wait(20)
        return np.ones((len(texts), 2), dtype=np.float32)


async def test_a_question_does_not_wait_behind_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    held, meaning = Held(), Meaning()
    monkeypatch.setattr(model, "_embedder", lambda: held)
    mail = [asyncio.create_task(meaning.of(["mail"])) for _ in range(3)]
    await asyncio.to_thread(held.busy.wait, 20)
    async with asyncio.timeout(10):
        assert await meaning.of_one("when is dinner?") == [1.0, 1.0]
    assert not any(one.done() for one in mail)
    held.go.set()
    assert await asyncio.gather(*mail) == [[[1.0, 1.0]]] * 3
