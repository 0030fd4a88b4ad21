"""`deskhand rules export` and `import`: a person's rules as a YAML document, checked line by line before any is kept."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.household import resident
from bot.program import open_program
from bot.settings import read_settings
from bot.telemetry import set_up_logs
from storage.tables.rules import RuleState
from storage.values.errors import Refused
from tools.rules.language import read_rules
from tools.rules.writing import write_rule, write_rules

ORIGIN = "command line"


async def command(verb: str, file: Path | None, person: str | None) -> None:
    """Writes the rules to standard output, or takes in those of a file: each on, or off where it says `enabled: false`."""
    settings = read_settings()
    set_up_logs(settings)
    found = read_rules(_text(file)) if file is not None else []
    async with open_program(settings) as program:
        who = (await resident(program.database, person)).caller
        async with program.database.acting_as(who) as tx:
            if verb == "export":
                rows = await tx.rules.list(who.person)
                if not rows:
                    raise Refused(f"{who.name} has no rules yet.")
                typer.echo(write_rules([read_rules(row.source)[0] for row in rows]), nl=False)
                return
            for rule in found:
                state = RuleState.ON if rule.enabled else RuleState.OFF
                saved = await tx.rules.save(who.person, rule.id, rule.name, write_rule(rule), state)
                details = {"name": rule.id, "source": write_rule(rule)}
                await tx.audit.sign(who.person, "rule_saved", f"rule:{saved}", details, origin=ORIGIN)
    typer.echo(
        f"{len(found)} rule{'' if len(found) == 1 else 's'} kept for {who.name}; /rules test NAME rehearses one."
    )


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{file} cannot be read as text; give a file of rules in YAML ({error}).") from None
