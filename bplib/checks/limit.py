"""A soft time limit: an alarm that breaks an endless loop in the notebook.

The alarm needs `signal.setitimer` and Python's main thread.  On Windows, and in any other thread,
a second thread rings instead, which is heard between two steps of Python: a loop ends, and a call
into C that does not return is left to the kernel's interrupt button (or Ctrl-C).

A loop that catches *every* exception with a bare `except:` also catches the alarm; after a few
rings the alarm is raised at the start of a line as well, one line further on each time, until it
meets a line outside the `try`.

In a browser there is neither an alarm nor a second thread.  There the clock is looked at before
every line of the learner's: a loop ends, unless it catches every exception, and a call into C that
does not return, or such a loop, is left to Restart Kernel.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from bplib import browser

_RING_AGAIN = 0.25  # seconds; a loop that swallows one alarm still meets the next
_PATIENCE = 2  # rings that may be swallowed before lines are counted
_MOST_RINGS = 60


class TimeLimit(BaseException):
    """The time is up.  Not an Exception, so that `except Exception` in a loop lets it through."""


def available() -> bool:
    """Whether this thread of this system has an alarm."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises TimeLimit in the block after `seconds`; restores whatever alarm was set before.

    Arguments:
        seconds: how long the block may take.

    Returns:
        A context.

    Raises:
        TimeLimit: in the block, as often as it is swallowed.
    """
    if browser.here():
        with _clock_at_every_line(seconds):
            yield
        return
    if not available():
        watcher = _Watcher(seconds)
        try:
            watcher.start()
            yield
        finally:
            watcher.stop()
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


@contextmanager
def _clock_at_every_line(seconds: float) -> Iterator[None]:
    until = time.monotonic() + seconds

    def at_line(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line" and time.monotonic() > until:
            raise TimeLimit
        return at_line

    def at_call(frame: FrameType, event: str, argument: Any) -> Any:
        package = str(frame.f_globals.get("__name__")).partition(".")[0]
        return None if package in ("bplib", "numpy") else at_line

    before = sys.gettrace()
    sys.settrace(at_call)
    try:
        yield
    finally:
        sys.settrace(before)


class _Watcher:
    """A thread that raises TimeLimit in the one that made it, until that one stops it.

    Arguments:
        seconds: to wait before.
    """

    def __init__(self, seconds: float) -> None:
        self.thread, self.seconds = threading.get_ident(), seconds
        self.over = threading.Event()
        self.ringing = threading.RLock()
        self.rung = self.heard = 0
        self.trace = sys.gettrace()
        watcher = self

        class Ring(TimeLimit):
            """Is made where it is heard, so that lines can be counted there."""

            def __init__(self) -> None:
                watcher.heard += 1
                if watcher.heard > _PATIENCE and not watcher.over.is_set():
                    _raise_after_lines(watcher.heard - _PATIENCE, sys._getframe(1))

        self.kind = Ring

    def start(self) -> None:
        # Where no thread can be begun there is no limit.
        with suppress(RuntimeError, ImportError):
            threading.Thread(target=self._ring, args=(_raises_in(),), daemon=True).start()

    def stop(self) -> None:
        """Returns once nothing rings any more, not even what was rung a moment ago."""
        until = time.monotonic() + 1.0
        while True:
            try:
                self.over.set()
                with self.ringing:
                    pass
                while self.heard < self.rung and time.monotonic() < until:
                    time.sleep(0)
                if self.heard > _PATIENCE:
                    sys.settrace(self.trace)
                return
            except TimeLimit:
                continue

    def _ring(self, raise_in: Callable[[int, Any], None]) -> None:
        pause = self.seconds
        for _ in range(_MOST_RINGS):
            if self.over.wait(pause):
                return
            with self.ringing:
                if self.heard == self.rung and not self.over.is_set():
                    self.rung += 1
                    raise_in(self.thread, self.kind)
            pause = _RING_AGAIN


def _raises_in() -> Callable[[int, Any], None]:
    """CPython's way to raise an exception in another thread, between two steps of it."""
    import ctypes

    def raise_in(thread: int, kind: type[BaseException]) -> None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(kind))

    return raise_in


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
