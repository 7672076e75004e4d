"""What is said on a graphql-transport-ws socket, and what must come back.

Each name is a behaviour that the protocol document asks for.
"""

import json
from typing import Any

INIT = {"type": "connection_init"}
ACK = {"type": "connection_ack"}
PING = {"type": "ping"}
PONG = {"type": "pong"}
HEALTH = "{ health { status } }"
OK = {"data": {"health": {"status": "OK"}}}
CHAT = 'mutation { chat(history: [{role: USER, content: "Pow!"}]) { finishReason } }'
CHATTED = {"data": {"chat": {"finishReason": "STOP"}}}
CREATE = 'mutation { createConversation(input: {title: "x"}) { __typename } }'
SLOW = """subscription {
  chatStream(history: [{role: USER, content: "__slow__ one two three four five"}]) {
    __typename
  }
}"""


def subscribe(query: str, name: str = "1", **members: object) -> dict[str, Any]:
    payload = {"query": query, **members}
    return {"id": name, "type": "subscribe", "payload": payload}


def answered(payload: object, name: str = "1") -> list[dict[str, Any]]:
    return [
        {"id": name, "type": "next", "payload": payload},
        {"id": name, "type": "complete"},
    ]


# What is sent, and all that must come back, in this order.
ANSWERED: dict[str, tuple[list[Any], list[Any]]] = {
    "init is acknowledged": ([INIT], [ACK]),
    "init may have a payload": ([{**INIT, "payload": {"a": [1]}}], [ACK]),
    "a null payload is as good as none": ([{**INIT, "payload": None}], [ACK]),
    "members that nobody knows are no fault": ([{**INIT, "x": 1}], [ACK]),
    "a ping is answered before init": ([PING], [PONG]),
    "a ping gets its payload back": (
        [INIT, {**PING, "payload": {"n": 1}}],
        [ACK, {**PONG, "payload": {"n": 1}}],
    ),
    "a ping with a null payload is answered": ([{**PING, "payload": None}], [PONG]),
    "a pong needs no ping and gets no answer": (
        [{**PONG, "payload": {"n": 1}}, INIT],
        [ACK],
    ),
    "a query runs": ([INIT, subscribe(HEALTH)], [ACK, *answered(OK)]),
    "a mutation runs": ([INIT, subscribe(CHAT)], [ACK, *answered(CHATTED)]),
    "members of an operation may be null": (
        [INIT, subscribe(HEALTH, variables=None, operationName=None, extensions=None)],
        [ACK, *answered(OK)],
    ),
    "the operation is chosen by its name": (
        [
            INIT,
            subscribe(f"query A {HEALTH} query B {{ __typename }}", operationName="B"),
        ],
        [ACK, *answered({"data": {"__typename": "Query"}})],
    ),
    "completing what nobody started changes nothing": (
        [INIT, {"id": "9", "type": "complete"}, PING],
        [ACK, PONG],
    ),
}

# What is sent, and the code and reason of the close that must follow.
CLOSED: dict[str, tuple[list[Any], int, str]] = {
    "not JSON": ([INIT, "nope"], 4400, "valid JSON"),
    "not a number of JSON": ([INIT, '{"type": "ping", "payload": NaN}'], 4400, "JSON"),
    "nested too deep": ([INIT, "[" * 50_000], 4400, "JSON"),
    "a number of 5,000 digits": ([INIT, "9" * 5_000], 4400, "JSON"),
    "a binary frame": ([INIT, json.dumps(PING).encode()], 4400, "text"),
    "an array": ([INIT, []], 4400, "object"),
    "a number": ([INIT, "1"], 4400, "object"),
    "no type": ([INIT, {}], 4400, "type"),
    "an unknown type": ([INIT, {"type": "start"}], 4400, "type"),
    "a type of the server": ([INIT, {"type": "next", "id": "1"}], 4400, "type"),
    "a type that is no string": ([INIT, {"type": ["ping"]}], 4400, "type"),
    "a ping with a wrong payload": ([INIT, {**PING, "payload": 1}], 4400, "payload"),
    "a pong with a wrong payload": ([INIT, {**PONG, "payload": []}], 4400, "payload"),
    "an init with a wrong payload": ([{**INIT, "payload": "x"}], 4400, "payload"),
    "subscribe without id": (
        [INIT, {"type": "subscribe", "payload": {"query": HEALTH}}],
        4400,
        "id",
    ),
    "subscribe with an empty id": ([INIT, subscribe(HEALTH, "")], 4400, "id"),
    "subscribe with a huge id": ([INIT, subscribe(HEALTH, "x" * 129)], 4400, "id"),
    "subscribe with a numeric id": (
        [INIT, {**subscribe(HEALTH), "id": 1}],
        4400,
        "id",
    ),
    "subscribe without payload": (
        [INIT, {"id": "1", "type": "subscribe"}],
        4400,
        "query",
    ),
    "subscribe with a null payload": (
        [INIT, {"id": "1", "type": "subscribe", "payload": None}],
        4400,
        "query",
    ),
    "a query that is no string": (
        [INIT, {"id": "1", "type": "subscribe", "payload": {"query": {}}}],
        4400,
        "query",
    ),
    "variables that are no object": (
        [INIT, subscribe(HEALTH, variables=[])],
        4400,
        "variables",
    ),
    "an operation name that is no string": (
        [INIT, subscribe(HEALTH, operationName=1)],
        4400,
        "operationName",
    ),
    "extensions that are no object": (
        [INIT, subscribe(HEALTH, extensions="x")],
        4400,
        "extensions",
    ),
    "complete without id": ([INIT, {"type": "complete"}], 4400, "id"),
    "subscribe before init": ([subscribe(HEALTH)], 4401, "Unauthorized"),
    "no init within three seconds": ([], 4408, "initialisation timeout"),
    "pings are no init": ([PING], 4408, "initialisation timeout"),
    "an id that is in use": (
        [INIT, subscribe(SLOW, "same"), subscribe(SLOW, "same")],
        4409,
        "Subscriber for same already exists",
    ),
    "a long id that is in use": (
        [INIT, subscribe(SLOW, "ü" * 128), subscribe(SLOW, "ü" * 128)],
        4409,
        "Subscriber for ü",
    ),
    "half a character that is in use": (
        [INIT, subscribe(SLOW, "\ud800"), subscribe(SLOW, "\ud800")],
        4409,
        "Subscriber for ?",
    ),
    "a second init": ([INIT, INIT], 4429, "Too many initialisation requests"),
}
