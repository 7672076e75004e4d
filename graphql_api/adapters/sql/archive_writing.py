"""Storing the records of an import, each unless it is there already."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, RowMapping, func, insert, select, tuple_
from sqlalchemy.exc import IntegrityError

from graphql_api.adapters.sql import archive_rows
from graphql_api.adapters.sql.tables import conversations, messages
from graphql_api.domain.archive import (
    Checked,
    ConversationRecord,
    MessageRecord,
    Record,
)
from graphql_api.errors import BadFile
from graphql_api.ports.archive import Moved

_WHAT_TO_DO: Final = (
    "Delete the conversation here if the file's is the better one, or import into "
    "another data directory (SIDEKICK_DATA_DIR)."
)


class Writing:
    """One import, in the transaction of a connection."""

    def __init__(self, connection: Connection, *, keep: bool) -> None:
        self.moved = Moved()
        self._connection = connection
        self._keep = keep
        # Rows with higher numbers are of this very import.
        self._last_rows = {
            table: connection.scalar(select(func.max(table.c.seq))) or 0
            for table in (conversations, messages)
        }
        # Conversations that were there already, as far as messages may follow.
        self._present: set[str] = set()

    def store(self, batch: Sequence[Checked]) -> None:
        """Store the next records.

        Raises:
            BadFile: One is there already with other contents, or stands twice.
        """
        last = ""
        for kind in archive_rows.TABLES:
            items = [item for item in batch if isinstance(item.record, kind)]
            if items:
                self._insert(kind, self._missing(kind, items))
            if items and isinstance(items[-1].record, ConversationRecord):
                last = items[-1].record.id
        # A batch without a conversation goes on with the last one.
        if last:
            self._present &= {last}

    def _insert(self, kind: type[Record], items: Sequence[Checked]) -> None:
        if not items:
            return
        rows = [archive_rows.values(item.record, depth=item.depth) for item in items]
        try:
            self._connection.execute(insert(archive_rows.TABLES[kind]), rows)
        except IntegrityError as error:
            # All else was looked at: keys, parents and what may be null.
            msg = (
                f"{items[0].place} to {items[-1].place}: two messages have the same "
                f"generation, or one is here already. {_WHAT_TO_DO}"
            )
            raise BadFile(msg) from error
        if kind is ConversationRecord:
            self.moved.conversations += len(items)
        if kind is MessageRecord:
            self.moved.messages += len(items)

    def _missing(
        self, kind: type[Record], items: Sequence[Checked]
    ) -> Sequence[Checked]:
        if self._keep and kind is MessageRecord:
            items = [item for item in items if not self._is_present(item.record)]
        stored = self._stored(kind, items)
        missing: dict[tuple[str, ...], Checked] = {}
        for item in items:
            key = _key(item.record)
            if key in missing:
                raise BadFile(_twice(item))
            if key in stored:
                self._check_same(item, stored[key])
            else:
                self._check_new(item)
                missing[key] = item
        return list(missing.values())

    def _stored(
        self, kind: type[Record], items: Sequence[Checked]
    ) -> dict[tuple[str, ...], RowMapping]:
        columns = archive_rows.KEYS[kind]
        keys = [_key(item.record) for item in items]
        one = columns[0].in_([key[0] for key in keys])
        named = one if len(columns) == 1 else tuple_(*columns).in_(keys)
        wanted = select(archive_rows.TABLES[kind]).where(named)
        found = self._connection.execute(wanted).mappings()
        return {tuple(row[column] for column in columns): row for row in found}

    def _is_present(self, record: Record) -> bool:
        return (
            isinstance(record, MessageRecord)
            and record.conversation_id in self._present
        )

    def _check_new(self, item: Checked) -> None:
        """Nothing may be added to a conversation that is there already."""
        if self._is_present(item.record):
            raise BadFile(_differs(item))

    def _check_same(self, item: Checked, row: RowMapping) -> None:
        record = item.record
        if row.get("seq", 0) > self._last_rows.get(
            archive_rows.TABLES[type(record)], 0
        ):
            raise BadFile(_twice(item))
        same = archive_rows.record(type(record), row) == record
        if not same and not self._keep:
            raise BadFile(_differs(item))
        if isinstance(record, ConversationRecord):
            self._present.add(record.id)
            self.moved.skipped += same
            self.moved.kept += not same


def _key(record: Record) -> tuple[str, ...]:
    names = (column.name for column in archive_rows.KEYS[type(record)])
    return tuple(getattr(record, name) for name in names)


def _name(record: Record) -> str:
    return repr(" ".join(_key(record)))


def _twice(item: Checked) -> str:
    return (
        f"{item.place}: the {item.record.noun} {_name(item.record)} stands twice in "
        "the file. The file is not as it was exported; export it anew."
    )


def _differs(item: Checked) -> str:
    return (
        f"{item.place}: the {item.record.noun} {_name(item.record)} is here already "
        f"with other contents. {_WHAT_TO_DO}"
    )
