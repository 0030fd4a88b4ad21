"""The terminal for programs: one JSON object a line, in and out."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from agent.chat import File, Progress, Reply, Update, Word
from storage.values.errors import Refused


@dataclass(frozen=True)
class Request:
    """One line that came in: words, a press, or a file with words."""

    text: str = ""
    click: str = ""
    file: str = ""
    fields: dict[str, str] = field(default_factory=dict)


def read(line: str) -> Request:
    """Understands one line. Refused when it is none of the three forms."""
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):  # the second: lists within lists, thousands deep
        given = None
    shape = 'Write one JSON object a line: {"text": "…"}, {"click": "TOKEN", "fields": {…}} or {"file": "PATH", "text": "…"}.'
    if not isinstance(given, dict) or not {"text", "click", "file"} & given.keys():
        raise Refused(f"That line cannot be read. {shape}")
    fields = given.get("fields", {})
    words = [given.get(name, "") for name in ("text", "click", "file")]
    if not all(isinstance(one, str) for one in words) or not isinstance(fields, dict):
        raise Refused(f"That line cannot be read. {shape}")
    text, click, file = words
    return Request(text, click, file, {str(name): str(value) for name, value in fields.items()})


def write(word: Word | Progress, file: Path | None = None) -> str:
    """The line for a word."""
    if isinstance(word, Progress):
        return _line({"type": "progress", "tool": word.tool, "arguments": dict(word.arguments)})
    if isinstance(word, File):
        plain = {"type": "file", "name": word.name, "media_type": word.media_type, "path": str(file), "text": word.text}
        return _line(plain)
    if isinstance(word, Update):
        return _line({"type": "update", **asdict(word.card)})
    if isinstance(word, Reply):
        return _line({"type": "reply", "text": word.text})
    return _line({"type": type(word).__name__.lower(), **asdict(word)})


def done() -> str:
    """The line that closes the answer to one line."""
    return _line({"type": "done"})


def _line(plain: dict[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=False, default=str)
