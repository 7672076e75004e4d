"""Who can be chosen to answer, and how, as it is drawn."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from reflex_app.replies import Assistant, Choice, Model, Offer
from reflex_app.texts import ENGLISH, Texts
from reflex_app.view import money

SOON = timedelta(days=90)
"""How long before a model is shut down the reader is told."""
_HOTTEST = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An assistant, ready to be drawn."""

    assistant_id: str = ""
    name: str = ""
    description: str = ""
    model_id: str = ""
    """Model that answers unless another is chosen."""
    model: str = ""
    price: str = ""
    temperature: float = 0
    starters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """A model, ready to be drawn."""

    model_id: str
    name: str
    about: str
    """Provider, price and context window."""
    warning: str = ""
    retired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is chosen in a conversation, as the browser takes it and gives it back."""

    assistant: str = ""
    model: str = ""
    temperature: str = ""
    limit: str = ""


def card(assistant: Assistant, words: Texts = ENGLISH) -> Card:
    """Return an assistant as it is shown."""
    return Card(
        assistant_id=assistant.assistant_id,
        name=assistant.name,
        description=assistant.description,
        model_id=assistant.model.model_id,
        model=assistant.model.name,
        price=_price(assistant.model, words),
        temperature=assistant.temperature,
        starters=assistant.starters,
    )


def model_cards(offer: Offer, now: datetime, words: Texts = ENGLISH) -> list[ModelCard]:
    """Return the models as they are shown, in the order of the API."""
    return [_model_card(model, now, words) for model in offer.models]


def chosen(choice: Choice) -> Chosen:
    """Return a choice for the browser."""
    temperature, most = choice.temperature, choice.max_tokens
    return Chosen(
        assistant=choice.assistant_id,
        model=choice.model_id,
        temperature="" if temperature is None else f"{temperature:g}",
        limit="" if most is None else str(most),
    )


def choice(assistant: str, model: str, temperature: str, limit: str) -> Choice:
    """Return what the browser says was chosen; what makes no sense is left open."""
    heat = _number(temperature)
    most = _number(limit)
    return Choice(
        assistant_id=assistant,
        model_id=model,
        temperature=None if heat is None else min(max(heat, 0.0), _HOTTEST),
        max_tokens=None if most is None or most < 1 else int(min(most, 1e9)),
    )


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number == number else None  # noqa: PLR0124 - not a NaN


def _model_card(model: Model, now: datetime, words: Texts) -> ModelCard:
    window = words.short_number(Decimal(model.context_window))
    about = [
        model.provider,
        _price(model, words) or words.text("price.unknown"),
        words.text("choice.window", tokens=window),
    ]
    end = model.shutdown_at
    return ModelCard(
        model_id=model.model_id,
        name=model.name,
        about=" · ".join(about),
        warning=_warning(model, now, words),
        retired=end is not None and end <= now,
    )


def _warning(model: Model, now: datetime, words: Texts) -> str:
    end = model.shutdown_at
    if end is None or end - now > SOON:
        return "" if model.available else words.text("choice.away")
    day, other = end.date().isoformat(), model.replacement
    if end <= now and other:
        return words.text("choice.retired_for", day=day, model=other)
    if end <= now:
        return words.text("choice.retired", day=day)
    if other:
        return words.text("choice.retires_for", day=day, model=other)
    return words.text("choice.retires", day=day)


def _price(model: Model, words: Texts) -> str:
    prompt, completion = model.prompt_per_million, model.completion_per_million
    if prompt is None or completion is None:
        return words.text("price.free") if model.provider == "local" else ""
    return words.text(
        "price.rates",
        prompt=money(prompt, model.currency, words),
        completion=money(completion, model.currency, words),
    )
