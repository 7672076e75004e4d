"""Documents that cannot rot: what they tell is run, or held against the code."""

import re
import subprocess

import pytest

from graphql_api.adapters.scripted.script import ECHO, REPLIES, Fault
from graphql_api.errors import ErrorCode
from tests.services import ROOT, Service

README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [
    block
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    if block.startswith("curl")
]
CLIENTS = (ROOT / "docs/clients.md").read_text("utf-8")
CODE = re.compile(r"```(?:bash|js|python|ts)\n(.*?)```", re.DOTALL)
SOURCES = [
    path
    for path in sorted((ROOT / "examples").rglob("*"))
    if path.suffix in {".graphql", ".html", ".py", ".sh", ".ts"}
    and not {"node_modules", "gql", "sidekick_client"} & set(path.parts)
]
SETTING = re.compile(r"\b(?:SIDEKICK|OPENAI|DATABASE)_[A-Z_]+\b")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_question_of_the_readme_is_answered(command: str, echo_api: Service) -> None:
    local = command.replace("localhost:8000", f"127.0.0.1:{echo_api.port}")
    done = subprocess.run(
        ["bash", "-c", local],  # noqa: S607 the shell of whoever reads the README
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert "Who is Robin?" in done.stdout or '"delta":' in done.stdout
    assert "errors" not in done.stdout


def test_every_setting_of_the_code_is_documented_and_the_other_way_round() -> None:
    files = (
        "graphql_api/settings",
        "graphql_api/sign_in_settings",
        "reflex_app/settings",
    )
    sources = [ROOT / f"{file}.py" for file in files]
    in_code = {
        name
        for source in sources
        for name in re.findall(
            r'"((?:SIDEKICK|OPENAI|DATABASE)_[A-Z_]+)"', source.read_text()
        )
    }
    documented = set(SETTING.findall((ROOT / "docs/settings.md").read_text("utf-8")))
    assert documented == in_code


def test_every_test_that_a_promise_names_is_there() -> None:
    text = (ROOT / "docs/security.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text)
    assert len(named) > 20
    for file, test in named:
        source = (ROOT / file).read_text("utf-8")
        assert f"def {test or 'test_'}" in source, (file, test)


def test_every_error_code_is_documented_in_the_order_of_the_code() -> None:
    text = (ROOT / "docs/schema.md").read_text("utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| .+ \| .+ \| .+ \|$", text, re.MULTILINE)
    assert rows == [code.value for code in ErrorCode]


def test_every_target_that_the_readme_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"\bmake ([a-z]+)", README + CLIENTS):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_link_of_the_readme_leads_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert link.startswith("http") or (ROOT / link).exists(), link


def test_every_link_of_the_guide_for_clients_leads_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", CLIENTS):
        assert (ROOT / "docs" / link).exists(), link


def test_the_guide_s_code_is_that_of_the_examples() -> None:
    sources = [path.read_text("utf-8") for path in SOURCES]
    for code in CODE.findall(CLIENTS):
        assert any(code in source for source in sources), code


def test_the_guide_knows_every_example() -> None:
    assert SOURCES
    for path in SOURCES:
        assert f"(../{path.relative_to(ROOT)})" in CLIENTS, path


def test_the_guide_s_first_command_streams_an_answer(mock_api: Service) -> None:
    (command,) = re.findall(r"```sh\n(curl.*?)```", CLIENTS, re.DOTALL)
    local = command.replace("localhost:8000", f"127.0.0.1:{mock_api.port}")
    done = subprocess.run(
        ["bash", "-c", local],  # noqa: S607 the shell of whoever reads the guide
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert '"status":"COMPLETED"' in done.stdout


def test_the_guide_knows_every_reply_and_every_fault_of_the_mock() -> None:
    told = set(
        re.findall(r"^\| `\[(?:reply|fault): ([a-z-]+)\]`", CLIENTS, re.MULTILINE)
    )
    assert told == {*REPLIES, ECHO, *Fault}
    settings = (ROOT / "docs/settings.md").read_text("utf-8")
    (row,) = re.findall(r"`SIDEKICK_MOCK_FAULT` .*", settings)
    assert set(re.findall(r"`([a-z-]+)`", row)) == set(Fault)
