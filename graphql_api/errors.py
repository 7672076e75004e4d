"""Every error that Sidekick raises on purpose.

::

    SidekickError(code, message, retryable, retry_after_ms)
    ├── ClientError            the caller can fix it; the message is safe to show
    │   ├── Unauthenticated    UNAUTHENTICATED: no credentials, or none that work
    │   ├── Forbidden          FORBIDDEN: the credentials do not allow it
    │   ├── RateLimited        RATE_LIMITED: too much in too short a time
    │   ├── BadInput           BAD_USER_INPUT, with a reason and a field
    │   ├── NotFound           NOT_FOUND
    │   ├── BadFile            BAD_USER_INPUT: a file that cannot be imported
    │   ├── Conflict           CONFLICT: busy, or a key used for something else
    │   └── BudgetExceeded     BUDGET_EXCEEDED: the reserve does not fit
    ├── ProviderError          the model's side failed
    │   ├── ModelUnavailable   MODEL_UNAVAILABLE: refused, overloaded, unreachable
    │   ├── ModelTimeout       TIMEOUT: nothing came for too long
    │   └── StreamInterrupted  INTERRUPTED: the answer broke off
    ├── IdentityUnavailable    IDENTITY_UNAVAILABLE: nobody vouches for people now
    ├── InternalError          INTERNAL_SERVER_ERROR: a bug, masked, with its request id
    └── SettingsError          the service cannot start with these settings

Messages say what happened and what to do. They never hold keys, prompts or text
that a provider sent. Anything else that is raised is a bug: `report_bug` logs it once
and gives the masked error.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ulid import ULID

_IDENTITY_WAIT_MS: Final = 10_000


class ErrorCode(StrEnum):
    """Machine-readable kind of an error; the contract's `ErrorCode`."""

    BAD_REQUEST = "BAD_REQUEST"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    RATE_LIMITED = "RATE_LIMITED"
    BUDGET_EXCEEDED = "BUDGET_EXCEEDED"
    IDENTITY_UNAVAILABLE = "IDENTITY_UNAVAILABLE"
    MODEL_UNAVAILABLE = "MODEL_UNAVAILABLE"
    TIMEOUT = "TIMEOUT"
    INTERRUPTED = "INTERRUPTED"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"


class SidekickError(Exception):
    """Root of all errors raised on purpose.

    Attributes:
        code: Machine-readable kind.
        message: Sentence that can be shown to a person.
        retryable: Whether the same request may succeed later.
        retry_after_ms: Suggested wait before a retry, in milliseconds.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        *,
        retryable: bool = False,
        retry_after_ms: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retryable = retryable
        self.retry_after_ms = retry_after_ms


class ClientError(SidekickError):
    """The caller can fix it."""


class Unauthenticated(ClientError):
    """There are no credentials, or none that work."""

    def __init__(self, message: str) -> None:
        super().__init__(ErrorCode.UNAUTHENTICATED, message)


class Forbidden(ClientError):
    """The caller is known, and may not do this."""

    def __init__(self, message: str) -> None:
        super().__init__(ErrorCode.FORBIDDEN, message)


class RateLimited(ClientError):
    """Too much came in too short a time.

    Attributes:
        limit: How much is allowed in a minute, or at once; None: it is not told.
    """

    def __init__(
        self, message: str, *, wait_s: float, limit: int | None = None
    ) -> None:
        super().__init__(
            ErrorCode.RATE_LIMITED,
            message,
            retryable=True,
            retry_after_ms=max(1, round(wait_s * 1_000)),
        )
        self.limit = limit


class BadInput(ClientError):
    """An argument is well-typed but not acceptable.

    Attributes:
        reason: Machine-readable reason, for example ``TOO_LONG``.
        field: Argument it is about, for example ``history.2.content``.
    """

    def __init__(self, message: str, *, reason: str, field: str) -> None:
        super().__init__(ErrorCode.BAD_USER_INPUT, message)
        self.reason = reason
        self.field = field


class BadFile(ClientError):
    """A file cannot be imported; the message says where, why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(ErrorCode.BAD_USER_INPUT, message)


class NotFound(ClientError):
    """No such object, or not the caller's: the two are never told apart."""

    def __init__(self, message: str = "There is no such object.") -> None:
        super().__init__(ErrorCode.NOT_FOUND, message)


class Conflict(ClientError):
    """The object is busy, or changed meanwhile, or a key means something else."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(ErrorCode.CONFLICT, message, retryable=retryable)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedLimit:
    """The spending limit that refused something.

    Attributes:
        scope: Whose it is: ``VIEWER``, ``KEY`` or ``SERVICE``.
        period: What it is for: ``DAY`` or ``MONTH``.
        limit_usd: None, as the other amounts, where they are nobody's business.
    """

    scope: str
    period: str
    resets_at: datetime
    limit_usd: Decimal | None
    spent_usd: Decimal | None
    reserved_usd: Decimal | None


class BudgetExceeded(ClientError):
    """A spending limit is reached.

    Attributes:
        limit: Which one; None when it is not a matter of its amount.
    """

    def __init__(
        self,
        message: str = "The spending limit is reached.",
        *,
        limit: ReachedLimit | None = None,
        retry_after_ms: int | None = None,
    ) -> None:
        super().__init__(
            ErrorCode.BUDGET_EXCEEDED, message, retry_after_ms=retry_after_ms
        )
        self.limit = limit


class IdentityUnavailable(SidekickError):
    """Who signs people in cannot be reached, or answers with nonsense.

    What is known already goes on: sessions, API keys, tokens whose keys are kept.
    """

    def __init__(self, message: str) -> None:
        super().__init__(
            ErrorCode.IDENTITY_UNAVAILABLE,
            message,
            retryable=True,
            retry_after_ms=_IDENTITY_WAIT_MS,
        )


class ProviderError(SidekickError):
    """The model's side failed."""


class ModelUnavailable(ProviderError):
    """The model refused, is overloaded or cannot be reached."""

    def __init__(
        self, message: str, *, retryable: bool = True, retry_after_ms: int | None = None
    ) -> None:
        super().__init__(
            ErrorCode.MODEL_UNAVAILABLE,
            message,
            retryable=retryable,
            retry_after_ms=retry_after_ms,
        )


class ModelTimeout(ProviderError):
    """Nothing came from the model for too long."""

    def __init__(self, message: str) -> None:
        super().__init__(ErrorCode.TIMEOUT, message, retryable=True)


class StreamInterrupted(ProviderError):
    """The answer broke off before the model said why it finished."""

    def __init__(self, message: str) -> None:
        super().__init__(ErrorCode.INTERRUPTED, message, retryable=True)


class InternalError(SidekickError):
    """A bug, masked; the request id finds it in the logs."""

    def __init__(self, request_id: str) -> None:
        super().__init__(
            ErrorCode.INTERNAL_SERVER_ERROR,
            f"Something went wrong on our side ({request_id}).",
        )
        self.request_id = request_id


def report_bug(log: logging.Logger, event: str, bug: Exception) -> InternalError:
    """Log a bug with its traceback, and give the error that may be shown."""
    request_id = f"req_{ULID()}"
    log.error("%s request_id=%s", event, request_id, exc_info=bug)
    return InternalError(request_id)


class SettingsError(SidekickError):
    """The service cannot start with these settings; the message names the variable."""

    def __init__(self, message: str) -> None:
        super().__init__(ErrorCode.INTERNAL_SERVER_ERROR, message)
