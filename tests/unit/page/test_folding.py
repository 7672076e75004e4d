from hypothesis import given
from hypothesis import strategies as st

from reflex_app.folding import MAX_RECENT, Fold, fold
from reflex_app.view import Row

EMPTY = Fold([], [], [])


def many(first: int, last: int) -> list[Row]:
    return [Row(key=str(n), role="USER", content="x") for n in range(first, last)]


def unfolded(split: Fold) -> list[Row]:
    return [*split.older, *split.earlier, *split.recent]


@given(st.lists(st.integers(1, 30), max_size=12), st.integers(0, 60))
def test_folding_shows_every_row_once_and_sends_few_again(
    added: list[int], before: int
) -> None:
    split, end = EMPTY, 100
    for number in added:
        end += number
        split = fold(split, many(100, end))
        assert unfolded(split) == many(100, end)
        assert len(split.recent) <= MAX_RECENT

    paged = fold(split, many(100 - before, end))

    assert unfolded(paged) == many(100 - before, end)
    assert paged.earlier == split.earlier or not split.earlier


def test_few_rows_are_sent_for_a_turn_of_a_long_conversation() -> None:
    split, sent = EMPTY, 0
    for end in range(2, 502, 2):
        after = fold(split, many(0, end))
        sent += len(after.recent)
        sent += len(after.earlier) if after.earlier != split.earlier else 0
        sent += len(after.older) if after.older != split.older else 0
        split = after

    assert sent / 250 < 30


def test_a_row_that_changed_is_drawn_anew_even_when_it_was_folded_away() -> None:
    rows = many(0, 20)
    split = fold(EMPTY, rows)
    changed = [Row(key="0", role="USER", content="y"), *rows[1:]]

    assert unfolded(fold(split, changed))[0].content == "y"
