"""The generated pages are those of this program, and `.env.example` is a file that can be used."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.pages import CHECKOUT, PAGES, commands_page, configuration_page, example_env
from bot.commands import COMMANDS
from bot.settings import Settings


@pytest.mark.parametrize(("path", "page"), PAGES.items(), ids=list(PAGES))
def test_a_page_is_current(path: str, page: Callable[[], str]) -> None:
    assert (CHECKOUT / path).read_text("utf-8") == page(), "run `make docs`"


def test_every_setting_stands_in_the_example_commented_out_with_its_default() -> None:
    lines = example_env().splitlines()
    for name, field in Settings.model_fields.items():
        default = "" if field.default_factory or field.default is None else field.default
        assert f"#{name.upper()}={default}" in lines
    assert not [line for line in lines if line and not line.startswith("#")]


def test_the_example_as_it_is_sets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    example, uncommented = tmp_path / "example", tmp_path / "uncommented"
    example.write_text(example_env(), "utf-8")
    uncommented.write_text(re.sub(r"^#(?=[A-Z_]+=)", "", example_env(), flags=re.MULTILINE), "utf-8")
    monkeypatch.chdir(tmp_path)
    plain = Settings()
    assert Settings(_env_file=example) == plain  # type: ignore[call-arg]
    assert Settings(_env_file=uncommented) == plain  # type: ignore[call-arg]


def test_the_example_names_what_the_containers_ask_for() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (CHECKOUT / "docker-compose.yml").read_text("utf-8")))
    named = set(re.findall(r"^#([A-Z_]+)=", example_env(), re.MULTILINE))
    assert asked | {"ENCRYPTION_KEY"} <= named


def test_every_setting_has_a_meaning_and_every_command_a_line() -> None:
    assert all(field.description for field in Settings.model_fields.values())
    assert all(f"| `{name.upper()}` |" in configuration_page() for name in Settings.model_fields)
    assert all(f"`/{one.name}" in commands_page() for one in COMMANDS)
