"""Starts Sidekick: the API and the page as two processes, ended together.

It imports neither of them. Each service runs in a session of its own, so that Ctrl-C
reaches this launcher alone, and on Linux asks the kernel for a SIGTERM should the
launcher be killed. What they print goes to `api.log` and `page.log` in the data folder;
warnings are repeated here.
"""

from __future__ import annotations

import ctypes
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent
START_LIMIT_S = 60.0
MODEL_LIMIT_S = 60.0
STOP_LIMIT_S = 5.0
POLL_S = 0.1
PROBE_LIMIT_S = 1.0
MODEL_PROBE_S = 5.0
LOG_LIMIT_BYTES = 20_000_000
LAST_LINES = 20
LAST_PORT = 65535
PR_SET_PDEATHSIG = 1
# What the API alone has to know: the page asks it, and nobody else.
SECRET = re.compile(r"(_API_KEY|_SECRET|^DATABASE_URL)(_FILE)?$")
WORTH_REPEATING = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b")


class LaunchError(Exception):
    """Sidekick cannot start or go on; the message says why and what to do."""


@dataclass(slots=True)
class Stop:
    """What the signals have asked for."""

    requested: threading.Event = field(default_factory=threading.Event)
    at_once: bool = False

    def listen(self) -> None:
        """Take Ctrl-C, SIGTERM and a closed terminal as requests to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Under nohup, a closed terminal is to be ignored.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, _frame: object) -> None:
        # A second Ctrl-C means now; a SIGTERM may well come twice, through make.
        self.at_once = self.requested.is_set() and number == signal.SIGINT
        self.requested.set()


class Service:
    """One of the two processes, with its log; not both are told secrets."""

    def __init__(
        self, name: str, module: str, *arguments: str, port: int, trusted: bool = False
    ) -> None:
        self.name = name
        self.port = port
        self._command = [sys.executable, "-m", module, *arguments]
        self._log = data_folder() / f"{name}.log"
        self._trusted = trusted
        self._read_bytes = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process, with a new log.

        Raises:
            LaunchError: the log cannot be written.
        """
        try:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            self._log.write_bytes(b"")
        except OSError as error:
            raise LaunchError(
                f"Logs cannot be written to {self._log.parent}: {error.strerror}. Set "
                "SIDEKICK_DATA_DIR to a folder of yours."
            ) from error
        launcher = str(os.getpid())
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own two programs
                [sys.executable, __file__, "bound-to", launcher, *self._command],
                cwd=ROOT,
                env={
                    **self._environment(),
                    "PYTHONUNBUFFERED": "1",
                    "SIDEKICK_DATA_DIR": str(data_folder()),
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        return {
            name: text
            for name, text in os.environ.items()
            if self._trusted or not SECRET.search(name)
        }

    def exit_code(self) -> int | None:
        """Return how it ended, or None while it runs or was never started."""
        return self._process.poll() if self._process else None

    def end(self, number: signal.Signals) -> None:
        """Send a signal: SIGKILL to all it has started, others to itself."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(self._process.pid, number)
            elif self._process.poll() is None:
                self._process.send_signal(number)

    def runs(self) -> bool:
        """Tell whether the process was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def answers(self, path: str, *, limit_s: float = PROBE_LIMIT_S) -> tuple[bool, str]:
        """Ask the service over HTTP; return whether it said 200, and what it said."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=limit_s)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            text = response.read(10_000).decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return False, "nothing"
        finally:
            connection.close()
        return response.status == http.client.OK, text

    def repeat_warnings(self) -> None:
        """Print the new lines of the log that somebody should see."""
        if not self._log.exists():
            return  # somebody tidied up; the service writes on, unseen
        if self._log.stat().st_size > LOG_LIMIT_BYTES:
            os.truncate(self._log, 0)
            self._read_bytes = 0
        with self._log.open("rb") as log:
            log.seek(self._read_bytes)
            new, newline, _ = log.read(1_000_000).rpartition(b"\n")
        self._read_bytes += len(new + newline)
        for line in new.decode(errors="replace").splitlines():
            if WORTH_REPEATING.search(line):
                say(f"{self.name:>4} | {line}")

    def last_lines(self) -> str:
        """Return the end of the log, for whoever must find out what happened."""
        if not self._log.exists():
            return f"{self.name:>4} | (the log was deleted)"
        lines = self._log.read_text("utf-8", errors="replace").splitlines()
        return "\n".join(f"{self.name:>4} | {line}" for line in lines[-LAST_LINES:])


def main() -> int:
    """Start both services, wait for the end of it, return the exit code."""
    stop = Stop()
    stop.listen()
    services: list[Service] = []
    try:
        api_port, page_port = read_ports()
        api = Service("api", "graphql_api", "serve", port=api_port, trusted=True)
        services = [api, Service("page", "reflex_app", port=page_port)]
        run(*services, stop=stop)
    except LaunchError as error:
        say(f"\n{error}")
        return 1
    finally:
        end_all(services, stop=stop)
    return 0


def run(api: Service, page: Service, *, stop: Stop) -> None:
    """Start both, say when they are ready, and watch over them until a stop."""
    for service in (api, page):
        service.start()
    say("Starting the API and the page …")
    for service in (api, page):
        wait_for(service, watched=(api, page), stop=stop)
    say("Waiting for the model …")
    model_answers = wait_for_model(api, watched=(api, page), stop=stop)
    if not stop.requested.is_set():
        say(
            f"\nSidekick is ready: http://localhost:{page.port}\n"
            f"          GraphQL: http://localhost:{api.port}/graphql\n"
            f"             Logs: {data_folder()}\n"
            "Press Ctrl-C to stop."
        )
    while not stop.requested.wait(POLL_S):
        watch((api, page))
        if not model_answers:
            model_answers = api.answers("/readyz", limit_s=MODEL_PROBE_S)[0]
            say("The model answers now.") if model_answers else stop.requested.wait(2)


def wait_for(service: Service, *, watched: tuple[Service, ...], stop: Stop) -> None:
    """Wait until a service serves, unless a stop is asked for first.

    Raises:
        LaunchError: one of the `watched` ended, or it took too long.
    """
    give_up_s = time.monotonic() + START_LIMIT_S
    while not stop.requested.wait(POLL_S) and not service.answers("/healthz")[0]:
        watch(watched)
        if time.monotonic() > give_up_s:
            raise LaunchError(f"The {service.name} hangs:\n{service.last_lines()}")


def wait_for_model(api: Service, *, watched: tuple[Service, ...], stop: Stop) -> bool:
    """Wait until the model answers; False, with a note, when it does not.

    A provider that is down is no reason not to show the page, which says so too.
    """
    give_up_s = time.monotonic() + MODEL_LIMIT_S
    while not stop.requested.wait(POLL_S):
        ready, answer = api.answers("/readyz", limit_s=MODEL_PROBE_S)
        if ready:
            return True
        watch(watched)
        if time.monotonic() > give_up_s:
            say(f"The model does not answer yet. The API says: {answer}")
            return False
    return False


def watch(services: tuple[Service, ...]) -> None:
    """Repeat warnings of the services.

    Raises:
        LaunchError: one of them has ended by itself.
    """
    for service in services:
        service.repeat_warnings()
        if (code := service.exit_code()) is not None:
            raise LaunchError(
                f"The {service.name} ended by itself (exit code {code}):\n"
                f"{service.last_lines()}"
            )


def end_all(services: list[Service], *, stop: Stop) -> None:
    """End the services: politely, and after five seconds for good."""
    if any(service.runs() for service in services):
        say("\nStopping …")
    for service in services:
        service.end(signal.SIGTERM)
    give_up_s = time.monotonic() + STOP_LIMIT_S
    while any(service.runs() for service in services):
        if stop.at_once or time.monotonic() > give_up_s:
            break
        time.sleep(POLL_S / 2)
    for service in services:
        service.end(signal.SIGKILL)


def read_ports() -> tuple[int, int]:
    """Return the ports of the API and of the page, both free.

    Raises:
        LaunchError: a setting is no port, or another program has it.
    """
    api = free_port("SIDEKICK_API_PORT", 8000)
    page = free_port("SIDEKICK_UI_PORT", 3000)
    if api == page:
        raise LaunchError(f"SIDEKICK_API_PORT and SIDEKICK_UI_PORT are both {api}.")
    return api, page


def free_port(setting: str, default: int) -> int:
    """Return the port that a setting names, if nobody listens on it.

    Raises:
        LaunchError: it is no port, or it is taken.
    """
    text = os.environ.get(setting, "").strip() or str(default)
    port = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= port <= LAST_PORT:
        raise LaunchError(f"{setting} must be a port from 1 to 65535, not {text!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise LaunchError(
                f"Port {port} is not free ({error.strerror}). Stop the program that "
                f"has it, or choose another one: {setting}={port + 1} make run"
            ) from error
    return port


def data_folder() -> Path:
    """Return the folder for what Sidekick keeps, logs among it."""
    return ROOT / (os.environ.get("SIDEKICK_DATA_DIR") or ".sidekick")


def say(text: str) -> None:
    """Print for the person at the terminal, who may have closed it."""
    with suppress(OSError):
        print(text, flush=True)


def become_bound(launcher: int, command: list[str]) -> None:
    """Become `command`, as a process that gets SIGTERM when the launcher is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # The launcher may have been killed before the kernel was asked.
    if os.getppid() == launcher:
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    if sys.argv[1:2] == ["bound-to"]:
        become_bound(int(sys.argv[2]), sys.argv[3:])
        sys.exit(1)
    sys.exit(main())
