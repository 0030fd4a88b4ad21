"""Quoting: words that others wrote (mail, files, memories) in a prompt, behind a fence that nothing in them can open."""

from __future__ import annotations

import re

from tools.inbox.show import plain

_FENCE = re.compile(r"<(?=[\s/]*(?:mail|draft)\b)", re.IGNORECASE)


def quoted(text: str, fence: str = "mail") -> str:
    """The text between `<mail>` and `</mail>`. What looks like a fence in it loses its bracket, and what is invisible
    becomes visible, so that a model sees one piece of material and its one end."""
    return f"<{fence}>\n{_FENCE.sub('‹', plain(text))}\n</{fence}>"
