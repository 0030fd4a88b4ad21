"""House: the whole program on a test's database, Valkey and mailbox, with a channel that writes down what it is shown."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import namedtuple_row
from psycopg.types.json import Jsonb

from agent import approval
from agent.assistant import Assistant
from agent.chat import Card, Click, Message, Progress, Update, Word
from agent.decisions import card_of
from agent.relinking import notice
from bot import household, sample
from bot.delivery import Delivery
from bot.desk import Desk, Visitor
from bot.household import Resident
from jobs.runner import Runner
from storage.blobs import FolderBlobs
from storage.crypto import keyring_from_text
from storage.database import Database, open_database
from storage.queue import ArqBell
from storage.values.access import Caller
from storage.values.errors import Trouble
from storage.values.ids import AccountId
from tools.inbox.sync import sync
from tools.llm.model import Models
from tools.llm.opening import open_models
from tools.mail.accounts import Mailboxes
from tools.mail.linking.link import Linking
from tools.mail.mailbox import Credentials
from tools.toolbox import Toolbox
from tools.work import QUICK, Queue

KEY = base64.b64encode(bytes(range(32))).decode()
"""ENCRYPTION_KEY of every house, so that a program started beside it opens the same seals."""

OWN = "ana@example.org"
BO = "Bo Lind <bo@kiln.example>"
YESTERDAY = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)


def unhurried() -> float:
    """The clock of jobs in a house: however slow the machine, none takes so long that it is worth a card of its own."""
    return 0.0


@dataclass
class Recorder:
    """A channel that keeps what it is shown; while `trouble` is set, nothing gets through."""

    name: str = household.CHANNEL
    words: list[Word] = field(default_factory=list)
    steps: list[Progress] = field(default_factory=list)
    trouble: Trouble | None = None

    async def send(self, address: str, word: Word) -> str:
        if self.trouble:
            raise self.trouble
        self.words.append(word)
        return word.id if isinstance(word, Card) else ""

    async def edit(self, address: str, shown: str, card: Card) -> None:
        await self.send(address, Update(card))

    async def progress(self, address: str, progress: Progress) -> None:
        self.steps.append(progress)


@dataclass
class Servers:
    """Where a house stands."""

    database_url: str
    admin_url: str
    redis_url: str
    home: Path
    linking: Linking | None = None


@dataclass
class House:
    """The program of one process, and one person at its door."""

    servers: Servers
    box: Toolbox
    who: Resident
    account: AccountId
    credentials: Credentials
    channel: Recorder
    assistant: Assistant
    delivery: Delivery
    desk: Desk
    runner: Runner

    @property
    def caller(self) -> Caller:
        """The person."""
        return self.who.caller

    @property
    def database(self) -> Database:
        """The program's own way in."""
        return self.box.database

    @property
    def visitor(self) -> Visitor:
        """The person at the door."""
        return Visitor(self.channel, self.who.external, str(self.caller.person))

    async def say(self, text: str, external: str = "") -> list[Word]:
        """Says something and gives what was answered."""
        return await self._received(Message(text), external)

    async def press(
        self, card: Card, label: str, fields: Mapping[str, str] | None = None, external: str = ""
    ) -> list[Word]:
        """Presses a card's button and gives what was answered."""
        return await self._received(Click(token(card, label), fields or {}), external)

    async def _received(self, said: Message | Click, external: str) -> list[Word]:
        before = len(self.channel.words)
        await self.desk.receive(self.visitor, said, external)
        return self.channel.words[before:]

    async def work(self, *queues: Queue) -> list[Word]:
        """Does what is due in the queues (the quick one, if none is named) and gives what was delivered."""
        before = len(self.channel.words)
        await self.runner.drain(queues=frozenset(queue.name for queue in queues or (QUICK,)))
        while await self.delivery.flush():
            pass
        return self.channel.words[before:]

    async def draft(
        self, text: str = "Thursday works.", *, subject: str = "Kiln", request: str = "", prepared: bool = False
    ) -> Card:
        """A draft that answers a mail, as the tool would make it, without the talk around it. One that was prepared, as a
        rule does it, stands beside another for the same mail."""
        mail = await self.mail(subject)
        async with self.database.acting_as(self.caller) as tx:
            where = await tx.conversations.open(self.caller.person, self.channel.name, str(self.caller.person))
        made = await approval.open_case(
            approval.Case(self.box, self.caller, where),
            account=self.account,
            email=mail.id,
            wish=text,
            body=text if prepared else "",
            request=request or f"test:{text}",
        )
        async with self.database.acting_as(self.caller) as tx:
            card = await card_of(tx, await tx.approvals.get(made), self.caller.zone)
            await tx.shown.put(where, card.id, card.id)
            return card

    async def mail(self, subject: str) -> Any:
        """The row of a mail."""
        rows = await self.sql("SELECT * FROM emails WHERE subject = %s AND NOT outgoing", subject)
        assert len(rows) == 1, f"{len(rows)} mails have the subject {subject!r}"
        return rows[0]

    async def read(self) -> int:
        """Reads the mailbox on."""
        return await sync(self.box, self.caller.tenant, self.account)

    async def deliver(self, raw: bytes) -> None:
        """Mail comes into the maildir, and is read."""
        new = Path(self.credentials.settings["path"]) / "new"
        (new / f"{len(list(new.iterdir())):06}.mail").write_bytes(raw)
        await self.read()

    def sent(self) -> list[bytes]:
        """What left through the maildir."""
        return [path.read_bytes() for path in sorted(Path(self.credentials.settings["outgoing"]).glob("*"))]

    async def sql(self, statement: str, *values: Any) -> list[Any]:
        """Behind the curtain: as the database's owner."""
        async with await psycopg.AsyncConnection.connect(
            self.servers.admin_url.replace("+psycopg", ""), autocommit=True, row_factory=namedtuple_row
        ) as connection:
            done = await connection.execute(statement, values)  # type: ignore[arg-type]
            return await done.fetchall() if done.description else []

    async def one(self, statement: str, *values: Any) -> Any:
        """The first column of the only row."""
        ((value, *_),) = await self.sql(statement, *values)
        return value

    async def breaks_off(self, **said: Any) -> None:
        """What was answered is open again and says this, as when the program was killed before it answered."""
        await self.sql("UPDATE events SET done_at = NULL, body = %s", Jsonb(said))

    async def overhears(self) -> None:
        """From now on what is received is kept in the table `heard`, of which the program knows nothing."""
        await self.sql("CREATE TABLE heard (body jsonb)")
        await self.sql(
            "CREATE FUNCTION hear() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS "
            "$$ BEGIN INSERT INTO heard VALUES (NEW.body); RETURN NEW; END $$"
        )
        await self.sql("CREATE TRIGGER heard AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION hear()")

    @property
    def environment(self) -> dict[str, str]:
        """What a program beside this one needs in its environment."""
        return {
            "DATABASE_URL": self.servers.database_url,
            "REDIS_URL": self.servers.redis_url,
            "ENCRYPTION_KEY": KEY,
            "DESKHAND_HOME": str(self.servers.home),
        }

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[House]:
        """Another process of the program, with the same person: its own pool, mailboxes, graphs and channel."""
        async with _opened(self.servers) as box:
            yield _house(self.servers, box, self.who, self.account, self.credentials)


