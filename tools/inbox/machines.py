"""Mail that no person wrote to another by hand: lists, automatic senders and reports, as their headers declare it."""

from __future__ import annotations

import re
from typing import Literal

from tools.mail.email import Address, Email

ListKind = Literal["", "discussion", "broadcast"]
ReportKind = Literal["", "bounce", "feedback", "receipt"]
SenderKind = Literal["person", "office", "promotional", "machine"]

_BROADCAST_HEADERS = (
    "list-unsubscribe",
    "list-unsubscribe-post",
    "feedback-id",
    "list-help",
    "list-subscribe",
    "x-campaign-id",
)
_DISCUSSION_HEADERS = (
    "x-beenthere",
    "x-mailman-version",
    "mailing-list",
    "x-mailing-list",
    "list-archive",
    "archived-at",
    "x-mlserver",
)
_RESPONDER_HEADERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from", "x-mail-autoreply")
_BOUNCE_HEADERS = ("x-failed-recipients", "x-ms-exchange-message-is-ndr", "x-ms-embedded-report")
_LIST_MANAGER = re.compile(
    r"^(?:listserv|majordomo|sympa|mailman|listmaster|ezmlm)\b|[-_.](?:admin|owner|request|bounces?|confirm|help)@"
)
# Amazon SES tells of bounces, complaints and deliveries as JSON in the body of an ordinary mail.
_SES_REPORT = re.compile(r'"notificationType"\s*:\s*"(Bounce|Complaint|Delivery)"')
_SES: dict[str, ReportKind] = {"Bounce": "bounce", "Complaint": "feedback", "Delivery": "receipt"}
_FEEDBACK_SUBJECT = re.compile(
    r"^(?:fw: )?(?:complaint|abuse report|email feedback report|\[?spam complaint)", re.IGNORECASE
)

_POSTMASTER = re.compile(
    r"^(?:mailer[-_.]?daemon|postmaster|mail[-_.]?daemon|mdaemon|bounces?|mail[-_. ]delivery|double-bounce)\b"
)
_UNDELIVERED = re.compile(
    r"undeliver|not (?:be )?deliver|deliver[a-z]* (?:status|fail|problem|error|report|delay|incomplete|has|to)|delivery$"
    r"|returned (?:mail|to sender|message)|mail (?:delivery|system|error)|non[- ]?delivery|error sending your mail"
    r"|(?:failure|failed|error|warning).{0,30}(?:notice|mail|message|deliver)"
    r"|(?:message|mail).{0,30}(?:failed|failure|delayed|rejected|error)"
    r"|unzustell|nicht zugestellt|non remis|no entregado",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"^(?:auto(?:matic|mated|matische)?[- ]?(?:reply|response|antwort)|autoreply|out of (?:the )?office|vacation (?:reply|message)"
    r"|abwesenheit|r[ée]ponse automatique|respuesta autom[áa]tica|resposta autom[áa]tica|risposta automatica)",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"(?:no|do-?not|dont)[-_.]?reply|unattended|^(?:notif|alerts?|auto[-_.]?|automat|daemon|root|cron|system|robot|bot|builds?|ci|jira|git"
    r"|jenkins|monitor|calendar|security|receipts?|shipping|shipment|tracking|statements?|confirm|verification|mailer|postmaster|mailer-daemon|bounce)(?:ications?|ifications?|ed)?\b"
)
_PROMOTIONAL = re.compile(
    r"newsletter|^(?:news|offers?|deals?|promo|promotions?|marketing|digest|bulletin|editor|mailing|campaigns?|sale|specials?|updates?|weekly"
    r"|daily|subscriptions?|member(?:s|ship)?|rewards?|shop|store|events)\b|@(?:e|em|email|mail|news|newsletters?|mktg?|marketing|promo|reply|links?)\."
)
_OFFICE = re.compile(
    r"^(?:info|sales|support|hello|hi|team|office|contact|help|helpdesk|hr|jobs|careers|accounts|accounting|finance|invoices?|invoicing"
    r"|admin|account|billing|orders?|procurement|purchasing|secretary|customer|customerservice|customercare|enquiries|inquiries|reception|booking|bookings|studio|press|service|legal)\b"
)


