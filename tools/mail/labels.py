"""Labels: what may be one, and how one is written as an IMAP keyword and read back."""

from __future__ import annotations

import re
from base64 import b64encode

from imapclient.imap_utf7 import decode as from_utf7

from storage.values.errors import Refused

LONGEST = 100
"""Characters of a label: longer than anybody types, shorter than the folder names that file systems allow."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NO_ATOM = re.compile(r"[^ A-Za-z0-9.$:/+@-]+")
_STATES = frozenset(
    (
        "$forwarded", "$mdnsent", "$submitpending", "$submitted", "$junk", "$notjunk", "$phishing", "$ismailinglist",
        "$hasattachment", "$hasnoattachment", "junk", "nonjunk", "notjunk", "forwarded", "redirected",
    )
)  # fmt: skip
"""Keywords that programs set to remember a state (IANA's registry and old habits): nobody's labels."""


def checked_name(name: str, what: str = "label") -> str:
    """The name of a label or folder without outer blanks.

    Raises Refused when it is empty, too long or holds control characters."""
    name = name.strip()
    if not name or len(name) > LONGEST or _UNPRINTABLE.search(name):
        raise Refused(f"The name of a {what} is 1 to {LONGEST} printable characters: choose another one.")
    return name


def to_keyword(label: str) -> bytes:
    """The label as an IMAP atom: blanks as "_", characters that atoms lack in modified UTF-7 (RFC 3501, 5.1.3)."""
    return _NO_ATOM.sub(_encoded, label).replace(" ", "_").encode("ascii")


def _encoded(unfit: re.Match[str]) -> str:
    code = b64encode(unfit[0].encode("utf-16-be")).decode("ascii")
    return f"&{code.rstrip('=').replace('/', ',')}-"


def from_keyword(keyword: bytes) -> str | None:
    """The label that a keyword stands for; None for system flags and for states that programs keep there."""
    text = keyword.decode("ascii", "replace")
    if text.startswith("\\") or text.casefold() in _STATES:
        return None
    try:
        return str(from_utf7(text.replace("_", " ").encode("ascii", "replace")))
    except UnicodeDecodeError:  # another program's word that only looks like modified UTF-7, such as "R&D"
        return text
