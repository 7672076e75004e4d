from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from graphql import build_schema, parse, validate

from reflex_app.client import OPERATIONS, ApiClient
from reflex_app.replies import UNREACHABLE, ApiError
from tests.wire.fake_api import FakeApi

pytestmark = pytest.mark.anyio

SCHEMA = Path(__file__).resolve().parents[3] / "schema.graphql"


def connect(api: FakeApi) -> ApiClient:
    return ApiClient("http://api/graphql", transport=httpx.ASGITransport(api.asgi))


def answering(status: int, text: str, kind: str = "application/json") -> ApiClient:
    def reply(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, text=text, headers={"content-type": kind})

    return ApiClient("http://api/graphql", transport=httpx.MockTransport(reply))


async def failure(client: ApiClient) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await client.start([("USER", "Who?")], assistant_id=None)
    return caught.value


@pytest.mark.parametrize("document", OPERATIONS)
async def test_every_operation_of_the_page_fits_the_contract(document: str) -> None:
    assert validate(build_schema(SCHEMA.read_text()), parse(document)) == []


async def test_the_assistant_comes_with_its_model_and_prices() -> None:
    assistant = await connect(FakeApi()).assistant()

    assert (assistant.name, assistant.model) == ("Comic book assistant", "echo")
    assert assistant.completion_per_million == Decimal(2)


async def test_a_started_generation_can_be_asked_for_its_outcome() -> None:
    client = connect(FakeApi())

    started = await client.start([("USER", "Who is it?")], assistant_id="ast_comics")
    outcome = await client.outcome(started.generation_id, after="c1")

    assert (outcome.status, outcome.content) == ("COMPLETED", "Who is it?")
    assert outcome.cost is not None
    assert outcome.cost.amount == Decimal("0.000402")


async def test_an_unknown_generation_is_an_error_with_its_code() -> None:
    with pytest.raises(ApiError) as caught:
        await connect(FakeApi()).outcome("gen_9")

    assert caught.value.problem.code == "NOT_FOUND"


async def test_a_refusal_keeps_its_words_and_the_wait_it_asks_for() -> None:
    extensions = {"code": "RATE_LIMITED", "retryAfterMs": 1500}
    refusal = {"message": "Too many.", "extensions": extensions}

    problem = (await failure(connect(FakeApi(refusal=refusal)))).problem

    assert (problem.code, problem.message) == ("RATE_LIMITED", "Too many.")
    assert (problem.retryable, problem.retry_after_s) == (True, 1.5)


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (502, "<h1>Bad gateway</h1>", "text/html"),
        (200, "nonsense", "application/json"),
        (200, "[]", "application/json"),
        (200, '{"data": null}', "application/json"),
        (200, "data: nonsense\n\n", "text/event-stream"),
        (200, "event: complete\ndata: \n\n", "text/event-stream"),
        (200, ": still here\n\n", "text/event-stream"),
    ],
)
async def test_a_reply_that_is_not_graphql_counts_as_unreachable(
    status: int, text: str, kind: str
) -> None:
    assert (await failure(answering(status, text, kind))).problem.code == UNREACHABLE


async def test_an_api_that_is_not_there_is_unreachable_and_worth_a_retry() -> None:
    client = ApiClient("http://127.0.0.1:1/graphql")

    problem = (await failure(client)).problem

    assert (problem.code, problem.retryable) == (UNREACHABLE, True)
    await client.aclose()
