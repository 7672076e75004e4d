"""Titles by the model: when they come, what they cost, and whom they never bother."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from graphql_api import app as composition
from graphql_api.domain.models import (
    FinishReason,
    Health,
    ModelEvent,
    ModelFinished,
    ModelRequest,
    TextDelta,
)
from graphql_api.domain.titles import MAX_TITLE_TOKENS
from graphql_api.errors import ModelUnavailable
from graphql_api.settings import read_settings
from tests.contract.store_data import charged
from tests.contract.store_places import open_store
from tests.fakes import ScriptedModel, complete
from tests.schema.conftest import Api, running
from tests.schema.test_conversations import create, read, send

pytestmark = pytest.mark.anyio
Step = ModelEvent | Exception | asyncio.Event
QUESTION = "Who is Robin?"
USED = 15
"""Tokens of one run of the scripted model."""
RENAME = """mutation ($input: UpdateConversationInput!) {
  updateConversation(input: $input) { conversation { title } } }"""
DELETE = """mutation ($id: ID!) { deleteConversation(input: {conversationId: $id}) {
  deletedConversationId } }"""


class Model:
    """Answers every question, and follows a script when it is asked for a title."""

    def __init__(self, *title: Step) -> None:
        self.answers = ScriptedModel(complete("Batman's ", "sidekick."))
        self.titles = ScriptedModel(title)

    def answer(self, request: ModelRequest, /) -> AsyncGenerator[ModelEvent, None]:
        for_title = request.max_completion_tokens == MAX_TITLE_TOKENS
        return (self.titles if for_title else self.answers).answer(request)

    async def health(self) -> Health:
        return Health("model", ok=True)


@dataclass
class House:
    """Opens the API over one folder and one model, and looks into its database."""

    folder: Path
    patch: pytest.MonkeyPatch

    @asynccontextmanager
    async def open(self, model: Model, **environ: str) -> AsyncGenerator[Api]:
        settings = {
            "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
            "SIDEKICK_DATA_DIR": str(self.folder),
            "SIDEKICK_DRAIN_S": "10",
            **environ,
        }
        self.patch.setattr(composition, "open_model", lambda _: (model, nullcontext()))
        app = composition.create_app(read_settings(settings))
        async with asyncio.timeout(30), running(app) as api:
            yield api

    async def rows(self) -> int:
        """Rows of the ledger; the API must be closed."""
        async with open_store(self.folder / "sidekick.db") as store:
            return len(await charged(store))

    async def title(self, conversation: str) -> str:
        """The title once everything has ended."""
        async with self.open(Model()) as api:
            return (await read(api, conversation))["title"]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return House(tmp_path, monkeypatch)


async def ask(api: Api) -> str:
    conversation = await create(api)
    await send(api, conversation, QUESTION)
    return conversation


async def titles_ended() -> None:
    tasks = asyncio.all_tasks()
    titles = [task for task in tasks if task.get_name().startswith("title ")]
    if titles:
        await asyncio.wait(titles, timeout=10)


async def test_the_model_titles_a_conversation_and_is_paid_for_it(house: House) -> None:
    model = Model(*complete('"The Boy', ' Wonder"'))
    async with house.open(model) as api:
        conversation = await ask(api)
    async with house.open(Model()) as api:
        found = await read(api, conversation)
    assert found["title"] == "The Boy Wonder"
    assert found["tokenUsage"]["totalTokens"] == 2 * USED
    assert await house.rows() == 2
    (request,) = model.titles.requests
    assert QUESTION in request.history[0].content
    assert "Batman's sidekick." in request.history[0].content


async def test_only_the_first_answer_is_titled(house: House) -> None:
    model = Model(*complete("Boy Wonder"))
    async with house.open(model) as api:
        conversation = await ask(api)
        await titles_ended()
        await send(api, conversation, "And Batgirl?")
    assert len(model.titles.requests) == 1


@pytest.mark.parametrize(
    ("script", "rows"),
    [
        ([ModelUnavailable("Overloaded.")], 1),
        ([RuntimeError("a bug")], 1),
        ([TextDelta("Half a ti")], 2),
        (complete("Two\nlines"), 2),
        (complete("I'm sorry, I cannot."), 2),
        ([TextDelta("Filtered"), ModelFinished(FinishReason.CONTENT_FILTER)], 2),
    ],
)
async def test_the_rules_title_stays_when_the_model_has_none(
    house: House, script: Sequence[Step], rows: int
) -> None:
    async with house.open(Model(*script)) as api:
        conversation = await ask(api)
    assert await house.title(conversation) == QUESTION
    assert await house.rows() == rows


async def test_the_end_of_an_answer_does_not_wait_and_a_rename_wins(
    house: House,
) -> None:
    release = asyncio.Event()
    model = Model(release, *complete("Boy Wonder"))
    async with house.open(model) as api:
        conversation = await ask(api)
        await model.titles.reached.wait()
        wanted = {"conversationId": conversation, "title": "Mine"}
        await api.data(RENAME, input=wanted)
        release.set()
    assert await house.title(conversation) == "Mine"
    assert await house.rows() == 2


async def test_a_conversation_deleted_in_between_is_charged_and_stays_deleted(
    house: House,
) -> None:
    release = asyncio.Event()
    model = Model(release, *complete("Boy Wonder"))
    async with house.open(model) as api:
        conversation = await ask(api)
        await model.titles.reached.wait()
        await api.data(DELETE, id=conversation)
        release.set()
    async with house.open(Model()) as api:
        assert await read(api, conversation) is None
    assert await house.rows() == 2


async def test_an_answer_takes_the_only_slot_from_a_title(house: House) -> None:
    model = Model(TextDelta("Boy"), asyncio.Event())
    async with house.open(model, SIDEKICK_MAX_LIVE="1") as api:
        conversation = await ask(api)
        await model.titles.reached.wait()
        await send(api, conversation, "And Batgirl?")
        assert model.titles.closed == 1
    assert await house.title(conversation) == QUESTION
    assert await house.rows() == 3


async def test_a_title_that_hangs_is_charged_and_ends_with_the_server(
    house: House,
) -> None:
    model = Model(TextDelta("Boy"), asyncio.Event())
    async with house.open(model, SIDEKICK_DRAIN_S="0") as api:
        conversation = await ask(api)
        await model.titles.reached.wait()
    assert model.titles.closed == 1
    assert await house.title(conversation) == QUESTION
    assert await house.rows() == 2


async def test_a_model_that_only_thinks_is_asked_once(house: House) -> None:
    model = Model(ModelFinished(FinishReason.LENGTH))
    async with house.open(model) as api:
        for _ in range(3):
            await ask(api)
            await titles_ended()
    assert len(model.titles.requests) == 1


async def test_the_rule_titles_when_the_settings_say_so(house: House) -> None:
    model = Model(*complete("Boy Wonder"))
    async with house.open(model, SIDEKICK_TITLES="rule") as api:
        conversation = await ask(api)
    assert await house.title(conversation) == QUESTION
    assert model.titles.requests == []
