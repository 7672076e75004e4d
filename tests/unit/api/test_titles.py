"""What becomes the title of a conversation."""

import pytest

from graphql_api.domain.titles import (
    MAX_TITLE_TOKENS,
    title_from,
    title_of,
    title_request,
)
from tests.fakes import PRICED


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Batman's Sidekicks", "Batman's Sidekicks"),
        ('"The Boy Wonder."', "The Boy Wonder"),
        ("**Title: Robin's Origin**", "Robin's Origin"),
        ("# Titel: „Der Joker“\n", "Der Joker"),
        ("  Two \t  spaces  ", "Two spaces"),
        ("`HTTP` and HTTPS", "HTTP` and HTTPS"),
        ("コミックの相棒", "コミックの相棒"),
        ("long " * 20, "long " * 11 + "long…"),
        ("x" * 80, "x" * 59 + "…"),
        ("Zero\u200b\x07width", "Zerowidth"),
    ],
)
def test_a_title_is_one_clean_short_line(written: str, title: str) -> None:
    assert title_from(written) == title
    assert len(title) <= 60


@pytest.mark.parametrize(
    "written",
    [
        "",
        " \n ",
        "ab",
        "...",
        "***",
        "First line\nSecond line",
        "I'm sorry, but I cannot do that.",
        "As an AI, I have no titles",
        "Write a title of two to six words",
        "Reply with the title alone: one line",
    ],
)
def test_what_makes_no_sense_is_no_title(written: str) -> None:
    assert title_from(written) is None


def test_the_rule_takes_the_first_line_and_cuts_it_at_a_word() -> None:
    assert title_of("\n  Who is\tRobin? \nTell me.") == "Who is Robin?"
    assert title_of("word " * 20) == "word " * 11 + "word…"
    assert len(title_of("w" * 100)) == 60


def test_the_rule_looks_into_a_block_of_code_but_not_at_its_fence() -> None:
    assert title_of('```md file="hero.md"\nBatman\n```') == "Batman"
    assert title_of("```\n```") == "```"


def test_a_model_is_told_little_and_may_write_little() -> None:
    request = title_request(PRICED, "q" * 9_000, "a" * 9_000)
    (message,) = request.history
    assert message.content.count("q") < 1_010
    assert message.content.count("a") < 1_030
    assert (request.temperature, request.max_completion_tokens) == (0, MAX_TITLE_TOKENS)
