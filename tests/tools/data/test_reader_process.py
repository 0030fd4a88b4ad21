"""The process that reads strangers' files: what it gets, and what it may hand back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tools.data import upload
from tools.data.handover import Parsed, Reading, pack, unpack
from tools.data.source import Kind


def test_a_reading_survives_the_handover() -> None:
    column = Parsed("n", Kind.DECIMAL, "€", np.array([1.5, 0.0]), np.array([False, True]), ())
    words = Parsed("w", Kind.TEXT, "", np.array([1, 0], dtype=np.int32), np.array([False, False]), ("ä\n", ""))
    back = unpack(pack(Reading((column, words), ("a note",), "sheet", ("other",))))
    assert [(c.name, c.kind, c.unit, c.values.tolist(), c.missing.tolist(), c.words) for c in back.columns] == [
        ("n", Kind.DECIMAL, "€", [1.5, 0.0], [False, True], ()),
        ("w", Kind.TEXT, "", [1, 0], [False, False], ("ä\n", "")),
    ]
    assert (back.notes, back.sheet, back.other_sheets) == (("a note",), "sheet", ("other",))


def test_a_pickle_in_the_handover_is_not_opened(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", facts=np.array([print], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        unpack((tmp_path / "x.npz").read_bytes())


def test_the_reader_sees_no_environment_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake interpreter tells what it was given."""
    spy = tmp_path / "python"
    spy.write_text(f"#!/bin/sh\nenv > {tmp_path}/seen\nexit 7\n")
    spy.chmod(0o755)
    monkeypatch.setenv("ENCRYPTION_KEY", "hunter2")
    monkeypatch.setattr(upload.sys, "executable", str(spy))
    (tmp_path / "x.csv").write_text("a\n1\n")
    with pytest.raises(upload.Refused, match="the reader stopped on it"):
        upload.read_table(tmp_path / "x.csv")
    assert "hunter2" not in (tmp_path / "seen").read_text()
