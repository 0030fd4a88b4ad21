"""The triage bench: the plan's pipeline beside ours gives equal labels, and every figure is measured."""

from __future__ import annotations

from pathlib import Path

from bot.bench.figures import table
from bot.bench.made_rules import rules_for
from bot.bench.plan import takes
from bot.bench.triage import Size, bench
from tests.fakes.program import letter
from tools.rules.language import read_rules

TINY = Size(rounds=1, one_by_one=6, rules=10, embeddings=1, embedded=2, minutes=0.05)


def mails(folder: Path, count: int = 6) -> Path:
    folder.mkdir()
    for number in range(count):
        raw = letter(f"Kiln order {number}", f"The invoice number {number} is ready.", message_id=f"m{number}")
        (folder / f"{number}.eml").write_bytes(raw)
    return folder


async def test_both_ways_give_equal_labels(tmp_path: Path) -> None:
    report = await bench(mails(tmp_path / "mails"), TINY)
    rates = [one for one in report.figures if one.unit == "mails/s"]
    assert len(rates) == 4
    assert all(one.value > 0 and one.baseline for one in rates)
    assert "6 real mails, 10 rules" in table(report)
    figures = {one.what: one for one in report.figures}
    (jobs,) = [one for what, one in figures.items() if what.startswith("rows of jobs")]
    assert jobs.value == 0
    (answer,) = [one for what, one in figures.items() if what.startswith("an answer in the chat")]
    assert answer.value > 0
    assert answer.baseline


def test_the_rules_of_the_bench_are_rules_of_ours(tmp_path: Path) -> None:
    raws = [one.read_bytes() for one in sorted(mails(tmp_path / "mails").iterdir())]
    made = rules_for(raws, 10)
    read = [rule for source in made.sources for rule in read_rules(source)]
    assert [rule.id for rule in read] == [f"r{number}" for number in range(10)]


def test_the_plan_s_engine_asks_for_all_conditions() -> None:
    kiln = {"field": "subject", "operator": "contains", "value": ["kiln"]}
    number = {"field": "body", "operator": "matches_regex", "value": ["number [0-9]+"]}
    maker = {"field": "from_domain", "operator": "in", "value": ["kiln.example"]}
    about = ("The KILN", "Invoice number 7", "Bo <bo@kiln.example>")
    assert takes([kiln, number, maker], *about)
    assert not takes([kiln, number, maker | {"value": ["example"]}], *about)
    assert not takes([kiln | {"field": "unknown"}], *about)
