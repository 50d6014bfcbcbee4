"""What a check comes to: `Result`, its failures, and `CheckFailed` for the strict form."""

from __future__ import annotations

import re
from dataclasses import dataclass

STATUSES = ("passed", "failed", "not_attempted", "error", "timeout")
MARKS = {"passed": "✓", "not_attempted": "○", "failed": "✗", "error": "✗", "timeout": "✗"}


# Bold starts after a space, so a power such as x**2 is no markup.
BOLD = re.compile(r"(?<!\S)\*\*(\S(?:[^*\n]*\S)?)\*\*")


def without_bold(text: str) -> str:
    """A message for a terminal."""
    return BOLD.sub(r"\1", text)


@dataclass(frozen=True)
class Failure:
    """One thing that was found wrong.

    case  number of the case, from 1; None where the answer fails before any case
    note  what to call the case, "m=7, n=3"
    step  signature | returned | type | shape | finite | values | inputs | alias | fresh | library
    text  one sentence without the case
    """

    case: int | None
    note: str
    step: str
    text: str


@dataclass(frozen=True)
class Result:
    """The verdict on one answer.

    status         passed | failed | not_attempted | error | timeout
    exercise       its name
    message        what a learner reads: lines of light markup (**bold**, `code`)
    seed           makes the same cases again
    failures       what was found wrong; empty unless something was
    misconception  label of the mistake, where exactly one explains every case
    details        what is folded away: inputs of a replayed case, what the function printed
    """

    status: str
    exercise: str
    message: str
    seed: int | None = None
    failures: tuple[Failure, ...] = ()
    misconception: str | None = None
    details: tuple[tuple[str, str], ...] = ()

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    @property
    def attempted(self) -> bool:
        return self.status != "not_attempted"

    @property
    def text(self) -> str:
        """The message without its markup."""
        return without_bold(self.message)


class CheckFailed(AssertionError):
    """Raised by the strict form of a check for anything but a pass; `.result` has the verdict."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.text)
        self.result = result


def headline(status: str, name: str, text: str) -> str:
    """The first line of every message: mark, name, what happened."""
    joint = ": " if status == "not_attempted" else " · "
    return f"{MARKS[status]} **{name}**{joint}{text}"
