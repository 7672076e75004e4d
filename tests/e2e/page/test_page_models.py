"""The page with models that are not scripted: a priced one, and the embedded one."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.page.conftest import Tab
from tests.fake_openai import FakeOpenAI
from tests.fake_openai_wire import KEY
from tests.services import Service, running, running_api

MODEL_LIMIT_MS = 60_000


@contextmanager
def running_paid_api(log: Path, model: str) -> Iterator[Service]:
    """Run the API on a fake OpenAI host."""
    with (
        FakeOpenAI() as host,
        running_api(
            log,
            SIDEKICK_PROVIDER="openai",
            SIDEKICK_MODEL=model,
            SIDEKICK_TITLES="rule",
            OPENAI_BASE_URL=host.base_url,
            OPENAI_API_KEY=KEY,
        ) as api,
    ):
        yield api


def running_page(log: Path, api: Service) -> AbstractContextManager[Service]:
    return running(
        "reflex_app",
        log=log,
        port_variable="SIDEKICK_UI_PORT",
        SIDEKICK_API_URL=f"{api.url}/graphql",
    )


@pytest.mark.usefixtures("built_page")
def test_a_paid_answer_shows_its_exact_price_and_the_receipt(
    tmp_path: Path, open_tab: Callable[..., Tab]
) -> None:
    with (
        running_paid_api(tmp_path / "api.log", "gpt-3.5-turbo-0613") as api,
        running_page(tmp_path / "page.log", api) as page,
    ):
        tab = open_tab(page.url)
        tab.ask("What does it cost?")
        tab.answered()
        # 21 prompt tokens at $1.50 and 9 completion tokens at $2.00 a million.
        expect(tab.get("message-cost")).to_have_text("30 tokens · $0.00005")
        expect(tab.get("total-cost")).to_have_text("$0.00005")
        tab.get("message-cost").click()
        expect(tab.page.get_by_text("genai-prices")).to_be_visible()
        expect(tab.page.get_by_text("$0.0000495").first).to_be_visible()
        tab.page.close()


@pytest.mark.usefixtures("built_page")
def test_a_refused_key_is_a_plain_sentence(
    tmp_path: Path, open_tab: Callable[..., Tab]
) -> None:
    with (
        running_paid_api(tmp_path / "api.log", "401") as api,
        running_page(tmp_path / "page.log", api) as page,
    ):
        tab = open_tab(page.url)
        tab.ask("Who is there?")
        expect(tab.get("message-error")).to_contain_text("refused the key")
        expect(tab.get("message-user")).to_contain_text("Who is there?")
        assert KEY not in tab.page.content()
        assert KEY not in api.output() + page.output()
        tab.page.close()


@pytest.mark.usefixtures("built_page")
def test_the_embedded_model_answers_for_nothing(
    tmp_path: Path, open_tab: Callable[..., Tab]
) -> None:
    with (
        running_api(
            tmp_path / "api.log",
            SIDEKICK_PROVIDER="local",
            # Few enough for a machine that has other things to do.
            SIDEKICK_MAX_COMPLETION_TOKENS="12",
        ) as api,
        running_page(tmp_path / "page.log", api) as page,
    ):
        tab = open_tab(page.url)
        tab.ask("Who is Batman?")
        expect(tab.get("message-cost")).to_have_text(
            re.compile(r"^[\d,]+ tokens · \$0\.00$"), timeout=MODEL_LIMIT_MS
        )
        expect(tab.get("message-assistant")).to_contain_text("smollm2-135m-instruct")
        assert len(tab.get("message-assistant").locator(".md").inner_text()) > 1
        tab.page.close()
