"""The container files: linted as text, and the steps of the build really run, in a folder in place of an image."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PACKAGES = ("agent", "bot", "jobs", "storage", "tools")


@dataclass(frozen=True)
class Step:
    """One instruction of the Dockerfile, its continued lines joined."""

    stage: str
    word: str
    rest: str


def _steps() -> list[Step]:
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.lstrip().startswith("#")]
    steps: list[Step] = []
    stage = ""
    for line in filter(None, re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines()):
        word, rest = line.split(maxsplit=1)
        stage = rest.split()[-1] if word == "FROM" else stage
        steps.append(Step(stage, word, rest))
    return steps


def _find(word: str, stage: str | None = None) -> list[str]:
    return [step.rest for step in _steps() if step.word == word and stage in (None, step.stage)]


def _compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


# --- the Dockerfile ---------------------------------------------------------------------------------------------------


def test_the_image_runs_as_a_user_who_is_not_root() -> None:
    assert {step.stage for step in _steps()} == {"build", "app"}
    assert int(_find("USER", "app")[-1].split(":")[0]) > 0
    after = [step.word for step in _steps()][[step.word for step in _steps()].index("USER") :]
    assert "RUN" not in after


def test_everything_that_is_copied_exists_and_reaches_the_builder() -> None:
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    sources = {name for rest in _find("COPY", "build") for name in rest.split()[:-1]}
    assert sources == let_through
    assert [name for name in sources if not (ROOT / name).exists()] == []


def test_no_secret_and_no_history_reaches_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    assert "**/.env" in ignored


def test_packages_come_from_a_lock_with_hashes_or_from_what_was_just_built() -> None:
    installs = [rest for rest in _find("RUN") if " install " in rest]
    assert len(installs) == 3
    for install in installs:
        locked = re.search(r"--require-hashes --no-deps -r (\S+)$", install)
        assert locked or "--no-index --no-deps" in install
        assert not locked or (ROOT / locked[1]).exists()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-build.lock", "requirements-test.lock"])
def test_a_lock_pins_and_hashes_every_package_and_names_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text()
    packages = re.split(r"\n(?=\w)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    assert all(re.match(r"[\w.\[\]-]+==\S+", package) and "--hash=sha256:" in package for package in packages)
    assert "://" not in text


def test_the_build_tool_is_the_same_in_the_image_and_in_the_tests() -> None:
    [version] = re.findall(r"^hatchling==\S+", (ROOT / "requirements-build.lock").read_text(), re.MULTILINE)
    assert version in (ROOT / "requirements-test.lock").read_text()


def test_the_health_check_tells_a_living_bot_from_a_dead_one(answering: HTTPServer) -> None:
    [check] = _find("HEALTHCHECK", "app")
    command = json.loads(check[check.index("CMD ") + 4 :])
    living = {**os.environ, "PORT": str(answering.server_port)}
    assert subprocess.run([sys.executable, *command[1:]], env=living).returncode == 0
    answering.server_close()
    assert subprocess.run([sys.executable, *command[1:]], env=living, stderr=subprocess.DEVNULL).returncode == 1


class _Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def answering() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Health)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


# --- its steps, run ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `build` stage carried out in a folder: /src and /opt lie below it, and where a step would fetch the packages of a
    lock from the network, the environment of the tests, which holds the same packages, is lent instead."""
    root = tmp_path_factory.mktemp("image")
    (root / "src").mkdir()
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for step in _steps():
        if step.stage == "build" and step.word == "COPY":
            _copy(step.rest, root / "src")
        elif step.stage == "build" and step.word == "RUN" and "--require-hashes" not in step.rest:
            command = re.sub(r"(?<![\w.])/(src|opt)/", rf"{root}/\1/", step.rest)
            subprocess.run(
                ["/bin/sh", "-c", command],
                cwd=root / "src",
                env={**os.environ, "PATH": tools},
                check=True,
                capture_output=True,
            )
    [packages] = (root / "opt/deskhand/lib").glob("python*/site-packages")
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib"))
    return root


