"""Administration by GraphQL: keys, limits, the kill switch, failures, the audit log."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from graphql_api.domain.access import LOCAL_PRINCIPAL, Scope
from tests.keys import new_key
from tests.schema.conftest import Api, open_api

pytestmark = pytest.mark.anyio
LIMIT_S = 20
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "administration.md"
CREATE_KEY = """mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
  token apiKey { id name scopes hint expiresAt revokedAt principalId
    principal { id name kind } limits { concurrent dailyUsd } } } }"""
REVOKE_KEY = """mutation ($id: ID!) { revokeApiKey(input: {apiKeyId: $id}) {
  apiKey { id revokedAt } } }"""
LIMIT = """mutation ($id: ID!, $limits: UsageLimitsInput) {
  setPrincipalLimits(input: {principalId: $id, limits: $limits}) {
    principal { id limits { requestsPerMinute monthlyUsd } } } }"""
SWITCH = """mutation ($on: Boolean!, $reason: String) {
  setKillSwitch(input: {on: $on, reason: $reason}) {
    killSwitch { on reason since by { principalId apiKeyId } } } }"""
LOG = """{ admin { auditLog { totalCount nodes {
  action subject by { principalId apiKeyId principal { name } }
  details { name value } } } } }"""
ALL = """{ admin {
  principals(orderBy: SPENT) { nodes { id kind name createdAt conversationCount
    spentToday { amount currency } spentThisMonth { amount } lastActiveAt limits {
    concurrent } } }
  apiKeys { nodes { id hint usedAt principal { id } } pageInfo { hasNextPage } }
  failures(since: "2026-01-01T00:00:00Z") { counts { code count } newest {
    at modelName code principalId generationId } }
  killSwitch { on since by { principalId } reason } } }"""
SCOPES = "{ viewer { scopes } }"
CREATE = "mutation { createConversation(input: {}) { conversation { id } } }"
CHAT = 'mutation { chat(history: [{role: USER, content: "Hi"}]) { finishReason } }'
MESSAGES = """query ($id: ID!) { conversation(id: $id) {
  messages { totalCount } } }"""
SEND = """mutation ($id: ID!) { sendMessage(input: {conversationId: $id,
  content: "Hi"}) { generation { id } } }"""
STREAM = """subscription { chatStream(history: [{role: USER, content: "Hi"}]) {
  __typename } }"""


@dataclass
class Office:
    """The API that asks for keys, and an administrator's."""

    api: Api
    folder: Path
    token: str
    key_id: str
    principal_id: str

    async def post(
        self, document: str, variables: Mapping[str, Any] | None = None, token: str = ""
    ) -> Any:
        authorization = f"Bearer {token or self.token}"
        reply = await self.api.post(document, variables, authorization=authorization)
        return reply.json()

    async def ask(self, document: str, **variables: Any) -> Any:
        """The only field of an answer to the administrator."""
        body = await self.post(document, variables)
        assert "errors" not in body, body
        return next(iter(body["data"].values()))

    async def fails(self, document: str, **variables: Any) -> Any:
        """Extensions of the error that the administrator gets."""
        return (await self.post(document, variables))["errors"][0]["extensions"]


@pytest.fixture
async def office(tmp_path: Path, anyio_backend: str) -> AsyncGenerator[Office]:
    settings = {"SIDEKICK_AUTH": "keys", "SIDEKICK_RECHECK_S": "0.05"}
    async for api in open_api(SIDEKICK_DATA_DIR=str(tmp_path), **settings):
        key, token = await new_key(tmp_path)
        yield Office(api, tmp_path, token, key.id, key.principal_id)


async def test_a_caller_is_told_its_scopes(api: Api, office: Office) -> None:
    everything = ["CHAT", "READ", "USAGE", "ADMIN"]
    assert (await api.data(SCOPES))["viewer"] == {"scopes": everything}
    _, token = await new_key(office.folder, Scope.USAGE, Scope.READ)
    body = await office.post(SCOPES, token=token)
    assert body["data"]["viewer"] == {"scopes": ["READ", "USAGE"]}


