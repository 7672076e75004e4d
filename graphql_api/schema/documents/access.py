"""Who may run a document: what its fields ask for, against what a caller has.

Every root field says who may use it, or the schema is not built; a field below may ask
for more. A document runs as a whole or not at all.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final

from graphql import GraphQLSchema

from graphql_api.domain.access import SIGN_IN, Caller, Scope
from graphql_api.errors import Forbidden, SidekickError, Unauthenticated
from graphql_api.schema.directives import Authenticated, Public, RequiresScopes

AccessRule = frozenset[frozenset[Scope]]
"""Sets of scopes, one of which a caller must have whole."""

EVERYBODY: Final[AccessRule] = frozenset()
_ANY_CALLER: Final[AccessRule] = frozenset({frozenset[Scope]()})


def access_rule(directives: Iterable[object]) -> AccessRule | None:
    """The rule that the directives of a field say; None when they say none."""
    for directive in directives:
        if isinstance(directive, Public):
            return EVERYBODY
        if isinstance(directive, Authenticated):
            return _ANY_CALLER
        if isinstance(directive, RequiresScopes):
            return frozenset(
                frozenset(Scope[scope.name] for scope in scopes)
                for scopes in directive.scopes
            )
    return None


def check_access_rules(schema: GraphQLSchema) -> None:
    """See that every root field says who may use it.

    Raises:
        TypeError: One says nothing, or its rule has no set of scopes.
    """
    for root in (schema.query_type, schema.mutation_type, schema.subscription_type):
        for name, field in root.fields.items() if root else ():
            extensions: dict[str, object] = field.extensions or {}
            definition = extensions.get("strawberry-definition")
            rule = access_rule(getattr(definition, "directives", ()))
            if rule is None:
                msg = f"{root.name}.{name} does not say who may use it." if root else ""
                raise TypeError(msg)


def refusal(caller: Caller, rules: AbstractSet[AccessRule]) -> SidekickError | None:
    """Why a caller may not run what has these rules; None: it may."""
    if not rules:
        return None
    if caller.principal_id is None:
        return Unauthenticated(SIGN_IN)
    for rule in rules:
        if not any(scopes <= caller.scopes for scopes in rule):
            return Forbidden(f"This needs {_named(rule)}, which you do not have.")
    return None


def _named(rule: AccessRule) -> str:
    sets = sorted(" and ".join(sorted(scopes)) for scopes in rule)
    return f"the scope {' or '.join(sets)}"
