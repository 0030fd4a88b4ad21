"""A bench of each kind with Lunch 0 in it, a mailbox on it, and one who reads on; a module's `EXEMPT` says what is left out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.dovecot_server import DovecotServer
from tests.fakes.mail_benches import BENCHES, Bench
from tests.fakes.mail_caller import Caller, mail
from tools.mail import open_mailbox
from tools.mail.mailbox import Mailbox


@pytest.fixture(
    params=[pytest.param(name, marks=[pytest.mark.needs_dovecot] if name == "dovecot" else []) for name in BENCHES]
)
async def bench(
    request: pytest.FixtureRequest, tmp_path: Path, dovecot_if_here: DovecotServer | None
) -> AsyncIterator[Bench]:
    case = (request.param, request.function.__name__)
    exempt = getattr(request.module, "EXEMPT", {})
    if case in exempt:
        pytest.skip(f"not for {request.param}: {exempt[case]}")
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
