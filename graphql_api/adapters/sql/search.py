"""Which titles and texts hold the words that somebody looks for.

All the words must be there; the last one may be unfinished. Whatever a person types is
data: no character of it is an operator. Answers are found once they have ended. SQLite
ignores accents, PostgreSQL does not.

An index of words is of no use to languages that write no spaces between them. Such
words are looked for letter by letter, in the texts of the one principal alone.
"""

import re
from dataclasses import dataclass
from typing import Final, Self

from sqlalchemy import TextClause, bindparam, text

from graphql_api.adapters.sql.database import Kind
from graphql_api.adapters.sql.tables import Characters
from graphql_api.domain.snippets import is_unspaced, words_of

_INDEXED: Final = """{table}.seq IN (
    SELECT rowid FROM {index} WHERE {index} MATCH :words)"""

# PostgreSQL's parser takes words with these characters between them for one. The
# documents are written as in the indexes, or those would not be used.
_PLAIN: Final = "translate({}, '/.-_@:+&=?#', '           ')"
_DOCUMENT: Final = f"to_tsvector('simple', {_PLAIN.format('left({}, 100000)')})"
_PHRASE: Final = f"phraseto_tsquery('simple', {_PLAIN.format('CAST({} AS text)')})"
# A phrase of no words is the empty query, which asks for nothing.
_UNFINISHED: Final = (
    f"CAST(COALESCE(NULLIF(CAST({_PHRASE} AS text), '') || ':*', '') AS tsquery)"
)
_SPECIAL: Final = re.compile(r"[\\%_]")
_ENDED: Final = "{table}.status NOT IN ('QUEUED', 'STREAMING')"
_ANY_TEXT: Final = """(
    {title} OR conversations.id IN (
        SELECT found.conversation_id FROM messages AS found WHERE {content}))"""
_ANY_TEXT_OF_IT: Final = """(
    {title} OR EXISTS (
        SELECT 1 FROM messages AS found
        WHERE found.conversation_id = conversations.id AND {content}))"""


def matches(kind: Kind, search: str) -> TextClause | None:
    """Condition for conversations that hold the words; None: a blank search."""
    wanted = _Wanted.of(search)
    if wanted is None:
        return None
    # Without a word of the index, each text is read: only those of the one principal.
    either = _ANY_TEXT if wanted.indexed else _ANY_TEXT_OF_IT
    title = _in_title(kind, wanted)
    sql = either.format(title=title, content=_in_text(kind, wanted, "found"))
    return _bound(sql, wanted, kind)


def title_matches(kind: Kind, search: str) -> TextClause | None:
    """Condition for ``conversations`` whose title holds the words."""
    wanted = _Wanted.of(search)
    return None if wanted is None else _bound(_in_title(kind, wanted), wanted, kind)


def text_matches(kind: Kind, search: str) -> TextClause | None:
    """Condition for ``messages`` that have ended and hold the words."""
    wanted = _Wanted.of(search)
    if wanted is None:
        return None
    return _bound(_in_text(kind, wanted, "messages"), wanted, kind)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Words that an index knows, and words to look for letter by letter."""

    indexed: list[str]
    unspaced: list[str]
    unfinished: bool

    @classmethod
    def of(cls, search: str) -> Self | None:
        words = words_of(search)
        if not words:
            return None
        return cls(
            [word for word in words if not is_unspaced(word)],
            [word for word in words if is_unspaced(word)],
            unfinished=not is_unspaced(words[-1]),
        )

    def values(self, kind: Kind) -> dict[str, str]:
        """What is bound to the names in the conditions."""
        parts = {
            f"part_{index}": f"%{_SPECIAL.sub(_escaped, word)}%"
            for index, word in enumerate(self.unspaced)
        }
        if kind == "postgresql":
            return parts | {f"word_{i}": word for i, word in enumerate(self.indexed)}
        return parts | ({"words": self._quoted()} if self.indexed else {})

    def _quoted(self) -> str:
        words = ['"{}"'.format(word.replace('"', '""')) for word in self.indexed]
        return " ".join(words) + ("*" if self.unfinished else "")


def _in_title(kind: Kind, wanted: _Wanted) -> str:
    conditions = _holds(
        kind, wanted, "conversations", "conversations.title", "conversation_words"
    )
    return f"({' AND '.join(conditions)})"


def _in_text(kind: Kind, wanted: _Wanted, table: str) -> str:
    conditions = _holds(kind, wanted, table, f"{table}.content", "message_words")
    return " AND ".join([_ENDED.format(table=table), *conditions])


def _holds(
    kind: Kind, wanted: _Wanted, table: str, column: str, index: str
) -> list[str]:
    like = "ILIKE" if kind == "postgresql" else "LIKE"
    conditions = [
        f"{column} {like} :part_{number} ESCAPE '\\'"
        for number in range(len(wanted.unspaced))
    ]
    if wanted.indexed and kind == "postgresql":
        query = _tsquery(len(wanted.indexed), unfinished=wanted.unfinished)
        conditions.append(f"{_DOCUMENT.format(column)} @@ ({query})")
    elif wanted.indexed:
        conditions.append(_INDEXED.format(table=table, index=index))
    return conditions


def _tsquery(words: int, *, unfinished: bool) -> str:
    forms = [_PHRASE] * words
    if unfinished:
        forms[-1] = _UNFINISHED
    return " && ".join(
        form.format(f":word_{index}") for index, form in enumerate(forms)
    )


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def _bound(sql: str, wanted: _Wanted, kind: Kind) -> TextClause:
    values = wanted.values(kind).items()
    bound = (bindparam(name, value, Characters()) for name, value in values)
    return text(sql).bindparams(*bound)
