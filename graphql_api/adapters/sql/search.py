"""Finding conversations by words in their titles and texts.

A title or a text is found when it has all the words; the last one may be unfinished.
Whatever a person types is data: no character of it is an operator. Answers are found
once they have ended. SQLite ignores accents, PostgreSQL does not.
"""

from typing import Final

from sqlalchemy import TextClause, bindparam, text

from graphql_api.adapters.sql.database import Kind
from graphql_api.adapters.sql.tables import Characters

_MOST_WORDS: Final = 32

_SQLITE: Final = """(
    conversations.seq IN (
        SELECT rowid FROM conversation_words WHERE conversation_words MATCH :words)
    OR conversations.id IN (
        SELECT found.conversation_id FROM message_words
        JOIN messages AS found ON found.seq = message_words.rowid
        WHERE message_words MATCH :words))"""

# PostgreSQL's parser takes words with these characters between them for one. The
# documents are written as in the indexes, or those would not be used.
_PLAIN: Final = "translate({}, '/.-_@:+&=?#', '           ')"
_DOCUMENT: Final = f"to_tsvector('simple', {_PLAIN.format('left({}, 100000)')})"
_PHRASE: Final = f"phraseto_tsquery('simple', {_PLAIN.format('CAST({} AS text)')})"
# A phrase of no words is the empty query, which asks for nothing.
_UNFINISHED: Final = (
    f"CAST(COALESCE(NULLIF(CAST({_PHRASE} AS text), '') || ':*', '') AS tsquery)"
)
_POSTGRESQL: Final = f"""(
    {_DOCUMENT.format("conversations.title")} @@ ({{query}})
    OR conversations.id IN (
        SELECT found.conversation_id FROM messages AS found
        WHERE found.status NOT IN ('QUEUED', 'STREAMING')
        AND {_DOCUMENT.format("found.content")} @@ ({{query}})))"""  # noqa: S608 - the search itself is bound


def matches(kind: Kind, search: str) -> TextClause | None:
    """Condition for conversations with the words; None: a blank search."""
    words = search.split()[:_MOST_WORDS]
    if not words:
        return None
    if kind == "postgresql":
        return _postgresql(words)
    quoted = ['"{}"'.format(word.replace('"', '""')) for word in words]
    return _with(_SQLITE, {"words": " ".join(quoted) + "*"})


def _postgresql(words: list[str]) -> TextClause:
    named = {f"word_{index}": word for index, word in enumerate(words)}
    *finished, last = (f":{name}" for name in named)
    phrases = [*map(_PHRASE.format, finished), _UNFINISHED.format(last)]
    return _with(_POSTGRESQL.format(query=" && ".join(phrases)), named)


def _with(sql: str, values: dict[str, str]) -> TextClause:
    bound = (bindparam(name, value, Characters()) for name, value in values.items())
    return text(sql).bindparams(*bound)
