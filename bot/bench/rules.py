"""Rules: what a mail costs by the number of rules, beside `re` rule by rule; hostile patterns; and a rehearsal of the past."""

from __future__ import annotations

import asyncio
import random
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import text

from bot.bench.figures import Figure, Report
from bot.bench.mailbag import lay_out, mails_of
from bot.household import link, settle_in
from bot.program import open_program
from bot.settings import Settings
from storage.values.clock import now
from storage.values.errors import Refused
from storage.values.ids import new_id
from tools.inbox.sync import sync
from tools.mail.open import from_address
from tools.mail.parse import parse
from tools.rules.facts import Facts, facts
from tools.rules.language import read_rules
from tools.rules.match import RuleBook
from tools.rules.patterns import checked, compiled, hard_texts
from tools.rules.rehearse import rehearse
from tools.rules.rule import All, Flag, Rule, Test, tests

PACKAGES = ("google-re2", "pyahocorasick", "pyyaml", "psycopg")
MAILS, FEW, SOME, MANY = 1_000, 10, 100, 1_000
GROWTH, CHEAPER, EVIL_MS, REHEARSAL_S = 1.5, 30.0, 50.0, 3.0
STORED = 10_000
PASSES = 5

REHEARSED = """
id: rehearsed
conditions:
- any:
  - {field: subject, operator: contains, value: [invoice, order, kiln]}
  - {field: body, operator: matches_regex, value: 'number\\s+[0-9]{2,6}'}
- {field: confidence, operator: gte, value: 0.5}
actions:
- {type: flag}
"""


@dataclass(frozen=True)
class Read:
    """A mail as the rules' facts are made of it."""

    row: Any
    at: datetime

    def facts(self) -> Facts:
        """Fresh facts, as each mail has them once."""
        return facts(self.row, self.at)


async def bench(folder: Path | None) -> Report:
    """Measures. `folder` holds .eml files; the sample is multiplied without it."""
    with tempfile.TemporaryDirectory(prefix="deskhand-bench-") as name:
        scratch = Path(name)
        files, words = mails_of(folder, scratch)
        mails = [_read(one) for one in files[:MAILS]]
        figures = [*_matching(mails), *_patterns(), await _rehearsal(scratch, files[0])]
    notes = [
        f"{len(mails):,} of {words}; each pass makes the facts of every mail anew, the best of {PASSES} passes counts.",
        "The baseline searches every word and pattern of every rule with Python's re, compiled, one after the other.",
        "A hostile pattern is refused when it is saved, or searched over seven hard texts of 100,000 characters each.",
    ]
    return Report("rules", figures, notes, PACKAGES)


def _read(file: Path) -> Read:
    email = parse(file.read_bytes())
    sender = email.sender
    row = SimpleNamespace(
        id=new_id(),
        subject=email.subject,
        body=email.text,
        sender_name=sender.name if sender else "",
        sender_address=sender.address if sender else "",
        recipients={"to": [{"name": one.name, "address": one.address} for one in email.to]},
        attachments=[{"name": one.name} for one in email.attachments],
        has_attachment=bool(email.attachments),
        labels=[],
        category="work",
        confidence=0.9,
        needs_me=False,
        sent_at=now(),
    )
    return Read(row, now())


def _matching(mails: Sequence[Read]) -> list[Figure]:
    words = sorted({word for mail in mails for word in re.findall(r"[a-z]{5,12}", mail.row.body.lower()[:3_000])})
    rules = _made(words, MANY)
    cost = {count: _per_mail(RuleBook(rules[:count]), mails) for count in (FEW, SOME, MANY)}
    plain = _one_by_one(rules[:SOME])
    baseline = _best(lambda: [plain(mail.facts()) for mail in mails[:200]], 1) / len(mails[:200])
    return [
        Figure(f"a mail by {SOME} rules", cost[SOME] * 1e6, "µs"),
        Figure(
            f"times cheaper than one by one, {SOME} rules",
            baseline / cost[SOME],
            "×",
            goal=CHEAPER,
            at_least=True,
        ),
        Figure(
            f"a mail by {MANY} rules",
            cost[MANY] * 1e6,
            "µs",
            cost[FEW] * 1e6,
            f"{FEW} rules",
            GROWTH,
            relative=True,
        ),
    ]


def _made(words: Sequence[str], count: int) -> list[Rule]:
    """Rules like those that people write: words in subject and text, domains, a pattern now and then."""
    chance = random.Random(7)  # noqa: S311 - the same rules in every run

    def word() -> str:
        return chance.choice(words)

    kinds: tuple[Callable[[], tuple[Test, ...]], ...] = (
        lambda: (Test("subject", "contains", (word(), word())), Test("from_domain", "in", (f"{word()}.com",))),
        lambda: (Test("body", "contains", (f"{word()} {word()}", word() + word())), Test("confidence", "gt", 0.5)),
        lambda: (Test("subject", "matches_regex", (rf"{word()}\s+#?\d+|{word()}s?\b",)),),
        lambda: (Test("body", "matches_regex", (rf"{word()}\s+(?:no\.?|number)\s*\d+",)),),
    )
    return [Rule(f"r{number}", f"r{number}", All(kinds[number % 4]()), (Flag(),)) for number in range(count)]


