"""The passage around a hit, in pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.domain.snippets import snippet

LONG = "Nothing here. " * 200


def marked(text: str, search: str) -> str:
    return "".join(f"[{p.text}]" if p.hit else p.text for p in snippet(text, search))


@pytest.mark.parametrize(
    ("text", "search", "found"),
    [
        ("Who is Robin?", "robin", "Who is [Robin]?"),
        ("Who is Robin?", "rob", "Who is [Rob]in?"),
        ("Who is Robin?", "rob is", "Who [is] Robin?"),
        ("The Gotham-City", "gotham city", "The [Gotham]-[City]"),
        ("The Gotham-City", "gotham-ci", "The [Gotham-Ci]ty"),
        ("Été à Metropolis", "ete", "[Été] à Metropolis"),
        ("Straße", "strasse", "Straße"),
        ("ROBIN robin", "robin", "[ROBIN] [robin]"),
        ("robins", "robin x", "robins"),
        ("蝙蝠侠的管家是谁", "管家", "蝙蝠侠的[管家]是谁"),
        ("**Alfred**\n\n- `code`  |a|", "alfred", "[Alfred] - code a"),
        ("# Title\n## Robin", "robin", "Title [Robin]"),
        ("a*b (c) [d]", "b (c)", "a*[b] ([c]) [d]"),
        ("Nothing", "+++", "Nothing"),
        ("Nothing", "", "Nothing"),
        ("", "robin", ""),
    ],
)
def test_what_was_looked_for_is_marked(text: str, search: str, found: str) -> None:
    assert marked(text, search) == found


def test_a_long_text_is_cut_around_the_first_hit() -> None:
    found = marked(f"{LONG}Then came Robin. {LONG}", "robin")
    assert found.startswith("…")
    assert found.endswith("…")
    assert "Then came [Robin]. Nothing" in found
    assert len(found) < 200


def test_without_a_hit_the_passage_is_the_start() -> None:
    assert marked(LONG, "robin").startswith("Nothing here. Nothing")


@given(text=st.text(), search=st.text(max_size=40))
def test_nothing_is_added_to_a_text_but_ellipses(text: str, search: str) -> None:
    for part in snippet(text, search):
        assert set(part.text) <= {*text, " ", "…"}
