"""The page's colours can be read by everybody, in both themes, and its parts need nothing from elsewhere."""

from __future__ import annotations

import re

import pytest

from bot.browser.pages import FOLDER

CSS = (FOLDER / "page.css").read_text("utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", part)) for part in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
)

READ = [
    ("ink", "ground"),
    ("ink", "surface"),
    ("ink", "sunk"),
    ("ink", "accent-soft"),
    ("ink", "added"),
    ("ink", "taken"),
    ("ink-soft", "ground"),
    ("ink-soft", "surface"),
    ("ink-soft", "sunk"),
    ("ink-soft", "accent-soft"),
    ("accent", "surface"),
    ("accent", "accent-soft"),
    ("accent-ink", "accent"),
    ("stop-ink", "stop"),
    ("stop", "surface"),
    ("warm", "warm-soft"),
    ("ground", "ink"),
]
"""What is written in which colour on which: 4.5 to 1 at least (WCAG 2.2, 1.4.3)."""

SEEN = [("line-strong", "surface"), ("line-strong", "ground"), ("accent", "ground"), ("stop", "surface")]
"""What a field or a button is told by: 3 to 1 at least (WCAG 2.2, 1.4.11)."""


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_word_and_every_border_can_be_seen(theme: dict[str, str]) -> None:
    faint = [(one, other) for one, other in READ if contrast(theme[one], theme[other]) < 4.5]
    assert faint == []
    assert [(one, other) for one, other in SEEN if contrast(theme[one], theme[other]) < 3] == []


def test_both_themes_name_the_same_colours() -> None:
    assert LIGHT.keys() == DARK.keys()


def test_a_colour_is_named_in_one_place() -> None:
    after = CSS[CSS.index("*, *::before") :]
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", after)) <= {"#fff"}, "white is the paper of charts"


@pytest.mark.parametrize("part", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_no_part_comes_from_elsewhere_or_makes_markup(part: object) -> None:
    text = part.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")  # type: ignore[attr-defined]
    for word in ("http:", "https:", "//cdn", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert word not in text


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
