"""The GraphQL API as the page wants it.

The browser follows a running answer by itself; everything else is sent from here.
"""

from collections.abc import Sequence
from typing import Any

from reflex_app import readers, replies
from reflex_app.calls import Calls
from reflex_app.operations import (
    ALL_MESSAGES,
    ARCHIVE,
    CONVERSATION,
    CONVERSATIONS,
    CREATE,
    DELETE,
    EARLIER,
    EDIT,
    GLANCE,
    JUDGE,
    OFFER,
    REGENERATE,
    SELECT,
    SEND,
    STOP,
    UPDATE,
    VIEWER,
)
from reflex_app.replies import (
    ApiError,
    Choice,
    Entry,
    EntryPage,
    Glance,
    Message,
    MessagePage,
    Offer,
    Problem,
    Stored,
    Viewer,
)

GONE = Problem(
    code="NOT_FOUND", message="There is no such conversation.", retryable=False
)

_PAGE = 100
"""Most that the API gives or takes at a time."""


class ApiClient:
    """Calls the API over HTTP."""

    def __init__(self, calls: Calls) -> None:
        """Take what sends documents; it is closed by whoever made it."""
        self.calls = calls

    async def offer(self) -> Offer:
        """Return the assistants, at least one, and the models.

        Raises:
            ApiError: the API refused or is not there.
        """
        offered = readers.offer(await self.calls.query(OFFER, {}))
        if not offered.assistants:
            problem = replies.unreachable("The service has no assistant to talk to.")
            raise ApiError(problem)
        return offered

    async def viewer(self) -> Viewer:
        """Return who asks.

        Raises:
            ApiError: the API refused or is not there.
        """
        return readers.viewer((await self.calls.query(VIEWER, {}))["viewer"])

    async def entries(
        self,
        *,
        first: int,
        after: str | None = None,
        archived: bool = False,
    ) -> EntryPage:
        """Return conversations: at the start the pinned ones, then by activity.

        Raises:
            ApiError: the API refused or is not there.
        """
        variables = {
            "first": first,
            "after": after,
            "archived": archived,
            "start": after is None,
        }
        return readers.entry_page(await self.calls.query(CONVERSATIONS, variables))

    async def conversation(self, conversation_id: str, *, last: int) -> Stored | None:
        """Return a conversation with its last messages; None when there is none.

        Raises:
            ApiError: the API refused or is not there.
        """
        variables = {"id": conversation_id, "last": last}
        node = (await self.calls.query(CONVERSATION, variables))["conversation"]
        return readers.stored(node) if node else None

    async def on_branch(self, conversation_id: str, message_id: str) -> bool:
        """Return whether a message is on the active branch.

        Raises:
            ApiError: the API refused or is not there, or the conversation is gone.
        """
        try:
            await self.earlier(conversation_id, before=message_id, last=0)
        except ApiError as error:
            if error.problem.code == "BAD_USER_INPUT":
                return False
            raise
        return True

    async def earlier(
        self, conversation_id: str, *, before: str, last: int
    ) -> MessagePage:
        """Return the messages before a cursor.

        Raises:
            ApiError: the API refused or is not there, or the conversation is gone.
        """
        variables = {"id": conversation_id, "before": before, "last": last}
        node = (await self.calls.query(EARLIER, variables))["conversation"]
        return readers.message_page(_there(node)["messages"])

    async def glance(self, conversation_id: str) -> Glance | None:
        """Return what tells whether a conversation changed; None when it is gone.

        Raises:
            ApiError: the API refused or is not there.
        """
        node = (await self.calls.query(GLANCE, {"id": conversation_id}))["conversation"]
        return readers.glance(node) if node else None

    async def whole(self, conversation_id: str) -> tuple[str, tuple[Message, ...]]:
        """Return the title and all messages of the active branch, with versions.

        Raises:
            ApiError: the API refused or is not there, or the conversation is gone.
        """
        read: list[Message] = []
        after: str | None = None
        while True:
            variables = {"id": conversation_id, "first": _PAGE, "after": after}
            node = (await self.calls.query(ALL_MESSAGES, variables))["conversation"]
            connection = _there(node)["messages"]
            read += readers.messages(connection["nodes"])
            if not connection["pageInfo"]["hasNextPage"]:
                return node["title"], tuple(read)
            after = connection["pageInfo"]["endCursor"]

    async def create(self, choice: Choice) -> str:
        """Start a conversation and return its identifier.

        Raises:
            ApiError: the API refused or is not there.
        """
        made = await self.calls.change(CREATE, **_kept(choice))
        return made["conversation"]["id"]

    async def choose(self, conversation_id: str, choice: Choice) -> None:
        """Have the next answers of a conversation follow a choice.

        Raises:
            ApiError: the API refused or is not there.
        """
        await self.calls.change(UPDATE, conversationId=conversation_id, **_kept(choice))

    async def send(self, conversation_id: str, content: str, *, key: str) -> str:
        """Ask in a conversation; return the generation that answers.

        The same `key` asks once, however often it is sent.

        Raises:
            ApiError: the API refused or is not there.
        """
        return await self._begin(
            SEND, conversationId=conversation_id, content=content, idempotencyKey=key
        )

    async def edit(self, message_id: str, content: str, *, key: str) -> str:
        """Ask something else in the same place; return the generation that answers.

        Raises:
            ApiError: the API refused or is not there.
        """
        return await self._begin(
            EDIT, messageId=message_id, content=content, idempotencyKey=key
        )

    async def regenerate(self, message_id: str, *, key: str) -> str:
        """Have a question answered anew; return the generation that answers.

        Raises:
            ApiError: the API refused or is not there.
        """
        return await self._begin(REGENERATE, messageId=message_id, idempotencyKey=key)

    async def select(self, message_id: str) -> None:
        """Show another version of a message.

        Raises:
            ApiError: the API refused or is not there.
        """
        await self.calls.change(SELECT, messageId=message_id)

    async def update(
        self,
        conversation_id: str,
        *,
        title: str | None = None,
        pinned: bool | None = None,
    ) -> Entry:
        """Rename a conversation, or pin it on top of the list.

        Raises:
            ApiError: the API refused or is not there.
        """
        changes = {"title": title, "pinned": pinned}
        given = {name: value for name, value in changes.items() if value is not None}
        changed = await self.calls.change(
            UPDATE, conversationId=conversation_id, **given
        )
        return readers.entry(changed["conversation"])

    async def archive(self, ids: Sequence[str], *, archived: bool) -> tuple[Entry, ...]:
        """Move conversations to or from the archive; those that exist come back.

        Raises:
            ApiError: the API refused or is not there.
        """
        moved: list[Entry] = []
        for some in _pages(ids):
            asked = {"conversationIds": some, "archived": archived}
            changed = await self.calls.change(ARCHIVE, **asked)
            moved += map(readers.entry, changed["conversations"])
        return tuple(moved)

    async def delete(self, ids: Sequence[str]) -> None:
        """Delete conversations for good.

        Raises:
            ApiError: the API refused or is not there.
        """
        for some in _pages(ids):
            await self.calls.change(DELETE, conversationIds=some)

    async def judge(self, message_id: str, *, rating: str, comment: str) -> None:
        """Judge an answer; an empty rating takes the judgement back.

        Raises:
            ApiError: the API refused or is not there.
        """
        await self.calls.change(
            JUDGE, messageId=message_id, rating=rating or None, comment=comment or None
        )

    async def stop(self, generation_id: str) -> None:
        """Stop a generation; nothing changes when it has ended.

        Raises:
            ApiError: it is unknown, or the API is not there.
        """
        await self.calls.change(STOP, generationId=generation_id)

    async def _begin(self, document: str, **arguments: Any) -> str:  # noqa: ANN401 - JSON
        return (await self.calls.change(document, **arguments))["generation"]["id"]


def _pages(ids: Sequence[str]) -> list[list[str]]:
    """Return as many identifiers at a time as the API takes."""
    return [list(ids[start : start + _PAGE]) for start in range(0, len(ids), _PAGE)]


def _kept(choice: Choice) -> dict[str, Any]:
    options = {
        "modelId": choice.model_id or None,
        "temperature": choice.temperature,
        "maxCompletionTokens": choice.max_tokens,
    }
    return {"assistantId": choice.assistant_id or None, "options": options}


def _there(node: dict[str, Any] | None) -> dict[str, Any]:
    if node is None:
        raise ApiError(GONE)
    return node
