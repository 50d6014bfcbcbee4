"""Chapter 2: the two gradients of a line."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception
from bplib.checks.exercises.ch02_shared import (
    line_and_people,
    mean_square,
    two_gradients,
    two_gradients_loop,
    two_gradients_matrix,
)


def _line_loss(x, y, theta0, theta1):
    return mean_square(theta0 * x + theta1, y)


def _line_gradients_turned(x, y, theta0, theta1):
    residual = y - (theta1 + x * theta0)
    return -2.0 / x.size * np.dot(x, residual), -2.0 / x.size * residual.sum()


def _push_of_one(i):
    """The gradients of a loop from which one person's push comes out."""

    def gradients(x, y, theta0, theta1):
        push = 2.0 * (theta0 * x[i] + theta1 - y[i]) / len(x)
        return push * x[i], push

    return gradients


line_gradients = Exercise(
    name="line_gradients",
    chapter=2,
    statement=(
        "For L = mean((theta0 * x + theta1 - y)**2), return the tuple "
        "(dL/dtheta0, dL/dtheta1). x (m,), y (m,), theta0 and theta1 numbers "
        "-> two numbers."
    ),
    minutes=10,
    reference=two_gradients,
    cases=line_and_people,
    returns=("dtheta0", "dtheta1"),
    loss=_line_loss,
    equivalents=(two_gradients_loop, two_gradients_matrix, _line_gradients_turned),
    misconceptions=(
        Misconception(
            "missing-1/m",
            "the pushes of the m people are added up but not divided by m, and the loss is a mean.",
            lambda x, y, a, b: tuple(len(x) * d for d in two_gradients(x, y, a, b)),
        ),
        Misconception(
            "1/m-twice",
            "the division by m is made twice, perhaps once in a mean and once by hand.",
            lambda x, y, a, b: tuple(d / len(x) for d in two_gradients(x, y, a, b)),
        ),
        Misconception(
            "factor-2-lost",
            "the 2 that comes down from the square is missing; "
            "this is the gradient of half the mean squared error.",
            lambda x, y, a, b: tuple(d / 2 for d in two_gradients(x, y, a, b)),
        ),
        Misconception(
            "sign-flipped",
            "both signs are flipped: with y - prediction as the error, "
            "the chain rule brings one more minus.",
            lambda x, y, a, b: tuple(-d for d in two_gradients(x, y, a, b)),
        ),
        Misconception(
            "gradients-swapped",
            "both numbers are right and in each other's place; "
            "the order asked for is (dtheta0, dtheta1).",
            lambda x, y, a, b: two_gradients(x, y, a, b)[::-1],
        ),
        Misconception(
            "x-forgotten",
            "dtheta1 is right, and dtheta0 is missing its last link: "
            "the prediction moves by x when theta0 moves by 1.",
            lambda x, y, a, b: (two_gradients(x, y, a, b)[1],) * 2,
        ),
        Misconception(
            "x-in-both",
            "dtheta0 is right, and dtheta1 is multiplied by x as well; "
            "the prediction moves by 1 when theta1 moves by 1.",
            lambda x, y, a, b: (two_gradients(x, y, a, b)[0],) * 2,
        ),
        Misconception(
            "averaged-before-multiplying",
            "the errors are averaged first and then multiplied by an average x; "
            "each error belongs to its own x, so multiply first, then average.",
            lambda x, y, a, b: (
                2 * np.mean(a * x + b - y) * np.mean(x),
                2 * np.mean(a * x + b - y),
            ),
        ),
        Misconception(
            "x-not-averaged",
            "dtheta0 has a number for each person: their errors are averaged first, and then "
            "multiplied by every x. Each error belongs to its own x; multiply first, then average.",
            lambda x, y, a, b: (
                2 * np.mean(a * x + b - y) * x,
                2 * np.mean(a * x + b - y),
            ),
        ),
        Misconception(
            "brackets-lost",
            "y - theta0 * x + theta1 adds the intercept to y; "
            "the whole prediction is to be subtracted, so it needs brackets.",
            lambda x, y, a, b: _line_gradients_turned(x, y, a, -b),
        ),
        Misconception(
            "no-intercept",
            "the error is computed without the intercept theta1.",
            lambda x, y, a, b: two_gradients(x, y, a, 0.0),
        ),
        Misconception(
            "prediction-for-error",
            "the prediction stands where the error should: y is never subtracted.",
            lambda x, y, a, b: two_gradients(x, 0.0 * y, a, b),
        ),
        Misconception(
            "square-for-its-slope",
            "the squared error stands where its slope, twice the error, belongs.",
            lambda x, y, a, b: (
                2 * np.mean((a * x + b - y) ** 2 * x),
                2 * np.mean((a * x + b - y) ** 2),
            ),
        ),
        Misconception(
            "own-value",
            "multiply swaps: theta0 receives x, the other factor, and here it got its own value.",
            lambda x, y, a, b: (
                two_gradients(x, y, a, b)[1] * a,
                two_gradients(x, y, a, b)[1],
            ),
        ),
        Misconception(
            "last-person-only",
            "only the last person's push is there: `=` overwrites the sum where `+=` adds to it.",
            _push_of_one(-1),
        ),
        Misconception(
            "first-person-only",
            "only the first person's push is there: the `return` stands inside the loop.",
            _push_of_one(0),
        ),
        Misconception(
            "m-is-always-3",
            "the sums are divided by 3, the number of people in the chapter; here it is another.",
            lambda x, y, a, b: tuple(d * len(x) / 3 for d in two_gradients(x, y, a, b)),
        ),
        Misconception(
            "own-value-at-the-intercept",
            "dtheta0 is right; in dtheta1 the push is multiplied by theta1. It is added to the "
            "product, and an add passes the push on.",
            lambda x, y, a, b: (
                two_gradients(x, y, a, b)[0],
                two_gradients(x, y, a, b)[1] * b,
            ),
        ),
        Misconception(
            "rate-alone-at-the-intercept",
            "dtheta0 is right; dtheta1 is how far the prediction moves for a unit of theta1. Go on "
            "from there to the loss.",
            lambda x, y, a, b: (two_gradients(x, y, a, b)[0], 1.0),
        ),
        Misconception(
            "error-for-x",
            "dtheta1 is right; in dtheta0 the error is multiplied by itself. That also happens "
            "where x is changed on the way, since `e = x` makes no copy.",
            lambda x, y, a, b: (
                2 * np.mean((a * x + b - y) ** 2),
                two_gradients(x, y, a, b)[1],
            ),
        ),
        Misconception(
            "mean-of-a-sum",
            "dtheta1 is right; in dtheta0 a matrix product has added up already, and the mean of "
            "one number is that number. Divide by m.",
            lambda x, y, a, b: (
                len(x) * two_gradients(x, y, a, b)[0],
                two_gradients(x, y, a, b)[1],
            ),
        ),
        Misconception(
            "intercept-not-averaged",
            "dtheta0 is right; dtheta1 is a sum over the people where the mean belongs.",
            lambda x, y, a, b: (
                two_gradients(x, y, a, b)[0],
                len(x) * two_gradients(x, y, a, b)[1],
            ),
        ),
    ),
    hints=(
        "Walk one person's graph backwards from the loss: the square first, then the minus, "
        "then the line. Afterwards let all the people's pushes meet.",
        "Up to the prediction the two gradients are the same. They part there: theta0 reaches "
        "the prediction through a multiplication by x, theta1 through an addition.",
        "Keep the array of errors. One gradient is an average of twice the errors; the other is "
        "an average of twice the errors after each has been multiplied by something "
        "of the same person.",
    ),
    another="""
def line_gradients(x, y, theta0, theta1):
    X = np.stack([x, np.ones_like(x)], axis=1)
    dtheta0, dtheta1 = 2 / len(x) * X.T @ (X @ [theta0, theta1] - y)
    return dtheta0, dtheta1
""",
    after=(
        "You have the gradient of every straight-line fit there is; `2 * (error @ x) / m` "
        "says the same as a mean of products, and becomes `X.T @ error` with many columns."
    ),
)
