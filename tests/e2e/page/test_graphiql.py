"""GraphiQL in a real browser: under its policy, and with nothing from outside."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.page.conftest import Tab
from tests.services import ROOT, Service, running

pytestmark = pytest.mark.browser
TAKE_LIMIT_S = 180


@pytest.fixture(scope="module", autouse=True)
def graphiql() -> None:
    """Its files; `make test` has taken them already."""
    if not (ROOT / ".graphiql" / "graphiql.js").is_file():
        command = [sys.executable, "-m", "tools.graphiql"]
        subprocess.run(command, cwd=ROOT, check=True, timeout=TAKE_LIMIT_S)


@pytest.fixture
def ide(open_tab: Callable[..., Tab], mock_api: Service) -> Tab:
    tab = open_tab(mock_api.url + "/graphql")
    expect(tab.page.locator(".graphiql-container")).to_be_visible()
    return tab


def execute(ide: Tab, tab: str) -> None:
    ide.page.get_by_role("tab", name=tab).click()
    ide.page.get_by_label("Execute query").click()


def answer(ide: Tab) -> object:
    return expect(ide.page.locator(".graphiql-response"))


def test_a_question_is_answered(ide: Tab) -> None:
    execute(ide, "Ask")
    answer(ide).to_contain_text("field guide")
    answer(ide).to_contain_text("mock-1")


def test_the_open_tab_runs_at_once_and_again_after_a_reload(ide: Tab) -> None:
    ide.page.get_by_label("Execute query").click()
    answer(ide).to_contain_text("field guide")
    ide.page.reload()
    ide.page.get_by_label("Execute query").click()
    answer(ide).to_contain_text("field guide")
    expect(ide.page.get_by_role("tab", name="Ask")).to_have_count(1)


def test_an_answer_is_watched_to_its_end_over_a_socket(ide: Tab) -> None:
    with ide.page.expect_websocket() as opened:
        execute(ide, "Stream")
    answer(ide).to_contain_text("GenerationEnded")
    answer(ide).to_contain_text("COMPLETED")
    assert opened.value.url == ide.url.replace("http", "ws")


def test_headers_can_be_given(ide: Tab) -> None:
    ide.page.get_by_role("button", name="Headers", exact=True).click()
    editor = ide.page.locator(".graphiql-editor:not(.hidden) > .CodeMirror").last
    editor.click()
    ide.page.keyboard.insert_text('{"x-tried": "yes"}')
    with ide.page.expect_request(lambda made: made.method == "POST") as sent:
        ide.page.get_by_label("Execute query").click()
    assert sent.value.headers["x-tried"] == "yes"


def test_one_of_many_operations_is_chosen_from_a_menu(ide: Tab) -> None:
    ide.page.get_by_role("tab", name="Conversation").click()
    ide.page.locator("button.graphiql-execute-button[aria-haspopup=menu]").click()
    ide.page.get_by_role("menuitem", name="Conversation").click()
    answer(ide).to_contain_text("cnv_")


def test_the_schema_can_be_read_and_explored(ide: Tab) -> None:
    ide.page.get_by_label("Show Documentation Explorer").click()
    expect(ide.page.get_by_text("subscription: Subscription")).to_be_visible()
    ide.page.get_by_label("Show GraphiQL Explorer").click()
    expect(ide.page.locator(".docExplorerWrap")).to_contain_text("chat")


def test_it_streams_through_the_page_s_server_too(
    open_tab: Callable[..., Tab], built_page: None, mock_api: Service, tmp_path: Path
) -> None:
    with running(
        "reflex_app",
        log=tmp_path / "page.log",
        port_variable="SIDEKICK_UI_PORT",
        SIDEKICK_API_URL=f"{mock_api.url}/graphql",
    ) as page:
        ide = open_tab(page.url + "/graphql")
        execute(ide, "Stream")
        answer(ide).to_contain_text("COMPLETED")
        ide.page.close()
