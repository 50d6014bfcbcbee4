"""Every exercise of the book, held to all that an exercise promises."""

import copy
import functools

import numpy as np
import pytest

from bplib.checks import run_check
from bplib.checks.call import in_process, unchanged
from bplib.checks.decide import decide, fixed_seed, make_cases
from bplib.checks.declare import Chain, Exercise, Prediction
from bplib.checks.diagnose import same_behaviour
from bplib.checks.registry import all_exercises
from bplib.checks.verdict import judge

SEEDS = 200
ALL = list(all_exercises().values())
FUNCTIONS = [e for e in ALL if isinstance(e, Exercise)]
PREDICTIONS = [e for e in ALL if isinstance(e, Prediction)]
CHAINS = [e for e in ALL if isinstance(e, Chain)]

each_function = pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda e: e.name)
each_prediction = pytest.mark.parametrize("exercise", PREDICTIONS, ids=lambda e: e.name)


def verdict(exercise, function, seed=None):
    """The verdict without asking whose work it is: references call the library, and may."""
    return decide(exercise, function, seed, own_work=False)


def altered(exercise, change):
    """The reference with its answer changed by `change(answer, inputs)`, under its signature."""

    @functools.wraps(exercise.reference)
    def wrong(*inputs):
        return change(exercise.reference(*copy.deepcopy(inputs)), inputs)

    return wrong


def change_first_leaf(answer, change):
    """Applies `change` to the first array or number of an answer; None if it has none."""
    if isinstance(answer, tuple | dict):
        keys = list(answer) if isinstance(answer, dict) else range(len(answer))
        for key in keys:
            changed = change_first_leaf(answer[key], change)
            if changed is not None:
                new = dict(answer) if isinstance(answer, dict) else list(answer)
                new[key] = changed
                return new if isinstance(answer, dict) else tuple(new)
        return None
    if isinstance(answer, np.ndarray | float | int | np.number) and not isinstance(answer, bool):
        return change(answer)
    return None


def first_answer(exercise):
    inputs = make_cases(exercise, fixed_seed(exercise.name))[0]
    return exercise.reference(*inputs), inputs


# ── right answers ────────────────────────────────────────────────────────────────────────────────


@each_function
def test_reference_and_equivalents_pass(exercise):
    assert len(exercise.equivalents) >= 3
    for function in (exercise.reference, *exercise.equivalents):
        result = verdict(exercise, function)
        assert result.passed, result.text
        assert not result.failures and result.misconception is None


@each_function
def test_no_false_verdict_on_two_hundred_seeds(exercise):
    """No right answer is refused, no wrong one accepted, and none is taken for another."""
    for seed in range(SEEDS):
        cases = make_cases(exercise, seed)
        assert refused(exercise, exercise.reference, cases) is None, seed
        other = exercise.equivalents[seed % len(exercise.equivalents)]
        assert refused(exercise, other, cases) is None, seed
        tell_apart(exercise, cases, seed)


def refused(exercise, function, cases):
    """The first step at which a function fails on these cases, with its case; None if none."""
    for i, inputs in enumerate(cases):
        one = judge(exercise, i, inputs, in_process(function, inputs, exercise.seconds))
        if not one.outcome.returned or one.step is not None:
            return i, one.step, one.outcome
    return None


def tell_apart(exercise, cases, seed):
    """Each misconception fails on these cases, and no two behave alike on all of them."""
    rows = []
    for misconception in exercise.misconceptions:
        outcomes = [in_process(misconception.wrong, inputs, exercise.seconds) for inputs in cases]
        fails = any(
            not one.returned or judge(exercise, i, inputs, one).step is not None
            for i, (inputs, one) in enumerate(zip(cases, outcomes, strict=True))
        )
        assert fails, f"seed {seed}: {misconception.label} is accepted"
        rows.append((misconception.label, outcomes))
    for k, (label, mine) in enumerate(rows):
        for other_label, theirs in rows[:k]:
            alike = all(
                same_behaviour(a, b) and (a.changed, a.aliased) == (b.changed, b.aliased)
                for a, b in zip(mine, theirs, strict=True)
            )
            assert not alike, f"seed {seed}: {label} and {other_label} cannot be told apart"


# ── wrong answers ────────────────────────────────────────────────────────────────────────────────


@each_function
def test_every_misconception_fails_with_its_own_label(exercise):
    assert exercise.misconceptions
    for misconception in exercise.misconceptions:
        result = verdict(exercise, misconception.wrong)
        assert result.status in ("failed", "error"), (misconception.label, result.text)
        assert result.misconception == misconception.label, (misconception.label, result.text)
        assert misconception.message in result.text


