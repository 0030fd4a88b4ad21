"""Work: the kinds of job that can be asked for, each with its queue. `jobs` holds what is done for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Queue:
    """A queue per class of patience: a worker takes up a crashed job only after the longest time-out on its queue."""

    name: str
    timeout: timedelta


QUICK = Queue("deskhand:quick", timedelta(seconds=60))
STEADY = Queue("deskhand:steady", timedelta(minutes=5))
LONG = Queue("deskhand:long", timedelta(minutes=25))
QUEUES = (QUICK, STEADY, LONG)


@dataclass(frozen=True)
class Work:
    """A kind of job. `attempts` counts the first try."""

    kind: str
    queue: Queue
    attempts: int = 4


RESUME_APPROVAL = Work("resume_approval", QUICK, attempts=8)
FOLLOW_UP = Work("follow_up", QUICK)
POLL_MAIL = Work("poll_mail", STEADY)
TRIAGE_MAIL = Work("triage_mail", STEADY)
EMBED_MAIL = Work("embed_mail", LONG)
RUN_ANALYSIS = Work("run_analysis", LONG, attempts=2)
SHOW_APPROVAL = Work("show_approval", QUICK)
SWEEP = Work("sweep", QUICK)
COUNT_MAIL = Work("count_mail", LONG)
APPLY_RULES = Work("apply_rules", STEADY)
AUTO_REPLY = Work("auto_reply", QUICK, attempts=8)
DIGEST = Work("digest", QUICK)
END_SHADOW = Work("end_shadow", STEADY)
NOTE_PROMISES = Work("note_promises", STEADY)

EXPORT_DATA = Work("export_data", STEADY)

CANCELLABLE = frozenset({FOLLOW_UP.kind, POLL_MAIL.kind, RUN_ANALYSIS.kind, SHOW_APPROVAL.kind, EXPORT_DATA.kind})
"""What a person may call off. An approved mail is no such thing: it is undone before it leaves, or not at all."""
