"""Lines of the audit log, written in the transaction of what they tell."""

from typing import Final

import msgspec
from sqlalchemy import Connection, RowMapping, insert

from graphql_api.adapters.sql.admin_tables import audit
from graphql_api.adapters.sql.pico import instant, microseconds
from graphql_api.domain.administration import Actor, AuditAction, AuditEntry

_JSON: Final = msgspec.json.Encoder()
_DETAILS: Final = msgspec.json.Decoder(dict[str, str])


def write_down(connection: Connection, entry: AuditEntry) -> None:
    """Add a line to the audit log."""
    added = insert(audit).values(
        id=entry.id,
        at=microseconds(entry.at),
        principal_id=entry.by.principal_id,
        key_id=entry.by.key_id,
        action=entry.action,
        subject=entry.subject,
        details=_JSON.encode(entry.details).decode(),
    )
    connection.execute(added)


def entry_in(row: RowMapping) -> AuditEntry:
    """The line of a row."""
    return AuditEntry(
        id=row["id"],
        at=instant(row["at"]),
        by=Actor(principal_id=row["principal_id"], key_id=row["key_id"]),
        action=AuditAction(row["action"]),
        subject=row["subject"],
        details=_DETAILS.decode(row["details"]),
    )
