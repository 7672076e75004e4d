"""The session as it is drawn: rows, money and failures in a reader's words."""

from dataclasses import dataclass, replace
from decimal import Decimal

from reflex_app import session
from reflex_app.failures import NONE, Failure, told
from reflex_app.replies import Cost, CostItem, Message, Problem
from reflex_app.session import Conversation
from reflex_app.texts import ENGLISH, Texts

ReceiptLine = tuple[str, ...]
"""One line of the receipt behind an answer's cost: kind, tokens, price, amount."""

_FINEST = Decimal("0.0001")
_NOTES = {
    session.INTERRUPTED: "row.interrupted",
    "QUEUED": "row.being_written",
    "STREAMING": "row.being_written",
}
_KINDS = {
    "PROMPT": "receipt.prompt",
    "CACHED_PROMPT": "receipt.cached_prompt",
    "CACHE_WRITE": "receipt.cache_write",
    "COMPLETION": "receipt.completion",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message, ready to be drawn."""

    key: str
    role: str
    content: str
    stored: bool = True
    """Whether the API has it, so that it can be edited, judged or written anew."""
    model: str = ""
    note: str = ""
    """How an answer ended, when it did not end by itself."""
    meta: str = ""
    """Tokens and cost."""
    receipt: tuple[ReceiptLine, ...] = ()
    receipt_note: str = ""
    """Where the prices come from, or why there is no receipt."""
    failure: Failure = NONE
    can_retry: bool = False
    can_discard: bool = False
    can_continue: bool = False
    retry_after_s: float = 0
    version: str = ""
    """Which of how many texts at this place, like `2 of 3`; empty for the only one."""
    previous: str = ""
    """Identifier of the version before this; empty when there is none."""
    next: str = ""
    rating: str = ""
    comment: str = ""


def rows(conversation: Conversation, words: Texts = ENGLISH) -> list[Row]:
    """Return the messages as rows, oldest first."""
    drawn, turn = conversation.drawn, conversation.turn
    last = len(drawn) - 1
    free = not conversation.busy and turn is None
    shown = [
        _row(message, words, last=free and index == last)
        for index, message in enumerate(drawn)
    ]
    if turn is not None and turn.content:
        question = Row(
            key="asked", role=session.USER, content=turn.content, stored=False
        )
        shown.append(question)
    if turn is not None and turn.problem is not None and shown:
        shown[-1] = _refused(shown[-1], turn.problem, words)
    return shown


def money(amount: Decimal, currency: str = "USD", words: Texts = ENGLISH) -> str:
    """Return an amount with two decimals, or with as many as it takes to see it.

    Amounts from 0.0001 up keep four decimals at most; smaller ones two digits.
    """
    if amount and abs(amount) < _FINEST:
        places = -amount.adjusted() + 1
    else:
        places = 4 if abs(amount) < 1 else 2
    return words.amount(amount, currency, least=2, most=places)


def total_label(cost: Cost, words: Texts = ENGLISH, *, unpriced: int) -> str:
    """Return the sum for the header; `+ ?` marks answers of unknown cost."""
    estimated = cost.estimated and bool(cost.amount)
    text = ("≈ " if estimated else "") + money(cost.amount, cost.currency, words)
    return f"{text} + ?" if unpriced else text


def total_title(cost: Cost, words: Texts = ENGLISH, *, unpriced: int) -> str:
    """Return the sum in full, for those who point at it."""
    parts = [words.text("total.sum", amount=f"{cost.amount:f} {cost.currency}")]
    if cost.estimated and cost.amount:
        parts.append(words.text("total.estimated"))
    if unpriced:
        parts.append(words.text("total.unpriced", count=unpriced))
    return "".join(parts)


def _row(message: Message, words: Texts, *, last: bool) -> Row:
    problem = message.problem
    answer = message.role == session.ASSISTANT
    broken = message.status in {session.FAILED, session.INTERRUPTED}
    cut = message.status == session.INTERRUPTED or message.finish_reason == "LENGTH"
    version, previous, following = _versions(message, words)
    return Row(
        key=message.message_id,
        role=message.role,
        content=message.content,
        model=message.model,
        note=_note(message, words),
        meta=_meta(message, words),
        receipt=_receipt(message.cost, words),
        receipt_note=_receipt_note(message, words) if answer else "",
        failure=_failure(message, words),
        can_retry=last and broken,
        can_continue=last and cut and bool(message.content.strip()),
        retry_after_s=_wait_s(problem),
        version=version,
        previous=previous,
        next=following,
        rating=message.rating,
        comment=message.comment,
    )


def _refused(row: Row, problem: Problem, words: Texts) -> Row:
    return replace(
        row,
        failure=told(problem, words),
        can_retry=True,
        can_discard=True,
        retry_after_s=_wait_s(problem),
    )


def _failure(message: Message, words: Texts) -> Failure:
    if message.problem is None:
        return NONE
    return told(message.problem, words, kept=bool(message.content))


def _wait_s(problem: Problem | None) -> float:
    return problem.retry_after_s or 0 if problem else 0


def _versions(message: Message, words: Texts) -> tuple[str, str, str]:
    """Return which version it is, and those before and after it."""
    ids = [version.message_id for version in message.versions]
    if len(ids) < 2 or message.message_id not in ids:  # noqa: PLR2004 - the only one
        return "", "", ""
    at = ids.index(message.message_id)
    previous = ids[at - 1] if at else ""
    following = ids[at + 1] if at + 1 < len(ids) else ""
    version = words.text("row.version", number=at + 1, total=len(ids))
    return version, previous, following


def _note(message: Message, words: Texts) -> str:
    if message.status == session.STOPPED:
        # Only its owner can stop an answer, from any tab or client.
        return words.text("row.stopped" if message.content else "row.stopped_early")
    if message.finish_reason == "LENGTH":
        return words.text("row.cut_by_length")
    if message.finish_reason == "CONTENT_FILTER":
        return words.text("row.cut_by_filter")
    key = _NOTES.get(message.status)
    return words.text(key) if key else ""


def _meta(message: Message, words: Texts) -> str:
    if message.role == session.USER:
        return ""
    if message.tokens is None:
        running = message.status in {"QUEUED", "STREAMING"}
        return "" if running else words.text("row.cost_unknown")
    if not message.tokens and not (message.cost and message.cost.amount):
        return ""
    cost = message.cost
    about = "≈ " if cost and cost.estimated else ""
    tokens = words.text("row.tokens", count=message.tokens)
    return f"{about}{tokens} · {_cost(cost, words)}"


def _cost(cost: Cost | None, words: Texts) -> str:
    if cost is None:
        return words.text("row.cost_unknown")
    # Nothing is nothing, however many tokens it was for.
    about = "≈ " if cost.estimated and cost.amount else ""
    return about + money(cost.amount, cost.currency, words)


def _receipt(cost: Cost | None, words: Texts) -> tuple[ReceiptLine, ...]:
    if cost is None:
        return ()
    return tuple(_receipt_line(item, cost.currency, words) for item in cost.items)


def _receipt_line(item: CostItem, currency: str, words: Texts) -> ReceiptLine:
    key = _KINDS.get(item.kind)
    price = money(item.rate_per_million, currency, words)
    return (
        words.text(key) if key else item.kind.capitalize(),
        words.number(item.tokens),
        words.text("receipt.rate", price=price),
        _exact(item.amount, currency, words),
    )


def _receipt_note(message: Message, words: Texts) -> str:
    cost = message.cost
    if cost is None:
        return words.text("receipt.no_price")
    total = _exact(cost.amount, cost.currency, words)
    parts = [words.text("receipt.total", amount=total)]
    if cost.estimated:
        parts.append(words.text("receipt.estimated"))
    if cost.price_source == "free":
        parts.append(words.text("receipt.free"))
    elif cost.price_source:
        parts.append(words.text("receipt.prices_from", source=cost.price_source))
    return words.sentence(parts)


def _exact(amount: Decimal, currency: str, words: Texts) -> str:
    places = max(-int(amount.normalize().as_tuple().exponent), 0) if amount else 2
    return words.amount(amount, currency, least=places, most=places)