@pytest.mark.parametrize("document", [ALL, LOG])
async def test_nobody_but_administrators_sees_any_of_it(
    office: Office, document: str
) -> None:
    _, token = await new_key(office.folder, Scope.CHAT, Scope.READ, Scope.USAGE)
    body = await office.post(document, token=token)
    assert body["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert "data" not in body


async def test_a_key_is_made_used_and_revoked(office: Office) -> None:
    wanted = {
        "name": " CI ",
        "scopes": ["READ"],
        "expiresInDays": 30,
        "limits": {"concurrent": 2, "dailyUsd": "0.50"},
    }
    made = await office.ask(CREATE_KEY, input=wanted)
    key, token = made["apiKey"], made["token"]
    assert (key["name"], key["scopes"], key["hint"]) == ("CI", ["READ"], token[-4:])
    assert key["principal"]["kind"] == "SERVICE"
    assert key["limits"] == {"concurrent": 2, "dailyUsd": "0.5"}
    assert (await office.post(SCOPES, token=token))["data"]
    revoked = await office.ask(REVOKE_KEY, id=key["id"])
    assert revoked["apiKey"]["revokedAt"]
    async with asyncio.timeout(LIMIT_S):
        while "data" in await office.post(SCOPES, token=token):
            pass


async def test_an_administrator_may_give_any_scope_for_anybody(office: Office) -> None:
    _, other = await new_key(office.folder, Scope.READ)
    mine = {"name": "Mine", "scopes": ["ADMIN"], "principalId": office.principal_id}
    made = await office.ask(CREATE_KEY, input=mine)
    assert made["apiKey"]["principalId"] == office.principal_id
    assert (await office.post(LOG, token=made["token"]))["data"]
    refused = await office.post(CREATE_KEY, {"input": mine}, token=other)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "  "}, "input.name"),
        ({"scopes": []}, "input.scopes"),
        ({"expiresInDays": 0}, "input.expiresInDays"),
        ({"limits": {"concurrent": 0}}, "input.limits.concurrent"),
        ({"limits": {"dailyUsd": "-1"}}, "input.limits.dailyUsd"),
    ],
)
async def test_a_wish_that_makes_no_sense_is_refused(
    office: Office, wrong: dict[str, Any], field: str
) -> None:
    wanted = {"name": "CI", "scopes": ["READ"], **wrong}
    assert (await office.fails(CREATE_KEY, input=wanted))["field"] == field


async def test_what_does_not_exist_is_not_found(office: Office) -> None:
    wanted = {"name": "CI", "scopes": ["READ"], "principalId": "usr_nobody"}
    for document, variables in (
        (CREATE_KEY, {"input": wanted}),
        (REVOKE_KEY, {"id": "key_nothing"}),
        (LIMIT, {"id": "usr_nobody", "limits": None}),
    ):
        assert (await office.fails(document, **variables))["code"] == "NOT_FOUND"
    # The key of the administrator was made on the command line.
    assert (await office.ask(LOG))["auditLog"]["totalCount"] == 1


