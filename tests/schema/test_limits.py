"""Documents over a limit are refused before they cost anything."""

import json
import logging
from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_introspection_query,
    parse,
)

from graphql_api.schema.build import build_schema
from graphql_api.schema.documents.measure import measure
from graphql_api.schema.documents.rules import read_rules
from tests import hostile
from tests.schema.conftest import JSON, Api, open_api

SCHEMA = build_schema()._schema
RULES = read_rules(SCHEMA)
OWN = [name for name in RULES if not name.startswith("__")]
CHAT = hostile.CHAT
REFUSALS = {
    "BAD_REQUEST",
    "BAD_USER_INPUT",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "OPERATION_RESOLUTION_FAILURE",
    "QUERY_TOO_COMPLEX",
}


async def sent(api: Api, body: Any) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = await api.http.post(
        "/graphql", content=content, headers={"content-type": JSON}
    )
    assert answer.status_code < 500
    return answer


async def limits_of(api: Api, query: str, **variables: object) -> Any:
    answer = (await sent(api, {"query": query, "variables": variables})).json()
    return {
        name: (found["actual"], found["limit"])
        for error in answer.get("errors", [])
        for name, found in error["extensions"].get("limits", {}).items()
    }


@pytest.mark.anyio
async def test_a_hostile_request_is_no_bug_and_gets_a_short_answer(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    for name in hostile.NAMES:
        answer = await sent(api, hostile.body(name))
        errors = answer.json().get("errors", [])
        codes = {error["extensions"]["code"] for error in errors}
        assert codes <= REFUSALS, name
        assert len(errors) <= 6, name
        assert not errors or len(answer.content) < 5_000, name
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


@pytest.mark.parametrize("name", hostile.NAMES)
def test_no_selection_is_visited_twice(name: str) -> None:
    text = hostile.request(name)["query"][: hostile.KB * 60]
    try:
        document = parse(text, max_lexical_tokens=20_000)
    except Exception:  # noqa: BLE001 what does not parse is not visited
        return
    assert measure(document, RULES, {}).visited <= document.token_count


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("variable", "limit", "name", "query"),
    [
        ("SIDEKICK_MAX_DOCUMENT_CHARS", 9, "chars", "{ __typename }"),
        ("SIDEKICK_MAX_DOCUMENT_TOKENS", 2, "tokens", "{ __typename }"),
        ("SIDEKICK_MAX_DEPTH", 1, "depth", "{ health { status } }"),
        ("SIDEKICK_MAX_FIELDS", 1, "fields", "{ health { status } }"),
        ("SIDEKICK_MAX_PAIRS", 3, "pairs", "{ __typename ... { __typename } }"),
        ("SIDEKICK_MAX_ALIASES", 1, "aliases", "{ a: __typename b: __typename }"),
        (
            "SIDEKICK_MAX_ROOT_FIELDS",
            1,
            "rootFields",
            "{ __typename ...@skip(if:true){__typename} }",
        ),
        (
            "SIDEKICK_MAX_DIRECTIVES",
            1,
            "directives",
            "{ a: __typename @skip(if: true) ... @skip(if: true) { __typename } }",
        ),
        (
            "SIDEKICK_MAX_FRAGMENTS",
            1,
            "fragments",
            "{ ...A } fragment A on Query { ...B } fragment B on Query { __typename }",
        ),
        (
            "SIDEKICK_MAX_OPERATIONS",
            1,
            "operations",
            "query A { __typename } query B { __typename }",
        ),
        ("SIDEKICK_MAX_COST", 1, "cost", "{ health { components { name } } }"),
        ("SIDEKICK_MAX_VALUES", 1, "values", "{ a: __typename b: __typename }"),
    ],
)
async def test_what_passes_a_limit_is_refused_with_both_numbers(
    variable: str, limit: int, name: str, query: str
) -> None:
    async for api in open_api(**{variable: str(limit)}):
        actual, allowed = (await limits_of(api, query))[name]
        assert (actual > limit, allowed) == (True, limit)
    async for api in open_api(**{variable: str(int(actual))}):
        assert await limits_of(api, query) == {}


@pytest.mark.anyio
async def test_too_many_values_in_the_variables_are_refused(api: Api) -> None:
    found = await limits_of(api, hostile.NODES, ids=["x"] * 5_000)
    assert found == {"variableValues": (5_001, 5_000)}
    assert await limits_of(api, hostile.NODES, ids=["x"] * 90) == {}


