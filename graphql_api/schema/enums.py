"""Closed sets of the contract; each is converted from the domain's by name."""

from enum import Enum

import strawberry
from strawberry import enum_value


@strawberry.enum(
    description="Who wrote a message. The system prompt belongs to the assistant's "
    "configuration and is never sent by clients."
)
class Role(Enum):
    """The domain's `Role`."""

    USER = enum_value("USER", description="The person.")
    ASSISTANT = enum_value("ASSISTANT", description="The model.")


@strawberry.enum(description="What a caller may do.")
class AccessScope(Enum):
    """The domain's `Scope`."""

    CHAT = enum_value(
        "CHAT", description="Ask models, and change what is the principal's."
    )
    READ = enum_value("READ", description="Read what is the principal's.")
    USAGE = enum_value("USAGE", description="Read what was used and what it cost.")
    ADMIN = enum_value("ADMIN", description="Administer the service.")


@strawberry.enum(description="How a principal is known.")
class PrincipalKind(Enum):
    """The domain's `PrincipalKind`."""

    LOCAL = enum_value(
        "LOCAL", description="Whose machine this is, where nobody logs in."
    )
    USER = enum_value("USER", description="A person who signed in.")
    GUEST = enum_value("GUEST", description="A visitor without an account.")
    SERVICE = enum_value("SERVICE", description="A program with an API key.")


@strawberry.enum(description="How principals are listed.")
class PrincipalOrder(Enum):
    """The domain's `PrincipalOrder`."""

    NEWEST = enum_value("NEWEST", description="Newest first.")
    SPENT = enum_value(
        "SPENT", description="First who spent most in the present month (UTC)."
    )


@strawberry.enum(description="What an administrator did.")
class AuditAction(Enum):
    """The domain's `AuditAction`."""

    CREATE_API_KEY = enum_value("CREATE_API_KEY", description="Made an API key.")
    REVOKE_API_KEY = enum_value("REVOKE_API_KEY", description="Ended an API key.")
    SET_PRINCIPAL_LIMITS = enum_value(
        "SET_PRINCIPAL_LIMITS",
        description="Gave a principal limits of its own, or took them back.",
    )
    SET_KILL_SWITCH = enum_value(
        "SET_KILL_SWITCH", description="Stopped new answers, or allowed them again."
    )


@strawberry.enum(description="Overall state of the service.")
class HealthStatus(Enum):
    """State of the service or of a part of it."""

    OK = enum_value("OK", description="Everything works.")
    DEGRADED = enum_value(
        "DEGRADED", description="Answers are served, but something optional is down."
    )
    DOWN = enum_value("DOWN", description="No answers can be served.")


@strawberry.enum(description="Kind of tokens on a receipt.")
class TokenKind(Enum):
    """The domain's `TokenKind`."""

    PROMPT = enum_value("PROMPT", description="Prompt tokens that were not cached.")
    CACHED_PROMPT = enum_value(
        "CACHED_PROMPT",
        description="Prompt tokens read from the provider's cache.",
    )
    CACHE_WRITE = enum_value(
        "CACHE_WRITE", description="Prompt tokens written to the provider's cache."
    )
    COMPLETION = enum_value(
        "COMPLETION", description="Completion tokens, reasoning included."
    )


@strawberry.enum(description="Why a model stopped writing.")
class FinishReason(Enum):
    """The domain's `FinishReason`."""

    STOP = enum_value("STOP", description="The answer is complete.")
    LENGTH = enum_value("LENGTH", description="The token limit was reached.")
    CONTENT_FILTER = enum_value(
        "CONTENT_FILTER", description="A content filter cut the answer."
    )


@strawberry.enum(description="Whether a message's text is final.")
class MessageStatus(Enum):
    """The domain's `Status`."""

    QUEUED = enum_value("QUEUED", description="Waiting for a free model slot.")
    STREAMING = enum_value("STREAMING", description="The model is writing.")
    COMPLETED = enum_value(
        "COMPLETED", description="Final: the model said why it finished."
    )
    STOPPED = enum_value(
        "STOPPED", description="Stopped by somebody; the text is what had been written."
    )
    INTERRUPTED = enum_value(
        "INTERRUPTED",
        description="The server or the provider's stream died; the text is what had "
        "been written.",
    )
    FAILED = enum_value("FAILED", description="Nothing useful came; see `problem`.")


