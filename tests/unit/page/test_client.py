import asyncio
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from reflex_app.calls import Calls
from reflex_app.client import ApiClient
from reflex_app.operations import OPERATIONS
from reflex_app.replies import UNREACHABLE, ApiError
from tests.wire.fake_api import FakeApi
from tests.wire.in_process import InProcess

pytestmark = pytest.mark.anyio

LIMIT_S = 5.0
SCHEMA = Path(__file__).resolve().parents[3] / "schema.graphql"


def connect(api: FakeApi) -> ApiClient:
    return ApiClient(Calls("http://api/graphql", poster=InProcess(api.asgi)))


class Saying:
    """A service that always says the same."""

    def __init__(self, text: str) -> None:
        self._text = text

    async def post(self, _url: str, _body: bytes, _shown: Mapping[str, str]) -> bytes:
        return self._text.encode()

    async def aclose(self) -> None:
        """There is nothing to close."""


async def failure(client: ApiClient) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await client.send("cnv_1", "Who?", key="k1")
    return caught.value


@pytest.mark.parametrize("document", OPERATIONS)
async def test_every_operation_of_the_page_fits_the_contract(document: str) -> None:
    assert validate(build_schema(SCHEMA.read_text()), parse(document)) == []


async def test_the_assistants_come_with_their_models_and_prices() -> None:
    offer = await connect(FakeApi()).offer()
    (assistant,) = offer.assistants

    assert (assistant.name, assistant.model.name) == ("Comic book assistant", "echo")
    assert assistant.model.completion_per_million == Decimal(2)
    assert offer.models == (assistant.model,)


async def test_a_stored_conversation_comes_with_its_messages_and_cost() -> None:
    api = FakeApi()
    talk = api.shelf.talk("Who is it?", "Alfred")

    stored = await connect(api).conversation(talk.id, last=50)

    assert stored is not None
    assert [m.content for m in stored.page.messages] == ["Who is it?", "Alfred"]
    assert stored.page.messages[1].cost is not None
    assert stored.page.messages[1].cost.amount == Decimal("0.000402")
    assert (stored.page.earlier_cursor, stored.generation_id) == (None, None)


async def test_a_conversation_that_is_not_there_is_none() -> None:
    assert await connect(FakeApi()).conversation("cnv_9", last=50) is None
    assert await connect(FakeApi()).glance("cnv_9") is None


async def test_a_whole_conversation_is_read_page_by_page() -> None:
    api = FakeApi()
    talk = api.shelf.talk(*(f"Message {number}" for number in range(250)))

    _, messages = await connect(api).whole(talk.id)

    assert [m.content for m in messages] == [f"Message {n}" for n in range(250)]


async def test_a_conversation_deleted_in_between_is_an_error_with_its_code() -> None:
    with pytest.raises(ApiError) as caught:
        await connect(FakeApi()).whole("cnv_9")

    assert caught.value.problem.code == "NOT_FOUND"


async def test_a_refusal_keeps_its_words_and_the_wait_it_asks_for() -> None:
    extensions = {"code": "RATE_LIMITED", "retryAfterMs": 1500}
    refusal = {"message": "Too many.", "extensions": extensions}

    problem = (await failure(connect(FakeApi(refusal=refusal)))).problem

    assert (problem.code, problem.message) == ("RATE_LIMITED", "Too many.")
    assert (problem.retryable, problem.retry_after_s) == (True, 1.5)


@pytest.mark.parametrize(
    "text",
    [
        "<h1>Bad gateway</h1>",
        "nonsense",
        "[]",
        '{"data": null}',
        ": still here\n\n",
    ],
)
async def test_a_reply_that_is_not_graphql_counts_as_unreachable(text: str) -> None:
    client = ApiClient(Calls("http://api/graphql", poster=Saying(text)))

    assert (await failure(client)).problem.code == UNREACHABLE


async def test_an_api_that_is_not_there_is_unreachable_and_worth_a_retry() -> None:
    client = ApiClient(Calls("http://127.0.0.1:1/graphql"))

    problem = (await failure(client)).problem

    assert (problem.code, problem.retryable) == (UNREACHABLE, True)
    await client.calls.aclose()


class Silent:
    """A service that never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.open = 0
        self.open_at_close = -1

    async def post(self, _url: str, _body: bytes, _shown: Mapping[str, str]) -> bytes:
        self.open += 1
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.open -= 1
        raise AssertionError

    async def aclose(self) -> None:
        self.open_at_close = self.open


async def test_a_call_that_waits_ends_before_the_connections_close() -> None:
    silent = Silent()
    calls = Calls("http://api/graphql", poster=silent)
    asking = asyncio.create_task(ApiClient(calls).offer())
    await silent.asked.wait()

    async with asyncio.timeout(LIMIT_S):
        await calls.aclose()
        with pytest.raises(ApiError) as caught:
            await asking

    assert caught.value.problem.code == UNREACHABLE
    assert silent.open_at_close == 0
