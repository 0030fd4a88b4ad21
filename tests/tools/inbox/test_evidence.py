"""Each thing that can be seen on a mail speaks for the right category."""

from __future__ import annotations

import pytest

from tools.inbox.asks import Asks
from tools.inbox.evidence import Evidence, evidence
from tools.inbox.signals import Signals


def seen(asked: Asks | None = None, **facts: object) -> dict[str, Evidence]:
    signals = Signals.from_json({"sender_kind": "person", **facts})
    return {one.reason: one for one in evidence(signals, asked or Asks())}


def favoured(one: Evidence) -> str:
    return max(one.weights, key=one.weights.__getitem__)


@pytest.mark.parametrize(
    ("facts", "category"),
    [
        ({"report": "bounce"}, "notification"),
        ({"report": "feedback"}, "notification"),
        ({"report": "receipt"}, "notification"),
        ({"auto_submitted": "auto-replied"}, "notification"),
        ({"auto_submitted": "auto-generated"}, "notification"),
        ({"invitation": True}, "notification"),
        ({"sender_kind": "machine"}, "notification"),
        ({"sender_kind": "promotional"}, "newsletter"),
        ({"noreply": True}, "notification"),
        ({"list_kind": "discussion"}, "forum"),
        ({"list_kind": "broadcast"}, "newsletter"),
        ({"subject_tag": True}, "forum"),
        ({"deceptive_links": 1}, "phishing"),
        ({"odd_hosts": 1}, "phishing"),
        ({"free_hosting": 1}, "phishing"),
        ({"poses": True}, "phishing"),
        ({"resembles_mine": True}, "phishing"),
        ({"reply_elsewhere": True}, "phishing"),
        ({"unproven": True}, "phishing"),
        ({"attachments": ["program"]}, "phishing"),
        ({"attachments": ["document"]}, "work"),
        ({"shouting": True}, "spam"),
        ({"forwarded": True}, "work"),
        ({"answer": True}, "work"),
        ({"colleague": True}, "work"),
        ({"free_mail": True}, "personal"),
        ({"recipients": 9}, "work"),
        ({"cues": {"injection": 1}}, "phishing"),
        ({"cues": {"threat": 1}}, "phishing"),
        ({"cues": {"secrets": 1}}, "phishing"),
        ({"cues": {"pretence": 1}}, "phishing"),
        ({"cues": {"impersonal": 1}}, "phishing"),
        ({"cues": {"pitch": 2}}, "spam"),
        ({"cues": {"riches": 1}}, "spam"),
        ({"cues": {"broadcast": 2}}, "newsletter"),
        ({"cues": {"machine": 1}}, "notification"),
        ({"cues": {"absence": 1}}, "notification"),
        ({"cues": {"discussion": 1}}, "forum"),
        ({"cues": {"work": 3}}, "work"),
        ({"cues": {"personal": 3}}, "personal"),
    ],
)
def test_what_is_seen_is_said_and_weighed(facts, category):
    plain = seen()
    fresh = [one for reason, one in seen(**facts).items() if reason not in plain]
    assert category in [favoured(one) for one in fresh]


def test_a_threat_that_also_wants_your_details_weighs_more():
    both, one = seen(cues={"threat": 1, "secrets": 1}), seen(cues={"threat": 1})
    assert "it threatens and wants your details" in both.keys() - one.keys()


def test_the_odd_links_of_a_list_weigh_less():
    alone, listed = seen(deceptive_links=1), seen(deceptive_links=1, list_kind="broadcast")
    reason = "a link leads elsewhere than its words say"
    assert listed[reason].weights["phishing"] < alone[reason].weights["phishing"]


def test_a_program_on_a_list_is_no_talk():
    assert "a program wrote to the list" in seen(list_kind="discussion", sender_kind="machine")
    assert "a program wrote to the list" not in seen(list_kind="discussion")


def test_a_colleague_may_speak_of_money():
    money = {"riches": 1, "pretence": 1}
    assert not {"it promises money", "it is after money in somebody's name"} & set(seen(cues=money, colleague=True))


def test_what_lists_and_programs_send_is_no_letter_of_a_person():
    letters = {"it comes from a colleague", "a person wrote it without links", "it asks you something"}
    asked = Asks(question="Can you come?")
    assert letters <= set(seen(asked, colleague=True))
    for machine in ({"list_kind": "broadcast"}, {"auto_submitted": "auto-generated"}, {"sender_kind": "machine"}):
        assert not letters & set(seen(asked, colleague=True, **machine))


def test_work_and_private_life_weigh_against_each_other():
    mixed = seen(cues={"work": 2, "personal": 2})
    assert not {"it speaks of work", "it speaks of private life"} & set(mixed)
