"""What one tab shows of a conversation, as frozen data and pure transitions.

The conversation itself is stored by the API. What only the tab knows is the turn it
is about to start::

    idle --ask/edit/regenerate--> asked --accept--> following --refresh--> idle
                                    `--refuse--> the turn keeps its failure
                                                   --retry--> asked / --discard--> idle

A turn keeps its key until its reply is known: however often it is sent, it is
answered and paid once.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from reflex_app.replies import (
    Choice,
    Cost,
    Glance,
    Message,
    MessagePage,
    Problem,
    Stored,
)

USER = "USER"
ASSISTANT = "ASSISTANT"

COMPLETED = "COMPLETED"
STOPPED = "STOPPED"
INTERRUPTED = "INTERRUPTED"
FAILED = "FAILED"
_RUNNING = {"QUEUED", "STREAMING"}

MAX_PARTIAL_CHARS = 100_000
"""Longest partial answer taken from a browser; it is the one untrusted text."""
_LOST = "lost"
"""Identifier of an answer that only the browser has seen."""

Kind = Literal["send", "edit", "regenerate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A turn that the API has not answered yet."""

    kind: Kind
    key: str
    content: str = ""
    """The question; empty for `regenerate`."""
    target: str = ""
    """The message to edit or to write anew; empty for `send`."""
    problem: Problem | None = None
    """Why the API did not take it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Everything one tab shows of a conversation."""

    conversation_id: str = ""
    """Empty until the first question is sent."""
    title: str = ""
    archived: bool = False
    messages: tuple[Message, ...] = ()
    """The end of the active branch, oldest first."""
    earlier_cursor: str | None = None
    """Where the messages before these are; None when there are none."""
    turn: Turn | None = None
    generation_id: str | None = None
    """The answer being written."""
    cost: Cost | None = None
    choice: Choice = Choice()  # noqa: RUF009 - frozen
    """Who is to answer, and how."""
    kept: Choice = Choice()  # noqa: RUF009 - frozen
    """What the API has of that; another one is sent with the next turn."""

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        asked = self.turn is not None and self.turn.problem is None
        return asked or self.generation_id is not None

    @property
    def drawn(self) -> tuple[Message, ...]:
        """The messages on the page, without the one that is being written."""
        messages = self.messages
        if self.turn is not None and self.turn.target:
            messages = _before(messages, self.turn.target)
        if self.busy and messages and messages[-1].status in _RUNNING:
            return messages[:-1]
        return messages

    @property
    def unpriced(self) -> int:
        """Answers shown whose cost is unknown."""
        return sum(
            message.cost is None
            and message.role == ASSISTANT
            and message.status not in _RUNNING
            and message.tokens != 0
            for message in self.messages
        )


