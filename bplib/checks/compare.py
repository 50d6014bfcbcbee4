"""Strict comparison: shapes before values, NaN never equal, errors relative to the array's scale.

There is no absolute floor: a gradient of size 1e-12 that is wrong by a factor of two is wrong.
What is forgiven is rounding alone.  Where numbers cancel (a gradient at the very minimum, say), the
right answer computed in another order differs by rounding of the numbers *before* they cancelled;
how large those were is measured by nudging the inputs of the reference (see `rounding_scale`).
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

FLOAT32_TOLERANCE = 1e-5
_NUDGE = 1e-4
# Roundings forgiven after cancellation, in units of the last place: a sum over a batch makes a
# few dozen in float64; float32 answers may also have rounded their inputs.
_ROUNDINGS = 64


def to_array(value: Any) -> np.ndarray:
    """The value as float64, for comparison only."""
    return np.asarray(value, dtype=np.float64)


def is_single(value: Any) -> bool:
    """Whether a value is in single (or half) precision."""
    dtype = getattr(value, "dtype", None)
    return dtype is not None and dtype.kind == "f" and dtype.itemsize < 8


def relative_error(answer: np.ndarray, expected: np.ndarray) -> float:
    """max|answer − expected| / max|expected|; infinite for NaN, or for anything against zeros."""
    if answer.size == 0:
        return 0.0
    with np.errstate(all="ignore"):
        difference = np.abs(answer - expected)
    if not np.all(np.isfinite(difference)):
        return float("inf")
    largest, scale = float(difference.max()), float(np.abs(expected).max())
    if largest == 0.0:
        return 0.0
    return largest / scale if scale > 0 else float("inf")


def close(
    answer: np.ndarray,
    expected: np.ndarray,
    tolerance: float,
    *,
    single: bool = False,
    noise: Callable[[], float] | None = None,
) -> bool:
    """Whether two float64 arrays of one shape agree; strict about shape, never broadcasting.

    Arguments:
        answer: the learner's array.
        expected: the right one.
        tolerance: largest relative error; FLOAT32_TOLERANCE at least where `single`.
        single: whether the answer was in single precision.
        noise: gives the size that the numbers had before they cancelled; asked only if needed.

    Returns:
        True or False.
    """
    if answer.shape != expected.shape:
        return False
    allowed = max(tolerance, FLOAT32_TOLERANCE) if single else tolerance
    error = relative_error(answer, expected)
    if error <= allowed:
        return True
    cancelled = not np.any(expected) or error < 1e-3
    if noise is None or not cancelled or not np.all(np.isfinite(answer)):
        return False
    unit = float(np.finfo(np.float32 if single else np.float64).eps)
    return float(np.abs(answer - expected).max()) <= _ROUNDINGS * unit * noise()


def rounding_scale(reference: Callable[..., Any], inputs: tuple, part: int | str | None) -> float:
    """How far the reference moves for a relative nudge of its inputs, per unit of that nudge.

    Rounding nudges every number by about 1e-16 of itself, so this is the size that rounding errors
    of *any* right calculation are proportional to.  Fixed nudges, hence the same on every run.
    """
    rng = np.random.default_rng(20)
    largest = 0.0
    try:
        base = _pick(reference(*copy.deepcopy(inputs)), part)
        for _ in range(3):
            moved = _pick(reference(*(_nudged(one, rng) for one in inputs)), part)
            step = float(np.max(np.abs(moved - base), initial=0.0)) / _NUDGE
            largest = max(largest, step)
    except Exception:  # inputs that cannot be nudged: then nothing is forgiven
        return 0.0
    return largest if np.isfinite(largest) else 0.0


def _pick(value: Any, part: int | str | None) -> np.ndarray:
    return to_array(value if part is None else value[part])


def _nudged(one: Any, rng: np.random.Generator) -> Any:
    if isinstance(one, np.ndarray) and one.dtype.kind == "f":
        return one * np.asarray(1 + _NUDGE * rng.uniform(-1, 1, one.shape), dtype=one.dtype)
    if isinstance(one, float):
        return one * (1 + _NUDGE * float(rng.uniform(-1, 1)))
    return copy.deepcopy(one)


def same_objects(answer: Any, expected: Any, tolerance: float) -> bool:
    """Equality of plain Python answers (lists, words, dicts), numbers inside within tolerance."""
    if isinstance(expected, dict):
        return (
            isinstance(answer, dict)
            and answer.keys() == expected.keys()
            and all(same_objects(answer[k], expected[k], tolerance) for k in expected)
        )
    if isinstance(expected, list | tuple):
        return (
            is_listed(answer)
            and len(answer) == len(expected)
            and all(same_objects(a, b, tolerance) for a, b in zip(answer, expected, strict=True))
        )
    if isinstance(expected, str):
        return isinstance(answer, str) and str.__eq__(answer, expected)
    if isinstance(expected, bool):
        return is_truth(answer) and bool(answer) == expected
    if is_number(expected):
        return is_number(answer) and close(to_array(answer), to_array(expected), tolerance)
    # The types first: an object of another one may say that it equals everything.
    return type(answer) is type(expected) and bool(np.all(answer == expected))


def is_listed(value: Any) -> bool:
    """Whether a value is one thing after another: a list, a tuple, an array with an axis."""
    return isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)


def is_truth(value: Any) -> bool:
    """Whether a value is True or False, Python's or NumPy's."""
    return isinstance(value, bool | np.bool_)


def is_number(value: Any) -> bool:
    """Whether a value is a real number or an array of them; text such as "3" is none."""
    if not isinstance(value, np.ndarray | int | float | np.number):
        return False
    return np.asarray(value).dtype.kind in "fiub"
