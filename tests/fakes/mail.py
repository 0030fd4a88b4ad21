"""Fixtures: mail servers that speak the wire, on free ports of this machine. Their libraries are loaded when asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.fakes.dovecot_server import DovecotServer
    from tests.fakes.post_office import PostOffice
    from tests.fakes.pymap_server import PymapServer


@pytest.fixture
async def post_office() -> AsyncIterator[PostOffice]:
    """An SMTP server that does as it is told."""
    from tests.fakes.post_office import open_post_office

    async with open_post_office() as office:
        yield office


@pytest.fixture
async def pymap() -> AsyncIterator[PymapServer]:
    """An IMAP server without keywords, with one empty account."""
    from tests.fakes.pymap_server import open_pymap

    async with open_pymap() as server:
        yield server


@pytest.fixture(scope="session")
async def dovecot_if_here() -> AsyncIterator[DovecotServer | None]:
    """The same for fixtures of several servers, which skip by themselves what needs it."""
    from tests.fakes.dovecot_server import dovecot_is_here, open_dovecot

    if not dovecot_is_here():
        yield None
        return
    async with open_dovecot() as server:
        yield server


@pytest.fixture
def dovecot(dovecot_if_here: DovecotServer | None) -> DovecotServer:
    """An IMAP server with everything. Needs the marker `needs_dovecot`."""
    from tests.fakes.dovecot_server import MISSING

    if dovecot_if_here is None:
        pytest.skip(MISSING)
    return dovecot_if_here
