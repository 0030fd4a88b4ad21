"""What Block Kit refuses: the documented limits of blocks, elements and views, asked of plain dictionaries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

Faults = list[str]
Dict = dict[str, Any]

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
IN_MESSAGES = {
    "section",
    "header",
    "divider",
    "context",
    "context_actions",
    "actions",
    "image",
    "rich_text",
    "markdown",
}
IN_VIEWS = {"section", "header", "divider", "context", "actions", "image", "rich_text", "input"}

_LIVE = re.compile(r"<(?:[@#!]|[a-z][a-z0-9+.-]*:)[^>]*>|<[^<>|]+\|[^<>]*>", re.IGNORECASE)


def faults(blocks: Any, *, view: str | None = None) -> Faults:
    """Everything that is wrong with a message's blocks, or with those of a view of this type."""
    if not isinstance(blocks, list):
        return ["blocks must be a list"]
    most = VIEW_BLOCKS if view else MESSAGE_BLOCKS
    found = [f"no more than {most} items allowed"] if len(blocks) > most else []
    allowed = IN_VIEWS if view else IN_MESSAGES
    for number, block in enumerate(blocks):
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in allowed or (kind == "input" and view == "home" and not block.get("dispatch_action", True)):
            found.append(f"/{number}: unsupported type {kind}")
            continue
        found += [f"/{number}/{kind}: {one}" for one in [*_BLOCKS[kind](block), *_id(block, "block_id")]]
    ids = [block["block_id"] for block in blocks if isinstance(block, dict) and "block_id" in block]
    found += ["block_id must be unique"] if len(ids) != len(set(ids)) else []
    return found


def view_faults(view: Any) -> Faults:
    """Everything that is wrong with a view."""
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        return ["view.type must be modal or home"]
    kind = view["type"]
    found = faults(view.get("blocks"), view=kind)
    found += [] if len(view.get("private_metadata", "")) <= 3000 else ["private_metadata: at most 3000"]
    found += _id(view, "callback_id")
    if kind == "modal":
        found += _text(view.get("title"), 24, "title", plain=True)
        for name in ("submit", "close"):
            found += _text(view[name], 24, name, plain=True) if name in view else []
        if "submit" not in view and any(one.get("type") == "input" for one in view.get("blocks", [])):
            found.append("submit is required when there are inputs")
    else:
        found += [f"{name} is not for a home" for name in ("title", "submit", "close") if name in view]
    return found


def live(value: Any) -> Iterator[str]:
    """Links, mentions and images that the text of a payload would bring to life."""
    if isinstance(value, list):
        for one in value:
            yield from live(one)
    elif isinstance(value, dict):
        if value.get("type") in ("image", "link", "user", "usergroup", "broadcast", "markdown", "markdown_text"):
            yield str(value)
        if value.get("type") == "mrkdwn":
            yield from (["mrkdwn without verbatim"] if not value.get("verbatim") else [])
        for name, one in value.items():
            if name in ("text", "title", "description") and isinstance(one, str):
                yield from _LIVE.findall(one)
            elif name != "value":
                yield from live(one)


def _text(value: Any, most: int, name: str, *, plain: bool = False) -> Faults:
    kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    if not isinstance(value, dict) or value.get("type") not in kinds:
        return [f"{name} must be a text object of {kinds}"]
    text = value.get("text")
    if not isinstance(text, str) or not text:
        return [f"{name}: must be at least 1 character"]
    unknown = set(value) - {"type", "text", "emoji", "verbatim"}
    wrong = [f"{name}: at most {most} characters, has {len(text)}"] if len(text) > most else []
    wrong += [f"{name}: {one} is not for {value['type']}" for one in unknown]
    wrong += [f"{name}: emoji is for plain_text"] if value["type"] == "mrkdwn" and "emoji" in value else []
    wrong += [f"{name}: verbatim is for mrkdwn"] if value["type"] == "plain_text" and "verbatim" in value else []
    bare = re.sub(r"&(?:amp|lt|gt);", "", text)
    if value["type"] == "plain_text" and re.search(r"[&<>]", bare):
        wrong.append(f"{name}: & < > must be escaped")
    return wrong


def _id(thing: Dict, name: str) -> Faults:
    value = thing.get(name, "x")
    return [] if isinstance(value, str) and 1 <= len(value) <= 255 else [f"{name}: 1 to 255 characters"]


def _section(block: Dict) -> Faults:
    found = _text(block["text"], 3000, "text") if "text" in block else []
    fields = block.get("fields", [])
    found += ["text or fields is required"] if "text" not in block and not fields else []
    found += ["at most 10 fields"] if len(fields) > 10 else []
    for one in fields:
        found += _text(one, 2000, "fields")
    return found + (_element(block["accessory"]) if "accessory" in block else [])


def _header(block: Dict) -> Faults:
    return _text(block.get("text"), 150, "text", plain=True)


def _nothing(block: Dict) -> Faults:
    return []


