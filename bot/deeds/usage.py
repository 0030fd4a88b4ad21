"""The command /usage: what was done for me today and this month, and what the models took for it, in tokens and money."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from agent.chat import Reply, Word
from bot.command import Given
from bot.dashboard import spent, usage_lines
from storage.values.access import Permission
from storage.values.clock import now
from storage.values.errors import Refused
from tools.inbox.show import plain

SPANS = "Say /usage, /usage today or /usage month."


async def usage(given: Given) -> list[Word]:
    """What was done and what it took, by purpose."""
    asked = given.words.strip().casefold()
    if asked not in ("", "today", "month"):
        raise Refused(f"There is no “{plain(asked[:40])}” here. {SPANS}")
    local = now().astimezone(ZoneInfo(given.caller.zone))
    today = local.replace(hour=0, minute=0, second=0, microsecond=0)
    parts = []
    if asked != "month":
        parts.append(await _span(given, "Today", today))
    if asked != "today":
        parts.append(await _span(given, f"Since 1 {today:%B}", today.replace(day=1)))
    if given.caller.may(Permission.VIEW_AUDIT_LOGS):
        parts.append(await _verdicts(given, today - timedelta(days=30)))
    return [Reply("\n\n".join(filter(None, parts)))]


async def _span(given: Given, head: str, since: datetime) -> str:
    box = given.assistant.box
    async with box.database.acting_as(given.caller) as tx:
        counts = await tx.usage.since(given.caller.person, since)
        rows = await tx.model_calls.by_purpose(given.caller.person, since)
    lines = [*usage_lines(counts, box), *spent(rows)]
    return "\n".join([f"{head}:", *(f"- {line}" for line in lines)])


async def _verdicts(given: Given, since: datetime) -> str:
    async with given.assistant.box.database.acting_as(given.caller) as tx:
        row = await tx.verdicts.counts(since)
    if not row.good + row.bad:
        return ""
    return (
        f"Answers that people judged in the last 30 days, in the whole workspace: {row.good:,} good, {row.bad:,} not."
    )
