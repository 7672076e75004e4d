"""What load balancers and launchers ask: is it alive, is it ready."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from graphql_api.schema.context import Services


def probes(services: Callable[[], Services]) -> APIRouter:
    """Routes of the probes."""
    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> Response:
        """Whether the process serves at all."""
        return JSONResponse({"status": "OK"})

    @router.get("/readyz")
    async def readyz() -> Response:  # pyright: ignore[reportUnusedFunction]
        """Whether the model really answers."""
        parts = await services().health()
        ready = all(part.ok for part in parts)
        body = {
            "status": "OK" if ready else "DOWN",
            "components": {part.name: part.detail or "OK" for part in parts},
        }
        return JSONResponse(body, status_code=200 if ready else 503)

    return router
