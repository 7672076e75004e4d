"""R3: the in-process log under every order of events that 10,000 seeds come upon.

A seed that fails is named with the command that replays it.
"""

import asyncio
import logging
import os
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import pytest

from graphql_api.adapters.memory import MemoryGenerationLog
from graphql_api.domain.generations import (
    Delta,
    Ended,
    LoggedEvent,
    Outcome,
    Place,
    Started,
    Status,
)
from graphql_api.domain.messages import Message, Role
from graphql_api.domain.models import (
    FinishReason,
    Health,
    ModelEvent,
    ModelFinished,
    ModelRequest,
    TextDelta,
)
from graphql_api.errors import ModelUnavailable, NotFound
from graphql_api.pricing import PriceTable
from graphql_api.services.answering import Answering
from graphql_api.services.generations import Generations
from graphql_api.services.slots import Slots
from tests.fakes import FREE, FixedClock, WordCounter
from tests.unit.api.simulated_loop import SimulatedLoop

SEEDS: Final = 10_000
SEEDS_FOR_A_BUG: Final = 500
KEEP_S: Final = 60.0
ENDS: Final = {
    "complete": Status.COMPLETED,
    "broken off": Status.INTERRUPTED,
    "failed": Status.INTERRUPTED,
    "bug": Status.INTERRUPTED,
    "stopped": Status.STOPPED,
    "cancelled": Status.INTERRUPTED,
}
ANSWERING = "graphql_api.services.answering"


@dataclass
class ChanceModel:
    """Says texts of chance sizes after chance pauses, and ends as it is told."""

    chance: random.Random
    ends: dict[str, str]

    async def answer(
        self, request: ModelRequest, /
    ) -> AsyncGenerator[ModelEvent, None]:
        chance, end = self.chance, self.ends[request.history[-1].content]
        for number in range(chance.randint(0, 7)):
            if chance.random() < 0.6:
                await asyncio.sleep(chance.random() * 0.1)
            long = chance.random() < 0.03
            yield TextDelta(f"{number} " * (9_000 if long else 1))
        if end == "failed":
            raise ModelUnavailable("It fails on purpose.")
        if end == "bug":
            raise RuntimeError("a bug on purpose")
        if end != "broken off":
            yield ModelFinished(FinishReason.STOP)

    async def health(self) -> Health:
        return Health("model", ok=True)


@dataclass
class Reader:
    """A client: begins anywhere, reads at its own pace, leaves and comes back."""

    world: "World"
    generation_id: str
    first: int = 0
    seen: list[LoggedEvent] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome | None:
        last = self.seen[-1].event if self.seen else None
        return last.outcome if isinstance(last, Ended) else None

    async def read(self) -> None:
        chance = self.world.chance
        await asyncio.sleep(chance.random() * 0.6)
        known = self.world.generations.read(self.generation_id).place.position
        self.first = chance.randint(0, known) if chance.random() < 0.5 else 0
        for visits_left in (2, 1, 0):
            await self._visit(chance.randint(1, 3) if visits_left else None)
            if self.seen and isinstance(self.seen[-1].event, Ended):
                return
            await asyncio.sleep(chance.random() * 0.3)

    async def _visit(self, batches_left: int | None) -> None:
        chance, pace_s = self.world.chance, self.world.chance.choice((0, 0, 0.2))
        after = Place(1, self.first + len(self.seen))
        following = self.world.generations.follow(self.generation_id, after=after)
        async with aclosing(following) as batches:
            async for batch in batches:
                for logged in batch:
                    self._take(logged)
                if pace_s:
                    await asyncio.sleep(chance.random() * pace_s)
                batches_left = batches_left and batches_left - 1
                if batches_left == 0:
                    return
        if self.seen:
            assert self.outcome is not None, "the stream ended without its last event"

    def _take(self, logged: LoggedEvent) -> None:
        assert self.outcome is None, "an event came after the last one"
        expected = Place(1, self.first + len(self.seen) + 1)
        assert logged.place == expected, "an event was left out or came twice"
        self.seen.append(logged)
        if isinstance(logged.event, Ended):
            stored = self.world.stored.get(self.generation_id)
            assert stored is logged.event.outcome, "told before it was stored"


