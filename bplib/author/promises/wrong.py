"""Promises to somebody who is wrong: every kind of wrong answer gets its own answer."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from bplib.author.promises.promise import (
    DoesNotApply,
    Sentences,
    altered,
    first_case,
    first_line,
    unless_failed,
    verdict,
    with_leaf,
)
from bplib.checks import run_check
from bplib.checks.decide import fixed_seed, make_cases
from bplib.checks.declare import Exercise

BLANKS = ('"""To do."""\n    raise NotImplementedError()', "...", "pass", '"""Blank."""')
Change = Callable[[Any, tuple], Any]


def mistakes_are_named(exercise: Exercise) -> Sentences:
    """Every misconception fails under its own label, with its own sentence."""
    for one in exercise.misconceptions:
        result = verdict(exercise, one.wrong)
        if result.status not in ("failed", "error"):
            yield f"{one.label} does not fail: {first_line(result)}"
        elif result.misconception != one.label:
            named = result.misconception or "nothing"
            yield f"{one.label} is named {named}: {first_line(result)}"
        elif one.message not in result.text:
            yield f"the message of {one.label} is not shown."


def blanks_are_not_attempted(exercise: Exercise) -> Sentences:
    """A blank, in each of its forms, is not attempted."""
    arguments = ", ".join(exercise.arguments)
    answers = [...]
    for body in BLANKS:
        space: dict[str, Any] = {}
        exec(f"def {exercise.name}({arguments}):\n    {body}", space)
        answers.append(space[exercise.name])
    for answer in answers:
        result = verdict(exercise, answer)
        expected = f"○ {exercise.name}: not attempted yet."
        if result.status != "not_attempted" or not result.text.startswith(expected):
            yield f"a blank is taken for an attempt: {first_line(result)}"


def none_asks_for_the_return(exercise: Exercise) -> Sentences:
    """None is answered with the question where the `return` line is."""
    result = verdict(exercise, altered(exercise, lambda answer, inputs: None))
    words = "returned None: is the `return` line missing?"
    yield from unless_failed("an answer of None", result, "returned", words)


def nan_never_passes(exercise: Exercise) -> Sentences:
    """NaN is never accepted."""
    result = _spoilt(exercise, lambda leaf: leaf * np.nan)
    yield from unless_failed("an answer of NaN", result, "finite", "NaN")


def lists_are_said(exercise: Exercise) -> Sentences:
    """A list in the place of an array is said."""

    def listed(leaf: Any) -> Any:
        return leaf.tolist() if isinstance(leaf, np.ndarray) and leaf.ndim else [leaf]

    yield from unless_failed("a list", _spoilt(exercise, listed), "type", "a list")


def whole_numbers_do_not_pass(exercise: Exercise) -> Sentences:
    """An answer cut to whole numbers passes only where the right one is whole in every case."""
    result = _spoilt(exercise, lambda leaf: np.asarray(leaf).astype(np.int64))
    if not result.passed:
        yield from unless_failed("an answer cut to whole numbers", result, "values")
        return
    for inputs in make_cases(exercise, fixed_seed(exercise.name)):
        seen: list[Any] = []

        def look(leaf: Any, seen: list[Any] = seen) -> Any:
            seen.append(leaf)
            return leaf

        with_leaf(exercise.reference(*copy.deepcopy(inputs)), look)
        if not np.all(np.asarray(seen[0]) == np.rint(seen[0])):
            yield "an answer cut to whole numbers passes."
            return


def arguments_are_counted(exercise: Exercise) -> Sentences:
    """A parameter too few or too many is said before anything is called."""
    names = exercise.arguments
    for wrong in (names[:-1], (*names, "extra")):
        space: dict[str, Any] = {}
        exec(f"def f({', '.join(wrong)}):\n    return 1 + 1", space)
        words = f"it is called with ({', '.join(names)})"
        what = f"a function of {len(wrong)} arguments"
        yield from unless_failed(what, verdict(exercise, space["f"]), "signature", words)


def shapes_are_strict(exercise: Exercise) -> Sentences:
    """An axis too many is a wrong shape."""
    result = _spoilt(exercise, lambda leaf: np.asarray(leaf)[..., None])
    yield from unless_failed("an axis too many", result, "shape")


def transposes_are_said(exercise: Exercise) -> Sentences:
    """A transposed matrix is said to be one."""

    def transposed(leaf: Any) -> Any:
        matrix = isinstance(leaf, np.ndarray) and leaf.ndim == 2
        return leaf.T.copy() if matrix and leaf.shape[0] != leaf.shape[1] else None

    words = "the values are right once it is transposed"
    result = _spoilt(exercise, transposed, "the answer is no matrix")
    yield from unless_failed("a transposed answer", result, "shape", words)


def inputs_stay(exercise: Exercise) -> Sentences:
    """The right answer does not pass once an input was changed on the way."""

    def spoil(answer: Any, inputs: tuple) -> Any:
        for one in inputs:
            if isinstance(one, np.ndarray) and one.size:
                one.flat[0] += 1
                return answer
            if isinstance(one, dict) and one:
                one.pop(next(iter(one)))
                return answer
        return None

    result = _changed(exercise, spoil, "no input can be changed")
    words = "not the same after the call"
    yield from unless_failed("a changed input", result, "inputs", words)


def memory_is_not_shared(exercise: Exercise) -> Sentences:
    """The right numbers inside the memory of an input, or a view of it, do not pass."""

    def spoil(answer: Any, inputs: tuple) -> Any:
        for one in inputs:
            if isinstance(one, np.ndarray) and isinstance(answer, np.ndarray):
                if one.size == answer.size and one.dtype == answer.dtype and answer.ndim:
                    one.reshape(-1)[:] = answer.reshape(-1)
                    return one.reshape(answer.shape)
        return None

    result = _changed(exercise, spoil, "no input has the size of the answer", or_right=True)
    if not result.failures or result.failures[0].step not in ("inputs", "alias"):
        yield f"an answer in the memory of an input is not noticed: {first_line(result)}"


def handing_in_the_reference_is_seen(exercise: Exercise) -> Sentences:
    """The reference itself is recognised as nobody's own work."""
    result = run_check(exercise.name, exercise.reference)
    if result.status != "failed" or result.misconception != "library":
        yield f"the reference handed in is not recognised: {first_line(result)}"


def _spoilt(exercise: Exercise, change: Callable[[Any], Any], otherwise: str = "") -> Any:
    """The verdict on the reference with the first array or number of its answer changed."""

    def spoil(answer: Any, inputs: tuple) -> Any:
        return with_leaf(answer, change)

    return _changed(exercise, spoil, otherwise or "this answer holds no numbers")


def _changed(exercise: Exercise, spoil: Change, otherwise: str, or_right: bool = False) -> Any:
    """The verdict on a spoilt reference; does not apply where the first case cannot be spoilt."""
    answer, inputs = first_case(exercise)
    if spoil(answer, copy.deepcopy(inputs)) is None:
        raise DoesNotApply(otherwise)

    def spoilt(answer: Any, inputs: tuple) -> Any:
        wrong = spoil(answer, inputs)
        return answer if wrong is None and or_right else wrong

    return verdict(exercise, altered(exercise, spoilt))
