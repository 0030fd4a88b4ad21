"""Whether this machine can run the servers, and where they are."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from storage.embedded.accounts import Account, as_account, server_account
from storage.embedded.binaries import (
    copy_for_everybody,
    everybody_may_read,
    missing_instructions,
    postgres_install,
    refuse_weak_processor,
    valkey_server,
)
from storage.values.errors import Refused, Unavailable

OLD = "processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu sse2 avx bmi1 fma4\n"
NEW = "processor\t: 0\nflags\t\t: fpu sse2 avx avx2 bmi1 bmi2 fma\n"
ARM = "processor\t: 0\nFeatures\t: fp asimd evtstrm aes\n"


@pytest.mark.parametrize(
    ("cpuinfo", "missing"), [(OLD, ["avx2", "bmi2", "fma"]), (NEW, []), (ARM, []), ("", []), (NEW + OLD, [])]
)
def test_a_processor_is_known_by_its_flags(cpuinfo, missing):
    assert missing_instructions(cpuinfo) == missing


def test_an_old_processor_is_refused_with_a_way_out(tmp_path):
    (tmp_path / "cpuinfo").write_text(OLD)
    with pytest.raises(Refused, match=r"avx2, bmi2, fma.*DATABASE_URL"):
        refuse_weak_processor(tmp_path / "cpuinfo")


def test_a_system_without_cpuinfo_is_given_the_benefit_of_the_doubt(tmp_path):
    refuse_weak_processor(tmp_path / "cpuinfo")


def test_without_the_wheels_the_sentence_names_the_variable():
    with pytest.raises(Unavailable, match="Set DATABASE_URL"):
        postgres_install(None, package="there_is_no_such_package")
    with pytest.raises(Unavailable, match="Set REDIS_URL"):
        valkey_server(package="there_is_no_such_package")


def test_a_folder_closed_on_the_way_is_noticed(tmp_path):
    install = tmp_path / "pginstall"
    for name in ("bin", "lib", "share"):
        (install / name).mkdir(parents=True)
    (install / "bin" / "postgres").touch(0o755)
    (install / "share" / "postgres.bki").touch(0o644)
    tmp_path.chmod(0o700)
    assert not everybody_may_read(install)


def test_for_another_account_closed_servers_are_copied(tmp_path, monkeypatch):
    install = tmp_path / "fake_wheel" / "pginstall"
    for file in ("bin/postgres", "lib/vector.so", "share/postgres.bki"):
        (install / file).parent.mkdir(parents=True)
        (install / file).touch(0o700)
    (tmp_path / "public").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("storage.embedded.binaries.PUBLIC_PLACES", (tmp_path / "public",))
    assert postgres_install(None, "fake_wheel") == install
    copy = postgres_install(Account(65534, 65534), "fake_wheel")
    assert copy.is_relative_to(tmp_path / "public")
    assert (copy / "bin" / "postgres").stat().st_mode & 0o777 == 0o755


def test_a_copy_for_everybody_is_complete_and_runs(tmp_path):
    original = postgres_install(None)
    open_to_all = Path(tmp_path.anchor, "tmp") if os.geteuid() == 0 else tmp_path
    place = open_to_all / f"deskhand-test-{os.getpid()}"
    place.mkdir(mode=0o755)
    try:
        copy = copy_for_everybody(original, (place,))
        assert copy_for_everybody(original, (place,)) == copy
        assert stat.S_IMODE((copy / "bin" / "postgres").stat().st_mode) == 0o755
        account = server_account(Path("/nonexistent"))
        done = subprocess.run(
            [copy / "bin" / "initdb", "--version"], check=True, capture_output=True, **as_account(account)
        )
        assert b"18." in done.stdout
    finally:
        shutil.rmtree(place)


def test_a_place_that_somebody_else_made_is_passed_over(tmp_path):
    (tmp_path / "theirs" / "deskhand").mkdir(parents=True)
    (tmp_path / "theirs" / "deskhand").chmod(0o777)
    (tmp_path / "ours").mkdir()
    copy = copy_for_everybody(postgres_install(None), (tmp_path / "theirs", tmp_path / "ours"))
    assert copy.is_relative_to(tmp_path / "ours" / "deskhand")
    shutil.rmtree(tmp_path / "ours")
