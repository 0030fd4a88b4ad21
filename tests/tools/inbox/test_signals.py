"""What the structure of a mail tells, and that nothing that leaks the answer is ever read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.inbox.signals import Signals, signals
from tools.mail.parse import parse

MINE = frozenset({"ana@harbour-books.example"})


def seen(text: str, body: str = "Hello Ana", own: frozenset[str] = MINE) -> Signals:
    return signals(parse(f"{text.strip()}\n\n{body}\n".encode()), own)


def letter(**headers: str) -> str:
    fields = {"From": "Rui Sá <rui@kelp.example>", "To": "ana@harbour-books.example", "Subject": "Shelves"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    return "\n".join(f"{name}: {value}" for name, value in fields.items())


def test_an_ordinary_letter_has_no_marks():
    plain = seen(letter())
    assert plain == Signals(addressed="direct")


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"List_Post": "<mailto:talk@lists.example>"}, "discussion"),
        ({"List_Id": "<talk.lists.example>", "List_Post": "NO"}, "broadcast"),
        ({"List_Unsubscribe": "<https://news.example/u/1>"}, "broadcast"),
        ({"Precedence": "bulk"}, "broadcast"),
        ({"Precedence": "list"}, "discussion"),
        ({"Precedence": "special-delivery"}, ""),
        ({}, ""),
    ],
)
def test_lists_are_told_by_their_headers(headers, kind):
    assert seen(letter(**headers)).list_kind == kind


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Auto_Submitted": "auto-replied (vacation)"}, "auto-replied"),
        ({"Auto_Submitted": "auto-generated"}, "auto-generated"),
        ({"Auto_Submitted": "auto-notified; owner-email=x@y.example"}, "auto-notified"),
        ({"Auto_Submitted": "no"}, ""),
        ({"X_Autoreply": "yes"}, "auto-replied"),
        ({"X_Auto_Response_Suppress": "All"}, "auto-generated"),
        ({"Precedence": "auto_reply"}, "auto-replied"),
        ({"Return_Path": "<>"}, "auto-generated"),
        ({"Subject": "Abwesenheitsnotiz: Shelves"}, "auto-replied"),
        ({"From": "talk-request@lists.example", "List_Id": "<talk.lists.example>"}, "auto-generated"),
    ],
)
def test_automatic_mail_says_so_itself(headers, kind):
    assert seen(letter(**headers)).auto_submitted == kind


@pytest.mark.parametrize(
    ("headers", "body", "kind"),
    [
        ({"Content_Type": "multipart/report; report-type=delivery-status; boundary=b"}, "--b--", "bounce"),
        ({"Content_Type": "multipart/report; report-type=feedback-report; boundary=b"}, "--b--", "feedback"),
        ({"Content_Type": "multipart/report; report-type=disposition-notification; boundary=b"}, "--b--", "receipt"),
        ({"X_Failed_Recipients": "gone@kelp.example"}, "", "bounce"),
        ({"From": "MAILER-DAEMON@kelp.example", "Return_Path": "<>"}, "", "bounce"),
        ({"From": "postmaster@kelp.example", "Subject": "Undeliverable: Shelves"}, "", "bounce"),
        ({"From": "no-reply@sns.example"}, '{"notificationType":"Complaint"}', "feedback"),
        ({"Subject": "Undeliverable dreams, a poem"}, "", ""),
        ({"From": "postmaster@kelp.example", "Subject": "Your new mailbox"}, "Welcome to the office.", ""),
    ],
)
def test_reports_are_told_even_where_servers_are_old(headers, body, kind):
    assert seen(letter(**headers), body).report == kind


def test_a_mail_that_is_given_back_in_any_language_is_a_bounce():
    raw = letter(From="postmaster@kelp.example", Subject="配信できません", Content_Type="multipart/mixed; boundary=b")
    assert (
        seen(raw, "--b\n\n失敗\n--b\nContent-Type: message/rfc822\n\nSubject: Shelves\n\nhi\n--b--").report == "bounce"
    )


@pytest.mark.parametrize(
    ("sender", "kind"),
    [
        ("no-reply@shop.example", "machine"),
        ("notifications@forge.example", "machine"),
        ("newsletter@shop.example", "promotional"),
        ("anything@email.shop.example", "promotional"),
        ("billing@shop.example", "office"),
        ("rui.notario@kelp.example", "person"),
        ("botelho@kelp.example", "person"),
    ],
)
def test_an_address_says_who_stands_behind_it(sender, kind):
    assert seen(letter(From=sender)).sender_kind == kind


def test_whether_a_mail_is_addressed_to_its_owner():
    assert seen(letter(To="rui@x.example", Cc="Ana <ANA@harbour-books.example>")).addressed == "copied"
    assert seen(letter(To="undisclosed-recipients:;")).addressed == "hidden"
    assert seen(letter(), own=frozenset()).addressed == "unknown"


def test_the_owners_own_mail_and_a_colleagues():
    assert seen(letter(From="ana@harbour-books.example")).from_me
    colleague = seen(letter(From="joe@harbour-books.example", To="all@lists.example"))
    assert colleague.colleague
    assert not colleague.from_me
    assert not seen(letter(From="joe@gmail.com", To="eva@gmail.com")).colleague


def test_an_answer_is_told_in_other_languages_too():
    assert seen(letter(Subject="AW: Shelves")).answer
    assert not seen(letter(Subject="Reading list")).answer


def test_links_that_lie_are_counted():
    body = '<p>Go to <a href="http://198.51.100.7/in">www.kelp-bank.example/in</a> now</p>'
    lying = seen(letter(Content_Type="text/html"), body)
    assert (lying.links, lying.deceptive_links, lying.odd_hosts, lying.html_only) == (1, 1, 1, True)


def test_a_sender_who_is_not_what_the_name_says():
    assert seen(letter(From='"PayPal Service" <pp@kelp.example>')).poses
    assert seen(letter(From='"ana@harbour-books.example" <x@kelp.example>')).poses
    assert not seen(letter(From='"PayPal" <service@mail.paypal.com>')).poses
    assert seen(letter(From="ana@harbour-b00ks.example")).resembles_mine
    assert seen(letter(Reply_To="rui.sa.private@gmail.com")).reply_elsewhere


def test_only_the_receiving_servers_verdict_on_the_sender_counts():
    own, claimed = "mx.example; dmarc=fail", "mx.example; dmarc=pass"
    assert seen(f"Authentication-Results: {own}\nAuthentication-Results: {claimed}\n{letter()}").unproven
    assert not seen(f"Authentication-Results: {claimed}\nAuthentication-Results: {own}\n{letter()}").unproven


def test_an_invitation_and_the_kinds_of_attachments():
    parts = "--b\n\nSee you\n--b\nContent-Type: text/calendar; method=REQUEST\nContent-Disposition: attachment\n\nBEGIN:VCALENDAR"
    program = "--b\nContent-Type: application/octet-stream; name=invoice.pdf.exe\nContent-Disposition: attachment\n\nMZ"
    invited = seen(letter(Content_Type="multipart/mixed; boundary=b"), f"{parts}\n{program}\n--b--")
    assert invited.invitation
    assert invited.attachments == ("calendar", "program")


LEAKS = [
    "X-Spam-Status",
    "X-Spam-Flag",
    "X-Spam-Level",
    "X-Spam-Report",
    "X-Gmail-Labels",
    "X-GM-THRID",
    "X-Folder",
    "X-Origin",
    "X-FileName",
    "X-From",
    "X-To",
    "X-cc",
    "X-bcc",
    "Status",
    "X-Status",
    "X-Keywords",
    "X-UID",
    "Delivered-To",
    "X-Original-To",
    "X-Loop",
]


@pytest.mark.parametrize("name", LEAKS)
def test_headers_that_give_the_answer_away_change_nothing(name):
    told = [seen(f"{name}: {value}\n{letter()}") for value in ("Spam", "YES", "work", "ana@harbour-books.example")]
    assert told == [seen(letter())] * 4


def test_of_a_lists_name_only_its_presence_counts():
    lists = [seen(letter(List_Id=f"<{name}>")) for name in ("spam.example", "family.example", "work.example")]
    assert lists[0] == lists[1] == lists[2]


def test_signals_survive_json():
    rich = seen(letter(Subject="Re: 50% off, act now!!"), "Free trial: https://kelp.example only $9\n\n> old words")
    stored = json.loads(json.dumps(rich.to_json()))
    assert Signals.from_json(stored) == rich
    assert Signals.from_json({**stored, "unheard_of": 1}) == rich
    assert Signals.from_json({}) == Signals()


@settings(deadline=None)
@given(st.binary(max_size=2_000))
def test_whatever_the_bytes_signals_are_read(raw):
    email = parse(raw)
    assert signals(email, MINE) == Signals.from_json(json.loads(json.dumps(signals(email, MINE).to_json())))


@pytest.mark.needs_data
def test_automatic_and_list_mail_is_recognised_by_structure(data):
    labels = [json.loads(line) for line in (data / "inbox" / "labels.jsonl").read_text("utf-8").splitlines()]
    read = [(one, signals(parse((data / "inbox" / one["file"]).read_bytes()), frozenset())) for one in labels]
    automatic = [bool(s.report or s.auto_submitted) for one, s in read if one["auto_kind"]]
    wrongly = [one["id"] for one, s in read if s.report and not one["auto_kind"]]
    lists = [bool(s.list_kind) for one, s in read if one["list_headers"]]
    assert sum(automatic) / len(automatic) >= 0.98
    assert sum(lists) / len(lists) >= 0.98
    assert wrongly == []
