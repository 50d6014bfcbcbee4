"""The sentences of the checks, in the voice of the book: short, kind, with the numbers."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from .call import Outcome
from .compare import same_objects
from .declare import Exercise
from .kinds import kind_of
from .show_values import safe_repr
from .sizes import shapes_in_words

_LISTED = 4  # names; more than that are counted
_XOR = "for ^"
_MATMUL = re.compile(r"matmul: Input operand 1 .*\(size (\d+) is different from (\d+)\)")

_BITWISE_XOR = re.compile(r"ufunc 'bitwise_xor' not supported for the input types.*", re.DOTALL)


def _and(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def call_line(names: Sequence[str]) -> str:
    return f"({', '.join(names)})"


def not_a_function(exercise: Exercise, given: Any) -> str:
    due = f"the answer is a function of {call_line(exercise.arguments)}; this is {kind_of(given)}."
    if inspect.isclass(given) or inspect.ismodule(given):
        return due
    return f"{due} Hand over the function itself, without calling it."


def signature(wanted: Sequence[str], given: Sequence[str]) -> str:
    return (
        f"it is called with {call_line(wanted)}, {_things(len(wanted))}; yours takes "
        f"{call_line(given)}."
    )


def _things(count: int) -> str:
    return "one argument" if count == 1 else f"{count} arguments"


def argument_order(wanted: Sequence[str], given: Sequence[str]) -> str:
    return f"the arguments come in the order {call_line(wanted)}; yours takes {call_line(given)}."


def nothing(given: Any, right_before: bool = False) -> str:
    if given is Ellipsis:
        return "returns `...`: the blank is still to be filled in."
    if right_before:
        return "returned None: on this path through the function no `return` is reached."
    return "returned None: is the `return` line missing?"


def raised(exercise: Exercise, outcome: Outcome, inputs: tuple) -> str:
    error = outcome.raised
    assert error is not None
    text = _MATMUL.sub(_in_rows_and_columns, error.text)
    text = _BITWISE_XOR.sub(f"floats have no rule {_XOR}", text)
    what = f"{error.kind}: {text}" if text else error.kind
    where = f" at line {error.line}" if error.line else ""
    source = f", `{error.source}`" if error.source else ""
    shapes = shapes_in_words(exercise, inputs)
    given = f" It was given {shapes}." if shapes else ""
    unsaid = "" if what.endswith((".", "?")) else "."
    power = " In Python a power is written `**`; `^` is another operation." if _XOR in text else ""
    return f"your code stops{where}{source} with {what}{unsaid}{power}{given}"


def _in_rows_and_columns(found: re.Match[str]) -> str:
    """NumPy's sentence about a matrix product that does not fit, in plainer words."""
    right, left = found.groups()
    return f"in a matrix product, {left} columns on the left meet {right} rows on the right"


def timed_out(seconds: float, inputs: tuple) -> str:
    arrays = any(isinstance(one, np.ndarray) and one.ndim for one in inputs)
    question = ", or one that could be a matrix product" if arrays else ""
    return (
        f"no answer after {seconds:g} s, so it was stopped. Is there a loop that never ends"
        f"{question}?"
    )


def changed(exercise: Exercise, which: Sequence[int], inputs: tuple) -> str:
    names = [exercise.arguments[i] for i in which]
    verb = "is" if len(names) == 1 else "are"
    arrays = all(isinstance(inputs[i], np.ndarray) for i in which)
    other = ", or write `a = a - b` in place of `a -= b`" if arrays else ""
    return (
        f"the values are right, but {_and(names)} {verb} not the same after the call: whoever "
        f"called you still needs the old values. Work on a copy{other}."
    )


def aliased(exercise: Exercise, which: Sequence[int]) -> str:
    names = [exercise.arguments[i] for i in which]
    return (
        f"the values are right, but what you return shares its memory with {_and(names)}: changing "
        "one would change the other. Return a fresh array (`.copy()`)."
    )


def plain(given: Any, expected: Any, tolerance: float) -> str:
    if isinstance(expected, dict) and isinstance(given, dict):
        wrong = [k for k in expected if not same_objects(given.get(k), expected[k], tolerance)]
        key = wrong[0] if wrong else next(iter(expected))
        return (
            f"at key {key!r} you return {_short(given.get(key))}; {_short(expected[key])} is due."
        )
    return f"you return {_short(given)}; that is not it."


def _short(one: Any) -> str:
    text = " ".join(safe_repr(one).split())
    return f"`{text if len(text) <= 80 else text[:77] + '...'}`"


def right_so_far(cases: int) -> str:
    if cases == 1:
        return " Case 1 is right."
    return f" Cases 1 {'and' if cases == 2 else 'to'} {cases} are right."


def others_right(names: Sequence[str], wrong: int = 1) -> str:
    if len(names) > _LISTED:
        count = f"{len(names)} of {len(names) + wrong}"
        return f"The other {len(names)} are right." if wrong == 1 else f"{count} are right."
    return f"{_and(names)} {'is' if len(names) == 1 else 'are'} right."


def the_same(names: Sequence[str]) -> str:
    return f" The same goes for {_and(names)}." if names else ""


def wrong_too(names: Sequence[str]) -> str:
    return f" {_and(names)} {'is' if len(names) == 1 else 'are'} wrong too." if names else ""


def fresh(text: str) -> str:
    return f"the fixed cases pass, but this random one does not: {text}"


def library(name: str) -> str:
    if "." not in name:
        what = f"it hands back {name}"
    else:
        what = f"it calls `{name}`, the library's own answer"
    return (
        f"right values, but {what}. Good to know where it lives; the exercise counts as done when "
        "the calculation is yours."
    )


def passed(exercise: Exercise, fresh: bool, tolerance: float) -> str:
    cases = f"{exercise.n_cases} cases"
    if fresh:
        cases += " and fresh random ones"
    if exercise.accept is not None:
        return f"{cases}, inputs untouched, all accepted."
    exact = f"{tolerance:.0e}".replace("e-0", "e-").replace("-", "−")
    return f"{cases}, inputs untouched, relative error below {exact}."
