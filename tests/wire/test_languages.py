import pytest

from tests.wire.conftest import MOMENT, Tab
from tests.wire.fake_api import FakeApi
from tests.wire.fake_usage import FakeUsage, Used

pytestmark = pytest.mark.anyio


@pytest.fixture
def language() -> str:
    return "zh-CN,zh;q=0.9,en;q=0.8"


async def test_an_answer_is_counted_in_the_language_of_the_reader(tab: Tab) -> None:
    await tab.ask("Who?")
    await tab.answered()

    assert tab.rows[1]["meta"] == "2 个 token · $0.0004"
    assert tab.rows[1]["receipt_note"].startswith("合计 $0.000")
    assert tab.chat("total_title").startswith("本次对话的费用：")


async def test_what_can_be_undone_is_said_in_the_language_of_the_reader(
    tab: Tab,
) -> None:
    await tab.ask("Who?")
    await tab.answered()

    await tab.fire("chat_state.delete", ids=[tab.chat("place")])
    await tab.until(lambda: (tab.side("undo") or {}).get("text"))

    assert tab.side("undo")["text"].startswith("已删除")


async def test_a_failure_is_told_in_the_language_of_the_reader(
    tab: Tab, api: FakeApi
) -> None:
    api.refusal = {"message": "Slow down.", "extensions": {"code": "RATE_LIMITED"}}

    await tab.ask("Who?")
    await tab.until(lambda: tab.rows and tab.rows[-1]["failure"]["title"])

    failure = tab.rows[-1]["failure"]
    assert failure["title"] == "请求太频繁"
    assert failure["text"] == "短时间内的问题太多了，你的问题已保留。"


class TestReport:
    @pytest.fixture
    def api(self) -> FakeUsage:
        return FakeUsage(used=[Used(day=MOMENT.date().isoformat())])

    async def test_is_in_the_language_of_the_reader(self, tab: Tab) -> None:
        await tab.fire("usage_state.load")
        await tab.until(lambda: tab.vars.get("usage_state.loaded"))
        sheet = tab.vars["usage_state.sheet"]

        assert sheet["period"] == "2026年10月24日至11月22日（UTC）"
        assert sheet["figures"][0]["label"] == "费用"
        assert sheet["chart_title"] == "每日费用"
