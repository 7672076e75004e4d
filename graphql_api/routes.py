"""What is served over HTTP: the routes, and what every request passes before them."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI

from graphql_api.schema.build import build_schema
from graphql_api.schema.context import Services
from graphql_api.schema.cookies import Cookies
from graphql_api.schema.documents.trusted import read_trusted
from graphql_api.schema.explorer import Explorer
from graphql_api.schema.guards import Guard
from graphql_api.schema.login import CALLBACK, Login
from graphql_api.schema.probes import probes
from graphql_api.schema.wire.endpoint import MAX_BODY_BYTES, Endpoint
from graphql_api.settings import Settings


def served(
    settings: Settings,
    services: Callable[[], Services],
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]],
) -> FastAPI:
    """The application, whose services are there once its lifespan has begun.

    Raises:
        SettingsError: A file that the settings name is missing or wrong.
    """
    app = FastAPI(
        title="Sidekick",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    _add_routes(app, settings, services)
    app.add_middleware(
        Explorer, usable=settings.introspection and settings.trusted_documents is None
    )
    app.add_middleware(
        Guard,
        hosts=settings.allowed_hosts,
        origins=settings.allowed_origins,
        landings=(CALLBACK,),
        max_body_bytes=MAX_BODY_BYTES,
        body_timeout_s=settings.request_timeout_s,
    )
    return app


def _add_routes(
    app: FastAPI, settings: Settings, services: Callable[[], Services]
) -> None:
    schema = build_schema(
        limits=settings.document_limits,
        introspection=settings.introspection,
        trusted=read_trusted(settings.trusted_documents),
    )
    people, origins = settings.sign_in, settings.allowed_origins
    cookies = None if people is None else Cookies(public_url=people.public_url)
    app.include_router(Endpoint(schema, services, origins=origins, cookies=cookies))
    app.include_router(probes(services))
    if people is not None and cookies is not None:
        login = Login(services, cookies, issuer=people.issuer)
        app.include_router(login.routes())
