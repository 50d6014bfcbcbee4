"""The step "type and shape": takes an answer apart into arrays and numbers, or says what it is."""

from __future__ import annotations

import decimal
import numbers
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .compare import is_listed, is_single, is_truth, to_array
from .declare import Exercise

_MOST_ENTRIES = 10**6  # of an array of another shape than the right one, to be measured further


@dataclass(frozen=True)
class Part:
    """One returned array or number beside the right one; `name` is None where there is only one."""

    name: str | None
    key: int | str | None
    answer: np.ndarray
    expected: np.ndarray
    single: bool = False
    integers: bool = False

    @property
    def label(self) -> str:
        return "" if self.name is None else f"`{self.name}`: "


def is_plain(expected: Any) -> bool:
    """Whether the right answer is a word, a list or another Python object, compared by equality."""
    if isinstance(expected, dict):
        return any(is_plain(one) for one in expected.values())
    return not isinstance(expected, tuple | np.ndarray | int | float | np.number) or isinstance(
        expected, bool
    )


def plain_problem(answer: Any, expected: Any) -> str | None:
    """What is wrong with the kind of a plain answer, in a few words; None where nothing is."""
    if isinstance(expected, list) and not is_listed(answer):
        return f"{kind_of(answer)}; a list is due"
    if isinstance(expected, dict):
        return _dict_problem(answer, expected)
    if isinstance(expected, str) and not isinstance(answer, str):
        return f"{kind_of(answer)}; a word (a string) is due"
    if isinstance(expected, bool) and not is_truth(answer):
        return f"{kind_of(answer)}; True or False is due"
    return None


def take_apart(
    exercise: Exercise, answer: Any, expected: Any
) -> tuple[tuple[Part, ...], str | None]:
    """The parts of an answer, and what is wrong with its kind (then the parts are worthless)."""
    if isinstance(expected, tuple):
        names: tuple = exercise.returns
        problem = _tuple_problem(answer, expected, names)
        keys: tuple = tuple(range(len(names)))
    elif isinstance(expected, dict):
        names = keys = tuple(expected)
        problem = _dict_problem(answer, expected)
    else:
        return leaf(None, None, answer, expected)
    if problem is not None:
        return (), problem
    parts: list[Part] = []
    for name, key in zip(names, keys, strict=True):
        one, problem = leaf(str(name), key, answer[key], expected[key])
        if problem is not None:
            return (), f"`{name}` is {problem}"
        parts.extend(one)
    return tuple(parts), None


def leaf(
    name: str | None, key: int | str | None, answer: Any, expected: Any
) -> tuple[tuple[Part, ...], str | None]:
    problem = _leaf_problem(answer, expected)
    if problem is not None:
        return (), problem
    part = Part(
        name,
        key,
        to_array(answer),
        to_array(expected),
        single=is_single(answer),
        integers=np.asarray(answer).dtype.kind in "iub",
    )
    return (part,), None


def _leaf_problem(answer: Any, expected: Any) -> str | None:
    shape = np.shape(expected)
    due = "a number is due" if shape == () else f"an array of shape {shape} is due"
    if isinstance(answer, list | tuple):
        if shape == () or _shape_of(answer) != shape:
            return f"{kind_of(answer)}; {due}"
        return f"{kind_of(answer)}; {due}: `np.array(...)` makes one of it"
    if not isinstance(answer, np.ndarray | int | float | complex | np.number | np.bool_):
        if isinstance(answer, numbers.Number | decimal.Decimal):
            return f"{kind_of(answer)}; an ordinary number is due: `float(...)` makes one of it"
        return f"{kind_of(answer)}; {due}"
    if isinstance(answer, int):
        return "a number too large for a float" if abs(answer) > sys.float_info.max else None
    dtype = np.asarray(answer).dtype
    if dtype.kind == "c":
        return "complex; a real number is due (`.real` of it?)"
    if dtype.kind not in "fiub":
        return f"an array of {_ENTRIES.get(dtype.kind, str(dtype))}; {due}"
    if dtype == np.float16:
        return f"{kind_of(answer)} in float16, which keeps three digits; float64 is due"
    return _array_problem(answer, shape, due)


_ENTRIES = {"O": "Python objects", "U": "words", "S": "bytes"}


def _array_problem(answer: Any, shape: tuple[int, ...], due: str) -> str | None:
    """What is wrong with an array of numbers before its values are looked at."""
    if isinstance(answer, np.matrix):
        return f"an `np.matrix`; {due}: `np.asarray(...)` makes one of it"
    if isinstance(answer, np.ma.MaskedArray) and np.ma.getmaskarray(answer).any():
        return f"a masked array with entries left out; {due}"
    if np.size(answer) > _MOST_ENTRIES and np.shape(answer) != shape:
        return f"{kind_of(answer)}; {due}"
    return None


def _shape_of(answer: Any) -> tuple[int, ...] | None:
    try:
        return np.shape(answer)
    except Exception:  # ragged, or no numbers at all
        return None


def _tuple_problem(answer: Any, expected: tuple, names: tuple[str, ...]) -> str | None:
    line = f"`return {', '.join(names)}`"
    count = len(names)
    if isinstance(answer, np.ndarray) and answer.ndim > 0 and len(answer) == count:
        if answer.dtype.kind == "O":
            return f"an array of Python objects; {count} things are due, in this order: {line}"
        if all(np.shape(one) in ((), answer.shape[1:]) for one in expected):
            return None  # it comes apart just as a tuple does
    if not isinstance(answer, list | tuple):
        return f"{kind_of(answer)}; {count} things are due, in this order: {line}"
    if len(answer) != count:
        return f"{kind_of(answer)}; {count} things are due, in this order: {line}"
    return None


def _dict_problem(answer: Any, expected: dict) -> str | None:
    if not isinstance(answer, dict):
        return f"{kind_of(answer)}; a dict is due, with a key for each of {_listed(expected)}"
    missing = [key for key in expected if key not in answer]
    extra = [key for key in answer if key not in expected]
    if missing:
        return f"a dict without {_listed(missing)}"
    if extra:
        return f"a dict with {_listed(extra)} in it, which nobody asked for"
    return None


def _listed(keys: Any) -> str:
    words = [f"`{key}`" if isinstance(key, str) else repr(key) for key in list(keys)[:8]]
    return ", ".join(words) + (" …" if len(keys) > 8 else "")


def kind_of(value: Any) -> str:
    """What a value is, with its article: "a list of 3", "an array of shape (3,)"."""
    if value is None:
        return "None"
    if value is Ellipsis:
        return "..."
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, bool):
        return f"{value}"
    if isinstance(value, int | float | np.number):
        return "a single number"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, types.GeneratorType):
        return "a generator (is a `yield` where a `return` should be?)"
    if isinstance(value, types.ModuleType):
        return f"the module `{value.__name__}`"
    if isinstance(value, type):
        return f"the class `{value.__name__}`"
    if isinstance(value, types.CoroutineType):
        return "a coroutine, because its `def` is an `async def`"
    if isinstance(value, Callable):  # type: ignore[arg-type]
        return "a function (is it missing its brackets?)"
    word = type(value).__name__
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"
