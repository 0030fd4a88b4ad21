"""How a command ends: 0 done, 1 refused or failed in words, 2 wrong usage, 3 not ready."""

from __future__ import annotations

import asyncio
import inspect
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from storage.values.errors import Trouble, Unavailable

REFUSED, USAGE, NOT_READY = 1, 2, 3


def ended(command: Callable[..., Any], *words: Any, **options: Any) -> None:
    """Runs a command, plain or async, and ends the process as its outcome says."""
    try:
        outcome = command(*words, **options)
        if inspect.iscoroutine(outcome):
            outcome = asyncio.run(_interruptible(outcome))
    except Unavailable as trouble:
        _end(str(trouble), NOT_READY)
    except Trouble as trouble:
        _end(str(trouble), REFUSED)
    else:
        if isinstance(outcome, int) and outcome:
            sys.exit(outcome)


async def _interruptible(outcome: Coroutine[Any, Any, Any]) -> Any:
    """SIGTERM ends a command as Ctrl-C does, so that everything that was opened is closed."""
    task = asyncio.ensure_future(outcome)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return 143


def _end(sentence: str, code: int) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.exit(code)
