"""Finding conversations by their words, over every database."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphql_api.domain.conversations import (
    ConversationChanges,
    ConversationFilter,
    SearchPage,
)
from graphql_api.errors import BadInput
from tests.contract.store_data import ALL, GONE, LATER, ME, answered, talk, turn
from tests.contract.store_places import SqlStore

pytestmark = pytest.mark.anyio
EVERYTHING = ["cnv_1", "cnv_2", "cnv_3", "cnv_4"]
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
        ("cnv_4", "哥谭市", "蝙蝠侠的管家是谁: Alfred 百%確認 バットマン 로빈은"),
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
        ("", EVERYTHING),
        ("  \t ", EVERYTHING),
        (None, EVERYTHING),
        ("管家", ["cnv_4"]),
        ("谭", ["cnv_4"]),
        ("バット", ["cnv_4"]),
        ("로빈", ["cnv_4"]),
        ("管家 alfred", ["cnv_4"]),
        ("alf 管家", []),
        ("alfred 管家", ["cnv_4"]),
        ("管家 joker", []),
        ("%確_", []),
        ("百%確", ["cnv_4"]),
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
    assert set(await search(library, words)) <= set(EVERYTHING)


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


async def titles(store: SqlStore, words: str) -> list[str]:
    found = await store.finder.titles(ME, SearchPage(words=words, first=10))
    return [hit.conversation.id for hit in found.hits]


async def texts(
    store: SqlStore, words: str, *, first: int = 10, after: str | None = None
) -> list[str]:
    page = SearchPage(words=words, first=first, after=after)
    found = await store.finder.messages(ME, page)
    assert found.more is (first == 1 and len(found.hits) == 1)
    return [hit.message.id for hit in found.hits if hit.message]


async def test_titles_and_texts_are_found_apart(library: SqlStore) -> None:
    assert (await titles(library, "wonder"), await texts(library, "wonder")) == (
        *(["cnv_1"], []),
    )
    assert (await titles(library, "robin"), await texts(library, "robin")) == (
        *([], ["cnv_1_m0"]),
    )
    assert await titles(library, "哥谭") == ["cnv_4"]
    assert await texts(library, "管家") == ["cnv_4_m0"]
    assert (await titles(library, " "), await texts(library, "")) == ([], [])


async def test_a_hit_knows_its_conversation_though_it_is_archived(
    library: SqlStore,
) -> None:
    change = ConversationChanges(archived=True)
    await library.conversations.update(ME, "cnv_1", change, at=LATER)
    found = await library.finder.messages(ME, SearchPage(words="robin", first=1))
    assert [hit.conversation.title for hit in found.hits] == ["The boy wonder"]
    assert found.hits[0].conversation.archived


async def test_hits_are_read_on_from_a_cursor_newest_first(store: SqlStore) -> None:
    await store.conversations.create(ME, talk("cnv_1", "Robin", "robin", title="Old"))
    await store.conversations.create(
        ME, talk("cnv_2", "Robin flies", title="New", at=LATER)
    )
    order = ["cnv_2_m0", "cnv_1_m1", "cnv_1_m0"]
    assert await texts(store, "robin") == order
    assert await texts(store, "robin", first=1) == order[:1]
    assert await texts(store, "robin", after=order[0]) == order[1:]
    page = SearchPage(words="robin", first=1, after="msg_no")
    with pytest.raises(BadInput):
        await store.finder.messages(ME, page)


async def test_every_version_is_found(store: SqlStore) -> None:
    await store.conversations.create(ME, talk("cnv_1", "First", "Second"))
    await answered(store, 2, content="Alfred?", parent_id="cnv_1_m0")
    assert await texts(store, "second") == ["cnv_1_m1"]
    assert await texts(store, "alfred") == ["msg_q2"]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
async def test_no_hit_needs_an_operator(library: SqlStore, words: str) -> None:
    assert len(await titles(library, words)) <= 1
    assert len(await texts(library, words)) <= 1
