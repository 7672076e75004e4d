"""What a start makes of answers that a crash broke off."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graphql_api.adapters.sql.engine import open_store
from graphql_api.app import create_app
from graphql_api.settings import read_settings
from tests.contract.store_data import talk, turn
from tests.schema.conftest import running

pytestmark = pytest.mark.anyio

LINE = "Robin flies over Gotham. "
USED = """query ($id: ID!) { node(id: $id) { ... on ConversationMessage { status \
  tokenUsage { promptTokens } } } }"""


async def broken_off(folder: Path) -> None:
    """Leave a store as a crash in the middle of an answer leaves it."""
    history = [LINE * 40] * 20
    async with open_store(folder / "sidekick.db") as store:
        await store.conversations.create("usr_local", talk("cnv_1", *history))
        asked = replace(turn(parent_id="cnv_1_m19"), model_name="echo")
        await store.turns.begin("usr_local", asked)
        await store.turns.checkpoint({asked.generation_id: "Robin is"})


async def recovered(folder: Path) -> Any:
    environ = {
        "SIDEKICK_PROVIDER": "echo",
        "SIDEKICK_MODEL": "echo",
        "SIDEKICK_DATA_DIR": str(folder),
        "SIDEKICK_MAX_MESSAGE_CHARS": "2000",
        "SIDEKICK_MAX_HISTORY_CHARS": "3000",
    }
    async with running(create_app(read_settings(environ))) as api:
        return (await api.data(USED, id="msg_a1"))["node"]


async def test_an_answer_that_broke_off_is_billed_for_what_the_model_was_told(
    tmp_path: Path,
) -> None:
    await broken_off(tmp_path)

    answer = await recovered(tmp_path)

    assert answer["status"] == "INTERRUPTED"
    assert 0 < answer["tokenUsage"]["promptTokens"] < 3000 / 4
