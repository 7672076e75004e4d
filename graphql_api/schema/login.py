"""Where browsers sign in and out: redirects, cookies, and nothing of GraphQL."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from graphql_api.domain.access import UNKNOWN_CALLER, Caller, PrincipalKind
from graphql_api.errors import (
    BadInput,
    IdentityUnavailable,
    RateLimited,
    Unauthenticated,
)
from graphql_api.schema.context import Services
from graphql_api.schema.cookies import Cookies
from graphql_api.schema.wire import answers
from graphql_api.schema.wire.negotiation import JSON
from graphql_api.services.signing_in import ATTEMPT_LASTS
from graphql_api.services.visitors import Visitors

CALLBACK: Final = "/auth/callback"
_SEE_OTHER: Final = 303
_PROBLEM: Final = "signIn"
_FRESH: Final = {"cache-control": "no-store"}
_NOT_BEGUN: Final = "This sign-in was not begun in this browser, or too long ago."
_ELSEWHERE: Final = "Pages of other sites cannot sign anybody out."
_log = logging.getLogger(__name__)


class Login:
    """The routes below `/auth`."""

    def __init__(
        self, services: Callable[[], Services], cookies: Cookies, *, issuer: str
    ) -> None:
        """Take who knows people; ``issuer`` is who may send them back."""
        self._services = services
        self._cookies = cookies
        self._issuer = issuer

    def routes(self) -> APIRouter:
        """The routes for the application."""
        router = APIRouter()
        router.add_api_route("/auth/login", self.login, methods=["GET"])
        router.add_api_route(CALLBACK, self.callback, methods=["GET"])
        router.add_api_route("/auth/logout", self.logout, methods=["POST"])
        router.add_api_route("/auth/session", self.session, methods=["GET"])
        return router

    async def login(self, request: Request) -> Response:
        """Send the browser to the provider; `return_to` is where it ends."""
        return_to = request.query_params.get("return_to", "/")
        try:
            await self._admit(request)
            begun = await self._visitors().signing_in.begin(return_to)
        except BadInput as error:
            return answers.failure(400, error.message, JSON)
        except (IdentityUnavailable, RateLimited) as error:
            return answers.refusal(error, JSON)
        response = RedirectResponse(begun.address, _SEE_OTHER, _FRESH)
        self._cookies.delete(response, *self._cookies.stale_attempts(request))
        name = self._cookies.attempt(begun.state)
        until = datetime.now(UTC) + ATTEMPT_LASTS
        self._cookies.put(response, name, begun.sealed, until)
        return response

    async def callback(self, request: Request) -> Response:
        """Take the browser back from the provider, signed in."""
        signing_in, asked = self._visitors().signing_in, request.query_params
        name = self._cookies.attempt(state := asked.get("state", ""))
        sealed = self._cookies.read(request, name)
        attempt = None if sealed is None else signing_in.attempt(state, sealed)
        # RFC 9207: an answer of another provider than the one that was asked.
        mixed_up = asked.get("iss", self._issuer) != self._issuer
        if attempt is None or mixed_up:
            return answers.failure(400, _NOT_BEGUN, JSON)
        if "code" not in asked:
            denied = asked.get("error") == "access_denied"
            return self._back(attempt.return_to, name, "denied" if denied else "failed")
        visit = self._cookies.visit(request)
        try:
            arrived = await signing_in.finish(
                attempt,
                asked["code"],
                guest_pass=visit.guest_pass,
                old_token=visit.session,
            )
        except Unauthenticated as error:
            _log.warning("sign_in.failed reason=%s", error.message)
            return self._back(attempt.return_to, name, "failed")
        except IdentityUnavailable:
            return self._back(attempt.return_to, name, "unavailable")
        response = self._back(attempt.return_to, name)
        if visit.guest_pass is not None:
            self._cookies.delete(response, self._cookies.guest)
        self._cookies.put(
            response, self._cookies.session, arrived.token, arrived.expires_at
        )
        return response

    async def logout(self, request: Request) -> Response:
        """Sign out here; where to go on to sign out at the provider, or null."""
        site = request.headers.get("sec-fetch-site", "same-origin").lower()
        if site not in {"same-origin", "none"}:
            return answers.failure(403, _ELSEWHERE, JSON)
        visit = self._cookies.visit(request)
        address = None
        if visit.session is not None:
            await self._visitors().sessions.close(visit.session)
            address = await self._logout_address()
        response = JSONResponse({"continueAt": address}, headers=_FRESH)
        self._cookies.delete(response, self._cookies.session)
        return response

    async def session(self, request: Request) -> Response:
        """Who the browser is signed in as; makes it a guest where guests may come."""
        visitors, visit = self._visitors(), self._cookies.visit(request)
        caller = await visitors.browser(visit)
        if caller is not None or visitors.guests is None:
            return _told(caller)
        try:
            guest_pass, until = await visitors.guests.welcome(_address(request))
        except RateLimited as error:
            return answers.refusal(error, JSON)
        response = _told(await visitors.guests.caller(guest_pass))
        self._cookies.put(response, self._cookies.guest, guest_pass, until)
        return response

    def _visitors(self) -> Visitors:
        visitors = self._services().visitors
        if visitors is None:
            raise LookupError("There are no routes where nobody can sign in.")
        return visitors

    async def _admit(self, request: Request) -> None:
        limiting = self._services().limiting
        await limiting.admit(UNKNOWN_CALLER, address=_address(request))

    async def _logout_address(self) -> str | None:
        try:
            return await self._visitors().signing_in.logout_address()
        except IdentityUnavailable:
            # Signed out here all the same.
            return None

    def _back(self, path: str, attempt: str, problem: str | None = None) -> Response:
        parts = urlsplit(path)
        query = parse_qsl(parts.query, keep_blank_values=True)
        if problem is not None:
            query = [pair for pair in query if pair[0] != _PROBLEM]
            parts = parts._replace(query=urlencode([*query, (_PROBLEM, problem)]))
        response = RedirectResponse(urlunsplit(parts), _SEE_OTHER, _FRESH)
        self._cookies.delete(response, attempt)
        return response


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _told(caller: Caller | None) -> Response:
    guest = caller is not None and caller.kind is PrincipalKind.GUEST
    told = {
        "signedIn": caller is not None and not guest,
        "name": None if caller is None or guest else caller.name,
        "guest": guest,
        "canSignIn": True,
    }
    return JSONResponse(told, headers=_FRESH)
