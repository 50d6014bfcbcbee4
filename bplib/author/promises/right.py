"""Promises to somebody who is right: every equivalent passes, on every seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bplib.author.promises.promise import Sentences, first_line, step_of, verdict
from bplib.checks import run_check
from bplib.checks.call import Outcome, in_process
from bplib.checks.decide import make_cases
from bplib.checks.declare import Exercise, Prediction
from bplib.checks.diagnose import same_behaviour
from bplib.checks.sizes import note

SEEDS = 200


def right_answers_pass(exercise: Exercise) -> Sentences:
    """The reference and every equivalent pass."""
    for what, function in _right(exercise):
        result = verdict(exercise, function)
        if not result.passed or result.failures or result.misconception is not None:
            yield f"{what} does not pass: {first_line(result)}"


def _right(exercise: Exercise) -> list[tuple[str, Callable[..., Any]]]:
    others = [(f"equivalent {k}", one) for k, one in enumerate(exercise.equivalents, start=1)]
    return [("the reference", exercise.reference), *others]


def no_false_verdict(exercise: Exercise, seeds: int = SEEDS) -> Sentences:
    """On 200 seeds nothing right is refused, nothing wrong accepted, nothing mistaken for another.

    Stops at the first seed with anything to say.
    """
    reference, *others = _right(exercise)
    for seed in range(seeds):
        cases = make_cases(exercise, seed)
        found = []
        tried = [reference, others[seed % len(others)]] if others else [reference]
        for what, function in tried:
            at = first_failure(exercise, function, cases)
            if at is not None:
                found.append(f"seed {seed}: {what} is refused in case {at}.")
        found += [f"seed {seed}: {one}" for one in confused(exercise, cases)]
        if found:
            yield from found
            return


def first_failure(
    exercise: Exercise, function: Callable[..., Any], cases: list[tuple]
) -> int | None:
    """The first case, from 1, that a function fails; None where it passes all."""
    for i, inputs in enumerate(cases):
        if step_of(exercise, i, inputs, in_process(function, inputs, exercise.seconds)):
            return i + 1
    return None


def confused(exercise: Exercise, cases: list[tuple]) -> Sentences:
    """Misconceptions that these cases accept, and pairs that they cannot tell apart."""
    rows = []
    for one in exercise.misconceptions:
        outcomes = [in_process(one.wrong, inputs, exercise.seconds) for inputs in cases]
        rows.append((one.label, outcomes))
        if all(
            step_of(exercise, i, inputs, outcome) is None
            for i, (inputs, outcome) in enumerate(zip(cases, outcomes, strict=True))
        ):
            yield f"{one.label} is accepted as right on all {len(cases)} cases."
    for k, (label, mine) in enumerate(rows):
        for other, theirs in rows[:k]:
            if all(map(alike, mine, theirs)):
                told = "; ".join(note(exercise, inputs) for inputs in cases)
                yield f"{other} and {label} cannot be told apart; they agree on all cases: {told}."


def alike(one: Outcome, other: Outcome) -> bool:
    """Whether two calls did the same, also to their inputs."""
    effects = (one.changed, one.aliased) == (other.changed, other.aliased)
    return effects and same_behaviour(one, other)


def closest(exercise: Exercise, cases: list[tuple]) -> tuple[str, str, list[int]] | None:
    """The two misconceptions that agree on most cases, and these cases; None where no two agree."""
    rows = [
        (one.label, [in_process(one.wrong, inputs, exercise.seconds) for inputs in cases])
        for one in exercise.misconceptions
    ]
    pairs = [
        (other, label, [i for i, both in enumerate(map(alike, mine, theirs), start=1) if both])
        for k, (label, mine) in enumerate(rows)
        for other, theirs in rows[:k]
    ]
    best = max(pairs, key=lambda pair: len(pair[2]), default=None)
    return best if best and best[2] else None


def predictions_are_judged(prediction: Prediction) -> Sentences:
    """The answer passes, a blank is not attempted, each wrong answer is named."""
    name = prediction.name
    if not run_check(name, prediction.answer).passed:
        yield "the answer itself does not pass."
    if run_check(name, ...).status != "not_attempted":
        yield "`...` is taken for an attempt."
    for value, label, message in prediction.wrong:
        result = run_check(name, value)
        if result.status != "failed" or result.misconception != label:
            named = result.misconception or "nothing"
            yield f"{value!r} should be named {label}; it is named {named}: {first_line(result)}"
        elif message not in result.text:
            yield f"the message of {label} is not shown."
    for value in (float("nan"), object()):
        if run_check(name, value).status != "failed":
            yield f"{'NaN' if isinstance(value, float) else 'an object'} does not fail."
