"""The hands: what Deskhand can do in the world. A tool of the agent is a function in a room's tool.py and one line here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tools.analysis.tool import run_analysis
from tools.followups.tool import list_follow_ups, schedule_follow_up
from tools.inbox.tool import change_draft, draft_reply, label_email, read_email, search_inbox
from tools.memory.tool import forget, recall, remember
from tools.undo.tool import undo

TOOLS: list[Callable[..., Any]] = [
    search_inbox,
    read_email,
    label_email,
    draft_reply,
    change_draft,
    run_analysis,
    schedule_follow_up,
    list_follow_ups,
    remember,
    recall,
    forget,
    undo,
]
"""What the agent may call."""
