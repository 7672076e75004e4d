"""Who asks: from the headers of a request, or a socket's first message, to a caller."""

import logging
from typing import Final

from starlette.requests import HTTPConnection

from graphql_api.domain.access import UNKNOWN_CALLER
from graphql_api.domain.identity import NO_VISIT, Visit
from graphql_api.errors import (
    IdentityUnavailable,
    RateLimited,
    Unauthenticated,
    report_bug,
)
from graphql_api.schema.context import Context, Services
from graphql_api.schema.cookies import Cookies

_log = logging.getLogger(__name__)
_SCHEME: Final = "bearer "
_MAX_CHARS: Final = 8_192
_NOT_BEARER: Final = "Send credentials as Authorization: Bearer <key>."


async def introduced(
    services: Services, connection: HTTPConnection, cookies: Cookies | None
) -> Context:
    """The context of a request or socket, with its caller, or why there is none."""
    client = connection.client
    address = client.host if client else ""
    context = Context(services, UNKNOWN_CALLER, address=address)
    visit = NO_VISIT if cookies is None else cookies.visit(connection)
    await introduce(context, connection.headers.get("authorization"), visit)
    return context


async def introduce(
    context: Context, authorization: object, visit: Visit = NO_VISIT
) -> None:
    """Find out who asks; a socket without a word of its own keeps its header's."""
    if authorization is None and context.caller is not UNKNOWN_CALLER:
        return
    access = context.services.access
    try:
        token = _token(authorization) if access.required else None
        context.caller = await access.caller(
            token, address=context.address, visit=visit
        )
    except (Unauthenticated, RateLimited, IdentityUnavailable) as error:
        context.caller, context.refused = UNKNOWN_CALLER, error
    except Exception as error:  # noqa: BLE001 the edge: whatever it is, mask it
        context.refused = report_bug(_log, "access.failed", error)


def _token(authorization: object) -> str | None:
    """What stands behind ``Bearer``; None: there are no credentials."""
    if authorization is None:
        return None
    if not isinstance(authorization, str) or len(authorization) > _MAX_CHARS:
        raise Unauthenticated(_NOT_BEARER)
    if not authorization[: len(_SCHEME)].lower() == _SCHEME:
        raise Unauthenticated(_NOT_BEARER)
    return authorization[len(_SCHEME) :].strip()
