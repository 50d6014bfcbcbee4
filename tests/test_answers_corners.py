"""Answers that are right nearly everywhere: the cases of an exercise reach into every corner."""

import copy

import numpy as np
import pytest

from bplib.checks.call import Outcome
from bplib.checks.decide import make_cases
from bplib.checks.declare import Exercise
from bplib.checks.registry import all_exercises
from bplib.checks.verdict import judge

EXERCISES = [e for e in all_exercises().values() if isinstance(e, Exercise)]
SEEDS = range(20)

# Above zero by their nature: amounts, steps, counts, deviations; and people as they are measured.
POSITIVE = {
    "bitterness_slope": {"cups"},
    "minimum_bill_gradients": {"price", "minimum", "factor", "tip"},
    "central_gradient": {"h"},
    "gradient_step": {"lr"},
    "equal_learning_rates": {"lr", "m"},
    "line_in_raw_units": {"std"},
    "fit_line": {"x", "y"},
}


def passes(exercise, position, spoil, seed):
    """Whether the right answer to another question passes, one input of which was spoilt."""
    for i, inputs in enumerate(make_cases(exercise, seed)):
        given = list(copy.deepcopy(inputs))
        given[position] = spoil(given[position])
        try:
            value = exercise.reference(*given)
        except Exception:  # that is seen
            return False
        if judge(exercise, i, inputs, Outcome(value=value)).step is not None:
            return False
    return True


def numbers(exercise, skip=()):
    inputs = make_cases(exercise, 0)[0]
    for k, (name, value) in enumerate(zip(exercise.arguments, inputs, strict=True)):
        if isinstance(value, float | int | np.ndarray) and name not in skip:
            yield k, name


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_the_sign_of_every_input_matters(exercise):
    for k, name in numbers(exercise, POSITIVE.get(exercise.name, ())):
        for spoil in (abs, lambda v: -abs(v), lambda v: np.maximum(v, 1e-6)):
            assert not any(passes(exercise, k, spoil, seed) for seed in SEEDS), name


SPOILT = {
    "the order of the entries": lambda v: v[::-1].copy(),
    "the last entry": lambda v: np.concatenate([v[:-1], 0 * v[-1:]]),
    "the first entry": lambda v: np.concatenate([0 * v[:1], v[1:]]),
    "that entries differ": lambda v: np.full_like(v, v.flat[0]),
}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_every_entry_of_every_array_matters(exercise):
    first = make_cases(exercise, 0)[0]
    for k, name in numbers(exercise):
        for what, spoil in SPOILT.items():
            rows = exercise.name == "learning_rate_limit" and "order" in what  # in any order
            if isinstance(first[k], np.ndarray) and not rows:
                assert not any(passes(exercise, k, spoil, seed) for seed in SEEDS), (name, what)