def token(card: Card, label: str) -> str:
    """What the card's button carries."""
    return next(one.token for one in card.buttons if one.label == label)


def shown_card(words: list[Word]) -> Card:
    """The last card among the words, new or updated."""
    return next(
        one.card if isinstance(one, Update) else one for one in reversed(words) if isinstance(one, Card | Update)
    )


def letter(
    subject: str = "Kiln",
    text: str = "Does Thursday suit you?",
    *,
    sender: str = BO,
    to: str = OWN,
    cc: str = "",
    at: datetime = YESTERDAY,
    message_id: str = "",
    answers: str = "",
) -> bytes:
    """A mail as it comes in. `answers` is the Message-ID that it answers."""
    heads = {
        "From": sender,
        "To": to,
        "Cc": cc,
        "Subject": subject,
        "Date": format_datetime(at),
        "Message-ID": f"<{message_id or subject.casefold().replace(' ', '-')}@kiln.example>",
        "In-Reply-To": f"<{answers}@kiln.example>" if answers else "",
        "Content-Type": "text/plain; charset=utf-8",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in heads.items() if value)
    return f"{head}\r\n{text}\r\n".encode()


def maildir(folder: Path, mails: list[bytes]) -> Credentials:
    """A maildir with these mails, as a mailbox that can be linked."""
    for part in ("cur", "new", "tmp"):
        (folder / "original" / part).mkdir(parents=True)
    for number, raw in enumerate(mails):
        (folder / "original" / "new" / f"{number:06}.mail").write_bytes(raw)
    places = {"path": "original", "copy": "copy", "outgoing": "outgoing"}
    return Credentials(OWN, {name: str(folder / place) for name, place in places.items()})


