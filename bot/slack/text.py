"""Text as Slack takes it: escaped so that nothing in it comes to life, and cut only with saying so."""

from __future__ import annotations

import re
from typing import Any

from storage.values.text import storable

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_UNESCAPES = {escape: sign for sign, escape in _ESCAPES.items()}
_MARKDOWN = re.compile(r"[\\`*_~\[\]|]|^#")
_LIVE = re.compile(r"://|[<>&@]|\w\.[^\W\d_]{2}|:\w+:|#\w|(?i:www\.|mailto:|tel:)")
"""What Slack would turn into something to press: addresses, names of sites, people and channels, and its own signs."""

_LINK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def clean(text: str) -> str:
    """What can be shown: no control characters, line ends as Slack has them."""
    return _CONTROL.sub("", storable(text).replace("\r\n", "\n").replace("\r", "\n"))


def escaped(text: str) -> str:
    """The text with Slack's three control signs as what they look like."""
    return "".join(_ESCAPES.get(sign, sign) for sign in text)


def streamed(text: str) -> str:
    """Clean words as the markdown that a stream takes: they look as they are, and what could come to life is code."""
    return re.sub(r"\S+", _inert, text)


def _inert(token: re.Match[str]) -> str:
    word = token.group()
    code = word.rstrip(
        "\\"
    )  # at the end of code it would not be told apart from one that takes the closing sign's meaning
    if _LIVE.search(code):
        return f"`{escaped(code.replace('`', chr(39)))}`" + "\\\\" * (len(word) - len(code))
    return _MARKDOWN.sub(lambda sign: f"\\{sign.group()}", word)


def units(text: str) -> int:
    """Length in UTF-16, the larger of the two ways in which a platform may count."""
    return len(text.encode("utf-16-le")) // 2


def fit(text: str, limit: int) -> tuple[str, str]:
    """As much of a clean text as fits escaped into `limit` units, escaped; and the rest, as it was. Breaks at a line or a
    space where there is one in the last quarter."""
    room, end = limit, len(text)
    for place, sign in enumerate(text):
        room -= len(_ESCAPES.get(sign, sign)) if sign < "\U00010000" else 2
        if room < 0:
            end = place
            break
    if end < len(text):
        for sign in ("\n", " "):
            at = text.rfind(sign, end - end // 4, end)
            if at > 0:
                end = at + 1
                break
    return escaped(text[:end]), text[end:]


def short(text: str, limit: int) -> str:
    """One line, escaped; an ellipsis says that it was cut."""
    line = " ".join(clean(text).split()) or "…"
    head, rest = fit(line, limit)
    return f"{fit(line, limit - 1)[0].rstrip()}…" if rest else head


def plain(text: str) -> dict[str, Any]:
    """A text object whose escaped text is shown as it is: no markup, no emoji names, no links."""
    return {"type": "plain_text", "text": text if text.strip() else "…", "emoji": False}


def bold(text: str) -> dict[str, Any]:
    """A text object for words of our own. `text` must hold no markup."""
    return {"type": "mrkdwn", "text": f"*{text}*", "verbatim": True}


def heard(text: str, bot_user: str = "") -> str:
    """What a person typed: their mention of us taken away, links and addresses as they look, signs unescaped."""
    said = text.replace(f"<@{bot_user}>", "") if bot_user else text
    said = _LINK.sub(_as_typed, said)
    for escape in ("&lt;", "&gt;", "&amp;"):
        said = said.replace(escape, _UNESCAPES[escape])
    return said.strip()


def _as_typed(link: re.Match[str]) -> str:
    target, label = link.group(1), link.group(2)
    if label:
        return label
    if target.startswith(("@", "#", "!")):
        return target.replace("!", "@", 1)
    return target.removeprefix("mailto:").removeprefix("tel:")
