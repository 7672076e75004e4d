"""Parses, limits and validates documents, and remembers what came of it.

The limits come before validation, which can take time that grows with the square of a
document. What is found out is kept by the hash of the text: a document that comes again
costs microseconds, and one that was refused is refused again without being kept.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    Token,
    TokenKind,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from graphql_api.errors import ErrorCode
from graphql_api.schema.documents.access import AccessRule
from graphql_api.schema.documents.limits import (
    MAX_ERRORS,
    Complaint,
    complaint_of,
    over_limits,
    over_price,
    too_complex,
)
from graphql_api.schema.documents.measure import Measures, Sums, measure
from graphql_api.schema.documents.rules import read_rules
from graphql_api.schema.documents.variables import (
    complaint_about_variables,
    complaints_about_values,
    is_text,
)
from graphql_api.settings import DocumentLimits

_RULES: Final = (
    *specified_rules,
    MaybeNullValidationRule,
    OneOfInputValidationRule,
)
_MAX_KEPT: Final = 1_000
# About 100 bytes of tree a character, so at most some 50 MB.
_MAX_KEPT_CHARS: Final = 500_000
_REFUSED_CHARS: Final = 500
_MAX_PRICES: Final = 32
_MAX_DIGITS: Final = 100
_MAX_NESTING: Final = 200
_LONG_NUMBER_OR_ZERO: Final = re.compile(rf"\d{{{_MAX_DIGITS}}}|\\u\{{?0+")
_STRINGS: Final = frozenset({TokenKind.STRING, TokenKind.BLOCK_STRING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What is known of a document.

    Attributes:
        document: The parsed document; None when it was refused.
        complaints: Why it is not run, whatever its variables.
        measures: What it holds; None when it was not counted.
        prices: Sums of its operations by the values of its slicing variables.
    """

    document: DocumentNode | None = None
    complaints: tuple[Complaint, ...] = ()
    measures: Measures | None = None
    prices: dict[tuple[object, ...], Mapping[str | None, Sums]] = field(
        default_factory=dict[tuple[object, ...], Mapping[str | None, Sums]]
    )


class Documents:
    """All documents of one schema."""

    def __init__(
        self, schema: GraphQLSchema, limits: DocumentLimits, *, introspection: bool
    ) -> None:
        """Prepare documents for the schema."""
        self._schema = schema
        self._limits = limits
        self._introspection = introspection
        self._rules = read_rules(schema)
        self._kept = _Kept()

    def prepare(self, text: str) -> Prepared:
        """Parse, limit and validate; nothing of it when the text is known."""
        if len(text) > self._limits.chars:
            return _refused(too_complex(chars=(self._limits.chars, len(text))))
        key = digest(text)
        known = self._kept.get(key)
        if known is None:
            known = self._read(text)
            kept = len(text) if known.document else _REFUSED_CHARS
            self._kept.put(key, known, chars=kept)
        return known

    def complaints_about(
        self,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        variables: Mapping[str, object],
    ) -> list[Complaint]:
        """What is wrong with the variables, and with the cost that they make."""
        limit = self._limits.variable_values
        if wrong := complaint_about_variables(variables, limit=limit):
            return [wrong]
        name = operation.name.value if operation.name else None
        sums = self._sums(prepared, operation, variables).get(name)
        if sums and (over := over_price(sums, self._limits)):
            return [over]
        if operation.operation is OperationType.SUBSCRIPTION:
            # Strawberry hands on no bounds for the errors of a subscription.
            return complaints_about_values(self._schema, operation, variables)
        return []

    def access(
        self, prepared: Prepared, operation: OperationDefinitionNode
    ) -> AbstractSet[AccessRule]:
        """Who may run an operation: the rules of all its fields."""
        name = operation.name.value if operation.name else None
        if prepared.measures is None:
            return frozenset()
        return prepared.measures.operations[name].access

    def runs_a_model(
        self, prepared: Prepared, operation: OperationDefinitionNode
    ) -> bool:
        """Whether an operation starts an answer, which must be paid for."""
        name = operation.name.value if operation.name else None
        if prepared.measures is None:
            return False
        return prepared.measures.operations[name].paid > 0

    def _read(self, text: str) -> Prepared:
        if not is_text(text):
            return _refused(_odd("The document holds half a character."))
        try:
            document = self._parse(text)
        except GraphQLError as error:
            return _refused(self._parse_complaint(error))
        if odd := _odd_token(text, document) or _twice(document):
            return _refused(odd)
        measures = measure(document, self._rules, {})
        if complaint := self._complaint_about(measures):
            return _refused(complaint)
        complaints = self._validate(document)
        if complaints:
            return Prepared(document=document, complaints=complaints)
        return Prepared(document=document, measures=measures)

    def _parse(self, text: str) -> DocumentNode:
        tokens = self._limits.tokens
        return parse(text, max_lexical_tokens=tokens, max_comments=tokens)

    def _parse_complaint(self, error: GraphQLError) -> Complaint:
        if not error.message.endswith("Parsing aborted."):
            return complaint_of(error, ErrorCode.GRAPHQL_PARSE_FAILED)
        if "nested" in error.message:
            return too_complex(nesting=(_MAX_NESTING, _MAX_NESTING + 1))
        return too_complex(tokens=(self._limits.tokens, self._limits.tokens + 1))

    def _complaint_about(self, measures: Measures) -> Complaint | None:
        if complaint := over_limits(measures, self._limits):
            return complaint
        parts = (*measures.operations.values(), measures.spare)
        if not self._introspection and any(part.introspects for part in parts):
            return Complaint(
                message="The schema cannot be asked for here: __schema and __type are "
                "switched off.",
                code=ErrorCode.GRAPHQL_VALIDATION_FAILED,
                extensions={"reason": "INTROSPECTION_OFF"},
            )
        return None

    def _validate(self, document: DocumentNode) -> tuple[Complaint, ...]:
        errors = validate(
            self._schema, document, _RULES, MAX_ERRORS, hide_suggestions=True
        )
        code = ErrorCode.GRAPHQL_VALIDATION_FAILED
        return tuple(complaint_of(error, code) for error in errors)

    def _sums(
        self,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        variables: Mapping[str, object],
    ) -> Mapping[str | None, Sums]:
        document, measures = prepared.document, prepared.measures
        if document is None or measures is None:
            return {}
        if not measures.slicing_variables:
            return measures.operations
        given = {**_defaults(operation), **variables}
        values = {
            name: value if isinstance(value := given[name], int) else None
            for name in sorted(measures.slicing_variables)
            if name in given
        }
        key = tuple(values.items())
        if key not in prepared.prices:
            if len(prepared.prices) >= _MAX_PRICES:
                prepared.prices.clear()
            found = measure(document, self._rules, values)
            prepared.prices[key] = found.operations
        return prepared.prices[key]


