"""A generation belongs to the server, not to who watches it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import count

import pytest

from graphql_api.adapters.memory import MemoryGenerationLog
from graphql_api.domain.generations import (
    Delta,
    Ended,
    GenerationEvent,
    Outcome,
    Place,
    Started,
    Status,
)
from graphql_api.domain.messages import Message, Role
from graphql_api.domain.models import (
    FinishReason,
    ModelFinished,
    ModelRequest,
    TextDelta,
)
from graphql_api.errors import (
    BadInput,
    ErrorCode,
    ModelTimeout,
    ModelUnavailable,
    NotFound,
)
from graphql_api.pricing import PriceTable
from graphql_api.services.answering import Answering
from graphql_api.services.generations import Generations
from graphql_api.services.slots import Slots
from tests.fakes import (
    PRICED,
    USAGE,
    FixedClock,
    ScriptedModel,
    WordCounter,
    complete,
)

pytestmark = pytest.mark.anyio
REQUEST = ModelRequest(
    model=PRICED,
    system_prompt="Be brief.",
    history=(Message(Role.USER, "Who is Batman?"),),
    temperature=0.7,
    max_completion_tokens=None,
)


@dataclass
class House:
    generations: Generations
    model: ScriptedModel

    def start(self) -> str:
        return self.generations.start(REQUEST, principal_id="usr_test")


@asynccontextmanager
async def house(
    script: Sequence[object], *, live: int = 4, queued: int = 4, keep_s: float = 60
) -> AsyncGenerator[House]:
    model = ScriptedModel(script)  # type: ignore[arg-type]
    answering = Answering(
        model, prices=PriceTable({}), counter=WordCounter(), clock=FixedClock()
    )
    numbers = count(1)
    async with (
        asyncio.timeout(10),
        MemoryGenerationLog(window_s=0, keep_s=keep_s) as log,
    ):
        generations = Generations(
            log,
            answering=answering,
            slots=Slots(live=live, queued=queued),
            new_id=lambda: f"gen_{next(numbers)}",
        )
        yield House(generations, model)
        await generations.drain(0)


async def events(
    generations: Generations, generation_id: str, after: int = 0
) -> list[GenerationEvent]:
    seen: list[GenerationEvent] = []
    async with aclosing(
        generations.follow(generation_id, after=Place(1, after))
    ) as batches:
        async for batch in batches:
            seen.extend(logged.event for logged in batch)
    return seen


async def outcome(generations: Generations, generation_id: str) -> Outcome:
    last = (await events(generations, generation_id))[-1]
    assert isinstance(last, Ended)
    return last.outcome


def text(seen: Sequence[GenerationEvent]) -> str:
    return "".join(event.text for event in seen if isinstance(event, Delta))


async def test_a_generation_starts_streams_and_ends() -> None:
    async with house(complete("The ", "Dark ", "Knight.")) as it:
        seen = await events(it.generations, it.start())
        assert seen[0] == Started(PRICED, 0)
        assert text(seen) == "The Dark Knight."
        assert isinstance(seen[-1], Ended)
        assert seen[-1].outcome.text == "The Dark Knight."
        assert seen[-1].outcome.finish_reason is FinishReason.STOP


async def test_an_answer_is_charged_by_the_providers_count() -> None:
    async with house(complete("Hi")) as it:
        ended = await outcome(it.generations, it.start())
        assert ended.usage == USAGE
        assert ended.cost is not None
        assert ended.cost.amount == Decimal("0.0000036")
        assert not ended.cost.estimated


async def test_any_cursor_resumes_without_loss_or_repetition() -> None:
    async with house(complete(*"abcdef")) as it:
        generation_id = it.start()
        whole = await events(it.generations, generation_id)
        for after in range(len(whole) + 1):
            rest = await events(it.generations, generation_id, after)
            assert rest == whole[after:]


async def test_a_generation_outlives_its_watchers() -> None:
    gate = asyncio.Event()
    async with house([TextDelta("a"), gate, *complete("b")]) as it:
        generation_id = it.start()
        watching = asyncio.create_task(events(it.generations, generation_id))
        await it.model.reached.wait()
        watching.cancel()
        gate.set()
        assert (await outcome(it.generations, generation_id)).text == "ab"


async def test_stop_keeps_the_text_and_closes_the_provider_at_once() -> None:
    async with house([TextDelta("half an "), asyncio.Event()]) as it:
        generation_id = it.start()
        await it.model.reached.wait()
        stopped = await it.generations.stop(generation_id)
        assert (stopped.status, stopped.text) == (Status.STOPPED, "half an ")
        assert it.model.closed == 1


async def test_a_stopped_answer_is_charged_by_an_estimate() -> None:
    async with house([TextDelta("two words"), asyncio.Event()]) as it:
        generation_id = it.start()
        await it.model.reached.wait()
        await it.generations.stop(generation_id)
        ended = await outcome(it.generations, generation_id)
        assert ended.usage.completion_tokens == 2
        assert ended.cost is not None
        assert ended.cost.estimated
        assert ended.problem is None


async def test_stop_reaches_a_generation_that_has_not_run_a_line() -> None:
    async with house(complete("never")) as it:
        generation_id = it.start()
        stopped = await it.generations.stop(generation_id)
        assert stopped.status is Status.STOPPED
        assert it.model.requests == []


async def test_stopping_what_has_ended_changes_nothing() -> None:
    async with house(complete("done")) as it:
        generation_id = it.start()
        await outcome(it.generations, generation_id)
        stopped = await it.generations.stop(generation_id)
        assert stopped.status is Status.COMPLETED


async def test_a_stream_without_a_finish_reason_is_never_a_success() -> None:
    async with house([TextDelta("cut")]) as it:
        ended = await outcome(it.generations, it.start())
        assert ended.status is Status.INTERRUPTED
        assert ended.text == "cut"
        assert ended.problem is not None
        assert ended.problem.code is ErrorCode.INTERRUPTED


async def test_a_reason_of_none_is_no_reason() -> None:
    async with house([TextDelta("cut"), ModelFinished(None)]) as it:
        ended = await outcome(it.generations, it.start())
        assert ended.status is Status.INTERRUPTED


async def test_a_failure_before_the_text_is_a_failure_and_costs_nothing() -> None:
    async with house([ModelUnavailable("Busy.", retry_after_ms=1500)]) as it:
        ended = await outcome(it.generations, it.start())
        assert ended.status is Status.FAILED
        assert ended.usage.total_tokens == 0
        assert ended.problem is not None
        assert ended.problem.retryable
        assert ended.problem.retry_after_ms == 1500


async def test_a_failure_behind_text_keeps_the_text() -> None:
    async with house([TextDelta("partial"), ModelTimeout("Silence.")]) as it:
        ended = await outcome(it.generations, it.start())
        assert (ended.status, ended.text) == (Status.INTERRUPTED, "partial")
        assert ended.problem is not None
        assert ended.problem.code is ErrorCode.TIMEOUT


async def test_a_bug_in_a_model_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    async with house([RuntimeError("secret sk-12345")]) as it:
        ended = await outcome(it.generations, it.start())
        assert ended.problem is not None
        assert ended.problem.code is ErrorCode.INTERNAL_SERVER_ERROR
        assert "sk-12345" not in ended.problem.message
        assert "model.crashed" in caplog.text


async def test_those_who_wait_know_their_place_and_are_served_in_order() -> None:
    gate = asyncio.Event()
    async with house([gate, *complete("x")], live=1) as it:
        ids = [it.start() for _ in range(3)]
        await it.model.reached.wait()
        statuses = [it.generations.read(generation_id).status for generation_id in ids]
        gate.set()
        starts = [(await events(it.generations, i))[0] for i in ids]
        assert [s.queue_position for s in starts if isinstance(s, Started)] == [0, 1, 2]
        assert statuses == [Status.STREAMING, Status.QUEUED, Status.QUEUED]


async def test_a_full_line_refuses_with_a_retryable_error_and_then_recovers() -> None:
    gate = asyncio.Event()
    async with house([gate, *complete("x")], live=1, queued=1) as it:
        ids = [it.start() for _ in range(2)]
        with pytest.raises(ModelUnavailable) as caught:
            it.start()
        assert caught.value.retryable
        gate.set()
        for generation_id in ids:
            await outcome(it.generations, generation_id)
        assert (await outcome(it.generations, it.start())).status is Status.COMPLETED


async def test_who_stops_in_the_line_gives_the_place_back() -> None:
    async with house([asyncio.Event()], live=1, queued=1) as it:
        it.start()
        waiting = it.start()
        await it.model.reached.wait()
        stopped = await it.generations.stop(waiting)
        assert stopped.status is Status.STOPPED
        it.start()


async def test_shutdown_interrupts_what_does_not_finish() -> None:
    async with house([TextDelta("half"), asyncio.Event()]) as it:
        generation_id = it.start()
        await it.model.reached.wait()
        await it.generations.drain(0)
        ended = await outcome(it.generations, generation_id)
        assert (ended.status, ended.text) == (Status.INTERRUPTED, "half")


async def test_an_unknown_generation_is_not_found() -> None:
    async with house([]) as it:
        with pytest.raises(NotFound):
            await events(it.generations, "gen_nobody")
        with pytest.raises(NotFound):
            await it.generations.stop("gen_nobody")


async def test_an_ended_generation_is_forgotten_after_its_time() -> None:
    async with house(complete("x"), keep_s=0) as it:
        generation_id = it.start()
        await outcome(it.generations, generation_id)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        with pytest.raises(NotFound):
            it.generations.read(generation_id)


async def test_a_cursor_behind_the_end_is_refused() -> None:
    async with house(complete("x")) as it:
        generation_id = it.start()
        await outcome(it.generations, generation_id)
        with pytest.raises(BadInput) as caught:
            await events(it.generations, generation_id, 99)
        assert caught.value.reason == "UNKNOWN_CURSOR"


async def test_a_burst_is_cut_into_events_that_a_slow_reader_can_hold() -> None:
    parts = [TextDelta("x" * 50_000) for _ in range(4)]
    async with house([TextDelta("a"), *parts, ModelFinished(FinishReason.STOP)]) as it:
        seen = await events(it.generations, it.start())
        sizes = [len(event.text) for event in seen if isinstance(event, Delta)]
        assert max(sizes) <= 8_192
        assert sum(sizes) == 200_001


async def test_an_answer_without_end_is_cut_at_a_length() -> None:
    parts = [TextDelta("x" * 1_000_000) for _ in range(9)]
    async with house(parts) as it:
        ended = await outcome(it.generations, it.start())
        assert ended.finish_reason is FinishReason.LENGTH
        assert len(ended.text) == 5_000_000
        assert it.model.closed == 1