class World:
    """A few generations with their readers, stoppers and ends, all by chance."""

    def __init__(self, seed: int, log: MemoryGenerationLog) -> None:
        self.chance = random.Random(2 * seed)  # noqa: S311 a replay, no secret
        self.log = log
        self.ends: dict[str, str] = {}
        self.stored: dict[str, Outcome] = {}
        self.slots = Slots(live=self.chance.randint(1, 3), queued=9)
        answering = Answering(
            ChanceModel(self.chance, self.ends),
            prices=PriceTable({}),
            counter=WordCounter(),
            clock=FixedClock(),
        )
        numbers = count(1)
        self.generations = Generations(
            log,
            answering=answering,
            slots=self.slots,
            new_id=lambda: f"gen_{next(numbers)}",
        )

    async def live(self) -> None:
        async with self.log:
            number = self.chance.choice((1, 1, 2, 3))
            lives = [self._generation() for _ in range(number)]
            await asyncio.gather(*lives)
            assert self.generations._runs == {}
            assert self.slots._claims == 0
            assert len(asyncio.all_tasks()) == 2, "a task was left"  # this, the flusher
        assert len(asyncio.all_tasks()) == 1, "the flusher was left"

    async def _generation(self) -> None:
        await asyncio.sleep(self.chance.random() * 0.2)
        generation_id = self._start()
        readers = [
            Reader(self, generation_id) for _ in range(self.chance.randint(1, 3))
        ]
        reads = (reader.read() for reader in readers)
        await asyncio.gather(*reads, self._end_early(generation_id))
        whole = Reader(self, generation_id)
        await whole._visit(None)
        self._check(whole, readers)
        await self._check_forgetting(generation_id)

    def _start(self) -> str:
        end, name = self.chance.choice(list(ENDS)), f"gen_{len(self.ends) + 1}"
        self.ends[name] = end
        request = ModelRequest(
            model=FREE,
            system_prompt="",
            history=(Message(Role.USER, name),),
            temperature=0,
            max_completion_tokens=None,
        )

        async def store(outcome: Outcome) -> Outcome:
            if self.chance.random() < 0.5:
                await asyncio.sleep(self.chance.random() * 0.1)
            self.stored[name] = outcome
            return outcome

        return self.generations.start(request, principal_id="usr_test", end=store)

    async def _end_early(self, generation_id: str) -> None:
        if self.ends[generation_id] not in {"stopped", "cancelled"}:
            return
        await asyncio.sleep(self.chance.random() * 0.5)
        if self.ends[generation_id] == "stopped":
            stops = [self.generations.stop(generation_id) for _ in range(2)]
            await asyncio.gather(*stops)
        elif (run := self.generations._runs.get(generation_id)) is not None:
            run.cancel()

    def _check(self, whole: Reader, readers: Sequence[Reader]) -> None:
        outcome = self.stored[whole.generation_id]
        expected = ENDS[self.ends[whole.generation_id]]
        early = outcome.status in {Status.COMPLETED, Status.FAILED}
        assert outcome.status is expected or early
        assert isinstance(whole.seen[0].event, Started)
        events = [logged.event for logged in whole.seen]
        text = "".join(event.text for event in events if isinstance(event, Delta))
        assert text == outcome.text, "the events do not make the stored text"
        for reader in readers:
            assert reader.seen == whole.seen[reader.first :]

    async def _check_forgetting(self, generation_id: str) -> None:
        """It ended within the last few seconds; all seconds here are the loop's own."""
        await asyncio.sleep(KEEP_S - 10)
        assert self.generations.read(generation_id).text is not None
        await asyncio.sleep(10 + 1)
        with pytest.raises(NotFound):
            self.generations.read(generation_id)


