"""A1: another principal's identifier is as good as one that does not exist.

The cases are held against the schema: a new argument that takes an identifier, a
cursor or a key fails the first test until it has a case here.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
)
from strawberry import Schema

from graphql_api.app import _parts, _running
from graphql_api.domain.access import LOCAL_CALLER
from graphql_api.domain.generations import BEFORE_ALL
from graphql_api.schema.build import build_schema
from graphql_api.schema.context import Context, Services
from graphql_api.settings import read_settings

OWNER, STRANGER, NOBODY = "usr_owner", "usr_stranger", "usr_nobody"
LIMIT_S = 20
SLOW = "__slow__ " + "w " * 1_900
CREATE = "mutation { createConversation(input: {}) { conversation { id } } }"
SEND = """mutation ($id: ID!, $text: String!, $key: String) {
  sendMessage(input: {conversationId: $id, content: $text, idempotencyKey: $key}) {
    generation { id } userMessage { id } assistantMessage { id } } }"""
EVENTS = """subscription ($id: ID!) { generationEvents(generationId: $id) {
  __typename generationId } }"""
SHARE = """mutation ($id: ID!) { shareConversation(input: {conversationId: $id}) {
  share { id } } }"""
STREAM = """subscription ($text: String!) {
  chatStream(history: [{role: USER, content: $text}]) { generationId } }"""
EVERYTHING = """{
  conversations(first: 3) { totalCount nodes {
    id title archived updatedAt assistant { id } activeGeneration { id }
    shares { id revokedAt }
    messages(last: 100) { nodes {
      id role status versions { id } feedback { rating } cost { amount } } } } }
  titles: search(query: "who", within: TITLES) { nodes { conversation { id } } }
  messages: search(query: "who", within: MESSAGES) { nodes { message { id } } }
  usage(since: "2026-01-01T00:00:00Z", groupBy: CONVERSATION) { rows { key requests } }
}"""
NODE = "{ __typename id }"
STATES = """query ($ids: [ID!]!) { nodes(ids: $ids) {
  id ... on Generation { status } ... on ConversationMessage { status } } }"""


def mutation(name: str, kind: str, rest: str = "", shows: str = "__typename") -> str:
    wanted = f"{{{kind}: $id{rest}}}"
    return f"mutation ($id: ID!) {{ {name}(input: {wanted}) {{ {shows} }} }}"


def several(name: str, rest: str, shows: str) -> str:
    wanted = f"{{conversationIds: [$id]{rest}}}"
    return f"mutation ($id: ID!) {{ {name}(input: {wanted}) {{ {shows} }} }}"


CONVERSATION_CASES: Final = {
    "Query.conversation.id": "query ($id: ID!) { conversation(id: $id) { id } }",
    "Query.conversations.after": (
        "query ($id: String) { conversations(after: $id) { totalCount } }"
    ),
    "Query.conversations.before": (
        "query ($id: String) { conversations(before: $id) { totalCount } }"
    ),
    "Mutation.updateConversation.input.conversationId": mutation(
        "updateConversation", "conversationId", ', title: "Mine now", archived: true'
    ),
    "Mutation.deleteConversation.input.conversationId": mutation(
        "deleteConversation", "conversationId"
    ),
    "Query.search.after": """query ($id: String) {
      search(query: "a", within: TITLES, after: $id) { nodes { snippet { text } } }
    }""",
    "Mutation.archiveConversations.input.conversationIds": several(
        "archiveConversations", ", archived: true", "conversations { id }"
    ),
    "Mutation.deleteConversations.input.conversationIds": several(
        "deleteConversations", "", "deletedConversationIds"
    ),
    "Mutation.sendMessage.input.conversationId": mutation(
        "sendMessage", "conversationId", ', content: "Hello"'
    ),
    "Mutation.shareConversation.input.conversationId": mutation(
        "shareConversation", "conversationId"
    ),
}
SHARE_CASES: Final = {
    "Mutation.revokeShare.input.shareId": mutation("revokeShare", "shareId"),
}
MESSAGE_CASES: Final = {
    "Query.search.after": """query ($id: String) {
      search(query: "a", within: MESSAGES, after: $id) { nodes { snippet { text } } }
    }""",
    "Mutation.editMessage.input.messageId": mutation(
        "editMessage", "messageId", ', content: "Hello"'
    ),
    "Mutation.regenerateMessage.input.messageId": mutation(
        "regenerateMessage", "messageId"
    ),
    "Mutation.selectMessageVersion.input.messageId": mutation(
        "selectMessageVersion", "messageId"
    ),
    "Mutation.giveFeedback.input.messageId": mutation(
        "giveFeedback", "messageId", ", rating: DOWN"
    ),
}
GENERATION_CASES: Final = {
    "Mutation.stopGeneration.input.generationId": mutation(
        "stopGeneration", "generationId"
    ),
    "Subscription.generationEvents.generationId": EVENTS,
}
ANY_CASES: Final = {
    "Query.node.id": f"query ($id: ID!) {{ node(id: $id) {NODE} }}",
    "Query.nodes.ids": f"query ($id: ID!) {{ nodes(ids: [$id]) {NODE} }}",
}
# A message of somebody else as a cursor in a conversation of one's own.
CURSOR_CASES: Final = {
    f"Conversation.messages.{name}": f"""query ($own: ID!, $id: String) {{
      conversation(id: $own) {{ messages({name}: $id) {{ totalCount }} }} }}"""
    for name in ("after", "before")
}
# Keys of one's own choice: see the test of keys.
KEY_CASES: Final = {
    f"Mutation.{name}.input.idempotencyKey"
    for name in ("sendMessage", "editMessage", "regenerateMessage")
}
# Personas and models belong to everybody; places in a log to no one; the token of a
# link to whoever has it.
PUBLIC: Final = {
    "Query.assistants.after",
    "Query.assistants.before",
    "Query.sharedConversation.token",
    "Subscription.generationEvents.after",
    "Mutation.createConversation.input.assistantId",
    "Mutation.updateConversation.input.assistantId",
} | {
    f"{field}.{name}"
    for field in (
        "Mutation.chat.options",
        "Subscription.chatStream.options",
        "Mutation.sendMessage.input.options",
        "Mutation.editMessage.input.options",
        "Mutation.regenerateMessage.input.options",
    )
    for name in ("assistantId", "modelId")
}
PUBLIC_MODELS: Final = {
    f"Mutation.{name}Conversation.input.options.modelId"
    for name in ("create", "update")
}
# Who administers sees and names everybody's on purpose, and nobody else gets there.
ADMINISTRATION: Final = {
    "Admin.principals.after",
    "Admin.apiKeys.after",
    "Admin.auditLog.after",
    "Mutation.createApiKey.input.principalId",
    "Mutation.revokeApiKey.input.apiKeyId",
    "Mutation.setPrincipalLimits.input.principalId",
}
KINDS: Final = {
    "conversation": CONVERSATION_CASES | ANY_CASES,
    "question": MESSAGE_CASES | ANY_CASES | CURSOR_CASES,
    "answer": MESSAGE_CASES | ANY_CASES | CURSOR_CASES,
    "share": SHARE_CASES | ANY_CASES,
    "ended": GENERATION_CASES | ANY_CASES,
    "running": GENERATION_CASES | ANY_CASES,
    "stateless": GENERATION_CASES | ANY_CASES,
}
PREFIXES: Final = {
    "conversation": "cnv",
    "question": "msg",
    "answer": "msg",
    "share": "shr",
}
CASES: Final = [
    pytest.param(kind, document, id=f"{name} of {kind}")
    for kind, documents in KINDS.items()
    for name, document in documents.items()
]


@dataclass
class House:
    """The service with two principals."""

    runner: asyncio.Runner
    schema: Schema
    services: Services

    def ask(self, principal_id: str, document: str, **variables: Any) -> Any:
        """The first reply to an operation, as JSON."""
        return self.runner.run(self._ask(principal_id, document, variables))

    async def _ask(self, principal_id: str, document: str, variables: Any) -> Any:
        context = Context(
            self.services, replace(LOCAL_CALLER, principal_id=principal_id)
        )
        given: Any = {"variable_values": variables, "context_value": context}
        async with asyncio.timeout(LIMIT_S):
            if not document.startswith("subscription"):
                result: Any = await self.schema.execute(document, **given)
            else:
                results: Any = await self.schema.subscribe(document, **given)
                result = await anext(results)
                await results.aclose()
        errors = [error.formatted for error in result.errors or ()]
        return json.loads(json.dumps({"data": result.data, "errors": errors}))

    def data(self, principal_id: str, document: str, **variables: Any) -> Any:
        reply = self.ask(principal_id, document, **variables)
        assert not reply["errors"], reply
        return next(iter(reply["data"].values()))

    def talk(self, principal_id: str) -> str:
        return self.data(principal_id, CREATE)["conversation"]["id"]

    async def _ended(self, generation_id: str) -> None:
        watching = self.services.watching
        following = watching.follow(OWNER, generation_id, after=BEFORE_ALL)
        async with asyncio.timeout(LIMIT_S), aclosing(following) as batches:
            async for _ in batches:
                pass

    def state(self, things: dict[str, str]) -> Any:
        """All that the owner sees."""
        states = self.data(OWNER, STATES, ids=list(things.values()))
        return [self.ask(OWNER, EVERYTHING), states]

    def belongings(self) -> dict[str, str]:
        """One thing of each kind, all new and the owner's; older ones run no more."""
        self.runner.run(self.services.generations.drain(0))
        talk, other = self.talk(OWNER), self.talk(OWNER)
        asked = self.data(OWNER, SEND, id=talk, text="Who is Robin?")
        self.runner.run(self._ended(asked["generation"]["id"]))
        share = self.data(OWNER, SHARE, id=talk)
        running = self.data(OWNER, SEND, id=other, text=SLOW)
        stateless = self.data(OWNER, STREAM, text=SLOW)
        return {
            "conversation": talk,
            "question": asked["userMessage"]["id"],
            "answer": asked["assistantMessage"]["id"],
            "share": share["share"]["id"],
            "ended": asked["generation"]["id"],
            "running": running["generation"]["id"],
            "stateless": stateless["generationId"],
        }


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = str(tmp_path_factory.mktemp("house"))
    settings = read_settings(
        {
            "SIDEKICK_PROVIDER": "echo",
            "SIDEKICK_DATA_DIR": folder,
            "SIDEKICK_DRAIN_S": "0",
        }
    )
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        running = _running(settings, _parts(settings))
        services = runner.run(stack.enter_async_context(running))
        yield House(runner, build_schema(), services)
        runner.run(stack.aclose())


