"""Rules for the triage bench: in the plan's YAML, of words that stand in the mails, and read alike by both parsers."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from itertools import count

import yaml

from bot.bench import plan
from bot.bench.bare import row_of
from tools.mail.email import Email
from tools.mail.parse import parse

_WORD = re.compile(r"\b[a-z]{5,12}\b")


@dataclass(frozen=True)
class Made:
    """The rules, and how many more were passed over."""

    sources: tuple[str, ...]
    passed_over: int


def rules_for(raws: Sequence[bytes], rules: int) -> Made:
    """So many rules. One of which the plan's engine thinks otherwise when it is given what our parser read is passed over: the
    bench compares labels, and not what two parsers make of broken mail."""
    ours = [parse(raw) for raw in raws]
    theirs = [row_of(message_from_bytes(raw, policy=default)) for raw in raws]
    made: list[str] = []
    for number, rule in enumerate(_candidates(ours)):
        conditions = yaml.safe_load(rule)["conditions"]
        if all(_alike(conditions, *both) for both in zip(ours, theirs, strict=True)):
            made.append(f"id: r{len(made)}\n{rule}- {{type: apply_label, label: L{len(made)}}}\n")
        if len(made) == rules:
            return Made(tuple(made), number + 1 - rules)
    raise AssertionError("there is always another candidate")


def _alike(conditions: Sequence[object], ours: Email, theirs: Sequence[str]) -> bool:
    subject, sender, body = theirs
    address = ours.sender.address if ours.sender else ""
    return plan.takes(conditions, ours.subject, ours.text, address) is plan.takes(conditions, subject, body, sender)


def _candidates(mails: Sequence[Email]) -> Iterator[str]:
    chance = random.Random(7)  # noqa: S311 - the same rules in every run
    words = sorted({word for mail in mails for word in _WORD.findall(mail.text[:3_000])}) or ["kiln"]
    heads = sorted({word for mail in mails for word in _WORD.findall(mail.subject.lower())}) or words
    domains = sorted({mail.sender.address.rpartition("@")[2] for mail in mails if mail.sender}) or ["kiln.example"]
    for number in count():
        word, other, head, tail = (chance.choice(among) for among in (words, words, heads, heads))
        kinds = (
            f"field: subject, operator: contains, value: [{head}, {tail}]",
            f"field: from_domain, operator: in, value: ['{chance.choice(domains)}', '{chance.choice(domains)}']",
            f"field: body, operator: contains, value: [{word}, {word}{other}]",
            f"field: subject, operator: matches_regex, value: ['{head} [0-9]+|{tail}s?']",
            f"field: body, operator: matches_regex, value: ['{word} (no|number|is) [0-9a-z]+', '{other} #[0-9]+']",
        )
        yield f"conditions:\n- {{{kinds[number % len(kinds)]}}}\nactions:\n"