class _Kept:
    """The documents used last, bounded by their number and their characters."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Prepared, int]] = OrderedDict()
        self._chars = 0

    def get(self, key: str) -> Prepared | None:
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: str, prepared: Prepared, *, chars: int) -> None:
        self._kept[key] = (prepared, chars)
        self._chars += chars
        while len(self._kept) > _MAX_KEPT or self._chars > _MAX_KEPT_CHARS:
            _, (_, gone) = self._kept.popitem(last=False)
            self._chars -= gone


def digest(text: str) -> str:
    """Hash of a document's text, as trusted documents are named."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


def _refused(complaint: Complaint) -> Prepared:
    return Prepared(complaints=(complaint,))


def _odd(message: str) -> Complaint:
    return Complaint(message=message, code=ErrorCode.GRAPHQL_PARSE_FAILED)


def _odd_token(text: str, document: DocumentNode) -> Complaint | None:
    """A number that Python will not read, or a string that no database stores."""
    if not _LONG_NUMBER_OR_ZERO.search(text) or document.loc is None:
        return None
    for token in _tokens(document.loc.start_token):
        value = token.value or ""
        if token.kind in _STRINGS and not is_text(value):
            return _odd("A string of the document holds U+0000.")
        if token.kind not in _STRINGS and len(value) >= _MAX_DIGITS:
            return _odd("A number or a name of the document is too long.")
    return None


def _twice(document: DocumentNode) -> Complaint | None:
    """A name that is defined twice, so that only one of the two would be counted."""
    names = [
        (node.kind, node.name.value if node.name else None)
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    if len(set(names)) == len(names):
        return None
    return Complaint(
        message="Two operations or two fragments of the document have the same name.",
        code=ErrorCode.GRAPHQL_VALIDATION_FAILED,
    )


def _tokens(first: Token) -> Iterable[Token]:
    token: Token | None = first
    while token is not None:
        yield token
        token = token.next


def _defaults(operation: OperationDefinitionNode) -> dict[str, object]:
    """Whole numbers that the operation gives as defaults of its variables."""
    defaults: dict[str, object] = {}
    for definition in operation.variable_definitions or ():
        value = getattr(definition.default_value, "value", None)
        if isinstance(value, str) and value.isdigit():
            defaults[definition.variable.name.value] = int(value)
    return defaults
