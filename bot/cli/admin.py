"""The admin's tools: light groups here; what they do is in `listings`, `upkeep` and `chain`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]


def _group(help_: str) -> typer.Typer:
    return typer.Typer(help=help_, no_args_is_help=True, rich_markup_mode=None)


def _listing(noun: str, help_: str) -> typer.Typer:
    """A group with the one command `list`."""
    group = _group(help_)

    @group.callback()
    def _open() -> None:
        """Keeps `list` a command of its own."""

    @group.command("list", help=help_)
    def _list(json: Json = False) -> None:
        _call("listings", noun, json=json)

    return group


def _call(module: str, *words: object, **options: object) -> None:
    from importlib import import_module

    from bot.cli.ending import ended

    ended(import_module(f"bot.cli.{module}").command, *words, **options)


db = _group("The memory's shape.")


@db.command()
def upgrade() -> None:
    """Brings the memory to its newest shape."""
    _call("upkeep", "upgrade")


@db.command()
def downgrade(revision: Annotated[str, typer.Argument(help="The step to go back to; `base` empties it.")]) -> None:
    """Takes the memory back to an older shape."""
    _call("upkeep", "downgrade", revision)


audit = _listing("audit", "Who did what, newest first.")


@audit.command()
def verify(
    head: Annotated[
        str | None, typer.Option(help="A head that was printed or logged before, such as 42:3f9a….")
    ] = None,
) -> None:
    """Recomputes the chain of every workspace, names the first row that is wrong, and prints each chain's head. Kept
    elsewhere and given back with --head, that shows a chain that was cut off or written anew."""
    _call("chain", head)


jobs = _listing("jobs", "The latest jobs.")


@jobs.command()
def cancel(job: Annotated[str, typer.Argument(help="The job's id.")]) -> None:
    """A job that has not ended is not done any more."""
    _call("upkeep", "cancel", job)


people = _listing("people", "Who lives here.")


@people.command()
def code(name: Annotated[str, typer.Argument(help="Whose chat is to be linked.")]) -> None:
    """A code that makes a chat theirs: they send it there within ten minutes, and it works once."""
    _call("upkeep", "code", name)


accounts = _listing("accounts", "The linked mailboxes.")

Resident = Annotated[str | None, typer.Option("--as", help="Whose mailbox; who spoke last, if not said.")]


@accounts.command()
def link(provider: Annotated[str, typer.Argument(help="gmail or outlook.")], as_: Resident = None) -> None:
    """Prints an address that links a mailbox; `deskhand serve` must run where it leads."""
    _call("accounts", "link", provider, as_)


@accounts.command()
def unlink(
    address: Annotated[str, typer.Argument(help="The mailbox's address; gmail:ADDRESS where two have it.")],
    as_: Resident = None,
) -> None:
    """Unlinks a mailbox, ends our access at its provider, and deletes here what was read from it."""
    _call("accounts", "unlink", address, as_)


keys = _group("The keys that seal secrets.")


@keys.callback()
def _keys() -> None:
    """Keeps `rotate` a command of its own."""


@keys.command()
def rotate() -> None:
    """Seals every workspace with a new key while everything goes on; the older keys stay valid for older backups."""
    _call("upkeep", "rotate")


rules = _listing("rules", "What people want done with new mail.")
Person = Annotated[str | None, typer.Option(help="Whose, by name; who moved in last, if not said.")]


@rules.command("export")
def export_rules(person: Person = None) -> None:
    """Prints a person's rules as YAML."""
    _call("rules", "export", None, person)


@rules.command("import")
def import_rules(
    file: Annotated[Path, typer.Argument(help="A YAML document of rules; docs/rules.md tells how they are written.")],
    person: Person = None,
) -> None:
    """Takes in rules; one of a name that is there becomes its next version."""
    _call("rules", "import", file, person)


GROUPS: dict[str, typer.Typer] = {
    "db": db,
    "people": people,
    "keys": keys,
    "accounts": accounts,
    "approvals": _listing("approvals", "The drafts that wait for a person's word."),
    "followups": _listing("followups", "What people wanted to come back to."),
    "memories": _listing("memories", "What people asked to be remembered."),
    "settings": _listing("settings", "The settings as they are read, secrets hidden."),
    "rules": rules,
    "templates": _listing("templates", "Texts for answers, and whether they may leave without a click."),
    "jobs": jobs,
    "audit": audit,
}
