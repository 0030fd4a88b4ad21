"""A newcomer for a bench: a resident with a mailbox of files that the program has not seen, and with rules."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from bot.household import Resident, link, settle_in
from bot.program import Program
from storage.tables.rules import RuleState
from tools.mail.open import from_address


async def linked(program: Program, mailbox: Path, rules: Sequence[str] = ()) -> tuple[Resident, UUID]:
    """A new resident with this mailbox and these rules, which are switched on."""
    who = await settle_in(program.database, mailbox.name, mailbox.name, "UTC")
    provider, credentials = from_address(str(mailbox), home=program.settings.home / mailbox.name)
    account = await link(program.database, who, provider, credentials)
    async with program.database.acting_as(who.caller) as tx:
        for number, source in enumerate(rules):
            await tx.rules.save(who.caller.person, f"r{number}", f"r{number}", source, RuleState.ON)
    return who, account