def _copy(rest: str, target: Path) -> None:
    for source in rest.split()[:-1]:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, target / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, target)


def test_the_wheel_holds_every_file_of_the_five_packages(image: Path) -> None:
    [wheel] = (image / "src/dist").glob("*.whl")
    written = [path for room in PACKAGES for path in (image / "src" / room).rglob("*") if path.is_file()]
    wanted = {path.relative_to(image / "src").as_posix() for path in written}
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == wanted
    assert {"bot/sample/facts.yaml", "bot/sample/files/sales.csv", "bot/sample/mailbox/INBOX/school-trip.eml"} <= held


def test_the_installed_program_starts_and_knows_the_commands_that_the_services_run(image: Path) -> None:
    done = subprocess.run([image / "opt/deskhand/bin/deskhand", "--help"], cwd=image, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    started = {_compose()["services"][name]["command"][0] for name in ("bot", "worker", "migrate")} | {"doctor"}
    assert {word for word in started if not re.search(rf"\b{word}\b", done.stdout)} == set()


def test_what_is_installed_is_imported_from_there_and_not_from_the_checkout(image: Path) -> None:
    say = "import bot.sample, storage.migrations; print(bot.sample.__file__, storage.migrations.__file__, len(bot.sample.facts()))"
    python = image / "opt/deskhand/bin/python"
    sample, migrations, mails = subprocess.run(
        [python, "-c", say], cwd=image, capture_output=True, text=True, check=True
    ).stdout.split()
    assert Path(sample).is_relative_to(image)
    assert Path(migrations).is_relative_to(image)
    assert int(mails) > 50


def test_the_image_starts_the_program_that_the_project_declares() -> None:
    [entry], [command] = _find("ENTRYPOINT", "app"), _find("CMD", "app")
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert json.loads(entry)[0] in scripts
    assert json.loads(command) == _compose()["services"]["bot"]["command"]


# --- docker-compose.yml -----------------------------------------------------------------------------------------------


def test_every_service_is_watched_or_runs_once() -> None:
    for name, service in _compose()["services"].items():
        if service["restart"] == "no":
            assert service["healthcheck"] == {"disable": True}
        else:
            assert service["restart"] == "unless-stopped"
            assert "healthcheck" in service or name == "bot", "only the bot is watched by the image's own check"


def test_only_the_bot_can_be_reached_and_only_from_this_machine() -> None:
    open_to = {name: service["ports"] for name, service in _compose()["services"].items() if "ports" in service}
    assert open_to == {"bot": ["127.0.0.1:8000:8000"]}
    assert _compose()["networks"]["inside"]["internal"] is True
    assert all(_compose()["services"][name]["networks"] == ["inside"] for name in ("postgres", "redis"))


def test_every_service_has_a_file_system_that_it_cannot_change() -> None:
    for service in _compose()["services"].values():
        assert service["read_only"] is True
        assert "/tmp" in service["tmpfs"]  # noqa: S108
        assert "no-new-privileges:true" in service["security_opt"]


def test_no_secret_is_written_into_the_file() -> None:
    for service in _compose()["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|KEY|TOKEN|SECRET", name):
                assert value.startswith("${")
            assert not re.search(r"//\w*:[^$@]*@", str(value))


def test_volumes_are_named_and_all_are_declared() -> None:
    used = {
        volume.split(":")[0] for service in _compose()["services"].values() for volume in service.get("volumes", ())
    }
    assert used == set(_compose()["volumes"])


def test_the_program_waits_for_its_servers_and_its_tables() -> None:
    services = _compose()["services"]
    for name in ("bot", "worker"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert {"postgres", "redis"} <= set(services[name]["depends_on"])
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_the_program_keeps_its_home_where_the_image_put_it() -> None:
    [environment] = [rest for rest in _find("ENV", "app") if "DESKHAND_HOME" in rest]
    home = re.search(r"DESKHAND_HOME=(\S+)", environment)
    assert home
    for name in ("bot", "worker", "migrate"):
        assert _compose()["services"][name]["volumes"] == [f"home:{home[1]}"]
