"""`make demo < script.txt` on a machine with nothing: the transcript in the README is what happens."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance import transcript


async def test_the_readme_shows_the_very_transcript(tmp_path: Path) -> None:
    day, shown = transcript.written()
    ended = await transcript.run(tmp_path / "home", day)
    assert transcript.undated(ended.out) == transcript.undated(shown)
    assert (ended.code, ended.err) == (0, "")


def test_the_transcript_answers_every_line_of_the_script() -> None:
    _, shown = transcript.written()
    said = transcript.SCRIPT.read_text("utf-8").splitlines()
    assert [
        line.removeprefix("> ") for line in shown.splitlines() if line.startswith("> ") and line[2:] in said
    ] == said
    assert len(said) == 12
