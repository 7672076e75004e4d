"""Documents that an operator trusts, by hash and by name.

A client names a document instead of sending it: by `documentId`, as the specification
of GraphQL over HTTP has it, or by Apollo's `extensions.persistedQuery.sha256Hash`.
Clients register nothing. The operations of the page are always known.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, cast

from graphql_api.errors import ErrorCode, SettingsError
from graphql_api.schema.documents.limits import Complaint
from graphql_api.schema.documents.prepared import digest

VARIABLE: Final = "SIDEKICK_TRUSTED_DOCUMENTS"
_PAGE: Final = files("graphql_api") / "page_documents.json"
_APOLLO: Final = "apollo-persisted-query-manifest"
_PREFIX: Final = "sha256:"


class DocumentId(str):
    """Stands where a document's text is expected, and names it."""

    __slots__ = ()


class TrustedDocuments:
    """The known documents, and whether only they are run."""

    def __init__(self, named: Mapping[str, str], *, only: bool) -> None:
        """Know these documents by their names and by their hashes."""
        hashed = {digest(text): text for text in named.values()}
        self._known = {**hashed, **named}
        self._hashes = frozenset(hashed)
        self._only = only

    def text(self, query: str) -> str | Complaint:
        """Text of the document that was sent or named, if it may be run."""
        if isinstance(query, DocumentId):
            return self._known.get(query.removeprefix(_PREFIX), _NOT_FOUND)
        if self._only and digest(query) not in self._hashes:
            return _NOT_TRUSTED
        return query


def name_document(operation: object) -> None:
    """Put the name of a trusted document where a request leaves out its text."""
    if not isinstance(operation, dict):
        return
    request = cast("dict[str, Any]", operation)
    if request.get("query"):
        return
    extensions = request.get("extensions")
    persisted = _member(extensions, "persistedQuery")
    name = request.get("documentId") or _member(persisted, "sha256Hash")
    if name and isinstance(name, str):
        request["query"] = DocumentId(name)


def read_trusted(path: Path | None) -> TrustedDocuments:
    """The page's documents, and those of the operator's file, which bars all others.

    Raises:
        SettingsError: The file is missing, or it is no list of documents.
    """
    page = _documents(json.loads(_PAGE.read_text("utf-8")))
    if path is None:
        return TrustedDocuments(page, only=False)
    try:
        own = _documents(json.loads(path.read_text("utf-8")))
    except (OSError, TypeError, ValueError) as error:
        msg = (
            f"{VARIABLE} names {str(path)!r}, which is no JSON object of names and "
            "documents and no Apollo persisted query manifest."
        )
        raise SettingsError(msg) from error
    return TrustedDocuments({**page, **own}, only=True)


def _documents(content: object) -> dict[str, str]:
    """Documents by name, from either form of file.

    Raises:
        TypeError: The content has another form.
    """
    if _member(content, "format") == _APOLLO:
        operations = cast("list[Any]", _member(content, "operations") or [])
        content = {_member(one, "id"): _member(one, "body") for one in operations}
    if not isinstance(content, dict):
        msg = "not an object"
        raise TypeError(msg)
    named = cast("dict[object, object]", content)
    if not all(isinstance(text, str) for pair in named.items() for text in pair):
        msg = "not all names and documents are strings"
        raise TypeError(msg)
    return {str(name): str(text) for name, text in named.items()}


def _member(value: object, name: str) -> object:
    return (
        cast("dict[str, object]", value).get(name) if isinstance(value, dict) else None
    )


_NOT_FOUND: Final = Complaint(
    message="PersistedQueryNotFound", code=ErrorCode.PERSISTED_QUERY_NOT_FOUND
)
_NOT_TRUSTED: Final = Complaint(
    message="Only documents that the operator trusts are run here.",
    code=ErrorCode.PERSISTED_QUERY_NOT_FOUND,
)
