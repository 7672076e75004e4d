"""Streams that end with the credentials they were opened with."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final, TypeVar

from graphql_api.domain.access import Caller
from graphql_api.errors import Unauthenticated
from graphql_api.services.access import Access

ENDED: Final = "The credentials of this connection were revoked or have expired."
_T = TypeVar("_T")


def can_end(caller: Caller) -> bool:
    """Whether the credentials of a caller can end while a connection lasts."""
    return caller.key is not None or caller.expires_at is not None


async def while_allowed(
    access: Access, caller: Caller, source: AsyncGenerator[_T, None]
) -> AsyncGenerator[_T, None]:
    """What the source gives, as long as the caller's credentials work.

    Raises:
        Unauthenticated: They ended.
    """
    if not can_end(caller):
        async for item in source:
            yield item
        return
    ended = asyncio.ensure_future(access.ended(caller))
    step: asyncio.Future[_T] | None = None
    try:
        while True:
            step = asyncio.ensure_future(anext(source))
            await asyncio.wait((step, ended), return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise Unauthenticated(ENDED)
            try:
                item = step.result()
            except StopAsyncIteration:
                return
            yield item
    finally:
        ended.cancel()
        if step is not None:
            step.cancel()
            await asyncio.wait((step,))
