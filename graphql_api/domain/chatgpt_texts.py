"""What a message of ChatGPT's export says, as Markdown; "" when it shows nothing.

The format is not documented and grows: what is not known is left out, or named in
brackets where a person would miss it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

Node = Mapping[str, Any]

_WRITTEN: Final = ("text", "multimodal_text", "code")
_NOTES: Final = {
    "image_asset_pointer": "[image]",
    "audio_asset_pointer": "[audio]",
    "real_time_user_audio_video_asset_pointer": "[audio]",
    "video_container_asset_pointer": "[video]",
}
_PICTURE: Final = "[image]"


def text_of(message: Node) -> str:
    """What the message shows a reader."""
    if _hidden(message):
        return ""
    content = mapping_of(message.get("content"))
    kind, parts = content.get("content_type"), _parts(content)
    role = role_of(message)
    if role == "tool":
        # A picture that a tool drew is part of the answer; the rest is its machinery.
        return "\n\n".join(part for part in parts if part == _PICTURE)
    if kind not in _WRITTEN or role not in {"user", "assistant"}:
        return ""
    if kind == "code":
        return _code(content)
    if role == "user":
        parts += _attachments(message)
    return clean("\n\n".join(part for part in parts if part.strip()))


def role_of(message: Node) -> str:
    """Who wrote it: user, assistant, system or tool."""
    return str(mapping_of(message.get("author")).get("role"))


def model_of(message: Node) -> str | None:
    """Name of the model that wrote it; None when that is not told."""
    name = mapping_of(message.get("metadata")).get("model_slug")
    return clean(name)[:200] if isinstance(name, str) and name else None


def clean(text: str) -> str:
    """The text without what is no character: NUL, and halves of surrogate pairs."""
    text = text.replace("\0", "\ufffd")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _hidden(message: Node) -> bool:
    metadata = mapping_of(message.get("metadata"))
    if metadata.get("is_visually_hidden_from_user") or message.get("weight") == 0:
        return True
    # What is not meant for everybody is a call of a tool.
    return message.get("recipient", "all") not in {"all", None}


def _parts(content: Node) -> list[str]:
    return [_part(part) for part in _list_of(content.get("parts"))]


def _part(part: object) -> str:
    if isinstance(part, str):
        return part
    fields = mapping_of(part)
    kind, text = fields.get("content_type"), fields.get("text")
    if isinstance(text, str):
        return text
    return _NOTES.get(str(kind), f"[{kind}]" if kind else "")


def _code(content: Node) -> str:
    text, language = content.get("text"), content.get("language")
    if not isinstance(text, str) or not text.strip():
        return ""
    named = language if isinstance(language, str) and language.isalnum() else ""
    fence = "```"
    while fence in text:
        fence += "`"
    return clean(f"{fence}{'' if named == 'unknown' else named}\n{text}\n{fence}")


def _attachments(message: Node) -> list[str]:
    """Notes on files; pictures are among the parts."""
    attached = mapping_of(message.get("metadata")).get("attachments")
    files = [mapping_of(one) for one in _list_of(attached)]
    return [
        f"[file: {one['name']}]"
        for one in files
        if isinstance(one.get("name"), str)
        and not str(one.get("mime_type", one.get("mimeType"))).startswith("image/")
    ]


def mapping_of(value: object) -> Node:
    """The value if it is a JSON object, else an empty one."""
    # The keys of what JSON gives are texts; the values are looked at one by one.
    return cast("Node", value) if isinstance(value, dict) else {}


def _list_of(value: object) -> Sequence[object]:
    # The same for a JSON array.
    return cast("Sequence[object]", value) if isinstance(value, list) else ()
