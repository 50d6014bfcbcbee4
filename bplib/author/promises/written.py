"""Promises of the declaration itself: all of it is there, and its cases can tell answers apart."""

from __future__ import annotations

import copy
import inspect
from typing import Any

import numpy as np

from bplib.author.promises.promise import DoesNotApply, Sentences, first_line
from bplib.checks.call import unchanged
from bplib.checks.decide import fixed_seed, make_cases
from bplib.checks.declare import AnyExercise, Chain, Exercise
from bplib.checks.kinds import is_plain

TO_WRITE = "(to write)"
"""What `bplib author new` writes where an author has something to say."""
EQUIVALENTS = 3
MISCONCEPTIONS = 5


def everything_is_written(exercise: AnyExercise) -> Sentences:
    """Nothing is left to write."""
    texts = {"the statement": exercise.statement, "after": exercise.after}
    texts |= {f"hint {k}": text for k, text in enumerate(exercise.hints, start=1)}
    if isinstance(exercise, Exercise):
        texts |= {f"the message of {m.label}": m.message for m in exercise.misconceptions}
        texts |= {"another": exercise.another}
    for what, text in texts.items():
        if TO_WRITE in text:
            yield f"{what} is still to be written."
    if len(set(exercise.hints)) < 3:
        yield "two hints are the same; the idea, the place and nearly the line differ."
    if isinstance(exercise, Exercise):
        yield from _functions_are_written(exercise)


def _functions_are_written(exercise: Exercise) -> Sentences:
    cases, reference = _stumbles(exercise)
    for what, error in (("cases", cases), ("the reference", reference)):
        if isinstance(error, NotImplementedError):
            yield f"{what} is a function that is still to be written."
        elif error is not None:
            yield f"{what} raises {type(error).__name__}: {error}."


def _stumbles(exercise: Exercise) -> tuple[Exception | None, Exception | None]:
    """What making the cases raises, and what the reference raises on them."""
    try:
        make_cases(exercise, fixed_seed(exercise.name))
    except Exception as error:
        try:  # without cases, a reference that is not written still says so
            exercise.reference(*exercise.arguments)
        except NotImplementedError as unwritten:
            return error, unwritten
        except Exception:
            return error, None
        return error, None
    try:
        _answers(exercise)
    except Exception as error:
        return None, error
    return None, None


def _answers(exercise: Exercise) -> list[Any]:
    with np.errstate(all="ignore"):
        return [
            exercise.reference(*copy.deepcopy(inputs))
            for inputs in make_cases(exercise, fixed_seed(exercise.name))
        ]


def there_are_enough(exercise: Exercise) -> Sentences:
    """Three equivalents or more, and five misconceptions."""
    equivalents, misconceptions = len(exercise.equivalents), len(exercise.misconceptions)
    if equivalents < EQUIVALENTS:
        yield (
            f"{equivalents} of {EQUIVALENTS} equivalents: right answers in other styles, such as "
            "a loop, einsum or another order."
        )
    if misconceptions < MISCONCEPTIONS:
        yield f"{misconceptions} of {MISCONCEPTIONS} misconceptions, mistakes that people make."


def answers_are_named(exercise: Exercise) -> Sentences:
    """`returns` names what the reference returns."""
    for answer in _answers(exercise):
        if isinstance(answer, tuple) and len(answer) != len(exercise.returns):
            names = len(exercise.returns)
            yield f"the reference returns {len(answer)} things, and `returns` names {names}."
            return
        if not is_plain(answer) and not isinstance(answer, tuple | dict):
            if len(exercise.returns) != 1:
                names = len(exercise.returns)
                yield f"the reference returns one thing, and `returns` names {names}."
                return


