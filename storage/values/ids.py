"""One type of id per noun, all UUIDv7: they sort by time of birth, so indexes stay dense."""

from __future__ import annotations

import secrets
from typing import NewType
from uuid import UUID

import uuid_utils

TenantId = NewType("TenantId", UUID)
PersonId = NewType("PersonId", UUID)
AccountId = NewType("AccountId", UUID)
EmailId = NewType("EmailId", UUID)
ConversationId = NewType("ConversationId", UUID)
EventId = NewType("EventId", UUID)
ApprovalId = NewType("ApprovalId", UUID)
SendId = NewType("SendId", UUID)
ReceiptId = NewType("ReceiptId", UUID)
JobId = NewType("JobId", UUID)
FollowUpId = NewType("FollowUpId", UUID)
MemoryId = NewType("MemoryId", UUID)
FileId = NewType("FileId", UUID)
AnalysisId = NewType("AnalysisId", UUID)


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


def new_token() -> str:
    """A secret word for a button: 128 random bits, 22 characters, far below Telegram's 64 bytes."""
    return secrets.token_urlsafe(16)
