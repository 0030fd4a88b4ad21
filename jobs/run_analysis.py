"""An analysis that was asked for: made in a process of its own, its words and files sent to the conversation."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from agent.chat import File, Reply, Word, to_row
from jobs.job import Job
from storage.values.errors import Refused, Unavailable
from storage.values.ids import new_id
from tools.inbox.show import plain
from tools.toolbox import Toolbox

RESULT = "result.json"


async def run_analysis(box: Toolbox, job: Job) -> dict[str, Any]:
    """Analyses the table and posts what was found."""
    async with box.database.acting_as(job.caller) as tx:
        table = await tx.files.get(job.uuid("file"))
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="deskhand-analysis-"))
    try:
        name = Path(table.name).name
        await job.far(f"looking at {plain(name)}")
        await asyncio.to_thread((folder / name).write_bytes, await box.blobs.get(table.id))
        result = await _analysed(folder, name, job.params["kind"], job.params["question"])
        await job.far("writing down what was found")
        files = [await _kept(box, folder, one) for one in result["files"]]
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    await _post(box, job, result, files)
    return {"rows": result["rows"], "files": [file.name for file in files]}


async def _analysed(folder: Path, name: str, kind: str, question: str) -> dict[str, Any]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tools.analysis.child", str(folder), name, kind, question),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _out, complaint = await child.communicate()
    except asyncio.CancelledError:
        child.kill()
        await child.wait()
        raise
    words = complaint.decode("utf-8", "replace").strip()
    if child.returncode == 1 and words and "Traceback" not in words:
        raise Refused(words)
    if child.returncode != 0:
        raise Unavailable(f"The analysis of {name} ended before it was done; I will try once more.")
    content = await asyncio.to_thread((folder / RESULT).read_text, encoding="utf-8")
    return dict(json.loads(content))


async def _kept(box: Toolbox, folder: Path, one: dict[str, str]) -> File:
    blob = new_id()
    await box.blobs.put(blob, await asyncio.to_thread((folder / one["path"]).read_bytes))
    return File(one["name"], one["media_type"], str(blob), one["text"])


async def _post(box: Toolbox, job: Job, result: dict[str, Any], files: list[File]) -> None:
    async with box.database.acting_as(job.caller) as tx:
        if not await tx.jobs.hold(job.id, job.attempt):
            return  # the person said stop meanwhile, or another attempt has it
        for file in files:
            size = box.blobs.path(UUID(file.blob)).stat().st_size
            await tx.files.add(job.caller.person, file.name, file.media_type, size, "result", UUID(file.blob))
        await tx.audit.sign(
            job.caller.person,
            "data_analysis_completed",
            f"job:{job.id}",
            {"rows": result["rows"]},
            origin=f"job:{job.id}",
        )
        if job.conversation is not None:
            words: list[Word] = [Reply(result["text"]), *files]
            for word in words:
                await tx.outbox.post(job.conversation, **to_row(word))
            await tx.conversations.say(job.conversation, {"role": "assistant", "content": result["text"]})
