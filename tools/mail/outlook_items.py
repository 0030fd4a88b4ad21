"""Messages as Graph lists them, read into our terms."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from tools.mail.mailbox import Arrival, Changed
from tools.mail.outlook_folders import Folders
from tools.mail.outlook_graph import Graph
from tools.mail.outlook_keys import Key

FIELDS = "id,isRead,flag,categories,hasAttachments"
"""What is asked for of each."""

Item = Mapping[str, Any]


async def census(graph: Graph, folders: Folders, names: Sequence[str], numbering: str) -> AsyncIterator[list[Changed]]:
    """Every mail of these folders as it stands now."""
    for name in names:
        folder = await folders.path_to(name)
        link = folder and f"{folder}/messages?$select={FIELDS}&$top=500"
        while link:
            page = (await graph.call("GET", link)).values
            yield [stands(str(Key(numbering, str(one["id"]))), one, name) for one in page.get("value", [])]
            following = page.get("@odata.nextLink")
            link = graph.relative(str(following)) if following else ""


def stands(key: str, item: Item, folder: str | None) -> Changed:
    """What Graph tells of a known mail; it may tell only what changed."""
    return Changed(
        key,
        unread=not item["isRead"] if "isRead" in item else None,
        flagged=_flagged(item) if "flag" in item else None,
        labels=frozenset(item["categories"]) if "categories" in item else None,
        folder=folder,
    )


def arrival_of(key: str, folder: str, item: Item, raw: bytes) -> Arrival:
    """A mail that is told of for the first time."""
    return Arrival(
        key,
        folder,
        raw,
        labels=frozenset(item.get("categories", ())),
        unread=not item.get("isRead", False),
        flagged=_flagged(item),
    )


def _flagged(item: Item) -> bool:
    return bool((item.get("flag") or {}).get("flagStatus") == "flagged")
