"""Takes everything out of a store, and puts exports back: Sidekick's and ChatGPT's."""

from collections.abc import Callable, Generator, Iterable
from contextlib import closing

from graphql_api.domain import archive_lines, chatgpt
from graphql_api.domain.archive import (
    ConversationRecord,
    Found,
    PrincipalRecord,
    Record,
)
from graphql_api.domain.archive_checks import checked
from graphql_api.errors import BadFile
from graphql_api.ports.archive import Archive, Moved

Then = Callable[[], None]


def export(archive: Archive, *, passed: Then) -> Generator[bytes]:
    """The lines of an export file, as of one moment.

    Args:
        archive: What to export.
        passed: Called for every conversation.
    """

    def records() -> Generator[Record]:
        with closing(archive.read()) as everything:
            for record in everything:
                if isinstance(record, ConversationRecord):
                    passed()
                yield record

    return archive_lines.written(archive.schema_revision, records())


def import_own(archive: Archive, lines: Iterable[bytes], *, read: Then) -> Moved:
    """Store the lines of an export file: all of them, or nothing.

    Args:
        archive: Where to.
        lines: The file.
        read: Called when the file was read and found good, before all is committed.

    Raises:
        BadFile: The file is not as it was exported, or contradicts what is stored.
    """
    found = _then(archive_lines.found(lines), read)
    return archive.write(checked(found), keep=False)


def import_chatgpt(
    archive: Archive,
    talks: Iterable[object],
    *,
    principal_id: str,
    assistant_key: str,
    read: Then,
) -> Moved:
    """Store ChatGPT's conversations: all that are not here yet, or nothing.

    Those that were imported before stay as they are, also if they went on here or
    there meanwhile.

    Raises:
        BadFile: An element is no conversation.
    """

    def found() -> Generator[Found]:
        principal = PrincipalRecord(id=principal_id)
        yield Found("The viewer", principal)
        for number, talk in enumerate(talks, start=1):
            place = f"Conversation {number:,}"
            try:
                for record in chatgpt.records(
                    talk, principal_id=principal_id, assistant_key=assistant_key
                ):
                    yield Found(place, record)
            except BadFile as error:
                msg = f"{place} is not ChatGPT's: {error.message}."
                raise BadFile(msg) from error

    return archive.write(checked(_then(found(), read)), keep=True)


def _then(records: Iterable[Found], read: Then) -> Generator[Found]:
    yield from records
    read()
