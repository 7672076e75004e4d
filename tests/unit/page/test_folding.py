from dataclasses import replace
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from reflex_app.folding import PARTS, Parts, fold, lean
from reflex_app.view import Row

EMPTY: Parts = [[] for _ in range(PARTS)]


def many(first: int, last: int) -> list[Row]:
    return [Row(key=str(n), role="USER", content="x") for n in range(first, last)]


def sent(before: Parts, after: Parts) -> int:
    """How many rows go to the browser when parts change."""
    return sum(
        len(new) for old, new in zip(before, after, strict=True) if new is not old
    ) - sum(len(new) for old, new in zip(before, after, strict=True) if new == old)


def check(split: Parts, rows: list[Row]) -> None:
    assert len(split) == PARTS
    assert list(chain(*split)) == rows


@given(
    st.lists(st.integers(1, 30), max_size=40),
    st.lists(st.integers(1, 60), max_size=8),
    st.integers(0, 2000),
)
def test_every_row_is_shown_once_and_in_order(
    added: list[int], paged: list[int], changed: int
) -> None:
    split, start, end = EMPTY, 1000, 1000
    for number in added:
        end += number
        split = fold(split, many(start, end))
        check(split, many(start, end))
    for number in paged:
        start -= number
        split = fold(split, many(start, end))
        check(split, many(start, end))

    rows = many(start, end)
    if rows:
        at = changed % len(rows)
        rows[at] = replace(rows[at], rating="UP")
        check(fold(split, rows), rows)
        check(fold(split, rows[at:]), rows[at:])
        check(fold(split, rows[:at]), rows[:at])


def test_few_rows_are_sent_for_a_turn_of_any_conversation() -> None:
    for length in (2, 50, 500):
        split, rows = fold(EMPTY, many(0, length)), 0
        for end in range(length + 2, length + 202, 2):
            after = fold(split, many(0, end))
            rows += sent(split, after)
            split = after
        assert rows / 100 < 9 + length / 50


def test_an_earlier_page_is_all_that_is_sent() -> None:
    split = fold(EMPTY, many(100, 150))
    for first in (50, 0):
        after = fold(split, many(first, 150))
        assert sent(split, after) == 50
        split = after


def test_a_row_that_changed_is_sent_with_its_part_alone() -> None:
    split = fold(EMPTY, many(0, 50))
    for end in range(52, 62, 2):
        split = fold(split, many(0, end))
    rows = many(0, 60)
    rows[53] = replace(rows[53], rating="UP")

    after = fold(split, rows)

    check(after, rows)
    assert sent(split, after) == 2


def test_a_row_is_sent_without_what_it_does_not_say() -> None:
    (row,) = many(0, 1)

    assert lean(replace(row, stored=False)) == {
        "key": "0",
        "role": "USER",
        "content": "x",
    }
