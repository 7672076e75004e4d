"""Counts a document in one pass that visits each node and each fragment once.

A fragment is counted where it is defined, and what was found is added wherever it is
spread. So a bomb of fragments costs what its text costs, however far it would unfold.
That works for the cost too, although a fragment may be spread in lists of different
lengths: a list whose length only its parent knows is kept apart (`Sums.unsized`) until
the parent multiplies it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from graphql_api.schema.documents.access import AccessRule
from graphql_api.schema.documents.rules import UNKNOWN_SIZE, FieldRule, Rules

_MAX_NESTING: Final = 150
_INTROSPECTION: Final = frozenset({"__schema", "__type"})
_LEAF: Final = FieldRule(type_name=None, is_list=False)


class Price(NamedTuple):
    """Cost in points, and values in the answer."""

    points: float = 0
    values: float = 0

    def times(self, count: float) -> "Price":
        """The price of so many."""
        return Price(self.points * count, self.values * count)

    def plus(self, other: "Price") -> "Price":
        """Both together."""
        return Price(self.points + other.points, self.values + other.values)


@dataclass(slots=True)
class Sums:
    """What a selection set holds, fragments unfolded.

    Attributes:
        depth: Fields below one another.
        fields: Fields, at all depths.
        aliases: Fields with an alias.
        directives: Directives applied.
        width: Fields directly in it.
        paid: Fields directly in it that run a model.
        introspects: Whether it asks for the type system.
        access: Rules of who may use its fields, at all depths.
        names: How often each response name comes, at all depths.
        price: Its price, without `unsized`.
        unsized: Price of one item of each list whose length the parent knows.
    """

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    width: int = 0
    paid: int = 0
    introspects: bool = False
    access: set[AccessRule] = field(default_factory=set[AccessRule])
    names: dict[str, int] = field(default_factory=dict[str, int])
    price: Price = field(default_factory=Price)
    unsized: dict[str, Price] = field(default_factory=dict[str, Price])

    def add(self, other: "Sums", *, below: bool = False) -> None:
        """Add a selection of the same level, or the selections below a field."""
        self.depth = max(self.depth, other.depth + below)
        self.fields += other.fields
        self.aliases += other.aliases
        self.directives += other.directives
        self.introspects = self.introspects or other.introspects
        self.access |= other.access
        for name, count in other.names.items():
            self.names[name] = self.names.get(name, 0) + count
        if not below:
            self.width += other.width
            self.paid += other.paid
            self.price = self.price.plus(other.price)
            for name, price in other.unsized.items():
                self.unsized[name] = self.unsized.get(name, Price()).plus(price)

    @property
    def pairs(self) -> int:
        """Fields of the same response name that validation may have to compare."""
        return sum(count * count for count in self.names.values())

    def total(self, sized: Iterable[str] = (), size: float = UNKNOWN_SIZE) -> Price:
        """Price of the selection set when its `sized` lists have `size` items."""
        price = self.price
        for name, one in self.unsized.items():
            price = price.plus(one.times(size if name in sized else UNKNOWN_SIZE))
        return price


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What a document holds.

    Attributes:
        operations: Sums of each operation, by name.
        fragments: Number of fragment definitions.
        spare: Sums of the fragments that no operation uses.
        slicing_variables: Names of variables on which the cost depends.
        visited: Selections visited, once each.
        nested_too_deep: Whether the pass was given up.
    """

    operations: Mapping[str | None, Sums]
    fragments: int
    spare: Sums
    slicing_variables: frozenset[str]
    visited: int
    nested_too_deep: bool = False


def measure(
    document: DocumentNode, rules: Rules, variables: Mapping[str, object]
) -> Measures:
    """Count the document, for these values of its slicing variables."""
    walk = _Walk(document, rules, variables)
    too_deep = False
    operations: dict[str | None, Sums] = {}
    spare = Sums()
    try:
        operations = {
            node.name.value if node.name else None: walk.operation(node)
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
        }
        spare = walk.spare()
    except _NestedTooDeep:
        too_deep = True
    return Measures(
        operations=operations,
        fragments=len(walk.fragments),
        spare=spare,
        slicing_variables=frozenset(walk.slicing_variables),
        visited=walk.visited,
        nested_too_deep=too_deep,
    )


