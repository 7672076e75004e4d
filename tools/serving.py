"""The API with scripted answers and the page, for the tools that measure them."""

from __future__ import annotations

import tempfile
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from tests.services import Service, running, running_page

if TYPE_CHECKING:
    from collections.abc import Generator

LIMIT_S = 30


@dataclass
class Served:
    """Both servers, on free ports of this machine."""

    api: Service
    page: Service

    def data(self, document: str, **wanted: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Return what an operation with one `$input` gives."""
        body = {"query": document, "variables": {"input": wanted}}
        answer = httpx.post(f"{self.api.url}/graphql", json=body, timeout=LIMIT_S)
        (data,) = answer.json()["data"].values()
        return data


@contextmanager
def served() -> Generator[Served]:
    """Run a mock of the API, as fast as it goes, and the page."""
    with tempfile.TemporaryDirectory() as folder:
        logs = Path(folder)
        with mock(logs) as api, running_page(logs / "page.log", api.url) as page:
            yield Served(api, page)


def mock(logs: Path) -> AbstractContextManager[Service]:
    """Run an API whose answers the questions script; see `graphql_api mock`."""
    return running(
        "graphql_api",
        "mock",
        log=logs / "api.log",
        port_variable="SIDEKICK_API_PORT",
        SIDEKICK_MOCK_TOKENS_PER_S="0",
    )
