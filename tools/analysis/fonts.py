"""Letters that a chart can draw: what no font here has is shown as a box, and a dollar sign stays a dollar sign."""

from __future__ import annotations

from functools import cache

_WISHED = ("DejaVu Sans", "Noto Sans", "Noto Sans CJK JP", "Noto Sans CJK SC", "Hiragino Sans", "Arial Unicode MS")
_BOX = "□"


@cache
def families() -> tuple[str, ...]:
    """The wished fonts that this machine has; DejaVu Sans comes with matplotlib."""
    from matplotlib.font_manager import fontManager

    there = set(fontManager.get_font_names())
    return tuple(name for name in _WISHED if name in there)


def drawable(text: str) -> str:
    """The text on one line, with nothing that matplotlib would warn about or take for mathematics."""
    known = _letters()
    line = " ".join(text.split())
    return "".join(letter if ord(letter) in known else _BOX for letter in line).replace("$", r"\$")


@cache
def _letters() -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    fonts = [get_font(findfont(FontProperties(family=name))) for name in families()]
    return frozenset(code for font in fonts for code in font.get_charmap())
