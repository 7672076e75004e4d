from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from reflex_app import choices
from reflex_app.replies import Assistant, Choice, Model, Offer

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LUNA = Model(
    model_id="mdl_luna",
    name="luna",
    provider="openai",
    context_window=1_050_000,
    prompt_per_million=Decimal("0.15"),
    completion_per_million=Decimal("0.60"),
)
LOCAL = Model(
    model_id="mdl_small", name="small", provider="local", context_window=4_096
)


def card(model: Model, **changes: object) -> choices.ModelCard:
    offer = Offer((), (replace(model, **changes),))
    return choices.model_cards(offer, NOW)[0]


def test_a_model_says_who_runs_it_what_it_costs_and_what_it_holds() -> None:
    assert card(LUNA).about == "openai · $0.15 in, $0.60 out per M · 1M tokens"
    assert card(LOCAL).about == "local · Free: it runs on this machine · 4.1K tokens"
    assert "price unknown" in card(LOCAL, provider="acme").about


@pytest.mark.parametrize(
    ("end", "warning", "retired"),
    [
        (None, "", False),
        (datetime(2027, 2, 22, tzinfo=UTC), "", False),
        (
            datetime(2026, 12, 11, tzinfo=UTC),
            "Retires on 2026-12-11; then use sol",
            False,
        ),
        (NOW, "Retired on 2026-11-23; use sol", True),
    ],
)
def test_a_model_is_warned_of_ninety_days_before_its_end(
    end: datetime | None, warning: str, *, retired: bool
) -> None:
    shown = card(LUNA, shutdown_at=end, replacement="sol")

    assert (shown.warning, shown.retired) == (warning, retired)


def test_a_model_that_cannot_answer_says_so() -> None:
    assert card(LUNA, available=False).warning == "Does not answer at the moment"


def test_an_assistant_is_shown_with_its_model() -> None:
    assistant = Assistant(
        assistant_id="ast_1",
        name="Comics",
        description="",
        starters=(),
        temperature=0.3,
        model=LOCAL,
    )

    shown = choices.card(assistant)

    assert (shown.model_id, shown.model) == ("mdl_small", "small")
    assert shown.price == "Free: it runs on this machine"


def test_a_choice_comes_back_from_the_browser_as_it_went() -> None:
    choice = Choice(
        assistant_id="ast_1", model_id="mdl_1", temperature=0.0, max_tokens=12
    )
    for one in (choice, Choice()):
        sent = choices.chosen(one)
        args = sent.assistant, sent.model, sent.temperature, sent.limit
        assert choices.choice(*args) == one


@pytest.mark.parametrize(
    ("temperature", "limit", "choice"),
    [
        ("9", "2.9", Choice(temperature=2.0, max_tokens=2)),
        ("-1", "0", Choice(temperature=0.0)),
        ("warm", "nan", Choice()),
        ("nan", "inf", Choice(max_tokens=1_000_000_000)),
    ],
)
def test_what_makes_no_sense_is_left_open_or_bounded(
    temperature: str, limit: str, choice: Choice
) -> None:
    assert choices.choice("", "", temperature, limit) == choice
