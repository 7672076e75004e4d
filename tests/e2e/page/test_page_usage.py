from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.page.conftest import Tab
from tests.services import Service, running_page
from tests.wire.conftest import Server
from tests.wire.fake_usage import FakeUsage, Used

pytestmark = pytest.mark.browser

MODELS = {"gpt-6-luna": "0.0213", "gpt-6-sol": "0.0047", "mystery": None}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def used() -> list[Used]:
    """Answers of three models on some days of the last weeks."""
    today = datetime.now(UTC).date()
    return [
        Used(
            day=(today - timedelta(days=days)).isoformat(),
            model=model,
            conversation=f"cnv_{days % 3}",
            tokens=(1200 + 90 * days, 300),
            cost=cost,
            estimated=days == 6,
        )
        for days in range(0, 28, 2)
        for model, cost in MODELS.items()
    ]


@pytest.fixture(scope="module")
def usage_url(
    built_page: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The usage page of a viewer who has used a lot."""
    titles = {"cnv_0": "Who is Batman's butler?", "cnv_1": "Reading order of X-Men"}
    api = Server(FakeUsage(used=used(), titles=titles).asgi)
    url = f"http://127.0.0.1:{api.port}"
    log = tmp_path_factory.mktemp("usage") / "page.log"
    with running_page(log, url) as page:
        yield page.url
    api.stop()


def open_report(open_tab: Callable[..., Tab], url: str, **options: object) -> Tab:
    tab = open_tab(url, **options)
    tab.visit(f"{url}/usage")
    expect(tab.get("chart")).to_be_visible()
    return tab


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_report_breaks_no_rule_of_accessibility_and_fits(
    open_tab: Callable[..., Tab], usage_url: str, scheme: str, width: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    viewport = {"width": width, "height": 844}
    tab = open_report(open_tab, usage_url, color_scheme=scheme, viewport=viewport)
    tab.page.locator("summary").click()

    found = axe.run(tab.page)

    assert found.violations_count == 0, found.generate_report()
    assert tab.page.evaluate(OVERFLOW) == 0


def test_the_chart_is_named_and_its_numbers_are_in_a_table(
    open_tab: Callable[..., Tab], usage_url: str
) -> None:
    tab = open_report(open_tab, usage_url)
    chart = tab.page.get_by_role("img", name="Cost by day")
    expect(chart.locator("rect.s0")).to_have_count(14)

    tab.page.locator("summary").click()
    rows = tab.get("chart").locator("tbody tr")

    expect(rows).to_have_count(14 * len(MODELS))
    expect(rows.first).to_contain_text("$0.0213")


def test_every_bar_lies_within_the_chart(
    open_tab: Callable[..., Tab], usage_url: str
) -> None:
    tab = open_report(open_tab, usage_url, viewport={"width": 390, "height": 844})
    chart = tab.page.locator("svg.plot").bounding_box()
    bars = [bar.bounding_box() for bar in tab.page.locator(".plot rect.s0").all()]

    assert chart
    for bar in bars:
        assert bar
        assert chart["x"] <= bar["x"]
        assert bar["x"] + bar["width"] <= chart["x"] + chart["width"]
        assert chart["y"] <= bar["y"]
        assert bar["y"] + bar["height"] <= chart["y"] + chart["height"]


def test_period_and_measure_are_chosen_with_the_keyboard(
    open_tab: Callable[..., Tab], usage_url: str
) -> None:
    tab = open_report(open_tab, usage_url)

    tab.get("period-90").press("Enter")
    expect(tab.page.get_by_role("img", name="Cost by week")).to_be_visible()
    tab.get("measure-tokens").press("Space")

    expect(tab.page.get_by_role("img", name="Tokens by week")).to_be_visible()
    expect(tab.get("measure-tokens")).to_have_attribute("aria-pressed", "true")


def test_the_dearest_conversations_lead_to_themselves(
    open_tab: Callable[..., Tab], usage_url: str
) -> None:
    tab = open_report(open_tab, usage_url)
    links = tab.get("by-conversation").get_by_role("link")

    expect(links).to_have_count(2)
    assert {link.get_attribute("href") for link in links.all()} == {
        *("/c/cnv_0", "/c/cnv_1")
    }


def test_the_report_is_downloaded(open_tab: Callable[..., Tab], usage_url: str) -> None:
    tab = open_report(open_tab, usage_url)

    with tab.page.expect_download() as download:
        tab.get("usage-download").click()

    assert download.value.suggested_filename.endswith(".csv")
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert text.startswith("by,key,name,answers,")


def test_an_answer_of_the_real_service_is_in_the_report(
    tab: Tab, page_server: Service
) -> None:
    tab.ask("Who is Batman's butler?")
    tab.answered()

    tab.visit(f"{page_server.url}/usage")
    expect(tab.get("by-conversation").get_by_role("link").first).to_be_visible()
    tab.get("by-conversation").get_by_role("link").first.click()

    expect(tab.get("message-assistant").first).to_be_visible()
