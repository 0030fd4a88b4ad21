"""Where a talk takes place in Slack, as one word: the workspace, the conversation, and the thread where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """`T1:D1`, or `T1:C1:1699.01` in a thread."""

    team: str
    channel: str
    thread: str = ""

    def __str__(self) -> str:
        return ":".join(filter(None, (self.team, self.channel, self.thread)))

    @property
    def direct(self) -> bool:
        """Whether nobody else reads along."""
        return self.channel.startswith("D")

    @property
    def arguments(self) -> dict[str, Any]:
        """As the Web API names it."""
        return {"channel": self.channel, **({"thread_ts": self.thread} if self.thread else {})}


def place(address: str) -> Place:
    """Reads what `str` wrote."""
    team, channel, *thread = address.split(":", 2)
    return Place(team, channel, thread[0] if thread else "")
