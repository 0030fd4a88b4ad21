"""The clock's door: what is done later, again, or while nobody waits. A job type is one handler and one line here."""

from __future__ import annotations

from jobs import (
    apply_rules,
    auto_reply,
    count_mail,
    digest,
    end_shadow,
    export_data,
    follow_up,
    note_promises,
    poll_mail,
    resume_approval,
    run_analysis,
    show_approval,
    sweep,
    triage_mail,
)
from jobs.job import Farewell, Handler
from tools import work

JOBS: dict[str, tuple[work.Work, Handler]] = {
    work.POLL_MAIL.kind: (work.POLL_MAIL, poll_mail.poll_mail),
    work.TRIAGE_MAIL.kind: (work.TRIAGE_MAIL, triage_mail.triage_mail),
    work.EMBED_MAIL.kind: (work.EMBED_MAIL, triage_mail.embed_mail),
    work.RESUME_APPROVAL.kind: (work.RESUME_APPROVAL, resume_approval.resume_approval),
    work.SHOW_APPROVAL.kind: (work.SHOW_APPROVAL, show_approval.show_approval),
    work.FOLLOW_UP.kind: (work.FOLLOW_UP, follow_up.follow_up),
    work.RUN_ANALYSIS.kind: (work.RUN_ANALYSIS, run_analysis.run_analysis),
    work.SWEEP.kind: (work.SWEEP, sweep.sweep),
    work.COUNT_MAIL.kind: (work.COUNT_MAIL, count_mail.count_mail),
    work.APPLY_RULES.kind: (work.APPLY_RULES, apply_rules.apply_rules),
    work.AUTO_REPLY.kind: (work.AUTO_REPLY, auto_reply.auto_reply),
    work.DIGEST.kind: (work.DIGEST, digest.digest),
    work.END_SHADOW.kind: (work.END_SHADOW, end_shadow.end_shadow),
    work.NOTE_PROMISES.kind: (work.NOTE_PROMISES, note_promises.note_promises),
    work.EXPORT_DATA.kind: (work.EXPORT_DATA, export_data.export_data),
}
"""Kind -> its queue and attempts, and the function that does it."""

GIVEN_UP: dict[str, Farewell] = {
    work.RESUME_APPROVAL.kind: resume_approval.given_up,
    work.AUTO_REPLY.kind: auto_reply.given_up,
}
"""Kind -> what a failure means, where that is more than a sentence."""
