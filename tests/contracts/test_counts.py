"""Every provider is held to the same cases; what one is exempt from is listed with the reason, and the run's end says how many."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.contracts import test_elsewhere, test_houses, test_mailboxes
from tests.fakes.mail_benches import BENCHES
from tests.fakes.tally import contract

EXEMPT = {**test_mailboxes.EXEMPT, **test_houses.EXEMPT, **getattr(test_elsewhere, "EXEMPT", {})}


def test_every_bench_has_the_same_cases_and_what_is_exempt_has_a_reason(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("keyword") or any("::" in one for one in request.config.args):
        pytest.skip("not for a part of the suite: all of it is counted")
    cases: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for item in request.session.items:
        chosen = dict(getattr(getattr(item, "callspec", None), "params", {}))
        bench = chosen.pop("bench", None) or chosen.pop("room", None)
        if bench in BENCHES and "contracts" in item.path.parts:
            cases[bench].add((item.path.name, getattr(item, "originalname", item.name), repr(sorted(chosen.items()))))
    every = set().union(*cases.values())
    assert all(len(reason.split()) > 3 for reason in EXEMPT.values())
    executed = {
        bench: len(cases[bench]) - sum((bench, name) in EXEMPT for _, name, _ in cases[bench]) for bench in BENCHES
    }
    exempt = {bench: sum((bench, name) in EXEMPT for _, name, _ in every) for bench in BENCHES}
    assert {bench: executed[bench] + exempt[bench] for bench in BENCHES} == dict.fromkeys(BENCHES, len(every))


def test_the_end_of_a_run_tells_what_was_carried_out() -> None:
    def report(bench: str, outcome: str, when: str) -> pytest.TestReport:
        properties = [("contract", (bench, "imap"))]
        return pytest.TestReport("a case", ("", 0, ""), {}, outcome, None, when, user_properties=properties)  # type: ignore[arg-type]

    reports = [report("pymap", "passed", when) for when in ("setup", "call", "teardown")]
    reports += [
        report("pymap", "failed", "call"),
        report("pymap", "skipped", "setup"),
        report("dovecot", "passed", "call"),
    ]
    assert list(contract(reports)) == [
        "contract on dovecot (imap): 1 cases executed",
        "contract on pymap (imap): 2 cases executed, 1 exempt",
    ]
