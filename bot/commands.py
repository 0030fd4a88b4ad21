"""Commands: one table for every platform. Each is a slash word, and where no doubt is possible a plain word too."""

from __future__ import annotations

import re

from agent.chat import Reply, Word
from bot import linking_command
from bot.command import Command, Given
from bot.deeds import (
    admin,
    autoreply,
    categories,
    digest,
    drafts,
    jobs,
    mail,
    person,
    promises,
    rules,
    style,
    templates,
    trust,
    usage,
)
from storage.values.access import Permission
from storage.values.errors import Refused
from tools.mail.linking import LINKS


async def _help(given: Given) -> list[Word]:
    """What can be said, by role; with a command's name, how that one is used."""
    named = given.words.strip().lstrip("/").casefold()
    if named in BY_NAME:
        one = BY_NAME[named]
        example = f"\nFor example: {one.example}" if one.example else ""
        return [Reply(f"{one.shape}: {one.help}.{example}")]
    lines = [f"{one.shape}: {one.help}" for one in COMMANDS if given.caller.may(one.permission)]
    return [
        Reply(
            "Say in your own words what you want, for example:\n"
            "- what needs me today?\n- find the invoice from the clay supplier\n- label 1 and 2 Finance\n"
            "- reply to 3 that Thursday works\n- show revenue by month as a chart\n- remind me on Tuesday at 9 about it\n"
            "Nothing leaves without your click.\n\nCommands:\n" + "\n".join(lines)
        )
    ]


async def _alone(given: Given) -> list[Word]:
    """A slash word that is talk with a slash: the mind hears what comes after it, and here nothing did."""
    raise Refused(f"Say what to do after the word, {_examples()}.")


def _examples() -> str:
    return " or ".join(f"“{one.example}”" for one in COMMANDS if one.said)


COMMANDS: tuple[Command, ...] = (
    Command("help", "what I can do", _help, usage="[command]", plain=("help", "?"), example="/help undo"),
    Command("menu", "everything at a glance", person.menu, plain=("menu", "dashboard")),
    Command("inbox", "your unread mail", mail.inbox),
    Command(
        "find",
        "find mail by words, sender, date or meaning",
        _alone,
        usage="WORDS",
        example="/find the invoice from the clay supplier",
        said="find {}",
    ),
    Command("process", "read your mailboxes now", mail.process),
    Command("approvals", "the drafts that wait for your word", drafts.approvals),
    Command("review", "all drafts that wait on one card", drafts.review_all, plain=("review", "review all drafts")),
    Command(
        "approve",
        "send the draft that waits here, or some of a review",
        drafts.approve,
        usage="[1 3]",
        plain=("approve", "approve & send", "approve and send"),
        example="/approve 1 3",
    ),
    Command("reject", "do not send it", drafts.reject, plain=("reject",)),
    Command(
        "undo",
        "take back the last thing, the last few, or all since a time",
        mail.undo,
        usage="[3 | since 9]",
        plain=("undo",),
        example="/undo since 9",
    ),
    Command(
        "followup",
        "come back to a mail at a time, unless it is answered",
        _alone,
        usage="WHEN about WHICH MAIL",
        example="/followup on Tuesday at 9 about 2",
        said="remind me {}",
    ),
    Command(
        "analyze",
        "figures, a chart or a report from a table that you gave",
        _alone,
        permission=Permission.LAUNCH_JOBS,
        usage="FILE or QUESTION",
        example="/analyze sales.csv",
        said="analyze {}",
    ),
    Command("followups", "what you wanted to come back to", mail.follow_ups),
    Command(
        "promises",
        "what you promised in mail, and what others promised you",
        promises.promises,
        usage=promises.USAGE,
        plain=("promises", "my promises"),
        example="/promises done 2",
    ),
    Command("memory", "what I was asked to remember", mail.memory, usage="[topic]", example="/memory Bruno"),
    Command(
        "rules",
        "what is done with new mail, and adding to it",
        rules.rules,
        usage=rules.USAGE,
        permission=Permission.CREATE_RULES,
        example="/rules when a mail from kiln.example has an attachment, label it Finance",
    ),
    Command(
        "templates",
        "texts for answers, and who approved them",
        templates.templates,
        usage=templates.USAGE,
        permission=Permission.CREATE_TEMPLATES,
        example="/templates add away: Hello {{sender_first_name | there}}, I am away until Monday.",
    ),
    Command(
        "autoreply",
        "what may be answered without a click",
        autoreply.autoreply,
        usage=autoreply.USAGE,
        example="/autoreply limit 10",
    ),
    Command(
        "digest",
        "what waits, what was done, and what was left out",
        digest.digest,
        usage=digest.USAGE,
        example="/digest at 8 17",
    ),
    Command(
        "trust",
        "what I do without being asked, on what that rests, and moving it",
        trust.trust,
        usage=trust.USAGE,
        permission=Permission.CREATE_RULES,
        plain=("trust", "what may you do by yourself", "what may you do by yourself?", "what do you do by yourself?"),
        example="/trust ask 1",
    ),
    Command(
        "why",
        "why a mail was sorted, labelled or answered as it was",
        digest.why,
        usage="[which mail]",
        example="/why 2",
    ),
    Command(
        "sort",
        "put a mail where it belongs, and mail like it after it",
        digest.sort,
        usage="WHICH MAIL as CATEGORY",
        example="/sort 2 as newsletter",
    ),
    Command(
        "categories",
        "categories of your own, each from a handful of examples",
        categories.categories,
        usage=categories.USAGE,
        example="/categories add Invoices: 1 4 7",
    ),
    Command("jobs", "the latest jobs", jobs.jobs, permission=Permission.LAUNCH_JOBS),
    Command("job", "one job in full", jobs.job, usage="ID", permission=Permission.LAUNCH_JOBS, example="/job 3f92ab"),
    Command(
        "cancel", "call a job off", jobs.cancel, usage="ID", permission=Permission.LAUNCH_JOBS, example="/cancel 3f92ab"
    ),
    Command(
        "link",
        "a code that makes another chat yours, or an address that links a mailbox",
        person.link,
        usage=f"[{' | '.join((*LINKS, 'imap'))}]",
        example="/link gmail",
    ),
    Command(
        "accounts",
        "your mailboxes, the default, other addresses, and parting from one",
        linking_command.accounts,
        usage="[default ADDRESS | alias ADDRESS | unlink ADDRESS]",
        example="/accounts default ana@example.org",
    ),
    Command("unlink", "part from this chat", person.unlink),
    Command(
        "settings",
        "your zone, where you are told things, and which at once",
        person.settings,
        usage="[zone NAME | notify CHANNEL | tell all | style on]",
        example="/settings zone Europe/Lisbon",
    ),
    Command(
        "style",
        "how you write, as far as you let me learn it for drafts",
        style.style,
        usage=style.USAGE,
        example="/style on",
    ),
    Command(
        "usage",
        "what was done for you, in tokens and money too",
        usage.usage,
        usage="[today | month]",
        example="/usage today",
    ),
    Command("export", "everything that I keep about you, as a file", person.export),
    Command(
        "audit",
        "who did what, newest first",
        admin.audit,
        usage="[action] [page]",
        permission=Permission.VIEW_AUDIT_LOGS,
        example="/audit reply_sent",
    ),
)
"""`/stop` is not here: it is handled before anything that waits in a queue."""