def names_something(name: str, argument: GraphQLArgument | GraphQLInputField) -> bool:
    if get_named_type(argument.type).name == "ID":
        return True
    return name.lower().endswith(
        ("after", "before", "cursor", "key", "id", "ids", "token")
    )


def places(
    prefix: str, arguments: dict[str, GraphQLArgument] | dict[str, GraphQLInputField]
) -> Iterator[str]:
    for name, argument in arguments.items():
        kind = get_named_type(argument.type)
        if isinstance(kind, GraphQLInputObjectType):
            yield from places(f"{prefix}.{name}", kind.fields)
        elif names_something(name, argument):
            yield f"{prefix}.{name}"


def test_every_argument_that_names_something_has_a_case() -> None:
    found = {
        place
        for kind in build_schema()._schema.type_map.values()
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__")
        for name, field in kind.fields.items()
        for place in places(f"{kind.name}.{name}", field.args)
    }
    tested = {name for documents in KINDS.values() for name in documents}
    assert found == tested | KEY_CASES | PUBLIC | PUBLIC_MODELS | ADMINISTRATION


@pytest.mark.parametrize(("kind", "document"), CASES)
def test_what_is_another_principals_is_as_good_as_nothing(
    house: House, kind: str, document: str
) -> None:
    things = house.belongings()
    nothing = PREFIXES.get(kind, "gen") + "_01KAZ0000000000000000000000"
    own = {"own": house.talk(STRANGER)} if "$own" in document else {}
    before = house.state(things)
    refused = house.ask(STRANGER, document, id=things[kind], **own)
    assert refused == house.ask(STRANGER, document, id=nothing, **own)
    assert house.state(things) == before
    own = {"own": things["conversation"]} if own else {}
    assert house.ask(OWNER, document, id=things[kind], **own) != refused


def test_another_principal_sees_none_of_it(house: House) -> None:
    house.belongings()
    seen = house.ask(NOBODY, EVERYTHING)["data"]
    assert (seen["titles"], seen["messages"]) == ({"nodes": []}, {"nodes": []})
    assert seen["conversations"] == {"totalCount": 0, "nodes": []}
    assert seen["usage"]["rows"] == []


def test_another_principals_key_is_a_new_one(house: House) -> None:
    mine, theirs = house.talk(STRANGER), house.talk(OWNER)
    first = house.data(OWNER, SEND, id=theirs, text="Who?", key="same")
    second = house.data(STRANGER, SEND, id=mine, text="Why?", key="same")
    assert first["generation"]["id"] != second["generation"]["id"]
