"""Sorts one mail by what its structure, its words and its meaning say, and gives the reasons. Nothing here is trained.

Structure weighs most, since it is what senders declare and servers keep. The sum of all evidence becomes a share of
belief in each category, and the share of the strongest is the confidence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from tools.inbox.asks import Asks, asks
from tools.inbox.evidence import Evidence, evidence
from tools.inbox.signals import Signals
from tools.mail.subjects import plain_subject

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Category = Literal["work", "personal", "newsletter", "notification", "forum", "spam", "phishing"]
CATEGORIES: tuple[Category, ...] = get_args(Category)

SURE = 0.7
"""Confidence below which a person should look."""

_MEANING = 14.0
"""Belief per unit of nearness in meaning: a lead of 0.1 in cosine, which is clear for this model, is worth 1.4."""
_DOUBT = 1.25
"""Divides all belief: pieces of evidence lean on each other, and their plain sum would be too sure of itself."""
_DOUBT_UNREAD = 1.6
"""The same when the meaning is not known."""
_CLEARLY_NEAR = 0.06
_REASONS = 4


@dataclass(frozen=True)
class Verdict:
    """Where a mail belongs, how sure that is (0 to 1), whether it waits on the owner, and why, in plain words."""

    category: Category
    confidence: float
    needs_me: bool
    reasons: tuple[str, ...]

    @property
    def needs_review(self) -> bool:
        """Whether a person should look before anything is done because of this verdict."""
        return self.confidence < SURE


def classify(subject: str, reply: str, signals: Signals, vector: NDArray[np.float32] | None) -> Verdict:
    """The verdict on one mail. `reply`: its new words; `vector`: the meaning of subject and reply, None when not known."""
    wanted = asks(reply, plain_subject(subject))
    found = list(evidence(signals, wanted))
    if vector is not None:
        found += _meaning(vector)
    category, confidence = _strongest(found, _DOUBT_UNREAD if vector is None else _DOUBT)
    wish = _wish(category, confidence, signals, wanted)
    reasons = _told(found, category)
    if confidence < SURE:
        reasons = ["not sure: needs review", *reasons]
    return Verdict(category, confidence, bool(wish), tuple([*reasons[:_REASONS], *([wish] if wish else [])]))


def _meaning(vector: NDArray[np.float32]) -> Iterable[Evidence]:
    from tools.inbox.prototypes import nearness

    for category, near in nearness(vector).items():
        reason = f"it reads like {_READS_LIKE[category]}" if near > _CLEARLY_NEAR else ""
        yield Evidence(reason, {category: _MEANING * near})


_READS_LIKE = {
    "work": "mail about work",
    "personal": "mail between friends or family",
    "newsletter": "a newsletter",
    "notification": "a notification",
    "forum": "a post to a forum",
    "spam": "spam",
    "phishing": "phishing",
}


def _strongest(found: Iterable[Evidence], doubt: float) -> tuple[Category, float]:
    belief = dict.fromkeys(CATEGORIES, 0.0)
    for one in found:
        for category in CATEGORIES:
            belief[category] += one.weights.get(category, 0.0)
    best = max(CATEGORIES, key=belief.__getitem__)
    total = sum(math.exp((value - belief[best]) / doubt) for value in belief.values())
    return best, round(1 / total, 3)


def _told(found: Iterable[Evidence], category: Category) -> list[str]:
    """The reasons that spoke for the verdict, the weightiest first."""
    spoke = [one for one in found if one.reason and one.weights.get(category, 0.0) > 0]
    return [one.reason for one in sorted(spoke, key=lambda one: -one.weights[category])]


def _wish(category: Category, confidence: float, signals: Signals, wanted: Asks) -> str:
    """Why the owner must do something about a mail; empty: they need not."""
    if signals.from_me or category in ("spam", "phishing", "newsletter", "forum"):
        return ""
    if signals.invitation and not signals.answer and signals.auto_submitted != "auto-replied":
        return "it invites you and waits for your answer"
    if (
        signals.report
        or signals.auto_submitted
        or signals.list_kind
        or signals.noreply
        or signals.sender_kind == "machine"
    ):
        return ""
    if category == "notification" and confidence >= SURE:
        return ""
    if signals.addressed in ("copied", "hidden"):
        return ""
    if wanted.question:
        return "it asks you a question"
    if wanted.wants:
        return "it asks you to do something" + (" by a certain time" if wanted.deadline else "")
    return "it names a sum and when it is due" if wanted.deadline and "sum" in signals.cues else ""
