"""Strangers: whoever stands at a door unknown is told how to be known, and nothing else. A code lets them in."""

from __future__ import annotations

from dataclasses import dataclass

from agent.chat import Click, Message
from storage.database import Database
from storage.tables.link_codes import plain_code
from storage.values.access import Role
from storage.values.errors import Refused
from storage.values.ids import TenantId

PAIRING = "I do not know you yet. Ask the person who runs this Deskhand for a link code, then send it to me."

WRONG_CODE = (
    "That code does not work: it was used, it is older than ten minutes, or it was mistyped. Ask for a new one."
)

_INTRODUCTIONS = ("/link ", "/start ", "link ")


@dataclass(frozen=True)
class Newcomer:
    """Somebody whom the platform vouches for: a member of a workspace that installed us. They move in when they first
    write."""

    tenant: TenantId
    name: str
    zone: str
    role: Role = Role.USER


async def let_in(
    database: Database, channel: str, external: str, address: str, said: Message | Click, newcomer: Newcomer | None
) -> str | None:
    """The greeting of somebody who has just become known; None for a member of a workspace, whose message is then heard
    as any other. Refused, with what to do, for everybody else."""
    code = _code(said)
    if code is None and newcomer is not None:
        await _move_in(database, channel, external, newcomer)
        return None
    if code is None:
        raise Refused(PAIRING)
    async with database.as_system() as tx:
        owner = await tx.link_codes.use(code)
    if owner is None:
        raise Refused(WRONG_CODE)
    tenant, person = owner
    async with database.acting_as(tenant) as tx:
        caller = await tx.people.caller(person)
        if await tx.people.alone_at(channel, external):
            await tx.people.name_on(channel, external, person)
        await tx.conversations.open(person, channel, address)  # from now on they can be told things there
        await tx.audit.sign(person, "identity_linked", f"person:{person}", {"channel": channel}, origin=channel)
    return f"Hello {caller.name}, this chat is yours now. Say /help to see what I can do, /unlink to part again."


def _code(said: Message | Click) -> str | None:
    """The code in a first message: alone, or after `/link` or `/start`."""
    if isinstance(said, Click):
        return None
    words = said.text.strip()
    for introduction in _INTRODUCTIONS:
        if words.casefold().startswith(introduction):
            words = words[len(introduction) :]
            break
    return plain_code(words)


async def _move_in(database: Database, channel: str, external: str, newcomer: Newcomer) -> None:
    async with database.acting_as(newcomer.tenant) as tx:
        if not await tx.people.alone_at(channel, external):
            return
        person = await tx.people.add(newcomer.name, newcomer.role, newcomer.zone)
        await tx.people.name_on(channel, external, person)
        await tx.audit.sign(person, "person_joined", f"person:{person}", {"channel": channel}, origin=channel)
