"""The IMAP and SMTP provider: any mail server, with keywords or folders as labels."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import structlog

from storage.values.errors import NeedsPerson, Refused, Unavailable
from tools.mail.folder_names import ARCHIVE, DRAFTS, INBOX, SENT
from tools.mail.imap_connection import Connection, ImapServer
from tools.mail.imap_idle import heard_in
from tools.mail.imap_keys import Key
from tools.mail.imap_labels import label_by_copy, label_by_keyword, unlabel_by_copy, unlabel_by_keyword
from tools.mail.imap_session import Session
from tools.mail.imap_sync import census, changes_since, unchanged_since
from tools.mail.labels import checked_name
from tools.mail.mailbox import Abilities, Batch, Changed, Credentials
from tools.mail.message_id import bare_id, id_of
from tools.mail.smtp import SmtpServer, hand_over
from tools.mail.tls import Security, context_for

_log = structlog.get_logger(__name__)

_PATIENCE = 60.0
"""Seconds to wait for an IMAP server's answer: slow ones take half a minute to search a large folder."""


async def open_imap(credentials: Credentials) -> ImapMailbox:
    """Logs in and asks what the server can do. Settings: `host`, `port`, `tls` (see `Security`), `user`; `smtp_host`,
    `smtp_port`, `smtp_tls` for sending; `folders`, our names with commas (INBOX,Sent,Archive); `tls_ca`; `patience`, seconds.

    Raises NeedsPerson when the password is wrong, Unavailable when the server does not answer, Refused when it cannot
    be trusted."""
    settings = credentials.settings
    context = context_for(settings)
    server = ImapServer(
        settings["host"],
        int(settings["port"]),
        Security(settings.get("tls", Security.AUTO)),
        settings.get("user", credentials.address),
        credentials.secret,
        context,
        float(settings.get("patience", _PATIENCE)),
        credentials.tokens,
    )
    connection = Connection(server)
    can = await connection.run(_abilities)
    names = tuple(
        name.strip() for name in settings.get("folders", f"{INBOX},{SENT},{ARCHIVE}").split(",") if name.strip()
    )
    return ImapMailbox(connection, SmtpServer.of(credentials, context), names, can)


class ImapMailbox:
    """An open account on a mail server. See `Mailbox` for what the methods promise."""

    def __init__(self, connection: Connection, smtp: SmtpServer | None, names: Sequence[str], can: Abilities) -> None:
        self._connection = connection
        self._smtp = smtp
        self.names = names
        self.abilities = replace(can, sends=smtp is not None)

    def changes(self, cursor: str | None) -> AsyncIterator[Batch]:
        """Everything since `cursor` in the folders that are followed."""
        return changes_since(cursor, self._connection, self.names, keywords=self.abilities.keywords)

    async def unchanged(self, cursor: str) -> bool:
        """Whether nothing happened since `cursor`; a server that does not count changes of flags cannot say so."""
        return await unchanged_since(cursor, self._connection, self.names)

    async def fetch(self, key: str) -> bytes:
        """The raw message. Refused when it is gone."""
        return await self._connection.run(lambda session: _fetch(session, Key.read(key)))

    async def add_label(self, key: str, label: str) -> None:
        """Puts a label on the message: a keyword, else a copy in the label's folder."""
        place, label = Key.read(key), checked_name(label)
        put = label_by_keyword if self.abilities.keywords else label_by_copy
        await self._connection.run(lambda session: put(session, place, label))

    async def remove_label(self, key: str, label: str) -> None:
        """Takes a label off."""
        place, label = Key.read(key), checked_name(label)
        take = unlabel_by_keyword if self.abilities.keywords else unlabel_by_copy
        await self._connection.run(lambda session: take(session, place, label))

    async def set_unread(self, key: str, unread: bool) -> None:
        """Marks the message as read or unread."""
        await self._connection.run(lambda session: _set_flag(session, Key.read(key), b"\\Seen", not unread))

    async def set_flagged(self, key: str, flagged: bool) -> None:
        """Puts the flag on the message, or takes it off."""
        await self._connection.run(lambda session: _set_flag(session, Key.read(key), b"\\Flagged", flagged))

    async def move(self, key: str, folder: str) -> str:
        """Moves the message, with MOVE where the server has it, and returns its new key."""
        name = checked_name(folder, "folder")
        return str(await self._connection.run(lambda session: _move(session, Key.read(key), name), again=False))

    async def save_draft(self, message: bytes) -> str:
        """Puts a message into the server's folder of drafts."""
        flags = (b"\\Draft", b"\\Seen")
        key = await self._connection.run(
            lambda session: session.append(session.folders.made(DRAFTS), message, flags), again=False
        )
        return str(key)

    async def delete_draft(self, key: str) -> None:
        """Removes a draft; anything that is not in the folder of drafts is left alone."""
        await self._connection.run(lambda session: _delete_draft(session, Key.read(key)))

    async def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> None:
        """Hands the message to the SMTP server, then puts a copy into Sent unless the server does so itself."""
        if self._smtp is None:
            raise Refused("This account has no server for sending: link it again with ?smtp=host:port.")
        await hand_over(self._smtp, message, sender, recipients)
        try:
            await self._connection.run(lambda session: _keep_copy(session, message), again=False)
        except (Refused, Unavailable, NeedsPerson) as problem:
            # It is sent: that the copy could not be kept must not look as if it were not.
            _log.warning("no copy kept in Sent", reason=str(problem))

    async def find_sent(self, message_id: str) -> str | None:
        """The key of the message in Sent, if it is there."""
        found = await self._connection.run(lambda session: _find_sent(session, bare_id(message_id)))
        return str(found) if found else None

    def census(self) -> AsyncIterator[Sequence[Changed]]:
        """How every message of the folders that are followed stands."""
        return census(self._connection, self.names, keywords=self.abilities.keywords)

    async def news(self) -> AsyncIterator[None]:
        """Yields when it listens to INBOX, on a line of its own, and then whenever something happened there."""
        line = Connection(self._connection.server)
        try:
            async for _ in heard_in(line, INBOX):
                yield
        finally:
            line.hang_up()

    async def commands(self) -> int:
        """How many commands the connection has sent, for measuring."""
        return await self._connection.run(lambda session: int(session.client._imap.tagnum))

    async def aclose(self) -> None:
        """Logs out."""
        await self._connection.aclose()