@pytest.mark.parametrize(
    ("query", "variables", "cost"),
    [
        ("{ health { status } }", {}, 1),
        ("{ health { components { name } } }", {}, 1 + 5),
        ("{ assistants(first: 3) { nodes { id } } }", {}, 1 + 3),
        ("{ assistants { nodes { id } edges { node { id } } } }", {}, 1 + 20 + 40),
        ("{ assistants(first: null) { nodes { id } } }", {}, 1 + 100),
        ("{ assistants(last: 7) { nodes { id } } }", {}, 1 + 7),
        ("query ($n: Int = 9) { assistants(first: $n) { nodes { id } } }", {}, 10),
        ("query ($n: Int) { assistants(first: $n) { nodes { id } } }", {"n": 4}, 5),
        ("query ($n: Int) { assistants(first: $n) { nodes { id } } }", {}, 21),
        (
            "query ($n: Int) { assistants(first: $n) { nodes { id } } }",
            {"n": None},
            101,
        ),
        ("{ assistants(first: 2) { totalCount } }", {}, 1 + 5),
        ("{ nodes(ids: []) { id } }", {}, 100),
        (f"mutation {{ {CHAT} }}", {}, 101),
        (
            (
                "{ conversations(first: 10) { nodes { messages(last: 6) { ...M } } } }"
                " fragment M on ConversationMessageConnection { nodes { id } }"
            ),
            {},
            1 + 10 * (1 + 1 + 6),
        ),
    ],
)
def test_lists_multiply_the_cost_of_what_is_in_them(
    query: str, variables: dict[str, object], cost: int
) -> None:
    documents = build_schema().documents  # type: ignore[attr-defined]
    prepared = documents.prepare(query)
    operation = prepared.document.definitions[0]
    sums = documents._sums(prepared, operation, variables)
    assert next(iter(sums.values())).total().points == cost


@pytest.mark.anyio
@pytest.mark.parametrize(
    "query",
    [
        f"mutation {{ a: {CHAT} b: {CHAT} }}",
        (
            f"mutation {{ ...A ...B }} fragment A on Mutation {{ {CHAT} }}"
            f" fragment B on Mutation {{ b: {CHAT} }}"
        ),
        f"mutation {{ ...A ... {{ ...A }} }} fragment A on Mutation {{ {CHAT} }}",
        (
            f'mutation {{ {CHAT} regenerateMessage(input: {{messageId: "x"}})'
            " { generation { id } } }"
        ),
    ],
)
async def test_a_document_pays_for_one_answer_at_most(api: Api, query: str) -> None:
    assert await limits_of(api, query) == {"paidMutations": (2, 1)}
    assert await api.data(f"mutation {{ {CHAT} }}")


def test_every_mutation_that_runs_a_model_is_a_paid_one() -> None:
    paid = {name for name, rule in RULES["Mutation"].items() if rule.paid}
    assert paid == {"chat", "sendMessage", "editMessage", "regenerateMessage"}


@pytest.mark.parametrize("name", OWN)
def test_every_list_of_the_contract_says_how_long_it_is(name: str) -> None:
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    pages = {"edges", "nodes"} if name.endswith("Connection") else set()
    for field_name, rule in RULES[name].items():
        sized = rule.assumed is not None or field_name in pages
        assert sized or not rule.is_list, f"{name}.{field_name}"


@pytest.mark.anyio
async def test_introspection_can_be_switched_off() -> None:
    asked = '{ ...A } fragment A on Query { __type(name: "Query") { name } }'
    async for api in open_api(SIDEKICK_INTROSPECTION="off"):
        assert await api.data("{ __typename }") == {"__typename": "Query"}
        assert (
            "switched off"
            in (await api.error("{ __schema { types { name } } }"))["message"]
        )
        assert (await api.error(asked))["extensions"]["reason"] == "INTROSPECTION_OFF"


@pytest.mark.anyio
async def test_tools_can_ask_for_the_whole_schema(api: Api) -> None:
    data = await api.data(get_introspection_query(schema_description=True))
    assert data["__schema"]["queryType"]["name"] == "Query"


@pytest.mark.anyio
async def test_no_name_is_guessed_in_the_variables_of_a_subscription(api: Api) -> None:
    history = '[{role: $r, content: "x"}]'
    query = (
        f"subscription ($r: Role!) {{ chatStream(history: {history}) {{ cursor }} }}"
    )
    answer = await api.post(query, {"r": "USERS"}, accept="text/event-stream")
    assert "BAD_USER_INPUT" in answer.text
    assert "Did you mean" not in answer.text


@pytest.mark.anyio
async def test_errors_are_few_and_say_where(api: Api) -> None:
    answer = await api.post("{ " + " ".join(f"a{n}" for n in range(20)) + " }")
    errors = answer.json()["errors"]
    assert len(errors) == 6
    assert errors[0]["locations"] == [{"line": 1, "column": 3}]
