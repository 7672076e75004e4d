"""Real processes for tests: started on free ports, awaited, ended by their own id."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]
START_LIMIT_S = 60.0
STOP_LIMIT_S = 6.0
_POLL_S = 0.05


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Service:
    """A running process that serves HTTP."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def wait_until_up(self, path: str) -> None:
        give_up_s = time.monotonic() + START_LIMIT_S
        while not self._answers(path):
            assert self.process.poll() is None, self.output()
            assert time.monotonic() < give_up_s, self.output()

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> float:
        """Signal the process, wait for its end, and give the seconds that took."""
        began_s = time.monotonic()
        self.process.send_signal(sign)
        try:
            self.process.wait(STOP_LIMIT_S)
        finally:
            self.process.kill()
            self.process.wait()
        return time.monotonic() - began_s

    def _answers(self, path: str) -> bool:
        try:
            with urlopen(self.url + path, timeout=5) as answer:  # noqa: S310 loopback
                return answer.status == 200
        except (URLError, OSError):
            select.select([], [], [], _POLL_S)
            return False


@contextmanager
def running(
    module: str,
    *arguments: str,
    log: Path,
    port_variable: str,
    port: int | None = None,
    path: str = "/healthz",
    **environ: str,
) -> Iterator[Service]:
    """Run `python -m module` on the port, or a free one, until the context ends."""
    port = port or free_port()
    settings: Mapping[str, str] = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/tmp"),  # noqa: S108 only a fallback
        port_variable: str(port),
        **environ,
    }
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=settings,
            stdout=output,
            stderr=output,
        )
    service = Service(process, f"http://127.0.0.1:{port}", log)
    try:
        service.wait_until_up(path)
        yield service
    finally:
        if process.poll() is None:
            service.stop()


@contextmanager
def running_api(
    log: Path, *, port: int | None = None, **environ: str
) -> Iterator[Service]:
    """Run the API, with the echo model unless the environment says otherwise."""
    defaults = {"SIDEKICK_PROVIDER": "echo", "SIDEKICK_DATA_DIR": str(log.parent)}
    with running(
        "graphql_api",
        "serve",
        log=log,
        port_variable="SIDEKICK_API_PORT",
        port=port,
        **{**defaults, **environ},
    ) as service:
        yield service


@contextmanager
def running_page(
    log: Path, api_url: str, *, port: int | None = None
) -> Iterator[Service]:
    """Run the page in front of an API, whose address has no path."""
    with running(
        "reflex_app",
        log=log,
        port_variable="SIDEKICK_UI_PORT",
        port=port,
        SIDEKICK_API_URL=f"{api_url}/graphql",
    ) as service:
        yield service
