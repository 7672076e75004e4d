"""Which operation of a document runs."""

from collections.abc import Iterator

from graphql import DocumentNode, OperationDefinitionNode
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError


class OneOperation(SchemaExtension):
    """Several operations need a name; Strawberry runs the first one without."""

    def on_operation(self) -> Iterator[None]:
        """Keep whether the request names one: once parsed, the first one's is given."""
        self._named = self.execution_context.operation_name is not None
        yield

    def on_parse(self) -> Iterator[None]:
        """Refuse to choose."""
        yield
        document = self.execution_context.graphql_document
        if not self._named and document is not None and _operations(document) > 1:
            raise CannotGetOperationTypeError(None)


def _operations(document: DocumentNode) -> int:
    return sum(isinstance(one, OperationDefinitionNode) for one in document.definitions)
