"""What the Accept header allows, for an answer that ends at once and for a stream.

Strawberry asks only whether a stream is listed somewhere. But clients that can read
streams list them in every request, so the operation decides between the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from starlette.datastructures import Headers
from strawberry.http import GraphQLRequestProtocol

JSON: Final = "application/json"
GRAPHQL_JSON: Final = "application/graphql-response+json"
EVENTS: Final = "text/event-stream"
_MULTIPART: Final = "multipart/mixed"
_HTML: Final = "text/html"
_MULTIPART_VERSION: Final = "1.0"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The forms that the client can read.

    Attributes:
        json: Media type of an answer that ends at once; None: the client reads none.
        stream: Form of a subscription; None: the client reads none.
    """

    json: str | None
    stream: GraphQLRequestProtocol | None


@dataclass(frozen=True, slots=True)
class _Range:
    media_type: str
    quality: float
    parameters: Mapping[str, str]


def accepted(headers: Headers) -> Accepted:
    """The forms that a request's Accept headers allow; without one, JSON."""
    return _accepted(_accept(headers))


def wants_page(headers: Headers) -> bool:
    """Whether a browser asks for a page, which no client of the API does."""
    return any(each.media_type == _HTML for each in _ranges(_accept(headers)))


def _accept(headers: Headers) -> str:
    return ",".join(headers.getlist("accept"))


# Clients send a handful of values, and each request asks three times.
@lru_cache(maxsize=64)
def _accepted(accept: str) -> Accepted:
    ranges = _ranges(accept)
    return Accepted(_json(ranges), _stream(ranges)) if ranges else Accepted(JSON, None)


def _ranges(accept: str) -> list[_Range]:
    return [_range(part) for part in accept.split(",") if part.strip()]


def _range(part: str) -> _Range:
    media_type, *rest = part.lower().split(";")
    pairs = (parameter.partition("=") for parameter in rest)
    parameters = {name.strip(): value.strip(" \t\"'") for name, _, value in pairs}
    return _Range(media_type.strip(), _quality(parameters.get("q", "1")), parameters)


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


def _json(ranges: list[_Range]) -> str | None:
    qualities = {each.media_type: each.quality for each in ranges}
    wild = qualities.get("application/*", qualities.get("*/*", 0.0))
    plain, graphql = (qualities.get(name, wild) for name in (JSON, GRAPHQL_JSON))
    if plain == graphql == 0:
        return None
    # The wish for the newer media type must be said; `*/*` comes from older clients.
    named = GRAPHQL_JSON in qualities
    return GRAPHQL_JSON if graphql > plain or (named and graphql == plain) else JSON


def _stream(ranges: list[_Range]) -> GraphQLRequestProtocol | None:
    best = max(ranges, key=lambda each: each.quality if _protocol(each) else 0)
    return _protocol(best) if best.quality else None


def _protocol(accepted_range: _Range) -> GraphQLRequestProtocol | None:
    if accepted_range.media_type == EVENTS:
        return "sse"
    version = accepted_range.parameters.get("subscriptionspec", "")
    multipart = accepted_range.media_type == _MULTIPART
    return (
        "multipart-subscription"
        if multipart and version.startswith(_MULTIPART_VERSION)
        else None
    )
