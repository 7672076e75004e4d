"""The launcher: real processes, real signals.

Most tests give it stand-ins for both services: programs of a few lines in a copy of the
layout, which can be told to die, to hang and to ignore signals. The last ones run the
real API and page, which `make test` has built.
"""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 20.0
STOP_LIMIT_S = 6.0

SERVICE = """
import http.server, os, signal, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/crash":
            print("the reactor melted", flush=True)
            os._exit(3)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass

if os.environ.get("STUBBORN"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
port = int(os.environ["{setting}"])
http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Launcher:
    """A running `sidekick.py` whose output can be awaited."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.api_port = int(environment["SIDEKICK_API_PORT"])
        self.output = ""
        self.process = subprocess.Popen(
            [sys.executable, "sidekick.py"],
            cwd=folder,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def read_until(self, words: str) -> None:
        stdout = self.process.stdout
        assert stdout is not None
        give_up_s = time.monotonic() + LIMIT_S
        while words not in self.output:
            left_s = give_up_s - time.monotonic()
            assert select.select([stdout], [], [], max(left_s, 0))[0], self.output
            chunk = os.read(stdout.fileno(), 65536)
            assert chunk, self.output
            self.output += chunk.decode()

    def wait(self, *, limit_s: float = LIMIT_S) -> int:
        rest, _ = self.process.communicate(timeout=limit_s)
        self.output += rest.decode()
        return self.process.returncode

    def service_handles(self) -> list[int]:
        """Return a file descriptor for each descendant, readable when it is gone."""
        pids = list(descendants(self.process.pid))
        assert len(pids) >= 2
        return [os.pidfd_open(pid) for pid in pids]


def descendants(pid: int) -> Iterator[int]:
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield int(child)
            yield from descendants(int(child))


def gone(handles: list[int], *, limit_s: float) -> bool:
    give_up_s = time.monotonic() + limit_s
    for handle in handles:
        left_s = max(give_up_s - time.monotonic(), 0)
        if not select.select([handle], [], [], left_s)[0]:
            return False
    return True


class Layout:
    """A folder with the launcher and two stand-ins."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.launchers: list[Launcher] = []
        shutil.copy(ROOT / "sidekick.py", folder)
        self.write_service("graphql_api", "SIDEKICK_API_PORT")
        self.write_service("reflex_app", "SIDEKICK_UI_PORT")

    def write_service(self, name: str, setting: str) -> None:
        text = SERVICE.replace("{setting}", setting)
        (self.folder / f"{name}.py").write_text(text)

    def launch(self, **environment: str) -> Launcher:
        defaults = {
            "SIDEKICK_API_PORT": str(free_port()),
            "SIDEKICK_UI_PORT": str(free_port()),
            "SIDEKICK_DATA_DIR": "data",
        }
        launcher = Launcher(self.folder, defaults | environment)
        self.launchers.append(launcher)
        return launcher


def end(launcher: Launcher) -> None:
    with suppress(ProcessLookupError):
        launcher.process.terminate()
    launcher.process.wait(timeout=LIMIT_S)
    if launcher.process.stdout:
        launcher.process.stdout.close()


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    layout = Layout(tmp_path)
    yield layout
    for launcher in layout.launchers:
        end(launcher)


@pytest.fixture
def running(layout: Layout) -> Launcher:
    launcher = layout.launch()
    launcher.read_until("Press Ctrl-C to stop.")
    return launcher


def test_a_start_ends_with_the_address_to_open(running: Launcher) -> None:
    assert "Sidekick is ready: http://localhost:" in running.output
    assert f"GraphQL: http://localhost:{running.api_port}/graphql" in running.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all_and_is_a_success(running: Launcher, number: int) -> None:
    handles = running.service_handles()
    running.process.send_signal(number)

    assert running.wait(limit_s=STOP_LIMIT_S) == 0
    assert gone(handles, limit_s=0)


def test_a_service_deaf_to_sigterm_is_killed_in_time(layout: Layout) -> None:
    launcher = layout.launch(STUBBORN="1")
    launcher.read_until("Press Ctrl-C")
    handles = launcher.service_handles()
    launcher.process.terminate()

    assert launcher.wait(limit_s=STOP_LIMIT_S) == 0
    assert gone(handles, limit_s=1)


def test_a_second_ctrl_c_does_not_wait(layout: Layout) -> None:
    launcher = layout.launch(STUBBORN="1")
    launcher.read_until("Press Ctrl-C")
    handles = launcher.service_handles()
    launcher.process.send_signal(signal.SIGINT)
    launcher.read_until("Stopping")
    launcher.process.send_signal(signal.SIGINT)

    assert launcher.wait(limit_s=2) == 0
    assert gone(handles, limit_s=1)


def test_a_killed_launcher_leaves_no_orphan(running: Launcher) -> None:
    handles = running.service_handles()
    running.process.kill()

    assert gone(handles, limit_s=STOP_LIMIT_S)


def test_a_service_that_dies_ends_the_other_and_is_quoted(running: Launcher) -> None:
    handles = running.service_handles()
    with socket.create_connection(("127.0.0.1", running.api_port), 5) as api:
        api.sendall(b"GET /crash HTTP/1.0\r\n\r\n")

    assert running.wait(limit_s=STOP_LIMIT_S) == 1
    assert "api ended by itself (exit code 3)" in running.output
    assert "the reactor melted" in running.output
    assert gone(handles, limit_s=0)


def test_a_service_that_cannot_start_is_quoted(layout: Layout) -> None:
    (layout.folder / "reflex_app.py").write_text("raise SystemExit('no page here')")
    launcher = layout.launch()

    assert launcher.wait() == 1
    assert "no page here" in launcher.output


@pytest.mark.parametrize("setting", ["SIDEKICK_API_PORT", "SIDEKICK_UI_PORT"])
def test_a_taken_port_is_named_with_its_setting(layout: Layout, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        launcher = layout.launch(**{setting: str(port)})
        code = launcher.wait()

    assert code == 1
    assert f"Port {port} is not free" in launcher.output
    assert f"{setting}=" in launcher.output


@pytest.mark.parametrize("value", ["http", "0", "70000", "-1", "\u0668"])
def test_a_port_that_is_none_is_refused(layout: Layout, value: str) -> None:
    launcher = layout.launch(SIDEKICK_UI_PORT=value)

    assert launcher.wait() == 1
    assert "SIDEKICK_UI_PORT must be a port" in launcher.output


def test_a_folder_that_cannot_be_used_is_said_in_a_sentence(layout: Layout) -> None:
    launcher = layout.launch(SIDEKICK_DATA_DIR="/proc/nowhere")

    assert launcher.wait() == 1
    assert "Set SIDEKICK_DATA_DIR to a folder of yours." in launcher.output


def test_the_page_is_told_no_secret(layout: Layout) -> None:
    names = {"OPENAI_API_KEY", "DATABASE_URL_FILE"}
    told = f'print("told", sorted(set(os.environ) & {names}))'
    for name in ("graphql_api", "reflex_app"):
        service = layout.folder / f"{name}.py"
        service.write_text(f"import os\n{told}\n{service.read_text()}")
    secrets = {"OPENAI_API_KEY": "sk-canary", "DATABASE_URL_FILE": "nowhere"}
    layout.launch(**secrets).read_until("http://")

    api, page = (layout.folder / "data" / f"{name}.log" for name in ("api", "page"))
    assert "told ['DATABASE_URL_FILE', 'OPENAI_API_KEY']" in api.read_text()
    assert "told []" in page.read_text()


def test_one_port_for_both_is_refused(layout: Layout) -> None:
    port = str(free_port())
    launcher = layout.launch(SIDEKICK_API_PORT=port, SIDEKICK_UI_PORT=port)

    assert launcher.wait() == 1
    assert f"are both {port}" in launcher.output


@pytest.fixture(params=["echo", "local"])
def real(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Launcher]:
    environment = {
        "SIDEKICK_API_PORT": str(free_port()),
        "SIDEKICK_UI_PORT": str(free_port()),
        "SIDEKICK_DATA_DIR": str(tmp_path),
        "SIDEKICK_PROVIDER": request.param,
    }
    launcher = Launcher(ROOT, environment)
    try:
        launcher.read_until("Press Ctrl-C to stop.")
        yield launcher
    finally:
        end(launcher)


def test_the_real_services_end_in_time(real: Launcher) -> None:
    handles = real.service_handles()
    real.process.send_signal(signal.SIGINT)

    assert real.wait(limit_s=STOP_LIMIT_S) == 0
    assert gone(handles, limit_s=0)


def test_the_real_services_are_no_orphans(real: Launcher) -> None:
    handles = real.service_handles()
    real.process.kill()

    assert gone(handles, limit_s=STOP_LIMIT_S)
