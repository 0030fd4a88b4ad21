"""Why: what was decided about a mail, by which rule and condition, by which gate, and which rules nearly fitted."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Row

from agent.auto_reply_cards import verdicts
from storage.transaction import Transaction
from storage.values.access import Caller
from storage.values.clock import now
from tools.inbox.second_opinion import LIKE
from tools.inbox.show import plain
from tools.rules.facts import facts
from tools.rules.language import read_rules
from tools.rules.match import RuleBook, describe, holds
from tools.rules.rule import All


async def why(tx: Transaction, caller: Caller, row: Row[Any]) -> str:
    """Everything that is known, for a person."""
    lines = [f"“{row.subject or '(no subject)'}” from {row.sender_name or row.sender_address or 'nobody'}"]
    if row.category is None:
        lines.append("It is not sorted yet.")
    else:
        waits = "; it waits for you" if row.needs_me else ""
        lines.append(f"Sorted as {row.category}, {row.confidence or 0:.0%} sure{waits}, because:")
        lines += [f"- {one}" for one in row.reasons or ["nothing in particular"]]
    lines += await _alike(tx, row)
    matches = await tx.rule_matches.of(row.id)
    for match in matches:
        how = "would have acted (only watching)" if match.shadow else "acted"
        lines.append(f"Rule {match.rule_name} v{match.rule_version} {how}, because {' and '.join(match.because)}:")
        lines += [f"- {one['words']}" for one in match.outcomes]
    lines += await _nearly(tx, caller, row, {match.rule for match in matches})
    answer = await tx.auto_replies.of(row.id)
    if answer is not None:
        lines += [f"Auto-reply with template {answer.template_name}: {answer.state}, {answer.reason}", verdicts(answer)]
    return plain("\n".join(lines))


async def _alike(tx: Transaction, row: Row[Any]) -> list[str]:
    """Earlier mails like it, by meaning and sender: what a model that was asked saw beside it."""
    vectors = await tx.emails.vectors([row.digest])
    if row.digest not in vectors:
        return []
    near = await tx.second_opinions.alike(row, list(vectors[row.digest]), LIKE)
    asked = await tx.second_opinions.given(row.account, row.digest)
    head = f"Earlier mail like it, which {asked.model} was shown too:" if asked else "Earlier mail like it:"
    return [head, *map(_like, near)] if near else []


def _like(one: Row[Any]) -> str:
    by = ", where you put it" if one.corrected else ""
    return f"- “{one.subject or '(no subject)'}” from {one.sender_name or one.sender_address}: {one.category}{by}"


async def _nearly(tx: Transaction, caller: Caller, row: Row[Any], acted: set[Any]) -> list[str]:
    """The rules that did not act, each with what was missing, as far as the mail itself tells."""
    others = [one for one in await tx.rules.list(caller.person) if one.id not in acted]
    told = []
    mail = facts(row, now())
    for one in others:
        (rule,) = read_rules(one.source)
        found = RuleBook([rule]).found(mail)
        parts = rule.conditions.parts if isinstance(rule.conditions, All) else (rule.conditions,)
        missing = [describe(part) for part in parts if not holds(part, mail, found)]
        if missing:
            told.append(f"Rule {one.name} did not fit: not {' and not '.join(missing[:3])}")
        elif row.stored_at < one.active_since:
            told.append(f"Rule {one.name} would fit, but the mail was there before the rule was switched on")
        else:
            told.append(f"Rule {one.name} would fit now; it is {one.state}")
    return told
