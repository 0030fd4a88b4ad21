"""Sorts one mail by what its structure, its words and its meaning say, and gives the reasons.

What servers declare decides alone. Otherwise evidence that was set by hand and what was learned from labelled mail are
weighed together (`triage_model`), and the chance of the likeliest category is the confidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from tools.inbox.asks import Asks, asks
from tools.inbox.evidence import Evidence, evidence
from tools.inbox.prototypes import nearness
from tools.inbox.signals import Signals
from tools.inbox.triage_model.facts import facts
from tools.inbox.triage_model.model import log_shares, model
from tools.mail.subjects import plain_subject

Numbers = NDArray[np.floating[Any]]

Category = Literal["work", "personal", "newsletter", "notification", "forum", "spam", "phishing"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
UNSORTED = "needs review"
"""In place of a category for a mail that could not be sorted: never a guess."""

JUNK: tuple[Category, ...] = ("spam", "phishing")

SURE = 0.7
"""Confidence below which a person should look."""

SUSPICIOUS = 0.2
"""Chance of phishing from which a mail that is not taken for it bears a warning; by hand-set evidence alone, twice as much."""
WARNING = "careful: it may be phishing"

_MEANING = 14.0
"""Belief per unit of nearness in meaning: a lead of 0.1 in cosine, which is clear for this model, is worth 1.4."""
_DOUBT = 1.25
"""Divides all belief: pieces of evidence lean on each other, and their plain sum would be too sure of itself."""
_DOUBT_UNREAD = 1.6
"""The same when the meaning is not known."""
_BRIEF = 4
"""Words of subject and text below which a mail says next to nothing."""
_GUESSED = 0.6
"""The confidence that such a mail has at most."""
_HIDES = 0.4
"""Confidence from which junk waits for nobody; a weaker guess may not hide what somebody asks."""
_ORDERS = 2
"""Sentences that give orders to an assistant from which a mail is taken for phishing: one may be quoted by an honest writer."""
_ORDERED = 0.9
_CLEARLY_NEAR = 0.06
_REASONS = 4


@dataclass(frozen=True)
class Verdict:
    """Where a mail belongs, how sure that is (0 to 1), whether it waits on the owner, and why, in plain words."""

    category: str
    """One of `CATEGORIES`, one of the owner's own, or `UNSORTED`."""
    confidence: float
    needs_me: bool
    reasons: tuple[str, ...]

    @property
    def needs_review(self) -> bool:
        """Whether a person should look before anything is done because of this verdict."""
        return self.confidence < SURE


def classify(
    subject: str, reply: str, signals: Signals, vector: NDArray[np.float32] | None, text: str | None = None
) -> Verdict:
    """The verdict on one mail. `reply`: its new words; `text`: all of them, quoted ones included, when they are known;
    `vector`: the meaning of subject and reply, None when not known."""
    wanted = asks(reply, plain_subject(subject))
    found = found_in(signals, wanted, vector)
    whole = f"{subject}\n{reply if text is None else text}"
    hand = believed(found, read=vector is not None)
    category, confidence, danger = _declared(signals) or _likeliest(
        model().scores(
            whole,
            np.array(facts(subject, reply, signals, wanted)),
            None if vector is None else vector.astype(np.float64),
            hand,
        ),
        np.exp(log_shares(hand)),
        brief=len(whole.split()) < _BRIEF,
    )
    wish = _wish(category, confidence, signals, wanted)
    reasons = _told(found, category) or [f"it reads like {_READS_LIKE[category]}"]
    if confidence < SURE:
        reasons = ["not sure: needs review", *reasons]
    if danger >= SUSPICIOUS and category not in JUNK:
        reasons = [WARNING, *reasons]
    return Verdict(category, confidence, bool(wish), tuple([*reasons[:_REASONS], *([wish] if wish else [])]))


def found_in(signals: Signals, wanted: Asks, vector: NDArray[np.float32] | None) -> list[Evidence]:
    """All evidence that was set by hand."""
    return [*evidence(signals, wanted), *(_meaning(vector) if vector is not None else ())]


def believed(found: Sequence[Evidence], *, read: bool) -> Numbers:
    """The sum of evidence for each category, in log-odds. `read`: whether the meaning is known."""
    total = [sum(one.weights.get(category, 0.0) for one in found) for category in CATEGORIES]
    return np.array(total) / (_DOUBT if read else _DOUBT_UNREAD)


def _declared(signals: Signals) -> tuple[Category, float, float] | None:
    """What headers and form say so plainly that nobody needs to read the mail; and orders to whoever reads it for the owner,
    which no other words of the sender's outweigh."""
    if signals.cues.get("injection", 0) >= _ORDERS:
        return "phishing", _ORDERED, 1.0
    return ("notification", 0.99, 0.0) if signals.report or signals.auto_submitted == "auto-replied" else None


def _likeliest(scores: Numbers, by_hand: Numbers, *, brief: bool) -> tuple[Category, float, float]:
    """The likeliest category with its chance, and the danger that it is phishing. Of a few words nobody can be sure, unless
    the evidence set by hand is."""
    chances = np.exp(log_shares(scores))
    best, phishing = int(chances.argmax()), CATEGORIES.index("phishing")
    most = _GUESSED if brief and by_hand.max() < SURE else 1.0
    danger = max(float(chances[phishing]), float(by_hand[phishing]) / 2)
    return CATEGORIES[best], round(min(float(chances[best]), most), 3), danger


def _meaning(vector: NDArray[np.float32]) -> Iterable[Evidence]:
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


def _told(found: Iterable[Evidence], category: Category) -> list[str]:
    """The reasons that spoke for the verdict, the weightiest first."""
    spoke = [one for one in found if one.reason and one.weights.get(category, 0.0) > 0]
    return [one.reason for one in sorted(spoke, key=lambda one: -one.weights[category])]


def _wish(category: str, confidence: float, signals: Signals, wanted: Asks) -> str:
    """Why the owner must do something about a mail; empty: they need not."""
    if signals.from_me or category in ("newsletter", "forum") or (category in JUNK and confidence >= _HIDES):
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
