"""The hands: what Deskhand can do in the world. A tool of the agent is a function in a room's tool.py and one line here."""

from __future__ import annotations

TOOLS = (
    "tools.inbox.tool:search_inbox",
    "tools.inbox.tool:read_email",
    "tools.inbox.tool:label_email",
    "tools.inbox.tidy_tool:archive_email",
    "tools.inbox.tidy_tool:move_email",
    "tools.inbox.tidy_tool:mark_email",
    "tools.inbox.tool:draft_reply",
    "tools.inbox.tool:change_draft",
    "tools.analysis.tool:run_analysis",
    "tools.followups.tool:schedule_follow_up",
    "tools.followups.tool:list_follow_ups",
    "tools.commitments.tool:list_promises",
    "tools.commitments.tool:settle_promise",
    "tools.memory.tool:remember",
    "tools.memory.tool:recall",
    "tools.memory.tool:forget",
    "tools.undo.tool:undo",
)
"""What the agent may call. Names, so that using one room of `tools` does not load all of them; a house test resolves each."""
