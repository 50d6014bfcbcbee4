"""Chapter 2: change the units of x, descend, and carry the line back."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception
from bplib.checks.exercises.ch02_shared import two_gradients


def _scaled_line_cases(rng, i):
    slope, intercept = rng.uniform(20.0, 60.0), rng.uniform(100.0, 200.0)
    mean, std = rng.uniform(20.0, 30.0), rng.uniform(3.0, 6.0)
    sign = [-1.0 if i == k else 1.0 for k in (2, 3, 4)]  # three later cases turn one sign each
    return sign[0] * slope, sign[1] * intercept, sign[2] * mean, std


def _fit_cases(rng, i):
    m = (5, 7, 12, 20, 33, 50)[i % 6]
    x = rng.normal(26.0, 4.0, size=m)
    y = 10.0 * x - 110.0 + rng.normal(0.0, 40.0, size=m)
    return x, 300.0 - y if i == 3 else y  # one line falls


def _raw_line(slope, intercept, mean, std):
    return slope / std, intercept - slope * mean / std


def _raw_line_two_points(slope, intercept, mean, std):
    # x = mean is z = 0, and x = mean + std is z = 1.
    at_mean, one_further = intercept, slope + intercept
    theta0 = (one_further - at_mean) / ((mean + std) - mean)
    return theta0, at_mean - theta0 * mean


def _raw_line_matrix(slope, intercept, mean, std):
    change = np.array([[1.0 / std, 0.0], [-mean / std, 1.0]])
    return tuple(change @ np.array([slope, intercept]))


def _raw_line_polynomial(slope, intercept, mean, std):
    line = np.polynomial.Polynomial([intercept, slope])
    theta1, theta0 = line(np.polynomial.Polynomial([-mean / std, 1.0 / std])).coef
    return theta0, theta1


def _fit_line(x, y):
    columns = np.stack([x, np.ones_like(x)], axis=1)
    return tuple(np.linalg.lstsq(columns, y, rcond=None)[0])


def _fit_line_descent(x, y):
    mean, std = x.mean(), x.std()
    z = (x - mean) / std
    slope = intercept = 0.0
    for _ in range(40):
        dslope, dintercept = two_gradients(z, y, slope, intercept)
        slope, intercept = slope - 0.3 * dslope, intercept - 0.3 * dintercept
    return _raw_line(slope, intercept, mean, std)


def _fit_line_centred(x, y):
    # Another road: centre only, and take each direction's own best rate.
    shift = x.mean()
    theta0 = height = 0.0
    for _ in range(30):
        dtheta0, dheight = two_gradients(x - shift, y, theta0, height)
        theta0 -= 0.4 / x.var() * dtheta0
        height -= 0.4 * dheight
    return theta0, height - theta0 * shift


def _fit_line_covariance(x, y):
    theta0 = np.mean((x - x.mean()) * (y - y.mean())) / x.var()
    return theta0, y.mean() - theta0 * x.mean()


def _at_the_minimum(answer, expected, x, y):
    """Six digits of both numbers; otherwise how far down the loss still goes."""
    near = [abs(a - e) <= 1e-6 * abs(e) for a, e in zip(answer, expected, strict=True)]
    if all(near):
        return True
    with np.errstate(over="ignore"):
        here, least = _loss_at(answer, x, y), _loss_at(expected, x, y)
    if here > np.var(y):
        return (
            f"the loss at your line is {here:.4g}; the flat line at the mean of y has "
            f"{np.var(y):.4g}. Has the descent exploded, or is the line in other units?"
        )
    if here > 1.01 * least:
        return (
            f"the loss at your line is {here:.4g}; the least possible is {least:.4g}. Does it "
            "still fall when you take more steps?"
        )
    return (
        "the loss at your line is within one per cent of the least there is, and still theta0 or "
        "theta1 is not right to six digits: along the floor of the valley the way is long. "
        "Rounder units or more steps."
    )


def _loss_at(line, x, y):
    return np.mean((line[0] * x + line[1] - y) ** 2)


def _fit_in_scaled_units(x, y):
    return _fit_line((x - x.mean()) / x.std(), y)


def _fit_mapped_without_shift(x, y):
    slope, intercept = _fit_in_scaled_units(x, y)
    return slope / x.std(), intercept


def _fit_with_y_scaled(x, y):
    return _fit_line(x, (y - y.mean()) / y.std())


def _fit_mapped_the_wrong_way(x, y):
    slope, intercept = _fit_in_scaled_units(x, y)
    return slope * x.std(), intercept + slope * x.mean()


def _fit_mapped_with_wrong_sign(x, y):
    slope, intercept = _fit_in_scaled_units(x, y)
    return slope / x.std(), intercept + slope * x.mean() / x.std()


def _fit_stopped_early(x, y):
    # 1000 steps at rate 0.001 from (0, 0), in closed form: each multiplies the distance to the
    # minimum by the same matrix.
    columns = np.stack([x, np.ones_like(x)], axis=1)
    one_step_matrix = np.eye(2) - 0.001 * 2.0 / len(x) * columns.T @ columns
    minimum = np.array(_fit_line(x, y))
    return tuple(minimum - np.linalg.matrix_power(one_step_matrix, 1000) @ minimum)


def _fit_x_from_y(x, y):
    slope, intercept = _fit_line(y, x)
    return 1.0 / slope, -intercept / slope


def _fit_through_origin(x, y):
    return np.dot(x, y) / np.dot(x, x), 0.0


line_in_raw_units = Exercise(
    name="line_in_raw_units",
    chapter=2,
    statement=(
        "A line was fitted to z = (x - mean) / std and has slope and intercept in those units: "
        "prediction = slope * z + intercept. Return (theta0, theta1) of the same line written "
        "for x itself. Four numbers -> two numbers."
    ),
    minutes=8,
    reference=_raw_line,
    cases=_scaled_line_cases,
    returns=("theta0", "theta1"),
    equivalents=(_raw_line_two_points, _raw_line_matrix, _raw_line_polynomial),
    misconceptions=(
        Misconception(
            "slope-multiplied",
            "the slope is multiplied by std where it should be divided: "
            "one unit of x is only 1/std units of z.",
            lambda a, b, mean, std: (a * std, b - a * std * mean),
        ),
        Misconception(
            "multiplied-and-unchanged",
            "the slope is multiplied by std where it should be divided, "
            "and the intercept was left as it was.",
            lambda a, b, mean, std: (a * std, b),
        ),
        Misconception(
            "intercept-unchanged",
            "the slope is right and the intercept was left as it is; "
            "in z it is the height at x = mean, and theta1 is the height at x = 0.",
            lambda a, b, mean, std: (a / std, b),
        ),
        Misconception(
            "mean-not-scaled",
            "the slope is right; for the intercept, the slope in z is multiplied by the mean of x, "
            "and the division by std is missing.",
            lambda a, b, mean, std: (a / std, b - a * mean),
        ),
        Misconception(
            "wrong-sign",
            "the slope is right; the intercept moved the wrong way.",
            lambda a, b, mean, std: (a / std, b + a * mean / std),
        ),
        Misconception(
            "mean-subtracted",
            "the slope is right; from the intercept the mean of x itself was subtracted, "
            "and it has to go through the slope first.",
            lambda a, b, mean, std: (a / std, b - mean),
        ),
        Misconception(
            "intercept-divided-too",
            "the intercept is divided by std as well; it is a height, not a rate, "
            "and keeps its units.",
            lambda a, b, mean, std: (a / std, (b - a * mean) / std),
        ),
        Misconception(
            "slope-unchanged",
            "the slope was left as it is; it counts per std of x, and theta0 counts per unit.",
            lambda a, b, mean, std: (a, b - a * mean),
        ),
        Misconception(
            "slope-divided-twice",
            "the slope is right; in the intercept it is divided by std twice, as happens when "
            "`slope` is overwritten first.",
            lambda a, b, mean, std: (a / std, b - a / std * mean / std),
        ),
        Misconception(
            "slope-left-out",
            "the slope is right; in the intercept mean / std is how far the origin moved in z, and "
            "each unit of z is worth slope.",
            lambda a, b, mean, std: (a / std, b - mean / std),
        ),
        Misconception(
            "the-other-way",
            "this is the way from x to z, for a line that was trained on x. Here the line in z is "
            "known, and z holds x.",
            lambda a, b, mean, std: (a * std, b + a * mean),
        ),
        Misconception(
            "nothing-changed",
            "these are the slope and the intercept for z; the same line has others for x.",
            lambda a, b, mean, std: (a, b),
        ),
        Misconception(
            "numbers-standardised",
            "slope and intercept were standardised as if they were data. Put z into the line "
            "instead, and multiply out.",
            lambda a, b, mean, std: ((a - mean) / std, (b - mean) / std),
        ),
        Misconception(
            "old-intercept-forgotten",
            "the slope is right; of the two terms of the new intercept, the old one is missing.",
            lambda a, b, mean, std: (a / std, -a * mean / std),
        ),
    ),
    hints=(
        "Put the definition of z into the line and multiply out.",
        "What stands before x is the new slope. Everything that holds no x is the new intercept, "
        "and there are two such terms.",
        "One of the two terms of the new intercept is the old one, unchanged. "
        "The other is the new slope times the mean, with a sign to be found.",
    ),
    another="""
