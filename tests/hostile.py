"""Requests that were made to hurt: each is at most 256 kB and costs its sender nothing.

`make attack` sends them all and prints what each costs the event loop; the tests hold
them against counts, which do not depend on the machine.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

KB: Final = 1_000
ASK: Final = "{ health { status } }"
CHAT: Final = 'chat(history: [{role: USER, content: "x"}]) { finishReason }'
HISTORY: Final = """mutation ($history: [MessageInput!]!) {
  chat(history: $history) { finishReason } }"""
NODES: Final = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
Request = Mapping[str, Any]


def fragment_bomb(levels: int, *, width: int = 2) -> str:
    """A few hundred bytes that unfold to `width ** levels` fields."""
    spreads = [
        f"fragment F{n} on Query {{ {f'...F{n + 1} ' * width} }}" for n in range(levels)
    ]
    last = f"fragment F{levels} on Query {{ health {{ status }} }}"
    return "\n".join(["query { ...F0 }", *spreads, last])


def field_bomb(levels: int) -> str:
    """Fragments that double through fields, which validation compares in pairs."""
    parts = [
        f"fragment P{n} on ConversationMessage {{"
        f" parent {{ ...P{n + 1} }} parent {{ ...P{n + 1} }} }}"
        for n in range(levels)
    ]
    last = f"fragment P{levels} on ConversationMessage {{ content }}"
    first = '{ node(id: "x") { ... on ConversationMessage { ...P0 } } }'
    return "\n".join([first, *parts, last])


def deep_selection(levels: int) -> str:
    opened = "parent { " * levels + "content" + " }" * levels
    return f'{{ node(id: "x") {{ ... on ConversationMessage {{ {opened} }} }} }}'


def overlapping(count: int) -> str:
    """The same field many times with many subfields: pairs of pairs."""
    inner = "status version " * 10
    return "{ " + f"health {{ {inner} }} " * count + "}"


def fragment_mesh(count: int) -> str:
    """Every fragment spreads all that follow it: validation compares all pairs."""
    names = range(count)
    rest = [" ".join(f"...M{later}" for later in names[n + 1 :]) for n in names]
    parts = [
        f"fragment M{n} on Query {{ health {{ status }} {rest[n]} }}" for n in names
    ]
    return "\n".join(["{ ...M0 }", *parts])


def operations_and_fragments(count: int) -> str:
    """Many operations that each use all fragments: validation follows each anew."""
    chain = [
        f"fragment C{n} on Query {{ health {{ status }} ...C{n + 1} }}"
        for n in range(count)
    ]
    last = f"fragment C{count} on Query {{ health {{ status }} }}"
    return "\n".join([*(f"query Q{n} {{ ...C0 }}" for n in range(count)), *chain, last])


def introspection(aliases: int) -> str:
    """The type system, wide and deep."""
    deep = "name type { name ofType { name fields { name args { name } } } }"
    types = f"types {{ name fields {{ {deep} }} }}"
    return (
        "{ " + " ".join(f"a{n}: __schema {{ {types} }}" for n in range(aliases)) + "}"
    )


def _filled(unit: str, size: int) -> str:
    return unit * (size // len(unit))


def _nested(opening: str, inner: str, closing: str, levels: int) -> str:
    return opening * levels + inner + closing * levels


def _page(inner: str) -> str:
    return f"conversations(first: 100) {{ nodes {{ {inner} }} }}"


def tree(levels: int, width: int) -> str:
    """Overlapping fields at every level, as many as the limits allow."""
    below = tree(levels - 1, width) if levels else "content"
    return " ".join([f"parent {{ {below} }}"] * width)


def _message(inner: str) -> str:
    return f'{{ node(id: "x") {{ ... on ConversationMessage {{ {inner} }} }} }}'


_REQUESTS: Final[Mapping[str, Callable[[], Request]]] = {
    "fragment bomb": lambda: {"query": fragment_bomb(24)},
    "fragment bomb, wide": lambda: {"query": fragment_bomb(8, width=100)},
    "field bomb": lambda: {"query": field_bomb(14)},
    "fragment mesh": lambda: {"query": fragment_mesh(150)},
    "fragment mesh within the tokens": lambda: {"query": fragment_mesh(25)},
    "operations and fragments": lambda: {
        "query": operations_and_fragments(1_000),
        "operationName": "Q0",
    },
    "operations within the tokens": lambda: {
        "query": operations_and_fragments(75),
        "operationName": "Q0",
    },
    "10,000 aliases": lambda: {
        "query": "{" + " ".join(f"a{n}: __typename" for n in range(10_000)) + "}"
    },
    "290 aliases": lambda: {
        "query": "{" + " ".join(f"a{n}: health {{status}}" for n in range(290)) + "}"
    },
    "the same field 90,000 times": lambda: {"query": "{" + "a " * 90_000 + "}"},
    "the same field 1,490 times": lambda: {"query": "{" + "__typename " * 1_490 + "}"},
    "overlapping fields": lambda: {"query": overlapping(60)},
    "overlapping fields, 1,000": lambda: {"query": overlapping(1_000)},
    "overlapping fields below overlapping fields": lambda: {
        "query": _message(("parent { " + "content " * 16 + "} ") * 22)
    },
    "overlapping tree": lambda: {"query": _message(tree(6, 2))},
    "overlapping tree within the limits": lambda: {"query": _message(tree(5, 2))},
    "overlapping pairs within the limits": lambda: {
        "query": _message(("parent { " + "content " * 7 + "} ") * 17)
    },
    "overlapping inline fragments": lambda: {
        "query": _message("... { parent { ... { content } ... { content } } } " * 105)
    },
    "deep selections": lambda: {"query": deep_selection(15_000)},
    "190 deep selections": lambda: {"query": deep_selection(190)},
    "deep list literal": lambda: {
        "query": f"{{ nodes(ids: {_nested('[', '', ']', 100_000)}) {{ id }} }}"
    },
    "190 deep list literal": lambda: {
        "query": f"{{ nodes(ids: {_nested('[', '', ']', 190)}) {{ id }} }}"
    },
    "deep object literal": lambda: {
        "query": f"{{ nodes(ids: {_nested('{a:', '1', '}', 50_000)}) {{ id }} }}"
    },
    "long list literal": lambda: {
        "query": f"{{ nodes(ids: [{_filled('1 ', 240 * KB)}]) {{ id }} }}"
    },
    "directives": lambda: {
        "query": "{ __typename " + _filled("@skip(if: false) ", 240 * KB) + "}"
    },
    "unknown directives": lambda: {
        "query": "{ __typename " + _filled("@a ", 2_100) + "}"
    },
    "huge string": lambda: {"query": f'{{ node(id: "{"x" * 240 * KB}") {{ id }} }}'},
    "huge block string": lambda: {
        "query": '{ node(id: """' + _filled(" \\n", 120 * KB) + '""") { id } }'
    },
    "escaped string": lambda: {
        "query": '{ node(id: "' + _filled("\\u0041", 110 * KB) + '") { id } }'
    },
    "comments": lambda: {"query": _filled("#\n", 160 * KB) + ASK},
    "commas": lambda: {"query": _filled(",", 240 * KB) + ASK},
    "huge name": lambda: {"query": "{ " + "x" * 240 * KB + " }"},
    "huge operation name": lambda: {"query": ASK, "operationName": "x" * 240 * KB},
    "many variables": lambda: {
        "query": "query ("
        + " ".join(f"$v{n}: Int" for n in range(15_000))
        + ") { __typename }"
    },
    "360 unused variables": lambda: {
        "query": "query (" + " ".join(f"$v{n}: Int" for n in range(360)) + ")" + ASK
    },
    "unknown fields": lambda: {
        "query": "{ " + " ".join(f"field{n}" for n in range(1_400)) + " }"
    },
    "huge number in the document": lambda: {
        "query": f"{{ assistants(first: {'9' * 5_000}) {{ totalCount }} }}"
    },
    "huge float in the document": lambda: {
        "query": f"mutation {{ {CHAT} }}".replace(
            "]) {", f"], options: {{temperature: {'9' * 400}}}) {{"
        )
    },
    "huge number in the variables": lambda: {
        "query": "query ($n: Int) { assistants(first: $n) { totalCount } }",
        "variables": {"n": 10**4_000},
    },
    "huge float in the variables": lambda: {
        "query": "mutation ($t: Float) {"
        + CHAT.replace("]) {", "], options: {temperature: $t}) {")
        + "}",
        "variables": {"t": 10**4_000},
    },
    "unpaired surrogate": lambda: {
        "query": "query ($s: String) { conversations(search: $s) { totalCount } }",
        "variables": {"s": "\ud800"},
    },
    "a zero character": lambda: {
        "query": "query ($s: String) { conversations(search: $s) { totalCount } }",
        "variables": {"s": "a\0b"},
    },
    "deep variables": lambda: {
        "query": NODES,
        "variables": {"ids": json.loads(_nested("[", "", "]", 900))},
    },
    "110,000 wrong variables": lambda: {
        "query": HISTORY,
        "variables": {"history": [1] * 110_000},
    },
    "110,000 ids": lambda: {"query": NODES, "variables": {"ids": [1] * 110_000}},
    "7,000 messages": lambda: {
        "query": HISTORY,
        "variables": {"history": [{"role": "USER", "content": ""}] * 7_000},
    },
    "20,000 unknown input fields": lambda: {
        "query": HISTORY,
        "variables": {"history": [{f"a{n}": 0 for n in range(20_000)}]},
    },
    "wide introspection": lambda: {"query": introspection(1)},
    "introspection 20 times": lambda: {"query": introspection(20)},
    "paid twenty times": lambda: {
        "query": "mutation {" + " ".join(f"a{n}: {CHAT}" for n in range(20)) + "}"
    },
    "lists of lists": lambda: {
        "query": "{" + _page("messages(first: 100) { nodes { versions { id } } }") + "}"
    },
    "lists of lists in circles": lambda: {
        "query": "{"
        + _page("messages { nodes { conversation { messages { nodes { id } } } } }")
        + "}"
    },
}

NAMES: Final = tuple(_REQUESTS)


def request(name: str) -> Request:
    """The body of the request, as JSON will carry it."""
    return _REQUESTS[name]()


def body(name: str) -> bytes:
    """The bytes on the wire: never more than the endpoint takes."""
    return json.dumps(request(name), separators=(",", ":")).encode()
