"""Finding conversations by their words, over every database."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphql_api.adapters.sql.engine import SqlStore
from graphql_api.domain.conversations import ConversationChanges, ConversationFilter
from tests.contract.store_data import ALL, GONE, LATER, ME, answered, talk, turn

pytestmark = pytest.mark.anyio
HOSTILE = (
    *('"', "'", '""', '" OR "', "') --", "*", "(", "NEAR(a b)", "a AND", "-robin"),
    *("title : x", "content:robin", "{a b}: c", "^robin", "a*b", "robin:*", "!", "&"),
    *("%", "_", "\\", "\0", "\ud800", "<->", "a <2> b", ":words", "$1", "?", "%s"),
    *("x" * 100_000, "word " * 10_000, "🦇", "\uff11\uff12"),
)


@pytest.fixture
async def library(store: SqlStore) -> SqlStore:
    for name, title, text in (
        ("cnv_1", "The boy wonder", "Who is Robin, and where is Gotham-City?"),
        ("cnv_2", "Villains", "Tell me about THE Joker's card, version 3.14"),
        ("cnv_3", "Été à Metropolis", "Супермен и Лоис"),
    ):
        await store.conversations.create(ME, talk(name, text, title=title))
    return store


async def search(store: SqlStore, words: str | None) -> list[str]:
    page = await store.conversations.list(ME, ConversationFilter(search=words), ALL)
    assert len(page.items) == page.total
    return sorted(item.id for item in page.items)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("robin", ["cnv_1"]),
        ("WONDER", ["cnv_1"]),
        ("wond", ["cnv_1"]),
        ("gotham city", ["cnv_1"]),
        ("gotham-ci", ["cnv_1"]),
        ("city robin", ["cnv_1"]),
        ("the", ["cnv_1", "cnv_2"]),
        ("joker", ["cnv_2"]),
        ("3.14", ["cnv_2"]),
        ("супер", ["cnv_3"]),
        ("été", ["cnv_3"]),
        # Only the last word may be unfinished, and the words are of one text.
        ("goth city", []),
        ("robin joker", []),
        ("wonder robin", []),
        ("bin", []),
        ("", ["cnv_1", "cnv_2", "cnv_3"]),
        ("  \t ", ["cnv_1", "cnv_2", "cnv_3"]),
        (None, ["cnv_1", "cnv_2", "cnv_3"]),
        ("+++", []),
        ("+++ robin", ["cnv_1"]),
        ("robin ...", ["cnv_1"]),
    ],
)
async def test_a_search_finds_all_words_in_one_title_or_text(
    library: SqlStore, words: str | None, found: list[str]
) -> None:
    assert await search(library, words) == found


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
async def test_nothing_that_is_searched_for_is_an_operator(
    library: SqlStore, words: str
) -> None:
    assert len(await search(library, words)) <= 1


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(words=st.text())
async def test_no_text_breaks_a_search(library: SqlStore, words: str) -> None:
    assert set(await search(library, words)) <= {"cnv_1", "cnv_2", "cnv_3"}


async def test_an_answer_is_found_once_it_has_ended(library: SqlStore) -> None:
    await library.turns.begin(ME, turn(content="Go on", parent_id="cnv_1_m0"))
    await library.turns.checkpoint({"gen_1": "A sidekick is"})
    assert await search(library, "sidekick") == []
    await library.turns.sweep(GONE, at=LATER)
    assert await search(library, "sidekick") == ["cnv_1"]
    await answered(library, 2, content="And Alfred?", parent_id="cnv_1_m0")
    assert await search(library, "batman") == ["cnv_1"]


async def test_a_new_title_replaces_the_old_one_in_the_search(
    library: SqlStore,
) -> None:
    await library.conversations.update(
        ME, "cnv_2", ConversationChanges(title="Foes"), at=LATER
    )
    assert await search(library, "foes") == ["cnv_2"]
    assert await search(library, "villains") == []


async def test_a_deleted_conversation_is_not_found(library: SqlStore) -> None:
    await library.conversations.delete(ME, "cnv_1")
    assert await search(library, "robin") == []
    assert await search(library, "wonder") == []


async def test_an_archived_conversation_is_found_in_the_archive(
    library: SqlStore,
) -> None:
    await library.conversations.update(
        ME, "cnv_1", ConversationChanges(archived=True), at=LATER
    )
    wanted = ConversationFilter(search="robin", archived=True)
    assert await search(library, "robin") == []
    assert (await library.conversations.list(ME, wanted, ALL)).total == 1


async def test_a_text_of_a_megabyte_of_words_is_kept(store: SqlStore) -> None:
    text = " ".join(f"word{index}" for index in range(200_000))
    await store.conversations.create(ME, talk("cnv_1", text))
    assert await search(store, "word77") == ["cnv_1"]
