"""The plan's mail pipeline, one mail after the other: the baseline of the triage bench.

Written as the plan's pseudocode has it: the rows of an ORM, the standard library's parser, rules that are read from YAML for
every mail and searched one by one with `re`, a commit a step. Mended only where it would crash on real mail, or would take
a word for another: encoded subjects, mail of several parts, senders without a domain. There is no classifier and no
embedding in it, and no index of words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from email.utils import parseaddr
from hashlib import sha256
from typing import Any

import yaml
from sqlalchemy import ARRAY, JSON, String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from bot.bench.bare import row_of

Rules = Callable[[Session], Sequence[Any]]
"""Gives the rules, as the plan's YAML reads, whenever a mail is looked at."""


class Base(DeclarativeBase):
    """The baseline's tables."""


class PlanEmail(Base):
    """A mail, and what its job came to."""

    __tablename__ = "plan_emails"
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    sender: Mapped[str]
    body: Mapped[str]
    status: Mapped[str]
    labels: Mapped[list[str]] = mapped_column(ARRAY(String))


class PlanRule(Base):
    """A rule as it was uploaded."""

    __tablename__ = "plan_rules"
    id: Mapped[int] = mapped_column(primary_key=True)
    config: Mapped[str]
    enabled: Mapped[bool]


class PlanAudit(Base):
    """What was done."""

    __tablename__ = "plan_audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str]
    resource_id: Mapped[int]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


def from_yaml_each_time(session: Session) -> Sequence[Any]:
    """As the plan has it: all rules are asked for and read again for every mail."""
    found = session.scalars(select(PlanRule).filter_by(enabled=True).order_by(PlanRule.id)).all()
    return [yaml.safe_load(rule.config) for rule in found]


def read_once(sources: Sequence[str]) -> Rules:
    """Kinder than the plan: the rules are read before the first mail."""
    rules = [yaml.safe_load(one) for one in sources]
    return lambda session: rules


@contextmanager
def emptied(url: str, sources: Sequence[str]) -> Iterator[Session]:
    """A session on empty tables with these rules in them."""
    engine = create_engine(url)
    try:
        Base.metadata.drop_all(engine)
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add_all(PlanRule(config=one, enabled=True) for one in sources)
            session.commit()
            yield session
        Base.metadata.drop_all(engine)
    finally:
        engine.dispose()


def process(session: Session, raw: bytes, rules: Rules) -> set[str]:
    """One mail from its bytes to its rows; gives its labels."""
    message = message_from_bytes(raw, policy=default)
    subject, sender, body = row_of(message)
    message_id = str(message["message-id"] or sha256(raw).hexdigest())
    known = session.scalars(select(PlanEmail).filter_by(message_id=message_id)).first()
    if known is not None:
        return set(known.labels)
    job = PlanEmail(message_id=message_id, subject=subject, sender=sender, body=body, status="processing", labels=[])
    session.add(job)
    session.commit()
    matched = [rule for rule in rules(session) if takes(rule["conditions"], subject, body, sender)]
    job.labels = sorted({action["label"] for rule in matched for action in rule["actions"]})
    job.status = "processed"
    session.commit()
    session.add(PlanAudit(action="email_processed", resource_id=job.id, details={"rules_applied": len(matched)}))
    session.commit()
    return set(job.labels)


def takes(conditions: Sequence[Any], subject: str, body: str, sender: str) -> bool:
    """Whether all conditions of a rule hold for a mail."""
    return all(_holds(one, subject, body, sender) for one in conditions)


def _holds(condition: Any, subject: str, body: str, sender: str) -> bool:
    field, operator, value = condition["field"], condition["operator"], condition["value"]
    if field == "subject":
        field_value = subject.lower()
    elif field == "body":
        field_value = body.lower()
    elif field == "from_domain":
        field_value = parseaddr(sender)[1].rpartition("@")[2].lower()
    else:
        return False
    if operator == "contains":
        return any(one in field_value for one in value)
    if operator == "matches_regex":
        return any(re.search(one, field_value) for one in value)
    return operator == "in" and field_value in value