class SkipsWhatCameMeanwhile(MemoryGenerationLog):
    """Planted bug: the position is taken after the reader had the batch."""

    async def follow(
        self, generation_id: str, /, *, after: Place
    ) -> AsyncGenerator[Sequence[LoggedEvent], None]:
        log, position = self._get(generation_id), after.position
        while True:
            if batch := log.events[position:]:
                yield batch
            position = len(log.events)
            if log.outcome() is not None:
                return
            await log.wait()


class EndsBeforeTheLastText(MemoryGenerationLog):
    """Planted bug: the end overtakes the text that waits for its window."""

    def finish(self, generation_id: str, outcome: Outcome, /) -> None:
        log = self._logs[generation_id]
        pending, log.pending = log.pending, []
        super().finish(generation_id, outcome)
        log.pending = pending


class ShowsWhatIsNotLogged(MemoryGenerationLog):
    """Planted bug: a reader sees text before the log has it."""

    async def follow(
        self, generation_id: str, /, *, after: Place
    ) -> AsyncGenerator[Sequence[LoggedEvent], None]:
        log = self._get(generation_id)
        async with aclosing(super().follow(generation_id, after=after)) as batches:
            async for batch in batches:
                place = Place(1, batch[-1].place.position + 1)
                early = [LoggedEvent(place, Delta(text)) for text in log.pending[:1]]
                yield [*batch, *early]


class MissesTheWakeUp(MemoryGenerationLog):
    """Planted bug: between looking and waiting somebody else may run."""

    async def follow(
        self, generation_id: str, /, *, after: Place
    ) -> AsyncGenerator[Sequence[LoggedEvent], None]:
        log, position = self._get(generation_id), after.position
        while True:
            if batch := log.events[position:]:
                position += len(batch)
                yield batch
            if isinstance(log.events[position - 1].event, Ended):
                return
            await asyncio.sleep(0)
            await log.wait()


def bad_seeds(
    kind: type[MemoryGenerationLog], seeds: Sequence[int], most: int
) -> list[tuple[int, str]]:
    """The first few seeds that fail, and why."""
    bad: list[tuple[int, str]] = []
    for seed in seeds:
        try:
            log = kind(window_s=0.04, keep_s=KEEP_S)
            SimulatedLoop(seed).simulate(World(seed, log).live())
        except Exception as error:  # noqa: BLE001 whatever it is, the seed found it
            bad.append((seed, f"{type(error).__name__}: {error}".splitlines()[0]))
        if len(bad) == most:
            break
    return bad


@pytest.fixture(autouse=True)
def no_tracebacks_of_bugs_on_purpose(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL + 1, logger=ANSWERING)


def test_no_order_of_events_makes_readers_see_another_text() -> None:
    wanted = os.environ.get("SIDEKICK_SEED")
    seeds = [int(wanted)] if wanted else range(SEEDS)
    bad = bad_seeds(MemoryGenerationLog, seeds, most=3)
    assert not bad, f"SIDEKICK_SEED={bad[0][0]} pytest {__file__} replays it: {bad}"


@pytest.mark.parametrize(
    "kind",
    [
        SkipsWhatCameMeanwhile,
        EndsBeforeTheLastText,
        ShowsWhatIsNotLogged,
        MissesTheWakeUp,
    ],
)
def test_a_planted_bug_is_found(kind: type[MemoryGenerationLog]) -> None:
    assert bad_seeds(kind, range(SEEDS_FOR_A_BUG), most=1)


def test_a_seed_replays_the_same_bug() -> None:
    seeds = range(SEEDS_FOR_A_BUG)
    first = bad_seeds(SkipsWhatCameMeanwhile, seeds, most=2)
    assert first == bad_seeds(SkipsWhatCameMeanwhile, seeds, most=2)
