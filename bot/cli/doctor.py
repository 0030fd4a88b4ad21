"""`deskhand doctor`: how everything is, and what to do."""

from __future__ import annotations

import json as json_
import sys
from dataclasses import asdict

from bot.checkup import check_all
from bot.cli.ending import NOT_READY
from bot.settings import read_settings
from bot.telemetry import set_up_logs


async def command(*, json: bool) -> int:
    """Prints each finding; the exit code is 0 only when all is well."""
    settings = read_settings()
    set_up_logs(settings)
    findings = await check_all(settings)
    good = all(one.ok for one in findings)
    width = max(len(one.name) for one in findings)
    for one in findings:
        sys.stdout.write(
            f"{json_.dumps(asdict(one))}\n"
            if json
            else f"{'ok ' if one.ok else 'NO '} {one.name:<{width}}  {one.words}\n"
        )
    if not json:
        sys.stdout.write(
            "Deskhand is ready.\n" if good else "Deskhand is not ready; see the lines that begin with NO.\n"
        )
    return 0 if good else NOT_READY
