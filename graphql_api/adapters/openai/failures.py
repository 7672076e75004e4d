"""What goes wrong on the provider's side, as the service's errors.

No message repeats what a provider wrote: a refused key, for example, comes back in the
text of the refusal. Of a refusal's text only numbers of tokens are taken.
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from graphql_api.errors import (
    BadInput,
    ModelTimeout,
    ModelUnavailable,
    ProviderError,
    SidekickError,
    StreamInterrupted,
)

_UNPAID: Final = ("insufficient_quota", "billing_not_active")
_CONTEXT: Final = ("context_length_exceeded", "exceed_context_size_error")
# OpenAI and vLLM put both numbers into a sentence, llama.cpp into fields.
_LIMIT_TEXT: Final = re.compile(r"maximum context length (?:is|of) (\d{1,9})\b")
_USED_TEXT: Final = re.compile(
    r"(?:resulted in|requested|contains at least) (\d{1,9})\b"
)
_BAD_KEY: Final = (
    "The model provider refused the key: set OPENAI_API_KEY to a valid one that may "
    "use this model."
)
_BUSY: Final = "The model provider is overloaded: try again later."
_LASTING: Final = {
    401: _BAD_KEY,
    403: _BAD_KEY,
    404: "The model provider does not know this model: set SIDEKICK_MODEL to one that "
    "it offers, and check OPENAI_BASE_URL.",
}
_PASSING: Final = {
    408: "The model provider took too long: try again.",
    409: "The model provider is busy with a change: try again.",
    429: "The model provider is asked too often: try again later.",
    503: _BUSY,
    529: _BUSY,
}
# What an error event in a stream, which has no status, is taken for.
_STATUS_BY_NAME: Final = {
    "rate_limit_exceeded": 429,
    "rate_limit_error": 429,
    "invalid_api_key": 401,
    "authentication_error": 401,
    "model_not_found": 404,
    "overloaded_error": 503,
    "invalid_request_error": 400,
}


class Refusal(msgspec.Struct):
    """The error object of a server; every server fills other fields."""

    message: str | None = None
    type: str | None = None
    code: str | int | None = None
    param: str | None = None
    n_prompt_tokens: int | None = None
    n_ctx: int | None = None

    def names(self, *words: str) -> bool:
        """Whether the type or the code is one of the words."""
        return self.type in words or self.code in words


class _Body(msgspec.Struct):
    error: Refusal | str | None = None
    message: str | None = None
    detail: object = None


def parse_refusal(body: bytes) -> Refusal:
    """The error object in a response; an empty one when there is none."""
    try:
        parsed = msgspec.json.decode(body, type=_Body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Refusal()
    if isinstance(parsed.error, Refusal):
        return parsed.error
    return Refusal(message=parsed.error or parsed.message or str(parsed.detail))


def refused(status: int, refusal: Refusal, headers: Mapping[str, str]) -> SidekickError:
    """The error for a response with an error status, or for an error in a stream."""
    if context_full(refusal):
        return _too_long(refusal)
    if refusal.names(*_UNPAID):
        return ModelUnavailable(
            "The model provider's quota is used up: check its plan and billing.",
            retryable=False,
        )
    if status in _LASTING:
        return ModelUnavailable(_LASTING[status], retryable=False)
    if status in _PASSING or status >= 500:  # noqa: PLR2004 the class of server errors
        return ModelUnavailable(
            _PASSING.get(status)
            or f"The model provider failed (HTTP {status}): try again later.",
            retry_after_ms=parse_retry_after_ms(headers),
        )
    return ModelUnavailable(
        f"The model provider refused the request (HTTP {status}).", retryable=False
    )


def refused_in_stream(refusal: Refusal, *, began: bool) -> SidekickError:
    """The error for an error event; after the first text it is an interruption."""
    if began:
        return StreamInterrupted(
            "The model provider reported an error in the middle of the answer."
        )
    return refused(_status(refusal), refusal, {})


def context_full(refusal: Refusal) -> bool:
    """Whether the history does not fit the model's context window."""
    if refusal.names(*_CONTEXT):
        return True
    return _LIMIT_TEXT.search(refusal.message or "") is not None


def unreachable() -> ModelUnavailable:
    """The error for a server that does not take or keep a connection."""
    return ModelUnavailable(
        "The model provider cannot be reached: check the network and OPENAI_BASE_URL."
    )


def silent(timeout_s: float) -> ModelTimeout:
    """The error for a provider from which nothing came for too long."""
    return ModelTimeout(f"Nothing came from the model for {timeout_s:g} seconds.")


def broke_off(*, began: bool) -> ProviderError:
    """The error for a stream that was cut or is not readable."""
    if began:
        return StreamInterrupted("The connection to the model broke off.")
    return ModelUnavailable("The connection to the model broke off before it answered.")


def not_a_stream() -> ModelUnavailable:
    """The error for a successful response that is no event stream."""
    return ModelUnavailable(
        "The server at OPENAI_BASE_URL did not answer with a stream of events: the "
        "address must be that of an OpenAI-compatible API, and often ends in /v1.",
        retryable=False,
    )


def parse_retry_after_ms(headers: Mapping[str, str]) -> int | None:
    """Wait that the provider asks for; its form as a date is not understood."""
    for name, factor in (("retry-after-ms", 1), ("retry-after", 1000)):
        text = headers.get(name, "")
        if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text, re.ASCII):
            return round(float(text) * factor)
    return None


def _status(refusal: Refusal) -> int:
    for name in (refusal.code, refusal.type):
        if isinstance(name, int):
            return name
        if name in _STATUS_BY_NAME:
            return _STATUS_BY_NAME[name]
    return 500


def _too_long(refusal: Refusal) -> BadInput:
    used = refusal.n_prompt_tokens or _number(_USED_TEXT, refusal.message)
    limit = refusal.n_ctx or _number(_LIMIT_TEXT, refusal.message)
    if used is None or limit is None:
        numbers = "The history is longer than the model can read."
    else:
        numbers = (
            f"The history has {used:,} tokens; the model can read {limit:,}, its "
            "answer included."
        )
    return BadInput(
        f"{numbers} Leave out older messages or start a new conversation.",
        reason="CONTEXT_TOO_LONG",
        field="history",
    )


def _number(pattern: re.Pattern[str], text: str | None) -> int | None:
    found = pattern.search(text or "")
    return int(found[1]) if found else None
