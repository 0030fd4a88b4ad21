"""What docs/adding-a-mailbox.md shows, carried out: a toy provider is two files and two lines, and keeps the promises."""

from __future__ import annotations

import importlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from agent.chat import Reply
from bot.program import Program
from bot.settings import Settings
from bot.web.app import build
from storage.values.errors import NeedsPerson
from tests.contracts import test_mailboxes as promises
from tests.fakes.program import House, Servers, letter, maildir, open_house
from tools.inbox.sync import sync
from tools.mail import MAILBOXES, open_mailbox
from tools.mail.linking import LINKS, Opener
from tools.mail.linking.link import App, Linking
from tools.mail.mailbox import Credentials
from tools.mail.provider import Provider

PAGE = Path(__file__).resolve().parents[2] / "docs" / "adding-a-mailbox.md"
KEPT = [
    "each_message_comes_once",
    "what_came_since_comes_next_time",
    "reading_marks_nothing_as_read",
    "a_message_is_fetched_byte_for_byte",
    "read_and_unread_go_both_ways",
    "a_flag_goes_up_and_down",
    "a_label_that_breaks_lines_is_refused",
    "a_message_moves_to_the_archive_and_back",
    "a_draft_is_kept_and_deleted",
    "only_drafts_are_deleted_as_drafts",
    "the_very_bytes_are_sent",
    "what_was_sent_is_found_and_told_of",
    "only_the_whole_message_id_is_found",
    "a_mail_to_nobody_is_refused",
    "what_somebody_else_deletes_is_gone",
]


@pytest.fixture
def toys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The page's files, and its lines in the tables. Gives the first file."""
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for name, block in zip(("toy_mailbox", "toy_link"), blocks, strict=True):
        (tmp_path / f"{name}.py").write_text(block, encoding="utf-8")
        monkeypatch.delitem(importlib.sys.modules, name, raising=False)  # type: ignore[attr-defined]
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(MAILBOXES, "toy", Provider("toy_mailbox", "open_toy"))
    monkeypatch.setitem(LINKS, "toy", Opener("toy_link", "ToyLink"))
    return importlib.import_module("toy_mailbox")


@dataclass
class ToyBench:
    """An account of the toy's."""

    toys: ModuleType
    provider: str = "toy"

    def __post_init__(self) -> None:
        self.credentials = Credentials("ana@toy.example", {}, "key")
        self.mails = self.toys.MAILS.setdefault("ana@toy.example", {})
        self._came: list[str] = []

    async def deliver(self, raw: bytes) -> None:
        self._came.append(self.toys.ToyMailbox(self.mails).take_in(raw))

    async def remove(self, number: int) -> None:
        del self.mails[self._came.pop(number)]

    async def read_marks(self) -> list[bool]:
        return [not self.mails[one].unread for one in self._came]

    def sent(self) -> list[bytes]:
        return [one.raw for one in self.mails.values() if one.folder == "Sent"]


@pytest.mark.parametrize("promise", KEPT)
async def test_the_mailbox_keeps_its_promises(toys: ModuleType, promise: str) -> None:
    bench = ToyBench(toys)
    await bench.deliver(promises.mail(0))
    mailbox = await open_mailbox("toy", bench.credentials)
    things = {"bench": bench, "mailbox": mailbox, "caller": promises.Caller(mailbox)}
    case = getattr(promises, f"test_{promise}")
    await case(**{name: things[name] for name in case.__annotations__ if name in things})


async def test_a_wrong_key_needs_a_person(toys: ModuleType) -> None:
    with pytest.raises(NeedsPerson):
        await open_mailbox("toy", replace(ToyBench(toys).credentials, secret=""))


@pytest.fixture
async def house(servers: Servers, toys: ModuleType) -> AsyncIterator[House]:
    """A house that is registered with the toy provider."""
    app = App("deskhand", "secret", {"authorize": "http://127.0.0.1:1/toy"})
    registered = replace(servers, linking=Linking({"toy": app}))
    async with open_house(registered, "maildir", maildir(servers.home / "mail", [letter()])) as house:
        yield house


async def test_a_person_links_it_from_the_chat_and_reads_its_mail(house: House, toys: ModuleType) -> None:
    await ToyBench(toys).deliver(letter("Toys", to="ana@toy.example"))
    (word,) = await house.say("/link toy")
    assert isinstance(word, Reply)
    settings = Settings(deskhand_home=house.servers.home, _env_file=None)  # type: ignore[call-arg]
    app = build(Program(settings, house.box, house.database, house.servers.redis_url, house.servers.admin_url))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000") as browser:
        begun = await browser.get(word.text.splitlines()[1])
        asked = {name: one for name, (one,) in parse_qs(urlsplit(begun.headers["location"]).query).items()}
        answer = {"state": asked["state"], "code": f"code for {asked['code_challenge']}"}
        page = await browser.get("/oauth/toy/callback", params=answer)
    assert "ana@toy.example is linked" in page.text
    account = await house.one("SELECT id FROM accounts WHERE provider = 'toy'")
    assert await sync(house.box, house.caller.tenant, account) == 1
    tokens = house.box.mailboxes._tokens[account]
    await tokens.rejected(await tokens.access())
    assert await tokens.access() == "toy access 2"
    await tokens.rejected("toy access 2")
    with pytest.raises(NeedsPerson, match="Toy mail does not let me in"):
        await tokens.access()