def cases_are_fair(exercise: Exercise) -> Sentences:
    """A seed makes the same cases again, and no size is 0, 1 or 2 or stands twice in a matrix."""
    for index, (inputs, again) in enumerate(
        zip(make_cases(exercise, 5), make_cases(exercise, 5), strict=True), start=1
    ):
        if len(inputs) != len(exercise.arguments):
            yield f"case {index} has {len(inputs)} inputs; {_call(exercise)} is due."
            return
        if not unchanged(inputs, again):
            yield f"case {index} of a seed is not the same when it is made again."
        for name, one in zip(exercise.arguments, inputs, strict=True):
            if not isinstance(one, np.ndarray):
                continue
            if set(one.shape) & {0, 1, 2}:
                yield f"case {index}: {name} has shape {one.shape}; sizes below 3 hide mistakes."
            elif one.ndim > 1 and len(set(one.shape)) < one.ndim:
                yield f"case {index}: {name} has shape {one.shape}; equal sizes hide mistakes."


def _call(exercise: Exercise) -> str:
    return f"{exercise.name}({', '.join(exercise.arguments)})"


def gradients_are_slopes(exercise: Exercise) -> Sentences:
    """The reference agrees with finite differences of the loss."""
    if exercise.loss is None:
        raise DoesNotApply("no gradient")
    asked = [
        (place, exercise.arguments.index(name[1:]), name)
        for place, name in enumerate(exercise.returns)
        if name.startswith("d") and name[1:] in exercise.arguments
    ]
    if not asked:
        yield "a loss is declared, but no name in `returns` is d and an argument."
    for index, inputs in enumerate(make_cases(exercise, fixed_seed(exercise.name)), start=1):
        answer = exercise.reference(*copy.deepcopy(inputs))
        answers = answer if isinstance(answer, tuple) else (answer,)
        for place, which, name in asked:
            slopes = finite_differences(exercise.loss, inputs, which)
            gradient = np.asarray(answers[place])
            if gradient.shape != slopes.shape:
                yield f"case {index}: {name} has shape {gradient.shape}, not {slopes.shape}."
                continue
            scale = max(np.abs(slopes).max(), np.abs(gradient).max())
            error = np.abs(gradient - slopes).max()
            if not error <= 1e-5 * scale:
                yield (
                    f"case {index}: {name} and finite differences of the loss are "
                    f"{error / scale:.0e} of their size apart."
                )


def finite_differences(loss: Any, inputs: tuple, which: int) -> np.ndarray:
    """Central differences of loss(*inputs) with respect to one input, entry by entry."""
    x = np.array(inputs[which], dtype=np.float64)
    size = np.abs(x).max()
    h = 1e-5 * (size if size > 0 else 1.0)
    slopes = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        values = []
        for step in (h, -h):
            moved = x.copy()
            moved[place] += step
            given = list(copy.deepcopy(inputs))
            given[which] = moved if x.ndim else float(moved)
            values.append(float(loss(*given)))
        slopes[place] = (values[0] - values[1]) / (2 * h)
    return slopes


def steps_follow(chain: Chain) -> Sentences:
    """Each step of a chain is calculated from given names and from steps before it."""
    names = [step[0] for step in chain.steps]
    for place, step in enumerate(chain.steps):
        if not step[0].isidentifier():
            yield f"step {place + 1}: {step[0]!r} is no name."
        for argument in inspect.signature(step[1]).parameters:
            if argument in names[place:]:
                yield f"step {place + 1} needs {argument}, which comes later or is itself."


def another_way_is_right(exercise: Exercise) -> Sentences:
    """The other way that is shown after a pass is right, and fits a page."""
    from bplib.checks import run_check

    if not exercise.another.strip():
        yield "another, the function in one other way, is missing."
        return
    names: dict[str, Any] = {"np": np}
    try:
        exec(exercise.another, names)
        function = names[exercise.name]
    except Exception as error:
        yield f"another defines no {exercise.name}: {type(error).__name__}: {error}."
        return
    for seed in (None, *range(20)):
        result = run_check(exercise.name, function, seed=seed)
        if not result.passed:
            yield f"another is not right: {first_line(result)}"
            break
    if max(map(len, exercise.another.split("\n"))) > 84:
        yield "another has a line of more than 84 characters."
