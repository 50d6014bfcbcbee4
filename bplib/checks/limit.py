"""A soft time limit: an alarm that breaks an endless loop in the notebook.

The alarm needs `signal.setitimer` and Python's main thread.  On Windows, and in any other thread,
there is none: the code then runs without a limit, and the kernel's interrupt button (or Ctrl-C) is
what ends an endless loop.  A loop that catches *every* exception with a bare `except:` also catches
the alarm; only the command line, which works in a process of its own, can end such a loop.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_RING_AGAIN = 0.25  # seconds; a loop that swallows one alarm still meets the next


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
    armed = True

    def ring(signum: int, frame: object) -> None:
        if armed:
            raise TimeLimit

    previous_handler = signal.signal(signal.SIGALRM, ring)
    started = time.monotonic()
    remaining, interval = signal.setitimer(signal.ITIMER_REAL, seconds, _RING_AGAIN)
    try:
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        restored = signal.SIG_DFL if previous_handler is None else previous_handler
        signal.signal(signal.SIGALRM, restored)
        if remaining:
            left = max(remaining - (time.monotonic() - started), 1e-3)
            signal.setitimer(signal.ITIMER_REAL, left, interval)
