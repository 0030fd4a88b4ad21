"""The pages that are made from the program: settings, commands, `.env.example`, manifests. `make docs` writes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

import typer
from pydantic.fields import FieldInfo
from typer.testing import CliRunner

from bot.commands import COMMANDS, STOP_WORDS
from bot.settings import Settings

CHECKOUT = Path(__file__).resolve().parent.parent.parent
WIDTH = 80
"""Columns of the help texts in docs/commands.md, whatever terminal `make docs` is typed in."""

_ONLY_COMPOSE = {
    "POSTGRES_PASSWORD": "Password of the Postgres of docker-compose.yml, letters and digits; read by it only."
}


def configuration_page() -> str:
    """docs/configuration.md."""
    rows = [
        f"| `{name}` | {_cell(field.description or '')} | {_cell(_default_words(name, field))} |"
        for name, field in _settings()
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Made from `bot/settings.py` by `make docs`. Each is an environment variable, or a line `NAME=value` of a file",
            "`.env` in the folder where `deskhand` is started; the environment wins. `deskhand settings list` shows what is",
            "in force, secrets hidden.",
            "",
            "| name | meaning | default |",
            "| --- | --- | --- |",
            *rows,
            *(f"| `{name}` | {words} | unset |" for name, words in _ONLY_COMPOSE.items()),
            "",
        ]
    )


def example_env() -> str:
    """.env.example: every setting, commented out, with what holds when it is left so."""
    lines = [
        "# Copy this file to .env and take the # away from what you want to set. Made from bot/settings.py by `make docs`.",
        "# docker-compose.yml needs POSTGRES_PASSWORD and ENCRYPTION_KEY; `make demo` needs nothing.",
    ]
    for name, field in _settings():
        lines += ["", f"# {field.description}", f"#{name}={_default(name, field)}"]
    for name, words in _ONLY_COMPOSE.items():
        lines += ["", f"# {words}", f"#{name}="]
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """docs/commands.md."""
    from bot.cli import app

    spoken = [f"| `{_cell(f'/{one.name} {one.usage}')}` | {_cell(one.help)} | {_also(one.plain)} |" for one in COMMANDS]
    return "\n".join(
        [
            "# Commands",
            "",
            "Made from the program by `make docs`.",
            "",
            "## In the chat",
            "",
            "Say what you want in your own words. Where there must be no doubt, these words do:",
            "",
            "| command | does | also |",
            "| --- | --- | --- |",
            *spoken,
            f"| `/stop` | ends what is under way, at once | {_also(sorted(STOP_WORDS - {'/stop'}))} |",
            "| `/analyze PATH` | takes in a table from this machine (terminal only) | |",
            "| `quit` | leaves (terminal only) | `exit`, `bye` |",
            "",
            "The number of a button presses it; `edit:` and a text, `\\n` for a new line, replaces the draft of the last card.",
            "",
            "## The program `deskhand`",
            "",
            "Exit codes: 0 done, 1 refused or failed in words, 2 wrong usage, 3 not ready.",
            "",
            *(line for path in _paths(app) for line in _help(app, path)),
        ]
    )


def _settings() -> Iterator[tuple[str, FieldInfo]]:
    return ((name.upper(), field) for name, field in Settings.model_fields.items())


def _default(name: str, field: FieldInfo) -> str:
    """The default as it would be written; empty where there is none or where it depends on the machine."""
    return "" if field.default_factory is not None or field.default is None else str(field.default)


def _default_words(name: str, field: FieldInfo) -> str:
    if name == "DESKHAND_HOME":
        return "the platform's folder for user data, as `~/.local/share/deskhand`"
    default = _default(name, field)
    words = f"`{default}`" if default else "unset"
    if get_origin(field.annotation) is Literal:
        words += f" (one of {', '.join(f'`{one}`' for one in get_args(field.annotation))})"
    return words


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")


def _also(words: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{one}`" for one in words)


def _paths(app: typer.Typer) -> Iterator[tuple[str, ...]]:
    """Every command, as what is typed after `deskhand`, in the order of `--help`."""
    for command in app.registered_commands:
        yield (_name(command),)
    for group in app.registered_groups:
        assert group.typer_instance is not None
        for path in _paths(group.typer_instance):
            yield (str(group.name), *path)


def _name(command: typer.models.CommandInfo) -> str:
    return command.name or str(getattr(command.callback, "__name__", "")).strip("_").replace("_", "-")


def _help(app: typer.Typer, path: tuple[str, ...]) -> list[str]:
    told = CliRunner().invoke(app, [*path, "--help"], prog_name="deskhand", env={"COLUMNS": str(WIDTH)})
    assert told.exit_code == 0, told.output
    return [
        f"### deskhand {' '.join(path)}",
        "",
        "```",
        *(line.rstrip() for line in told.output.strip().splitlines()),
        "```",
        "",
    ]


def slack_manifest() -> str:
    """bot/slack/manifest.yaml: the app in Slack, for Socket Mode."""
    from bot.slack import manifest

    return manifest.page(http=False)


def slack_manifest_for_http() -> str:
    """bot/slack/manifest-http.yaml: the same for signed requests."""
    from bot.slack import manifest

    return manifest.page(http=True)


PAGES = {
    "docs/configuration.md": configuration_page,
    "docs/commands.md": commands_page,
    ".env.example": example_env,
    "bot/slack/manifest.yaml": slack_manifest,
    "bot/slack/manifest-http.yaml": slack_manifest_for_http,
}
"""Where each page lies in the checkout, and what makes it."""


def write() -> None:
    """Writes every page."""
    for path, page in PAGES.items():
        (CHECKOUT / path).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
