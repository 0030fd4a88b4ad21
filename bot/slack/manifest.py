"""The app's manifest: what Slack is told about us, made from the same tables that we answer from."""

from __future__ import annotations

from typing import Any

import yaml

from bot.commands import COMMANDS
from bot.slack.listeners import EVENTS, SHORTCUTS
from bot.slack.oauth import SCOPES
from bot.slack.tasks import TASKS

EXAMPLE = "https://deskhand.example.org"
"""To be replaced by PUBLIC_URL where Slack comes through signed requests."""

SLACKS_OWN = frozenset({"help", "search", "status", "remind", "invite", "open", "feedback", "apps", "dm", "msg"})
"""Commands that Slack keeps for itself; ours of that name are reached with `/assistant`."""

NAMES = {"message": "message.im"}
"""What is subscribed to -> what comes: messages of direct conversations only."""

PROMPTS = (
    ("What needs me today?", "what needs me today?"),
    ("My unread mail", "/inbox"),
    ("What waits for my word?", "/approvals"),
    ("What can you do?", "/help"),
)


def manifest(*, http: bool) -> dict[str, Any]:
    """For Socket Mode, or for signed requests to an address."""
    settings: dict[str, Any] = {
        "event_subscriptions": {"bot_events": sorted(NAMES.get(one, one) for one in EVENTS)},
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": False,
        "socket_mode_enabled": not http,
        "token_rotation_enabled": False,
    }
    if http:
        settings["event_subscriptions"]["request_url"] = f"{EXAMPLE}/slack/events"
        settings["interactivity"]["request_url"] = f"{EXAMPLE}/slack/events"
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Deskhand",
            "description": "Works your mailbox and your tables. Nothing leaves without your click.",
        },
        "features": _features(http=http),
        "oauth_config": {
            **({"redirect_urls": [f"{EXAMPLE}/slack/oauth_redirect"]} if http else {}),
            "scopes": {"bot": sorted(SCOPES)},
        },
        "settings": settings,
    }


def _features(*, http: bool) -> dict[str, Any]:
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "agent_view": {
            "agent_description": "Finds, labels and drafts mail, analyses tables, and comes back to things.",
            "suggested_prompts": [{"title": title, "message": message} for title, message in PROMPTS],
        },
        "bot_user": {"display_name": "Deskhand", "always_online": True},
        "shortcuts": [
            {
                "name": TASKS[one].title,
                "type": "global" if one == "ask_assistant" else "message",
                "callback_id": one,
                "description": TASKS[one].title,
            }
            for one in SHORTCUTS
        ],
        "slash_commands": [_command(*one, http=http) for one in _commands()],
    }


def _commands() -> list[tuple[str, str, str]]:
    own = [(one.name, one.help, one.usage) for one in COMMANDS if one.name not in SLACKS_OWN]
    return [
        ("assistant", "any command, for example /assistant help", "help | inbox | approvals | jobs | …"),
        ("stop", "stop what is under way", ""),
        *own,
    ]


def _command(name: str, description: str, usage: str, *, http: bool) -> dict[str, Any]:
    return {
        "command": f"/{name}",
        "description": description,
        **({"usage_hint": usage} if usage else {}),
        **({"url": f"{EXAMPLE}/slack/events"} if http else {}),
        "should_escape": False,
    }


def page(*, http: bool) -> str:
    """The manifest as a file."""
    way = f"signed requests (replace {EXAMPLE} by your own address)" if http else "Socket Mode"
    body = yaml.safe_dump(manifest(http=http), sort_keys=False, allow_unicode=True, width=120)
    return f"# Deskhand in Slack, for {way}. Made by `make docs`; docs/slack.md says how to use it.\n{body}"
