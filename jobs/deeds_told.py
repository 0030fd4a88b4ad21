"""What rules did in one round, or wait for a word to do, told on one card a rule; and what their records now speak for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.engine import Row

from agent.telling import tell
from agent.trust import card_of, propose
from storage.tables.trust_cards import CardKind
from storage.transaction import Transaction
from tools.inbox.show import who
from tools.rules.apply import Round
from tools.toolbox import Toolbox
from tools.trust import act
from tools.trust.ladder import Rung

_KINDS = {Rung.ASK: CardKind.ASKED, Rung.TELL: CardKind.TOLD}

_Groups = dict[tuple[CardKind, UUID, str], list[dict[str, Any]]]


async def tell_deeds(box: Toolbox, round_: Round) -> None:
    """Tells them once, however often the round is taken up again. What may be done silently is not told."""
    async with box.database.acting_as(round_.caller) as tx:
        matches = await tx.rule_matches.of_round(round_.id)
        for (kind, rule, name), deeds in (await _grouped(tx, matches)).items():
            identity = uuid5(round_.id, f"{kind}/{rule}")
            about = {"kind": kind, "rule": rule, "rule_name": name, "act": "", "rung": "", "deeds": deeds}
            if await tx.trust_cards.make(identity, person=round_.caller.person, **about):
                row = await tx.trust_cards.get(identity)
                assert row is not None
                await tell(tx, round_.conversation, await card_of(tx, row))
        acts = {
            (match.rule, act.key_of(one)) for match in matches for one in match.actions if one["type"] != "auto_reply"
        }
        for rule, key in sorted(acts):
            await propose(tx, round_.caller.person, round_.conversation, rule, key)


async def _grouped(tx: Transaction, matches: Sequence[Row[Any]]) -> _Groups:
    """By rule, what waits and what was really done."""
    mails = {row.id: row for row in await tx.emails.many(list({match.email for match in matches}))}
    requests = [f"{match.id}/{one['number']}" for match in matches for one in match.outcomes if "rung" in one]
    done = {row.request for row in await tx.receipts.by_requests(requests)}
    groups: _Groups = defaultdict(list)
    for match in matches:
        for one in match.outcomes:
            kind = _KINDS.get(one.get("rung"))
            request = f"{match.id}/{one.get('number')}"
            mail = mails.get(match.email)
            if kind is not None and mail is not None and (kind == CardKind.ASKED or request in done):
                groups[kind, match.rule, match.rule_name].append(_deed(match, one, mail, request))
    return groups


def _deed(match: Row[Any], outcome: dict[str, Any], mail: Row[Any], request: str) -> dict[str, Any]:
    return {
        "match": str(match.id),
        "number": outcome["number"],
        "request": request,
        "act": act.key_of(match.actions[outcome["number"]]),
        "because": outcome["because"],
        "why": " and ".join(match.because),
        "email": str(mail.id),
        "mail": f"{who(mail)}: {mail.subject or '(no subject)'}",
        "sender": mail.sender_address.casefold(),
        "category": mail.category or "",
    }
