"""A soft time limit: an alarm that breaks an endless loop in the notebook.

The alarm needs `signal.setitimer` and Python's main thread.  On Windows, and in any other thread,
there is none: the code then runs without a limit, and the kernel's interrupt button (or Ctrl-C) is
what ends an endless loop.  A loop that catches *every* exception with a bare `except:` also catches
the alarm; after a few rings the alarm is raised at the start of a line as well, one line further on
each time, until it meets a line outside the `try`.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_RING_AGAIN = 0.25  # seconds; a loop that swallows one alarm still meets the next
_PATIENCE = 2  # rings that may be swallowed before lines are counted


class TimeLimit(BaseException):
    """The time is up.  Not an Exception, so that `except Exception` in a loop lets it through."""


def available() -> bool:
    """Whether this thread of this system has an alarm."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises TimeLimit in the block after `seconds`; restores whatever alarm was set before."""
    if not available():
        yield
        return
    armed, rings = True, 0
    trace = sys.gettrace()

    def ring(signum: int, frame: FrameType | None) -> None:
        nonlocal rings
        if armed:
            rings += 1
            if rings > _PATIENCE:
                _raise_after_lines(rings - _PATIENCE, frame)
            raise TimeLimit

    previous_handler = signal.signal(signal.SIGALRM, ring)
    started = time.monotonic()
    remaining, interval = signal.setitimer(signal.ITIMER_REAL, seconds, _RING_AGAIN)
    try:
        yield
    finally:
        armed = False
        if rings > _PATIENCE:
            sys.settrace(trace)
        signal.setitimer(signal.ITIMER_REAL, 0)
        restored = signal.SIG_DFL if previous_handler is None else previous_handler
        signal.signal(signal.SIGALRM, restored)
        if remaining:
            left = max(remaining - (time.monotonic() - started), 1e-3)
            signal.setitimer(signal.ITIMER_REAL, left, interval)


def _raise_after_lines(count: int, frame: FrameType | None) -> None:
    """Raises TimeLimit at the start of a line of the learner's, `count` lines from now."""

    def at_line(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if event == "line":
            count -= 1
            if count <= 0:
                raise TimeLimit
        return at_line

    package = __name__.rpartition(".")[0]
    while frame is not None and not str(frame.f_globals.get("__name__")).startswith(package):
        frame.f_trace = at_line
        frame = frame.f_back
    sys.settrace(at_line)
