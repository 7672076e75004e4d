"""What records must be to each other.

Each is looked at once, in the order of the file: only the identifiers of the
conversation at hand are kept, so that a file may be of any length. Accounts must be in
ascending order, which leaves no place for one to stand twice.
"""

from collections.abc import Generator, Iterable
from datetime import UTC, datetime
from typing import Final

from graphql_api.domain.archive import (
    MOST,
    BudgetRecord,
    Checked,
    ConversationRecord,
    Found,
    LedgerRecord,
    MessageRecord,
    PrincipalRecord,
    Record,
    RunRecord,
)
from graphql_api.domain.generations import Status
from graphql_api.domain.messages import Role
from graphql_api.domain.money import Cost, TokenUsage
from graphql_api.errors import BadFile

_RUNNING: Final = (Status.QUEUED, Status.STREAMING)
_SECTIONS: Final[dict[type[Record], int]] = {
    PrincipalRecord: 0,
    ConversationRecord: 1,
    MessageRecord: 1,
    LedgerRecord: 2,
    BudgetRecord: 3,
    RunRecord: 4,
}
_Rank = tuple[int, datetime, str, str]
_NO_INSTANT: Final = datetime.min.replace(tzinfo=UTC)


def checked(records: Iterable[Found]) -> Generator[Checked]:
    """The same records, with their depths.

    Raises:
        BadFile: One of them does not fit to those above it.
    """
    checks = _Checks()
    for place, record in records:
        try:
            yield Checked(place, record, checks.depth(place, record))
        except _Flaw as flaw:
            raise BadFile(f"{flaw.place or place}: {flaw}. {_REMEDY}") from None
    try:
        checks.end_conversation()
    except _Flaw as flaw:
        raise BadFile(f"{flaw.place}: {flaw}. {_REMEDY}") from None


_REMEDY: Final = "The file is not as it was exported; export it anew."


class _Flaw(Exception):
    """What is wrong with a record; ``place``: another one than the one at hand."""

    def __init__(self, what: str, *, place: str = "") -> None:
        super().__init__(what)
        self.place = place


class _Checks:
    def __init__(self) -> None:
        self._principals: set[str] = set()
        self._rank: _Rank = (0, _NO_INSTANT, "", "")
        self._tree: _Tree | None = None

    def depth(self, place: str, record: Record) -> int:
        """Look at the next record; its depth."""
        self._check_order(record)
        if isinstance(record, MessageRecord):
            if self._tree is None:
                raise _Flaw("the message stands below no conversation")
            return self._tree.add(record)
        self.end_conversation()
        match record:
            case PrincipalRecord():
                self._principals.add(record.id)
            case ConversationRecord():
                self._check_principal(record.principal_id)
                self._tree = _Tree(place, record)
            case LedgerRecord():
                _check_usage(record.usage)
            case BudgetRecord() | RunRecord():
                # Who only asked without storing anything has accounts all the same.
                pass
        return 0

    def end_conversation(self) -> None:
        """Look at a conversation whose messages have all been seen."""
        if self._tree is not None:
            self._tree.check_leaf()
            self._tree = None

    def _check_order(self, record: Record) -> None:
        rank = _rank(record)
        if rank[0] < self._rank[0]:
            raise _Flaw(f"the {record.noun} stands too far below")
        if rank[2] and rank <= self._rank:
            raise _Flaw(f"the {record.noun} stands twice, or in the wrong order")
        self._rank = rank

    def _check_principal(self, principal_id: str) -> None:
        if principal_id not in self._principals:
            raise _Flaw(f"the principal {principal_id!r} does not stand above")


def _rank(record: Record) -> _Rank:
    """Section of a record, and its place in there; "" where there is no order."""
    section = _SECTIONS[type(record)]
    match record:
        case PrincipalRecord():
            return section, _NO_INSTANT, record.id, ""
        case LedgerRecord():
            return section, record.at, record.generation_id, ""
        case BudgetRecord():
            return section, _NO_INSTANT, record.owner, record.period
        case RunRecord():
            return section, _NO_INSTANT, record.generation_id, ""
        case _:
            return section, _NO_INSTANT, "", ""


class _Tree:
    """The messages of a conversation, as far as they have been seen."""

    def __init__(self, place: str, conversation: ConversationRecord) -> None:
        self._place = place
        self._conversation = conversation
        self._depths: dict[str, int] = {}
        self._running = 0
        self._leaf_goes_on = False

    def add(self, message: MessageRecord) -> int:
        """Look at a message; its depth."""
        if message.conversation_id != self._conversation.id:
            raise _Flaw("the message is of another conversation than the one above")
        if message.id in self._depths:
            raise _Flaw(f"the message {message.id!r} stands twice")
        depth = self._depths[message.id] = self._below(message.parent_id)
        if message.parent_id is not None:
            self._leaf_goes_on |= message.parent_id == self._conversation.leaf_id
        self._running += message.status in _RUNNING
        _check_message(message)
        if self._running > 1:
            raise _Flaw("two answers are being written in the conversation")
        return depth

    def _below(self, parent_id: str | None) -> int:
        if parent_id is None:
            return 0
        if parent_id not in self._depths:
            raise _Flaw(
                f"the parent {parent_id!r} does not stand above in the conversation"
            )
        return self._depths[parent_id] + 1

    def check_leaf(self) -> None:
        """Look at the active branch, now that all messages have been seen."""
        leaf_id, where = self._conversation.leaf_id, self._place
        if leaf_id is None and self._depths:
            raise _Flaw("no branch of the conversation is active", place=where)
        if leaf_id is not None and leaf_id not in self._depths:
            what = f"the leaf {leaf_id!r} is no message of the conversation"
            raise _Flaw(what, place=where)
        if self._leaf_goes_on:
            raise _Flaw(f"the leaf {leaf_id!r} has messages below it", place=where)


def _check_message(message: MessageRecord) -> None:
    _check_usage(message.usage)
    _check_cost(message.cost)
    if message.feedback is not None and message.feedback.created_at.tzinfo is None:
        raise _Flaw("the instant of the feedback has no time zone")
    running = message.status in _RUNNING
    if running and (message.role is not Role.ASSISTANT or not message.generation_id):
        raise _Flaw("only an answer of a generation can be unfinished")
    if running and (message.model_name is None or message.assistant_key is None):
        raise _Flaw("an unfinished answer must say which model and assistant write it")


def _check_usage(usage: TokenUsage | None) -> None:
    if usage is None:
        return
    for tokens in (
        usage.prompt_tokens,
        usage.completion_tokens,
        usage.cached_prompt_tokens,
        usage.cache_write_tokens,
        usage.reasoning_tokens,
    ):
        if tokens is not None and not 0 <= tokens <= MOST:
            raise _Flaw(f"{tokens} tokens are out of range")


def _check_cost(cost: Cost | None) -> None:
    if cost is None:
        return
    for amount in (
        cost.amount,
        *(item.amount for item in cost.items),
        *(item.rate_per_million for item in cost.items),
    ):
        if not amount.is_finite() or amount < 0:
            raise _Flaw(f"the amount {amount} is out of range")
