"""A network that breaks in the middle of a stream."""

import socket
from contextlib import suppress
from threading import Thread

_STREAM = b"text/event-stream"


class Scissors:
    """Passes connections on to a port; cuts the first streams after some bytes."""

    def __init__(self, port: int, *, cuts: int, after_bytes: int) -> None:
        self._target = port
        self._after_bytes = after_bytes
        self.left = cuts
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                Thread(target=self._send, args=(near, far), daemon=True).start()
                Thread(target=self._answer, args=(far, near), daemon=True).start()

    def _send(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := near.recv(65_536):
                far.sendall(data)
        _end(far, near)

    def _answer(self, far: socket.socket, near: socket.socket) -> None:
        streamed = -1
        with suppress(OSError):
            while data := far.recv(65_536):
                near.sendall(data)
                if streamed >= 0 or _STREAM in data:
                    streamed += len(data)
                if self.left and streamed > self._after_bytes:
                    self.left -= 1
                    break
        _end(near, far)


def _end(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