def _per_mail(book: RuleBook, mails: Sequence[Read]) -> float:
    return _best(lambda: [book.matches(mail.facts()) for mail in mails], PASSES) / len(mails)


def _one_by_one(rules: Sequence[Rule]) -> Callable[[Facts], int]:
    """What a plain engine does: every word and pattern of every rule, one after the other."""
    asked = [
        [
            (
                test.field,
                [
                    re.compile(one if test.operator == "matches_regex" else re.escape(one), re.IGNORECASE)
                    for one in test.value
                ],
            )
            for test in tests(rule.conditions)
            if isinstance(test.value, tuple)
        ]
        for rule in rules
    ]

    def matched(mail: Facts) -> int:
        return sum(
            all(any(one.search(mail.lines(field)) for one in patterns) for field, patterns in rule) for rule in asked
        )

    return matched


def _compiled(test: Test) -> list[re.Pattern[str]]:
    values = test.value if isinstance(test.value, tuple) else ()
    plain = test.operator != "matches_regex"
    return [re.compile(re.escape(one) if plain else one, re.IGNORECASE) for one in values]


def _best(run: Callable[[], object], passes: int) -> float:
    times = []
    for _ in range(passes):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return min(times)


def evil_patterns() -> list[str]:
    """Patterns that hold up engines with backtracking, or blow up automata: 200 of them."""
    shapes = (
        "(a+)+{n}$", "(a|aa)+b{n}$", "(a|a?)+c{n}$", "(.*a){{{m}}}", "(x+x+)+y{n}", "(.{{0,{w}}}a){{2}}", "[a-z]{{0,{w}}}b{n}",
        "(a?){{{w}}}a{{{w}}}", ".*.*.*.*={n}", "(\\w+\\s?)*${n}", "((a{{0,{m}}}){{0,{m}}})$", "(.*)(.*)(.*)(.*)[^a]{n}$",
        "(a|b|ab)*c.{{0,{w}}}d", "[ab]*a[ab]{{{w}}}c", "(?:a*)*b{n}", "^(([a-z])+.)+[A-Z]([a-z])+{n}$", "(a+){{{m}}}b",
        "\\pL{{1,{w}}}x{n}", "(?=a+)a{n}", "(a)\\1{n}",
    )  # fmt: skip
    return [shape.format(n=number, m=2 + 3 * number, w=10 + 40 * number) for number in range(10) for shape in shapes]


def _patterns() -> list[Figure]:
    refused, slowest = 0, 0.0
    evil = evil_patterns()
    for pattern in evil:
        try:
            checked(pattern)
        except Refused:
            refused += 1
            continue
        search = compiled(pattern).search
        for hard in hard_texts():
            slowest = max(slowest, _best(lambda: search(hard), 1))  # noqa: B023 - called at once
    return [
        Figure(f"of {len(evil)} hostile patterns refused when saved", refused, "patterns"),
        Figure("the slowest of the others on 100,000 characters", slowest * 1e3, "ms", goal=EVIL_MS),
    ]


async def _rehearsal(scratch: Path, mail: Path) -> Figure:
    """On a memory of its own, with one mail stored many times over."""
    mailbox = lay_out([mail], scratch / "box")
    async with open_program(Settings(deskhand_home=scratch / "home")) as program:
        who = await settle_in(program.database, "bench", "Bench", "UTC")
        provider, credentials = from_address(str(mailbox), home=scratch / "home" / "box")
        account = await link(program.database, who, provider, credentials)
        await sync(program.box, who.caller.tenant, account)
        async with program.database.acting_as(who.caller) as tx:
            await tx.run(text(_COPY).bindparams(count=STORED))
        (rule,) = read_rules(REHEARSED)
        spent = []
        for _ in range(3):
            begun = time.perf_counter()
            outcome = await rehearse(program.box, who.caller, rule)
            spent.append(time.perf_counter() - begun)
            await asyncio.sleep(0)
        return Figure(f"a rehearsal over {outcome.looked:,} stored mails", min(spent), "s", goal=REHEARSAL_S)


_COPY = """
INSERT INTO emails (id, tenant, account, key, folder, message_id, in_reply_to, thread, subject, sender_name, sender_address,
    reply_to, recipients, sent_at, unread, outgoing, labels, attachments, has_attachment, body, reply, signals, digest,
    category, confidence, needs_me, reasons, by_meaning, stored_at)
SELECT gen_random_uuid(), tenant, account, key || number, folder, message_id || number, in_reply_to, thread || number,
    subject || ' ' || number, sender_name, sender_address, reply_to, recipients, now() - number * interval '10 minutes', unread,
    false, labels, attachments, has_attachment, repeat(left(body, 300), 8) || ' number ' || number, reply, signals, digest,
    'work', 0.9, false, '[]', true, now()
FROM emails, generate_series(1, :count) AS number WHERE NOT outgoing
"""
