"""Who gets the model next."""

import asyncio

import pytest

from graphql_api.services.slots import Slots

pytestmark = pytest.mark.anyio
LONG = {"wait_s": 60, "hold_s": 60}


async def test_a_guest_leaves_for_the_claim_that_needs_its_slot() -> None:
    slots = Slots(live=1, queued=1)

    async def visit() -> None:
        async with slots.spare(**LONG):
            slots.claim()
            await asyncio.Event().wait()

    async with asyncio.timeout(5):
        with pytest.raises(TimeoutError):
            await visit()


async def test_a_guest_stays_while_there_are_slots_enough() -> None:
    slots = Slots(live=2, queued=1)
    async with asyncio.timeout(5), slots.spare(**LONG):
        with slots.claim() as claim:
            async with claim.slot():
                await asyncio.sleep(0)
            assert claim.position == 0


async def test_a_guest_waits_until_a_claim_has_left() -> None:
    slots, order = Slots(live=1, queued=1), list[str]()

    async def visit() -> None:
        async with slots.spare(**LONG):
            order.append("guest")

    async with asyncio.timeout(5):
        with slots.claim():
            guest = asyncio.create_task(visit())
            await asyncio.sleep(0)
            order.append("claim")
        await guest
    assert order == ["claim", "guest"]


async def test_guests_share_the_free_slots_one_by_one() -> None:
    slots, together = Slots(live=2, queued=0), list[int]()
    inside = 0

    async def visit() -> None:
        nonlocal inside
        async with slots.spare(**LONG):
            inside += 1
            together.append(inside)
            await asyncio.sleep(0)
            inside -= 1

    async with asyncio.timeout(5):
        await asyncio.gather(*(visit() for _ in range(5)))
    assert max(together) == 2
    assert len(together) == 5


async def test_no_guest_waits_or_stays_for_ever() -> None:
    slots = Slots(live=1, queued=0)
    with pytest.raises(TimeoutError):
        async with slots.spare(wait_s=1, hold_s=0):
            await asyncio.Event().wait()
    with slots.claim(), pytest.raises(TimeoutError):
        async with slots.spare(wait_s=0, hold_s=1):
            raise AssertionError
