"""Calls a learner's function on copies of the inputs and reports all that happened.

`Outcome` is everything that a verdict may depend on.  The notebook calls in its own process
(`in_process`); another caller with the same signature may hand the inputs to a worker process.
"""

from __future__ import annotations

import contextlib
import copy
import dis
import functools
import inspect
import io
import linecache
import threading
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .limit import TimeLimit, time_limit

_PRINT_LIMIT = 2000  # characters of a function's own output that are kept


@dataclass(frozen=True)
class Raised:
    """An exception of the learner's code: its class name, its text, and where it arose."""

    kind: str
    text: str
    line: int | None = None
    source: str = ""

    @property
    def unfinished(self) -> bool:
        return self.kind == "NotImplementedError"


@dataclass(frozen=True)
class Outcome:
    """What one call did: the value (a copy), or the exception, or neither when time was up."""

    value: Any = None
    raised: Raised | None = None
    timed_out: bool = False
    changed: tuple[int, ...] = ()  # inputs that are no longer what they were
    aliased: tuple[int, ...] = ()  # inputs whose memory the value shares
    printed: str = ""

    @property
    def returned(self) -> bool:
        return self.raised is None and not self.timed_out


Caller = Callable[[Callable[..., Any], tuple, float], Outcome]


def in_process(function: Callable[..., Any], inputs: tuple, seconds: float) -> Outcome:
    """Calls `function(*inputs)` here, on copies, under the soft time limit."""
    given = copy.deepcopy(inputs)
    output = _Capped()
    try:
        with _quiet(output, seconds), time_limit(seconds):
            return _observed(function(*given), inputs, given, output)
    except TimeLimit:
        return Outcome(timed_out=True, printed=output.getvalue())
    except KeyboardInterrupt:  # the reader's Ctrl-C, which ends the whole check
        raise
    except BaseException as error:
        return Outcome(raised=_raised(error, function), printed=output.getvalue())


def _observed(value: Any, inputs: tuple, given: tuple, output: _Capped) -> Outcome:
    changed = tuple(
        i for i, (a, b) in enumerate(zip(inputs, given, strict=True)) if not unchanged(a, b)
    )
    aliased = tuple(i for i, one in enumerate(given) if shares(value, one))
    try:
        kept = copy.deepcopy(value)
    except Exception:  # a generator, a module: no copy is possible, and it is no right answer
        kept = value
    if inspect.iscoroutine(value):
        value.close()  # else Python warns, later and elsewhere, that nobody awaited it
    return Outcome(value=kept, changed=changed, aliased=aliased, printed=output.getvalue())


_one_at_a_time = threading.RLock()


@contextlib.contextmanager
def _quiet(output: _Capped, seconds: float) -> Iterator[None]:
    """Keeps prints and warnings back.

    Both are switched for the whole process, so two threads take turns; where one of them hangs,
    the other goes on after a while without.
    """
    if not _one_at_a_time.acquire(timeout=2 * seconds):
        yield
        return
    try:
        with (
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(output),  # nbgrader takes all points for a word on it
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        _one_at_a_time.release()


class _Capped(io.StringIO):
    """Keeps the first characters written to it and forgets the rest, so a loop cannot flood us."""

    def write(self, text: str) -> int:
        room = _PRINT_LIMIT - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)

    def close(self) -> None:
        """Stays open: `sys.stdout.close()` in a checked function closes nothing of ours."""


def code_of(function: Any) -> types.CodeType | None:
    """The code object behind a function, method, partial or callable object, if it has one."""
    while isinstance(function, functools.partial):
        function = function.func
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None)
    if code is None and callable(function):
        code = getattr(type(function).__call__, "__code__", None)
    return code


def is_stub(function: Any) -> bool:
    """Whether a function has an empty body: a docstring, `...` or `pass`, nothing else."""
    code = code_of(function)
    if code is None or inspect.isclass(function):
        return False
    steps = [
        step
        for step in dis.get_instructions(code)
        if step.opname not in ("RESUME", "NOP", "CACHE", "COPY_FREE_VARS")
    ]
    names = [step.opname for step in steps]
    empty = names in (["LOAD_CONST", "RETURN_VALUE"], ["RETURN_CONST"])
    return empty and steps[0].argval in (None, Ellipsis)


def _raised(error: BaseException, function: Callable[..., Any]) -> Raised:
    """The exception in words, with the last line of the learner's own cell that led to it."""
    code = code_of(function)
    line, source = None, ""
    trace = error.__traceback__
    while trace is not None:
        if code is not None and trace.tb_frame.f_code.co_filename == code.co_filename:
            line = trace.tb_lineno
            source = linecache.getline(code.co_filename, line).strip()
        trace = trace.tb_next
    try:
        text = str(error).strip().split("\n")[0]
    except Exception:  # an exception that cannot even say what it is
        text = ""
    return Raised(type(error).__name__, text[:300], line, source[:120])


def arrays_in(value: Any) -> Iterator[np.ndarray]:
    """All arrays inside a value, also in lists, tuples and dicts."""
    waiting, seen = [value], set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, np.ndarray):
            yield one
        elif isinstance(one, dict | list | tuple) and id(one) not in seen:
            seen.add(id(one))  # a list may hold itself
            waiting.extend(one.values() if isinstance(one, dict) else one)


def shares(value: Any, given: Any) -> bool:
    """Whether changing `value` in place would change `given`."""
    if isinstance(given, list | dict) and value is given:
        return True
    mine = list(arrays_in(value))
    return any(np.may_share_memory(a, b) for a in mine for b in arrays_in(given))


def unchanged(before: Any, now: Any) -> bool:
    """Whether two inputs are the same to the last bit, NaN included, also deep inside."""
    if isinstance(before, np.ndarray):
        return (
            isinstance(now, np.ndarray)
            and before.dtype == now.dtype
            and before.shape == now.shape
            and before.tobytes() == now.tobytes()
        )
    if type(before) is not type(now):
        return False
    if isinstance(before, dict):
        return list(before) == list(now) and all(unchanged(before[k], now[k]) for k in before)
    if isinstance(before, list | tuple):
        return len(before) == len(now) and all(map(unchanged, before, now))
    if isinstance(before, int | float | complex | str | bytes | np.generic):
        return bool(before == now) or (before != before and now != now)
    return True  # functions and other opaque inputs are handed over as they are
