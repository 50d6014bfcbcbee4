"""Chapter 2: the line and its loss."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception
from bplib.checks.exercises.ch02_shared import line_and_people, mean_square


def _predict_cases(rng, i):
    x, _, theta0, theta1 = line_and_people(rng, i)
    return x, theta0, theta1


def _pairs_cases(rng, i):
    m = (3, 7, 5, 11, 9, 13)[i % 6]
    target = rng.normal(0.0 if i == 4 else 150.0, 70.0, size=m)
    return target + rng.normal(5.0, 20.0, size=m), target


predict_line = Exercise(
    name="predict_line",
    chapter=2,
    statement=(
        "Return the line's predictions theta0 * x + theta1 for all people at once. "
        "x (m,), theta0 (slope) and theta1 (intercept) numbers -> (m,)."
    ),
    minutes=2,
    reference=lambda x, theta0, theta1: theta0 * x + theta1,
    cases=_predict_cases,
    returns=("prediction",),
    equivalents=(
        lambda x, theta0, theta1: np.array([theta0 * x_i + theta1 for x_i in x]),
        lambda x, theta0, theta1: (
            np.stack([x, np.ones_like(x)], axis=1) @ np.array([theta0, theta1])
        ),
        lambda x, theta0, theta1: np.polyval([theta0, theta1], x),
    ),
    misconceptions=(
        Misconception(
            "slope-and-intercept-swapped",
            "theta0 is the slope, which multiplies x, and theta1 the intercept; "
            "here they have changed places.",
            lambda x, theta0, theta1: theta1 * x + theta0,
        ),
        Misconception(
            "no-intercept",
            "the intercept theta1 is never added.",
            lambda x, theta0, theta1: theta0 * x,
        ),
        Misconception(
            "intercept-inside",
            "theta1 is added before the multiplication, so the slope multiplies it too; "
            "multiply first, then add.",
            lambda x, theta0, theta1: theta0 * (x + theta1),
        ),
        Misconception(
            "intercept-subtracted",
            "theta1 is subtracted where it should be added.",
            lambda x, theta0, theta1: theta0 * x - theta1,
        ),
        Misconception(
            "slope-added",
            "theta0 is added to x where it should multiply it.",
            lambda x, theta0, theta1: theta0 + x + theta1,
        ),
        Misconception(
            "numbers-of-the-chapter",
            "the chapter's own line, 5 x - 10, stands where theta0 and theta1 belong.",
            lambda x, theta0, theta1: 5.0 * x - 10.0,
        ),
        Misconception(
            "return-in-the-loop",
            "only the first person was predicted: the `return` stands inside the loop.",
            lambda x, theta0, theta1: theta0 * x[0] + theta1,
        ),
        Misconception(
            "last-person-left-out",
            "the last person was not predicted: `range` stops before its end by itself, so "
            "`range(len(x))` reaches everybody.",
            lambda x, theta0, theta1: np.append(theta0 * x[:-1] + theta1, 0.0),
        ),
    ),
    hints=(
        "A prediction is made for each person on their own: what does the line say at one x?",
        "The slope says how much a unit of x is worth, so it meets x first; "
        "the intercept is the same for everybody.",
        "NumPy does number-times-array and array-plus-number entry by entry, "
        "so the formula for one person, written with the whole array x, is already the answer.",
    ),
    another="""
def predict_line(x, theta0, theta1):
    return np.polyval([theta0, theta1], x)
