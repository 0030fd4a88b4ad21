"""Reads development.yaml: the scenes and utterances that the offline brain is developed on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FACTS: dict[str, Any] = {
    "now": "2026-03-18T10:00:00+00:00",
    "zone": "Europe/Lisbon",
    "labels": ["Finance", "Travel", "Work", "Clients"],
    "people": ["Ana Sousa <ana@sousa.example>", "Marta Lopes <marta@lopes.example>", "Acme Billing <billing@acme.example>"],
    "shown": [{"n": number, "from": "Ana Sousa <ana@sousa.example>", "subject": "Budget"} for number in range(1, 6)],
    "files": ["sales.csv"],
}


def cases() -> list[dict[str, Any]]:
    """One case a line, in the form of tools/evals/brain.py."""
    table: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return [_case(tool, said, arguments) for tool, lines in table.items() for said, arguments in lines.items()]


def _case(tool: str, said: str, arguments: dict[str, Any]) -> dict[str, Any]:
    scene, _, text = said.rpartition("|")
    facts = {**FACTS, "draft": {"subject": "Re: Budget", "to": "ana@sousa.example"}} if scene == "DRAFT" else FACTS
    return {"id": text, "text": text, "facts": facts, "tool": None if tool == "none" else tool, "arguments": arguments}