@each_function
def test_five_misconceptions_where_the_subject_has_them(exercise):
    assert len(exercise.misconceptions) >= 5


@each_function
def test_a_stub_is_not_attempted(exercise):
    arguments = ", ".join(exercise.arguments)
    for body in ('"""To do."""\n    raise NotImplementedError()', "...", "pass", '"""Blank."""'):
        space = {}
        exec(f"def {exercise.name}({arguments}):\n    {body}", space)
        result = verdict(exercise, space[exercise.name])
        assert result.status == "not_attempted", result.text
        assert result.text.startswith(f"○ {exercise.name}: not attempted yet.")
    assert verdict(exercise, ...).status == "not_attempted"


@each_function
def test_returning_none_asks_for_the_return_line(exercise):
    result = verdict(exercise, altered(exercise, lambda answer, inputs: None))
    assert result.status == "failed" and result.failures[0].step == "returned"
    assert "returned None: is the `return` line missing?" in result.text


@each_function
def test_nan_is_never_accepted(exercise):
    def spoil(answer, inputs):
        return change_first_leaf(answer, lambda leaf: leaf * np.nan)

    if spoil(*first_answer(exercise)) is None:
        pytest.skip("this answer holds no numbers")
    result = verdict(exercise, altered(exercise, spoil))
    assert result.status == "failed" and result.failures[0].step == "finite"
    assert "NaN" in result.text


@each_function
def test_a_list_in_place_of_an_array_is_said(exercise):
    def listed(leaf):
        return leaf.tolist() if isinstance(leaf, np.ndarray) and leaf.ndim else [leaf]

    def spoil(answer, inputs):
        return change_first_leaf(answer, listed)

    if spoil(*first_answer(exercise)) is None:
        pytest.skip("this answer holds no numbers")
    result = verdict(exercise, altered(exercise, spoil))
    assert result.status == "failed" and result.failures[0].step == "type"
    assert "a list" in result.text


@each_function
def test_whole_numbers_do_not_pass_for_real_ones(exercise):
    def spoil(answer, inputs):
        return change_first_leaf(answer, lambda leaf: np.asarray(leaf).astype(np.int64))

    answer, inputs = first_answer(exercise)
    if spoil(answer, inputs) is None:
        pytest.skip("this answer holds no numbers")
    result = verdict(exercise, altered(exercise, spoil))
    if result.passed:  # an answer that is whole by nature, such as a count
        cases = make_cases(exercise, fixed_seed(exercise.name))
        for one in cases:
            right = exercise.reference(*one)
            same = change_first_leaf(right, lambda leaf: np.asarray(leaf) == np.rint(leaf))
            assert np.all(same[0] if isinstance(same, tuple) else next(iter(same.values())))
        return
    assert result.status == "failed" and result.failures[0].step == "values"


@each_function
def test_the_number_of_arguments_is_compared_first(exercise):
    names = exercise.arguments
    for wrong in (names[:-1], (*names, "extra")):
        space = {"answer": exercise.reference}
        exec(f"def f({', '.join(wrong)}):\n    return 1 + 1", space)
        result = verdict(exercise, space["f"])
        assert result.status == "failed" and result.failures[0].step == "signature"
        assert f"it is called with ({', '.join(names)})" in result.text


@each_function
def test_an_axis_too_many_is_a_wrong_shape(exercise):
    def spoil(answer, inputs):
        return change_first_leaf(answer, lambda leaf: np.asarray(leaf)[..., None])

    if spoil(*first_answer(exercise)) is None:
        pytest.skip("this answer holds no numbers")
    result = verdict(exercise, altered(exercise, spoil))
    assert result.status == "failed" and result.failures[0].step == "shape"


@each_function
def test_a_transpose_is_said(exercise):
    def transposed(leaf):
        matrix = isinstance(leaf, np.ndarray) and leaf.ndim == 2
        return leaf.T.copy() if matrix and leaf.shape[0] != leaf.shape[1] else None

    def spoil(answer, inputs):
        return change_first_leaf(answer, transposed)

    if spoil(*first_answer(exercise)) is None:
        pytest.skip("this answer is no matrix")
    result = verdict(exercise, altered(exercise, spoil))
    assert result.status == "failed" and result.failures[0].step == "shape"
    assert "the values are right once it is transposed" in result.text


