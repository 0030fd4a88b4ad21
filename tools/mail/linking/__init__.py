"""Linking a mailbox by OAuth. A provider is one file here and one line in `LINKS`, under its name in `MAILBOXES`.

link      what a provider must be able to do        pkce      the proof that who asks is who began
start     a person asks for an address to open      finish    the provider's answer becomes a linked account
unlink    an account goes, and its grant is given back
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from storage.values.errors import Refused
from tools.mail.linking.link import App, Link, Linking


@dataclass(frozen=True)
class Opener:
    """A line of `LINKS`: its module is imported only when it is needed."""

    module: str
    name: str

    def open(self, app: App) -> Link:
        """The link of this installation."""
        link: Link = getattr(import_module(self.module), self.name)(app)
        return link


LINKS: dict[str, Opener] = {
    "gmail": Opener("tools.mail.linking.google", "GoogleLink"),
    "outlook": Opener("tools.mail.linking.microsoft", "MicrosoftLink"),
}
"""Provider's name, as accounts store it -> how its mailboxes are linked."""


def open_link(linking: Linking, provider: str) -> Link:
    """The link of a provider. Refused when it has none, or when this installation is not registered there."""
    if provider not in LINKS:
        raise Refused(f"There is no sign-in for “{provider[:30]}”: mailboxes are linked with {', '.join(LINKS)}.")
    if provider not in linking.apps:
        name = provider.upper()
        raise Refused(
            f"This Deskhand is not registered for {provider}: whoever runs it sets {name}_CLIENT_ID and "
            f"{name}_CLIENT_SECRET, as docs/linking.md says."
        )
    return LINKS[provider].open(linking.apps[provider])
