"""The session as it is drawn: rows, money and failures in a reader's words."""

from dataclasses import dataclass
from decimal import Decimal

from reflex_app import session
from reflex_app.replies import UNREACHABLE, Assistant, Cost, Problem
from reflex_app.session import Conversation, Message, Total

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
_FINEST = Decimal("0.0001")
_KINDS = {
    "PROMPT": "Prompt",
    "CACHED_PROMPT": "Prompt, cached",
    "CACHE_WRITE": "Cache write",
    "COMPLETION": "Answer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One line of the receipt behind an answer's cost."""

    label: str
    tokens: str
    rate: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message, ready to be drawn."""

    key: str
    role: str
    content: str
    model: str = ""
    note: str = ""
    """How an answer ended, when it did not end by itself."""
    meta: str = ""
    """Tokens and cost."""
    receipt: tuple[ReceiptLine, ...] = ()
    receipt_note: str = ""
    """Where the prices come from, or why there is no receipt."""
    error: str = ""
    can_retry: bool = False
    retry_after_s: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The assistant, ready to be drawn."""

    assistant_id: str = ""
    name: str = ""
    description: str = ""
    model: str = ""
    price: str = ""
    starters: tuple[str, ...] = ()


def rows(conversation: Conversation) -> list[Row]:
    """Return the messages as rows, oldest first."""
    last = len(conversation.messages) - 1
    return [
        _row(message, can_retry=conversation.can_retry and index == last)
        for index, message in enumerate(conversation.messages)
    ]


def card(assistant: Assistant) -> Card:
    """Return the assistant as it is shown."""
    return Card(
        assistant_id=assistant.assistant_id,
        name=assistant.name,
        description=assistant.description,
        model=assistant.model,
        price=_price(assistant),
        starters=assistant.starters,
    )


def money(amount: Decimal, currency: str = "USD") -> str:
    """Return an amount with two decimals, or with as many as it takes to see it.

    Amounts from 0.0001 up keep four decimals at most; smaller ones two digits.
    """
    if amount and abs(amount) < _FINEST:
        places = -amount.adjusted() + 1
    else:
        places = 4 if abs(amount) < 1 else 2
    digits = f"{amount:.{places}f}"
    whole, _, decimals = digits.partition(".")
    decimals = decimals.rstrip("0").ljust(2, "0")
    symbol = _SYMBOLS.get(currency)
    figure = f"{int(whole):,}.{decimals}"
    return f"{symbol}{figure}" if symbol else f"{figure} {currency}"


def total_label(total: Total) -> str:
    """Return the sum for the header; `+ ?` marks answers of unknown cost."""
    text = ("≈ " if total.estimated else "") + money(total.amount, total.currency)
    return f"{text} + ?" if total.unknown else text


def total_title(total: Total) -> str:
    """Return the sum in full, for those who point at it."""
    text = f"Cost of this conversation: {total.amount:f} {total.currency}"
    if total.estimated:
        text += ", partly estimated"
    if total.unknown:
        answers = "1 answer" if total.unknown == 1 else f"{total.unknown} answers"
        text += f"; the cost of {answers} is unknown and not in it"
    return text


def sentence(problem: Problem) -> str:
    """Return a failure as one plain sentence or two."""
    text = problem.message.strip() or "Something went wrong."
    if problem.code == UNREACHABLE:
        text = f"{text} Your message is safe: try again in a moment."
    if problem.request_id:
        text = f"{text} (Request {problem.request_id})"
    return text


def _row(message: Message, *, can_retry: bool) -> Row:
    problem = message.problem
    wait_s = problem.retry_after_s if problem and problem.retry_after_s else 0
    return Row(
        key=str(message.key),
        role=message.role,
        content=message.content,
        model=message.model,
        note=_note(message),
        meta=_meta(message),
        receipt=_receipt(message.cost),
        receipt_note=_receipt_note(message)
        if message.role == session.ASSISTANT
        else "",
        error=sentence(problem) if problem else "",
        can_retry=can_retry,
        retry_after_s=wait_s,
    )


def _note(message: Message) -> str:
    if message.status == session.STOPPED:
        return "Stopped" if message.content else "Stopped before the first word"
    if message.finish_reason == "LENGTH":
        return "Cut at the length limit"
    if message.finish_reason == "CONTENT_FILTER":
        return "Cut by the provider's content filter"
    return "Interrupted" if message.status == session.INTERRUPTED else ""


def _meta(message: Message) -> str:
    if message.role == session.USER:
        return ""
    if message.tokens is None:
        return "cost unknown"
    if not message.tokens and not (message.cost and message.cost.amount):
        return ""
    cost = message.cost
    about = "≈ " if cost and cost.estimated else ""
    noun = "token" if message.tokens == 1 else "tokens"
    return f"{about}{message.tokens:,} {noun} · {_cost(cost)}"


def _cost(cost: Cost | None) -> str:
    if cost is None:
        return "cost unknown"
    # Nothing is nothing, however many tokens it was for.
    about = "≈ " if cost.estimated and cost.amount else ""
    return about + money(cost.amount, cost.currency)


def _receipt(cost: Cost | None) -> tuple[ReceiptLine, ...]:
    if cost is None:
        return ()
    return tuple(
        ReceiptLine(
            label=_KINDS.get(item.kind, item.kind.capitalize()),
            tokens=f"{item.tokens:,}",
            rate=f"{money(item.rate_per_million, cost.currency)} / M",
            amount=_exact(item.amount, cost.currency),
        )
        for item in cost.items
    )


def _receipt_note(message: Message) -> str:
    cost = message.cost
    if cost is None:
        return "No price is known for this answer."
    parts = [f"Total {_exact(cost.amount, cost.currency)}"]
    if cost.estimated:
        parts.append("tokens counted by Sidekick, as the provider reported none")
    if cost.price_source == "free":
        parts.append("as this model is free")
    elif cost.price_source:
        parts.append(f"prices from {cost.price_source}")
    return ", ".join(parts) + "."


def _exact(amount: Decimal, currency: str) -> str:
    if not amount:
        return money(amount, currency)
    figure = f"{amount.normalize():f}"
    symbol = _SYMBOLS.get(currency)
    return f"{symbol}{figure}" if symbol else f"{figure} {currency}"


def _price(assistant: Assistant) -> str:
    prompt, completion = (
        assistant.prompt_per_million,
        assistant.completion_per_million,
    )
    if prompt is None or completion is None:
        return "Free: it runs on this machine" if assistant.provider == "local" else ""
    currency = assistant.currency
    return f"{money(prompt, currency)} in, {money(completion, currency)} out per M"


MAX_DRAWN = 100
"""Rows on the page; a download holds all of them."""
MAX_RECENT = 10
"""Rows that are sent again whenever one is added."""


def fold(earlier: list[Row], all_rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Split rows into those that stay on the page and those sent again.

    A list on the page is sent whole when it changes. So `earlier` is kept as it is
    while it still begins the drawn rows and few follow it: what a turn sends
    does not grow with the conversation.
    """
    start = _index(all_rows, earlier[0].key) if earlier else 0
    end = start + len(earlier)
    recent = all_rows[end:]
    if all_rows[start:end] == earlier and len(recent) <= MAX_RECENT:
        return earlier, recent
    drawn = all_rows[-MAX_DRAWN:]
    return drawn[:-2], drawn[-2:]


def _index(all_rows: list[Row], key: str) -> int:
    return next((i for i, row in enumerate(all_rows) if row.key == key), 0)