def list_kind(email: Email) -> ListKind:
    """What sort of list carried a message. Of a list header only the presence counts, never its value."""
    post = email.header("list-post").strip().lower()
    precedence = email.header("precedence").strip().lower()
    if (post and post != "no") or any(name in email.headers for name in _DISCUSSION_HEADERS) or precedence == "list":
        return "discussion"
    if "list-id" in email.headers and _written_to_list(email):
        return "discussion"
    if "list-id" in email.headers or precedence in ("bulk", "junk"):
        return "broadcast"
    return "broadcast" if any(name in email.headers for name in _BROADCAST_HEADERS) else ""


def _written_to_list(email: Email) -> bool:
    """Whether it is addressed to the list itself, as what people write to each other is; a mailing names its reader."""
    named = email.header("list-id").lower()
    lists = [one.address.replace("@", ".") for one in (*email.to, *email.cc) if "@" in one.address]
    return any(one in named for one in lists)


def auto_submitted(email: Email) -> str:
    """The kind of automatic submission (RFC 3834 and its common forerunners); empty when a person pressed send."""
    stated = re.split(r"[;(\s]", email.header("auto-submitted").strip().lower(), maxsplit=1)[0]
    if stated and stated != "no":
        return stated if stated in ("auto-replied", "auto-notified") else "auto-generated"
    answers = (
        any(name in email.headers for name in _RESPONDER_HEADERS) or email.header("precedence").lower() == "auto_reply"
    )
    if answers or _AWAY.match(email.subject):
        return "auto-replied"
    if "x-auto-response-suppress" in email.headers or email.header("return-path").replace(" ", "") == "<>":
        return "auto-generated"  # an empty return path: nobody who could be answered (RFC 5321, 4.5.5)
    manager = email.sender is not None and _LIST_MANAGER.search(email.sender.address)
    return "auto-generated" if manager and list_kind(email) else ""


def report_kind(email: Email) -> ReportKind:
    """Whether a mail server or a provider reports on an earlier message."""
    stated = email.header("content-type").lower()
    types = {one.media_type for one in email.attachments}
    if "message/feedback-report" in types or "feedback-report" in stated:
        return "feedback"
    if "message/disposition-notification" in types or "disposition-notification" in stated:
        return "receipt"
    if (
        "message/delivery-status" in types
        or "delivery-status" in stated
        or any(name in email.headers for name in _BOUNCE_HEADERS)
    ):
        return "bounce"
    ses = _SES_REPORT.search(email.text[:2_000])
    if ses:
        return _SES[ses[1]]
    return _report_without_mime(email, bool(types & {"message/rfc822", "text/rfc822-headers"}))


def _report_without_mime(email: Email, encloses: bool) -> ReportKind:
    """Old and odd servers only say it in the sender, the empty return path and the subject."""
    sender = email.sender
    postmaster = sender is not None and bool(
        _POSTMASTER.match(sender.address) or _POSTMASTER.match(sender.name.lower())
    )
    no_return = email.header("return-path").replace(" ", "") == "<>"
    if _UNDELIVERED.search(email.subject) and (postmaster or no_return or encloses):
        return "bounce"
    if encloses and (postmaster or no_return or sender_kind(sender) == "machine"):
        return "bounce"  # a machine gives the owner's own mail back, whatever language its subject is in
    if postmaster and (no_return or _UNDELIVERED.search(email.text[:2_000])):
        return "bounce"
    return "feedback" if encloses and _FEEDBACK_SUBJECT.match(email.subject) else ""


def sender_kind(sender: Address | None) -> SenderKind:
    """Who stands behind an address, as far as its own words tell."""
    address = sender.address if sender else ""
    if _MACHINE.search(address):
        return "machine"
    if _PROMOTIONAL.search(address):
        return "promotional"
    return "office" if _OFFICE.search(address) else "person"
