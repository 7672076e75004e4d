"""What is remembered of documents, and what is not."""

import pytest

from graphql_api.schema.build import build_schema
from graphql_api.schema.documents.prepared import Documents

HEALTH = "{ health { status } }"


@pytest.fixture
def documents() -> Documents:
    return build_schema().documents  # type: ignore[attr-defined]


def test_a_document_that_comes_again_is_not_read_again(documents: Documents) -> None:
    found = documents.prepare(HEALTH)
    assert found.document is not None
    assert documents.prepare("".join(list(HEALTH))) is found


@pytest.mark.parametrize("text", ["{", "{ nope }" + " " * 9_000, "{ a }" * 2_000])
def test_a_refused_document_is_refused_again_but_not_kept(
    documents: Documents, text: str
) -> None:
    found = documents.prepare(text)
    assert documents.prepare(text) is found
    error = found.complaints[0].error()
    assert (error.source, error.nodes) == (None, None)


def test_what_is_kept_is_bounded_in_number_and_in_size(documents: Documents) -> None:
    for number in range(1_100):
        documents.prepare(f"# {number}{' ' * 900}\n{HEALTH}")
    assert len(documents._kept._kept) <= 1_000
    assert documents._kept._chars <= 500_000
    assert documents._kept._chars == sum(
        chars for _, chars in documents._kept._kept.values()
    )


def test_errors_are_new_each_time_so_that_no_request_sees_anothers(
    documents: Documents,
) -> None:
    complaint = documents.prepare("{ nope }").complaints[0]
    assert complaint.error() is not complaint.error()


@pytest.mark.parametrize(
    "text",
    [
        "query A { __typename } query A { __typename }",
        "{ ...A } fragment A on Query { __typename } fragment A on Query { a }",
    ],
)
def test_two_definitions_of_a_name_are_refused_uncounted(
    documents: Documents, text: str
) -> None:
    (complaint,) = documents.prepare(text).complaints
    assert "same name" in complaint.message
