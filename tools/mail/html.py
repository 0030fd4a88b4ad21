"""HTML into the text a person would read aloud: paragraphs, lists, links, quotes; nothing that the page hides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from tools.mail.charsets import clean
from tools.mail.hidden import NEVER_SHOWN, hidden_names, is_hidden, vanishing_font

LONGEST = 2_000_000
"""Characters of HTML that are read."""
TOO_DEEP = "[The rest of this page is nested too deeply to be read.]"
"""Stands in for what no mail program would show either; reading on without the structure would show what the page hides."""

_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
    }
    | {
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
    }
    | {
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "details",
    }
)
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "table", "blockquote"})
_CELLS = frozenset(("td", "th"))
_LAID_OUT = _BLOCKS | _SPACED | _CELLS | {"a", "br", "img"}
"""What does more to the text than its letters do."""
_BLANKS = " \t\n\r\f\u00a0"
_WHITE = re.compile(f"[{_BLANKS}]+")
# Preheaders are padded with characters of no width so that the inbox list shows nothing after them.
_PADDING = re.compile("[\u00ad\u034f\u061c\u115f\u17b4\u17b5\u200b-\u200f\u2060-\u2064\ufeff\u00a0 \u2007\u3164]{5,}")
_ZERO_WIDTH = re.compile("[\u200b\u2060\ufeff\u00ad]")
_LINE_TAIL = re.compile(r" +\n")
_SCHEME = re.compile(r"^(?:https?://|mailto:)?(?:www\.)?")
_RULE_LINE = "_" * 32


@dataclass
class _Page:
    """The text as it grows: finished lines, the line at hand and how deep in quotes and lists it stands."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    quotes: int = 0
    quoted_last: int = 0
    bullets: list[int | None] = field(default_factory=list)
    mark: str = ""
    blank_owed: bool = False
    preformatted: int = 0
    tiny: list[bool] = field(default_factory=list)
    links: list[tuple[int, int]] = field(default_factory=list)

    def word(self, text: str) -> None:
        """Adds running text to the line at hand; white space collapses as in a browser."""
        if self.tiny and self.tiny[-1]:
            return
        if self.preformatted:
            first, *rest = text.split("\n")
            self.line.append(first)
            for one in rest:
                self.end_line(keep_empty=True)
                self.line.append(one)
            return
        flat = _WHITE.sub(" ", text) if text.strip(_BLANKS) else text[:1] and " "
        if not self.line or self.line[-1].endswith(" "):
            flat = flat.lstrip(" ")
        if flat:
            self.line.append(flat)

    def end_line(self, keep_empty: bool = False) -> None:
        """Finishes the line at hand, if there is one."""
        if not self.line and not keep_empty:
            return
        text = "".join(self.line).rstrip(" ")
        self.line.clear()
        if not text.strip() and not keep_empty:
            return
        if self.blank_owed and self.lines:
            self.lines.append(("> " * min(self.quotes, self.quoted_last)).rstrip())
        self.blank_owed, self.quoted_last = False, self.quotes
        indent = "  " * max(len(self.bullets) - 1, 0) if self.bullets and not self.quotes else ""
        follow = "  " if self.bullets and not self.mark else ""
        self.lines.append(f"{self._prefix()}{indent}{self.mark or follow}{text}".rstrip())
        self.mark = ""

    def paragraph(self) -> None:
        """Finishes the line and leaves an empty one before the next."""
        self.end_line()
        self.blank_owed = True

    def _prefix(self) -> str:
        return "> " * self.quotes


def html_to_text(html: str) -> str:
    """The readable text of an HTML body. Linear in its length, deep or broken nesting included; never raises."""
    source = clean(html[:LONGEST])
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(source.encode("utf-8"), parser)
    except etree.LxmlError:
        root = None
    if root is None:
        return ""
    page = _Page()
    _render(root, page, hidden_names(" ".join(style.text or "" for style in root.iter("style"))))
    page.end_line()
    if _too_deep(parser):
        page.lines.extend(("", TOO_DEEP))
    return _tidy(page.lines)


