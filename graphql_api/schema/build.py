"""The schema object, put together from its roots."""

from typing import Any

import strawberry
from graphql import GraphQLError, OperationDefinitionNode
from graphql.utilities import get_operation_ast
from strawberry.exceptions import MissingQueryError
from strawberry.extensions.runner import SchemaExtensionsRunner
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import (
    CannotGetOperationTypeError,
    InvalidOperationTypeError,
)
from strawberry.types.execution import ExecutionContext, PreExecutionError
from strawberry.types.graphql import OperationType

from graphql_api.errors import ModelUnavailable, RateLimited, SidekickError
from graphql_api.schema.admin_mutations import AdminMutation
from graphql_api.schema.context import Context
from graphql_api.schema.directives import complete_directives
from graphql_api.schema.documents.access import (
    check_access_rules,
    refusal,
)
from graphql_api.schema.documents.limits import MAX_ERRORS, Complaint, complaint_about
from graphql_api.schema.documents.prepared import Documents
from graphql_api.schema.documents.trusted import TrustedDocuments
from graphql_api.schema.failures import ErrorCodes
from graphql_api.schema.generation import (
    GenerationDelta,
    GenerationEnded,
    GenerationReset,
    GenerationStarted,
)
from graphql_api.schema.mutations import Mutation as OwnMutation
from graphql_api.schema.queries import Query
from graphql_api.schema.scalars import SCALARS
from graphql_api.schema.subscriptions import Subscription
from graphql_api.schema.wire.operations import OneOperation
from graphql_api.settings import DocumentLimits


@strawberry.type(description="Writing.")
class Mutation(OwnMutation, AdminMutation):
    """Writing, of the caller's own and of everybody's."""


class _Schema(strawberry.Schema):
    """Runs only documents that are within the limits, and known if that is asked."""

    documents: Documents
    trusted: TrustedDocuments

    def shut(
        self, limits: DocumentLimits, trusted: TrustedDocuments, *, introspection: bool
    ) -> None:
        """Say what may be run."""
        complete_directives(self._schema)
        check_access_rules(self._schema)
        self.documents = Documents(self._schema, limits, introspection=introspection)
        self.trusted = trusted

    def process_errors(
        self, errors: list[GraphQLError], execution_context: Any = None
    ) -> None:
        """Log nothing here: `ErrorCodes` logs bugs, and documents hold texts."""

    def _get_custom_context_kwargs(
        self, operation_extensions: dict[str, Any] | None = None, *, sync: bool = False
    ) -> dict[str, Any]:
        base = super()._get_custom_context_kwargs(operation_extensions, sync=sync)
        bounds = {"hide_suggestions": True, "max_coercion_errors": MAX_ERRORS}
        return {**base, **bounds}

    async def _prepare_operation_async(
        self, context: ExecutionContext, extensions_runner: SchemaExtensionsRunner
    ) -> PreExecutionError | None:
        """Parse, limit and validate; the stock method has no limits and no memory."""
        if not context.query:
            raise MissingQueryError
        if too_much := await _too_much(context):
            return _refusal(context, [complaint_about(too_much)])
        text = self.trusted.text(context.query)
        if isinstance(text, Complaint):
            return _refusal(context, [text])
        async with extensions_runner.parsing():
            prepared = self.documents.prepare(text)
            context.graphql_document = prepared.document
        if prepared.document is None:
            return _refusal(context, prepared.complaints)
        operation = _operation(context)
        asked: Context = context.context
        rules = self.documents.access(prepared, operation)
        if refused := refusal(asked.caller, rules):
            return _refusal(context, [complaint_about(refused)])
        paid = self.documents.runs_a_model(prepared, operation)
        if paid and (stopped := await _stopped(asked)):
            return _refusal(context, [complaint_about(stopped)])
        async with extensions_runner.validation():
            complaints = prepared.complaints or self.documents.complaints_about(
                prepared, operation, context.variables or {}
            )
            return _refusal(context, complaints) if complaints else None


def build_schema(
    *,
    limits: DocumentLimits | None = None,
    introspection: bool = True,
    trusted: TrustedDocuments | None = None,
) -> strawberry.Schema:
    """The contract as code; `schema.graphql` is printed from it."""
    schema = _Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[GenerationStarted, GenerationDelta, GenerationReset, GenerationEnded],
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
        extensions=[ErrorCodes, OneOperation],
    )
    schema.shut(
        limits or DocumentLimits(),
        trusted or TrustedDocuments({}, only=False),
        introspection=introspection,
    )
    return schema


def _operation(context: ExecutionContext) -> OperationDefinitionNode:
    """The operation that is to run, if it may come this way.

    Raises:
        CannotGetOperationTypeError: The document has none of this name.
        InvalidOperationTypeError: Its kind needs another method or transport.
    """
    document = context.graphql_document
    found = get_operation_ast(document, context.operation_name) if document else None
    if found is None:
        raise CannotGetOperationTypeError(context.operation_name)
    kind = OperationType(found.operation.value)
    if kind not in context.allowed_operations:
        raise InvalidOperationTypeError(kind)
    return found


async def _too_much(context: ExecutionContext) -> SidekickError | None:
    """Why the caller may not ask now; None: it may."""
    asked: Context = context.context
    try:
        await asked.services.limiting.admit(asked.caller, address=asked.address)
    except RateLimited as error:
        return error
    return None


async def _stopped(asked: Context) -> SidekickError | None:
    """Why no answer may begin now; None: one may."""
    try:
        await asked.services.switch.check()
    except ModelUnavailable as error:
        return error
    return None


def _refusal(
    context: ExecutionContext, complaints: tuple[Complaint, ...] | list[Complaint]
) -> PreExecutionError:
    errors = [complaint.error() for complaint in complaints]
    context.pre_execution_errors = errors
    return PreExecutionError(data=None, errors=errors)
