"""Any object by its identifier."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from graphql_api.errors import NotFound
from graphql_api.schema.context import Context
from graphql_api.schema.conversations import conversation_of
from graphql_api.schema.generation import Generation
from graphql_api.schema.models import Assistant, Model, Node
from graphql_api.schema.sharing import share_of
from graphql_api.schema.stored import message_of
from graphql_api.schema.viewer import Viewer

# How what belongs to a principal is found, by the beginning of its identifier.
_STORED: Final[Mapping[str, Callable[[Context, str], Awaitable[Node | None]]]] = {
    "cnv_": conversation_of,
    "msg_": message_of,
    "shr_": share_of,
}


async def node_of(context: Context, identifier: str) -> Node | None:
    """Return any object of the caller's; None when there is none."""
    if known := _unstored(context, identifier):
        return known
    if find := _STORED.get(identifier[:4]):
        return await find(context, identifier)
    try:
        found = await context.services.watching.read(context.principal_id, identifier)
    except NotFound:
        return None
    return Generation.of(found)


def _unstored(context: Context, identifier: str) -> Node | None:
    catalog = context.services.catalog
    if identifier == context.principal_id:
        return Viewer.of(context.caller)
    if model := catalog.model(identifier):
        return Model.of(model)
    assistant = catalog.assistant(identifier)
    return None if assistant is None else Assistant.of(assistant)
