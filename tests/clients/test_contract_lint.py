"""The printed schema under linters that others wrote."""

from tests.clients.installing import Installation

LINTER = "node_modules/graphql-schema-linter/lib/cli.js"
# Fields and values stand in the order in which people read them, not in the alphabet's.
EXCEPT = (
    "enum-values-sorted-alphabetically",
    "input-object-fields-sorted-alphabetically",
    "interface-fields-sorted-alphabetically",
    "type-fields-sorted-alphabetically",
)


def test_graphql_eslint_finds_nothing(node: Installation) -> None:
    assert node.run("lint.mjs") == ""


def test_graphql_schema_linter_finds_nothing(node: Installation) -> None:
    found = node.run(LINTER, "--except", ",".join(EXCEPT), "../../schema.graphql")
    assert "0 errors detected" in found
