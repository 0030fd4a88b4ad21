"""`deskhand demo`: everything in one program, on embedded services and a sample mailbox or the person's own."""

from __future__ import annotations

import asyncio
import sys
from datetime import date
from importlib import import_module

from bot import household
from bot.checkup import hear_queue
from bot.household import Resident
from bot.program import Program, open_program
from bot.settings import read_settings
from bot.tables import take_table
from bot.telemetry import set_up_logs
from storage.values.errors import Refused
from storage.values.ids import AccountId
from tools.inbox.sync import sync
from tools.inbox.triage import embed, triage
from tools.mail.open import from_address, open_mailbox

LAST_WORDS = "Nothing leaves without your click."

SMALL = 150
"""Mails whose meaning is measured before the first prompt (a few seconds); larger mailboxes get it in the background."""


async def command(mailbox: str | None, *, web_only: bool, json: bool) -> None:
    """Runs the demo until the input ends; with only the page, until it is told to end."""
    if web_only and json:
        raise Refused("--json is the terminal for programs, and --web-only has no terminal; give one of them.")
    settings = read_settings()
    set_up_logs(settings, talking=True)
    say = _quiet if json else _say
    say("Starting …")
    async with open_program(settings) as program:
        await hear_queue(program.redis_url)
        mind = asyncio.create_task(asyncio.to_thread(_import_mind, page=not json))
        who, account, fresh = await (_own(program, mailbox) if mailbox else _sample(program))
        if fresh:
            say("Reading the mailbox …")
        await _read(program, who, account, fresh=fresh)
        await mind
        greeting = await _greeting(program, who, account)
        if json:
            await _talk_with_programs(program, who)
        elif web_only:
            await _show_page(program, who, greeting)
        else:
            await _talk(program, who, greeting)


async def _talk_with_programs(program: Program, who: Resident) -> None:
    from bot.cli.at_work import talking_and_working

    async with talking_and_working(program, who, json=True) as talk:
        await talk.run()


async def _talk(program: Program, who: Resident, greeting: str) -> None:
    from bot.cli.at_work import talking_and_working
    from bot.cli.page import page

    async with talking_and_working(program, who, json=False) as talk, page(program, who) as address:
        _say(
            f"{greeting}\nThe same chat as a page: {address}\n{LAST_WORDS} Type help to see what I can do, quit to leave.\n"
        )
        await talk.run()


async def _show_page(program: Program, who: Resident, greeting: str) -> None:
    from bot.cli.at_work import at_work
    from bot.cli.page import page

    async with at_work(program), page(program, who) as address:
        _say(f"{greeting}\nThe chat is this page: {address}\n{LAST_WORDS} Ctrl-C ends it.")
        await asyncio.Event().wait()


def _import_mind(*, page: bool) -> None:
    """All that thinks, works and serves: a second, which the database meanwhile spends on storing mail."""
    import_module("bot.cli.at_work")
    if page:
        import_module("bot.cli.page")


async def _sample(program: Program) -> tuple[Resident, AccountId, bool]:
    """The sample mailbox and its sales file, made on the first start."""
    from bot import sample

    folder = program.settings.home / "sample"
    name, _, address = sample.OWNER.partition(" <")
    who = await household.settle_in(program.database, "sample", name, sample.ZONE)
    provider, credentials = "maildir", None
    if not folder.is_dir():
        sample.install(folder, date.today())  # noqa: DTZ011 - the sample is dated for the person's own calendar
    provider, credentials = from_address(str(folder), home=program.settings.home / "mail" / "sample")
    credentials = type(credentials)(address.rstrip(">"), credentials.settings)
    account, fresh = await _linked(program, who, provider, credentials)
    async with program.database.acting_as(who.caller) as tx:
        tables = await tx.files.tables(who.caller.person)
    if not tables:
        await take_table(program.box, who.caller, sample.sales_csv())
    return who, account, fresh


async def _own(program: Program, mailbox: str) -> tuple[Resident, AccountId, bool]:
    """The person's own mailbox, tried before it is linked."""
    given = program.settings.deskhand_mailbox_password
    password = given.get_secret_value() if given else ""
    provider, credentials = from_address(mailbox, password)
    door = household.door_of(provider, credentials)
    place = program.settings.home / "mail" / door.partition(":")[2]
    provider, credentials = from_address(mailbox, password, home=place)
    opened = await open_mailbox(provider, credentials)
    await opened.aclose()
    name = household.own_name(credentials.address)
    who = await household.settle_in(program.database, door, name, household.own_zone())
    account, fresh = await _linked(program, who, provider, credentials)
    return who, account, fresh


async def _linked(program: Program, who: Resident, provider: str, credentials: object) -> tuple[AccountId, bool]:
    from tools.mail.mailbox import Credentials

    assert isinstance(credentials, Credentials)
    async with program.database.acting_as(who.caller) as tx:
        before = await tx.accounts.of(who.caller.person)
    account = await household.link(program.database, who, provider, credentials)
    return account, not before or before[0].cursor is None


async def _read(program: Program, who: Resident, account: AccountId, *, fresh: bool) -> None:
    """Reads what is new, so that the first question finds it. Sorting and measuring large mailboxes goes on behind."""
    new = await sync(program.box, who.caller.tenant, account)
    if new <= SMALL:
        await embed(program.box, who.caller.tenant, account)
    if fresh or new:
        await triage(program.box, who.caller.tenant, account)


async def _greeting(program: Program, who: Resident, account: AccountId) -> str:
    from storage.tables.email_search import Filter

    async with program.database.acting_as(who.caller) as tx:
        row = await tx.accounts.get(account)
        total = await tx.emails.count([account], Filter())
        waiting = await tx.emails.count([account], Filter(needs_me=True))
    brain = (
        "This is the offline brain: no key, no network. It finds, labels, drafts and analyses; it does not chat freely.\n"
        "(Set OPENAI_API_KEY or OPENAI_BASE_URL for a language model.)"
        if program.box.models.offline
        else f"Thinking with {program.box.models.name}."
    )
    return (
        f"Hello {who.caller.name}. I am Deskhand, looking after {row.address}: {total:,} mails, {waiting} wait for you.\n"
        f"{brain}"
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _quiet(text: str) -> None:
    """Programs read JSON lines only."""