def _context(block: Dict) -> Faults:
    elements = block.get("elements", [])
    found = [] if 1 <= len(elements) <= 10 else ["1 to 10 elements"]
    for one in elements:
        found += _text(one, 3000, "element")
    return found


def _actions(block: Dict) -> Faults:
    elements = block.get("elements", [])
    found = [] if 1 <= len(elements) <= 25 else ["1 to 25 elements"]
    for one in elements:
        found += _element(one)
    ids = [one.get("action_id") for one in elements]
    return found + (["action_id must be unique"] if len(ids) != len(set(ids)) else [])


def _context_actions(block: Dict) -> Faults:
    elements = block.get("elements", [])
    found = [] if 1 <= len(elements) <= 5 else ["1 to 5 elements"]
    for one in elements:
        found += [] if one.get("type") in ("feedback_buttons", "icon_button") else ["unsupported element"]
        for name in ("positive_button", "negative_button"):
            button = one.get(name, {})
            found += _text(button.get("text"), 75, name, plain=True)
            found += [f"{name}.value at most 2000"] if len(button.get("value", "")) > 2000 else []
    return found


def _image(block: Dict) -> Faults:
    return [] if 1 <= len(block.get("alt_text", "")) <= 2000 else ["alt_text: 1 to 2000 characters"]


def _markdown(block: Dict) -> Faults:
    return [] if 1 <= len(block.get("text", "")) <= 12000 else ["text: 1 to 12000 characters"]


def _input(block: Dict) -> Faults:
    found = _text(block.get("label"), 2000, "label", plain=True)
    found += _text(block["hint"], 2000, "hint", plain=True) if "hint" in block else []
    return found + _element(block.get("element", {}))


def _element(element: Dict) -> Faults:
    kind = element.get("type")
    if kind not in _ELEMENTS:
        return [f"unsupported element {kind}"]
    return _ELEMENTS[kind](element) + _id(element, "action_id")


def _button(element: Dict) -> Faults:
    found = _text(element.get("text"), 75, "button.text", plain=True)
    found += ["value at most 2000"] if len(element.get("value", "")) > 2000 else []
    found += ["style"] if element.get("style", "primary") not in ("primary", "danger") else []
    found += ["url at most 3000"] if len(element.get("url", "")) > 3000 else []
    if "confirm" in element:
        confirm = element["confirm"]
        found += _text(confirm.get("title"), 100, "confirm.title", plain=True)
        found += _text(confirm.get("text"), 300, "confirm.text")
        found += _text(confirm.get("confirm"), 30, "confirm.confirm", plain=True)
        found += _text(confirm.get("deny"), 30, "confirm.deny", plain=True)
    return found


def _plain_input(element: Dict) -> Faults:
    value, most = element.get("initial_value"), element.get("max_length", 3000)
    found = [] if 1 <= most <= 3000 else ["max_length: 1 to 3000"]
    if value is not None:
        found += [] if len(value) <= most else [f"initial_value is longer than {most}"]
    return found + (_text(element["placeholder"], 150, "placeholder", plain=True) if "placeholder" in element else [])


def _choices(most: int) -> Callable[[Dict], Faults]:
    def check(element: Dict) -> Faults:
        options = element.get("options", [])
        found = [] if 1 <= len(options) <= most else [f"1 to {most} options"]
        values = [one.get("value", "") for one in options]
        found += ["option values must be unique"] if len(values) != len(set(values)) else []
        for one in options:
            found += _text(one.get("text"), 75, "option.text")
            found += _text(one["description"], 75, "option.description") if "description" in one else []
            found += [] if 1 <= len(one.get("value", "")) <= 150 else ["option.value: 1 to 150 characters"]
        chosen = element.get("initial_options", [element["initial_option"]] if "initial_option" in element else [])
        found += ["initial options must be options"] if any(one not in options for one in chosen) else []
        return found + (["initial_options must not be empty"] if element.get("initial_options") == [] else [])

    return check


_BLOCKS: dict[str, Callable[[Dict], Faults]] = {
    "section": _section,
    "header": _header,
    "divider": _nothing,
    "context": _context,
    "context_actions": _context_actions,
    "actions": _actions,
    "image": _image,
    "rich_text": _nothing,
    "markdown": _markdown,
    "input": _input,
}

_ELEMENTS: dict[str, Callable[[Dict], Faults]] = {
    "button": _button,
    "plain_text_input": _plain_input,
    "checkboxes": _choices(10),
    "radio_buttons": _choices(10),
    "static_select": _choices(100),
    "overflow": _choices(5),
}


def alive(markdown: str) -> list[str]:
    """What of a stream's markdown Slack would turn into something to press or to load: links, pictures, mentions. Code and
    what is escaped is as it looks."""
    shown = re.sub(r"`[^`\n]*`", " ", re.sub(r"\\[^\w\s]", " ", markdown))
    special = re.findall(r"<[^>\s][^>]*>", markdown)
    return special + re.findall(
        r"(?i)\w+://\S+|www\.\w\S*|mailto:\S+|\]\(|\w@\w+\.\w+|@(?:channel|here|everyone)", shown
    )
