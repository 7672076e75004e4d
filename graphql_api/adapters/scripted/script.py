"""What the mock is told: by the settings, and by marks in the question.

A client chooses for each question, in square brackets anywhere in its text:

    [reply: markdown | short | long | echo]    what is said
    [fault: cut | overloaded | …]              how it fails; see `Fault`
    [fault: cut once]                          only the first time it is asked
    [speed: 20]                                tokens a second; 0: as fast as it goes

Nothing is random: the same question has the same answer, tokens and cost.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from graphql_api.errors import BadInput

ECHO: Final = "echo"
_MAX_TOKENS_PER_S: Final = 10_000
_MARKDOWN: Final = """\
## The sidekick's field guide

A good sidekick does **three things**:

1. notices what the hero overlooks,
2. carries the *second* grappling hook,
3. knows [how to leave](https://example.com/exits).

| Sidekick | First seen | Skill |
|---|---|---:|
| Robin | 1940 | 9 |
| Bucky | 1941 | 8 |
| Speedy | 1941 | 7 |

```python
def rescue(hero: str) -> str:
    return f"{hero} is safe!"
```

> With great power comes a great deal of *paperwork*.

That is all; ask me `anything` else.
"""
_PANEL: Final = "Panel {}: the hero leaps and the sidekick follows.\n\n"
_PANELS: Final = 222
REPLIES: Final = {
    "markdown": _MARKDOWN,
    "short": "Robin, the Boy Wonder.",
    # Nine words a panel and two at the end: 2,000.
    "long": "".join(map(_PANEL.format, range(1, _PANELS + 1))) + "The end.",
}
_MARK: Final = re.compile(
    r"\[(?P<name>reply|fault|speed):\s*(?P<value>[\w.-]{1,20})(?P<once>\s+once)?\s*\]"
)


class Fault(StrEnum):
    """A way to fail that clients should be ready for."""

    CUT = "cut"
    OVERLOADED = "overloaded"
    DOWN = "down"
    STALL = "stall"
    FILTER = "filter"
    LENGTH = "length"
    BUDGET = "budget"
    CRASH = "crash"
    NO_USAGE = "no-usage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """How a question is answered.

    Attributes:
        reply: Name of the text; ``echo``: the question itself.
        fault: How it fails; None: it does not.
        once: Whether it fails only the first time that it is asked.
        tokens_per_s: Speed; 0: as fast as it goes.
    """

    reply: str = "markdown"
    fault: Fault | None = None
    once: bool = False
    tokens_per_s: float = 0

    def marked(self, question: str) -> "Script":
        """The script with what the marks in a question change.

        Raises:
            BadInput: A mark has an unknown value.
        """
        script = self
        for mark in _MARK.finditer(question):
            value = mark["value"]
            match mark["name"]:
                case "fault":
                    once = mark["once"] is not None
                    script = replace(script, fault=_fault(value), once=once)
                case "speed":
                    script = replace(script, tokens_per_s=_speed(value))
                case _:
                    script = replace(script, reply=_reply(value))
        return script

    def text(self, question: str) -> str:
        """What is said when nothing fails."""
        return question if self.reply == ECHO else REPLIES[self.reply]


def _fault(value: str) -> Fault:
    try:
        return Fault(value)
    except ValueError:
        raise _unknown("fault", value, Fault) from None


def _reply(value: str) -> str:
    if value not in {*REPLIES, ECHO}:
        raise _unknown("reply", value, (*REPLIES, ECHO))
    return value


def _speed(value: str) -> float:
    if not re.fullmatch(r"\d{1,5}(\.\d{1,3})?", value, re.ASCII):
        raise _unknown("speed", value, ("a number of tokens a second",))
    return min(float(value), _MAX_TOKENS_PER_S)


def _unknown(name: str, value: str, known: Iterable[str]) -> BadInput:
    return BadInput(
        f"The mock has no {name} {value!r}; it knows {', '.join(known)}.",
        reason="UNKNOWN_MARK",
        field="history",
    )
