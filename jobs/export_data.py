"""An export that was asked for: everything about the person, as a file in the chat where they asked."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from agent.chat import File, to_row
from jobs.job import Job
from storage.values.clock import now
from storage.values.ids import new_id
from tools.privacy.export import export
from tools.toolbox import Toolbox


async def export_data(box: Toolbox, job: Job) -> dict[str, Any]:
    """Writes the file and shows it."""
    async with box.database.acting_as(job.caller) as tx:
        found = await export(tx, job.caller.person, job.far)
    counts = {table: len(rows) for table, rows in found.items() if rows}
    content = await asyncio.to_thread(_written, {"person": job.caller.name, "exported_at": now().isoformat(), **found})
    blob = new_id()
    await box.blobs.put(blob, content)
    name = f"deskhand-export-{now():%Y-%m-%d}.json"
    words = (
        "Everything that I keep about you: " + ", ".join(f"{count:,} {table}" for table, count in counts.items()) + "."
    )
    async with box.database.acting_as(job.caller) as tx:
        if not await tx.jobs.hold(job.id, job.attempt):
            return counts
        await tx.files.add(job.caller.person, name, "application/json", len(content), "export", blob)
        await tx.audit.sign(
            job.caller.person, "data_exported", f"person:{job.caller.person}", counts, origin=f"job:{job.id}"
        )
        if job.conversation is not None:
            await tx.outbox.post(job.conversation, **to_row(File(name, "application/json", str(blob), words)))
    return counts


def _written(found: dict[str, Any]) -> bytes:
    return json.dumps(found, ensure_ascii=False, indent=1, default=str).encode()
