"""Mail: reading messages, and the mailboxes they live in. A mailbox provider is one file here and one line below."""

from __future__ import annotations

from storage.values.errors import Refused
from tools.mail.mailbox import Credentials, Mailbox
from tools.mail.provider import Provider

MAILBOXES: dict[str, Provider] = {
    "maildir": Provider("tools.mail.maildir", "open_files"),
    "imap": Provider("tools.mail.imap", "open_imap"),
    "gmail": Provider("tools.mail.gmail", "open_gmail"),
    "outlook": Provider("tools.mail.outlook", "open_outlook"),
}
"""Provider's name, as accounts store it -> how its mailboxes are opened. The tests in tests/contracts run over this."""


async def open_mailbox(provider: str, credentials: Credentials) -> Mailbox:
    """Opens an account's mailbox. Refused when there is no such provider; else what the provider's opener raises."""
    if provider not in MAILBOXES:
        raise Refused(f"There is no mail provider called “{provider}”: it is one of {', '.join(MAILBOXES)}.")
    return await MAILBOXES[provider].open(credentials)
