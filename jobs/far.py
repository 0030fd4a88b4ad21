"""How far a job is: in its row, so that every overview knows it, and for one that takes a while on one card in the chat."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy.engine import Row

from agent import job_cards
from agent.chat import Update
from agent.job_cards import CANCEL_JOB, LIVES
from agent.telling import tell
from storage.database import Database
from storage.tables.jobs import JobState
from storage.transaction import Transaction
from storage.values.clock import now
from tools.far import in_words
from tools.work import CANCELLABLE

WRITES_EVERY = 1.0
"""Seconds between two notes in the row."""

CARD_AFTER, CARD_EVERY = 10.0, 5.0
"""Seconds after which a job is worth a card, and between two looks of it."""


class CalledOffError(Exception):
    """The job is not this attempt's any more: it was called off, or is in another's hands."""


class Teller:
    """Tells for one attempt at a job."""

    def __init__(self, database: Database, row: Row[Any], clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._row = row
        self._clock = clock
        self._began = clock()
        self._written = -WRITES_EVERY
        self._carded = -CARD_EVERY
        self._phase = ""
        self._token = ""
        self.shown = False

    async def __call__(self, phase: str, done: int | None = None, total: int | None = None) -> None:
        """Notes how far it is, if it did not do so a moment ago. CalledOffError: stop here."""
        at = self._clock()
        if phase == self._phase and done != total and at - self._written < WRITES_EVERY:
            return
        self._phase, self._written = phase, at
        async with self._database.acting_as(self._row.tenant) as tx:
            if not await tx.jobs.far(self._row.id, self._row.attempts, phase, done, total):
                raise CalledOffError
            if at - self._began >= CARD_AFTER and at - self._carded >= CARD_EVERY:
                self._carded = at
                await self._show(tx, in_words(phase, done, total), token=await self._button(tx))

    async def over(self, tx: Transaction, state: JobState, error: str = "", cost: str = "") -> None:
        """What became of the job, on its card, if it has one."""
        if self.shown:
            words = job_cards.ENDED[state] + (f": {error}" if error else "")
            await self._show(tx, words, cost)

    async def _show(self, tx: Transaction, words: str, cost: str = "", token: str = "") -> None:
        if self._row.conversation is None:
            return
        self.shown = True
        card = job_cards.of(self._row.id, self._row.kind, words, cost, token=token)
        await tell(tx, self._row.conversation, Update(card))

    async def _button(self, tx: Transaction) -> str:
        if self._row.kind in CANCELLABLE and not self._token:
            made = await tx.buttons.make(self._row.person, self._row.id, [CANCEL_JOB], now() + LIVES)
            self._token = made[CANCEL_JOB]
        return self._token
