"""An answer on its way to a person's word: composed in the thread, frozen byte for byte, described for the card."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from email.utils import format_datetime, make_msgid
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from storage.values.access import Caller
from storage.values.clock import now
from tools.inbox.sync import read_again
from tools.mail.compose import compose_reply
from tools.mail.email import Address, Email
from tools.mail.parse import parse
from tools.toolbox import Toolbox

KIND = "reply"


@dataclass(frozen=True)
class Composed:
    """Everything a card says about a mail that may leave, and the bytes that would."""

    sender: str
    recipients: tuple[str, ...]
    subject: str
    body: str
    message_id: str
    thread: str
    thread_seen: tuple[str, ...]
    """The ids of the incoming messages that the thread had when this was written."""
    known_domains: tuple[str, ...]
    """Those domains of the recipients that the owner has written to before."""
    quoted: int
    """Lines of the answered mail that stand below the text."""
    message: bytes

    @property
    def digest(self) -> bytes:
        """The name of exactly this mail and of what its card says."""
        return digest(self.message, self.action())

    def action(self) -> dict[str, Any]:
        """What is stored beside the bytes, for the card."""
        return {name: value for name, value in asdict(self).items() if name != "message"}


async def original(box: Toolbox, caller: Caller, row: Row[Any]) -> Email:
    """The mail to answer, read afresh from its mailbox."""
    mailbox = await box.mailboxes.get(caller.tenant, row.account)
    return await read_again(mailbox, row.key)


async def compose(box: Toolbox, caller: Caller, account: UUID, row: Row[Any], email: Email, body: str) -> Composed:
    """Puts the answer into the thread of the mail."""
    async with box.database.acting_as(caller) as tx:
        own = (await tx.accounts.get(account)).address
        others = await tx.aliases.own(account)
        thread = await tx.emails.thread([account], row.thread)
    message_id = make_msgid(domain=own.rpartition("@")[2] or "deskhand.invalid").strip("<>")
    message = compose_reply(
        email, sender=Address(caller.name, own), body=body, message_id=message_id, date=now(), quote=True, own=others
    )
    written = parse(message)
    recipients = tuple(one.address for one in (*written.to, *written.cc))
    async with box.database.acting_as(caller) as tx:
        known = await tx.emails.domains_written_to(account, (one.rpartition("@")[2] for one in recipients))
    return Composed(
        sender=own,
        recipients=recipients,
        known_domains=tuple(sorted(known)),
        quoted=sum(line.startswith(">") for line in written.text.splitlines()),
        subject=written.subject,
        body=body,
        message_id=message_id,
        thread=row.thread,
        thread_seen=tuple(str(one.id) for one in thread if not one.outgoing),
        message=message,
    )


_DATE = re.compile(rb"^Date:[^\r\n]*\r\n", re.MULTILINE)


def digest(message: bytes, action: dict[str, Any]) -> bytes:
    """The name of a mail's bytes, but for the Date line of its header, which is that of the approval, and of all that a
    card shows of it: sender, recipients, subject, text."""
    head, blank, body = message.partition(b"\r\n\r\n")
    dateless = _DATE.sub(b"", head + b"\r\n", count=1) + blank + body
    shown = json.dumps(action, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(hashlib.sha256(dateless).digest() + hashlib.sha256(shown).digest()).digest()


def dated(message: bytes, at: datetime) -> bytes:
    """The same mail with the moment at which a person approved it."""
    head, blank, body = message.partition(b"\r\n\r\n")
    line = b"Date: " + format_datetime(at).encode("ascii") + b"\r\n"
    return _DATE.sub(line, head + b"\r\n", count=1).removesuffix(b"\r\n") + blank + body
