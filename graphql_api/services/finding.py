"""Finding titles and messages by their words, with the passage of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from graphql_api.domain.conversations import Found, Hit, SearchPage
from graphql_api.domain.snippets import Part, snippet
from graphql_api.errors import BadInput
from graphql_api.ports.store import Store
from graphql_api.services.paging import checked_count

MAX_SEARCH_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class Passage:
    """A hit with the words around it."""

    hit: Hit
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Passages:
    """One page of what was found."""

    items: Sequence[Passage]
    more: bool


class Finding:
    """Looks through what a principal has, the archive included."""

    def __init__(self, store: Store) -> None:
        """Take the store."""
        self._store = store

    async def titles(self, principal_id: str, page: SearchPage) -> Passages:
        """Conversations by their titles, newest activity first.

        Raises:
            BadInput: The number or the cursor is not acceptable, or the words too many.
        """
        _check(page)
        found = await self._store.finder.titles(principal_id, page)
        return _passages(found, page.words)

    async def messages(self, principal_id: str, page: SearchPage) -> Passages:
        """Messages by their texts, newest first.

        Raises:
            BadInput: As for `titles`.
        """
        _check(page)
        found = await self._store.finder.messages(principal_id, page)
        return _passages(found, page.words)


def check_search(words: str, *, field: str) -> None:
    """Refuse words that are too long.

    Raises:
        BadInput: They are.
    """
    if len(words) > MAX_SEARCH_CHARS:
        raise BadInput(
            f"The search has {len(words)} characters; {MAX_SEARCH_CHARS} are allowed.",
            reason="TOO_LONG",
            field=field,
        )


def _check(page: SearchPage) -> None:
    check_search(page.words, field="query")
    checked_count(page.first, "first")


def _passages(found: Found, words: str) -> Passages:
    return Passages(
        [Passage(hit, snippet(_text(hit), words)) for hit in found.hits], found.more
    )


def _text(hit: Hit) -> str:
    return hit.conversation.title if hit.message is None else hit.message.content
