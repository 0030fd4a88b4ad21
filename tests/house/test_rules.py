"""The rules of the house that a program can check: read from the source, each with its reason."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("bot", "jobs", "agent", "tools", "storage")
LONGEST_FILE, LONGEST_FUNCTION = 400, 60

CATCH_ALL = {
    "bot/desk.py",
    "bot/delivery.py",
    "bot/telegram/polling.py",
    "jobs/runner.py",
    "tools/inbox/mail_rows.py",
}
"""Where every error may be caught: here it becomes words, another try, or a mail or update that is set aside so that the next
one is not kept out."""

HANDS_ON = {"tools/data/upload.py", "tools/inbox/careful.py", "bot/bench/processes.py", "bot/telegram/opening.py"}
"""Where a child process is given a part of our environment, or a library its only switch. Settings are read in
`bot/settings.py` only."""

WRITES = {
    "bot/telemetry.py": "logs go to standard error",
    "bot/console/inbound.py": "the prompt of the terminal",
    "tools/data/reader.py": "a child process that hands its table over",
    "tools/inbox/reader.py": "a child process that hands rows over",
    "tools/analysis/child.py": "a child process that hands its result over",
}
"""Who but the commands writes to a standard stream, and why."""


def _sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (CHECKOUT / folder).rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


SOURCES = _sources(*ROOMS)
TREES = {_name(path): ast.parse(path.read_text("utf-8")) for path in SOURCES}


def _nodes(kind: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    return ((name, node) for name, tree in TREES.items() for node in ast.walk(tree) if isinstance(node, kind))


def test_every_file_says_what_it_is() -> None:
    """A file whose sentence cannot be written is two files."""
    silent = [name for name, tree in TREES.items() if not ast.get_docstring(tree) and "/versions/" not in name]
    assert silent == []


def test_no_file_is_longer_than_a_sitting() -> None:
    every = [*SOURCES, *_sources("tests")]
    assert [_name(path) for path in every if len(path.read_text("utf-8").splitlines()) > LONGEST_FILE] == []


def test_a_function_fits_a_screen() -> None:
    functions = [*_nodes(ast.FunctionDef), *_nodes(ast.AsyncFunctionDef)]
    long = [f"{name}: {node.name}" for name, node in functions if node.end_lineno - node.lineno >= LONGEST_FUNCTION]  # type: ignore[attr-defined]
    assert long == []


def test_everything_is_caught_in_named_places_only() -> None:
    """A swallowed error is a lie told later. What is raised again at once is not swallowed."""
    broad = {
        name
        for name, node in _nodes(ast.ExceptHandler)
        if isinstance(node, ast.ExceptHandler) and _catches_all(node) and not isinstance(node.body[-1], ast.Raise)
    }
    assert broad == CATCH_ALL


def _catches_all(handler: ast.ExceptHandler) -> bool:
    named = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(one is None or (isinstance(one, ast.Name) and one.id in ("Exception", "BaseException")) for one in named)


def test_nothing_prints_but_the_commands() -> None:
    prints = {name for name, node in _nodes(ast.Call) if isinstance(node, ast.Call) and _called(node) == "print"}
    writes = {name for name, node in _nodes(ast.Attribute) if ast.unparse(node) in ("sys.stdout", "sys.stderr")}
    assert {name for name in prints | writes if not name.startswith(("bot/cli/", "bot/bench/"))} <= WRITES.keys()


def test_the_time_is_asked_in_one_place() -> None:
    """Times are aware and in UTC; what asks the clock elsewhere cannot be tested without waiting."""
    clocks = ("datetime.now", "datetime.utcnow", "datetime.today", "datetime.utcfromtimestamp")
    asked = {name for name, node in _nodes(ast.Call) if isinstance(node, ast.Call) and _called(node) in clocks}
    assert asked == {"storage/values/clock.py"}


def test_the_environment_is_read_at_the_door() -> None:
    words = ("os.environ", "os.getenv", "os.putenv", "os.environb")
    assert {name for name, node in _nodes(ast.Attribute) if ast.unparse(node) in words} <= HANDS_ON
    readers = {name for name, node in _nodes(ast.ImportFrom) if "pydantic_settings" in ast.unparse(node)}
    assert readers == {"bot/settings.py"}


def test_nothing_is_left_for_later() -> None:
    later = ("TODO", "FIXME", "XXX", "NotImplementedError")
    assert [_name(path) for path in SOURCES if any(word in path.read_text("utf-8") for word in later)] == []


def test_the_tests_mirror_the_rooms() -> None:
    """A folder of tests stands for a folder of the house, so that both are found by the same path."""
    own = {"acceptance", "contracts", "data", "fakes", "house", "load"}
    folders = {path.parent.relative_to(CHECKOUT / "tests") for path in _sources("tests")}
    rooms = [folder for folder in folders if folder.parts and folder.parts[0] not in own]
    assert [folder.as_posix() for folder in rooms if not (CHECKOUT / folder).is_dir()] == []
    assert {folder.parts[0] for folder in rooms} == set(ROOMS)


def test_tests_are_no_packages() -> None:
    """With an `__init__.py`, `tests/tools` would hide `tools`."""
    assert list((CHECKOUT / "tests").rglob("__init__.py")) == []


@pytest.mark.parametrize("word", ["unittest.mock", "mocker", "time.sleep("])
def test_tests_neither_mock_nor_sleep(word: str) -> None:
    using = [_name(path) for path in _sources("tests") if word in path.read_text("utf-8")]
    assert using in ([], [_name(Path(__file__))])


def test_the_import_contracts_are_kept() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    told = subprocess.run([linter, "--no-cache"], cwd=CHECKOUT, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func)
