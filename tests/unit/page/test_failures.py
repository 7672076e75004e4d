import pytest

from reflex_app.failures import told
from reflex_app.replies import UNREACHABLE, Problem
from reflex_app.texts import texts

CODES = (
    *("MODEL_UNAVAILABLE", "TIMEOUT", "INTERRUPTED", "RATE_LIMITED"),
    *("BUDGET_EXCEEDED", "INTERNAL_SERVER_ERROR", "CONFLICT", UNREACHABLE, "NEW"),
)


def problem(code: str, message: str = "Oops.", **more: object) -> Problem:
    return Problem(code=code, message=message, **{"retryable": True, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("message", ["Oops.", " "])
def test_every_failure_says_what_happened_in_words(code: str, message: str) -> None:
    failure = told(problem(code, message))

    assert failure.title
    assert failure.text.strip()
    assert code not in failure.title + failure.text


@pytest.mark.parametrize("code", ["TIMEOUT", "INTERRUPTED"])
def test_what_had_arrived_is_promised_only_when_something_had(code: str) -> None:
    assert "had arrived is kept" in told(problem(code), kept=True).text
    assert "Nothing had arrived" in told(problem(code)).text


def test_a_busy_model_is_told_from_one_that_is_gone_and_one_that_refuses() -> None:
    code = "MODEL_UNAVAILABLE"
    busy = told(problem(code, retry_after_s=2))
    gone = told(problem(code))
    refusing = told(problem(code, "The key was refused.", retryable=False))

    assert (busy.mark, gone.mark, refusing.mark) == ("wait", "offline", "fault")
    assert refusing.text == "The key was refused."


@pytest.mark.parametrize(
    "bug",
    [
        problem("INTERNAL_SERVER_ERROR", request_id="req_1"),
        problem("INTERNAL_SERVER_ERROR", "Something went wrong (req_1)."),
    ],
)
def test_a_bug_shows_the_request_that_finds_it_and_nothing_else(bug: Problem) -> None:
    assert told(bug).detail == "Request req_1"


def test_only_a_spent_budget_leads_to_the_usage() -> None:
    assert [code for code in CODES if told(problem(code)).spent] == ["BUDGET_EXCEEDED"]


@pytest.mark.parametrize(
    ("message", "detail"),
    [
        ("The answer broke off: no end came.", "No end came."),
        ("The server was restarted.", "The server was restarted."),
        ("The answer broke off", ""),
    ],
)
def test_a_reason_is_not_said_twice(message: str, detail: str) -> None:
    assert told(problem("INTERRUPTED", message)).detail == detail


def test_readers_of_another_language_read_their_own_first() -> None:
    refusing = problem("MODEL_UNAVAILABLE", "The key was refused.", retryable=False)

    failure = told(refusing, texts("zh-Hans"))

    assert failure.title == "模型无法回答"
    assert failure.detail == "The key was refused."


def test_a_budget_that_cannot_hold_a_model_says_why() -> None:
    unpriced = problem("BUDGET_EXCEEDED", "The model has no known price.")
    spent = problem("BUDGET_EXCEEDED", "The spending limit is reached.")

    assert told(unpriced).detail == "The model has no known price."
    assert told(spent).detail == ""
