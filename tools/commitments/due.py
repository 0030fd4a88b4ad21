"""By which day something was promised: read in the owner's zone, from the day on which it was said."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tools.followups.when import find_when

_ENGLISH = {
    "heute": "today", "morgen": "tomorrow", "übermorgen": "in 2 days", "montag": "monday", "dienstag": "tuesday",
    "mittwoch": "wednesday", "donnerstag": "thursday", "freitag": "friday", "samstag": "saturday", "sonntag": "sunday",
    "aujourd'hui": "today", "demain": "tomorrow", "lundi": "monday", "mardi": "tuesday", "mercredi": "wednesday",
    "jeudi": "thursday", "vendredi": "friday", "samedi": "saturday", "dimanche": "sunday",
    "hoy": "today", "mañana": "tomorrow", "lunes": "monday", "martes": "tuesday", "miércoles": "wednesday",
    "jueves": "thursday", "viernes": "friday", "sábado": "saturday", "domingo": "sunday",
    "hoje": "today", "amanhã": "tomorrow", "segunda-feira": "monday", "terça-feira": "tuesday", "terça": "tuesday",
    "quarta-feira": "wednesday", "quinta-feira": "thursday", "sexta-feira": "friday", "sexta": "friday",
    "oggi": "today", "domani": "tomorrow", "lunedì": "monday", "martedì": "tuesday", "mercoledì": "wednesday",
    "giovedì": "thursday", "venerdì": "friday", "sabato": "saturday", "domenica": "sunday",
    "vandaag": "today", "maandag": "monday", "dinsdag": "tuesday", "woensdag": "wednesday", "donderdag": "thursday",
    "vrijdag": "friday", "zaterdag": "saturday", "zondag": "sunday",
}  # fmt: skip
"""Names of days in the languages that promises are read in. Dutch "morgen" is the German one."""

_NAMED = re.compile(rf"\b(?:{'|'.join(sorted(_ENGLISH, key=len, reverse=True))})\b", re.IGNORECASE)
_WITHIN = re.compile(
    r"\bwithin (?:the )?(?:next )?(?=\w+ (?:working |business )?(?:hour|day|week|month)s?\b)", re.IGNORECASE
)
_WORKING = re.compile(r"\b(?:working|business) (?=days?\b)", re.IGNORECASE)
_SPEAKER = re.compile(r"\b(?:i|we|you|let me|ich|wir|je|nous|vou|vamos|voy|ik|wij)\b", re.IGNORECASE)
_OPENING = 25
"""Characters within which a day that opens the sentence stands: "By Friday", "On Monday morning"."""
_WHEN_ELSE = re.compile(
    r"\b(?:(?:is|are|am|be|i'm|he's|she's|they're) back|returns?|away|meeting|met|meets?|arrives?|flight|call|was|were"
    r"|yesterday|last|held|dated|deal)\b[^,.;]{0,20}$"
)
"""What tells that a day named after it is that of something else: "when she is back on Monday"."""


def due_on(quote: str, said_at: datetime, zone: str) -> date | None:
    """The day, in the owner's zone; None when none was named."""
    text = _WORKING.sub("", _WITHIN.sub("in ", quote))
    text = _NAMED.sub(lambda found: _ENGLISH[found[0].lower()], text)
    when = find_when(text, said_at, zone)
    if when is None or _WHEN_ELSE.search(text[: when.start].lower()) or _before_the_word(text, when.start):
        return None
    return when.at.astimezone(ZoneInfo(zone)).date()


def _before_the_word(text: str, start: int) -> bool:
    """Whether a day stands before the promise and does not open it: "the zoo is free on Saturday, and I will …"."""
    speaker = _SPEAKER.search(text)
    return speaker is not None and _OPENING < start < speaker.start()
