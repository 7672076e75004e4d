"""Usage reports in the contract."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, Self

import strawberry

from graphql_api.domain import conversations
from graphql_api.schema.conversations import cost_of
from graphql_api.schema.directives import ListSize
from graphql_api.schema.messages import Cost

_MAX_ROWS: Final = 400


@strawberry.type(description="Tokens and cost of one part of a report.")
class UsageRow:
    """A domain `UsageRow`, or a sum of several."""

    key: str = strawberry.field(
        description="Date, model name, assistant name or conversation id, by `groupBy`."
    )
    requests: int = strawberry.field(
        description="Answers generated; a title is none, but its tokens and "
        "cost are counted."
    )
    prompt_tokens: Decimal = strawberry.field(
        description="Prompt tokens. A string, because sums can exceed 32 bits."
    )
    completion_tokens: Decimal = strawberry.field(
        description="Completion tokens. A string, because sums can exceed 32 bits."
    )
    cost: Cost = strawberry.field(
        description="What it cost; what has no known price is left out."
    )
    unpriced_requests: int = strawberry.field(
        description="Answers whose price is unknown."
    )

    @classmethod
    def of(cls, key: str, *rows: conversations.UsageRow) -> Self:
        """The sum of rows."""
        return cls(
            key=key,
            requests=sum(row.requests for row in rows),
            prompt_tokens=Decimal(sum(row.prompt_tokens for row in rows)),
            completion_tokens=Decimal(sum(row.completion_tokens for row in rows)),
            cost=cost_of(*rows),
            unpriced_requests=sum(row.unpriced_requests for row in rows),
        )


@strawberry.type(description="Tokens and cost over a period.")
class UsageReport:
    """A total and its parts."""

    total: UsageRow = strawberry.field(description="Sum over the period.")
    rows: list[UsageRow] = strawberry.field(
        description="Parts of the period or kinds of use, by `groupBy`, at most 400: "
        "of more, those that cost most. What belongs to no conversation is in the "
        "total alone when that is how they are split.",
        directives=[ListSize(assumed_size=31)],
    )

    @classmethod
    def of(
        cls, rows: Sequence[conversations.UsageRow], *, names: Mapping[str, str]
    ) -> Self:
        """From the rows of a report; ``names`` replace some of their keys."""
        named = [row for row in rows if row.key is not None]
        dearest = sorted(named, key=_weight, reverse=True)[:_MAX_ROWS]
        shown = {row.key for row in dearest}
        return cls(
            total=UsageRow.of("total", *rows),
            rows=[
                UsageRow.of(names.get(row.key, row.key), row)
                for row in rows
                if row.key is not None and row.key in shown
            ],
        )


def _weight(row: conversations.UsageRow) -> tuple[Decimal, int]:
    return row.cost_usd, row.prompt_tokens + row.completion_tokens
