"""Dialogs: where another chat has a form, the bot asks for one thing after the other. What was said survives a restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from agent.chat import Click
from bot.telegram.channel import NAME, Telegram
from bot.telegram.inbound import Said, Who
from bot.telegram.render import Shown
from bot.telegram.text import Run, bold, foreign, pieces, units
from storage.database import Database
from storage.tables.telegram_forms import Dialog, Plain
from storage.values.clock import now
from storage.values.ids import PersonId, TenantId

CANCEL, KEEP = "/cancel", "/keep"
LIVES = timedelta(hours=1)
"""After that, a message is no answer any more."""

LONGEST_VALUE = 3_000
"""Characters of the present text that are shown to be copied; of a longer one the card shows all."""

SECRET = ("password", "secret", "token")
"""Names of things that do not stay in the chat after they were said."""

LEFT = "Left as it is."


@dataclass(frozen=True)
class Complete:
    """Everything was said: this is what is pressed now."""

    click: Click


class Dialogs:
    """One for the process, which alone opens dialogs; so it knows where there is none."""

    def __init__(self, database: Database, channel: Telegram) -> None:
        self._database = database
        self._channel = channel
        self._none: set[tuple[str, str]] = set()

    async def open(self, who: Who, token: str) -> bool:
        """Begins to ask for the form behind a button. False: it is no form of this person's."""
        known = await self.known(who)
        if known is None or who.place.is_group:
            return False
        tenant, person = known
        async with self._database.acting_as(tenant) as tx:
            inputs = await tx.telegram_forms.open(person, who.place.address, token)
        if not inputs:
            return False
        self._none.discard(self._key(who))
        await self._ask(who, inputs[0], of=len(inputs))
        return True

    async def leave(self, who: Who) -> bool:
        """Ends the dialog that is open. False: there was none."""
        known = None if self._key(who) in self._none else await self.known(who)
        if known is None:
            return False
        self._none.add(self._key(who))
        async with self._database.acting_as(known[0]) as tx:
            return await tx.telegram_forms.close(known[1], who.place.address)

    async def heard(self, said: Said) -> Complete | bool:
        """Takes a message as the answer that a dialog waits for. False: no dialog waits, it is talk."""
        key = self._key(said.who)
        if key in self._none or said.who.place.is_group:
            return False
        known = await self.known(said.who)
        dialog = await self._asking(known, said) if known else None
        if known is None or dialog is None:
            self._none.add(key)
            return False
        return await self._answered(known[0], dialog, said)

    async def _answered(self, tenant: TenantId, dialog: Dialog, said: Said) -> Complete | bool:
        given = dict(dialog.given)
        if dialog.heard != said.who.event:  # else the same message came again
            asked = next(one for one in dialog.inputs if one["name"] not in given)
            given[asked["name"]] = asked["value"] if said.text.strip().casefold() == KEEP else said.text
            async with self._database.acting_as(tenant) as tx:
                await tx.telegram_forms.answered(dialog.id, given, said.who.event)
            if any(one in asked["name"].casefold() for one in SECRET):
                await self._channel.posting.delete(said.who.place.chat, said.number)
        left = [one for one in dialog.inputs if one["name"] not in given]
        if not left:
            return Complete(Click(dialog.token, given))
        await self._ask(said.who, left[0], of=len(dialog.inputs))
        return True

    async def _asking(self, known: tuple[TenantId, PersonId], said: Said) -> Dialog | None:
        """The dialog that waits for this message, if any: not one of long ago, and not one that has all it needs."""
        async with self._database.acting_as(known[0]) as tx:
            dialog = await tx.telegram_forms.asking(known[1], said.who.place.address)
        if dialog is None or now() - dialog.opened_at > LIVES:
            return None
        full = all(one["name"] in dialog.given for one in dialog.inputs)
        return None if full and dialog.heard != said.who.event else dialog

    async def _ask(self, who: Who, asked: Plain, *, of: int) -> None:
        await self._channel.posting.post(who.place, question(asked, of=of), asks=asked["label"] or asked["name"])

    async def known(self, who: Who) -> tuple[TenantId, PersonId] | None:
        """Who that is; None for a stranger."""
        async with self._database.as_system() as tx:
            return await tx.people.identify(NAME, who.external)

    def _key(self, who: Who) -> tuple[str, str]:
        return who.external, who.place.address


def question(asked: Plain, *, of: int) -> Shown:
    """What is asked, with the present value to be copied."""
    keep = f" {KEEP} takes the present one." if of > 1 and asked["value"] else ""
    runs = [
        bold(asked["label"] or asked["name"]),
        *foreign("\nYour next message is the new text. Or tap here to leave it as it is:"),
        Run(f" {CANCEL}.{keep}"),
    ]
    hidden = any(one in asked["name"].casefold() for one in SECRET)
    if asked["value"].strip() and not hidden and units(asked["value"]) <= LONGEST_VALUE:
        value = "".join(one.text for one in foreign(asked["value"]))
        runs += [Run("\n\nThe present text, to be copied with a tap:\n"), Run(value, "pre")]
    return Shown(pieces(runs), [])
