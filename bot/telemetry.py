"""Telemetry: log lines with no bodies and no secrets in them, on standard error, or in a file beside a talk."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog

from bot.settings import Settings

LOG_FILE = "deskhand.log"


def set_up_logs(settings: Settings, *, talking: bool = False) -> None:
    """Once per process, before anything else. Where a person talks on this very terminal, the lines go to
    `deskhand.log` under the home instead of into their talk."""
    out = _beside_the_talk(settings) if talking and sys.stderr.isatty() else sys.stderr
    level = logging.getLevelNamesMapping()[settings.log_level]
    last = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=out.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=level, stream=out, format="%(levelname)s %(name)s: %(message)s", force=True)
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # warns of what follows from an error that is raised anyway


def _beside_the_talk(settings: Settings) -> TextIO:
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        return (settings.home / LOG_FILE).open("a", encoding="utf-8", buffering=1)
    except OSError:  # opening the program will say in words what is wrong with the home
        return sys.stderr
