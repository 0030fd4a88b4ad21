"""Link: how the mailboxes of a provider are linked by OAuth, and how their tokens are renewed and given back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

EARLY = timedelta(minutes=2)
"""A token that ends within this is renewed: clocks differ, and a request takes its time."""


@dataclass(frozen=True)
class App:
    """What this installation is at a provider. `settings` are addresses and switches, no secrets; whoever opens a mailbox
    of the provider gets them among its own settings."""

    client_id: str
    client_secret: str = field(default="", repr=False)
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Linking:
    """What this installation is at each provider, and the address at which browsers come back to it."""

    apps: Mapping[str, App] = field(default_factory=dict)
    public_url: str = "http://127.0.0.1:8000"

    def redirect(self, provider: str) -> str:
        """Where the provider sends the browser back to."""
        return f"{self.public_url.rstrip('/')}/oauth/{provider}/callback"

    def start(self, provider: str, ticket: str) -> str:
        """Where a person begins."""
        return f"{self.public_url.rstrip('/')}/oauth/{provider}/start?ticket={ticket}"


@dataclass(frozen=True)
class Begun:
    """A consent that was begun: where the browser goes, and what `finish` must know again (kept sealed)."""

    url: str = field(repr=False)
    flow: str = field(repr=False)


@dataclass(frozen=True)
class Grant:
    """What a provider gave. All of it is a secret but for the times and scopes."""

    access: str = field(repr=False)
    expires_at: datetime
    scopes: frozenset[str]
    keep: str = field(repr=False)
    """What the next refresh needs, as the provider's link likes it: a refresh token, or a library's whole cache. Empty when
    there is none any more."""

    def fresh(self, at: datetime) -> bool:
        """Whether the access token still serves."""
        return bool(self.access) and self.expires_at - EARLY > at

    def to_text(self) -> str:
        """As it is sealed."""
        moment = self.expires_at.isoformat()
        return json.dumps({"access": self.access, "until": moment, "scopes": sorted(self.scopes), "keep": self.keep})

    @classmethod
    def from_text(cls, text: str) -> Grant:
        """What `to_text` wrote."""
        held = json.loads(text)
        return cls(held["access"], datetime.fromisoformat(held["until"]), frozenset(held["scopes"]), held["keep"])


class Link(Protocol):
    """How one provider's mailboxes are linked. Made with the installation's `App`; holds nothing open. Every method may
    raise Unavailable when the provider does not answer; no error holds a token, a code or a secret."""

    name: str
    """The provider, for people: “Gmail”."""
    grants: Sequence[str]
    """What is granted, in words, each ending the sentence “Deskhand can …”."""
    manage: str
    """Where a person sees and ends what they granted."""

    async def begin(self, redirect: str, state: str) -> Begun:
        """Where to send the browser, with PKCE (S256). The provider must give `state` back to `redirect`."""
        ...

    async def finish(self, flow: str, redirect: str, answer: Mapping[str, str]) -> Grant:
        """What the provider granted, from the parameters of its answer. `state` was checked and used up before. Refused
        when the person declined, the answer is not for us (issuer, nonce, PKCE), or less was granted than is needed."""
        ...

    async def owner(self, grant: Grant) -> str:
        """Whose mailbox it is: its address in lower case, as the provider says it."""
        ...

    async def refresh(self, grant: Grant) -> Grant:
        """A new access token; `keep` of the answer replaces the old one. NeedsPerson when there is none to be had."""
        ...

    async def revoke(self, grant: Grant) -> None:
        """Gives the grant back to the provider. One that it does not know any more is no error."""
        ...