BY_NAME = {one.name: one for one in COMMANDS}
BY_WORDS = {words: one for one in COMMANDS for words in one.plain}
STOP_WORDS = frozenset({"stop", "/stop", "stop!", "🛑", "halt", "cancel everything"})

_NUMBERED = re.compile(r"(approve)\s+((?:\d{1,3}(?:\s*,\s*|\s+and\s+|\s+)?)+)", re.IGNORECASE)
"""`approve 1 and 3`: means the review that was shown."""


def as_talk(text: str) -> str:
    """What the mind hears: `/analyze sales.csv` is `analyze sales.csv`, all else is itself."""
    name, _, words = text.strip().removeprefix("/").partition(" ")
    command = BY_NAME.get(name.casefold()) if text.strip().startswith("/") else None
    return command.said.format(words.strip()) if command and command.said and words.strip() else text


def is_command(text: str) -> bool:
    """Whether a message is meant as a command, be there one of that name or not."""
    said = text.strip()
    return said.startswith("/") or said.casefold().rstrip(".! ") in BY_WORDS or _numbered(said) is not None


def _numbered(said: str) -> re.Match[str] | None:
    return _NUMBERED.fullmatch(said.rstrip(".! "))


def find(text: str) -> tuple[Command, str] | None:
    """The command that a message is, and the words after it. Refused for a slash word that is none."""
    said = text.strip()
    if said.startswith("/"):
        name, _, words = said[1:].partition(" ")
        command = BY_NAME.get(name.casefold())
        if command is None:
            raise Refused(f"There is no command /{name[:30]}. Type /help to see what there is.")
        return command, words.strip()
    numbered = _numbered(said)
    if numbered is not None:
        return BY_NAME[numbered[1].casefold()], numbered[2]
    command = BY_WORDS.get(said.casefold().rstrip(".! "))
    return (command, "") if command else None
