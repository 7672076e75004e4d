"""The GraphQL API as the page wants it: the only place with operations.

The browser follows a running answer with `FOLLOW`, handed to it as a property;
everything else is sent from here. Every wait is shorter than `TIMEOUT_S`.
"""

import json
from asyncio import timeout
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import httpx

from reflex_app import replies
from reflex_app.replies import ApiError, Assistant, Generation, Outcome

TIMEOUT_S = 7.5
"""Longest wait for one call; under the 8 s after which a page feels stuck."""

ASSISTANT = """query Assistant {
  assistants(first: 1) {
    nodes {
      id
      name
      description
      starters
      model {
        name
        provider
        pricing {
          promptPerMillion { amount currency }
          completionPerMillion { amount currency }
        }
      }
    }
  }
}"""

START = """subscription Start($history: [MessageInput!]!, $options: ChatOptionsInput) {
  chatStream(history: $history, options: $options) {
    __typename
    generationId
    cursor
    ... on GenerationStarted { model { name } }
  }
}"""

FOLLOW = """subscription Follow($generationId: ID!, $after: String) {
  generationEvents(generationId: $generationId, after: $after) {
    __typename
    cursor
    ... on GenerationStarted { queuePosition }
    ... on GenerationDelta { delta }
    ... on GenerationReset { text }
    ... on GenerationEnded { status }
  }
}"""

OUTCOME = """subscription Outcome($generationId: ID!, $after: String) {
  generationEvents(generationId: $generationId, after: $after) {
    __typename
    ... on GenerationEnded {
      status
      message { content }
      tokenUsage { totalTokens }
      cost {
        amount
        currency
        estimated
        priceSource
        items { kind tokens ratePerMillion amount }
      }
      finishReason
      problem { code message retryable retryAfterMs }
    }
  }
}"""

STOP = """mutation Stop($input: StopGenerationInput!) {
  stopGeneration(input: $input) { generation { id status } }
}"""

OPERATIONS = (ASSISTANT, START, FOLLOW, OUTCOME, STOP)
"""All documents, so that one test holds them against `schema.graphql`."""


class ApiClient:
    """Calls the API over HTTP; subscriptions are read as server-sent events."""

    def __init__(
        self, url: str, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """Prepare a client for `url`; `transport` lets tests stay in process."""
        self._url = url
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(TIMEOUT_S, connect=2.0),
            transport=transport,
            # The API is a service of ours, never behind the machine's web proxy.
            trust_env=False,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def assistant(self) -> Assistant:
        """Return the default assistant.

        Raises:
            ApiError: the API refused or is not there.
        """
        data = await self._call(ASSISTANT, {})
        nodes = data["assistants"]["nodes"]
        if not nodes:
            raise ApiError(
                replies.unreachable("The service has no assistant to talk to.")
            )
        return replies.assistant(nodes[0])

    async def start(
        self, history: Sequence[tuple[str, str]], *, assistant_id: str | None
    ) -> Generation:
        """Start an answer to `history` (role, content), oldest first.

        The answer goes on in the API when this returns.

        Raises:
            ApiError: the API refused or is not there.
        """
        messages = [{"role": role, "content": text} for role, text in history]
        options = {"assistantId": assistant_id} if assistant_id else None
        variables = {"history": messages, "options": options}
        event = await self._first(START, variables, "GenerationStarted")
        return Generation(
            generation_id=event["generationId"], model=event["model"]["name"]
        )

    async def outcome(self, generation_id: str, *, after: str | None = None) -> Outcome:
        """Return how an ended generation ended.

        Args:
            generation_id: The generation.
            after: Cursor of any earlier event, to skip what lies before it.

        Raises:
            ApiError: it is unknown, has not ended, or the API is not there.
        """
        variables = {"generationId": generation_id, "after": after}
        return replies.outcome(await self._first(OUTCOME, variables, "GenerationEnded"))

    async def stop(self, generation_id: str) -> None:
        """Stop a generation; nothing changes when it has ended.

        Raises:
            ApiError: it is unknown, or the API is not there.
        """
        await self._call(STOP, {"input": {"generationId": generation_id}})

    async def _first(
        self, document: str, variables: dict[str, Any], typename: str
    ) -> dict[str, Any]:
        try:
            async with (
                timeout(TIMEOUT_S),
                aclosing(self._events(document, variables)) as events,
            ):
                async for data in events:
                    (event,) = data.values()
                    if event["__typename"] == typename:
                        return event
        except TimeoutError as error:
            raise ApiError(replies.unreachable("The service took too long.")) from error
        raise ApiError(replies.unreachable("The service broke off its reply."))

    async def _events(
        self, document: str, variables: dict[str, Any]
    ) -> AsyncGenerator[dict[str, Any], None]:
        request = self._request(document, variables, accept="text/event-stream")
        try:
            response = await self._http.send(request, stream=True)
            async with aclosing(response):
                if "text/event-stream" not in response.headers.get("content-type", ""):
                    await response.aread()
                    yield _data(response)
                    return
                async for line in response.aiter_lines():
                    if line.startswith("data: ") and len(line) > len("data: "):
                        yield replies.checked(json.loads(line.removeprefix("data: ")))
        except (httpx.HTTPError, ValueError) as error:
            raise ApiError(replies.unreachable()) from error

    async def _call(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        try:
            async with timeout(TIMEOUT_S):
                response = await self._http.send(
                    self._request(document, variables, accept="application/json")
                )
        except (httpx.HTTPError, TimeoutError) as error:
            raise ApiError(replies.unreachable()) from error
        return _data(response)

    def _request(
        self, document: str, variables: dict[str, Any], *, accept: str
    ) -> httpx.Request:
        body = {"query": document, "variables": variables}
        headers = {"accept": accept}
        return self._http.build_request("POST", self._url, json=body, headers=headers)


def _data(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError as error:
        raise ApiError(replies.unreachable()) from error
    return replies.checked(body)
