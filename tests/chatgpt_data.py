"""Conversations as ChatGPT exports them."""

from typing import Any

BEGAN = 1_700_000_000.25


def message(
    role: str = "user", *parts: Any, kind: str = "text", at: float | None = None
) -> dict[str, Any]:
    model = {"model_slug": "gpt-4o"} if role == "assistant" else {}
    return {
        "author": {"role": role, "metadata": {}},
        "create_time": at,
        "content": {"content_type": kind, "parts": list(parts)},
        "weight": 1.0,
        "metadata": model,
        "recipient": "all",
    }


def tree(
    nodes: list[tuple[str, str | None, dict[str, Any] | None]], **fields: Any
) -> dict[str, Any]:
    """Make a conversation of (key, parent, message); the last one is the current."""
    mapping = {
        key: {
            "id": key,
            "message": said,
            "parent": parent,
            "children": [other for other, above, _ in nodes if above == key],
        }
        for key, parent, said in nodes
    }
    talk = {
        "title": "Sidekicks",
        "create_time": BEGAN,
        "update_time": BEGAN + 60,
        "mapping": mapping,
        "current_node": nodes[-1][0] if nodes else None,
        "conversation_id": "6f1c",
    }
    return talk | fields


def plain(**fields: Any) -> dict[str, Any]:
    """Make a question with an answer, behind the empty nodes of every beginning."""
    return tree(
        [
            ("root", None, None),
            ("sys", "root", message("system", "", kind="text")),
            ("q", "sys", message("user", "Who is Robin?", at=BEGAN + 1)),
            ("a", "q", message("assistant", "Batman's sidekick.", at=BEGAN + 2)),
        ],
        **fields,
    )
