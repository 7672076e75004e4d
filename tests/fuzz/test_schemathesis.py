"""Requests that schemathesis makes from the schema: proper ones and broken ones."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.conftest import Served

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not here")
SDL = Path(__file__).resolve().parents[2] / "schema.graphql"
CONTRACT = schemathesis.graphql.from_path(SDL)
OPERATIONS = [found.ok() for found in CONTRACT.get_all_operations()]
POSITIVE, NEGATIVE = schemathesis.GenerationMode
SOME = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def cases(mode: Any) -> st.SearchStrategy[Any]:
    return st.one_of(*(one.as_strategy(generation_mode=mode) for one in OPERATIONS))


@SOME
@given(case=st.one_of(cases(POSITIVE), cases(NEGATIVE)))
def test_no_request_made_from_the_schema_is_a_bug(served: Served, case: Any) -> None:
    body = json.dumps({"query": case.body}).encode()
    answer = served.run(served.answer(body))
    assert answer.status_code < 500
    assert "INTERNAL_SERVER_ERROR" not in answer.text
    assert served.complaints == []


def test_every_root_field_has_its_requests() -> None:
    fields = {one.definition.field_name for one in OPERATIONS}
    assert {"chat", "health", "conversations", "sendMessage"} <= fields
