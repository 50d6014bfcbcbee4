"""Predictions: a number, a word or a few numbers that the reader says before looking."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from .compare import close, to_array
from .declare import Prediction
from .ordinary import ordinary
from .result import Failure, Result, headline
from .show_values import safe_repr
from .sizes import number


def decide_prediction(prediction: Prediction, value: Any) -> Result:
    """The verdict on a predicted value; displays nothing and records nothing."""
    name, value = prediction.name, ordinary(value)
    parts = value if isinstance(value, tuple | list) else (value,)
    if value is None or any(part is Ellipsis for part in parts):
        text = "not attempted yet. Replace the ... by your answer."
        return Result("not_attempted", name, headline("not_attempted", name, text))
    if _matches(value, prediction.answer, prediction.tolerance):
        text = f"{_said(prediction.answer)}."
        return Result("passed", name, headline("passed", name, text))
    step, text = _problem(prediction, value)
    message, label = headline("failed", name, text), None
    named = [w for w in prediction.wrong if _matches(value, w[0], prediction.tolerance)]
    if len(named) == 1:
        label = named[0][1]
        message += f"\n**Likely mistake:** {named[0][2]}"
    return Result("failed", name, message, None, (Failure(None, "", step, text),), label)


def _matches(value: Any, answer: Any, tolerance: float) -> bool:
    if isinstance(answer, str):
        return isinstance(value, str) and value.strip().casefold() == answer.strip().casefold()
    if isinstance(answer, bool):
        return isinstance(value, bool | np.bool_) and bool(value) == answer
    numbers = _numbers(value)
    return numbers is not None and close(numbers, to_array(answer), tolerance)


def _numbers(value: Any) -> np.ndarray | None:
    """A prediction as an array of numbers; None for anything that is not numbers."""
    try:
        if np.ma.is_masked(value):
            return None
        found = np.asarray(value)
    except Exception:  # a ragged list, or an object that breaks when it is read as numbers
        return None
    return found.astype(np.float64) if found.dtype.kind in "iuf" else None


def _problem(prediction: Prediction, value: Any) -> tuple[str, str]:
    """The step that fails and its sentence; it never gives the answer away."""
    answer = prediction.answer
    if callable(value):
        return "type", "a value is asked for here; this is a function. Call it, or say the number."
    if isinstance(answer, str):
        if prediction.choices and not any(_matches(value, c, 0.5) for c in prediction.choices):
            return "type", f"you say {_said(value)}; choose one of {_listed(prediction.choices)}."
        return "values", f"you say {_said(value)}; that is not it."
    if isinstance(answer, bool):
        return "type", f"you say {_said(value)}; True or False is asked for."
    numbers, due = _numbers(value), to_array(answer)
    if numbers is None:
        if isinstance(value, str) and _is_number(value):
            return "type", f"`{value!r}` is text. Take the quotes off, and it is a number."
        kind = "a number" if due.ndim == 0 else f"{due.size} numbers"
        return "type", f"{kind} is asked for; this is {_said(value)}.".replace(
            "numbers is", "numbers are"
        )
    if numbers.shape != due.shape:
        return "shape", f"{_count(due)} asked for; you give {_shape(numbers)}."
    if not np.isfinite(numbers).all():
        return "finite", f"you say {_said(value)}; the answer is finite."
    return "values", _numbers_wrong(numbers, due, value, prediction.tolerance)


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def _numbers_wrong(numbers: np.ndarray, due: np.ndarray, value: Any, tolerance: float) -> str:
    if numbers.ndim == 0:
        said = f"you say {number(numbers)}"
        if close(-numbers, due, tolerance):
            return f"{said}; the size is right, the sign is not."
        if _rounded(value, float(due)):
            return f"{said}; right as far as it goes. Give more digits, or write it as a fraction."
        if number(numbers) == number(due):
            exact = repr(float(numbers)).replace("-", "−")
            return f"you say {exact}; the first digits are right, the later ones are not."
        return f"{said}; that is not it."
    wrong = [i for i in np.ndindex(due.shape) if not close(numbers[i], due[i], tolerance)]
    if len(wrong) == due.size:
        return f"you say {_said(value)}; none of them is right."
    places = ", ".join(str(i[0] + 1 if len(i) == 1 else tuple(k + 1 for k in i)) for i in wrong)
    which = f"number {places} is not" if len(wrong) == 1 else f"numbers {places} are not"
    return f"you say {_said(value)}; {which} right, the rest is."


def _rounded(value: Any, due: float) -> bool:
    """Whether a number is the right one with fewer digits: 0.33 for 1/3."""
    text = repr(float(value))
    if "e" in text or "." not in text:
        return False
    digits = len(text.split(".")[1])
    return digits >= 2 and abs(float(value) - due) <= 0.5000001 * 10.0**-digits


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int) and abs(value) > sys.float_info.max:
        return "a number too large for a float"
    if isinstance(value, int | float | np.integer | np.floating):
        return number(value)
    numbers = _numbers(value)
    if numbers is not None and numbers.ndim == 1 and len(numbers) <= 8:
        return f"({', '.join(_said(one) for one in value)})"
    text = " ".join((value if isinstance(value, str) else safe_repr(value)).split())
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"


def _listed(choices: Sequence[str]) -> str:
    return ", ".join(f'`"{choice}"`' for choice in choices)


def _count(due: np.ndarray) -> str:
    return "a single number is" if due.ndim == 0 else f"numbers of shape {due.shape} are"


def _shape(numbers: np.ndarray) -> str:
    return "a single number" if numbers.ndim == 0 else f"shape {numbers.shape}"
