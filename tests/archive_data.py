"""Exports for tests: a small one, and random ones."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st
from msgspec.structs import replace as changed

from graphql_api.adapters.sql import migrations
from graphql_api.domain.archive import (
    MOST,
    BudgetRecord,
    Checked,
    ConversationRecord,
    Held,
    LedgerRecord,
    MessageRecord,
    PrincipalRecord,
    Record,
    RunRecord,
)
from graphql_api.domain.archive_checks import checked
from graphql_api.domain.archive_lines import found, written
from graphql_api.domain.conversations import Feedback, Purpose, Rating, TitledBy
from graphql_api.domain.generations import Problem, Status
from graphql_api.domain.messages import Role
from graphql_api.domain.models import ChatOptions, FinishReason
from graphql_api.domain.money import Cost, CostItem, TokenKind, TokenUsage
from graphql_api.errors import ErrorCode

AT = datetime(2026, 11, 22, 12, 30, 15, 123_456, tzinfo=UTC)
VERSIONS = Path(migrations.__file__).parent / "versions"
HEAD = max(file.stem for file in VERSIONS.glob("r0*.py"))[:5]
"""Newest revision of the database."""

ME, TALK = PrincipalRecord(id="usr_local"), "cnv_1"
RECEIPT = Cost(
    amount=Decimal("0.0021"),
    currency="USD",
    estimated=False,
    items=(CostItem(TokenKind.PROMPT, 12, Decimal("175.00"), Decimal("0.0021")),),
    price_source="genai-prices 0.2.3",
)


def conversation(name: str = TALK, leaf: str | None = None) -> ConversationRecord:
    return ConversationRecord(
        id=name,
        principal_id=ME.id,
        title="Sidekicks",
        titled_by=TitledBy.RULE,
        assistant_key="comics",
        archived=False,
        options=ChatOptions(model_id="mdl_luna", temperature=0.5),
        leaf_id=leaf,
        created_at=AT,
        updated_at=AT,
    )


def question(
    name: str = "msg_1", parent: str | None = None, content: str = "Who is Robin?"
) -> MessageRecord:
    return MessageRecord(
        id=name,
        conversation_id=TALK,
        parent_id=parent,
        role=Role.USER,
        content=content,
        status=Status.COMPLETED,
        created_at=AT,
        finished_at=None,
        generation_id=None,
        model_name=None,
        assistant_key=None,
        usage=None,
        cost=None,
        finish_reason=None,
        problem=None,
        feedback=None,
        held=None,
    )


def answer(name: str = "msg_2", parent: str | None = "msg_1") -> MessageRecord:
    return changed(
        question(name, parent, "Robin is Batman's sidekick."),
        role=Role.ASSISTANT,
        finished_at=AT + timedelta(seconds=1),
        generation_id=f"gen_{name}",
        model_name="gpt-6-luna",
        assistant_key="comics",
        usage=TokenUsage(prompt_tokens=12, completion_tokens=3),
        cost=RECEIPT,
        finish_reason=FinishReason.STOP,
        feedback=Feedback(rating=Rating.UP, comment="Ha!", created_at=AT),
    )


def entry(generation: str = "gen_msg_2") -> LedgerRecord:
    return LedgerRecord(
        generation_id=generation,
        principal_id=ME.id,
        conversation_id=TALK,
        model_name="gpt-6-luna",
        assistant_key="comics",
        purpose=Purpose.ANSWER,
        usage=TokenUsage(prompt_tokens=12, completion_tokens=3),
        cost_pusd=2_100_000_000,
        at=AT,
    )


def budget(period: str = "2026-11") -> BudgetRecord:
    return BudgetRecord(
        owner=ME.id,
        period=period,
        limit_pusd=10**13,
        spent_pusd=2_100_000_000,
        reserved_pusd=0,
    )


SMALL: Sequence[Record] = (
    *(ME, conversation(leaf="msg_2"), question(), answer()),
    *(entry(), budget()),
)


def file_of(records: Iterable[Record] = SMALL) -> bytes:
    return b"".join(written(HEAD, records))


def read(file: bytes) -> list[Checked]:
    return list(checked(found(file.splitlines(keepends=True))))


# PostgreSQL has no NUL and nobody has halves of pairs; all else goes both ways.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
_NUMBERS = st.integers(0, MOST)
_INSTANTS = st.datetimes(
    datetime(1, 1, 2),  # noqa: DTZ001 the strategy adds the zone
    datetime(9999, 12, 30),  # noqa: DTZ001 same
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=14))]),
).map(lambda at: at.astimezone(UTC))
_AMOUNTS = st.decimals(0, 10**9, allow_nan=False, allow_infinity=False)
_USAGES = st.none() | st.builds(
    TokenUsage,
    prompt_tokens=_NUMBERS,
    completion_tokens=_NUMBERS,
    cached_prompt_tokens=st.none() | _NUMBERS,
    cache_write_tokens=st.none() | _NUMBERS,
    reasoning_tokens=st.none() | _NUMBERS,
    estimated=st.booleans(),
)
_KEYS = st.sampled_from([None, "key_1"])
_ITEMS = st.builds(CostItem, st.sampled_from(TokenKind), _NUMBERS, _AMOUNTS, _AMOUNTS)
_COSTS = st.none() | st.builds(
    Cost,
    amount=_AMOUNTS,
    currency=st.just("USD"),
    estimated=st.booleans(),
    items=st.lists(_ITEMS, max_size=3).map(tuple),
    price_source=TEXTS,
)
_PROBLEMS = st.none() | st.builds(
    Problem,
    code=st.sampled_from(ErrorCode),
    message=TEXTS,
    retryable=st.booleans(),
    retry_after_ms=st.none() | _NUMBERS,
)
_FEEDBACKS = st.none() | st.builds(
    Feedback,
    rating=st.sampled_from(Rating),
    comment=st.none() | TEXTS,
    created_at=_INSTANTS,
)
_HELD = st.none() | st.builds(
    Held,
    pusd=_NUMBERS,
    accounts=st.sampled_from(
        [("VIEWER/2026-11",), ("SERVICE/2026-11-22", "KEY/2026-11")]
    ),
)
_ENDED = st.sampled_from([Status.COMPLETED, Status.STOPPED, Status.FAILED])


@st.composite
def _messages(draw: st.DrawFn, name: str) -> list[MessageRecord]:
    """Draw a tree in which any message may have many versions."""
    made: list[MessageRecord] = []
    for number in range(draw(st.integers(0, 8))):
        parents = st.none() | st.sampled_from([one.id for one in made] or [None])
        record = answer if draw(st.booleans()) else question
        made.append(
            changed(
                record(f"msg_{name}_{number}", draw(parents)),
                conversation_id=f"cnv_{name}",
                content=draw(TEXTS),
                status=draw(_ENDED),
                created_at=draw(_INSTANTS),
                finished_at=draw(st.none() | _INSTANTS),
                model_name=draw(st.none() | TEXTS),
                usage=draw(_USAGES),
                cost=draw(_COSTS),
                problem=draw(_PROBLEMS),
                feedback=draw(_FEEDBACKS),
            )
        )
    return made


@st.composite
def _conversations(draw: st.DrawFn, name: str) -> list[Record]:
    said = draw(_messages(name))
    inner = {one.parent_id for one in said}
    ends = [one.id for one in said if one.id not in inner]
    if ends and draw(st.booleans()):
        running = answer(f"msg_{name}_running", ends.pop())
        held = draw(_HELD)
        said.append(
            changed(
                running,
                conversation_id=f"cnv_{name}",
                status=Status.STREAMING,
                held=held,
            )
        )
        ends.append(running.id)
    talk = changed(
        conversation(f"cnv_{name}", draw(st.sampled_from(ends)) if ends else None),
        title=draw(TEXTS),
        titled_by=draw(st.sampled_from(TitledBy)),
        archived=draw(st.booleans()),
        created_at=draw(_INSTANTS),
        updated_at=draw(_INSTANTS),
        pinned_at=draw(st.none() | _INSTANTS),
    )
    return [talk, *said]


def _runs(number: int) -> st.SearchStrategy[RunRecord]:
    return st.builds(
        RunRecord,
        generation_id=st.just(f"gen_run_{number}"),
        principal_id=st.just(ME.id),
        key_id=_KEYS,
        conversation_id=st.sampled_from([None, TALK]),
        purpose=st.sampled_from(Purpose),
        model_name=TEXTS,
        assistant_key=TEXTS,
        held=_HELD,
        at=_INSTANTS,
    )


@st.composite
def exports(draw: st.DrawFn) -> bytes:
    """Draw whole export files."""
    records: list[Record] = [ME]
    for number in range(draw(st.integers(0, 4))):
        records += draw(_conversations(str(number)))
    entries = [
        changed(
            entry(f"gen_{number}"),
            purpose=draw(st.sampled_from(Purpose)),
            usage=draw(_USAGES),
            cost_pusd=draw(st.none() | _NUMBERS),
            at=draw(_INSTANTS),
            key_id=draw(_KEYS),
            conversation_id=draw(st.sampled_from([None, TALK])),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    records += sorted(entries, key=lambda one: (one.at, one.generation_id))
    owners = draw(st.sets(st.sampled_from(["key_1", "service", ME.id])))
    limits = st.none() | _NUMBERS
    records += [
        changed(budget(), owner=owner, limit_pusd=draw(limits))
        for owner in sorted(owners)
    ]
    numbers = range(draw(st.integers(0, 2)))
    return file_of([*records, *(draw(_runs(number)) for number in numbers)])
