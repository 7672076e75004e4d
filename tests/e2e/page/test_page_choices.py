"""Who answers, and how: the menu in the bar, with several assistants and models."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.page.conftest import Tab
from tests.fake_openai import FakeOpenAI
from tests.fake_openai_wire import KEY
from tests.services import Service, running, running_api

pytestmark = pytest.mark.browser

ASSISTANTS = """
[[assistants]]
key = "comics"
name = "Comics"
description = "Knows heroes."
temperature = 0.3
system_prompt = "You know comics."
starters = ["Who is Batman?"]

[[assistants]]
key = "critic"
name = "Critic"
description = "Reads what you wrote."
model = "slow-one"
system_prompt = "You judge."
starters = ["Review my page"]
"""


def models() -> str:
    """A model that stays, one that goes soon, and one that is gone."""
    today = datetime.now(UTC)
    return f"""
[models."stays"]
price = {{ prompt = "0.15", completion = "0.60" }}
[models."slow-one"]
shutdown_at = {today + timedelta(days=40):%Y-%m-%d}T00:00:00Z
replacement = "stays"
[models."gone"]
shutdown_at = {today - timedelta(days=40):%Y-%m-%d}T00:00:00Z
"""


@pytest.fixture(scope="module")
def page_of_many(
    built_page: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """The page before an API that offers two assistants and three models."""
    folder: Path = tmp_path_factory.mktemp("many")
    (folder / "assistants.toml").write_text(ASSISTANTS)
    (folder / "models.toml").write_text(models())
    with (
        FakeOpenAI() as host,
        running_api(
            folder / "api.log",
            SIDEKICK_PROVIDER="openai",
            SIDEKICK_MODEL="stays",
            SIDEKICK_TITLES="rule",
            SIDEKICK_MODELS_FILE=str(folder / "models.toml"),
            SIDEKICK_ASSISTANTS_FILE=str(folder / "assistants.toml"),
            OPENAI_BASE_URL=host.base_url,
            OPENAI_API_KEY=KEY,
        ) as api,
        running(
            "reflex_app",
            log=folder / "page.log",
            port_variable="SIDEKICK_UI_PORT",
            SIDEKICK_API_URL=f"{api.url}/graphql",
        ) as page,
    ):
        yield page


def choose(tab: Tab, hook: str, name: str) -> None:
    tab.get("chooser").click()
    tab.get(hook).filter(has_text=name).click()
    expect(tab.get("choices")).to_be_hidden()


def test_the_menu_shows_prices_and_warns_of_the_end_of_models(
    open_tab: Callable[..., Tab], page_of_many: Service
) -> None:
    tab = open_tab(page_of_many.url)
    tab.get("chooser").click()

    lines = tab.get("model")
    expect(lines.filter(has_text="stays").first).to_contain_text("$0.15 in, $0.60 out")
    soon = lines.filter(has_text="slow-one")
    expect(soon.locator(".worry")).to_contain_text("Retires on")
    expect(soon).to_contain_text("then use stays")
    gone = lines.filter(has_text="gone")
    expect(gone.locator(".worry.strong")).to_contain_text("Retired on")
    expect(gone).to_be_disabled()


def test_what_is_chosen_answers_and_stays_with_the_conversation(
    open_tab: Callable[..., Tab], page_of_many: Service
) -> None:
    tab = open_tab(page_of_many.url)
    choose(tab, "assistant", "Critic")
    expect(tab.get("starter")).to_have_text("Review my page")
    expect(tab.get("chooser")).to_contain_text("slow-one")
    expect(tab.get("chooser").locator(".worry")).to_be_visible()

    tab.get("starter").click()
    tab.answered()
    expect(tab.get("message-assistant")).to_contain_text("slow-one")
    choose(tab, "model", "$0.15")
    tab.ask("And now?")
    tab.answered(2)
    expect(tab.get("message-assistant").last).to_contain_text("stays")

    tab.reload()
    expect(tab.get("chooser")).to_contain_text("Criticstays")
    tab.get("new-chat").click()
    expect(tab.get("starter")).to_have_text("Who is Batman?")


def test_options_are_kept_and_can_be_reset(
    open_tab: Callable[..., Tab], page_of_many: Service
) -> None:
    tab = open_tab(page_of_many.url)
    tab.ask("Who?")
    tab.answered()
    tab.get("chooser").click()
    expect(tab.get("temperature-now")).to_have_text("0.3, as usual")
    tab.get("temperature").fill("1.5")
    tab.get("limit").fill("64")
    tab.page.keyboard.press("Escape")
    expect(tab.get("chooser")).to_be_focused()
    tab.ask("And then?")
    tab.answered(2)

    tab.reload()
    tab.get("chooser").click()
    expect(tab.get("temperature-now")).to_have_text("1.5")
    expect(tab.get("limit")).to_have_value("64")
    tab.get("options-reset").click()
    expect(tab.get("temperature-now")).to_have_text("0.3, as usual")


def test_the_menu_is_walked_by_keyboard(
    open_tab: Callable[..., Tab], page_of_many: Service
) -> None:
    tab = open_tab(page_of_many.url)
    expect(tab.get("starter")).to_be_visible()
    tab.get("chooser").focus()
    tab.page.keyboard.press("Enter")
    expect(tab.get("model").filter(has_text="0.15")).to_be_focused()

    tab.page.keyboard.press("Home")
    tab.page.keyboard.press("ArrowDown")
    expect(tab.get("assistant").nth(1)).to_be_focused()
    tab.page.keyboard.press("Enter")

    expect(tab.get("chooser")).to_be_focused()
    expect(tab.get("chooser")).to_contain_text("Critic")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_menu_breaks_no_rule_of_accessibility(
    open_tab: Callable[..., Tab], page_of_many: Service, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    still = {"color_scheme": scheme, "reduced_motion": "reduce"}
    phone = {"width": 390, "height": 844}
    tab = open_tab(page_of_many.url, **still, viewport=phone)
    tab.get("chooser").click()
    expect(tab.get("model").first).to_be_visible()

    found = axe.run(tab.page)

    assert not found.violations_count, found.generate_report()
