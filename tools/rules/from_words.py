"""Rules from plain words: “when a mail from kiln.example has an attachment, label it Finance”. What is not understood is
said; nothing is guessed, and the person sees the rule before it is saved."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

from storage.values.errors import Refused
from tools.rules.language import read_rules
from tools.rules.rule import (
    Action,
    All,
    Any,
    ApplyLabel,
    Archive,
    AutoReply,
    Condition,
    CreateTask,
    Flag,
    Not,
    Rule,
    Test,
)
from tools.rules.writing import write_rule

HOW = (
    "Say it like “when a mail from kiln.example has an attachment, label it Finance”. I understand from, to, subject, text, "
    "about, attachments, categories, needs me and how sure; label, flag, archive, remind me, and answer with a template."
)
LONGEST = 600
CATEGORIES = ("work", "personal", "newsletter", "notification", "forum", "spam", "phishing")

_QUOTED = re.compile(r"[\"“”«»„]([^\"“”«»„]{1,200})[\"“”«»„]|(?<!\w)'([^']{1,200})'(?!\w)")
_HELD = re.compile(r"\x02(\d+)\x03")
_BEGINS = re.compile(r"^(?:please\s+)?(?:from now on,?\s+)?(?:always\s+)?(?:rule:?\s+)?", re.IGNORECASE)
_WHEN = re.compile(
    r"^(?:when(?:ever)?|if|each time|every time)\s+(.+?)(?:\s*,\s*(?:then\s+)?|\s+then\s+)(.+)$", re.IGNORECASE
)
_AFTER = re.compile(r"^(.+?),?\s+(?:when(?:ever)?|if)\s+(.+)$", re.IGNORECASE)


def rule_from_words(words: str) -> Rule:
    """The rule that somebody said. Refused, naming what was not understood."""
    if len(words) > LONGEST:
        raise Refused(f"That is too long for a rule in words (at most {LONGEST} characters). {HOW}")
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(found[1] or found[2])
        return f"\x02{len(held) - 1}\x03"

    text = _BEGINS.sub("", _QUOTED.sub(hold, " ".join(words.split())).strip().rstrip("."))
    when = _WHEN.match(text)
    after = None if when else _AFTER.match(text)
    if when:
        said, then = when[1], when[2]
    elif after:
        said, then = after[2], after[1]
    else:
        raise Refused(f"I do not see when the rule should act. {HOW}")
    condition = _conditions(said, held)
    actions = tuple(
        _action(one.strip(), held)
        for one in re.split(r"\s*(?:,\s*(?:and\s+)?|\band\s+(?:then\s+)?)(?=\w|\x02)", then)
        if one.strip()
    )
    title = " ".join(words.split())[:120]
    rule = Rule(_slug(actions, condition), title, condition, actions)
    return read_rules(write_rule(rule))[0]  # what the language refuses is refused here too


def _conditions(said: str, held: list[str]) -> Condition:
    """`or` binds less than `and`."""
    either = [
        _all([_part(one.strip(), held) for one in re.split(r",?\s+and\s+(?!then)|,\s+", group) if one.strip()])
        for group in re.split(r",?\s+or\s+(?=(?:it|the|a|an|its|mails?|when|if)\b)", said)
    ]
    return either[0] if len(either) == 1 else Any(tuple(either))


def _all(parts: Sequence[Condition]) -> Condition:
    flat: list[Condition] = []
    for one in parts:
        flat += one.parts if isinstance(one, All) else (one,)
    return All(tuple(flat))


_THE = r"(?:(?:a|an|any|the|its|their)\s+)?"
_MAIL = (
    rf"(?:{_THE}(?:new\s+)?(?:e-?mails?|mails?|messages?|it|they)\s+)?(?:that\s+|which\s+)?"
    r"(?:comes?\s+in\s+|comes?\s+|arrives?\s+|is\s+|are\s+)?"
)
_FROM = rf"{_MAIL}(?:sent |written )?(?:from|by) (?P<who>.+?)"
_REST = r"(?P<rest>(?:has|with|without|is about|about|needs|mentions|contains|says)\b.+)"
_SAYS = r"(?:that )?(?:contains?|says|has|mentions|includes|with|is about)"
_FILES = r"(?:an? |any |some )?(?:attachments?|attached files?|files?)(?: attached)?"
_WRITES = r"(?:writes(?: to me)?|sends(?: me)? (?:a |an )?(?:e-?mail|mail|message))"


def _part(said: str, held: list[str]) -> Condition:
    for pattern, make in _PARTS:
        found = pattern.fullmatch(said)
        if found:
            return make({name: _freed(value or "", held) for name, value in found.groupdict().items()})
    raise Refused(f"I do not understand “{_freed(said, held)}”. {HOW}")


def _words(said: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in re.split(r"\s+or\s+|\s*\|\s*", said) if one.strip())


def _from(found: dict[str, str]) -> Condition:
    whole: list[str] = []
    part: list[str] = []
    for one in _words(found["who"]):
        name = one.removeprefix("@").casefold()
        (whole if re.fullmatch(r"[^\s@]+@[^\s@]+|(?:[\w-]+\.)+\w{2,}", name) else part).append(name)
    made: list[Condition] = []
    if whole:
        made.append(Test("from_domain", "in", tuple(whole)))
    if part:
        made.append(Test("from", "contains", tuple(part)))
    one_of: Condition = made[0] if len(made) == 1 else Any(tuple(made))
    rest = found.get("rest", "")
    if rest:
        return All((one_of, _part(rest, [])))
    return one_of


def _about(found: dict[str, str]) -> Condition:
    words = _words(found["words"])
    return Any((Test("subject", "contains", words), Test("body", "contains", words)))


def _text(field: Literal["subject", "body", "to"]) -> Callable[[dict[str, str]], Condition]:
    return lambda found: Test(field, "contains", _words(found["words"]))


def _category(found: dict[str, str]) -> Condition:
    words = tuple(
        one.removesuffix("s") if one.removesuffix("s") in CATEGORIES else one
        for one in _words(found["words"].casefold())
    )
    unknown = [one for one in words if one not in CATEGORIES]
    if unknown:
        raise Refused(f"There is no category “{unknown[0]}”; there is {', '.join(CATEGORIES)}.")
    return Test("category", "in", words)


def _sure(found: dict[str, str]) -> Condition:
    return Test("confidence", "gte", float(found["percent"]) / 100)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_CATEGORY = rf"(?:{'|'.join(CATEGORIES)})s?"
_PARTS: tuple[tuple[re.Pattern[str], Callable[[dict[str, str]], Condition]], ...] = (
    (_compiled(rf"{_MAIL}not (?:sent |written )?(?:from|by) (?P<who>.+?)"), lambda found: Not(_from(found))),
    (_compiled(rf"{_FROM}\s+{_REST}"), _from),
    (_compiled(rf"{_FROM}(?:\s+(?:comes in|comes|arrives))?"), _from),
    (_compiled(rf"(?P<who>(?:[\w.+-]+@)?(?:[\w-]+\.)+\w{{2,}}) {_WRITES}"), _from),
    (_compiled(rf"{_MAIL}(?:has |with |have )?(?P<words>.+?) in (?:the|its) subject"), _text("subject")),
    (_compiled(rf"(?:{_MAIL}(?:has |with )?)?{_THE}subject {_SAYS} (?P<words>.+)"), _text("subject")),
    (_compiled(rf"{_MAIL}(?:has |with )(?P<words>.+?) in (?:the|its) (?:text|body)"), _text("body")),
    (_compiled(rf"{_THE}(?:text|body) {_SAYS} (?P<words>.+)"), _text("body")),
    (
        _compiled(rf"{_MAIL}(?:has|have|with|comes? with|carries) {_FILES}"),
        lambda _: Test("has_attachment", "equals", value=True),
    ),
    (
        _compiled(rf"{_MAIL}(?:has no|have no|without|with no) {_FILES}"),
        lambda _: Test("has_attachment", "equals", value=False),
    ),
    (
        _compiled(rf"{_MAIL}(?:needs me|waits? for me|needs? my (?:answer|attention))"),
        lambda _: Test("needs_me", "equals", value=True),
    ),
    (
        _compiled(
            rf"{_MAIL}(?:sorted as |an? |category (?:is )?)?(?P<words>{_CATEGORY}(?: or {_CATEGORY})*)(?: mails?)?"
        ),
        _category,
    ),
    (
        _compiled(
            r"(?:you are|i am|the sorting is) (?:at least )?(?P<percent>\d{1,3}) ?(?:%|percent) (?:sure|certain|confident)"
        ),
        _sure,
    ),
    (_compiled(rf"{_MAIL}(?:sent |addressed )?to (?P<words>.+)"), _text("to")),
    (_compiled(rf"{_MAIL}about (?P<words>.+)"), _about),
    (_compiled(rf"{_MAIL}(?:mentions|contains|says|includes) (?P<words>.+)"), _about),
)
"""What can be said of a mail; the first that fits as a whole is meant."""


def _action(said: str, held: list[str]) -> Action:
    for pattern, make in _ACTIONS:
        found = pattern.fullmatch(said)
        if found:
            return make({name: _freed(value or "", held) for name, value in found.groupdict().items()})
    raise Refused(f"I do not understand what to do: “{_freed(said, held)}”. {HOW}")


def _task(found: dict[str, str]) -> Action:
    return CreateTask(found.get("title") or "Come back to this mail", found.get("due") or "tomorrow at 9")


def _answer(found: dict[str, str]) -> Action:
    return AutoReply(found["name"].casefold())


def _draft(found: dict[str, str]) -> Action:
    return AutoReply(found["name"].casefold(), requires_approval=True)


def _label(found: dict[str, str]) -> Action:
    return ApplyLabel(found["label"])


_THEM = r"(?:it|them|those|these|the mails?|mails?|that)"
_USING = r"(?:with|from|using) (?:the |my )?(?:template )?(?P<name>[\w-]+)(?: template)?"
_TIME = r"(?P<due>tomorrow.*|in \d.+|on \w+day.*|next .+|at \d.+)"
_ACTIONS: tuple[tuple[re.Pattern[str], Callable[[dict[str, str]], Action]], ...] = (
    (_compiled(rf"(?:label|tag) {_THEM} (?:as |with )?(?P<label>.+)"), _label),
    (_compiled(rf"(?:put|apply|add|set) (?:the )?label (?P<label>.+?)(?: (?:on|to) {_THEM})?"), _label),
    (_compiled(rf"file {_THEM} (?:under|as|in) (?P<label>.+)"), _label),
    (_compiled(rf"archive {_THEM}"), lambda _: Archive()),
    (_compiled(rf"(?:flag|mark) {_THEM}(?: as)? (?:low(?: priority)?|unimportant)"), lambda _: Flag("low")),
    (_compiled(rf"(?:flag|mark) {_THEM}(?: as)? (?:normal(?: priority)?|flagged)"), lambda _: Flag("normal")),
    (_compiled(rf"flag {_THEM}"), lambda _: Flag("high")),
    (_compiled(rf"(?:flag|mark) {_THEM}(?: as)? (?:high(?: priority)?|important|urgent)"), lambda _: Flag("high")),
    (_compiled(rf"draft (?:a |an |the )?(?:reply|answer|response) {_USING}"), _draft),
    (_compiled(rf"(?:auto-?)?(?:reply|answer|respond)(?: to)?(?: {_THEM})? {_USING}"), _answer),
    (_compiled(rf"remind me(?: (?:about|of) {_THEM})?(?: {_TIME})?"), _task),
    (_compiled(rf"remind me to (?P<title>.+?)(?: {_TIME})?"), _task),
)
"""What can be done with it."""


def _freed(said: str, held: list[str]) -> str:
    return _HELD.sub(lambda found: held[int(found[1])], said).strip()


def _slug(actions: Sequence[Action], condition: Condition) -> str:
    """A name made of what is looked for and what is done."""
    done = (
        {ApplyLabel: "label", Flag: "flag", Archive: "archive", AutoReply: "answer", CreateTask: "remind"}[
            type(actions[0])
        ]
        if actions
        else "rule"
    )
    first = next(iter(_values(condition)), "mail")
    extra = actions[0].label if actions and isinstance(actions[0], ApplyLabel) else ""
    words = re.findall(r"[a-z0-9]+", f"{done} {extra} {first}".casefold())
    return "_".join(words)[:60].strip("_") or "rule"


def _values(condition: Condition) -> list[str]:
    if isinstance(condition, Test):
        return list(condition.value[:1]) if isinstance(condition.value, tuple) else [condition.field]
    parts = (condition.part,) if isinstance(condition, Not) else condition.parts
    return [one for part in parts for one in _values(part)]
