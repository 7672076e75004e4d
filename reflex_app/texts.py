"""The page's words in every language, and its numbers, amounts and dates.

One file of `languages/` is one language: its own name, and its texts by key. A text
has placeholders like `{name}`; one that depends on a number has a form for each
plural category of CLDR, chosen by the placeholder `count`. Everything else about a
language (plurals, separators, dates) is known by its tag.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_interval, format_skeleton
from babel.numbers import format_compact_decimal, format_decimal

DEFAULT = "en"
"""The language of readers whose own is not there, and of texts missing in theirs."""
COOKIE = "sidekick_language"
"""Where the browser keeps what its reader chose; a preference, no secret."""
FOLDER = Path(__file__).resolve().parent / "languages"

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_CHOSEN = re.compile(rf"(?:^|;)\s*{COOKIE}=([\w-]{{1,35}})\s*(?:;|$)", re.ASCII)
_RANGE = re.compile(r"\s*([\w-]{1,35})\s*(?:;\s*q=([\d.]{1,5})\s*)?", re.ASCII)
_LONGEST_HEADER = 400
_SMALL = 1000

Forms = Mapping[str, str]
"""A text by plural category; `other` is always there."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texts:
    """The words of one language, and how it writes numbers, amounts and dates."""

    tag: str
    """As in HTML's `lang`: `en`, `zh-Hans`."""
    name: str
    """What those who speak it call it."""
    texts: Mapping[str, str | Forms]
    locale: Locale

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return self.locale.text_direction

    def text(self, key: str, **values: str | int) -> str:
        """Return a text with its values; numbers are written as the language does.

        Raises:
            KeyError: there is no such text, or a value is missing.
        """
        form = self.texts[key]
        if not isinstance(form, str):
            category = self.locale.plural_form(int(values["count"]))
            form = form.get(category, form["other"])
        return _PLACEHOLDER.sub(lambda found: self._shown(values[found[1]]), form)

    def own(self, key: str) -> str:
        """Return a text that is not in every language; empty where it is missing."""
        text = self.texts.get(key, "")
        return text if isinstance(text, str) else text["other"]

    def sentence(self, parts: Sequence[str]) -> str:
        """Return parts of a sentence as one."""
        return self.text("sentence.comma").join(parts) + self.text("sentence.stop")

    def number(self, value: int) -> str:
        """Return a number with its thousands apart."""
        return format_decimal(value, locale=self.locale)

    def short_number(self, value: Decimal) -> str:
        """Return a number in few characters: 500, 1.5K, 1.5万."""
        if value < _SMALL:
            return format_decimal(value, locale=self.locale)
        return format_compact_decimal(value, locale=self.locale, fraction_digits=1)

    def amount(self, value: Decimal, currency: str, *, least: int, most: int) -> str:
        """Return an amount of money with between `least` and `most` decimals.

        A dollar is `$` everywhere; currencies without such a sign are named.
        """
        digits = "0" * least + "#" * (most - least)
        figure = f"#,##0.{digits}" if digits else "#,##0"
        symbol = _SYMBOLS.get(currency)
        if symbol is None:
            return f"{self._figure(value, figure)} {currency}"
        usual = self.locale.currency_formats["standard"].pattern.partition(";")[0]
        return self._figure(
            value, usual.replace("#,##0.00", figure).replace("¤", f"'{symbol}'")
        )

    def day(self, day: date) -> str:
        """Return a day in full, with the day of the week."""
        return format_skeleton("yMMMEd", day, locale=self.locale)

    def days(self, first: date, last: date) -> str:
        """Return a range of days without what first and last share."""
        return format_interval(first, last, "yMMMd", locale=self.locale)

    def month(self, day: date) -> str:
        """Return a month with its year."""
        return format_skeleton("yMMMM", day, locale=self.locale)

    def short_day(self, day: date) -> str:
        """Return a day and its month in few characters."""
        return format_skeleton("MMMd", day, locale=self.locale)

    def short_weekday(self, day: date) -> str:
        """Return the day of the week in few characters."""
        return format_skeleton("E", day, locale=self.locale)

    def short_month(self, day: date) -> str:
        """Return the name of a month in few characters."""
        return format_skeleton("MMM", day, locale=self.locale)

    def _shown(self, value: str | int) -> str:
        return value if isinstance(value, str) else self.number(value)

    def _figure(self, value: Decimal, pattern: str) -> str:
        return format_decimal(value, format=pattern, locale=self.locale)


@cache
def languages() -> dict[str, Texts]:
    """Return all languages by their tag, the default first."""
    read = {path.stem: _read(path) for path in sorted(FOLDER.glob("*.json"))}
    usual = read.pop(DEFAULT)
    whole = {tag: _completed(one, usual) for tag, one in read.items()}
    return {DEFAULT: usual, **whole}


def chosen(accept_language: str, cookie: str = "") -> str:
    """Return the tag of the language for a reader.

    Args:
        accept_language: The header of that name; a tag alone is one too.
        cookie: The header of that name: what the reader chose goes first.
    """
    found = _CHOSEN.search(cookie)
    if found and found[1] in languages():
        return found[1]
    return _wanted(accept_language)


@lru_cache(maxsize=256)
def _wanted(accept_language: str) -> str:
    ranges = _RANGE.finditer(accept_language[:_LONGEST_HEADER])
    wanted = [(_quality(one[2]), -at, one[1]) for at, one in enumerate(ranges)]
    for quality, _, tag in sorted(wanted, reverse=True):
        if quality > 0 and (fitting := _fitting(tag)):
            return fitting
    return DEFAULT


def texts(accept_language: str = DEFAULT) -> Texts:
    """Return the words for a reader with this `Accept-Language`, or this tag."""
    return languages()[chosen(accept_language)]


def _fitting(tag: str) -> str:
    """The language closest to a tag: of the same script, else of the same name."""
    if tag in languages():
        return tag
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return ""
    same = [
        one for one in languages().values() if one.locale.language == locale.language
    ]
    same.sort(key=lambda one: one.locale.script != locale.script)
    return same[0].tag if same else ""


def _quality(written: str | None) -> float:
    try:
        return float(written or 1)
    except ValueError:
        return 0.0


def _read(path: Path) -> Texts:
    content = json.loads(path.read_text(encoding="utf-8"))
    return Texts(
        tag=path.stem,
        name=content["name"],
        texts=content["texts"],
        locale=Locale.parse(path.stem, sep="-"),
    )


def _completed(one: Texts, usual: Texts) -> Texts:
    whole = {**usual.texts, **one.texts}
    return Texts(tag=one.tag, name=one.name, texts=whole, locale=one.locale)


ENGLISH = texts()
"""The words where nobody said another language."""
