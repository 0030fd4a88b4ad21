"""Which parts of a message are its words and which are attached: the algorithm of RFC 8621 (JMAP), section 4.1.4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.mail.structure import Part
from tools.mail.transfer import NOT_PACKED

_MEDIA = ("image/", "audio/", "video/")
_WORDS = ("text/plain", "text/html")


@dataclass
class Bodies:
    """Parts to show to a reader of plain text, to a reader of HTML, and to offer as files."""

    text: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)
    attached: list[Part] = field(default_factory=list)
    cut: list[Part] = field(default_factory=list)
    """Words whose end is missing: they are shown below the text, and offered as files as well."""
    spare: list[Part] = field(default_factory=list)
    """The same, of another shape of words that are there already: shown only if those say nothing."""


def bodies(parts: Sequence[Part]) -> Bodies:
    """Sorts the parts of a message (as `structure.split` gives them, the message first)."""
    sorted_ = Bodies()
    _walk([parts[0]], "mixed", sorted_, True, True, False)
    sorted_.attached.sort(key=lambda part: part.index)
    return sorted_


def _walk(siblings: Sequence[Part], kind: str, into: Bodies, text: bool, html: bool, alternative: bool) -> None:
    """`text` and `html` say whether the parts may go to that body. The depth is bounded by `structure.DEEPEST`."""
    text_before, html_before = len(into.text), len(into.html)
    for position, part in enumerate(siblings):
        if part.children:
            within = part.media_type.partition("/")[2]
            _walk(part.children, within, into, text, html, alternative or within == "alternative")
        elif part.media_type.startswith("multipart/") and not part.body:
            continue
        elif not _is_inline(part, position, kind):
            into.attached.append(part)
        elif part.cut:
            into.attached.append(part)
            (into.spare if kind == "alternative" and position else into.cut).append(part)
        elif kind == "alternative":
            _alternative(part, into)
        else:
            if alternative:
                html = html and part.media_type != "text/plain"
                text = text and part.media_type != "text/html"
            if text:
                into.text.append(part)
            if html:
                into.html.append(part)
            if part.media_type.startswith(_MEDIA):
                into.attached.append(part)
    if kind == "alternative" and text and html:
        _fill_gap(into, text_before, html_before)


def _alternative(part: Part, into: Bodies) -> None:
    match shown_as(part):
        case "text/plain":
            into.text.append(part)
        case "text/html":
            into.html.append(part)
        case _:
            into.attached.append(part)


def _fill_gap(into: Bodies, text_before: int, html_before: int) -> None:
    """An alternative that came in one shape only serves both readers."""
    if len(into.text) == text_before and len(into.html) != html_before:
        into.text.extend(into.html[html_before:])
    elif len(into.html) == html_before and len(into.text) != text_before:
        into.html.extend(into.text[text_before:])


def shown_as(part: Part) -> str:
    """The media type a part is read as: a multipart that has no parts after all is plain text."""
    return "text/plain" if part.media_type.startswith("multipart/") else part.media_type


def _is_inline(part: Part, position: int, kind: str) -> bool:
    media = part.media_type.startswith(_MEDIA) and part.unpacked[1] != NOT_PACKED
    if part.disposition == "attachment" or not (shown_as(part) in _WORDS or media):
        return False
    return position == 0 or (kind != "related" and (media or not part.name))
