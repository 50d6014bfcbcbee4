"""What every promise is made of: a question to an exercise, answered in sentences."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bplib.checks.call import Outcome
from bplib.checks.decide import decide, fixed_seed, make_cases
from bplib.checks.declare import Exercise
from bplib.checks.result import Result
from bplib.checks.verdict import judge

Sentences = Iterator[str]


class DoesNotApply(Exception):
    """Why an exercise cannot be asked this: "no gradient"."""


def verdict(exercise: Exercise, function: Any, seed: int | None = None) -> Result:
    """The verdict without asking whose work it is: references call the library, and may."""
    return decide(exercise, function, seed, own_work=False)


def unless_failed(what: str, result: Result, step: str, words: str = "") -> Sentences:
    """A sentence unless the verdict is a failure at this step, with these words in it."""
    at = result.failures[0].step if result.failures else ""
    if result.status != "failed" or at != step:
        yield f"{what} should fail at the step “{step}”; the check says: {first_line(result)}"
    elif words not in result.text:
        yield f"{what}: “{words}” should stand in the message, which is: {first_line(result)}"


def first_line(result: Result) -> str:
    return result.text.split("\n")[0]


def first_case(exercise: Exercise) -> tuple[Any, tuple]:
    """The right answer to the first case, and its inputs."""
    inputs = make_cases(exercise, fixed_seed(exercise.name))[0]
    return exercise.reference(*copy.deepcopy(inputs)), inputs


def altered(exercise: Exercise, change: Callable[[Any, tuple], Any]) -> Callable[..., Any]:
    """The reference with its answer changed by `change(answer, inputs)`, under its signature."""

    @functools.wraps(exercise.reference)
    def wrong(*inputs: Any) -> Any:
        return change(exercise.reference(*copy.deepcopy(inputs)), inputs)

    return wrong


def with_leaf(answer: Any, change: Callable[[Any], Any]) -> Any:
    """An answer with its first array or number changed; None where there is none to change."""
    if isinstance(answer, tuple | dict):
        keys = list(answer) if isinstance(answer, dict) else range(len(answer))
        for key in keys:
            changed = with_leaf(answer[key], change)
            if changed is not None:
                new: Any = dict(answer) if isinstance(answer, dict) else list(answer)
                new[key] = changed
                return new if isinstance(answer, dict) else tuple(new)
        return None
    if isinstance(answer, np.ndarray | float | int | np.number) and not isinstance(answer, bool):
        return change(answer)
    return None


def step_of(exercise: Exercise, index: int, inputs: tuple, outcome: Outcome) -> str | None:
    """The step at which a call fails on one case; None where it is right."""
    return judge(exercise, index, inputs, outcome).step if outcome.returned else "returned"
