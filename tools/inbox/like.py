"""What corrections teach: a mail like one that a person put into a category goes there too, if nothing speaks against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tools.inbox.classify import JUNK, SURE, Verdict
from tools.inbox.imitation import FREE_MAIL, registrable
from tools.inbox.signals import Signals

ALIKE = 0.6
"""Cosine of meaning from which two mails of different senders are alike (unrelated mails have below 0.3, measured)."""
ALIKE_OF_SENDER = 0.3
"""The same for two mails of one sender or of one firm, who write about the same things anyway."""
LEARNED = 0.9
"""Confidence of a mail that is like a corrected one of the same sender; of another sender it is `SURE`."""


@dataclass(frozen=True)
class Lesson:
    """One correction: the category that a person gave, and the mail they gave it to."""

    category: str
    subject: str
    sender: str
    vector: NDArray[np.float32] | None
    email: UUID | None = None
    needs_me: bool | None = None
    """Whether the person said that such mail waits for them; None: they said nothing of that."""
    sorts: bool = True
    """Whether the person meant the category, and not only that it waits."""


def with_lessons(
    verdict: Verdict, sender: str, seen: Signals, vector: NDArray[np.float32] | None, lessons: Sequence[Lesson]
) -> Verdict:
    """The verdict after what was corrected before, the latest lesson first. What looks like phishing never becomes harmless
    by likeness, since anybody can write a mail that is like another one, sender included."""
    if seen.report or seen.auto_submitted == "auto-replied":
        return verdict
    found = [(_likeness(one, sender, vector), one) for one in lessons]
    alike = [(near, one) for near, one in found if near is not None]
    if not alike:
        return verdict
    _, lesson = max(alike, key=lambda pair: pair[0])
    told = _sorted(verdict, sender, seen, lesson) if lesson.sorts else verdict
    if lesson.needs_me is None or told.needs_me == lesson.needs_me or told.category in JUNK:
        return told
    why = (
        f"it is like “{lesson.subject[:80]}”, of which you said that it {'matters' if lesson.needs_me else 'can wait'}"
    )
    return replace(told, needs_me=lesson.needs_me, reasons=(why, *told.reasons))


def _sorted(verdict: Verdict, sender: str, seen: Signals, lesson: Lesson) -> Verdict:
    if lesson.category == verdict.category or (verdict.category == "phishing" and lesson.category not in JUNK):
        return verdict
    if verdict.category in JUNK and (seen.unproven or seen.poses or seen.deceptive_links):
        return verdict
    same = _firm(lesson.sender) == _firm(sender)
    why = f"it is like “{lesson.subject[:80]}”, which you put into {lesson.category}"
    return replace(
        verdict,
        category=lesson.category,
        confidence=LEARNED if same else SURE,
        needs_me=verdict.needs_me and lesson.category not in QUIET,
        reasons=(why, *(one for one in verdict.reasons if not one.startswith("not sure"))),
    )


QUIET = (*JUNK, "newsletter", "forum", "notification")
"""Categories of which no mail waits for anybody."""


def _likeness(lesson: Lesson, sender: str, vector: NDArray[np.float32] | None) -> float | None:
    """How like a mail is to a corrected one; None: not like enough to learn from it."""
    same = _firm(lesson.sender) == _firm(sender)
    if vector is None or lesson.vector is None:
        return 1.0 if lesson.sender == sender else None
    near = float(vector @ lesson.vector)
    return near + same if near >= (ALIKE_OF_SENDER if same else ALIKE) else None


def _firm(address: str) -> str:
    """Who stands behind an address: the firm's domain, or the whole address where anybody gets one."""
    domain = registrable(address.rpartition("@")[2])
    return address if domain in FREE_MAIL else domain
