"""A bench of each kind with Lunch 0 in it, a mailbox on it, and one who reads on; a module's `EXEMPT` says what is left out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.dovecot_server import MISSING, DovecotServer
from tests.fakes.mail_benches import BENCHES, Bench
from tests.fakes.mail_caller import Caller, mail
from tools.mail import open_mailbox
from tools.mail.mailbox import Mailbox

EXEMPTION = "not for "
"""How the reason begins of a case that is listed as exempt."""


def on_bench(request: pytest.FixtureRequest) -> None:
    """Notes which bench a case is for, to be counted, and leaves it out where the module says so."""
    bench = request.param
    request.node.user_properties.append(("contract", (bench, BENCHES[bench][0])))
    exempt = getattr(request.module, "EXEMPT", {})
    if (bench, request.function.__name__) in exempt:
        pytest.skip(f"{EXEMPTION}{bench}: {exempt[bench, request.function.__name__]}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A case that leaves itself out otherwise has failed: every provider is held to the same ones."""
    report: Any = yield
    if report.skipped and EXEMPTION not in str(report.longrepr) and MISSING not in str(report.longrepr):
        report.outcome = "failed"
    return report  # type: ignore[no-any-return]


@pytest.fixture(
    params=[pytest.param(name, marks=[pytest.mark.needs_dovecot] if name == "dovecot" else []) for name in BENCHES]
)
async def bench(
    request: pytest.FixtureRequest, tmp_path: Path, dovecot_if_here: DovecotServer | None
) -> AsyncIterator[Bench]:
    on_bench(request)
    async with BENCHES[request.param][1](tmp_path, dovecot_if_here) as bench:
        await bench.deliver(mail(0))
        yield bench


@pytest.fixture
async def mailbox(bench: Bench) -> AsyncIterator[Mailbox]:
    mailbox = await open_mailbox(bench.provider, bench.credentials)
    yield mailbox
    await mailbox.aclose()


@pytest.fixture
def caller(mailbox: Mailbox) -> Caller:
    return Caller(mailbox)
