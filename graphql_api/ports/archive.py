"""Everything that is stored, to take out and to put back.

Unlike the other ports it is not asynchronous: it serves a command that does one thing
after another in a process of its own, which Ctrl-C may end anywhere.
"""

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Protocol

from graphql_api.domain.archive import Checked, Record


@dataclass(slots=True, kw_only=True)
class Moved:
    """What an import did.

    Attributes:
        conversations: New ones.
        messages: New ones.
        skipped: Conversations that were there already, with the same contents.
        kept: Conversations that were there already with others, and stayed so.
    """

    conversations: int = 0
    messages: int = 0
    skipped: int = 0
    kept: int = 0


class Archive(Protocol):
    """All of a store, whosesoever it is."""

    @property
    def schema_revision(self) -> str:
        """Which tables the store has."""
        ...

    def size(self) -> int:
        """Number of the conversations, to show how far an export is."""
        ...

    def read(self) -> Generator[Record]:
        """Everything as of one moment, in the order of `domain.archive`."""
        ...

    def write(self, records: Iterable[Checked], /, *, keep: bool) -> Moved:
        """Store what is not there yet: all of it, or, after any error, nothing.

        Args:
            records: What to store.
            keep: Leave conversations alone that are there with other contents.

        Raises:
            BadFile: A record is there already with other contents.
        """
        ...
