"""The admin's tools: light groups here, their work in files of their own."""

from __future__ import annotations

import typer

GROUPS: dict[str, typer.Typer] = {}
