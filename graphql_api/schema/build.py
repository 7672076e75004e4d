"""The schema object, put together from its roots."""

from typing import Any, Final

import strawberry
from graphql import GraphQLError
from strawberry.extensions import MaxTokensLimiter
from strawberry.schema.config import StrawberryConfig

from graphql_api.schema.failures import ErrorCodes
from graphql_api.schema.generation import (
    GenerationDelta,
    GenerationEnded,
    GenerationReset,
    GenerationStarted,
)
from graphql_api.schema.mutations import Mutation
from graphql_api.schema.queries import Query
from graphql_api.schema.scalars import SCALARS
from graphql_api.schema.subscriptions import Subscription

_MAX_DOCUMENT_TOKENS: Final = 2_000


class _Schema(strawberry.Schema):
    def process_errors(
        self, errors: list[GraphQLError], execution_context: Any = None
    ) -> None:
        """Log nothing here: `ErrorCodes` logs bugs, and documents hold texts."""

    def _get_custom_context_kwargs(
        self, operation_extensions: dict[str, Any] | None = None, *, sync: bool = False
    ) -> dict[str, Any]:
        base = super()._get_custom_context_kwargs(operation_extensions, sync=sync)
        return {**base, "hide_suggestions": True}


def build_schema() -> strawberry.Schema:
    """The contract as code; `schema.graphql` is printed from it."""
    return _Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[GenerationStarted, GenerationDelta, GenerationReset, GenerationEnded],
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
        extensions=[ErrorCodes, lambda: MaxTokensLimiter(_MAX_DOCUMENT_TOKENS)],
    )
