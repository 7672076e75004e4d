"""Choices that a conversation keeps for its next answers."""

from typing import Any

import pytest

from graphql_api.domain.models import ChatOptions
from graphql_api.services.catalog import Catalog
from tests.fakes import FREE
from tests.schema.conftest import Api
from tests.schema.test_conversations import create, follow, send

pytestmark = pytest.mark.anyio

NOTHING = {"model": None, "temperature": None, "maxCompletionTokens": None}
OPTIONS = "options { model { id } temperature maxCompletionTokens }"
READ = f"query ($id: ID!) {{ conversation(id: $id) {{ {OPTIONS} }} }}"
UPDATE = f"""mutation ($input: UpdateConversationInput!) {{
  updateConversation(input: $input) {{ conversation {{ {OPTIONS} }} }} }}"""


async def read(api: Api, conversation: str) -> Any:
    return (await api.data(READ, id=conversation))["conversation"]["options"]


async def answer(api: Api, conversation: str, **options: object) -> str:
    """What the echo makes of four words."""
    payload = await send(api, conversation, "one two three four", options=options)
    events = await follow(api, payload["generation"]["id"])
    return events[-1]["message"]["content"]


async def test_choices_are_kept_and_dropped(api: Api) -> None:
    kept = {"modelId": "mdl_echo", "temperature": 1.5, "maxCompletionTokens": 2}
    conversation = await create(api, options=kept)
    assert await read(api, conversation) == {
        "model": {"id": "mdl_echo"},
        "temperature": 1.5,
        "maxCompletionTokens": 2,
    }
    renamed = {"conversationId": conversation, "title": "Robin"}
    await api.data(UPDATE, input=renamed)
    assert (await read(api, conversation))["temperature"] == 1.5

    dropped = {"conversationId": conversation, "options": {}}
    changed = await api.data(UPDATE, input=dropped)
    assert changed["updateConversation"]["conversation"]["options"] == NOTHING
    assert await read(api, conversation) == NOTHING


async def test_answers_follow_what_is_kept_unless_their_turn_says_otherwise(
    api: Api,
) -> None:
    conversation = await create(api, options={"maxCompletionTokens": 2})

    assert await answer(api, conversation) == "one two"
    assert await answer(api, conversation, maxCompletionTokens=3) == "one two three"


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"temperature": 2.1}, "options.temperature"),
        ({"maxCompletionTokens": 0}, "options.maxCompletionTokens"),
        ({"modelId": "mdl_unknown"}, "options.modelId"),
    ],
)
async def test_choices_that_no_answer_could_follow_are_refused(
    api: Api, options: dict[str, object], field: str
) -> None:
    conversation = await create(api)
    wanted = {"conversationId": conversation, "options": options}

    error = await api.error(UPDATE, input=wanted)

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"]["field"] == field
    assert await read(api, conversation) == NOTHING


def test_a_kept_model_that_is_no_longer_offered_is_as_if_not_chosen() -> None:
    catalog = Catalog(models=[FREE], default_model=FREE, assistants=[])
    here = ChatOptions(model_id=FREE.id, temperature=1.0)

    assert catalog.offered(here) == here
    gone = ChatOptions(model_id="mdl_gone", temperature=1.0)
    assert catalog.offered(gone) == ChatOptions(temperature=1.0)


def test_a_choice_wins_over_a_kept_one_and_leaves_the_others() -> None:
    kept = ChatOptions(model_id="mdl_luna", temperature=0.0)

    assert ChatOptions(temperature=1.0).over(kept) == ChatOptions(
        model_id="mdl_luna", temperature=1.0
    )
