"""What changed in Outlook folders since a cursor: Graph's delta of each folder, and the bytes of what is new."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TypeVar

from storage.values.errors import Refused, Unavailable
from tools.mail.folder_names import JUNK, TRASH
from tools.mail.mailbox import LARGEST, Arrival, Batch, Changed
from tools.mail.outlook_answers import trouble_of
from tools.mail.outlook_folders import Folders
from tools.mail.outlook_graph import AT_ONCE, MOST_IN_BATCH, Graph
from tools.mail.outlook_items import FIELDS, Item, arrival_of, stands
from tools.mail.outlook_keys import ELSEWHERE, Key, Known, path_of

PAGE = 100
_BYTES = 8 * 1024 * 1024
"""A batch holds at most so many bytes, or one mail, and at most the mails of a page."""
_GONE_TO = (TRASH, JUNK)
"""Who moves a mail there is done with it."""

T = TypeVar("T")


class Changes:
    """One look at the folders that are followed."""

    def __init__(self, graph: Graph, folders: Folders, known: Known) -> None:
        self._graph, self._folders, self._known = graph, folders, known

    async def since(self, names: Sequence[str]) -> AsyncIterator[Batch]:
        """What is new and what stands differently, folder by folder, then what is gone: a mail that moved is found in its
        new folder before the old one's word that it left is believed."""
        for name in names:
            async for batch in self._folder(name):
                yield batch
        async for batch in self._gone():
            yield batch

    async def _folder(self, name: str) -> AsyncIterator[Batch]:
        folder = await self._folders.path_to(name)
        begin = f"{folder}/messages/delta?$select={FIELDS}"
        link, restarted = self._known.links.get(name, begin), False
        while link:
            if folder is None:
                self._all_missing(name)
                return
            answer = await self._graph.call(
                "GET", link, headers={"Prefer": f"odata.maxpagesize={PAGE}"}, allow=(404, 410)
            )
            if answer.status == 404:
                folder = None
            elif answer.status == 410:
                if restarted:
                    raise Unavailable("Microsoft lost the place in this mailbox twice in a row: I try again later.")
                self._all_missing(name)  # Graph forgot what it told: everything is listed again, and compared
                link, restarted = begin, True
            else:
                following = answer.values.get("@odata.nextLink")
                after = self._graph.relative(str(following or answer.values["@odata.deltaLink"]))
                async for batch in self._page(name, answer.values.get("value", []), after):
                    yield batch
                link = after if following else ""

    def _all_missing(self, name: str) -> None:
        self._known.missing |= {one for one, folder in self._known.at.items() if folder == name}

    async def _page(self, name: str, items: Sequence[Item], after: str) -> AsyncIterator[Batch]:
        """What a page tells. `after` is where the next one begins; until this one is told whole the cursor stays on it."""
        known, before = self._known, self._known.links.get(name)
        last = {str(item["id"]): item for item in items}  # a page may name a mail twice; the last word counts
        old = [item for one, item in last.items() if one in known.at]
        new = [item for one, item in last.items() if one not in known.at and "@removed" not in item]
        held: list[Arrival] = []
        async for arrivals in self._arrivals(name, new):
            if held:
                yield Batch(held, (), known.write())
            held = arrivals
            known.at.update((Key.read(one.key, known.numbering).id, name) for one in arrivals)
        changed = [word for word in (self._word(name, item) for item in old) if word]
        known.links[name] = after
        if held or items or after != before:
            yield Batch(held, (), known.write(), changed)

    def _word(self, name: str, item: Item) -> Changed | None:
        """How a known mail stands now."""
        one, known = str(item["id"]), self._known
        if "@removed" in item:
            if known.at[one] == name:  # else it was found in its new folder already
                known.missing.add(one)
            return None
        moved = known.at[one] != name
        known.at[one] = name
        known.missing.discard(one)
        return stands(str(Key(known.numbering, one)), item, name if moved else None)

    async def _arrivals(self, name: str, items: Sequence[Item]) -> AsyncIterator[list[Arrival]]:
        """What came, in bounded lots."""
        lot: list[Arrival] = []
        size = 0
        async for item, raw in self._read(items):
            if lot and size + len(raw) > _BYTES:
                yield lot
                lot, size = [], 0
            lot.append(arrival_of(str(Key(self._known.numbering, str(item["id"]))), name, item, raw))
            size += len(raw)
        if lot:
            yield lot

    async def _read(self, items: Sequence[Item]) -> AsyncIterator[tuple[Item, bytes]]:
        """Mails and their bytes. What may be large is read by itself, up to a limit; the rest in batches."""
        large = [item for item in items if item.get("hasAttachments")]
        for some in _lots([item for item in items if not item.get("hasAttachments")], MOST_IN_BATCH):
            answers = await self._graph.read_many([f"{path_of(str(item['id']))}/$value" for item in some])
            for item, answer in zip(some, answers, strict=True):
                if answer.good and answer.exact and len(answer.body) <= LARGEST:
                    yield item, answer.body
                elif answer.good:
                    large.append(item)
                elif answer.status != 404:  # 404: deleted since the page was written
                    raise trouble_of(answer)
        for some in _lots(large, AT_ONCE):
            for item, raw in zip(some, await asyncio.gather(*map(self._one, some)), strict=True):
                if raw is not None:
                    yield item, raw

    async def _one(self, item: Item) -> bytes | None:
        try:
            return await self._graph.read(f"{path_of(str(item['id']))}/$value", LARGEST)
        except Refused:  # deleted since
            return None

    async def _gone(self) -> AsyncIterator[Batch]:
        """Settles what left its folder: deleted, or only moved to a folder that is not followed."""
        known = self._known
        for some in _lots(sorted(known.missing), PAGE):
            answers = await self._graph.read_many([f"{path_of(one)}?$select=id,parentFolderId" for one in some])
            gone, changed = [], []
            for one, answer in zip(some, answers, strict=True):
                folder = await self._folder_of(answer.values) if answer.good else None
                known.missing.discard(one)
                if folder is None or folder in _GONE_TO:
                    if not answer.good and answer.status != 404:
                        raise trouble_of(answer)
                    gone.append(str(Key(known.numbering, one)))
                    del known.at[one]
                else:
                    known.at[one] = folder if folder in known.links else ELSEWHERE
                    changed.append(Changed(str(Key(known.numbering, one)), folder=folder))
            yield Batch((), gone, known.write(), changed)
        for numbering, ids in list(known.ended.items()):
            del known.ended[numbering]
            yield Batch((), [str(Key(numbering, one)) for one in ids], known.write())

    async def _folder_of(self, message: Item) -> str:
        return await self._folders.name_of(str(message["parentFolderId"]))


def _lots(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (things[begin : begin + size] for begin in range(0, len(things), size))
