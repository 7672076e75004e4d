import json
import re
from datetime import date
from decimal import Decimal

import pytest

from reflex_app.texts import DEFAULT, ENGLISH, FOLDER, Texts, chosen, languages, texts
from reflex_app.translated import in_language, keys_of

CHINESE = texts("zh-Hans")
CODES = re.findall(
    r"^\| `([A-Z_]+)` \|",
    (FOLDER.parent.parent / "docs" / "schema.md").read_text(),
    re.MULTILINE,
)
OTHERS = [pytest.param(one, id=tag) for tag, one in languages().items()][1:]


def own_texts(one: Texts) -> dict[str, object]:
    return json.loads((FOLDER / f"{one.tag}.json").read_text())["texts"]


def forms(one: Texts, key: str) -> list[str]:
    text = own_texts(one)[key]
    return list(text.values()) if isinstance(text, dict) else [text]


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("one", OTHERS)
def test_every_text_is_in_every_language_and_no_other(one: Texts) -> None:
    # The API speaks English, so only other languages have a sentence for its codes.
    errors = {f"error.{code}" for code in (*CODES, "UNREACHABLE")}

    assert own_texts(one).keys() == own_texts(ENGLISH).keys() | errors


@pytest.mark.parametrize("one", OTHERS)
def test_a_translation_has_the_placeholders_of_the_text(one: Texts) -> None:
    for key in own_texts(ENGLISH):
        wanted = placeholders("".join(forms(ENGLISH, key)))
        assert [placeholders(text) for text in forms(one, key)] == [wanted] * len(
            forms(one, key)
        ), key


@pytest.mark.parametrize("one", languages().values())
def test_plurals_have_the_categories_of_their_language(one: Texts) -> None:
    for key, text in own_texts(one).items():
        if isinstance(text, dict):
            assert text.keys() == one.locale.plural_form.tags | {"other"}, key


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("", "en"),
        ("en-US,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-Hans-SG", "zh-Hans"),
        ("ZH-hans", "zh-Hans"),
        ("zh-TW,en;q=0.8", "zh-Hans"),
        ("en;q=0.1, zh-CN;q=0.9", "zh-Hans"),
        ("fr-FR, en;q=0.5, zh;q=0.4", "en"),
        ("fr, zh;q=0.4", "zh-Hans"),
        ("zh;q=0, en", "en"),
        ("xx, *;q=0.5", "en"),
        (";;q=,zh-;q=x,%ff", "en"),
        ("zh" * 10_000, "en"),
    ],
)
def test_a_reader_gets_the_language_their_browser_asks_for(
    header: str, tag: str
) -> None:
    assert chosen(header) == tag


@pytest.mark.parametrize(
    ("cookie", "tag"),
    [
        ("sidekick_language=zh-Hans", "zh-Hans"),
        ("a=b; sidekick_language=zh-Hans; c=d", "zh-Hans"),
        ("my_sidekick_language=zh-Hans", "en"),
        ("sidekick_language=../secret", "en"),
        ("sidekick_language=xx", "en"),
    ],
)
def test_what_a_reader_chose_goes_before_what_the_browser_asks_for(
    cookie: str, tag: str
) -> None:
    assert chosen("en", cookie) == tag


def test_a_plural_is_chosen_by_the_number() -> None:
    assert ENGLISH.text("row.tokens", count=1) == "1 token"
    assert ENGLISH.text("row.tokens", count=12345) == "12,345 tokens"
    assert CHINESE.text("row.tokens", count=12345) == "12,345 个 token"


def test_dates_are_written_as_the_language_does() -> None:
    first, last = date(2026, 11, 16), date(2026, 11, 22)

    assert ENGLISH.days(first, last) == "Nov 16\u2009\u2013\u200922, 2026"
    assert CHINESE.days(first, last) == "2026年11月16日至22日"
    assert CHINESE.day(last) == "2026年11月22日周日"
    assert (ENGLISH.month(last), CHINESE.month(last)) == ("November 2026", "2026年11月")


def test_large_numbers_are_shortened_as_the_language_counts() -> None:
    numbers = [0, 500, 1500, 2_000_000]
    shown = [ENGLISH.short_number(Decimal(number)) for number in numbers]

    assert shown == ["0", "500", "1.5K", "2M"]
    assert CHINESE.short_number(Decimal(15000)) == "1.5万"


def test_a_page_is_written_in_a_language_with_its_texts_inside() -> None:
    page = (
        '<html data-x lang="en"><head></head><body title="⟦undo.undo⟧">'
        "⟦undo.deleted_one?%7B%22title%22%3A%22%3Cb%3E%22%7D⟧</body></html>"
    )

    html = in_language(page, CHINESE, frozenset({"undo.undo"}))

    assert '<html data-x lang="zh-Hans" dir="ltr">' in html
    assert '<body title="撤销">已删除“&lt;b&gt;”</body>' in html
    assert '"texts":{"undo.undo":"撤销"}' in html


def test_a_page_carries_the_texts_that_its_scripts_look_up() -> None:
    scripts = ["f(`undo.undo`);g('key.send')", "t(`live.${status}`)"]

    live = {key for key in ENGLISH.texts if key.startswith("live.")}

    assert keys_of(scripts) == {"undo.undo", "key.send", *live}


def test_no_text_ends_the_script_it_stands_in() -> None:
    hostile = Texts(
        tag="en", name="", texts={"a": "</script><!--"}, locale=ENGLISH.locale
    )

    html = in_language("<html lang=''><head></head>", hostile, frozenset({"a"}))

    assert html.count("</script>") == 1
    assert "<!--" not in html


def test_a_missing_text_is_the_english_one() -> None:
    assert languages()[DEFAULT] is ENGLISH
    assert CHINESE.texts.keys() >= ENGLISH.texts.keys()
