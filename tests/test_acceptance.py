"""The six acceptance tests of the plan (M94), told through the chat: each on the terminal, in Slack and in Telegram.

`python -m tests.acceptance.runner` runs them and prints the summary.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from agent.chat import File
from tests.acceptance.generator import mails, sales
from tests.fakes.console_driver import terminal_talk
from tests.fakes.google import ADDRESS, Google
from tests.fakes.google_house import Browser
from tests.fakes.program import House, letter
from tests.fakes.slack_driver import slack_talk
from tests.fakes.telegram_driver import telegram_talk
from tests.fakes.unattended import comes
from tools.inbox.triage import embed, triage
from tools.work import LONG, QUICK, STEADY

Shown = dict[str, Any]


class Talk(Protocol):
    """A person on a channel, and what they see."""

    @property
    def shown(self) -> list[Shown]: ...
    async def say(self, text: str) -> list[Shown]: ...
    async def press(self, label: str, **fields: str) -> list[Shown]: ...
    async def drop(self, name: str, content: bytes, text: str = "") -> list[Shown]: ...
    async def work(self) -> list[Shown]: ...


CHANNELS = {"terminal": terminal_talk, "slack": slack_talk, "telegram": telegram_talk}


@asynccontextmanager
async def each(house: House) -> AsyncIterator[list[tuple[str, Talk]]]:
    """One person on three channels, one after the other."""
    async with terminal_talk(house) as terminal, slack_talk(house) as slack, telegram_talk(house) as telegram:
        yield [("terminal", terminal), ("slack", slack), ("telegram", telegram)]


PLANNED = (
    letter(
        "Q3 Financial Report - URGENT",
        "Please review attached quarterly report...",
        sender="finance@company.example",
        message_id="report",
    ),
    letter(
        "Happy Birthday from the team!",
        "We hope you have a great day...",
        sender="hr@company.example",
        message_id="birthday",
    ),
)
"""The two mails that the plan names."""


def words(shown: list[Shown]) -> str:
    """All that was said."""
    return "\n".join(f"{one['title']}\n{one['text']}" for one in shown)


async def test_1_an_account_is_linked_by_oauth_and_its_token_is_sealed(
    linking_house: House, google: Google, browser: Browser
) -> None:
    house = linking_house
    async with each(house) as talks:
        for channel, talk in talks:
            address = re.search(r"https?://\S+", words(await talk.say("/link gmail")))
            assert address, channel
            page = await browser.open(address[0])
            assert f"{ADDRESS} is linked" in page.text, channel
    rows = await house.sql("SELECT secret, settings::text FROM accounts WHERE provider = 'gmail'")
    assert len(rows) == 1
    refresh = [one.refresh for one in google.oauth.families if one.refresh]
    assert refresh
    for secret in ["refresh_token", *refresh]:
        assert secret.encode() not in bytes(rows[0].secret)
        assert secret not in rows[0].settings
    assert await house.one("SELECT count(*) > 0 FROM audit WHERE action = 'email_account_linked'")


async def test_2_a_batch_of_mails_is_classified(house: House) -> None:
    made = mails(12)
    for raw in [*(raw for _kind, raw in made), *PLANNED]:
        await house.deliver(raw)
    async with each(house) as talks:
        for channel, talk in talks:
            assert "I am reading" in words(await talk.say("/process")), channel
            await house.work(STEADY, QUICK)
        await embed(house.box, house.caller.tenant, house.account)
        await triage(house.box, house.caller.tenant, house.account)
        for channel, talk in talks:
            assert "Invoice" in words(await talk.say("find invoice")), channel
    found = {row.message_id: row for row in await house.sql("SELECT message_id, category, confidence FROM emails")}
    assert len(found) == len(made) + 3
    assert all(row.category and row.confidence > 0 for row in found.values())
    assert found["report@kiln.example"].category in ("finance", "work")
    assert found["report@kiln.example"].confidence > 0.7
    assert found["birthday@kiln.example"].category == "personal"
    for name, row in found.items():
        kind = name.partition("-")[0]
        assert kind not in ("personal", "work") or row.category == kind
        assert kind != "finance" or row.category in ("finance", "work")


async def test_3_an_approved_template_answers_and_the_audit_says_so(house: House) -> None:
    async with each(house) as talks:
        for channel, talk in talks:
            await talk.say(
                f"/templates add away-{channel}: Hello {{{{sender_first_name | there}}}}, away until Monday."
            )
            await talk.press("Approve for sending without a click")
            assert await house.one(
                "SELECT count(*) FROM templates WHERE name = %s AND state = 'approved'", f"away-{channel}"
            ), channel
            source = (
                f"id: {channel}\nname: {channel}\nconditions:\n- {{field: subject, operator: contains, value: {channel}}}\n"
                f"actions:\n- {{type: auto_reply, template: away-{channel}}}\n"
            )
            await talk.say(f"/rules add {source}")
            await talk.press("Save & switch on")
            await talk.say("/autoreply on")
            at = datetime.now(UTC).replace(microsecond=0)
            sender = f"{channel.title()} <{channel}@kiln.example>"
            await comes(house, letter(f"News of {channel}", "Are you there?", sender=sender, at=at, message_id=channel))
            await house.sql(
                "UPDATE jobs SET run_at = now() WHERE kind = 'auto_reply'"
            )  # its window of a minute is over
            await house.work(QUICK)
    sent = house.sent()
    assert len(sent) == 3
    for channel in CHANNELS:
        assert any(f"Hello {channel.title()}, away until Monday.".encode() in one for one in sent), channel
    assert await house.one("SELECT count(*) FROM audit WHERE action = 'auto_reply_sent'") == 3
    assert await house.one("SELECT count(*) FROM audit WHERE action = 'template_approved'") == 3


async def test_4_a_follow_up_is_scheduled_with_its_job(house: House) -> None:
    async with each(house) as talks:
        for number, (channel, talk) in enumerate(talks, start=1):
            said = words(await talk.say("remind me in 1 day about kiln unless they answer"))
            assert "I will come back to" in said, channel
            rows = await house.sql("SELECT id, due_at FROM follow_ups ORDER BY created_at")
            assert len(rows) == number
            job = await house.one(
                "SELECT count(*) FROM jobs WHERE kind = 'follow_up' AND params->>'follow_up' = %s AND run_at = %s",
                str(rows[-1].id),
                rows[-1].due_at,
            )
            assert job == 1, channel


async def test_5_a_table_goes_in_and_a_summary_and_a_report_come_out(house: House) -> None:
    async with each(house) as talks:
        for channel, talk in talks:
            await talk.drop(f"sales-{channel}.csv", sales(), f"show sales by month of sales-{channel}.csv as a chart")
            await house.runner.drain(queues=frozenset({LONG.name}))
            seen = await talk.work()
            await talk.say(f"make a report of sales-{channel}.csv")
            await house.runner.drain(queues=frozenset({LONG.name}))
            await talk.work()
            assert "Total sales by month" in words(seen), channel
    reports = await house.sql("SELECT id, name FROM files WHERE purpose = 'result' AND name LIKE '%%.html'")
    assert len(reports) == 3
    for row in reports:
        content = await house.box.blobs.get(UUID(str(row.id)))
        assert content.lstrip().lower().startswith(b"<!doctype html")
        assert b"sales" in content


async def test_6_the_audit_is_encrypted_and_can_be_read_by_whom_it_is_for(house: House) -> None:
    async with each(house) as talks:
        for channel, talk in talks:
            await talk.say("reply to Bo that Thursday works")
            await talk.press("Reject")
            assert "reply_rejected" in words(await talk.say("/audit reply_rejected")), channel
    rows = await house.sql("SELECT details FROM audit")
    assert not any(b"bo@kiln.example" in bytes(row.details) or bytes(row.details)[:1] == b"{" for row in rows)
    async with house.database.acting_as(house.caller) as tx:
        assert await tx.audit.first_bad() is None
        opened = [await tx.audit.details(row) for row in await tx.audit.list(50)]
    assert any(one.get("provider") == "maildir" for one in opened)
    assert not any(isinstance(word, File) for word in house.channel.words)
