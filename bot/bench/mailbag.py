"""The mails that the ingest bench reads: a given folder of .eml files, or our own sample many times over."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count, islice
from pathlib import Path

from bot import sample

MAILS = 1_019
"""How many mails the sample is multiplied to; as many as the shared folder holds."""


def mails_of(folder: Path | None, scratch: Path) -> tuple[Sequence[Path], str]:
    """The files, and in words what they are."""
    if folder is not None:
        files = sorted(one for one in folder.iterdir() if one.suffix == ".eml")
        return files, f"{len(files):,} real mails"
    files = list(islice(_multiplied(scratch), MAILS))
    return files, f"{len(files):,} mails made of the sample, since there is no folder of real ones"


def lay_out(mails: Sequence[Path], folder: Path) -> Path:
    """A mailbox of its own with these mails: a folder of .eml files that no account knows."""
    folder.mkdir(parents=True)
    for mail in mails:
        shutil.copyfile(mail, folder / mail.name)
    return folder


def _multiplied(scratch: Path) -> Iterator[Path]:
    """The sample again and again, each time with other Message-IDs and another first line, so that nothing is a copy."""
    sample.install(scratch / "sample", date.today())  # noqa: DTZ011 - any day will do
    originals = sorted((scratch / "sample").rglob("*.eml"))
    for number in count():
        for original in originals:
            copy = scratch / f"{number}-{original.name}"
            head, _, body = original.read_bytes().partition(b"\n\n")
            head = head.replace(b"Message-ID: <", b"Message-ID: <%d." % number)
            copy.write_bytes(b"%s\n\nNumber %d.\n%s" % (head, number, body))
            yield copy
