"""`python -m tests.acceptance.runner`: runs the six acceptance tests and prints what passed; exit code 0 when all did."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent / "test_acceptance.py"


class Summary:
    """What each test came to."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keeps the worst that was reported of a test."""
        name = report.nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " ")
        if report.failed or (report.when == "call" and name not in self.outcomes):
            self.outcomes[name] = report.outcome

    def __str__(self) -> str:
        passed = sum(outcome == "passed" for outcome in self.outcomes.values())
        lines = [f"{'✓' if outcome == 'passed' else '✗'} {name}" for name, outcome in self.outcomes.items()]
        return "\n".join(["", *lines, f"{passed}/{len(self.outcomes)} acceptance tests passed", ""])


def main() -> int:
    """Runs them."""
    summary = Summary()
    code = pytest.main([str(TESTS), "-q", "-p", "no:cacheprovider"], plugins=[summary])
    sys.stdout.write(str(summary))
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
