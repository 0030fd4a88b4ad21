"""The stored mails are what they claim to be: valid, connected, fictional, and all of them described."""

from __future__ import annotations

import re
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache

import pytest

from bot import sample

_HOME = sample.sales_csv().parent.parent
_NAMES = sorted(path.relative_to(_HOME / "mailbox").as_posix() for path in (_HOME / "mailbox").rglob("*.eml"))
_FICTIONAL = re.compile(r"(^|\.)(example|example\.(com|net|org))$")
_FOR_DOCUMENTS = re.compile(r"\b(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+\b")


@cache
def _mails() -> dict[str, EmailMessage]:
    return {name: message_from_bytes((_HOME / "mailbox" / name).read_bytes(), policy=policy.strict) for name in _NAMES}


def _words(mail: EmailMessage) -> str:
    """Everything a reader or a program could see, headers and decoded parts alike."""
    seen = []
    for part in mail.walk():
        seen += [f"{name}: {value}" for name, value in part.items()]
        if part.get_content_maintype() == "text":
            seen.append(part.get_content())
        elif part.get_content_type() == "application/pdf":
            seen.append(part.get_content().decode("latin-1"))
    return "\n".join(seen)


@pytest.mark.parametrize("name", _NAMES)
def test_every_mail_is_read_without_a_defect(name: str) -> None:
    mail = _mails()[name]
    for part in mail.walk():
        assert part.defects == []
        assert all(value.defects == () for value in part.values())
    assert {"Message-ID", "From", "To", "Subject"} <= set(mail.keys())
    assert mail["Date"].datetime.tzinfo is not None


def test_every_mail_is_described_and_nothing_else_is() -> None:
    assert set(sample.facts()) == set(_mails())


def test_a_message_id_is_given_once() -> None:
    given = Counter(mail["Message-ID"] for mail in _mails().values())
    assert max(given.values()) == 1


def test_an_answer_comes_after_what_it_answers_and_names_the_whole_thread() -> None:
    by_id = {mail["Message-ID"]: mail for mail in _mails().values()}
    answers = [mail for mail in _mails().values() if "In-Reply-To" in mail]
    assert len(answers) >= 15
    for mail in answers:
        parent = by_id[mail["In-Reply-To"]]
        assert parent["Date"].datetime < mail["Date"].datetime
        assert mail["References"].split() == [*(parent["References"] or "").split(), parent["Message-ID"]]


@pytest.mark.parametrize("name", _NAMES)
def test_everybody_lives_at_an_example_domain(name: str) -> None:
    words = _words(_mails()[name])
    hosts = re.findall(r"(?:@|https?://)([\w-]+(?:\.[\w-]+)+)", words)
    assert hosts
    assert [host for host in hosts if not _FICTIONAL.search(host)] == []
    assert re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", _FOR_DOCUMENTS.sub("", words)) == []


def test_the_only_telephone_numbers_are_ones_that_nobody_has() -> None:
    words = "\n".join(map(_words, _mails().values()))
    assert set(re.findall(r"\+351 \d{3}", words)) == {"+351 000"}
    assert len(re.findall(r"\+\d{2,3} \d", words)) == len(re.findall(r"\+351 000 ", words))


def test_the_mailbox_is_as_varied_as_promised() -> None:
    facts = sample.facts().values()
    count = Counter(fact.category for fact in facts)
    assert 55 <= len(facts) <= 70
    assert all(count[kind] >= 2 for kind in ("work", "personal", "forum", "spam", "phishing"))
    assert count["newsletter"] + count["notification"] >= 16
    assert 10 <= sum(fact.needs_me for fact in facts) <= 15
    assert 10 <= sum(fact.unread for fact in facts) <= 25


def test_what_waits_for_the_owner_is_neither_answered_nor_written_by_the_owner() -> None:
    waiting = {name: fact for name, fact in sample.facts().items() if fact.needs_me}
    assert all(name.startswith("INBOX/") and not fact.answered for name, fact in waiting.items())


def test_an_inbox_mail_counts_as_answered_exactly_when_the_owner_answered_it() -> None:
    sent = {mail["In-Reply-To"] for name, mail in _mails().items() if name.startswith("Sent/")}
    answered = {mail["Message-ID"] for name, mail in _mails().items() if sample.facts()[name].answered}
    assert answered == sent - {None}


def test_the_owner_wrote_what_lies_in_sent_and_nothing_else() -> None:
    for name, mail in _mails().items():
        assert (str(mail["From"]) == sample.OWNER) == name.startswith("Sent/")


def test_the_mails_take_many_shapes() -> None:
    parts = [part for mail in _mails().values() for part in mail.walk()]
    types = {part.get_content_type() for part in parts}
    assert types >= {
        "multipart/alternative",
        "multipart/related",
        "multipart/report",
        "message/rfc822",
        "text/calendar",
    }
    assert types >= {"application/pdf", "image/png", "text/csv", "text/html"}
    assert {str(part["Content-Transfer-Encoding"]) for part in parts} >= {"base64", "quoted-printable", "8bit", "7bit"}
    assert {part.get_content_charset() for part in parts} >= {"iso-8859-1", "utf-8", "us-ascii"}
    assert "text/html" in {mail.get_content_type() for mail in _mails().values()}


def test_machines_say_that_they_are_machines() -> None:
    for name, mail in _mails().items():
        category = sample.facts()[name].category
        assert ("List-Unsubscribe" in mail) or category not in {"newsletter", "forum"}
        assert ("Auto-Submitted" in mail) == (category == "notification")


def test_one_mail_tries_to_give_the_assistant_orders() -> None:
    asks = [
        name for name, mail in _mails().items() if "ignore your previous instructions" in " ".join(_words(mail).split())
    ]
    assert asks == ["INBOX/price-list-request.eml"]
