"""A rule's days of watching are over: it is switched off, and a card says what it would have done and asks how it goes on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agent.shadow import ended
from agent.telling import tell
from jobs.job import Job
from storage.tables.rules import RuleState
from storage.values.clock import now
from tools.rules.language import read_rules
from tools.rules.rehearse import rehearse
from tools.toolbox import Toolbox


async def end_shadow(box: Toolbox, job: Job) -> dict[str, Any]:
    """Ends it, unless the rule was switched or is gone meanwhile."""
    rule, until = job.uuid("rule"), datetime.fromisoformat(job.params["until"])
    async with box.database.acting_as(job.caller) as tx:
        known = await tx.rules.find(rule)
    if known is None or known.state != RuleState.SHADOW or known.shadow_until != until:
        return {"ended": False}
    outcome = await rehearse(box, job.caller, read_rules(known.source)[0], int(job.params["days"]))
    async with box.database.acting_as(job.caller) as tx:
        known = await tx.rules.held(rule)
        where = await tx.conversations.latest(job.caller.person)
        if known.shadow_until != until or where is None:
            return {"ended": False}
        watched = await tx.rule_matches.watched(rule, known.active_since)
        await tx.rules.become(rule, RuleState.OFF)
        details = {"name": known.name, "source": known.source}
        await tx.audit.sign(job.caller.person, "rule_off", f"rule:{rule}", details, origin=f"job:{job.id}")
        card = await ended(tx, await tx.rules.get(rule), watched, outcome.words(job.caller.zone, now()))
        await tell(tx, where.id, card)
    return {"ended": True, "watched": watched}
