"""The transcript in the README: made from a real run, and held against one. `make docs` writes it anew."""

from __future__ import annotations

import asyncio
import re
import tempfile
from datetime import date
from pathlib import Path

from bot import sample
from tests.acceptance.command import Ended, deskhand

README = Path(__file__).parent.parent.parent / "README.md"
SCRIPT = Path(__file__).parent / "demo.txt"
_BLOCK = re.compile(r"<!-- transcript of (\d{4}-\d\d-\d\d) -->\n```\n(.*?)```\n", re.DOTALL)
_SHOWN_HOME = "~/.local/share/deskhand"
_PAGE = re.compile(r"http://127\.0\.0\.1:\d+/\?key=\S+")
_SHOWN_PAGE = "http://127.0.0.1:8000/?key=…"
_MOMENT = re.compile(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} [A-Z][a-z]{2}( \d{4})?( \d\d:\d\d)?|\btoday \d\d:\d\d")


async def run(home: Path, day: date) -> Ended:
    """The demo on the script, in a fresh home whose sample mailbox is of this day."""
    sample.install(home / "sample", day)
    ended = await deskhand("demo", home=home, said=SCRIPT.read_text("utf-8"))
    out = _PAGE.sub(_SHOWN_PAGE, ended.out.replace(str(home), _SHOWN_HOME))
    return Ended(ended.code, out, ended.err)


def written() -> tuple[date, str]:
    """The transcript that the README shows, and the day on which it was made."""
    found = _BLOCK.search(README.read_text("utf-8"))
    assert found is not None, "the README has lost its transcript"
    return date.fromisoformat(found[1]), found[2]


def undated(text: str) -> str:
    """Without what another day changes: days and times."""
    return _MOMENT.sub("‹day›", text)


async def _write() -> None:
    today = date.today()  # noqa: DTZ011 - the sample is dated for the reader's calendar
    with tempfile.TemporaryDirectory() as folder:
        ended = await run(Path(folder) / "home", today)
    if ended.code or ended.err:
        raise SystemExit(f"the demo ended with {ended.code}: {ended.err}")
    block = f"<!-- transcript of {today} -->\n```\n{ended.out}```\n"
    README.write_text(_BLOCK.sub(lambda _: block, README.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    asyncio.run(_write())
