"""What a sender's HTML hides from the eye: words nobody sees may be meant for a machine that reads (SAFETY, B16)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

NEVER_SHOWN = frozenset(
    {
        "script",
        "style",
        "head",
        "title",
        "meta",
        "link",
        "template",
        "noscript",
        "svg",
        "math",
        "object",
        "embed",
        "iframe",
    }
    | {"canvas", "audio", "video", "map", "datalist", "select", "textarea", "input"}
)
"""Elements whose content is no part of the text."""

_STYLE_LIMIT = 100_000
_REPEATED, _STYLES = 300, 2_048
"""A page says the same short styles hundreds of times: so long are those that are remembered, and so many."""
_END = r"(?:px|pt|em|rem|%)?(?:;|!|$)"
_HIDING = re.compile(
    r"(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|text-indent:-\d{3,}|(?:left|top):-\d{4,}px|color:transparent|clip:rect\(0"
    rf"|opacity:(?:0*\.)?0+{_END})"
)
_FOLDED = re.compile(rf"(?:^|;)(?:max-)?(?:height|width):(?:0*\.)?0+{_END}")
_FONT_SIZE = re.compile(r"(?:^|;)font(?:-size)?:[^;]{0,60}?((?:\d{0,5}\.)?\d{1,5})(?:px|pt|em|rem|%|;|!|/|$)")
_RULE = re.compile(r"([^{}@;]{1,2000})\{([^{}]{0,4000})\}")
_SIMPLE = re.compile(r"^(?:[a-z][a-z0-9]*)?([.#][\w-]+)$", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
_COMMENTS = re.compile(r"/\*.{0,4000}?\*/|<!--|-->", re.DOTALL)


def _plain(style: str) -> str:
    return _BLANKS.sub("", style[:_STYLE_LIMIT].lower())


def hides(style: str) -> bool:
    """Whether this value of a style attribute makes its element and all within it invisible."""
    if ":" not in style:
        return False
    return _known_to_hide(style) if len(style) <= _REPEATED else _hides(style)


def _hides(style: str) -> bool:
    plain = _plain(style)
    return bool(_HIDING.search(plain)) or ("overflow:hidden" in plain and bool(_FOLDED.search(plain)))


def vanishing_font(style: str) -> bool | None:
    """Whether a style sets letters of no size: True, False, or None when it sets no size (then the parent's holds)."""
    if "font" not in style:
        return None
    return _known_to_vanish(style) if len(style) <= _REPEATED else _vanishes(style)


def _vanishes(style: str) -> bool | None:
    sizes = _FONT_SIZE.findall(_plain(style))
    return float(sizes[-1]) == 0 or bool(re.search(r"font-size:1px", _plain(style))) if sizes else None


_known_to_hide = lru_cache(_STYLES)(_hides)
_known_to_vanish = lru_cache(_STYLES)(_vanishes)


def hidden_names(sheet: str) -> frozenset[str]:
    """The `.class` and `#id` names that a style sheet hides on every screen; what it hides on some (@media) stays shown."""
    flat = _outside_media(_COMMENTS.sub(" ", sheet[:_STYLE_LIMIT]))
    names: set[str] = set()
    for selectors, declarations in _RULE.findall(flat):
        found = {match[1] for one in selectors.split(",") if (match := _SIMPLE.match(one.strip()))}
        if found:
            names = names | found if hides(declarations) else names - found if "display:" in declarations else names
    return frozenset(names)


def _outside_media(sheet: str) -> str:
    """The sheet without its @-blocks, which hold for some screens only."""
    kept: list[str] = []
    position = 0
    while (at := sheet.find("@", position)) >= 0:
        kept.append(sheet[position:at])
        brace, semicolon = sheet.find("{", at), sheet.find(";", at)
        if brace < 0 or 0 <= semicolon < brace:
            position = semicolon + 1 if semicolon >= 0 else len(sheet)
            continue
        position = _block_end(sheet, brace)
    return "".join(kept) + sheet[position:]


def _block_end(sheet: str, brace: int) -> int:
    depth = 0
    for match in re.compile(r"[{}]").finditer(sheet, brace):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.end()
    return len(sheet)


def is_hidden(attributes: Mapping[str, str], names: frozenset[str]) -> bool:
    """Whether an element with these attributes is invisible, given what the style sheets hide."""
    if "hidden" in attributes or hides(attributes.get("style", "")):
        return True
    if not names:
        return False
    classes = (f".{name}" for name in attributes.get("class", "").split()[:20])
    return f"#{attributes.get('id', '')}" in names or any(name in names for name in classes)
