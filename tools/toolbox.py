"""Toolbox: what the process has open, handed to every tool as its first argument. Opened and closed in one place."""

from __future__ import annotations

from dataclasses import dataclass

from storage.blobs import Blobs
from storage.database import Database
from tools.llm.model import Models
from tools.mail.accounts import Mailboxes


@dataclass(frozen=True)
class Toolbox:
    """The open things."""

    database: Database
    blobs: Blobs
    models: Models
    mailboxes: Mailboxes
