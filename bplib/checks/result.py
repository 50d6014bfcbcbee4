"""What a check comes to: `Result`, its failures, and `CheckFailed` for the strict form."""

from __future__ import annotations

import re
from dataclasses import dataclass

STATUSES = ("passed", "failed", "not_attempted", "error", "timeout")
MARKS = {"passed": "✓", "not_attempted": "○", "failed": "✗", "error": "✗", "timeout": "✗"}


# Bold starts after a space, so a power such as x**2 is no markup.
BOLD = re.compile(r"(?<!\S)\*\*(\S(?:[^*\n]*\S)?)\*\*")


def without_bold(text: str) -> str:
    """A message for a terminal.

    Arguments:
        text: lines of light markup.

    Returns:
        The same without the stars around what is bold.
    """
    return BOLD.sub(r"\1", text)


@dataclass(frozen=True)
class Failure:
    """One thing that was found wrong.

    Fields:
        case: number of the case, from 1; None where the answer fails before any case.
        note: what to call the case, "m=7, n=3".
        step: where it was found: defined, signature, returned, type, shape, finite, values, inputs,
            alias, fresh or library.
        text: one sentence without the case.
    """

    case: int | None
    note: str
    step: str
    text: str


@dataclass(frozen=True)
class Result:
    """The verdict on one answer.

    Fields:
        status: "passed", "failed", "not_attempted", "error" or "timeout".
        exercise: its name.
        message: what a learner reads, lines of light markup (**bold**, `code`).
        seed: makes the same cases again.
        failures: what was found wrong; empty unless something was.
        misconception: label of the mistake, where exactly one explains every case.
        details: what is folded away: inputs of a replayed case, what the function printed.

    Attributes:
        passed: whether the status is "passed".
        attempted: whether it is anything but "not_attempted".
        text: the message without its markup.
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
        """Whether the answer is right."""
        return self.status == "passed"

    @property
    def attempted(self) -> bool:
        """Whether there is an answer at all."""
        return self.status != "not_attempted"

    @property
    def text(self) -> str:
        """The message without its markup."""
        return without_bold(self.message)


class CheckFailed(AssertionError):
    """Raised by the strict form of a check for anything but a pass.

    Arguments:
        result: the verdict, kept as `.result`.
    """

    def __init__(self, result: Result) -> None:
        super().__init__(result.text)
        self.result = result

    def _render_traceback_(self) -> list[str]:
        """In Jupyter, and on a grader's feedback page, the verdict without the way it came."""
        return [str(self)]


class Stopped(KeyboardInterrupt):
    """Ctrl-C during a check.  In Jupyter one sentence; the cells that are waiting do not run."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def headline(status: str, name: str, text: str) -> str:
    """The first line of every message: mark, name, what happened.

    Arguments:
        status: as in `Result`.
        name: the exercise's name.
        text: what happened.

    Returns:
        One line of light markup.
    """
    joint = ": " if status == "not_attempted" else " · "
    return f"{MARKS[status]} **{name}**{joint}{text}"
