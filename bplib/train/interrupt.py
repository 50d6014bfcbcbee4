"""Ctrl-C between two steps and not inside one."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class Shield:
    """Holds Ctrl-C back while something happens that must happen whole.

    Inside `with shield:` the signal is noted, and handed on at the end of the block; everywhere
    else it goes on to whoever listened before, which raises KeyboardInterrupt as usual. Python
    gives signals to the main thread alone; in another one there is nothing to hold back.
    """

    def __init__(self) -> None:
        self._before: Any = None
        self._depth = 0
        self._waiting = False

    def up(self) -> None:
        """Begin to listen."""
        if threading.current_thread() is threading.main_thread():
            before = signal.getsignal(signal.SIGINT)
            if callable(before):
                self._before = before
                signal.signal(signal.SIGINT, self._heard)

    def down(self) -> None:
        """Whoever listened before, listens again."""
        if self._before is not None:
            # Bound methods are made afresh each time they are looked up, hence ==.
            if signal.getsignal(signal.SIGINT) == self._heard:
                signal.signal(signal.SIGINT, self._before)
            self._before = None

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if self._depth:
            self._waiting = True
        else:
            self._before(number, frame)

    def __enter__(self) -> None:
        self._depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._depth -= 1
        if self._waiting and not self._depth:
            self._waiting = False
            self._before(signal.SIGINT, None)
