"""Multipart subscriptions, version 1.0 of their protocol."""

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import aclosing
from typing import Final

from strawberry.http.streaming import MultipartSubscriptionTransport
from strawberry.types.graphql import OperationType

OPENING: Final = "\r\n--graphql"
Text = Callable[[], AsyncGenerator[str, None]]


class WholeMultipart(MultipartSubscriptionTransport):
    """Ends after its last part: the stock one adds an empty part without headers.

    A boundary follows each part at once, so that nobody waits for the next part to
    know that this one is whole. The first boundary is put in front by `opened`.
    """

    @property
    def headers(self) -> Mapping[str, str]:
        """A media type that parses, and no proxy that keeps the parts back."""
        return {
            "Content-Type": "multipart/mixed; boundary=graphql; subscriptionSpec=1.0",
            "Cache-Control": "no-cache, no-transform",
            "Vary": "Accept",
            "X-Accel-Buffering": "no",
        }

    def allowed_operation_types(
        self, allowed_operation_types: set[OperationType]
    ) -> Iterable[OperationType]:
        """Whatever POST allows: who reads only this form gets a query in it too."""
        return allowed_operation_types

    def encode_complete(self) -> str:
        """Close the boundary that the last part ended with."""
        return "--\r\n"


def opened(stream: Text, headers: Mapping[str, str]) -> Text:
    """The stream; a multipart one with its first boundary, which Strawberry forgets."""
    if not headers.get("Content-Type", "").startswith("multipart/"):
        return stream

    async def whole() -> AsyncGenerator[str, None]:
        yield OPENING
        async with aclosing(stream()) as parts:
            async for part in parts:
                yield part

    return whole
