"""Checkpoints: what LangGraph remembers, and where.

A conversation keeps one small checkpoint, the focus. It is read with the turn's opening and written with its closing, in
the same transaction as the messages, so that neither is ever ahead of the other. An approval keeps its checkpoints in
LangGraph's own Postgres saver, on a connection that acts for one tenant.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    empty_checkpoint,
)
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from storage.database import Database

_PLAIN = JsonPlusSerializer(allowed_msgpack_modules=[])
"""Plain values only: a checkpoint that names any class of ours or others' is not opened."""


class TurnSaver(BaseCheckpointSaver[int]):
    """Holds the checkpoints of the turns that are being run, by thread; `begin` and `end` carry them in and out."""

    def __init__(self) -> None:
        super().__init__(serde=_PLAIN)
        self._held: dict[str, tuple[RunnableConfig, Checkpoint, CheckpointMetadata]] = {}

    def begin(self, thread: str, stored: bytes | None) -> None:
        """Takes in what the conversation's row holds."""
        if stored:
            checkpoint = self.serde.loads_typed(("msgpack", stored))
            self._held[thread] = (_config(thread, checkpoint["id"]), checkpoint, {"source": "loop", "step": 0})

    def value(self, thread: str, channel: str) -> Any:
        """What a channel of the taken-in checkpoint holds; None in a new conversation."""
        held = self._held.get(thread)
        return held[1]["channel_values"].get(channel) if held else None

    def look(self, stored: bytes | None, channel: str) -> Any:
        """The same of a conversation's row, without a turn."""
        return self.serde.loads_typed(("msgpack", stored))["channel_values"].get(channel) if stored else None

    def changed(self, stored: bytes | None, channel: str, value: Any) -> bytes:
        """What the conversation's row shall hold when a channel has this value, again without a turn."""
        checkpoint = self.serde.loads_typed(("msgpack", stored)) if stored else empty_checkpoint()
        checkpoint["channel_values"][channel] = value
        checkpoint["channel_versions"].setdefault(channel, self.get_next_version(None, None))
        return self.serde.dumps_typed(checkpoint)[1]

    def end(self, thread: str) -> bytes:
        """Hands out what the conversation's row shall hold."""
        checkpoint = self._held.pop(thread)[1]
        return self.serde.dumps_typed(checkpoint)[1]

    def drop(self, thread: str) -> None:
        """The turn came to nothing."""
        self._held.pop(thread, None)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        held = self._held.get(config["configurable"]["thread_id"])
        return CheckpointTuple(config=held[0], checkpoint=held[1], metadata=held[2]) if held else None

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        thread = config["configurable"]["thread_id"]
        after = _config(thread, checkpoint["id"])
        self._held[thread] = (after, checkpoint, metadata)
        return after

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Half a turn is not kept: it is run again from the stored event."""

    def get_next_version(self, current: int | None, channel: None) -> int:
        return (current or 0) + 1


def _config(thread: str, checkpoint: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread, "checkpoint_ns": "", "checkpoint_id": checkpoint}}


@asynccontextmanager
async def approval_saver(database: Database, tenant: UUID) -> AsyncIterator[AsyncPostgresSaver]:
    """LangGraph's Postgres saver, which sees this tenant's checkpoints only. One per run, since a saver lets one query pass
    at a time; all that a run writes is kept together or not at all."""
    async with database.driver_as(tenant) as connection, connection.transaction():
        yield AsyncPostgresSaver(connection, serde=_PLAIN)
