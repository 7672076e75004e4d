"""Streaming over SSE and multipart, and resuming from any cursor."""

import json
from typing import Any

import pytest

from tests.schema.conftest import Api

pytestmark = pytest.mark.anyio

EVENT = """
  __typename cursor generationId
  ... on GenerationStarted { model { name } queuePosition }
  ... on GenerationDelta { delta }
  ... on GenerationEnded {
    status message { role content } tokenUsage { totalTokens }
    cost { amount estimated } finishReason problem { code message retryable }
  }
"""
STREAM = (
    "subscription ($history: [MessageInput!]!) {"
    f" chatStream(history: $history) {{ {EVENT} }} }}"
)
FOLLOW = (
    "subscription ($id: ID!, $after: String) {"
    f" generationEvents(generationId: $id, after: $after) {{ {EVENT} }} }}"
)
SSE = {"accept": "text/event-stream"}
MULTIPART = {"accept": "multipart/mixed;boundary=graphql;subscriptionSpec=1.0"}


def asked(content: str) -> dict[str, Any]:
    return {"history": [{"role": "USER", "content": content}]}


def sse_payloads(text: str) -> list[dict[str, Any]]:
    frames = [frame for frame in text.split("\n\n") if frame.startswith("event: next")]
    assert text.endswith("event: complete\ndata: \n\n")
    return [json.loads(frame.split("data: ", 1)[1]) for frame in frames]


def multipart_payloads(text: str) -> list[dict[str, Any]]:
    assert text.rstrip().endswith("--graphql--")
    bodies = [part.split("\r\n\r\n", 1)[1] for part in text.split("--graphql")[1:-1]]
    parts = [json.loads(body) for body in bodies]
    return [part["payload"] for part in parts if "payload" in part]


async def sse(api: Api, query: str, variables: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await api.post(query, variables, **SSE)
    assert answer.headers["content-type"].startswith("text/event-stream")
    return sse_payloads(answer.text)


async def events(api: Api, query: str, variables: dict[str, Any]) -> list[Any]:
    return [
        next(iter(payload["data"].values()))
        for payload in await sse(api, query, variables)
    ]


async def test_an_answer_streams_as_started_deltas_and_ended(api: Api) -> None:
    seen = await events(api, STREAM, asked("Up, up and away!"))
    names = [event["__typename"] for event in seen]
    assert names[0] == "GenerationStarted"
    assert set(names[1:-1]) == {"GenerationDelta"}
    assert "".join(event["delta"] for event in seen[1:-1]) == "Up, up and away!"
    ended = seen[-1]
    assert ended["status"] == "COMPLETED"
    assert ended["message"] == {"role": "ASSISTANT", "content": "Up, up and away!"}
    assert ended["cost"] == {"amount": "0", "estimated": False}


async def test_multipart_tells_the_same(api: Api) -> None:
    answer = await api.post(STREAM, asked("Up, up and away!"), **MULTIPART)
    seen = [part["data"]["chatStream"] for part in multipart_payloads(answer.text)]
    assert seen[-1]["message"]["content"] == "Up, up and away!"


async def test_any_cursor_resumes_over_both_forms(api: Api) -> None:
    whole = await events(api, STREAM, asked("one two three four five"))
    for index, event in enumerate(whole):
        variables = {"id": event["generationId"], "after": event["cursor"]}
        assert await events(api, FOLLOW, variables) == whole[index + 1 :]
        answer = await api.post(FOLLOW, variables, **MULTIPART)
        parts = multipart_payloads(answer.text)
        assert [part["data"]["generationEvents"] for part in parts] == (
            whole[index + 1 :]
        )


async def test_a_generation_can_be_polled(api: Api) -> None:
    started = (await events(api, STREAM, asked("Wham!")))[0]
    query = "query ($id: ID!) { node(id: $id) { ... on Generation { status text } } }"
    found = await api.data(query, id=started["generationId"])
    assert found["node"] == {"status": "COMPLETED", "text": "Wham!"}


async def test_stopping_what_has_ended_changes_nothing(api: Api) -> None:
    started = (await events(api, STREAM, asked("Pow!")))[0]
    query = """mutation ($id: ID!) {
      stopGeneration(input: {generationId: $id}) { generation { status text } }
    }"""
    stopped = await api.data(query, id=started["generationId"])
    assert stopped["stopGeneration"]["generation"]["status"] == "COMPLETED"


async def test_bad_input_ends_the_stream_with_a_coded_error(api: Api) -> None:
    payloads = await sse(api, STREAM, asked(" "))
    assert payloads[0]["errors"][0]["extensions"]["reason"] == "BLANK"


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"id": "gen_nobody"}, "NOT_FOUND"),
        ({"id": "gen_nobody", "after": "x"}, "BAD_USER_INPUT"),
    ],
)
async def test_what_cannot_be_followed_is_a_coded_error(
    api: Api, variables: dict[str, str], code: str
) -> None:
    payloads = await sse(api, FOLLOW, variables)
    assert payloads[0]["errors"][0]["extensions"]["code"] == code


async def test_a_crash_in_a_stream_is_data_and_masked(api: Api) -> None:
    ended = (await events(api, STREAM, asked("__crash__")))[-1]
    assert ended["status"] == "FAILED"
    assert ended["problem"]["code"] == "INTERNAL_SERVER_ERROR"
    assert "sk-12345" not in str(ended)


async def test_a_query_may_be_asked_for_as_a_stream(api: Api) -> None:
    payloads = await sse(api, "{ health { status } }", {})
    assert payloads == [{"data": {"health": {"status": "OK"}}}]