@each_function
def test_changing_an_input_is_no_pass(exercise):
    def spoil(answer, inputs):
        for one in inputs:
            if isinstance(one, np.ndarray) and one.size:
                one.flat[0] += 1
                return answer
            if isinstance(one, dict) and one:
                one.pop(next(iter(one)))
                return answer
        return None

    answer, inputs = first_answer(exercise)
    if spoil(answer, copy.deepcopy(inputs)) is None:
        pytest.skip("no input can be changed")
    result = verdict(exercise, altered(exercise, spoil))
    assert result.status == "failed" and result.failures[0].step == "inputs"
    assert "not the same after the call" in result.text


@each_function
def test_handing_back_an_input_is_no_pass(exercise):
    """Aliasing: the right numbers inside the memory of an input, or a view of it."""

    def spoil(answer, inputs):
        for one in inputs:
            if isinstance(one, np.ndarray) and isinstance(answer, np.ndarray):
                if one.size == answer.size and one.dtype == answer.dtype and answer.ndim:
                    one.reshape(-1)[:] = answer.reshape(-1)
                    return one.reshape(answer.shape)
        return None

    answer, inputs = first_answer(exercise)
    if spoil(answer, copy.deepcopy(inputs)) is None:
        pytest.skip("no input has the size of the answer")

    def or_right(answer, inputs):
        spoilt = spoil(answer, inputs)
        return answer if spoilt is None else spoilt

    result = verdict(exercise, altered(exercise, or_right))
    assert result.status == "failed" and result.failures[0].step in ("inputs", "alias")


@each_function
def test_the_reference_itself_is_recognised_as_not_ones_own(exercise):
    result = run_check(exercise.name, exercise.reference)
    assert result.status == "failed" and result.misconception == "library"


# ── the declaration ──────────────────────────────────────────────────────────────────────────────


@each_function
def test_cases_are_reproducible_and_never_degenerate(exercise):
    first, again = make_cases(exercise, 5), make_cases(exercise, 5)
    for one, other in zip(first, again, strict=True):
        assert type(one) is tuple and unchanged(one, other)
        arrays = [a for a in one if isinstance(a, np.ndarray)]
        for array in arrays:
            assert not set(array.shape) & {0, 1, 2}, array.shape
            assert array.ndim < 2 or len(set(array.shape)) == array.ndim, array.shape


@each_function
def test_reference_agrees_with_finite_differences(exercise):
    if exercise.loss is None:
        pytest.skip("no gradient")
    checked = 0
    for inputs in make_cases(exercise, fixed_seed(exercise.name)):
        answer = exercise.reference(*inputs)
        answers = answer if isinstance(answer, tuple) else (answer,)
        for name, gradient in zip(exercise.returns, answers, strict=True):
            if not name.startswith("d") or name[1:] not in exercise.arguments:
                continue
            which = exercise.arguments.index(name[1:])
            numeric = finite_differences(exercise.loss, inputs, which)
            scale = max(np.abs(numeric).max(), np.abs(gradient).max())
            assert np.shape(gradient) == numeric.shape
            assert np.abs(gradient - numeric).max() <= 1e-5 * scale, (name, gradient, numeric)
            checked += 1
    assert checked, "a loss is declared, but no returned name is d and an argument"


def finite_differences(loss, inputs, which):
    """Central differences of loss(*inputs) with respect to one input, entry by entry."""
    x = np.array(inputs[which], dtype=np.float64)
    size = np.abs(x).max()
    h = 1e-5 * (size if size > 0 else 1.0)
    gradient = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        values = []
        for step in (h, -h):
            moved = x.copy()
            moved[place] += step
            given = list(copy.deepcopy(inputs))
            given[which] = moved if x.ndim else float(moved)
            values.append(float(loss(*given)))
        gradient[place] = (values[0] - values[1]) / (2 * h)
    return gradient


@each_prediction
def test_predictions(exercise):
    assert run_check(exercise.name, exercise.answer).passed
    assert run_check(exercise.name, ...).status == "not_attempted"
    for value, label, message in exercise.wrong:
        result = run_check(exercise.name, value)
        assert result.status == "failed" and result.misconception == label, label
        assert message in result.text
    assert run_check(exercise.name, float("nan")).status == "failed"
    assert run_check(exercise.name, object()).status == "failed"


def test_chains_have_their_own_tests_or_there_are_none():
    for chain in CHAINS:
        for step in chain.steps:
            assert step[0].isidentifier()