@strawberry.enum(
    description="Every value of `extensions.code` in a GraphQL error, and of "
    "`Problem.code` in a stream."
)
class ErrorCode(Enum):
    """The codes of `graphql_api.errors`."""

    BAD_REQUEST = enum_value(
        "BAD_REQUEST", description="The HTTP request is malformed."
    )
    GRAPHQL_PARSE_FAILED = enum_value(
        "GRAPHQL_PARSE_FAILED", description="The GraphQL document does not parse."
    )
    GRAPHQL_VALIDATION_FAILED = enum_value(
        "GRAPHQL_VALIDATION_FAILED",
        description="The GraphQL document does not fit the schema.",
    )
    OPERATION_RESOLUTION_FAILURE = enum_value(
        "OPERATION_RESOLUTION_FAILURE",
        description="`operationName` is missing or unknown.",
    )
    PERSISTED_QUERY_NOT_FOUND = enum_value(
        "PERSISTED_QUERY_NOT_FOUND",
        description="No trusted document has this hash.",
    )
    QUERY_TOO_COMPLEX = enum_value(
        "QUERY_TOO_COMPLEX",
        description="The document is over a size, depth, alias or cost limit.",
    )
    BAD_USER_INPUT = enum_value(
        "BAD_USER_INPUT",
        description="An argument is well-typed but not acceptable; "
        "`extensions.reason` and `extensions.field` say why.",
    )
    UNAUTHENTICATED = enum_value(
        "UNAUTHENTICATED", description="Credentials are missing or wrong."
    )
    FORBIDDEN = enum_value(
        "FORBIDDEN", description="The credentials do not allow this."
    )
    NOT_FOUND = enum_value("NOT_FOUND", description="No such object, or not yours.")
    CONFLICT = enum_value(
        "CONFLICT",
        description="The object changed or is busy, for example a second message "
        "while one is being answered.",
    )
    RATE_LIMITED = enum_value(
        "RATE_LIMITED",
        description="Too many requests; `extensions.retryAfterMs` says when to try "
        "again.",
    )
    BUDGET_EXCEEDED = enum_value(
        "BUDGET_EXCEEDED", description="A spending limit is reached."
    )
    IDENTITY_UNAVAILABLE = enum_value(
        "IDENTITY_UNAVAILABLE",
        description="Who signs people in cannot be reached; "
        "`extensions.retryAfterMs` says when to try again.",
    )
    MODEL_UNAVAILABLE = enum_value(
        "MODEL_UNAVAILABLE",
        description="The model provider failed or is overloaded; retrying may help.",
    )
    TIMEOUT = enum_value("TIMEOUT", description="The model took too long.")
    INTERRUPTED = enum_value(
        "INTERRUPTED",
        description="The model's answer broke off: the connection or the server died.",
    )
    INTERNAL_SERVER_ERROR = enum_value(
        "INTERNAL_SERVER_ERROR",
        description="A bug. The text is hidden; `extensions.requestId` finds it in "
        "the logs.",
    )


@strawberry.enum(description="Thumb up or down.")
class FeedbackRating(Enum):
    """The domain's `Rating`."""

    UP = enum_value("UP", description="Good answer.")
    DOWN = enum_value("DOWN", description="Bad answer.")


@strawberry.enum(description="How to split a usage report.")
class UsageGroupBy(Enum):
    """The domain's `UsageGroup`."""

    DAY = enum_value("DAY", description="One row a day (UTC).")
    MODEL = enum_value("MODEL", description="One row a model.")
    ASSISTANT = enum_value("ASSISTANT", description="One row an assistant.")
    CONVERSATION = enum_value("CONVERSATION", description="One row a conversation.")


@strawberry.enum(description="For how long a spending limit counts, in UTC.")
class BudgetPeriod(Enum):
    """The domain's `BudgetPeriod`."""

    DAY = enum_value("DAY", description="A day.")
    MONTH = enum_value("MONTH", description="A month of the calendar.")


@strawberry.enum(description="Whose spending a limit is for.")
class BudgetScope(Enum):
    """The domain's `BudgetScope`, without what is nobody's own."""

    VIEWER = enum_value("VIEWER", description="The viewer's, with all keys.")
    KEY = enum_value("KEY", description="That of the API key in use.")


@strawberry.enum(description="Where a search looks.")
class SearchPlace(Enum):
    """What can be found."""

    TITLES = enum_value("TITLES", description="In the titles of conversations.")
    MESSAGES = enum_value("MESSAGES", description="In the texts of messages.")
