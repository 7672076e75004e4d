"""Documents that cannot rot: what they tell is run, or held against the code."""

import re
import subprocess

import pytest

from tests.services import ROOT, Service

README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [
    block
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    if block.startswith("curl")
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
    sources = [ROOT / "graphql_api/settings.py", ROOT / "reflex_app/settings.py"]
    in_code = {
        name
        for source in sources
        for name in re.findall(
            r'"((?:SIDEKICK|OPENAI|DATABASE)_[A-Z_]+)"', source.read_text()
        )
    }
    documented = set(SETTING.findall((ROOT / "docs/settings.md").read_text("utf-8")))
    assert documented == in_code


def test_every_target_that_the_readme_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"\bmake ([a-z]+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_link_of_the_readme_leads_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert link.startswith("http") or (ROOT / link).exists(), link
