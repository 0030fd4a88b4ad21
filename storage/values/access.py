"""Who asks, and what they may do. A `Caller` is handed in from the door inwards; nobody looks it up on the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from storage.values.ids import PersonId, TenantId


class Permission(StrEnum):
    """The codes of the plan's role table."""

    MANAGE_USERS = "manage_users"
    VIEW_ALL_EMAILS = "view_all_emails"
    VIEW_OWN_EMAILS = "view_own_emails"
    APPROVE_TEMPLATES = "approve_templates"
    APPROVE_AUTO_REPLIES = "approve_auto_replies"
    CREATE_TEMPLATES = "create_templates"
    CREATE_RULES = "create_rules"
    MODIFY_RULES = "modify_rules"
    LAUNCH_JOBS = "launch_jobs"
    VIEW_AUDIT_LOGS = "view_audit_logs"


class Role(StrEnum):
    """What a person is in their tenant."""

    ADMIN = "admin"
    APPROVER = "approver"
    USER = "user"


_USER = {Permission.VIEW_OWN_EMAILS, Permission.CREATE_TEMPLATES, Permission.CREATE_RULES, Permission.LAUNCH_JOBS}
_APPROVER = _USER | {Permission.APPROVE_TEMPLATES, Permission.APPROVE_AUTO_REPLIES}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.USER: frozenset(_USER),
    Role.APPROVER: frozenset(_APPROVER),
    Role.ADMIN: frozenset(Permission),
}


@dataclass(frozen=True)
class Caller:
    """An authenticated person in their tenant, with the zone in which they say times."""

    tenant: TenantId
    person: PersonId
    name: str
    role: Role
    zone: str = "UTC"

    def may(self, permission: Permission) -> bool:
        """Whether this caller's role grants the permission."""
        return permission in GRANTS[self.role]
