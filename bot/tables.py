"""Tables that people give us: checked, stored, and known by their name."""

from __future__ import annotations

import asyncio
import mimetypes
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from storage.values.access import Caller
from storage.values.errors import Refused
from storage.values.ids import new_id
from tools.data.upload import check_table
from tools.inbox.show import size
from tools.toolbox import Toolbox

NAME_KEPT = 120
"""Characters of a file's name."""

LARGEST = 64 * 1024 * 1024
KINDS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")


async def take_content(box: Toolbox, caller: Caller, name: str, content: bytes) -> str:
    """The same for a file that came over a channel, under a name that its sender chose."""
    plain_name = PurePosixPath(name.replace("\\", "/")).name[:NAME_KEPT].strip() or "file"
    with TemporaryDirectory(prefix="deskhand-") as folder:
        path = Path(folder) / plain_name
        try:
            await asyncio.to_thread(path.write_bytes, content)
        except (OSError, ValueError) as error:
            raise Refused(
                "That file's name cannot be used here; give it another name, for example sales.csv."
            ) from error
        return await take_table(box, caller, path)


async def take_table(box: Toolbox, caller: Caller, path: Path) -> str:
    """Stores a table file and gives its name. Refused for what is no table, and for what is too large."""
    if path.suffix.casefold() not in KINDS:
        raise Refused(f"{path.name} is no table that I can read; give me a CSV or Excel file.")
    length = (await asyncio.to_thread(path.stat)).st_size
    if length > LARGEST:
        raise Refused(
            f"{path.name} is too large ({size(length)}, at most {size(LARGEST)}); split it or leave columns out."
        )
    await asyncio.to_thread(check_table, path)
    try:
        content = await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        raise Refused(f"{path.name} cannot be read ({error.strerror}).") from error
    blob = new_id()
    await box.blobs.put(blob, content)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    async with box.database.acting_as(caller) as tx:
        await tx.files.add(caller.person, path.name, kind, len(content), "table", blob)
    return path.name