""",
    after=(
        "One expression served every person at once; `X @ theta` with a column of ones "
        "is the same line, and it is how the chapter writes it once there are ten columns."
    ),
)


mean_squared_error = Exercise(
    name="mean_squared_error",
    chapter=2,
    statement=(
        "Return the mean over all people of (prediction - target)**2, a single number. "
        "prediction (m,), target (m,) -> number."
    ),
    minutes=3,
    reference=mean_square,
    cases=_pairs_cases,
    returns=("loss",),
    equivalents=(
        lambda prediction, target: (
            sum((p - t) ** 2 for p, t in zip(prediction, target, strict=True)) / len(target)
        ),
        lambda prediction, target: np.dot(prediction - target, prediction - target) / target.size,
        lambda prediction, target: np.linalg.norm(target - prediction) ** 2 / len(target),
    ),
    misconceptions=(
        Misconception(
            "sum-for-mean",
            "this is the sum of the squares; the mean divides it by the number of people m.",
            lambda p, t: np.sum((p - t) ** 2),
        ),
        Misconception(
            "half-convention",
            "this is half the mean squared error; the loss stated here has no 1/2.",
            lambda p, t: np.mean((p - t) ** 2) / 2,
        ),
        Misconception(
            "root-taken",
            "this is the root of the mean squared error; the loss stated here takes no root.",
            lambda p, t: np.sqrt(np.mean((p - t) ** 2)),
        ),
        Misconception(
            "square-of-the-mean",
            "the errors are averaged before they are squared, so misses above and below "
            "cancel; square each one first.",
            lambda p, t: np.mean(p - t) ** 2,
        ),
        Misconception(
            "absolute-errors",
            "this averages the size of the errors; each one is to be squared.",
            lambda p, t: np.mean(np.abs(p - t)),
        ),
        Misconception(
            "errors-not-squared",
            "the errors are averaged as they are, so misses above and below cancel; "
            "square each one first.",
            lambda p, t: np.mean(p - t),
        ),
        Misconception(
            "divided-by-m-minus-1",
            "the sum is divided by m - 1, as for an unbiased variance; "
            "a mean over m people divides by m.",
            lambda p, t: np.sum((p - t) ** 2) / (len(t) - 1),
        ),
        Misconception(
            "difference-of-squares",
            "prediction and target are squared on their own; square the difference of the two.",
            lambda p, t: np.mean(p**2 - t**2),
        ),
        Misconception(
            "last-person-only",
            "only the last person counts: `=` overwrites the total where `+=` adds to it, or the "
            "total is set to 0 inside the loop.",
            lambda p, t: (p[-1] - t[-1]) ** 2 / len(t),
        ),
        Misconception(
            "first-person-only",
            "only the first person counts: the `return` stands inside the loop.",
            lambda p, t: (p[0] - t[0]) ** 2 / len(t),
        ),
        Misconception(
            "doubled-for-squared",
            "the errors are doubled, not squared: in Python a square is `** 2`, and `* 2` is "
            "twice.",
            lambda p, t: np.mean(2 * (p - t)),
        ),
        Misconception(
            "sum-for-difference",
            "prediction and target are added; the error is their difference.",
            lambda p, t: np.mean((p + t) ** 2),
        ),
        Misconception(
            "square-of-the-sum",
            "the errors are added up before they are squared, so misses above and below cancel; "
            "square each one first.",
            lambda p, t: np.sum(p - t) ** 2 / len(t),
        ),
        Misconception(
            "brackets-missing",
            "without brackets only the target is squared: `**` comes before the minus.",
            lambda p, t: np.mean(p - t**2),
        ),
        Misconception(
            "half-the-sum",
            "this is half the sum of the squares; a mean over m people divides the sum by m.",
            lambda p, t: np.sum((p - t) ** 2) / 2,
        ),
        Misconception(
            "m-is-always-3",
            "the sum is divided by 3, the number of people in the chapter; here it is another.",
            lambda p, t: np.sum((p - t) ** 2) / 3,
        ),
        Misconception(
            "whole-numbers",
            "`//` throws away everything after the decimal point; `/` keeps it.",
            lambda p, t: np.sum((p - t) ** 2) // len(t),
        ),
        Misconception(
            "first-person-left-out",
            "the first person is left out: Python counts from 0, and the loop begins at 1.",
            lambda p, t: np.sum((p[1:] - t[1:]) ** 2) / len(t),
        ),
        Misconception(
            "norm-not-squared",
            "the norm is the root of the sum of the squares; square it before you divide by m.",
            lambda p, t: np.linalg.norm(p - t) / len(t),
        ),
        Misconception(
            "variance-of-the-errors",
            "this is the variance of the errors: their mean was taken off first, so predictions "
            "that are all too high by the same amount would cost nothing.",
            lambda p, t: np.var(p - t),
        ),
    ),
    hints=(
        "Three words, three steps, to be read from right to left: error, squared, mean.",
        "The squaring happens to each error on its own, before anything is added up.",
        "You have one array of errors; square it entry by entry, "
        "then let NumPy average the entries of the result.",
    ),
    another="""
def mean_squared_error(prediction, target):
    error = prediction - target
    return error @ error / len(error)
""",
    after=(
        "The order squared-then-averaged is what stops misses above and below from cancelling; "
        "`error @ error / len(error)` is the same number."
    ),
)
