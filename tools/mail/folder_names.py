"""The folders that every mailbox has, and the names that mail programs give them in many languages."""

from __future__ import annotations

INBOX = "INBOX"
SENT = "Sent"
DRAFTS = "Drafts"
ARCHIVE = "Archive"
TRASH = "Trash"
JUNK = "Junk"

SPECIAL_USE: dict[bytes, str] = {
    b"\\Sent": SENT,
    b"\\Drafts": DRAFTS,
    b"\\Archive": ARCHIVE,
    b"\\Trash": TRASH,
    b"\\Junk": JUNK,
}
"""The attributes of RFC 6154 -> our name."""

_KNOWN: dict[str, tuple[str, ...]] = {
    INBOX: ("inbox",),
    SENT: (
        "sent", "sent items", "sent mail", "sent messages", "sent-mail", "gesendet", "gesendete elemente",
        "gesendete objekte", "envoyés", "éléments envoyés", "messages envoyés", "enviados", "elementos enviados",
        "itens enviados", "posta inviata", "inviata", "verzonden", "verzonden items", "skickat", "sendt", "wysłane",
        "отправленные", "已发送", "送信済み", "送信済みトレイ",
    ),
    DRAFTS: (
        "drafts", "draft", "entwürfe", "brouillons", "borradores", "rascunhos", "bozze", "concepten", "utkast",
        "kladder", "robocze", "черновики", "草稿", "下書き",
    ),
    ARCHIVE: ("archive", "archives", "archiv", "archivo", "archivio", "arquivo", "archief", "arkiv", "archiwum"),
    TRASH: (
        "trash", "bin", "deleted", "deleted items", "deleted messages", "papierkorb", "gelöschte elemente", "corbeille",
        "éléments supprimés", "papelera", "lixeira", "cestino", "prullenbak", "kosz", "корзина",
    ),
    JUNK: ("junk", "junk e-mail", "junk email", "spam", "bulk mail", "courrier indésirable", "correo no deseado"),
}  # fmt: skip
_BY_NAME = {word: name for name, words in _KNOWN.items() for word in words}


def known_name(folder: str) -> str:
    """Our name for a folder of the usual names ("Gesendet" is Sent), else its own."""
    return _BY_NAME.get(folder.rpartition("/")[2].casefold(), folder)
