"""The log of generations in memory: how many events a stream of text becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.adapters.memory import window_s

LEAST_S = 0.04
WIDEST_S = 0.25
seconds = st.floats(0, 60)
counts = st.integers(0, 100_000)


def test_the_window_is_the_least_in_calm_times() -> None:
    assert window_s(LEAST_S, lag_s=0, live=0) == LEAST_S
    assert window_s(LEAST_S, lag_s=0, live=64) == LEAST_S


@pytest.mark.parametrize(("lag_s", "live"), [(0, 400), (0.06, 1), (60, 100_000)])
def test_the_window_is_widest_in_a_storm(lag_s: float, live: int) -> None:
    assert window_s(LEAST_S, lag_s=lag_s, live=live) == pytest.approx(WIDEST_S)


@given(seconds, seconds, counts, counts)
def test_more_load_never_narrows_the_window(
    lag_s: float, more_lag_s: float, live: int, more_live: int
) -> None:
    calm = window_s(LEAST_S, lag_s=lag_s, live=live)
    busy = window_s(LEAST_S, lag_s=lag_s + more_lag_s, live=live + more_live)
    assert LEAST_S <= calm <= busy <= WIDEST_S


@given(seconds, counts)
def test_a_log_that_joins_nothing_goes_on_to_join_nothing(
    lag_s: float, live: int
) -> None:
    assert window_s(0, lag_s=lag_s, live=live) == 0