class _NestedTooDeep(Exception):
    pass


class _Walk:
    def __init__(
        self, document: DocumentNode, rules: Rules, variables: Mapping[str, object]
    ) -> None:
        self.fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self.slicing_variables: set[str] = set()
        self.visited = 0
        self._rules = rules
        self._variables = variables
        # None while it is being counted: a spread of itself is left to validation.
        self._counted: dict[str, Sums | None] = {}
        self._nesting = 0

    def operation(self, node: OperationDefinitionNode) -> Sums:
        sums = self._selections(node.selection_set, _ROOTS[node.operation])
        definitions = node.variable_definitions or ()
        sums.directives += len(node.directives or ())
        sums.directives += sum(len(one.directives or ()) for one in definitions)
        return sums

    def spare(self) -> Sums:
        sums = Sums()
        for name in self.fragments:
            if name not in self._counted:
                sums.add(self._fragment(name))
        return sums

    def _selections(self, node: SelectionSetNode | None, type_name: str | None) -> Sums:
        sums = Sums()
        self._nesting += 1
        if self._nesting > _MAX_NESTING:
            raise _NestedTooDeep
        for selection in node.selections if node else ():
            self.visited += 1
            sums.directives += len(selection.directives or ())
            if isinstance(selection, FieldNode):
                self._add_field(sums, selection, type_name)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                inner = condition.name.value if condition else type_name
                sums.add(self._selections(selection.selection_set, inner))
            elif isinstance(selection, FragmentSpreadNode):
                sums.add(self._fragment(selection.name.value))
        self._nesting -= 1
        return sums

    def _fragment(self, name: str) -> Sums:
        node = self.fragments.get(name)
        if node is None:
            return Sums()
        if name not in self._counted:
            self._counted[name] = None
            condition = node.type_condition.name.value
            sums = self._selections(node.selection_set, condition)
            sums.directives += len(node.directives or ())
            self._counted[name] = sums
        return self._counted[name] or Sums()

    def _add_field(self, sums: Sums, node: FieldNode, type_name: str | None) -> None:
        name = node.name.value
        rule = self._rules.get(type_name or "", {}).get(name, _LEAF)
        self.slicing_variables |= rule.slicing_variables(node)
        below = self._selections(node.selection_set, rule.type_name)
        sums.add(below, below=True)
        sums.depth = max(sums.depth, 1)
        sums.fields += 1
        shown = node.alias.value if node.alias else name
        sums.names[shown] = sums.names.get(shown, 0) + 1
        sums.width += 1
        sums.aliases += node.alias is not None
        sums.paid += rule.paid
        sums.introspects = sums.introspects or name in _INTROSPECTION
        if rule.access:
            sums.access.add(rule.access)
        self._add_price(sums, node, rule, below)

    def _add_price(
        self, sums: Sums, node: FieldNode, rule: FieldRule, below: Sums
    ) -> None:
        size = rule.size(node, self._variables)
        inner = below.total(rule.sized, UNKNOWN_SIZE if size is None else size)
        item = Price(rule.type_name is not None, 1).plus(inner)
        once = Price(rule.weight)
        if not rule.is_list:
            sums.price = sums.price.plus(once).plus(item)
        elif size is not None:
            sums.price = sums.price.plus(once).plus(item.times(size))
        else:
            name = node.name.value
            known = sums.unsized.get(name, Price())
            sums.unsized[name] = known.plus(item)


_ROOTS: Final = {
    OperationType.QUERY: "Query",
    OperationType.MUTATION: "Mutation",
    OperationType.SUBSCRIPTION: "Subscription",
}
