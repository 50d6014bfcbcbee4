"""Names a mistake: the one wrong reference that does exactly what the learner's function does.

The diagnosis never changes a verdict.  A mistake is named only if exactly one misconception agrees
with the learner's function on every case; agreeing with two says nothing about which it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .call import Outcome, in_process
from .compare import same_objects
from .declare import Exercise, Misconception

_TOLERANCE = 1e-7
_SINGLE = 1e-4
_SECONDS = 2.0


def diagnose(
    exercise: Exercise,
    cases: Sequence[tuple],
    outcomes: Sequence[Outcome],
    *,
    effects: bool = False,
) -> Misconception | None:
    """The one misconception that behaves as the outcomes do, or None.

    `effects`: compare what was done to the inputs as well, for answers whose values are right.
    """
    if not cases:
        return None
    matches = [m for m in exercise.misconceptions if _agrees(m, cases, outcomes, effects)]
    return matches[0] if len(matches) == 1 else None


def _agrees(
    misconception: Misconception,
    cases: Sequence[tuple],
    outcomes: Sequence[Outcome],
    effects: bool,
) -> bool:
    for inputs, outcome in zip(cases, outcomes, strict=True):
        wrong = in_process(misconception.wrong, inputs, _SECONDS)
        if not same_behaviour(outcome, wrong):
            return False
        if effects and (outcome.changed, outcome.aliased) != (wrong.changed, wrong.aliased):
            return False
    return True


def same_behaviour(one: Outcome, other: Outcome) -> bool:
    """Whether two calls came to the same: equal values, NaN included, or the same exception."""
    if one.raised is not None or other.raised is not None:
        kinds = [raised.kind for raised in (one.raised, other.raised) if raised is not None]
        return len(kinds) == 2 and kinds[0] == kinds[1]
    if one.timed_out or other.timed_out:
        return one.timed_out and other.timed_out
    return _same_values(one.value, other.value)


def _same_values(one: Any, other: Any) -> bool:
    one, other = _words_as_list(one), _words_as_list(other)
    if isinstance(one, dict) or isinstance(other, dict):
        return (
            isinstance(one, dict)
            and isinstance(other, dict)
            and one.keys() == other.keys()
            and all(_same_values(one[key], other[key]) for key in one)
        )
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same_values, one, other))
    try:
        if np.ma.is_masked(one) or np.ma.is_masked(other):
            return False  # what lies under a mask is no answer
        a, b = np.asarray(one), np.asarray(other)
        if "c" in (a.dtype.kind, b.dtype.kind):
            return False
        if a.dtype.kind not in "fiub" or b.dtype.kind not in "fiub":
            return type(one) is type(other) and same_objects(one, other, _TOLERANCE)
    except Exception:  # an object that cannot be read as numbers
        return False
    return _same_arrays(a, b)


def _words_as_list(value: Any) -> Any:
    """An array of words as the list that means the same; anything else as it is."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "U":
        return value.tolist()
    return str(value) if isinstance(value, np.str_) else value


def _same_arrays(a: np.ndarray, b: np.ndarray) -> bool:
    single = any(one.dtype.kind == "f" and one.dtype.itemsize < 8 for one in (a, b))
    if a.shape != b.shape:
        return False
    a, b = a.astype(np.float64), b.astype(np.float64)
    finite = np.isfinite(a)
    if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
        return False
    a, b = a[finite], b[finite]
    if not np.isfinite(b).all():
        return False
    difference = np.abs(a - b).max(initial=0.0)
    scale = max(np.abs(a).max(initial=0.0), np.abs(b).max(initial=0.0))
    return bool(difference <= (_SINGLE if single else _TOLERANCE) * scale)