def _too_deep(parser: Any) -> bool:
    """Whether the parser gave up because of the nesting; then the tree lacks the rest of the text."""
    return any("RESOURCE_LIMIT" in entry.type_name for entry in parser.error_log[-3:])


def _tidy(lines: list[str]) -> str:
    text = _ZERO_WIDTH.sub("", _PADDING.sub(" ", "\n".join(lines)))
    return re.sub(r"\n{3,}", "\n\n", _LINE_TAIL.sub("\n", text)).strip("\n").rstrip()


def _render(root: Any, page: _Page, names: frozenset[str]) -> None:
    """Walks the tree with a stack of its own, so that no nesting can overflow Python's. On it lie texts to be said, elements
    to be opened, and in tuples those to be closed."""
    stack: list[Any] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            page.word(node)
            continue
        if isinstance(node, tuple):
            attributes, tag = node
            _close(attributes, tag, page)
            continue
        tag = node.tag if isinstance(node.tag, str) else ""
        if not tag or tag in NEVER_SHOWN:
            continue
        attributes = dict(node.items())
        if attributes and is_hidden(attributes, names):
            continue
        _open(attributes, tag, page)
        stack.append((attributes, tag))
        for child in reversed(node):
            tail = child.tail
            if tail:
                stack.append(tail)
            stack.append(child)
        text = node.text
        if text:
            page.word(text)


def _open(attributes: Mapping[str, str], tag: str, page: _Page) -> None:
    size = vanishing_font(attributes.get("style", ""))
    page.tiny.append(size if size is not None else bool(page.tiny and page.tiny[-1]))
    if tag not in _LAID_OUT:
        return
    if tag == "br":
        page.end_line(keep_empty=True)
    elif tag == "a":
        page.links.append((len(page.lines), len(page.line)))
    elif tag == "img":
        page.word(attributes.get("alt", "")[:200])
    elif tag in _CELLS:
        if page.line:
            page.word(" ")
    elif tag in _SPACED:
        page.paragraph()
    elif tag in _BLOCKS:
        page.end_line()
    match tag:
        case "blockquote":
            page.quotes += 1
        case "ul" | "ol":
            page.bullets.append(_number(attributes.get("start", "1")) if tag == "ol" else None)
        case "li":
            page.mark = _mark(page)
        case "pre":
            page.preformatted += 1
        case "hr":
            page.word(_RULE_LINE)
            page.end_line()


def _close(attributes: Mapping[str, str], tag: str, page: _Page) -> None:
    if tag not in _LAID_OUT:
        page.tiny.pop()
        return
    if tag == "a":
        _link(attributes, page)
    elif tag in _CELLS:
        page.word(" ")
    elif tag in _SPACED:
        page.paragraph()
    elif tag in _BLOCKS:
        page.end_line()
    page.tiny.pop()
    match tag:
        case "blockquote":
            page.quotes -= 1
        case "ul" | "ol":
            page.bullets.pop()
        case "pre":
            page.preformatted -= 1


def _number(start: str) -> int:
    return int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1


def _mark(page: _Page) -> str:
    if not page.bullets or page.bullets[-1] is None:
        return "- "
    number = page.bullets[-1]
    page.bullets[-1] = number + 1
    return f"{number}. "


def _link(attributes: Mapping[str, str], page: _Page) -> None:
    """Says where a link leads, unless its words say so already."""
    line, piece = page.links.pop()
    address = "".join(attributes.get("href", "").split())[:2000]
    if line != len(page.lines) or not address.lower().startswith(("http://", "https://", "mailto:")):
        return
    words = "".join(page.line[piece:]).strip()
    if words and _bare(address) != _bare(words):
        page.line[-1] = page.line[-1].rstrip()
        page.word(f" ({address.removeprefix('mailto:')})")


def _bare(address: str) -> str:
    """An address without what people leave off when they write it."""
    return _SCHEME.sub("", address.lower()).rstrip("/")
