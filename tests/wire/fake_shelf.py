"""Stored conversations of the stand-in API: a tree of messages for each."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

RECEIPT = {
    "amount": "0.000402",
    "currency": "USD",
    "estimated": False,
    "priceSource": "settings",
    "items": [
        {
            "kind": "PROMPT",
            "tokens": 2,
            "ratePerMillion": "1",
            "amount": "0.000002",
        },
        {
            "kind": "COMPLETION",
            "tokens": 200,
            "ratePerMillion": "2",
            "amount": "0.0004",
        },
    ],
}


@dataclass(kw_only=True)
class Said:
    """A stored message."""

    id: str
    parent: str | None
    role: str
    content: str
    status: str = "COMPLETED"
    generation: str | None = None
    problem: dict[str, Any] | None = None
    rating: str | None = None
    comment: str | None = None


@dataclass(kw_only=True)
class Talk:
    """A stored conversation."""

    id: str
    title: str
    updated: int
    archived: bool = False
    pinned: str | None = None
    assistant: str = "ast_comics"
    options: dict[str, Any] = field(default_factory=dict)
    leaf: str | None = None
    messages: dict[str, Said] = field(default_factory=dict)

    def branch(self) -> list[Said]:
        """The active branch, oldest first."""
        path, at = [], self.leaf
        while at is not None:
            path.insert(0, self.messages[at])
            at = self.messages[at].parent
        return path

    def siblings(self, message: Said) -> list[Said]:
        return [
            other
            for other in self.messages.values()
            if (other.parent, other.role) == (message.parent, message.role)
        ]

    def deepest(self, message_id: str) -> str:
        """The newest message below one, itself if there is none."""
        below = [m.id for m in self.messages.values() if m.parent == message_id]
        return self.deepest(below[-1]) if below else message_id


class Shelf:
    """All conversations, and what an operation does with them."""

    def __init__(self) -> None:
        self.talks: dict[str, Talk] = {}
        self.keys: dict[str, str] = {}
        self._count = count(1)

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._count)}"

    def talk(self, *texts: str, title: str = "") -> Talk:
        """Store a conversation; questions and answers take turns."""
        talk = Talk(
            id=self._id("cnv"),
            title=title or (texts[0] if texts else "New conversation"),
            updated=next(self._count),
        )
        self.talks[talk.id] = talk
        for index, text in enumerate(texts):
            self._say(talk, talk.leaf, "ASSISTANT" if index % 2 else "USER", text)
        return talk

    def _say(self, talk: Talk, parent: str | None, role: str, text: str) -> Said:
        said = Said(id=self._id("msg"), parent=parent, role=role, content=text)
        talk.messages[said.id] = said
        talk.leaf, talk.updated = said.id, next(self._count)
        return said

    def of_message(self, message_id: str) -> tuple[Talk, Said]:
        talk = next(t for t in self.talks.values() if message_id in t.messages)
        return talk, talk.messages[message_id]

    def ask(self, name: str, wanted: dict[str, Any]) -> tuple[Talk, Said, str]:
        """Begin a turn; the answer is empty, and its question comes along."""
        if name == "Send":
            talk = self.talks[wanted["conversationId"]]
            asked = self._say(talk, talk.leaf, "USER", wanted["content"])
        else:
            talk, target = self.of_message(wanted["messageId"])
            asked = (
                self._say(talk, target.parent, "USER", wanted["content"])
                if name == "Edit"
                else talk.messages[str(target.parent)]
            )
        if talk.title == "New conversation":
            talk.title = asked.content
        answer = self._say(talk, asked.id, "ASSISTANT", "")
        answer.status = "STREAMING"
        return talk, answer, asked.content

    def change(self, name: str, wanted: dict[str, Any]) -> dict[str, Any]:
        """Create, update or delete conversations; what the API says of it."""
        if name == "Create":
            talk = self.talk()
            choose(talk, wanted)
            return {"conversation": {"id": talk.id}}
        if "conversationIds" in wanted:
            return self._change_many(name, wanted)
        talk = self.talks[wanted["conversationId"]]
        talk.title = wanted.get("title", talk.title)
        choose(talk, wanted)
        if "pinned" in wanted:
            talk.pinned = "2026-11-22T12:00:00Z" if wanted["pinned"] else None
        return {"conversation": entry(talk)}

    def _change_many(self, name: str, wanted: dict[str, Any]) -> dict[str, Any]:
        ids = [one for one in wanted["conversationIds"] if one in self.talks]
        if name == "Delete":
            for one in ids:
                del self.talks[one]
            return {"deletedConversationIds": ids}
        for one in ids:
            self.talks[one].archived = wanted["archived"]
        return {"conversations": [entry(self.talks[one]) for one in ids]}

    def change_message(self, name: str, wanted: dict[str, Any]) -> dict[str, Any]:
        """Show or judge a message; what the API says of it."""
        talk, said = self.of_message(wanted["messageId"])
        if name == "Select":
            talk.leaf = talk.deepest(said.id)
            return {"conversation": {"id": talk.id}}
        said.rating, said.comment = wanted["rating"], wanted["comment"]
        return {"message": {"id": said.id, "feedback": feedback(said)}}

    def page(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """A page of the list, newest first, and with the first one what is pinned."""
        found = [
            talk
            for talk in self.talks.values()
            if talk.archived == bool(wanted.get("archived"))
        ]
        found.sort(key=lambda talk: talk.updated, reverse=True)
        ids = [talk.id for talk in found]
        start = ids.index(wanted["after"]) + 1 if wanted.get("after") else 0
        shown = found[start : start + wanted["first"]]
        page = {
            "nodes": [entry(talk) for talk in shown],
            "pageInfo": {
                "hasNextPage": start + len(shown) < len(found),
                "endCursor": shown[-1].id if shown else None,
            },
        }
        pinned = {"nodes": [entry(talk) for talk in found if talk.pinned]}
        start = {"pinned": pinned} if wanted["start"] else {}
        return {**start, "conversations": page}


def entry(talk: Talk) -> dict[str, Any]:
    minutes, seconds = divmod(talk.updated, 60)
    return {
        "id": talk.id,
        "title": talk.title,
        "archived": talk.archived,
        "pinnedAt": talk.pinned,
        "updatedAt": f"2026-11-22T{minutes // 60:02}:{minutes % 60:02}:{seconds:02}Z",
    }


def choose(talk: Talk, wanted: dict[str, Any]) -> None:
    """Keep who answers, and how, where that is said."""
    talk.assistant = wanted.get("assistantId") or talk.assistant
    talk.options = wanted.get("options", talk.options)


def conversation(talk: Talk, wanted: dict[str, Any]) -> dict[str, Any]:
    """The conversation with the asked-for part of its branch."""
    branch = talk.branch()
    paid = [m for m in talk.messages.values() if m.generation and _ended(m)]
    running = next((m for m in branch[-1:] if not _ended(m)), None)
    return {
        **entry(talk),
        "assistant": {"id": talk.assistant},
        "options": {
            "model": {"id": talk.options["modelId"]}
            if talk.options.get("modelId")
            else None,
            "temperature": talk.options.get("temperature"),
            "maxCompletionTokens": talk.options.get("maxCompletionTokens"),
        },
        "messages": _messages(talk, branch, wanted),
        "activeGeneration": {"id": running.generation} if running else None,
        "cost": {
            **RECEIPT,
            "amount": f"{len(paid) * 402 / 1_000_000:f}",
            "items": [],
            "priceSource": None,
        },
    }


def _ended(message: Said) -> bool:
    return message.status != "STREAMING"


def _messages(talk: Talk, branch: list[Said], wanted: dict[str, Any]) -> dict[str, Any]:
    ids = [said.id for said in branch]
    start = ids.index(wanted["after"]) + 1 if wanted.get("after") else 0
    end = ids.index(wanted["before"]) if wanted.get("before") else len(branch)
    if "first" in wanted:
        end = min(end, start + wanted["first"])
    else:
        start = max(start, end - wanted.get("last", 1))
    shown = branch[start:end]
    return {
        "nodes": [_message(talk, said) for said in shown],
        "pageInfo": {
            "hasPreviousPage": start > 0,
            "hasNextPage": end < len(branch),
            "startCursor": shown[0].id if shown else None,
            "endCursor": shown[-1].id if shown else None,
        },
    }


def _message(talk: Talk, said: Said) -> dict[str, Any]:
    answer = said.role == "ASSISTANT"
    paid = answer and _ended(said)
    total = len(said.content.split()) * 2
    cost = {**RECEIPT, "estimated": said.status == "STOPPED"}
    return {
        "id": said.id,
        "role": said.role,
        "status": said.status,
        "content": said.content,
        "createdAt": "2026-11-22T17:45:00Z",
        "tokenUsage": {"totalTokens": total} if paid else None,
        "cost": cost if paid else None,
        "finishReason": "STOP" if said.status == "COMPLETED" and answer else None,
        "problem": said.problem,
        "feedback": feedback(said),
        "model": {"name": "echo"} if answer else None,
        "versions": [
            {
                "id": other.id,
                "content": other.content,
                "status": other.status,
                "createdAt": "2026-11-22T17:45:00Z",
            }
            for other in talk.siblings(said)
        ],
    }


def feedback(said: Said) -> dict[str, Any] | None:
    if said.rating is None:
        return None
    return {"rating": said.rating, "comment": said.comment}
