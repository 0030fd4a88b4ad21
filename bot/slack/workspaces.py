"""Workspaces: which we are installed in, with their tokens: one that the settings name, and any that came by OAuth."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from storage.database import Database
from storage.values.access import Role
from storage.values.ids import TenantId

CHANNEL = "slack"
REMOVED = "Deskhand was removed from your Slack workspace."
FRESH = 30.0
"""Seconds for which a token is taken for good; another process may have forgotten it meanwhile."""


@dataclass(frozen=True)
class Workspace:
    """Where we speak, and as whom."""

    team: str
    token: str = field(repr=False)
    bot_user: str
    bot_id: str
    tenant: TenantId | None = None
    """Of those who come through an OAuth install; None in the workspace of the settings, where people bring a link code."""


class Workspaces:
    """One for the process."""

    def __init__(self, database: Database, own: Callable[[], Awaitable[Workspace]] | None = None) -> None:
        self._database = database
        self._ask_own = own
        self._own: Workspace | None = None
        self._known: dict[str, tuple[float, Workspace | None]] = {}

    async def find(self, team: str) -> Workspace | None:
        """The workspace, or None where we are not installed."""
        own = await self.own()
        if own is not None and team == own.team:
            return own
        at, known = self._known.get(team, (0.0, None))
        if known is None or time.monotonic() - at > FRESH:
            known = await self._read(team)
            if len(self._known) > 1_000:
                self._known.clear()
            self._known[team] = time.monotonic(), known
        return known

    async def own(self) -> Workspace | None:
        """The workspace of the token in the settings, which Slack is asked for once."""
        if self._own is None and self._ask_own is not None:
            self._own = await self._ask_own()
        return self._own

    async def token(self, team: str) -> str | None:
        """The bot's token there."""
        space = await self.find(team)
        return space.token if space else None

    async def _read(self, team: str) -> Workspace | None:
        async with self._database.as_system() as tx:
            row = await tx.installations.find(team)
        if row is None:
            return None
        async with self._database.acting_as(row.tenant) as tx:
            token = await tx.installations.token(row)
        return Workspace(team, token, row.bot_user, row.bot_id, TenantId(row.tenant))

    async def install(
        self, space: Workspace, name: str, scopes: str, installer: str, installer_name: str, zone: str
    ) -> None:
        """Remembers an install. Who installed is the first person of a new tenant, unless we know them already."""
        external = f"{space.team}:{installer}"
        async with self._database.as_system() as tx:
            before = await tx.installations.find(space.team)
            known = await tx.people.identify(CHANNEL, external)
            tenant = TenantId(before.tenant) if before else known[0] if known else await tx.people.found(name)
        async with self._database.acting_as(tenant) as tx:
            await tx.installations.put(space.team, name, space.bot_user, space.bot_id, scopes, space.token)
            await tx.installations.go_on(REMOVED)
            if known is None:
                person = await tx.people.add(installer_name, Role.USER if before else Role.ADMIN, zone)
                await tx.people.name_on(CHANNEL, external, person)
            else:
                person = known[1]
            await tx.audit.sign(person, "slack_installed", f"workspace:{space.team}", {"name": name}, origin=external)
        self._known.pop(space.team, None)

    async def uninstall(self, team: str) -> bool:
        """Forgets the token, and stops what was under way for those whom only this workspace knows."""
        self._known.pop(team, None)
        async with self._database.as_system() as tx:
            row = await tx.installations.find(team)
        if row is None:
            return False
        async with self._database.acting_as(row.tenant) as tx:
            await tx.installations.remove(team)
            await tx.installations.stop(team, REMOVED)
        return True
