"""The first shape of the memory."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

_ROLE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'deskhand_app') THEN
        CREATE ROLE deskhand_app NOLOGIN;
    END IF;
    IF NOT pg_has_role(current_user, 'deskhand_app', 'MEMBER') THEN
        EXECUTE format('GRANT deskhand_app TO %I', current_user);
    END IF;
END
$$
"""


def upgrade() -> None:
    """Extensions, the role of the program, the tables, and who may see what."""
    for extension in ("vector", "pg_trgm"):
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    op.execute(_ROLE)
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    """Nothing is left but the extensions and the role, which others may use."""
    op.execute(
        """
        DO $$
        DECLARE name text;
        BEGIN
            FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
            LOOP
                EXECUTE format('DROP TABLE %I CASCADE', name);
            END LOOP;
        END
        $$
        """
    )
    op.execute("DROP FUNCTION audit_is_append_only(), outbox_has_words()")
