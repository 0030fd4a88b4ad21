"""Signals: what the structure of a message tells, before anybody reads its meaning. Plain facts, no judgement."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from tools.inbox.cues import cues
from tools.inbox.imitation import FREE_MAIL, poses_as_firm, registrable, resembles, shows_other_address
from tools.inbox.links import deceives, links, odd, on_free_hosting
from tools.inbox.machines import ListKind, ReportKind, SenderKind, auto_submitted, list_kind, report_kind, sender_kind
from tools.inbox.sender_shape import decorated, fits, made_up
from tools.mail.email import Address, Email
from tools.mail.subjects import plain_subject

Addressed = Literal["direct", "copied", "hidden", "unknown"]

SPARSE = 160
"""Characters of a text below which a mail with HTML says next to nothing."""

READ = 20_000
"""Characters of the body that are searched for links and quotes."""

_TAG = re.compile(r"^(?:(?:re|aw|fwd?|sv|antw)\s?:\s*){0,3}\[[^\]]{2,40}\]", re.IGNORECASE)
_FORWARD = re.compile(r"^(?:fwd?|wg|tr|enc|rv|i)\s?:", re.IGNORECASE)
_QUOTES = ("\n> ", "\n>>", "wrote:\n", "original message--", "\nsent:", "- forwarded by ")
_KINDS = (
    ("calendar", re.compile(r"^(?:text/calendar|application/ics)|\.ics$")),
    ("program", re.compile(r"\.(?:exe|scr|js|jse|vbs|wsf|bat|cmd|com|pif|jar|msi|iso|img|lnk|hta|ps1|apk)$")),
    ("page", re.compile(r"^text/html|\.(?:s?html?|svg)$")),
    ("archive", re.compile(r"zip|\.(?:rar|7z|gz|tar)$|compressed")),
    ("sheet", re.compile(r"spreadsheet|excel|text/csv|\.(?:xlsx?|csv|ods)$")),
    ("document", re.compile(r"pdf|msword|wordprocessing|presentation|\.(?:pdf|docx?|pptx?|odt|rtf)$")),
    ("image", re.compile(r"^image/")),
    ("message", re.compile(r"^message/")),
)


@dataclass(frozen=True)
class Signals:
    """Facts of one message. Counts are of different things; every default is what an ordinary short letter has."""

    list_kind: ListKind = ""
    """`discussion`: people write to each other through it; `broadcast`: one sender, many readers."""
    auto_submitted: str = ""
    """As RFC 3834 says: `auto-generated`, `auto-replied`, `auto-notified`; empty: sent by hand."""
    report: ReportKind = ""
    sender_kind: SenderKind = "person"
    noreply: bool = False
    invitation: bool = False
    addressed: Addressed = "unknown"
    recipients: int = 1
    from_me: bool = False
    has_in_reply_to: bool = False
    answer: bool = False
    """The subject says it is an answer (Re:)."""
    forwarded: bool = False
    quotes: bool = False
    subject_tag: bool = False
    """The subject begins with a tag in brackets, as lists put it."""
    html_only: bool = False
    shouting: bool = False
    links: int = 0
    hosts: int = 0
    deceptive_links: int = 0
    odd_hosts: int = 0
    free_hosting: int = 0
    poses: bool = False
    """The sender's shown name is a known firm's or another address, and the real address is not."""
    free_mail: bool = False
    """The sender's address is of a provider where anybody gets one."""
    colleague: bool = False
    """The sender shares a domain, not a free one, with a recipient or the owner."""
    resembles_mine: bool = False
    """The sender's domain is a slip away from the owner's own."""
    reply_elsewhere: bool = False
    """Answers would go to another domain than the sender's."""
    misnamed: bool = False
    """No word of the sender's shown name is in its address."""
    made_up: bool = False
    """The sender's address is missing, thrown away or reads like dice."""
    decorated: bool = False
    """The sender's name or the subject is dressed up with signs, pictures, odd letters or a serial number."""
    calls_by_address: bool = False
    """It calls its reader by their address, as programs do that know nothing else of them."""
    unaddressed: bool = False
    """Nobody is named as a recipient."""
    hardly_words: bool = False
    """Next to nothing is written beside its links or pictures."""
    unproven: bool = False
    """The receiving server found that the message is not from where it says (SPF, DKIM, DMARC)."""
    unsigned: bool = False
    """The receiving server looked for a proof of the sender and found none."""
    attachments: tuple[str, ...] = ()
    cues: Mapping[str, int] = field(default_factory=dict)
    """Family of phrases (`tools.inbox.cues`) -> how many different ones."""

    def to_json(self) -> dict[str, Any]:
        """Plain values that JSON can hold."""
        # Every fact but two is a plain value already; `asdict` would copy each of them in depth.
        return {**vars(self), "attachments": list(self.attachments), "cues": dict(self.cues)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Signals:
        """The signals that `to_json` wrote; facts that an older version did not know have their defaults."""
        known = {one.name for one in fields(cls)}
        values = {name: value for name, value in stored.items() if name in known}
        return cls(**{**values, "attachments": tuple(values.get("attachments", ()))})


def signals(email: Email, own: frozenset[str]) -> Signals:
    """Reads the structure of a message. `own`: the owner's addresses, lower-cased; empty when they are not known.

    Headers that a mail store or an earlier filter wrote (folders, labels, spam verdicts) are never read: they would
    answer the question instead of us, and are missing on fresh mail.
    """
    text = email.text[:READ]
    subject = email.subject
    return Signals(
        list_kind=list_kind(email),
        auto_submitted=auto_submitted(email),
        report=report_kind(email),
        sender_kind=sender_kind(email.sender),
        noreply=_is_noreply(email),
        invitation=_is_invitation(email),
        addressed=_addressed(email, own),
        recipients=len(email.to) + len(email.cc),
        from_me=email.sender is not None and email.sender.address in own,
        has_in_reply_to=bool(email.in_reply_to or email.references),
        answer=len(plain_subject(subject)) < len(subject.strip()),
        forwarded=bool(_FORWARD.match(subject)),
        quotes=_quotes(email),
        subject_tag=bool(_TAG.match(subject)),
        html_only=email.header("content-type").lower().startswith("text/html"),
        shouting=_shouts(subject),
        attachments=tuple(sorted({_kind(one.media_type, one.name) for one in email.attachments})),
        calls_by_address=_calls_by_address(email),
        unaddressed=not email.to,
        hardly_words=len(email.text) < SPARSE
        and email.header("content-type").lower().startswith(("text/html", "multipart/")),
        unproven=_is_unproven(email),
        unsigned=_is_unsigned(email),
        cues=cues(subject, email.reply or email.text),
        **_about_links(text, email.sender),
        **_about_sender(email, own),
    )


def _is_noreply(email: Email) -> bool:
    return email.sender is not None and bool(
        re.search(r"(?:no|do-?not|dont)[-_.]?reply|unattended", email.sender.address)
    )


def _is_invitation(email: Email) -> bool:
    calendar = email.header("content-type").lower().startswith("text/calendar")
    return calendar or any(_kind(one.media_type, one.name) == "calendar" for one in email.attachments)


def _addressed(email: Email, own: frozenset[str]) -> Addressed:
    if not own:
        return "unknown"
    if any(one.address in own for one in email.to):
        return "direct"
    return "copied" if any(one.address in own for one in email.cc) else "hidden"


def _quotes(email: Email) -> bool:
    """Whether old words follow the new ones; a signature is shorter."""
    if len(email.text) - len(email.reply) > 300:
        return True
    lowered = email.text[:READ].lower()
    return any(mark in lowered for mark in _QUOTES)


def _shouts(subject: str) -> bool:
    letters = [one for one in subject if one.isalpha()]
    capital = sum(one.isupper() for one in letters)
    return (len(letters) >= 8 and capital > 0.8 * len(letters)) or "!!" in subject or "$$" in subject


def _kind(media_type: str, name: str) -> str:
    return next((kind for kind, shape in _KINDS if shape.search(media_type) or shape.search(name.lower())), "other")


def _is_unproven(email: Email) -> bool:
    """Only the topmost verdict counts: the receiving server wrote it, those below may be the sender's own words."""
    verdict = email.header("authentication-results").lower()
    if "dmarc=fail" in verdict:
        return True
    failed = re.search(r"\bspf=(?:soft)?fail", verdict) or email.header("received-spf").lower().startswith(
        ("fail", "softfail")
    )
    return bool(failed) and "dkim=pass" not in verdict


def _is_unsigned(email: Email) -> bool:
    verdict = email.header("authentication-results").lower()
    return "dkim=none" in verdict and ("spf=none" in verdict or "dmarc=none" in verdict or "dmarc=permerror" in verdict)


def _calls_by_address(email: Email) -> bool:
    names = {word for one in email.to[:3] for word in (one.address, one.address.partition("@")[0]) if len(word) > 4}
    read = f"{email.subject} {email.text[:300]}".lower()
    greeting = re.search(r"\b(?:dear|hello|hi|hey|user)\b:? ([\w.+-]+)", read)
    return any("@" in word and word in read for word in names) or bool(greeting and greeting[1].strip(".") in names)


def _about_links(text: str, sender: Address | None) -> dict[str, Any]:
    found = list(links(text))
    domain = _domain(sender)
    hosts = {one.host: one for one in found}
    return {
        "links": len(found),
        "hosts": len({registrable(host) for host in hosts}),
        "deceptive_links": len({one.host for one in found if deceives(one, domain)}),
        "odd_hosts": sum(odd(one) for one in hosts.values()),
        "free_hosting": sum(on_free_hosting(one) for one in hosts.values()),
    }


def _about_sender(email: Email, own: frozenset[str]) -> dict[str, Any]:
    if email.sender is None:
        return {"made_up": True, "decorated": decorated(email.subject)}
    name, domain = email.sender.name, _domain(email.sender)
    theirs = registrable(domain)
    beside = {registrable(_domain(one)) for one in (*email.to, *email.cc)} | {
        registrable(one.rpartition("@")[2]) for one in own
    }
    answers = registrable(_domain(email.reply_to))
    return {
        "poses": poses_as_firm(name, email.sender.address) or shows_other_address(name, email.sender.address),
        "misnamed": not fits(email.sender),
        "made_up": made_up(email.sender.address),
        "decorated": decorated(name) or decorated(email.subject),
        "free_mail": theirs in FREE_MAIL,
        "colleague": bool(theirs) and theirs in beside - FREE_MAIL,
        "resembles_mine": resembles(domain, (one.rpartition("@")[2] for one in own)),
        "reply_elsewhere": bool(answers) and answers != theirs and not list_kind(email),
    }


def _domain(address: Address | None) -> str:
    return address.address.rpartition("@")[2] if address else ""