def line_in_raw_units(slope, intercept, mean, std):
    at_0, at_1 = (slope * (x - mean) / std + intercept for x in (0, 1))
    return at_1 - at_0, at_0
""",
    after=(
        "Scaling changes the road to the minimum and never the line; a check by two points, "
        "at z = 0 and z = 1, gives the same answer."
    ),
)


fit_line = Exercise(
    name="fit_line",
    chapter=2,
    statement=(
        "Train a line by gradient descent: return (theta0, theta1) at the minimum of "
        "mean((theta0 * x + theta1 - y)**2), each to six digits, within the time of the check. "
        "x (m,) in raw units, around 26 with a deviation of about 4, y (m,) around 150 "
        "-> two numbers."
    ),
    minutes=60,
    reference=_fit_line,
    cases=_fit_cases,
    returns=("theta0", "theta1"),
    tolerance=1e-6,
    accept=_at_the_minimum,
    equivalents=(_fit_line_descent, _fit_line_centred, _fit_line_covariance),
    misconceptions=(
        Misconception(
            "left-in-scaled-units",
            "this is the right line for the standardised x; "
            "it has to be mapped back to raw units before it is returned.",
            _fit_in_scaled_units,
        ),
        Misconception(
            "mapped-back-without-the-shift",
            "the slope is mapped back and right; the intercept is still the height at the mean "
            "of x, and theta1 is the height at x = 0.",
            _fit_mapped_without_shift,
        ),
        Misconception(
            "stopped-in-the-valley",
            "this is where 1000 steps at rate 0.001 on the raw x end: the loss looks flat there, "
            "and the intercept has hardly moved; scale x first.",
            _fit_stopped_early,
        ),
        Misconception(
            "x-from-y",
            "this line makes the errors in x small, not those in y.",
            _fit_x_from_y,
        ),
        Misconception(
            "through-the-origin",
            "this is the best line through the origin; the intercept was never trained.",
            _fit_through_origin,
        ),
        Misconception(
            "slope-and-intercept-swapped",
            "both numbers are right and in each other's place; "
            "the order asked for is (theta0, theta1).",
            lambda x, y: _fit_line(x, y)[::-1],
        ),
        Misconception(
            "y-left-in-scaled-units",
            "y was standardised too, and the line was not carried back to y's units: times the "
            "deviation of y, plus its mean.",
            _fit_with_y_scaled,
        ),
        Misconception(
            "mapped-back-the-wrong-way",
            "x was mapped the wrong way: put z = (x - mean) / std into the line and multiply out.",
            _fit_mapped_the_wrong_way,
        ),
        Misconception(
            "mapped-back-with-the-wrong-sign",
            "the slope is mapped back and right; the intercept moved the wrong way.",
            _fit_mapped_with_wrong_sign,
        ),
        Misconception(
            "exploded",
            "a descent that explodes ends in NaN: each step lands further out than the one before, "
            "until the numbers overflow. Print the loss, and ask which rates these x allow.",
            lambda x, y: (np.nan, np.nan),
        ),
    ),
    hints=(
        "On raw x the surface is a long valley, and no rate is both stable and quick. "
        "What did the chapter do to x to make the valley round?",
        "Three parts: change the units of x, descend in the new units until nothing moves, "
        "carry the line back. You have written each of them in an earlier exercise.",
        "After standardising, the Hessian is 2 times the identity, so any rate well below 1 "
        "converges in a few dozen steps. `line_in_raw_units` does the last part.",
    ),
    another="""
def fit_line(x, y):
    theta0 = np.cov(x, y)[0, 1] / np.var(x, ddof=1)  # the minimum, without steps
    return theta0, y.mean() - theta0 * x.mean()
""",
    after=(
        "Gradient descent and the closed formula meet in the same line; "
        "`np.linalg.lstsq` on the columns x and 1 finds it in one call."
    ),
)
