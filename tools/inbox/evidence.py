"""The evidence that triage weighs: what is seen on a mail, in plain words, and which categories it speaks for.

A weight is in the units of log-odds: 1 makes a category about 2.7 times as likely, 3 twenty times. They were set by
hand, by what the standards and habits of mail say, in steps of a half; nothing is fitted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tools.inbox.asks import Asks
from tools.inbox.signals import Signals

DECISIVE = 8.0


@dataclass(frozen=True)
class Evidence:
    """One thing seen. `weights`: category -> what it adds (or takes)."""

    reason: str
    weights: Mapping[str, float]


def evidence(signals: Signals, wanted: Asks) -> Iterator[Evidence]:
    """All evidence in the structure and the words of a mail."""
    yield from _from_machines(signals)
    yield from _from_lists(signals)
    yield from _from_danger(signals)
    yield from _from_people(signals, wanted)
    yield from _from_words(signals)


def _from_machines(seen: Signals) -> Iterator[Evidence]:
    match seen.report:
        case "bounce":
            yield Evidence("a mail server reports that a message was not delivered", {"notification": DECISIVE})
        case "feedback":
            yield Evidence("a provider reports that somebody complained about a mail", {"notification": DECISIVE})
        case "receipt":
            yield Evidence("it confirms that a message was delivered or read", {"notification": DECISIVE})
    if seen.auto_submitted == "auto-replied":
        yield Evidence("it is an automatic answer", {"notification": DECISIVE})
    elif seen.auto_submitted:
        yield Evidence(
            "its headers say that a program sent it", {"notification": 3, "newsletter": 1, "work": -2, "personal": -2}
        )
    if seen.invitation:
        yield Evidence("it carries a calendar invitation", {"notification": 6})
    match seen.sender_kind:
        case "machine":
            yield Evidence(
                "the sender's address is a program's",
                {"notification": 2, "phishing": 0.5, "work": -2, "personal": -3, "forum": -1},
            )
        case "promotional":
            yield Evidence(
                "the sender's address is one for mailings",
                {"newsletter": 2, "notification": 0.5, "work": -1.5, "personal": -2},
            )
        case "office":
            yield Evidence(
                "the sender is an office, not a person",
                {"newsletter": 0.5, "work": 0.5, "notification": 0.5, "personal": -0.5},
            )
    if seen.noreply:
        yield Evidence(
            "nobody reads answers to it", {"notification": 1, "newsletter": 0.5, "work": -1.5, "personal": -2}
        )


def _from_lists(seen: Signals) -> Iterator[Evidence]:
    if seen.list_kind == "discussion":
        talk = seen.answer or seen.has_in_reply_to or seen.quotes
        weights = {
            "forum": 5.0 if talk else 3.0,
            "newsletter": 0.0 if talk else 1.5,
            "work": -1.5,
            "personal": -1.5,
            "phishing": -1.0,
        }
        yield Evidence("it came through a mailing list on which people talk", weights)
        if seen.sender_kind == "machine":
            yield Evidence("a program wrote to the list", {"notification": 2, "forum": -1.5})
    elif seen.list_kind == "broadcast":
        yield Evidence(
            "its headers say that it went to many readers",
            {"newsletter": 3.5, "notification": 0.5, "work": -2, "personal": -2, "phishing": -1.5},
        )
    if seen.subject_tag:
        yield Evidence("its subject begins with a list's tag", {"forum": 1})


def _from_danger(seen: Signals) -> Iterator[Evidence]:
    trusted = 0.5 if seen.list_kind else 1.0
    if seen.deceptive_links:
        yield Evidence("a link leads elsewhere than its words say", {"phishing": 2.5 * trusted})
    if seen.odd_hosts:
        yield Evidence("a link hides or imitates the place it leads to", {"phishing": 2 * trusted, "spam": 1 * trusted})
    if seen.free_hosting:
        yield Evidence("a link leads to a page that anybody could have put up", {"phishing": 0.5, "spam": 0.5})
    if seen.poses:
        yield Evidence("the sender's name and address do not belong together", {"phishing": 3})
    if seen.resembles_mine:
        yield Evidence("the sender's domain imitates yours", {"phishing": 5})
    if seen.reply_elsewhere:
        yield Evidence("answers would go to another domain", {"phishing": 1, "spam": 1})
    if seen.unproven:
        yield Evidence("the sender could not be proven", {"phishing": 1.5, "spam": 0.5})
    yield from _from_disguise(seen)
    if {"program", "page"} & set(seen.attachments):
        yield Evidence("it carries a program or a web page", {"phishing": 1.5, "spam": 0.5})
    if _some(seen, "injection", 1):
        yield Evidence("it tries to give orders to an assistant that reads it", {"phishing": 6})
    pressure = _some(seen, "threat", 2)
    secrets = _some(seen, "secrets", 2)
    if pressure:
        yield Evidence("it threatens with trouble", {"phishing": 1 * pressure})
    if secrets:
        yield Evidence(
            "it wants you to prove who you are or to give details", {"phishing": 1.25 * secrets, "personal": -1}
        )
    if pressure and secrets:
        yield Evidence("it threatens and wants your details", {"phishing": 1})
    if _some(seen, "pretence", 2) and not seen.colleague:
        yield Evidence("it is after money in somebody's name", {"phishing": 1.5 * _some(seen, "pretence", 2)})
    if _some(seen, "impersonal", 1):
        yield Evidence("it does not call you by your name", {"phishing": 1, "spam": 0.5, "work": -1, "personal": -1.5})


def _from_disguise(seen: Signals) -> Iterator[Evidence]:
    """How those who send junk dress up. One alone is common among honest senders; they come together."""
    if seen.report or seen.auto_submitted == "auto-replied" or seen.list_kind == "discussion":
        return
    if seen.made_up:
        yield Evidence(
            "the sender's address looks made up", {"spam": 1.5, "phishing": 1, "newsletter": -1.5, "notification": -1}
        )
    if seen.misnamed and seen.sender_kind != "person":
        yield Evidence("the sender's name is not in its address", {"spam": 0.5, "phishing": 0.5})
    if seen.calls_by_address:
        yield Evidence("it calls you by your address", {"phishing": 1.5, "spam": 0.5, "work": -0.5, "personal": -1})
    if seen.decorated and (seen.made_up or seen.misnamed):
        yield Evidence("it is dressed up to be noticed", {"spam": 1, "phishing": 0.5, "work": -0.5, "personal": -0.5})
    if seen.unsigned:
        yield Evidence("nothing proves who sent it", {"phishing": 0.75, "spam": 0.75})
    if seen.unaddressed and not seen.list_kind:
        yield Evidence("it names nobody as its recipient", {"spam": 0.75, "phishing": 0.75, "work": -0.5})
    if seen.hardly_words and seen.hosts:
        yield Evidence("it says next to nothing beside its links", {"spam": 1, "phishing": 0.75, "work": -0.5})
    if _some(seen, "riches", 2) == 2 and (seen.made_up or seen.misnamed):
        yield Evidence("a sender who is not who it says promises a prize", {"phishing": 1, "spam": 1})


def _from_people(seen: Signals, wanted: Asks) -> Iterator[Evidence]:
    if seen.sender_kind != "person" or seen.list_kind or seen.auto_submitted or seen.report:
        return
    if seen.quotes or seen.has_in_reply_to or seen.forwarded:
        yield Evidence("it goes on a talk between people", {"work": 2, "personal": 1.5})
    elif seen.answer:
        yield Evidence("it says that it is an answer", {"work": 1, "personal": 0.5})
    if seen.colleague:
        yield Evidence("it comes from a colleague", {"work": 2.5, "personal": 1})
    if seen.free_mail:
        yield Evidence("it comes from a private address", {"personal": 1, "spam": 0.5, "work": -0.5})
    if not seen.links and not seen.html_only:
        yield Evidence("a person wrote it without links", {"work": 1.5, "personal": 1.5})
    if wanted.question:
        yield Evidence("it asks you something", {"work": 0.5, "personal": 0.5})
    if {"document", "sheet"} & set(seen.attachments):
        yield Evidence("it carries a document", {"work": 1})
    if seen.recipients > 5:
        yield Evidence("it went to many people at once", {"work": 0.5, "personal": 0.5})


def _from_words(seen: Signals) -> Iterator[Evidence]:
    crowd = _some(seen, "broadcast", 3)
    if crowd:
        yield Evidence(
            "it has the marks of a mailing",
            {
                "newsletter": 0.75 * crowd,
                "notification": 0.25 * crowd,
                "spam": 0.25 * crowd,
                "work": -0.5 * crowd,
                "personal": -0.5 * crowd,
            },
        )
    if seen.hosts and seen.html_only and not seen.list_kind:
        yield Evidence(
            "it is a web page without a plain text",
            {"newsletter": 0.5, "spam": 0.75, "phishing": 0.75, "work": -1, "personal": -1},
        )
    told = _some(seen, "machine", 3)
    if told:
        yield Evidence("it tells of an event as programs do", {"notification": 1 * told})
    if _some(seen, "undelivered", 1) and seen.sender_kind == "machine":
        yield Evidence("it speaks of mail that did not arrive", {"notification": 2})
    if _some(seen, "absence", 1):
        yield Evidence("it speaks of absence or thanks for contact", {"notification": 1})
    selling = _some(seen, "pitch", 4)
    if selling:
        own_list = 0.5 if seen.list_kind == "broadcast" else 1.0
        yield Evidence("it presses you to buy", {"spam": 1 * selling * own_list, "newsletter": 0.25 * selling})
    riches = _some(seen, "riches", 3)
    if riches and not seen.colleague:
        yield Evidence("it promises money", {"spam": 1.25 * riches})
    if seen.shouting:
        yield Evidence("its subject shouts", {"spam": 1})
    talk = _some(seen, "discussion", 2)
    if talk:
        yield Evidence("it talks shop as on a list", {"forum": (1 if seen.list_kind == "discussion" else 0.25) * talk})
    job, home = _some(seen, "work", 4), _some(seen, "personal", 4)
    share = 3 * (job - home) / max(job + home, 2)
    if share > 0:
        yield Evidence("it speaks of work", {"work": share})
    elif share < 0:
        yield Evidence("it speaks of private life", {"personal": -share})


def _some(seen: Signals, family: str, most: int) -> int:
    return min(seen.cues.get(family, 0), most)
