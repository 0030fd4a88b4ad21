"""Sorts exported mail where it lies: reads a maildir, an mbox file or a folder of .eml, and changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from storage.values.errors import Refused
from tools.inbox.classify import Verdict, classify
from tools.inbox.signals import signals
from tools.llm.embedder import Embedder
from tools.mail.email import Email
from tools.mail.exported import Kind, found_in, kind_of, mails_in
from tools.mail.mailbox import LARGEST
from tools.mail.parse import parse

_OWNER_SHARE = 0.5
"""Of a mailbox most mails name its owner; in a mixed collection nobody stands out, and then nobody is the owner."""


@dataclass(frozen=True)
class Sorted:
    """One mail and its verdict."""

    id: str
    """The file's name without its ending; in an mbox file its name and the mail's number from 1."""
    email: Email
    verdict: Verdict


@dataclass(frozen=True)
class _Whole:
    """What only the whole collection tells."""

    own: frozenset[str]
    answered: frozenset[str]
    """Message ids that the owner has answered."""


def sort_exported(path: Path, embedder: Embedder | None) -> Iterator[Sorted]:
    """The mails of a path with their verdicts, in a stable order; without an embedder they are sorted by structure and
    words alone. Refused when there is no such path or no mail in it."""
    kind = kind_of(path)
    whole = _survey(email for _, email in _mails(path, kind))
    for name, email in _mails(path, kind):
        yield Sorted(name, email, _verdict(email, whole, embedder))


def meaning_text(email: Email) -> str:
    """What of a mail is embedded: its subject and its new words."""
    return f"{email.subject}\n{email.reply}"


def _verdict(email: Email, whole: _Whole, embedder: Embedder | None) -> Verdict:
    vector = embedder.embed([meaning_text(email)])[0] if embedder else None
    verdict = classify(email.subject, email.reply.strip() or email.text, signals(email, whole.own), vector, email.text)
    if verdict.needs_me and email.message_id in whole.answered:
        return replace(verdict, needs_me=False, reasons=(*verdict.reasons[:-1], "you have answered it"))
    return verdict


def _survey(emails: Iterator[Email]) -> _Whole:
    named: Counter[str] = Counter()
    answers: dict[str, set[str]] = {}
    count = 0
    for count, email in enumerate(emails, 1):  # noqa: B007
        sender = email.sender.address if email.sender else ""
        named.update({one.address for one in (*email.to, *email.cc)} | {sender} - {""})
        answers.setdefault(sender, set()).add(email.in_reply_to)
    if not count:
        raise Refused("There is no mail in it: give a maildir, an mbox file or a folder of .eml files.")
    own, times = named.most_common(1)[0] if named else ("", 0)
    if not own or times <= count * _OWNER_SHARE:
        return _Whole(frozenset(), frozenset())
    return _Whole(frozenset({own}), frozenset(answers.get(own, ())) - {""})


def _mails(path: Path, kind: Kind) -> Iterator[tuple[str, Email]]:
    try:
        for found in found_in(path, kind):
            for number, mail in enumerate(mails_in(found, kind), 1):
                yield _name(found.path, kind, number), parse(mail.read(LARGEST))
    except OSError as error:
        raise Refused(
            f"{error.filename or path} cannot be read ({error.strerror}): check the rights of the file."
        ) from error


def _name(path: Path, kind: Kind, number: int) -> str:
    match kind:
        case Kind.MBOX:
            return f"{path.stem}-{number}"
        case Kind.MAILDIR:
            return path.name.partition(":2,")[0]
        case Kind.EML:
            return path.stem