def whole(text: str) -> str:
    """Return the text with half surrogate pairs, which are no text, replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def ask(conversation: Conversation, text: str, *, key: str) -> Conversation:
    """Ask a question behind the last message."""
    return replace(conversation, turn=Turn(kind="send", content=text, key=key))


def edit(
    conversation: Conversation, message_id: str, text: str, *, key: str
) -> Conversation:
    """Ask something else in the place of a question."""
    turn = Turn(kind="edit", content=text, target=message_id, key=key)
    return replace(conversation, turn=turn)


def regenerate(
    conversation: Conversation, message_id: str, *, key: str
) -> Conversation:
    """Have the question of an answer answered anew."""
    turn = Turn(kind="regenerate", target=message_id, key=key)
    return replace(conversation, turn=turn)


def retry(conversation: Conversation, *, key: str) -> Conversation:
    """Send a refused turn again, or have the last answer written anew."""
    turn = conversation.turn
    if turn is not None:
        return replace(conversation, turn=replace(turn, problem=None))
    last = conversation.messages[-1] if conversation.messages else None
    if last is None or last.role != ASSISTANT or last.message_id == _LOST:
        return conversation
    return regenerate(conversation, last.message_id, key=key)


def refuse(conversation: Conversation, problem: Problem) -> Conversation:
    """Keep the turn with the reason why the API did not take it."""
    if conversation.turn is None:
        return conversation
    return replace(conversation, turn=replace(conversation.turn, problem=problem))


def discard(conversation: Conversation) -> Conversation:
    """Forget a turn that the API did not take."""
    refused = conversation.turn is not None and conversation.turn.problem is not None
    return replace(conversation, turn=None) if refused else conversation


def accept(conversation: Conversation, generation_id: str) -> Conversation:
    """Follow the generation that answers the turn."""
    return replace(conversation, generation_id=generation_id)


def refresh(conversation: Conversation, stored: Stored) -> Conversation:
    """Take over what the API has, and keep earlier messages that still belong to it."""
    page = stored.page
    messages, cursor = page.messages, page.earlier_cursor
    if cursor is not None and messages:
        kept = _before(conversation.messages, messages[0].message_id)
        if len(kept) < len(conversation.messages):
            messages, cursor = (*kept, *messages), conversation.earlier_cursor
    settled = conversation.choice == conversation.kept
    return Conversation(
        conversation_id=stored.entry.conversation_id,
        title=stored.entry.title,
        archived=stored.entry.archived,
        messages=messages,
        earlier_cursor=cursor,
        turn=_open_turn(conversation, messages),
        generation_id=stored.generation_id,
        cost=stored.cost,
        choice=stored.choice if settled else conversation.choice,
        kept=stored.choice,
    )


def choose(conversation: Conversation, choice: Choice) -> Conversation:
    """Have the next answers follow a choice."""
    return replace(conversation, choice=choice)


def fits(conversation: Conversation, stored: Stored) -> bool:
    """Return whether `stored` reaches back to messages that are shown."""
    page = stored.page
    known = {message.message_id for message in conversation.messages}
    return page.earlier_cursor is None or page.messages[0].message_id in known


def prepend(conversation: Conversation, page: MessagePage) -> Conversation:
    """Put the messages before those shown."""
    return replace(
        conversation,
        messages=(*page.messages, *conversation.messages),
        earlier_cursor=page.earlier_cursor,
    )


def lose(conversation: Conversation, partial: str, problem: Problem) -> Conversation:
    """Keep what the browser had seen of an answer while the API cannot be reached."""
    messages, turn = conversation.messages, conversation.turn
    if turn is not None:
        messages = _before(messages, turn.target) if turn.target else messages
        if turn.content:
            question = Message(
                message_id="asked", role=USER, content=turn.content, status=COMPLETED
            )
            messages = (*messages, question)
    running = messages[-1] if messages and messages[-1].status in _RUNNING else None
    answer = Message(
        message_id=running.message_id if running else _LOST,
        role=ASSISTANT,
        content=partial[:MAX_PARTIAL_CHARS],
        status=INTERRUPTED,
        model=running.model if running else "",
        problem=problem,
    )
    before = messages[:-1] if running else messages
    return replace(
        conversation, messages=(*before, answer), turn=None, generation_id=None
    )


def judge(
    conversation: Conversation, message_id: str, *, rating: str, comment: str
) -> Conversation:
    """Show the viewer's opinion of an answer."""
    messages = tuple(
        replace(message, rating=rating, comment=comment)
        if message.message_id == message_id
        else message
        for message in conversation.messages
    )
    return replace(conversation, messages=messages)


def differs(conversation: Conversation, glance: Glance) -> bool:
    """Return whether the API has something else than what is shown."""
    last = conversation.messages[-1] if conversation.messages else None
    shown = (last.message_id, last.status) if last else None
    return (
        (conversation.generation_id, conversation.title, conversation.archived, shown)
    ) != (
        (
            glance.generation_id,
            glance.entry.title,
            glance.entry.archived,
            glance.last_message,
        )
    )


def total(conversation: Conversation) -> Cost:
    """Return what the conversation cost so far, as the API says."""
    return conversation.cost or Cost(amount=Decimal(0), currency="USD", estimated=False)


def _before(messages: tuple[Message, ...], message_id: str) -> tuple[Message, ...]:
    """Return the messages before one; all when it is not among them."""
    for index, message in enumerate(messages):
        if message.message_id == message_id:
            return messages[:index]
    return messages


def _open_turn(
    conversation: Conversation, messages: tuple[Message, ...]
) -> Turn | None:
    """Return a refused turn, unless the API took it and only its reply was lost."""
    turn = conversation.turn
    if turn is None or turn.problem is None:
        return None
    known = {message.message_id for message in conversation.messages}
    new = [message for message in messages if message.message_id not in known]
    landed = any(m.role == USER and m.content == turn.content for m in new)
    return None if landed or (new and turn.kind == "regenerate") else turn
