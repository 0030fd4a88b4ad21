"""Made-up mail and numbers for the acceptance tests, the same on every run."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, date, datetime, timedelta

from tests.fakes.program import letter

KINDS: dict[str, tuple[str, str, str]] = {
    "finance": (
        "Billing <billing@ledger.example>",
        "Invoice {number} is due",
        "Dear Ana,\n\nplease find below your invoice {number}. Amount due: EUR {amount}.00, payable by bank transfer to IBAN "
        "DE00 0000 0000 {number} within 14 days.\n\nAccounts receivable, Ledger Ltd",
    ),
    "personal": (
        "Mia Sousa <mia@family.example>",
        "Happy birthday, dear cousin!",
        "Dear Ana,\n\nhappy birthday! I wish you a wonderful day with cake and friends. Grandma and I call you tonight. "
        "See you at the party on Saturday.\n\nLots of love and a big hug,\nMia",
    ),
    "work": (
        "Carla Reis <carla@studio.example>",
        "Project plan for the kiln hall, version {number}",
        "Hi Ana,\n\nattached is the revised project plan. Could you review the schedule before our meeting on Thursday and "
        "send me your comments? The client expects the milestones by Friday.\n\nBest regards,\nCarla",
    ),
}
"""Kind -> who writes, the subject and the text. Written for the project."""


def mails(count: int, seed: int = 7) -> list[tuple[str, bytes]]:
    """Mails with the kind that each is of."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        kind = list(KINDS)[number % len(KINDS)]
        sender, subject, text = KINDS[kind]
        values = {"number": 1000 + number, "amount": chance.randint(40, 900)}
        at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=number + 1)
        raw = letter(
            subject.format(**values), text.format(**values), sender=sender, at=at, message_id=f"{kind}-{seed}-{number}"
        )
        made.append((kind, raw))
    return made


def sales(rows: int = 100, seed: int = 7) -> bytes:
    """A table of sales: date, product, sales and region, one row a day."""
    chance, out = random.Random(seed), io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["date", "product", "sales", "region"])
    for number in range(rows):
        day = date(2026, 1, 1) + timedelta(days=number)
        writer.writerow(
            [
                day.isoformat(),
                chance.choice(["Bowl", "Vase", "Plate"]),
                chance.randint(500, 5_000),
                chance.choice(["North", "South", "East", "West"]),
            ]
        )
    return out.getvalue().encode()
