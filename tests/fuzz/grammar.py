"""Documents, variables and messages that nobody would write, by Hypothesis."""

from typing import Any

from hypothesis import strategies as st

from graphql_api.schema.build import build_schema
from graphql_api.schema.documents.rules import read_rules
from tests import hostile

RULES = read_rules(build_schema()._schema)
FIELDS = sorted({name for rules in RULES.values() for name in rules} | {"__typename"})
TYPES = sorted(RULES)
FRAGMENTS = [f"F{number}" for number in range(5)]
VARIABLES = ["a", "b", "history", "ids", "first"]
ARGUMENTS = ["id", "ids", "first", "last", "after", "history", "input", "since", "if"]
MAX_CHARS = 250_000
names = st.sampled_from([*FIELDS, "a", "x" * 300])
texts = st.text(max_size=20) | st.sampled_from(
    ["\0", "\\u0000", "\\uD800", '"""', "\n"]
)
numbers = st.sampled_from(
    ["0", "-1", "1" * 11, "9" * 5_000, "1e999", "0.1", "-0", "00"]
)


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    entries = st.tuples(names, inner).map(lambda pair: f"{pair[0]}: {pair[1]}")
    deep = st.tuples(st.integers(1, 300), inner)
    return st.one_of(
        st.lists(inner, max_size=4).map(lambda items: f"[{' '.join(items)}]"),
        st.lists(entries, max_size=4).map(lambda items: f"{{{' '.join(items)}}}"),
        deep.map(lambda pair: "[" * pair[0] + pair[1] + "]" * pair[0]),
        deep.map(lambda pair: "{a:" * pair[0] + pair[1] + "}" * pair[0]),
    )


values = st.recursive(
    st.one_of(
        numbers,
        texts.map(lambda text: f'"{text}"'),
        texts.map(lambda text: f'"""{text}"""'),
        st.sampled_from(["USER", "true", "null", "$a", "$history", "$missing"]),
    ),
    _nested,
    max_leaves=6,
)


@st.composite
def arguments(draw: st.DrawFn) -> str:
    given = draw(st.lists(st.tuples(st.sampled_from(ARGUMENTS), values), max_size=2))
    return f"({' '.join(f'{n}: {v}' for n, v in given)})" if given else ""


@st.composite
def directives(draw: st.DrawFn) -> str:
    count = draw(st.sampled_from([0, 0, 0, 1, 70]))
    return draw(st.sampled_from(["@skip(if: false)", "@x", "@cost(weight: 1)"])) * count


def _selections(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    @st.composite
    def one(draw: st.DrawFn) -> str:
        below = f"{{ {draw(inner)} }}"
        alias = draw(st.sampled_from(["", "", "a: "]))
        field = f"{alias}{draw(names)}{draw(arguments())}{draw(directives())}"
        on = f"... on {draw(st.sampled_from(TYPES))}"
        text = f"{draw(st.sampled_from([field, on, '...']))} {below} "
        times = draw(st.sampled_from([1, 1, 1, 2, 30, 600]))
        # Within one another they multiply, and soon nothing can hold the text.
        return text * min(times, max(MAX_CHARS // len(text), 1))

    return st.lists(one(), min_size=1, max_size=3).map(" ".join)


selections = st.recursive(
    st.lists(
        names | st.sampled_from([f"...{name}" for name in FRAGMENTS]),
        min_size=1,
        max_size=4,
    ).map(" ".join),
    _selections,
    max_leaves=5,
)


@st.composite
def _operation(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(["query", "mutation", "subscription"]))
    name = draw(st.sampled_from(["", "A", "B"]))
    declared = draw(st.lists(st.sampled_from(VARIABLES), max_size=3))
    types = st.sampled_from(["Int", "[ID!]!", "[MessageInput!]!", "Nope", "Role = A"])
    variables = " ".join(f"${name}: {draw(types)}" for name in declared)
    head = f"{kind} {name} {f'({variables})' if variables else ''}"
    return f"{head} {{ {draw(selections)} }}"


@st.composite
def _fragment(draw: st.DrawFn) -> str:
    name, on = draw(st.sampled_from(FRAGMENTS)), draw(st.sampled_from(TYPES))
    return f"fragment {name} on {on} {{ {draw(selections)} }}"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A document by the grammar, a bomb, or one with a piece cut out."""
    bombs = st.tuples(st.integers(1, 60), st.integers(1, 4)).map(
        lambda size: hostile.fragment_bomb(size[0], width=size[1])
    )
    parts = st.lists(_operation() | _fragment(), min_size=1, max_size=5)
    text = draw(parts.map("\n".join) | bombs)[:MAX_CHARS]
    start, length = draw(st.integers(0, 2_000)), draw(st.sampled_from([0, 0, 1, 9]))
    return text[:start] + text[start + length :]


json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.just(10**4_000),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(alphabet=st.characters(), max_size=8) | st.just("\ud800"),
        st.just("x" * 20_000),
        # Only at the ends: within one another repetitions would multiply.
        st.sampled_from([1, None, "", "USER", {}, []]).map(lambda one: [one] * 2_000),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from([*ARGUMENTS, "role", "content"]), inner),
        st.tuples(st.integers(1, 200), inner).map(lambda pair: deep(*pair)),
    ),
    max_leaves=4,
)


def deep(levels: int, value: object) -> object:
    for _ in range(levels):
        value = [value]
    return value


variables = st.dictionaries(st.sampled_from(VARIABLES), json_values, max_size=3)
requests = st.fixed_dictionaries(
    {"query": documents() | json_values},
    optional={
        "variables": variables | json_values,
        "operationName": st.sampled_from(["A", "", None, 1]),
        "extensions": json_values,
        "documentId": json_values,
    },
)
messages = st.one_of(
    json_values,
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(
                [
                    "connection_init",
                    "ping",
                    "pong",
                    "subscribe",
                    "subscribe",
                    "complete",
                ]
            )
            | json_values,
        },
        optional={
            "id": st.sampled_from(["1", "2", "", "x" * 500]) | json_values,
            "payload": requests | json_values,
        },
    ),
)
