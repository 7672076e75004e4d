"""GraphQL over HTTP: all audits of `graphql-http`, MUST, SHOULD and MAY."""

import pytest

from tests.clients.conftest import Outcomes

IDS = """
    4655 4760 4761 4762 4763 8161 8764 22EB 47DE 80D8 82A3 BF61 78D5 2C94 5A70 9C48
    9ABE 03D4 A5BF 423L LKJ0 LKJ1 LKJ2 LKJ3 34A2 13EE 6C00 6C01 6C02 6C03 B8B3 94B0
    0220 94B1 0221 94B2 0222 2EA1 28B9 D6D5 6A70 58B0 58B1 58B2 58B3 428F 1B7A B6DC
    BCF8 B7N8 3E3A 572B FDE2 7B9B 865D 556A D586 51FE 74FF 5E5B 86EE
"""
AUDITS = IDS.split()


@pytest.mark.parametrize("audit", AUDITS)
def test_the_endpoint_passes_an_audit(outcomes: Outcomes, audit: str) -> None:
    assert outcomes("node", "audits.mjs")[audit] is None


def test_no_audit_is_forgotten(outcomes: Outcomes) -> None:
    assert list(outcomes("node", "audits.mjs")) == AUDITS
