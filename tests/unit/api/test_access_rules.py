"""A3: every scope and every field, held against the schema.

A root field without a rule fails the build, and one that is new fails the first test
until the table says who may use it.
"""

from itertools import combinations
from typing import Any, Final

import pytest
import strawberry
from graphql import GraphQLObjectType, get_operation_ast

from graphql_api.domain.access import UNKNOWN_CALLER, Caller, PrincipalKind, Scope
from graphql_api.schema.build import build_schema
from graphql_api.schema.documents.access import check_access_rules, refusal

EVERYBODY, CALLERS = "everybody", "callers"
CHAT, READ, USAGE, ADMIN = "CHAT", "READ", "USAGE", "ADMIN"
WHO: Final = {
    "Query.health": EVERYBODY,
    "Query.sharedConversation": EVERYBODY,
    "Query.viewer": CALLERS,
    "Query.models": CALLERS,
    "Query.assistants": CALLERS,
    "Query.node": READ,
    "Query.nodes": READ,
    "Query.conversation": READ,
    "Query.conversations": READ,
    "Query.search": READ,
    "Query.usage": USAGE,
    "Query.admin": ADMIN,
    "Mutation.chat": CHAT,
    "Mutation.createConversation": CHAT,
    "Mutation.updateConversation": CHAT,
    "Mutation.deleteConversation": CHAT,
    "Mutation.archiveConversations": CHAT,
    "Mutation.deleteConversations": CHAT,
    "Mutation.sendMessage": CHAT,
    "Mutation.editMessage": CHAT,
    "Mutation.regenerateMessage": CHAT,
    "Mutation.selectMessageVersion": CHAT,
    "Mutation.stopGeneration": CHAT,
    "Mutation.giveFeedback": CHAT,
    "Mutation.shareConversation": "CHAT and READ",
    "Mutation.revokeShare": CHAT,
    "Mutation.createApiKey": ADMIN,
    "Mutation.revokeApiKey": ADMIN,
    "Mutation.setPrincipalLimits": ADMIN,
    "Mutation.setKillSwitch": ADMIN,
    "Subscription.chatStream": CHAT,
    "Subscription.generationEvents": "CHAT or READ",
}
# What a caller who may write reads in the reply to it is no way around READ.
BELOW: Final = {
    f"mutation {{ createConversation(input: {{}}) {{ conversation {{ {field} }} }} }}"
    for field in ("messages { totalCount }", "shares { id }")
}
SCHEMA: Any = build_schema()
SUBSETS: Final = [
    frozenset(some) for size in range(5) for some in combinations(Scope, size)
]


def caller(scopes: frozenset[Scope]) -> Caller:
    return Caller(
        principal_id="usr_1", kind=PrincipalKind.SERVICE, name="Bot", scopes=scopes
    )


def document(place: str) -> str:
    """The shortest operation with a root field."""
    root, name = place.split(".")
    field = SCHEMA._schema.type_map[root].fields[name]
    needed = {
        argument: kind.type
        for argument, kind in field.args.items()
        if str(kind.type).endswith("!")
    }
    declared = ", ".join(f"${one}: {kind}" for one, kind in needed.items())
    given = ", ".join(f"{one}: ${one}" for one in needed)
    around = (f"({declared})", f"({given})") if needed else ("", "")
    shown = "{ __typename }"
    return f"{root.lower()} {around[0]} {{ {name}{around[1]} {shown} }}"


def refused(text: str, who: Caller) -> str | None:
    """Code of the refusal of a caller."""
    prepared = SCHEMA.documents.prepare(text)
    assert not prepared.complaints, prepared.complaints
    operation = get_operation_ast(prepared.document, None)
    error = refusal(who, SCHEMA.documents.access(prepared, operation))
    return None if error is None else error.code.value


def allows(rule: str, scopes: frozenset[Scope]) -> bool:
    names = {scope.value for scope in scopes}
    if rule in {EVERYBODY, CALLERS}:
        return True
    if " and " in rule:
        return set(rule.split(" and ")) <= names
    return bool(set(rule.split(" or ")) & names)


def test_every_root_field_has_its_line_in_the_table() -> None:
    roots = [SCHEMA._schema.type_map[name] for name in _ROOTS]
    found = {f"{root.name}.{name}" for root in roots for name in root.fields}
    assert found == set(WHO)


@pytest.mark.parametrize("place", WHO)
def test_a_field_is_for_the_scopes_that_the_table_says(place: str) -> None:
    text, rule = document(place), WHO[place]
    for scopes in SUBSETS:
        expected = None if allows(rule, scopes) else "FORBIDDEN"
        assert refused(text, caller(scopes)) == expected, scopes
    nobody = None if rule == EVERYBODY else "UNAUTHENTICATED"
    assert refused(text, UNKNOWN_CALLER) == nobody


@pytest.mark.parametrize("text", sorted(BELOW))
def test_the_reply_to_a_mutation_shows_only_what_may_be_read(text: str) -> None:
    assert refused(text, caller(frozenset({Scope.CHAT}))) == "FORBIDDEN"
    assert refused(text, caller(frozenset({Scope.CHAT, Scope.READ}))) is None


def test_a_field_in_a_fragment_asks_for_no_less() -> None:
    text = "query { ...a } fragment a on Query { ... on Query { b: usage(since: 1) "
    text = text.replace("1", '"2026-01-01T00:00:00Z"') + "{ __typename } } }"
    assert refused(text, caller(frozenset({Scope.READ}))) == "FORBIDDEN"


def test_a_root_field_without_a_rule_fails_the_build() -> None:
    @strawberry.type
    class Query:
        @strawberry.field
        def leak(self) -> int:
            return 1

    schema: Any = strawberry.Schema(Query)
    with pytest.raises(TypeError, match=r"Query\.leak does not say who may use it"):
        check_access_rules(schema._schema)


_ROOTS = [
    kind.name
    for kind in (
        SCHEMA._schema.query_type,
        SCHEMA._schema.mutation_type,
        SCHEMA._schema.subscription_type,
    )
    if isinstance(kind, GraphQLObjectType)
]
