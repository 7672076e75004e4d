"""The bootstrap: what it does again, what it skips, and what it says."""

import ast
import fcntl
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tools import graphiql, machine
from tools.progress import SetupError, Shell, Terminal
from tools.steps import Step, Steps

ROOT = Path(__file__).resolve().parents[2]
# What runs before there is a virtual environment; the screenshots run inside it.
OURS = sorted(set((ROOT / "tools").glob("*.py")) - {ROOT / "tools/screenshots.py"})
MISSING = "no such mirror"


class Cut(Exception):
    """Stands for Ctrl-C."""


class RecordingShell:
    """Runs nothing: remembers commands, and fails or is cut where it is told to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.commands: list[str] = []
        self.fails_at: str | None = None
        self.cut_at: str | None = None

    def run(self, *command: object, **_: object) -> None:
        line = " ".join(str(word) for word in command).replace(f"{self.root}/", "")
        self.commands.append(line)
        if self.cut_at and self.cut_at in line:
            raise Cut
        if self.fails_at and self.fails_at in line:
            raise SetupError(MISSING)
        if "-m venv" in line:
            (self.root / ".venv" / "bin").mkdir(parents=True)
            (self.root / ".venv" / "bin" / "python").touch()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    # A folder of this name inside the checkout would be no source of the page.
    tmp_path /= "external"
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    for name in ("requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "reflex_app").mkdir()
    (tmp_path / "reflex_app" / "app.py").write_text("page = 1\n")
    (tmp_path / "tools" / "graphiql.json").write_text("[]")
    return tmp_path


@pytest.fixture
def shell(root: Path) -> RecordingShell:
    return RecordingShell(root)


def steps(shell: RecordingShell, *, for_tests: bool = False) -> list[Step]:
    return Steps(shell.root, shell, for_tests=for_tests).all()[:5]  # pyright: ignore[reportArgumentType] - a stand-in


def set_up(shell: RecordingShell, *, for_tests: bool = False) -> list[str]:
    """Do what is not done, as the tool does; return the commands it took."""
    shell.commands.clear()
    for step in steps(shell, for_tests=for_tests):
        if not step.is_done():
            step.run()
    return list(shell.commands)


def test_a_fresh_checkout_gets_everything_in_order(shell: RecordingShell) -> None:
    commands = set_up(shell)

    expected = ["-m venv", "bootstrap.lock", "requirements.lock", "build", "npm pack"]
    assert all(word in line for word, line in zip(expected, commands, strict=True))
    assert "--require-hashes" in commands[2]
    assert "--no-deps" in commands[2]


def test_no_command_names_an_index(shell: RecordingShell) -> None:
    commands = " ".join(set_up(shell, for_tests=True))

    assert "index" not in commands
    assert "://" not in commands


def test_a_second_setup_has_nothing_to_do(shell: RecordingShell) -> None:
    set_up(shell)

    assert set_up(shell) == []


def test_what_tests_need_serves_a_run_as_well(shell: RecordingShell) -> None:
    set_up(shell, for_tests=True)

    assert set_up(shell) == []


def test_tests_after_a_run_install_only_packages(shell: RecordingShell) -> None:
    set_up(shell)
    commands = set_up(shell, for_tests=True)

    assert len(commands) == 1
    assert commands[0].endswith("-r requirements-dev.lock")


def test_a_changed_lock_is_installed_and_built_with(shell: RecordingShell) -> None:
    set_up(shell)
    with (shell.root / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")

    assert ["install" in line for line in set_up(shell)] == [True, False]


def test_a_changed_page_is_built_again(shell: RecordingShell) -> None:
    set_up(shell)
    (shell.root / "reflex_app" / "app.py").write_text("page = 2\n")
    commands = set_up(shell)

    assert [line.split()[1:] for line in commands] == [["-m", "reflex_app", "build"]]


def test_bytecode_is_no_change_of_the_page(shell: RecordingShell) -> None:
    set_up(shell)
    cache = shell.root / "reflex_app" / "__pycache__"
    cache.mkdir()
    (cache / "app.pyc").touch()

    assert set_up(shell) == []


def test_an_environment_whose_python_is_gone_is_made_anew(
    shell: RecordingShell,
) -> None:
    set_up(shell)
    (shell.root / ".venv" / "bin" / "python").unlink()

    assert not steps(shell)[0].is_done()


def test_an_environment_that_is_linked_from_elsewhere_is_left_alone(
    shell: RecordingShell, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "bin").mkdir(parents=True)
    (shell.root / ".venv").symlink_to(elsewhere)
    set_up(shell)

    assert not (shell.root / ".venv").is_symlink()
    assert list((elsewhere / "bin").iterdir()) == []


@pytest.mark.parametrize(
    "cut_at", ["bootstrap.lock", "requirements.lock", "build", "npm pack"]
)
def test_an_interrupted_setup_goes_on_where_it_was(
    shell: RecordingShell, cut_at: str
) -> None:
    shell.cut_at = cut_at
    with pytest.raises(Cut):
        set_up(shell)
    shell.cut_at = None

    assert cut_at in set_up(shell)[0]
    assert set_up(shell) == []


def test_packages_written_by_halves_are_written_anew(shell: RecordingShell) -> None:
    shell.cut_at = "requirements.lock"
    with pytest.raises(Cut):
        set_up(shell)
    shell.cut_at = None

    assert "--reinstall" in set_up(shell)[0]


def test_a_mirror_known_to_pip_alone_is_used(shell: RecordingShell) -> None:
    shell.fails_at = "bin/uv pip install"
    commands = set_up(shell)

    assert "-m pip install --no-deps --require-hashes" in commands[3]
    assert set_up(shell) == []


def archive(folder: Path, **files: str) -> dict[str, object]:
    """An archive as npm packs them, and what the lock says of it."""
    path = folder / "x.tgz"
    with tarfile.open(path, "w:gz") as tar:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    sha512 = hashlib.sha512(path.read_bytes()).hexdigest()
    return {"package": "x@1", "sha512": sha512, "take": {"a": "a.js"}}


def test_only_the_wanted_files_of_a_package_are_taken(tmp_path: Path) -> None:
    package = archive(tmp_path, a="1", b="2")
    (tmp_path / "taken").mkdir()
    graphiql.unpack(package, tmp_path / "x.tgz", tmp_path / "taken")
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["a.js"]


def test_a_package_with_another_hash_is_refused(tmp_path: Path) -> None:
    package = archive(tmp_path, a="1") | {"sha512": "0"}
    with pytest.raises(SetupError, match="x@1 is not the archive"):
        graphiql.unpack(package, tmp_path / "x.tgz", tmp_path)
    assert not (tmp_path / "a.js").exists()


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 9, 2), (3, 10, 99)])
def test_an_old_python_is_told_which_one_is_needed(version: tuple[int, ...]) -> None:
    problem = machine.python_problem(version)

    assert problem is not None
    assert "Python 3.11 or newer" in problem
    assert ".".join(map(str, version)) in problem


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 1), (4, 0, 0)])
def test_a_recent_python_is_welcome(version: tuple[int, ...]) -> None:
    assert machine.python_problem(version) is None


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_an_old_python_can_read_the_tool(path: Path) -> None:
    ast.parse(path.read_text("utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_venv_module_is_answered_with_its_package(
    monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)

    assert "apt-get install python3.11-venv" in str(machine.venv_problem((3, 11, 2)))


def test_a_full_disk_is_told_with_its_numbers(tmp_path: Path) -> None:
    problem = machine.disk_problem(tmp_path, needed_bytes=10**18)

    assert "needs 1000000000.0 GB" in str(problem)
    assert machine.disk_problem(tmp_path, needed_bytes=0) is None


def test_a_failed_command_is_quoted_and_logged(tmp_path: Path) -> None:
    shell = Shell(tmp_path, log=tmp_path / "log", terminal=Terminal(), kept_fds=())
    with pytest.raises(SetupError, match="the mirror is down"):
        shell.run(sys.executable, "-c", "raise SystemExit('the mirror is down')")

    assert "the mirror is down" in (tmp_path / "log").read_text()


def test_a_command_that_hangs_is_given_up(tmp_path: Path) -> None:
    shell = Shell(tmp_path, log=tmp_path / "log", terminal=Terminal(), kept_fds=())
    with pytest.raises(SetupError, match="longer than 0 s"):
        shell.run(sys.executable, "-c", "input()", limit_s=0)


@pytest.fixture
def finished(shell: RecordingShell) -> Path:
    set_up(shell)
    (shell.root / ".sidekick").mkdir()
    return shell.root


def test_two_setups_at_once_take_turns(finished: Path) -> None:
    with (finished / ".sidekick" / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = subprocess.Popen(
            [sys.executable, "-u", "-m", "tools.setup"],
            cwd=finished,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert second.stdout is not None
        waiting = second.stdout.readline()
    rest, _ = second.communicate(timeout=20)

    assert "waiting for it" in waiting
    assert "everything is in place" in rest
    assert second.returncode == 0
