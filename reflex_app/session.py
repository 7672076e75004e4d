"""What the user has asked and got, as frozen data and pure transitions.

The life of a turn::

    idle --ask--> asked --accept--> following --finish/lose--> idle
                    `--refuse--> idle (the question keeps its failure)

`retry` goes from idle back to asked with the same question. A `turn` identifies
one passage through these states, so that a late reply of the API to an earlier
turn changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from reflex_app.replies import Cost, Outcome, Problem

USER = "USER"
ASSISTANT = "ASSISTANT"

COMPLETED = "COMPLETED"
STOPPED = "STOPPED"
INTERRUPTED = "INTERRUPTED"
FAILED = "FAILED"

MAX_PARTIAL_CHARS = 100_000
"""Longest partial answer taken from a browser; it is the one untrusted text."""
MAX_MESSAGES = 1_000
"""Messages kept in one conversation, so that a page's memory has a bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A question, or an answer with its outcome."""

    key: int
    """Never used twice in one conversation."""
    role: str
    content: str
    status: str = COMPLETED
    model: str = ""
    """Model that answered; empty for questions."""
    tokens: int | None = None
    """Tokens of the whole call; None for questions and when unknown."""
    cost: Cost | None = None
    """What the answer cost; None for questions and when unknown."""
    finish_reason: str | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What a conversation cost so far."""

    amount: Decimal = Decimal(0)
    """Exact sum of the known costs."""
    currency: str = "USD"
    unknown: int = 0
    """Answers whose cost is unknown, so that they are not in the sum."""
    estimated: bool = False
    """Whether any of the known costs rests on tokens counted by us."""

    def plus(self, message: Message) -> "Total":
        """Return the total with one more answer in it."""
        if message.cost is None:
            missing = 0 if message.role == USER or message.tokens == 0 else 1
            return replace(self, unknown=self.unknown + missing)
        if message.cost.currency != self.currency and self.amount:
            return replace(self, unknown=self.unknown + 1)
        return replace(
            self,
            amount=self.amount + message.cost.amount,
            currency=message.cost.currency,
            estimated=self.estimated
            or (message.cost.estimated and bool(message.cost.amount)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Everything one tab shows."""

    messages: tuple[Message, ...] = ()
    turn: int = 0
    """Number of the turn asked last."""
    asked: bool = False
    """Whether an answer is awaited."""
    generation_id: str | None = None
    """The generation being followed; None until the API accepted the turn."""
    model: str = ""
    """Model of that generation."""
    left_behind: Total = Total()
    """What answers cost that a retry has replaced."""

    @property
    def total(self) -> Total:
        """What the conversation cost so far, replaced answers included."""
        total = self.left_behind
        for message in self.messages:
            total = total.plus(message)
        return total

    @property
    def can_retry(self) -> bool:
        """Whether the last turn failed in a way that leaves its question open."""
        if self.asked or not self.messages:
            return False
        last = self.messages[-1]
        return last.role == USER or last.status in {FAILED, INTERRUPTED}


def whole(text: str) -> str:
    """Return the text with half surrogate pairs, which are no text, replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def ask(conversation: Conversation, text: str) -> Conversation:
    """Add the user's question and wait for its answer."""
    question = Message(key=conversation.turn * 2, role=USER, content=text)
    return replace(
        conversation,
        messages=(*conversation.messages, question)[-MAX_MESSAGES:],
        turn=conversation.turn + 1,
        asked=True,
        generation_id=None,
    )


def retry(conversation: Conversation) -> Conversation:
    """Ask the last question again, without doubling it."""
    if not conversation.can_retry:
        return conversation
    messages, left_behind = conversation.messages, conversation.left_behind
    if messages[-1].role == ASSISTANT:
        left_behind, messages = left_behind.plus(messages[-1]), messages[:-1]
    question = replace(messages[-1], problem=None)
    return replace(
        conversation,
        messages=(*messages[:-1], question),
        turn=conversation.turn + 1,
        asked=True,
        generation_id=None,
        left_behind=left_behind,
    )


def accept(conversation: Conversation, generation_id: str, model: str) -> Conversation:
    """Follow the generation that answers the turn."""
    return replace(conversation, generation_id=generation_id, model=model)


def refuse(conversation: Conversation, problem: Problem) -> Conversation:
    """Keep the question with the reason why nobody answers it."""
    question = replace(conversation.messages[-1], problem=problem)
    return replace(
        conversation,
        messages=(*conversation.messages[:-1], question),
        asked=False,
        generation_id=None,
    )


def finish(conversation: Conversation, outcome: Outcome) -> Conversation:
    """Add the answer as the API reports it."""
    return _answered(
        conversation,
        content=outcome.content,
        status=outcome.status,
        tokens=outcome.total_tokens,
        cost=outcome.cost,
        finish_reason=outcome.finish_reason,
        problem=outcome.problem,
    )


def lose(conversation: Conversation, partial: str, problem: Problem) -> Conversation:
    """Keep what the browser had seen of an answer that the API no longer knows."""
    return _answered(
        conversation,
        content=partial[:MAX_PARTIAL_CHARS],
        status=INTERRUPTED,
        problem=problem,
    )


def _answered(
    conversation: Conversation,
    *,
    content: str,
    status: str,
    tokens: int | None = None,
    cost: Cost | None = None,
    finish_reason: str | None = None,
    problem: Problem | None = None,
) -> Conversation:
    answer = Message(
        key=conversation.turn * 2 - 1,
        role=ASSISTANT,
        content=content,
        status=status,
        model=conversation.model,
        tokens=tokens,
        cost=cost,
        finish_reason=finish_reason,
        problem=problem,
    )
    return replace(
        conversation,
        messages=(*conversation.messages, answer),
        asked=False,
        generation_id=None,
    )


def clear(conversation: Conversation) -> Conversation:
    """Start anew; the turn goes on counting, so late replies still miss."""
    return Conversation(turn=conversation.turn + 1)


def history(conversation: Conversation) -> tuple[tuple[str, str], ...]:
    """Return what the model is told: (role, content), the last one the user's.

    Turns without an answer are left out, except the one being asked, so roles
    alternate. A partial answer counts: the user has read it.
    """
    return tuple(_alternating(conversation.messages))


def _alternating(messages: tuple[Message, ...]) -> Iterator[tuple[str, str]]:
    question: str | None = None
    for message in messages:
        if message.role == USER:
            question = message.content
        elif question is not None and _counts(message):
            yield USER, question
            yield ASSISTANT, message.content
            question = None
    if question is not None:
        yield USER, question


def _counts(answer: Message) -> bool:
    return answer.status != FAILED and bool(answer.content.strip())
