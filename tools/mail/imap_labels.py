"""Labels on an IMAP server: keywords on the message, or copies of it in folders named like the labels."""

from __future__ import annotations

from storage.values.errors import Refused
from tools.mail.imap_keys import Key
from tools.mail.imap_session import Session
from tools.mail.labels import to_keyword


def label_by_keyword(session: Session, key: Key, label: str) -> None:
    """Sets the keyword, where the server has `\\*` among its PERMANENTFLAGS."""
    session.go_to(key)
    session.client.add_flags([key.uid], [to_keyword(label)], silent=True)


def unlabel_by_keyword(session: Session, key: Key, label: str) -> None:
    """Takes the keyword off."""
    session.go_to(key)
    session.client.remove_flags([key.uid], [to_keyword(label)], silent=True)


def label_by_copy(session: Session, key: Key, label: str) -> None:
    """Copies the message into the label's folder, unless the very same message is there."""
    if session.folders.is_special(label):
        raise Refused(f"“{label}” is one of the server's own folders, so it cannot be a label: choose another word.")
    session.go_to(key)
    message = session.raw(key.uid)
    folder = session.folders.made(label)
    if folder == key.folder or session.twin(folder, message) is not None:
        return
    session.go_to(key)
    session.client.copy([key.uid], folder)


def unlabel_by_copy(session: Session, key: Key, label: str) -> None:
    """Deletes the copy in the label's folder. It is known by its bytes, so nothing is lost: the message that it
    copies has just been read."""
    session.go_to(key)
    folder = session.folders.theirs(label)
    if folder is None or folder == key.folder or session.folders.is_special(label):
        return
    copy = session.twin(folder, session.raw(key.uid))
    if copy is not None:
        session.expunge(copy)
