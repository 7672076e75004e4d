"""What the contract tells about its fields: their cost, and who may use them.

The names and arguments are those of IBM's cost specification, as Apollo and others use
them; `@requiresScopes` and `@authenticated` are Apollo's. `documents` computes the cost
of a document, and the scopes it needs, before anything runs.
"""

from collections.abc import Mapping
from typing import Final

import strawberry
from graphql import GraphQLSchema
from strawberry.schema_directive import Location
from strawberry.types.unset import UNSET

from graphql_api.schema.enums import AccessScope

_WEIGHED: Final = [
    Location.ARGUMENT_DEFINITION,
    Location.ENUM,
    Location.FIELD_DEFINITION,
    Location.INPUT_FIELD_DEFINITION,
    Location.OBJECT,
    Location.SCALAR,
]
_ARGUMENTS: Final[Mapping[str, Mapping[str, str]]] = {
    "cost": {"weight": "Points added each time the element is resolved."},
    "listSize": {
        "assumedSize": "Items assumed when no slicing argument is given.",
        "slicingArguments": "Arguments that bound the number of items.",
        "sizedFields": "Fields of the returned object that hold the sliced list.",
        "requireOneSlicingArgument": "Whether exactly one slicing argument must be "
        "given.",
    },
    "requiresScopes": {"scopes": "Lists of scopes, of which one must be had whole."},
}


@strawberry.schema_directive(
    locations=_WEIGHED,
    name="cost",
    description="Cost of resolving the element, in points (IBM / Apollo cost "
    "specification). Enforced before execution; the per-request limit is reported in "
    "error extensions.",
)
class Weight:
    """Points that resolving a field adds to those of the objects it returns."""

    weight: int


# Left out, an argument is UNSET: None would be printed as `null`.
@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="listSize",
    description="How many items a list field can return, for static cost analysis "
    "(IBM / Apollo cost specification).",
)
class ListSize:
    """Items of a list: assumed, or as many as an argument asks for."""

    assumed_size: int | None = UNSET
    slicing_arguments: list[str] | None = UNSET
    sized_fields: list[str] | None = UNSET
    require_one_slicing_argument: bool | None = UNSET


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="requiresScopes",
    description="Only for callers with all scopes of at least one of the lists. "
    "Checked for the whole document before anything runs.",
)
class RequiresScopes:
    """Scopes of which a caller needs some."""

    scopes: list[list[AccessScope]]


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="authenticated",
    description="For every caller that is known, whatever its scopes.",
)
class Authenticated:
    """For anybody that we know."""


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="public",
    description="For everybody, without credentials.",
)
class Public:
    """For anybody."""


CHAT: Final = RequiresScopes(scopes=[[AccessScope.CHAT]])
READ: Final = RequiresScopes(scopes=[[AccessScope.READ]])
USAGE: Final = RequiresScopes(scopes=[[AccessScope.USAGE]])
ADMIN: Final = RequiresScopes(scopes=[[AccessScope.ADMIN]])
CHAT_AND_READ: Final = RequiresScopes(scopes=[[AccessScope.CHAT, AccessScope.READ]])
CHAT_OR_READ: Final = RequiresScopes(scopes=[[AccessScope.CHAT], [AccessScope.READ]])
KNOWN: Final = Authenticated()
PUBLIC: Final = Public()

PAID_WORK: Final = Weight(weight=100)
"""Runs a model; at most one field of this weight may stand in a mutation."""

WORK: Final = Weight(weight=10)
"""Writes to the database."""

MUCH_WORK: Final = Weight(weight=200)
"""Writes to the database, up to a hundred times."""


def page_size(assumed: int | None = None) -> ListSize:
    """Size of a connection's page."""
    return ListSize(
        assumed_size=UNSET if assumed is None else assumed,
        slicing_arguments=["first", "last"],
        sized_fields=["edges", "nodes"],
        require_one_slicing_argument=False,
    )


def hits_size() -> ListSize:
    """Size of a page of a connection that is read forwards only."""
    return ListSize(
        assumed_size=UNSET,
        slicing_arguments=["first"],
        sized_fields=["edges", "nodes"],
        require_one_slicing_argument=False,
    )


def complete_directives(schema: GraphQLSchema) -> None:
    """Add what Strawberry cannot say: descriptions of arguments, and the default.

    Were the default on the class, it would be printed wherever it applies.
    """
    for name, descriptions in _ARGUMENTS.items():
        directive = schema.get_directive(name)
        if directive is not None:
            for argument, description in descriptions.items():
                directive.args[argument].description = description
    if directive := schema.get_directive("listSize"):
        directive.args["requireOneSlicingArgument"].default_value = True
