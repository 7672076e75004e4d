import asyncio
from collections.abc import Sequence

import pytest

from reflex_app import deletions as module
from reflex_app.deletions import Deletions
from reflex_app.replies import ApiError, Problem, unreachable

pytestmark = pytest.mark.anyio
LIMIT_S = 5.0
NEVER_S = 3600.0


class Api:
    """What is deleted through it; the first tries fail with the given problems."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = list(problems)
        self.deleted: list[str] = []
        self.tries = 0

    async def delete(self, ids: Sequence[str]) -> None:
        self.tries += 1
        if self.problems:
            raise ApiError(self.problems.pop(0))
        self.deleted += ids


async def settle(deletions: Deletions) -> None:
    async with asyncio.timeout(LIMIT_S):
        await deletions.settled(["cnv_1"])


async def test_a_deletion_is_sent_once_its_time_is_over() -> None:
    api = Api()
    deletions = Deletions(api.delete, wait_s=0)

    deletions.schedule(["cnv_1"])
    deletions.schedule(["cnv_1"])
    assert deletions.pending == {"cnv_1"}
    await settle(deletions)

    assert (api.deleted, deletions.pending) == (["cnv_1"], frozenset())


async def test_a_deletion_that_was_undone_is_not_sent() -> None:
    api = Api()
    deletions = Deletions(api.delete, wait_s=NEVER_S)
    deletions.schedule(["cnv_1"])

    assert deletions.undo(["cnv_1"])
    await deletions.aclose()

    assert api.deleted == []
    assert not deletions.undo(["cnv_1"])


async def test_what_waits_is_sent_when_the_server_ends() -> None:
    api = Api()
    deletions = Deletions(api.delete, wait_s=NEVER_S)
    deletions.schedule(["cnv_1"])
    await asyncio.sleep(0)

    await deletions.aclose()

    assert api.deleted == ["cnv_1"]


async def test_an_api_that_is_not_there_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_PAUSES_S", (0.0, 0.0))
    api = Api(unreachable(), unreachable())
    deletions = Deletions(api.delete, wait_s=0)

    deletions.schedule(["cnv_1"])
    await settle(deletions)

    assert (api.tries, api.deleted) == (3, ["cnv_1"])


async def test_a_conversation_that_is_gone_already_is_left_alone() -> None:
    gone = Problem(code="NOT_FOUND", message="Gone.", retryable=False)
    api = Api(gone, gone)
    deletions = Deletions(api.delete, wait_s=0)

    deletions.schedule(["cnv_1"])
    await settle(deletions)

    assert (api.tries, deletions.pending) == (1, frozenset())


async def test_what_was_deleted_together_is_sent_or_undone_together() -> None:
    api = Api()
    deletions = Deletions(api.delete, wait_s=NEVER_S)
    deletions.schedule(["cnv_1", "cnv_2"])
    deletions.schedule(["cnv_2", "cnv_3"])
    await asyncio.sleep(0)

    assert deletions.undo(["cnv_3"])
    await deletions.aclose()

    assert (api.tries, api.deleted) == (1, ["cnv_1", "cnv_2"])
    assert not deletions.undo(["cnv_1", "cnv_2"])


async def test_each_visitor_has_deletions_of_their_own() -> None:
    api, here = Api(), ["alice"]
    deletions = Deletions(api.delete, whose=lambda: here[0], wait_s=NEVER_S)
    deletions.schedule(["cnv_1"])
    here[0] = "bob"

    assert deletions.pending == frozenset()
    assert not deletions.undo(["cnv_1"])
    here[0] = "alice"
    assert deletions.pending == {"cnv_1"}
    assert deletions.undo(["cnv_1"])
