"""/menu: everything at a glance in one message that turns its pages, whatever stands in it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.chat import Card, Field
from bot.dashboard import AccountLine, Dashboard, JobLine, MailLine
from bot.telegram import menu
from bot.telegram.text import as_html, bare
from tests.fakes.telegram import entities
from tests.fakes.telegram_driver import TelegramTalk

TEXT = st.text(max_size=40) | st.sampled_from(["https://evil.example", "<b>", "/approve", "x" * 5_000, "@all", "שלום"])
BOARDS = st.builds(
    Dashboard,
    name=TEXT,
    accounts=st.lists(st.builds(AccountLine, TEXT, TEXT, st.booleans(), TEXT), max_size=3),
    waiting=st.lists(st.builds(Card, TEXT, TEXT, TEXT, st.just((Field("To", "a@b.example"),))), max_size=12),
    unread=st.integers(0, 10**6),
    needs_me=st.integers(0, 10**6),
    mail=st.lists(st.builds(MailLine, TEXT, TEXT, TEXT, st.none() | st.floats(0, 1), st.booleans(), TEXT), max_size=12),
    follow_ups=st.lists(TEXT, max_size=8),
    jobs=st.lists(
        st.builds(JobLine, st.text("0123456789abcdef", min_size=6, max_size=6), TEXT, TEXT, TEXT, st.booleans()),
        max_size=8,
    ),
    usage=st.lists(TEXT, max_size=3),
    rules=st.lists(TEXT, max_size=8),
    templates=st.lists(TEXT, max_size=8),
)


@settings(max_examples=60, deadline=None)
@given(BOARDS, st.sampled_from(["home", *menu.SECTIONS, "nowhere"]), st.integers(-3, 9))
def test_any_page_is_taken_as_one_message(board: Dashboard, section: str, number: int) -> None:
    shown = menu.page(board, section, number)
    (message,) = shown.messages
    text, found = entities.read(as_html(message), "HTML")
    assert entities.units(text) <= 4_096
    assert entities.live(text, found) == []
    for key in (key for row in shown.keys for key in row):
        assert key.label.strip()
        assert 1 <= len(key.data.encode()) <= 64
    assert any(key.data == "menu:home:0" for row in shown.keys for key in row)


def board(mails: int = 0, **more: object) -> Dashboard:
    mail = [MailLine(f"Subject {one}", "Bo", "Finance", 0.93, one == 0, "Sat 21 Nov") for one in range(mails)]
    accounts = [AccountLine("ana@example.org", "imap", True, "Read just now")]
    none = dict.fromkeys(("waiting", "follow_ups", "jobs", "usage", "rules", "templates"), ())
    values = {"name": "Ana", "accounts": accounts, "unread": 3, "needs_me": 1, "mail": mail, **none}
    return Dashboard(**(values | more))  # type: ignore[arg-type]


def test_mail_is_shown_with_label_confidence_and_flag_and_turns_its_pages() -> None:
    first = menu.page(board(12), "mail", 0)
    assert "Subject 0\nBo, Sat 21 Nov\nFinance 93%, ⚑ waits for you" in bare(first.messages[0])
    assert "page 1 of 3" in bare(first.messages[0])
    labels = [[key.label for key in row] for row in first.keys]
    assert labels[-2:] == [["More ▶"], ["Menu"]]
    last = menu.page(board(12), "mail", 2)
    assert [key.data for key in last.keys[-2]] == ["menu:mail:1"]


def test_a_broken_mailbox_says_so() -> None:
    shown = menu.home(board(accounts=[AccountLine("ana@example.org", "gmail", False, "Sign in again.")]))
    assert "⚠ ana@example.org: Sign in again." in bare(shown.messages[0])


def test_a_job_that_can_be_cancelled_has_a_button() -> None:
    shown = menu.page(board(jobs=[JobLine("3f92ab", "run analysis", "running", "just now", True)]), "jobs", 0)
    assert [(key.label, key.data) for key in shown.keys[0]] == [("Cancel 3f92ab", "say:/cancel 3f92ab")]


async def test_the_menu_is_one_message_that_leads_to_everything(talk: TelegramTalk) -> None:
    await talk.house.draft()
    (home,) = await talk.say("/menu")
    assert home["title"] == "Deskhand, for Ana Sousa"
    assert "1 draft to decide" in home["text"]
    (mail,) = await talk.press("Mail of late (1)")
    assert "Kiln" in mail["text"]
    (back,) = await talk.press("Menu")
    assert back["text"] == home["text"]
    (waiting,) = await talk.press("Waiting for you (1)")
    assert "bo@kiln.example" in waiting["text"]
    assert len(talk.posts) == 1, "it turned its pages in place"
    *_, card = await talk.press("Show them all")
    assert card["buttons"] == ["Approve & send", "Edit", "Reject", "Later"]
    await talk.press("Approve & send")
    await talk.work()
    assert len(talk.house.sent()) == 1
    (again,) = await talk.say("dashboard")
    assert "0 drafts to decide" in again["text"]
    assert talk.server.refusals == []


async def test_refreshing_what_did_not_change_is_no_trouble(talk: TelegramTalk) -> None:
    await talk.say("/menu")
    assert await talk.press("Refresh") == []
    assert len(talk.server.refusals) == 1
    assert all(one.answer is not None for one in talk.world.queries.values())
