"""The body of a request, and what a server turned out not to understand of it."""

import logging
import re
from dataclasses import dataclass, field
from typing import Final

from graphql_api.adapters.openai.failures import Refusal, context_full
from graphql_api.domain.messages import Message, Role
from graphql_api.domain.models import ModelRequest
from graphql_api.ports.model import ModelEndpoint

Json = dict[str, object]

# What can be left out or renamed when a server or a model refuses it: old servers know
# neither of the first two, reasoning models accept no temperature but their own.
_OPTIONAL: Final = ("stream_options", "max_completion_tokens", "temperature")
# Seen from OpenAI, vLLM, llama.cpp, Azure and servers built on pydantic.
_UNKNOWN: Final = re.compile(
    r"unknown|unsupported|unrecognized|unexpected|not support|permitted|not allowed",
    re.IGNORECASE,
)
_ROLES: Final = {Role.USER: "user", Role.ASSISTANT: "assistant"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Dialects:
    """Remembers which parameters each model of a server refused."""

    _refused: dict[tuple[str, str], set[str]] = field(
        default_factory=dict[tuple[str, str], set[str]]
    )

    def body(self, request: ModelRequest, endpoint: ModelEndpoint) -> Json:
        """The body of a streamed chat completion, as far as the server knows it."""
        body: Json = {
            "model": request.model.name,
            "messages": _messages(request),
            "stream": True,
            "temperature": request.temperature,
        }
        if endpoint.include_usage:
            body["stream_options"] = {"include_usage": True}
        if request.max_completion_tokens is not None:
            body[endpoint.max_tokens_field] = request.max_completion_tokens
        for name in self._refused.get((endpoint.base_url, request.model.name), ()):
            _leave_out(name, body)
        return body

    def learn(self, body: Json, endpoint: ModelEndpoint, refusal: Refusal) -> bool:
        """Whether the server refused a parameter that it can do without."""
        text = f"{refusal.param} {refusal.code} {refusal.message}"
        if context_full(refusal) or not _UNKNOWN.search(text):
            return False
        for name in _OPTIONAL:
            if name in body and name in text:
                model = str(body["model"])
                self._refused.setdefault((endpoint.base_url, model), set()).add(name)
                _log.warning("openai.parameter_refused model=%s name=%s", model, name)
                return True
        return False


def _leave_out(name: str, body: Json) -> None:
    value = body.pop(name, None)
    if name == "max_completion_tokens" and value is not None:
        body["max_tokens"] = value


def _messages(request: ModelRequest) -> list[Json]:
    history = [_message(message) for message in request.history]
    if not request.system_prompt:
        return history
    return [{"role": "system", "content": request.system_prompt}, *history]


def _message(message: Message) -> Json:
    # Half a surrogate pair, which JSON can carry, cannot be sent as UTF-8.
    content = message.content.encode(errors="replace").decode()
    return {"role": _ROLES[message.role], "content": content}
