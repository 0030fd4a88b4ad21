"""Facts: what rules ask of a mail, laid out so that each field is read once however many rules ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from tools.rules.text import READ, folded, seen


@dataclass(frozen=True)
class Facts:
    """One mail as rules see it."""

    id: UUID
    texts: Mapping[str, tuple[str, ...]]
    """Field -> its values as they are: one for the subject, several for the recipients."""
    confidence: float
    age: float
    """Days since it was sent."""
    has_attachment: bool
    needs_me: bool
    similarity: Mapping[str, float] = field(default_factory=dict)
    """Text that a rule compares with -> cosine; the empty text stands for the nearest other mail."""

    _seen: dict[str, str] = field(default_factory=dict, compare=False, repr=False)
    _folded: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def lines(self, name: str) -> str:
        """A field's values on lines, for patterns."""
        if name not in self._seen:
            self._seen[name] = seen("\n".join(self.texts[name]))
        return self._seen[name]

    def folded(self, name: str) -> str:
        """The same without capitals, for words."""
        if name not in self._folded:
            self._folded[name] = self.lines(name).casefold()
        return self._folded[name]

    def wholes(self, name: str) -> set[str]:
        """Each value of a field as a whole, without capitals."""
        return {folded(one).strip() for one in self.texts[name]}

    def value(self, name: str) -> float | bool:
        """A field that is a number, or yes or no."""
        found: float | bool = getattr(self, name)
        return found


def facts(row: Row[Any], at: datetime, similarity: Mapping[str, float] | None = None) -> Facts:
    """The facts of a stored mail."""
    people = [*row.recipients.get("to", ()), *row.recipients.get("cc", ())]
    named = [part for one in people for part in (one["name"], one["address"]) if part]
    texts = {
        "subject": (row.subject,),
        "body": (row.body[:READ],),
        "from": tuple(filter(None, (row.sender_name, row.sender_address))),
        "to": tuple(named),
        "attachment": tuple(one["name"] for one in row.attachments),
        "from_domain": tuple(filter(None, (row.sender_address.rpartition("@")[2], row.sender_address))),
        "label": tuple(row.labels),
        "category": (row.category or "",),
    }
    return Facts(
        id=row.id,
        texts=texts,
        confidence=row.confidence or 0.0,
        age=max(0.0, (at - row.sent_at).total_seconds() / 86_400),
        has_attachment=bool(row.has_attachment),
        needs_me=bool(row.needs_me),
        similarity=similarity or {},
    )