async def test_limits_hold_within_moments_and_are_taken_back(office: Office) -> None:
    key, token = await new_key(office.folder)
    limits = {"requestsPerMinute": 1, "monthlyUsd": "12.50"}
    set_ = await office.ask(LIMIT, id=key.principal_id, limits=limits)
    assert set_["principal"]["limits"] == {**limits, "monthlyUsd": "12.5"}
    async with asyncio.timeout(LIMIT_S):
        while "data" in (body := await office.post(SCOPES, token=token)):
            pass
    assert body["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    back = await office.ask(LIMIT, id=key.principal_id, limits=None)
    assert back["principal"]["limits"] is None


async def test_whatever_runs_a_model_is_refused_while_answers_are_stopped(
    office: Office,
) -> None:
    talk = (await office.ask(CREATE))["conversation"]["id"]
    switch = (await office.ask(SWITCH, on=True, reason="Maintenance"))["killSwitch"]
    assert switch["by"] == {
        "principalId": office.principal_id,
        "apiKeyId": office.key_id,
    }
    for document, variables in ((CHAT, {}), (SEND, {"id": talk})):
        error = (await office.post(document, variables))["errors"][0]
        assert error["message"].endswith("for now: Maintenance.")
        assert error["extensions"] == {"code": "MODEL_UNAVAILABLE", "retryable": True}
    found = await office.ask(MESSAGES, id=talk)
    assert found["messages"]["totalCount"] == 0
    await office.ask(SWITCH, on=False)
    assert (await office.ask(CHAT))["finishReason"] == "STOP"


async def test_a_stream_does_not_begin_while_answers_are_stopped(
    office: Office,
) -> None:
    await office.ask(SWITCH, on=True)
    bearer = {"authorization": f"Bearer {office.token}"}
    reply = await office.api.post(STREAM, None, accept="text/event-stream", **bearer)
    assert "MODEL_UNAVAILABLE" in reply.text
    assert "GenerationStarted" not in reply.text


async def test_what_asks_no_model_goes_on_while_answers_are_stopped(
    office: Office,
) -> None:
    await office.ask(SWITCH, on=True)
    assert (await office.ask(CREATE))["conversation"]
    assert (await office.ask(ALL))["killSwitch"]["on"] is True


async def test_the_switch_holds_after_a_restart(tmp_path: Path) -> None:
    folder = {"SIDEKICK_DATA_DIR": str(tmp_path)}
    async for api in open_api(**folder):
        await api.data(SWITCH, on=True, reason="Over night")
    async for api in open_api(**folder):
        assert (await api.error(CHAT))["message"].endswith("Over night.")


async def test_the_log_tells_who_did_what_and_no_secret(office: Office) -> None:
    made = await office.ask(CREATE_KEY, input={"name": "CI", "scopes": ["CHAT"]})
    await office.ask(LIMIT, id=office.principal_id, limits={"dailyUsd": "1"})
    log = (await office.ask(LOG))["auditLog"]["nodes"]
    assert [entry["action"] for entry in log] == [
        *("SET_PRINCIPAL_LIMITS", "CREATE_API_KEY", "CREATE_API_KEY")
    ]
    me = {"principalId": office.principal_id, "apiKeyId": office.key_id}
    assert log[0]["by"] == {**me, "principal": {"name": "Bot"}}
    assert log[0]["details"] == [{"name": "dailyUsd", "value": "1"}]
    assert log[2]["by"] == {"principalId": None, "apiKeyId": None, "principal": None}
    secret = made["token"].rpartition("-")[2]
    assert secret not in json.dumps(log)


async def test_the_owner_of_the_machine_administers_it(api: Api) -> None:
    await api.data(CREATE)
    seen = (await api.data(ALL))["admin"]
    (owner,) = seen["principals"]["nodes"]
    assert (owner["id"], owner["kind"]) == (LOCAL_PRINCIPAL, "LOCAL")
    assert (owner["conversationCount"], owner["createdAt"]) == (1, None)
    assert owner["spentToday"] == {"amount": "0", "currency": "USD"}
    assert seen["failures"] == {"counts": [], "newest": []}
    assert seen["killSwitch"] == {"on": False, "since": None, "by": None, "reason": ""}


async def test_a_failed_answer_is_counted_by_its_code(tmp_path: Path) -> None:
    mock = {"SIDEKICK_PROVIDER": "mock", "SIDEKICK_MOCK_FAULT": "down"}
    async for api in open_api(**mock, SIDEKICK_DATA_DIR=str(tmp_path)):
        talk = (await api.data(CREATE))["createConversation"]["conversation"]["id"]
        await api.data(SEND, id=talk)
        async with asyncio.timeout(LIMIT_S):
            while not (found := (await api.data(ALL))["admin"]["failures"])["newest"]:
                pass
        code = found["newest"][0]["code"]
        assert found["counts"] == [{"code": code, "count": 1}]
        assert found["newest"][0]["principalId"] == LOCAL_PRINCIPAL
        assert "Hi" not in json.dumps(found)


async def test_the_query_of_the_guide_is_answered(api: Api) -> None:
    (query,) = re.findall(r"```graphql\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert (await api.data(query))["admin"]["killSwitch"]["on"] is False
