"""Every exercise on answers in styles that nobody planned for, right ones and wrong ones."""

import fractions

import numpy as np
import pytest
from answers import collected

from bplib import tape
from bplib.checks import run_check
from bplib.checks.declare import Exercise, Prediction
from bplib.checks.registry import all_exercises

RIGHT, WRONG, NAMED = collected("RIGHT"), collected("WRONG"), collected("NAMED")
UNNAMED, SAID = collected("UNNAMED"), collected("SAID")
EXERCISES = {e.name: e for e in all_exercises().values() if isinstance(e, Exercise)}
PREDICTIONS = [e for e in all_exercises().values() if isinstance(e, Prediction)]


def each(table):
    """(exercise, label, function) for a table such as NAMED."""
    return [(n, label, f) for n, row in table.items() for label, fs in row.items() for f in fs]


def in_words(case):
    return f"{case[0]}-{case[1]}"


def test_every_exercise_has_its_answers():
    assert set(RIGHT) == set(WRONG) == set(EXERCISES)
    assert all(len(styles) >= 4 for styles in RIGHT.values())
    assert all(len(styles) >= 8 for styles in WRONG.values())


def test_every_mistake_is_made_by_somebody_else_too():
    for name, exercise in EXERCISES.items():
        labels = {m.label for m in exercise.misconceptions}
        made = {*NAMED.get(name, ()), *(label for label, _ in WRONG[name].values())} - {None}
        assert made <= labels
        assert len(made) >= 0.9 * len(labels), f"nobody made {sorted(labels - made)} in {name}"


def test_how_many_answers_there_are_and_how_many_get_their_name():
    """Each is held to what is counted here by the tests below, one by one."""
    right = sum(map(len, RIGHT.values()))
    own_way = [label for row in WRONG.values() for label, _ in row.values()]
    named = len(each(NAMED)) + sum(label is not None for label in own_way)
    meant = named + len(each(UNNAMED))
    wrong = meant + own_way.count(None) + sum(map(len, SAID.values()))
    print(f"{right} right, {wrong} wrong; {meant} of those meant as a mistake, {named} named so")
    assert right >= 100 and wrong >= 150 and meant >= 150
    assert named >= 0.95 * meant


@pytest.mark.parametrize(
    ("name", "style"), [(name, style) for name, styles in RIGHT.items() for style in styles]
)
def test_right_in_an_unusual_style(name, style):
    result = run_check(name, RIGHT[name][style])
    assert result.passed, result.text


@pytest.mark.parametrize(
    ("name", "style"), [(name, style) for name, styles in WRONG.items() for style in styles]
)
def test_wrong_in_an_unusual_style(name, style):
    label, function = WRONG[name][style]
    result = run_check(name, function)
    assert result.status in ("failed", "error"), result.text
    assert result.misconception == label, result.text


@pytest.mark.parametrize("case", each(NAMED), ids=in_words)
def test_a_mistake_in_another_style_gets_its_name(case):
    name, label, function = case
    result = run_check(name, function)
    assert result.status == "failed" and result.misconception == label, result.text


@pytest.mark.parametrize("case", each(UNNAMED), ids=in_words)
def test_a_mistake_that_is_not_recognised_gets_no_other_name(case):
    name, _, function = case
    result = run_check(name, function)
    assert result.status == "failed" and result.misconception is None, result.text


@pytest.mark.parametrize(
    ("name", "words", "function"),
    [(name, words, f) for name, rows in SAID.items() for f, *words in rows],
)
def test_what_is_said_of_two_slips_at_once(name, words, function):
    result = run_check(name, function)
    assert result.status == "failed" and result.misconception is None
    assert all(one in result.text for one in words), result.text


# ── predictions ──────────────────────────────────────────────────────────────────────────────────


class Broken:
    def __repr__(self):
        raise ValueError

    __array__ = __len__ = __repr__


each_prediction = pytest.mark.parametrize("prediction", PREDICTIONS, ids=lambda e: e.name)


@each_prediction
def test_a_prediction_in_an_unusual_style(prediction):
    answer = prediction.answer
    if isinstance(answer, str):
        styles = [answer.upper(), f" {answer}\n", np.str_(answer)]
    elif isinstance(answer, tuple):
        styles = [list(answer), np.array(answer), tuple(np.float32(one) for one in answer)]
    else:
        styles = [np.float64(answer), np.array(answer), np.longdouble(answer), answer * (1 + 1e-9)]
    for value in styles:
        result = run_check(prediction.name, value)
        assert result.passed, (value, result.text)


@each_prediction
def test_what_is_no_prediction_at_all(prediction):
    answer = prediction.answer
    number = 7.25 if isinstance(answer, str) else np.max(answer) * 1.37 + 0.11
    odd = [True, False, "", "?", b"3", {}, {1}, [], (), [[1], [2, 3]], {"a": 1}, object(), Broken()]
    odd += [[Broken()], np, int, len, (k for k in ()), 1j, np.ma.masked, np.nan, np.inf, 10**400]
    odd += [number, np.full((3, 3), number), np.array([]), fractions.Fraction(22, 7), range(2)]
    if not isinstance(answer, str):
        odd += [np.array(answer) + 0j, str(answer), np.array(answer, dtype=object), {answer}]
        odd += [tape.Tensor(np.array(answer, dtype=float)), [[answer]], np.float64(number)]
        odd += [np.ma.array(answer, mask=True), np.array([answer, answer])]
    for value in odd:
        result = run_check(prediction.name, value)
        assert result.status == "failed", result.text
        assert result.misconception is None or value is number, result.text


@each_prediction
def test_a_number_with_fewer_digits_is_not_called_another(prediction):
    if not isinstance(prediction.answer, float) or not prediction.answer:
        pytest.skip("no number with digits after the point")
    nearly = prediction.answer * (1 + 1e-4 if prediction.tolerance < 1e-4 else 2)
    result = run_check(prediction.name, nearly)
    assert result.status == "failed"
    shown = f"{nearly:.4g}" == f"{prediction.answer:.4g}"
    assert ("the first digits are right" in result.text) >= shown