def _abilities(session: Session) -> Abilities:
    keywords = b"\\*" in session.look_at(INBOX, write=True).get(b"PERMANENTFLAGS", ())
    return Abilities(keywords=keywords, sends=False, pushes=session.client.has_capability("IDLE"))


def _fetch(session: Session, key: Key) -> bytes:
    session.go_to(key)
    return session.raw(key.uid)


def _set_flag(session: Session, key: Key, flag: bytes, on: bool) -> None:
    session.go_to(key)
    change = session.client.add_flags if on else session.client.remove_flags
    change([key.uid], [flag], silent=True)


def _move(session: Session, key: Key, name: str) -> Key:
    session.go_to(key)
    target = session.folders.made(name)
    if target == key.folder:
        return key
    session.copied()  # forget what was told of an earlier one
    if session.client.has_capability("MOVE"):
        message = b"" if session.client.has_capability("UIDPLUS") else session.raw(key.uid)
        session.client.move([key.uid], target)
        told = session.copied()
    else:
        message = session.raw(key.uid)
        session.client.copy([key.uid], target)
        told = session.copied()
        session.expunge(key.uid)
    return Key(target, *told) if told else session.newest(target, message)


def _delete_draft(session: Session, key: Key) -> None:
    if key.folder != session.folders.theirs(DRAFTS):
        raise Refused("This is not a draft, so it was not deleted.")
    about = session.look_at(key.folder, write=True)
    if about.get(b"UIDVALIDITY") == key.validity and session.client.fetch([key.uid], ["FLAGS"]):
        session.expunge(key.uid)


def _find_sent(session: Session, message_id: str) -> Key | None:
    if session.folders.theirs(SENT) is None:
        session.folders.refresh()  # another program may have made it with the first mail that it sent
    folder = session.folders.theirs(SENT)
    if folder is None or not message_id:
        return None
    about = session.look_at(folder)
    if not about[b"EXISTS"]:
        return None
    found = session.client.search(["UNDELETED", "HEADER", "Message-ID", f"<{message_id}>"])
    # A search finds parts of words too.
    matches = (uid for uid in sorted(found) if id_of(session.raw(uid)) == message_id)
    uid = next(matches, None)
    return Key(folder, int(about[b"UIDVALIDITY"]), uid) if uid else None


def _keep_copy(session: Session, message: bytes) -> None:
    message_id = id_of(message)
    if not message_id or _find_sent(session, message_id) is None:
        session.append(session.folders.made(SENT), message, (b"\\Seen",))
