"""The audit log, which nobody can change, and the switches.

Revision ID: r0009
"""

from typing import Final

from alembic import op

revision: Final = "r0009"
down_revision: Final = "r0008"

_TABLES: Final = """
CREATE TABLE audit (
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    principal_id TEXT,
    key_id TEXT,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL,
    CONSTRAINT pk_audit PRIMARY KEY (id)
){kind};

CREATE INDEX ix_audit_at_id ON audit (at, id);

CREATE TABLE switches (
    name TEXT NOT NULL,
    is_on BOOLEAN NOT NULL,
    since BIGINT NOT NULL,
    principal_id TEXT,
    key_id TEXT,
    reason TEXT NOT NULL,
    CONSTRAINT pk_switches PRIMARY KEY (name)
);

CREATE INDEX ix_messages_went_wrong ON messages (finished_at)
    WHERE status IN ('FAILED', 'INTERRUPTED')
"""

# The last one is about INSERT OR REPLACE, which deletes without a word.
_SQLITE: Final = """
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'The audit log cannot be changed.'); END;

CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'The audit log cannot be changed.'); END;

CREATE TRIGGER audit_is_written_once BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'The audit log cannot be changed.'); END
"""

_POSTGRESQL: Final = """
CREATE FUNCTION refuse_to_change_audit() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'The audit log cannot be changed.'; END $$;

CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION refuse_to_change_audit();

CREATE TRIGGER audit_is_kept BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_audit()
"""


def upgrade() -> None:
    """Make the tables, the index and the triggers."""
    connection = op.get_bind()
    kind, triggers = "", _POSTGRESQL
    if connection.dialect.name == "sqlite":
        # Without numbers of rows, by which one could be replaced, too.
        kind, triggers = " WITHOUT ROWID", _SQLITE
    tables = _TABLES.replace("{kind}", kind)
    for statement in (*tables.split(";\n\n"), *triggers.split(";\n\n")):
        connection.exec_driver_sql(statement)
