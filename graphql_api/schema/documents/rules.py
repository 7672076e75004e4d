"""What each field of the contract costs, read once from its directives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    is_composite_type,
)

from graphql_api.schema.directives import PAID_WORK, ListSize, Weight
from graphql_api.schema.documents.access import EVERYBODY, AccessRule, access_rule
from graphql_api.services.paging import MAX_PAGE

UNKNOWN_SIZE: Final = 10
"""Items assumed in a list that no directive speaks of."""

_HUGE: Final = 1_000_000
_DIGITS: Final = 6
_Type = GraphQLObjectType | GraphQLInterfaceType


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule:
    """Cost of one field.

    Attributes:
        type_name: Type of its objects; None for a leaf.
        is_list: Whether it returns a list, or something else that is multiplied.
        weight: Points for resolving it once.
        paid: Whether it runs a model.
        assumed: Items assumed in its list, or in its page.
        slicing: Arguments that bound the items.
        defaults: Values of those when the document leaves them out.
        sized: Fields of its object that hold the sliced list.
        access: Sets of scopes, one of which a caller must have whole: empty for
            everybody; None: whoever may use the field above.
    """

    type_name: str | None
    is_list: bool
    weight: int = 0
    paid: bool = False
    assumed: float | None = None
    slicing: Sequence[str] = ()
    defaults: Mapping[str, object] = field(default_factory=dict[str, object])
    sized: frozenset[str] = frozenset()
    access: AccessRule | None = None

    def size(self, node: FieldNode, variables: Mapping[str, object]) -> float | None:
        """Items that the field can return; None when nothing says so."""
        if not self.slicing:
            return self.assumed
        given = {
            argument.name.value: _number(argument.value, variables)
            for argument in node.arguments or ()
            if argument.name.value in self.slicing
            and not _left_out(argument.value, variables)
        }
        asked = [count for count in given.values() if count is not None]
        if not asked:
            usual = [
                count
                for name, count in self.defaults.items()
                if name not in given and isinstance(count, int)
            ]
            return max(usual, default=self.assumed or MAX_PAGE)
        return max(asked)

    def slicing_variables(self, node: FieldNode) -> set[str]:
        """Names of the variables that `size` reads."""
        return {
            argument.value.name.value
            for argument in node.arguments or ()
            if argument.name.value in self.slicing
            and isinstance(argument.value, VariableNode)
        }


Rules = Mapping[str, Mapping[str, FieldRule]]


def read_rules(schema: GraphQLSchema) -> Rules:
    """Rules of all fields by type and name, those of introspection included."""
    sizes = _introspection_sizes(schema)
    rules = {
        name: {
            field_name: _rule(schema, kind, field, sizes.get((name, field_name)))
            for field_name, field in kind.fields.items()
        }
        for name, kind in schema.type_map.items()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    }
    if schema.query_type is not None:
        rules[schema.query_type.name] |= {
            "__schema": FieldRule(
                type_name="__Schema", is_list=False, access=EVERYBODY
            ),
            "__type": FieldRule(type_name="__Type", is_list=False, access=EVERYBODY),
        }
    return rules


def _rule(
    schema: GraphQLSchema, parent: _Type, declared: GraphQLField, assumed: float | None
) -> FieldRule:
    # As text, since the generics of graphql-core's wrapper types are partly unknown.
    printed = str(declared.type)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    named = schema.type_map[printed.strip("[]!")]
    definition: Any = (declared.extensions or {}).get("strawberry-definition")
    weight, size = 0, ListSize()
    for directive in getattr(definition, "directives", ()):
        weight = directive.weight if isinstance(directive, Weight) else weight
        size = directive if isinstance(directive, ListSize) else size
    slicing = tuple(size.slicing_arguments or ())
    return FieldRule(
        type_name=named.name if is_composite_type(named) else None,
        is_list=printed.startswith("[") or assumed is not None,
        weight=weight,
        paid=parent in (schema.mutation_type, schema.subscription_type)
        and weight == PAID_WORK.weight,
        assumed=size.assumed_size or assumed,
        slicing=slicing,
        defaults={name: _default(declared, name) for name in slicing},
        sized=frozenset(size.sized_fields or ()),
        access=access_rule(getattr(definition, "directives", ())),
    )


def _default(declared: GraphQLField, argument: str) -> object:
    value: object = declared.args[argument].default_value
    return None if value is Undefined else value


def _number(node: ValueNode, variables: Mapping[str, object]) -> int | None:
    """A slicing argument's value; what is no number is refused by validation."""
    if isinstance(node, IntValueNode):
        digits = node.value
        return min(max(int(digits), 0), _HUGE) if len(digits) <= _DIGITS else _HUGE
    if isinstance(node, VariableNode):
        value = variables.get(node.name.value)
        return min(max(value, 0), _HUGE) if isinstance(value, int) else None
    return None


def _left_out(node: ValueNode, variables: Mapping[str, object]) -> bool:
    """Whether the argument counts as not given, so that its default holds."""
    return isinstance(node, VariableNode) and node.name.value not in variables


def _introspection_sizes(schema: GraphQLSchema) -> Mapping[tuple[str, str], float]:
    """Lists of the type system: as long as they are in this one, on average."""
    kinds = schema.type_map.values()
    fields = [
        declared
        for kind in kinds
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        for declared in kind.fields.values()
    ]
    count = len(schema.type_map)
    return {
        ("__Schema", "types"): count,
        ("__Schema", "directives"): len(schema.directives),
        ("__Type", "fields"): len(fields) / count,
        ("__Type", "inputFields"): 1,
        ("__Type", "interfaces"): 1,
        ("__Type", "possibleTypes"): 1,
        ("__Type", "enumValues"): 1,
        # No list, but most types wrap nothing.
        ("__Type", "ofType"): 0.5,
        ("__Field", "args"): sum(len(one.args) for one in fields) / len(fields),
        ("__Directive", "args"): 2,
        ("__Directive", "locations"): 4,
    }
