"""Folders of an Outlook mailbox: which is Sent, Drafts or Archive whatever its language, what they are called, and how
one is made."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from storage.values.errors import NeedsPerson
from tools.mail.folder_names import ARCHIVE, DRAFTS, INBOX, JUNK, SENT, TRASH
from tools.mail.outlook_answers import SIGN_IN, trouble_of
from tools.mail.outlook_graph import Graph

WELL_KNOWN = {
    INBOX: "inbox",
    SENT: "sentitems",
    DRAFTS: "drafts",
    ARCHIVE: "archive",
    TRASH: "deleteditems",
    JUNK: "junkemail",
}
"""Our name -> what Graph calls it in every language."""
_ROOT = "msgfolderroot"


class Folders:
    """The folders of one mailbox, as far as they were asked for."""

    def __init__(self, graph: Graph, ids: dict[str, str], root: str) -> None:
        self._graph, self._root = graph, root
        self._ids = ids
        self._names = {there: name for name, there in ids.items()}

    @classmethod
    async def of(cls, graph: Graph) -> Folders:
        """Asks for the folders that every mailbox has. NeedsPerson when the sign-in is not good for them."""
        wanted = (*WELL_KNOWN.items(), (_ROOT, _ROOT))
        answers = await graph.read_many([f"/me/mailFolders/{there}?$select=id" for _, there in wanted])
        found = {name: str(one.values["id"]) for (name, _), one in zip(wanted, answers, strict=True) if one.good}
        if INBOX not in found:
            raise trouble_of(answers[0]) if answers[0].status != 401 else NeedsPerson(SIGN_IN)
        return cls(graph, {name: there for name, there in found.items() if name != _ROOT}, found.get(_ROOT, ""))

    def __getitem__(self, name: str) -> str:
        return self._ids[name]

    async def name_of(self, folder: str) -> str:
        """Our name for a folder of this id: INBOX, Sent …, or its own with "/" between the parts."""
        if folder not in self._names:
            answer = await self._graph.call(
                "GET", f"/me/mailFolders/{quote(folder, safe='')}?$select=displayName,parentFolderId"
            )
            above, own = str(answer.values.get("parentFolderId", "")), str(answer.values.get("displayName", ""))
            at_top = above in ("", self._root, folder)
            self._names[folder] = own if at_top else f"{await self.name_of(above)}/{own}"
        return self._names[folder]

    async def path_to(self, name: str) -> str | None:
        """Graph's path of a folder of ours; None when there is none."""
        if name in self._ids:
            return f"/me/mailFolders/{quote(self._ids[name], safe='')}"
        within = _children("")
        for part in name.split("/"):
            there = await self._find(within, part)
            if there is None:
                return None
            within = _children(there)
        self._ids[name] = there or ""
        return f"/me/mailFolders/{quote(self._ids[name], safe='')}"

    async def made(self, name: str) -> str:
        """The id of a folder of ours, which is made if need be."""
        if name in self._ids:
            return self._ids[name]
        within, there = _children(""), ""
        for part in name.split("/"):
            there = await self._find(within, part) or await self._make(within, part)
            within = _children(there)
        self._ids[name], self._names[there] = there, name
        return there

    async def _find(self, within: str, name: str) -> str | None:
        escaped = quote(name.replace("'", "''"), safe="")
        answer = await self._graph.call("GET", f"{within}?$filter=displayName%20eq%20'{escaped}'&$select=id")
        found: Sequence[dict[str, str]] = answer.values.get("value", [])
        return str(found[0]["id"]) if found else None

    async def _make(self, within: str, name: str) -> str:
        answer = await self._graph.call("POST", within, values={"displayName": name}, again=True, allow=(409,))
        if answer.status == 409:  # made meanwhile, by another program or by our own call whose answer was lost
            return await self._find(within, name) or ""
        return str(answer.values["id"])


def _children(folder: str) -> str:
    return f"/me/mailFolders/{quote(folder, safe='')}/childFolders" if folder else "/me/mailFolders"
