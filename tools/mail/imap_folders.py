"""Folders of an IMAP server: which is Sent, Drafts or Archive there, what they are called, and how one is made."""

from __future__ import annotations

from typing import Any

from tools.mail.folder_names import INBOX, SPECIAL_USE, known_name


class Folders:
    """The folders as the server listed them; `client` is a logged-in IMAPClient."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._prefix = _personal_prefix(client)
        self._delimiter = "/"
        self.ours: dict[str, str] = {}
        """The server's name -> ours: INBOX, Sent, Drafts, Archive, or the name with "/" between its parts."""
        self._theirs: dict[str, str] = {}
        self.refresh()

    def theirs(self, name: str) -> str | None:
        """What the server calls our folder, if it has it."""
        if name.upper() == INBOX:
            return INBOX
        there = self._theirs.get(name, self._spelled(name))
        return there if there in self.ours else None

    def made(self, name: str) -> str:
        """What the server calls our folder, which is made if need be."""
        there = self.theirs(name)
        if there is None:
            there = self._spelled(name)
            self._client.create_folder(there)
            self._client.subscribe_folder(there)  # other programs show only those
            self._theirs[name] = there
            self.ours[there] = name
        return there

    def is_special(self, name: str) -> bool:
        """Whether it is one of the folders that have a purpose of their own."""
        return known_name(name) in (INBOX, *SPECIAL_USE.values())

    def _spelled(self, name: str) -> str:
        return self._prefix + name.replace("/", self._delimiter)

    def refresh(self) -> None:
        """Asks again, for folders that others made or deleted."""
        self._theirs = {}
        usual: list[tuple[str, str]] = []
        for flags, delimiter, theirs in self._client.list_folders():
            self._delimiter = delimiter.decode("ascii", "replace") if delimiter else "/"
            special = next((SPECIAL_USE[flag] for flag in flags if flag in SPECIAL_USE), None)
            if special:
                self._theirs.setdefault(special, theirs)
            elif b"\\Noselect" not in flags and b"\\NonExistent" not in flags:
                usual.append((theirs, theirs.removeprefix(self._prefix).replace(self._delimiter, "/")))
        for theirs, plain in usual:  # what the server says goes before what a name suggests
            name = known_name(plain)
            self._theirs.setdefault(name if name not in self._theirs else plain, theirs)
        self.ours = {theirs: name for name, theirs in self._theirs.items()}


def _personal_prefix(client: Any) -> str:
    """What stands before the person's own folders, such as "INBOX." (RFC 2342)."""
    if not client.has_capability("NAMESPACE"):
        return ""
    personal = client.namespace().personal
    return str(personal[0][0]) if personal else ""
