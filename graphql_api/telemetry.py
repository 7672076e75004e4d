"""Logs: set up in one place, and cleaned of secrets on their way out.

A log line is an event with key-values (``generation.finished generation_id=…``). It
never holds message texts or keys; the formatter redacts what looks like a key all the
same, because an exception's text may quote one.
"""

import logging
import re
import sys
from typing import Final

_SECRETS: Final = (
    (re.compile(r"\bsk-[\w-]{3,}"), "sk-…"),
    (re.compile(r"(?i)\bbearer\s+[\w.~+/=-]+"), "Bearer …"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), "eyJ…"),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@]+):[^\s@]+@"), r"\1:…@"),
)
_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"


def redact(text: str) -> str:
    """The text without what looks like a key, a bearer token or a password in a URL."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def set_up_logs(level: int = logging.INFO) -> None:
    """Send all logs to standard error, redacted."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting(_FORMAT))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # One line an operation is ours to write; the libraries' chatter is not needed.
    for name in ("httpx", "httpx2", "openai", "asyncio", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # A retry that helps is no news; one that does not is in the outcome.
    logging.getLogger("stamina").setLevel(logging.ERROR)
