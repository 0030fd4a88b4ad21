"""What a correction teaches, and what it must not teach."""

from __future__ import annotations

import numpy as np

from tools.inbox.classify import SURE, Verdict
from tools.inbox.like import LEARNED, Lesson, with_lessons
from tools.inbox.signals import Signals

UP = np.eye(384, dtype=np.float32)[0]
SIDE = np.eye(384, dtype=np.float32)[1]
WORK = Verdict("work", 0.8, True, ("it comes from a colleague",))
LETTER = Signals()


def lesson(category: str = "Suppliers", sender: str = "bo@clay.example", vector=UP) -> Lesson:
    return Lesson(category, "Clay in May", sender, vector)


def after(
    *lessons: Lesson, verdict: Verdict = WORK, seen: Signals = LETTER, sender: str = "eva@clay.example"
) -> Verdict:
    return with_lessons(verdict, sender, seen, UP, lessons)


def test_a_mail_of_the_same_firm_about_the_same_goes_there_too() -> None:
    verdict = after(lesson())
    assert (verdict.category, verdict.confidence, verdict.needs_me) == ("Suppliers", LEARNED, True)
    assert verdict.reasons[0] == "it is like “Clay in May”, which you put into Suppliers"


def test_of_another_sender_it_is_less_sure() -> None:
    assert after(lesson(), sender="x@other.example").confidence == SURE


def test_a_mail_about_something_else_stays() -> None:
    assert after(lesson(vector=SIDE)) == WORK


def test_two_private_addresses_of_one_provider_are_strangers() -> None:
    half = (UP + 1.5 * SIDE) / np.linalg.norm(UP + 1.5 * SIDE)
    assert after(lesson(sender="a@gmail.com", vector=half), sender="b@gmail.com") == WORK
    assert after(lesson(sender="a@gmail.com", vector=half), sender="a@gmail.com").category == "Suppliers"


def test_without_meaning_only_the_very_sender_counts() -> None:
    assert with_lessons(WORK, "bo@clay.example", LETTER, None, [lesson()]).category == "Suppliers"
    assert with_lessons(WORK, "eva@clay.example", LETTER, None, [lesson()]) == WORK


def test_likeness_never_makes_phishing_harmless() -> None:
    phishing = Verdict("phishing", 0.9, False, ())
    assert after(lesson(), verdict=phishing) == phishing
    assert after(lesson("spam"), verdict=phishing).category == "spam"


def test_a_sender_who_is_not_proven_does_not_leave_the_junk() -> None:
    spam = Verdict("spam", 0.9, False, ())
    assert after(lesson(), verdict=spam, seen=Signals(unproven=True)) == spam
    assert after(lesson(), verdict=spam).category == "Suppliers"


def test_a_bounce_stays_a_bounce() -> None:
    assert after(lesson(), seen=Signals(report="bounce")) == WORK


def test_what_goes_to_a_quiet_category_does_not_wait() -> None:
    assert not after(lesson("newsletter")).needs_me


def test_the_nearest_lesson_counts() -> None:
    near = (UP + 0.3 * SIDE) / np.linalg.norm(UP + 0.3 * SIDE)
    assert after(lesson("Far", vector=near), lesson("Near")).category == "Near"
