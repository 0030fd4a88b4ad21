"""Which servers a mail address belongs to: a table of common providers, and what is usual elsewhere. Nothing here does I/O.

The table is from the providers' own help pages on IMAP, as of 2026; where a provider takes no ordinary password there, the
hint says what it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tools.mail.tls import Security

_APP = "This provider wants an app password here, made on its security page, not your ordinary one."


@dataclass(frozen=True)
class Servers:
    """A pair of servers. 993 and 465 speak TLS from the first byte, other ports begin it by STARTTLS."""

    imap: str
    smtp: str
    imap_port: int = 993
    smtp_port: int = 465
    hint: str = ""
    user: str = ""
    """The user's name, where it is not the address: with %EMAILADDRESS% and %EMAILLOCALPART% for the person's."""

    def user_of(self, address: str) -> str:
        """The user's name of an address."""
        named = self.user.replace("%EMAILLOCALPART%", address.rpartition("@")[0])
        return named.replace("%EMAILADDRESS%", address) or address

    def settings(self, user: str) -> dict[str, str]:
        """As accounts store them."""
        return {
            "host": self.imap,
            "port": str(self.imap_port),
            "tls": _security(self.imap_port == 993),
            "user": user,
            "smtp_host": self.smtp,
            "smtp_port": str(self.smtp_port),
            "smtp_tls": _security(self.smtp_port == 465),
        }


def _security(whole: bool) -> str:
    # Off this machine AUTO insists on STARTTLS (see `unencrypted`), and on it a test's server may have none.
    return (Security.TLS if whole else Security.AUTO).value


_GOOGLE = Servers("imap.gmail.com", "smtp.gmail.com", hint=_APP)
_OUTLOOK = Servers(
    "outlook.office365.com",
    "smtp.office365.com",
    smtp_port=587,
    hint="Microsoft takes no passwords here: say /link outlook.",
)
_YAHOO = Servers("imap.mail.yahoo.com", "smtp.mail.yahoo.com", hint=_APP)
_ICLOUD = Servers("imap.mail.me.com", "smtp.mail.me.com", smtp_port=587, hint=_APP)
_GMX = Servers("imap.gmx.net", "mail.gmx.net", hint="Allow POP3 and IMAP in the settings of GMX first.")
_GMX_COM = Servers("imap.gmx.com", "mail.gmx.com", hint="Allow POP3 and IMAP in the settings of GMX first.")

KNOWN: Mapping[str, Servers] = {
    **dict.fromkeys(("gmail.com", "googlemail.com"), _GOOGLE),
    **dict.fromkeys(("outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.de"), _OUTLOOK),
    **dict.fromkeys(("yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "ymail.com", "rocketmail.com"), _YAHOO),
    **dict.fromkeys(("icloud.com", "me.com", "mac.com"), _ICLOUD),
    **dict.fromkeys(("gmx.de", "gmx.net", "gmx.at", "gmx.ch"), _GMX),
    "gmx.com": _GMX_COM,
    "web.de": Servers(
        "imap.web.de", "smtp.web.de", smtp_port=587, hint="Allow POP3 and IMAP in the settings of WEB.DE first."
    ),
    "fastmail.com": Servers("imap.fastmail.com", "smtp.fastmail.com", hint=_APP),
    "fastmail.fm": Servers("imap.fastmail.com", "smtp.fastmail.com", hint=_APP),
    "posteo.de": Servers("posteo.de", "posteo.de"),
    "posteo.net": Servers("posteo.de", "posteo.de"),
    "mailbox.org": Servers("imap.mailbox.org", "smtp.mailbox.org"),
    "t-online.de": Servers(
        "secureimap.t-online.de", "securesmtp.t-online.de", hint="It wants the password for e-mail programs."
    ),
    "aol.com": Servers("imap.aol.com", "smtp.aol.com", hint=_APP),
    "zoho.com": Servers("imap.zoho.com", "smtp.zoho.com", hint=_APP),
    "libero.it": Servers("imapmail.libero.it", "smtp.libero.it"),
    "orange.fr": Servers("imap.orange.fr", "smtp.orange.fr"),
    "free.fr": Servers("imap.free.fr", "smtp.free.fr"),
    "sapo.pt": Servers("imap.sapo.pt", "smtp.sapo.pt"),
}
"""Domain -> its servers."""


def candidates(domain: str) -> Iterator[Servers]:
    """The servers to try for a domain, the likeliest first."""
    domain = domain.casefold()
    if domain in KNOWN:
        yield KNOWN[domain]
        return
    yield Servers(f"imap.{domain}", f"smtp.{domain}")
    yield Servers(f"imap.{domain}", f"smtp.{domain}", smtp_port=587)
    yield Servers(f"mail.{domain}", f"mail.{domain}")
    yield Servers(f"mail.{domain}", f"mail.{domain}", smtp_port=587)


def hint(domain: str) -> str:
    """What a person should know before typing a password for this domain."""
    known = KNOWN.get(domain.casefold())
    return known.hint if known else ""