@cache
def _models() -> Models:
    return open_models(None)


@asynccontextmanager
async def _opened(servers: Servers) -> AsyncIterator[Toolbox]:
    async with AsyncExitStack() as stack:
        bell = ArqBell(servers.redis_url)
        stack.push_async_callback(bell.aclose)
        database = open_database(servers.database_url, keyring_from_text(KEY), bell)
        stack.push_async_callback(database.aclose)
        mailboxes = Mailboxes(database, servers.linking, notice)
        stack.push_async_callback(mailboxes.aclose)
        yield Toolbox(database, FolderBlobs(servers.home / "files"), _models(), mailboxes)


def _house(servers: Servers, box: Toolbox, who: Resident, account: AccountId, credentials: Credentials) -> House:
    channel, assistant = Recorder(), Assistant(box)
    delivery = Delivery(box.database, {channel.name: channel}, str(who.caller.person))
    desk = Desk(assistant, delivery)
    return House(
        servers, box, who, account, credentials, channel, assistant, delivery, desk, Runner(box, clock=unhurried)
    )


@asynccontextmanager
async def open_house(
    servers: Servers, provider: str, credentials: Credentials, name: str = "Ana Sousa", zone: str = "Europe/Lisbon"
) -> AsyncIterator[House]:
    """A house whose person has this mailbox, read once. Another name on the same servers is another person."""
    async with _opened(servers) as box:
        who = await household.settle_in(box.database, name, name, zone)
        account = await household.link(box.database, who, provider, credentials)
        await sync(box, who.caller.tenant, account)
        yield _house(servers, box, who, account, credentials)


@pytest.fixture
def servers(database_url: str, admin_url: str, redis_url: str, tmp_path: Path) -> Servers:
    """The test's own servers and folder."""
    return Servers(database_url, admin_url, redis_url, tmp_path)


@pytest.fixture
async def house(servers: Servers) -> AsyncIterator[House]:
    """A house on a maildir of one mail: Bo asks about the kiln."""
    async with open_house(servers, "maildir", maildir(servers.home / "mail", [letter()])) as house:
        yield house


@pytest.fixture
async def sample_house(servers: Servers) -> AsyncIterator[House]:
    """A house on the sample mailbox, as the demo has it, not yet sorted."""
    folder = servers.home / "sample"
    sample.install(folder, date.today())  # noqa: DTZ011 - the sample is dated for the person's own calendar
    places = {"path": folder, "copy": servers.home / "copy", "outgoing": servers.home / "outgoing"}
    name, _, address = sample.OWNER.partition(" <")
    credentials = Credentials(address.rstrip(">"), {key: str(place) for key, place in places.items()})
    async with open_house(servers, "maildir", credentials, name, sample.ZONE) as house:
        yield house
