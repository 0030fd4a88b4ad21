"""Tasks: what Slack's shortcuts ask for. Each is a small form whose words become the person's own message.

A message that somebody else wrote is never taken for the words of the person who points at it: it only fills in a line,
which the person reads and sends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agent.chat import Input


@dataclass(frozen=True)
class Task:
    """One shortcut: its form, and the sentence that it becomes."""

    title: str
    inputs: Callable[[str], Sequence[Input]]
    sentence: Callable[[Mapping[str, str]], str]


def _line(text: str) -> str:
    """The first line of a message, as words to look for."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:150]


TASKS: dict[str, Task] = {
    "ask_assistant": Task(
        "Ask assistant",
        lambda text: (Input("what", "What do you want?", ""),),
        lambda said: said["what"],
    ),
    "draft_reply": Task(
        "Draft a reply",
        lambda text: (
            Input("which", "To which mail? Words that find it", _line(text)),
            Input("what", "What should the reply say?", ""),
        ),
        lambda said: f"reply to {said['which']} that {said['what']}" if said["what"] else f"reply to {said['which']}",
    ),
    "add_follow_up": Task(
        "Add follow-up",
        lambda text: (
            Input("which", "About what?", _line(text)),
            Input("when", "When?", "tomorrow at 9"),
        ),
        lambda said: f"remind me {said['when']} about {said['which']}",
    ),
}
"""The shortcut's callback id -> what it asks."""
