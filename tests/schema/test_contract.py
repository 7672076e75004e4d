"""`schema.graphql` is the printed code, and does not drift from what was designed."""

from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType

from graphql_api import errors
from graphql_api.schema.build import build_schema

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = build_schema()
TYPES = {
    name: kind
    for name, kind in SCHEMA._schema.type_map.items()
    if not name.startswith("__")
}


def test_the_schema_file_is_the_printed_schema() -> None:
    printed = SCHEMA.as_str().rstrip("\n") + "\n"
    assert (ROOT / "schema.graphql").read_text(encoding="utf-8") == printed


@pytest.mark.parametrize("name", sorted(TYPES))
def test_every_type_field_and_argument_is_described(name: str) -> None:
    kind = TYPES[name]
    if name in {"String", "Int", "Float", "Boolean", "ID"}:
        return
    assert kind.description, name
    if isinstance(kind, GraphQLEnumType):
        assert all(value.description for value in kind.values.values())
    if isinstance(kind, GraphQLObjectType | GraphQLInputObjectType):
        for field_name, field in kind.fields.items():
            assert field.description, f"{name}.{field_name}"
            for argument in getattr(field, "args", {}).values():
                assert argument.description, f"{name}.{field_name}"


def test_every_error_code_of_the_code_is_in_the_contract() -> None:
    codes = TYPES["ErrorCode"]
    assert isinstance(codes, GraphQLEnumType)
    assert set(codes.values) == {code.value for code in errors.ErrorCode}
