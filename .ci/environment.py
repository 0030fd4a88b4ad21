"""Makes `.venv` and installs a lock file into it, with nothing but Python: `python environment.py requirements.lock`.

uv does the work, because it takes seconds where pip takes minutes, but uv does not read pip's configuration. Where pip is
pointed at a mirror, this file hands the mirror to uv; where uv cannot be had or fails, pip installs the same lock.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"


def main(lock: str) -> None:
    if sys.version_info < (3, 11):
        sys.exit(
            f"Deskhand needs Python 3.11 or newer, this is {sys.version.split()[0]}. Try: make PYTHON=python3.12 …"
        )
    if not PYTHON.exists():
        print("making .venv …", flush=True)
        try:
            venv.create(VENV, with_pip=True)
        except subprocess.CalledProcessError:
            sys.exit("This Python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv")
    print(f"installing {lock} into .venv …", flush=True)
    if not (_install_uv() and _install_with_uv(lock)):
        print("uv did not manage; installing with pip, which takes a few minutes …", flush=True)
        _pip("install", "--quiet", "--require-hashes", "--no-deps", "-r", lock, check=True)
    _add_the_project()
    (VENV / f"{lock}.installed").touch()


def _pip(*words: str, check: bool = False) -> subprocess.CompletedProcess[str]:
    quiet = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return subprocess.run([PYTHON, "-m", "pip", *words], cwd=ROOT, env=quiet, check=check, text=True)


def _install_uv() -> bool:
    return (BIN / "uv").exists() or _pip("install", "--quiet", "uv>=0.9").returncode == 0


def _install_with_uv(lock: str) -> bool:
    command = [BIN / "uv", "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "--no-deps", "-r", lock]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **_mirror()}, capture_output=True, text=True)
    if done.returncode != 0:
        print("\n".join(line for line in done.stderr.splitlines() if not line.startswith("WARNING")), flush=True)
    return done.returncode == 0


def _mirror() -> dict[str, str]:
    """pip's index settings in uv's words. What the environment already tells uv wins."""
    listing = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], cwd=ROOT, check=False, capture_output=True, text=True
    ).stdout
    settings: dict[str, str] = {}
    for line in listing.splitlines():  # e.g.  global.index-url='https://…'; later lines are the stronger ones
        name, _, value = line.partition("=")
        settings[name.rpartition(".")[2]] = value.strip("'\"").replace("\\n", " ").strip()
    words = {
        "UV_DEFAULT_INDEX": settings.get("index-url"),
        "UV_INDEX": settings.get("extra-index-url"),
        "UV_FIND_LINKS": settings.get("find-links"),
        "UV_INSECURE_HOST": settings.get("trusted-host"),
        "SSL_CERT_FILE": settings.get("cert"),
    }
    known = {name: value for name, value in words.items() if value and not os.environ.get(name)}
    return {**known, "UV_INDEX_STRATEGY": "unsafe-best-match"}  # as pip chooses; the hashes of the lock keep it safe


def _add_the_project() -> None:
    """Puts the checkout on the path and `deskhand` into bin: what an editable install does, without a build backend."""
    packages = subprocess.run(
        [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    Path(packages, "deskhand-checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    script = BIN / "deskhand"
    script.write_text(f"#!{PYTHON}\nfrom bot.cli import main\n\nmain()\n", encoding="utf-8")
    script.chmod(0o755)


if __name__ == "__main__":
    main(sys.argv[1])
