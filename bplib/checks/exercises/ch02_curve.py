"""Chapter 2: the same walk on a formula that the text does not show."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception
from bplib.checks.exercises.ch02_shared import mean_square


def _curve_cases(rng, i):
    m = (4, 7, 5, 11, 9, 13)[i % 6]
    x, y = rng.normal(0.5, 1.0, size=m), rng.normal(1.0, 2.0, size=m)
    signs = {2: (-1.0, 1.0, -1.0), 3: (1.0, -1.0, 1.0)}.get(i, (1.0, 1.0, 1.0))
    return x, y, *rng.uniform(0.5, 2.0, size=3) * signs


def _curve_loss(x, y, theta0, theta1, theta2):
    return mean_square(theta0 * x**2 + theta1 * x + theta2, y)


def _error(x, y, theta0, theta1, theta2):
    return theta0 * x**2 + theta1 * x + theta2 - y


def _curve_gradients(x, y, theta0, theta1, theta2):
    push = 2.0 * _error(x, y, theta0, theta1, theta2)
    return np.mean(push * x**2), np.mean(push * x), np.mean(push)


def _curve_gradients_loop(x, y, theta0, theta1, theta2):
    gradients = [0.0, 0.0, 0.0]
    for x_i, y_i in zip(x, y, strict=True):
        prediction = theta0 * x_i * x_i + theta1 * x_i + theta2
        for j in range(3):
            gradients[j] += 2.0 * (prediction - y_i) * x_i ** (2 - j) / len(x)
    return tuple(gradients)


def _curve_gradients_matrix(x, y, theta0, theta1, theta2):
    X = np.vander(x, 3)
    return tuple(2.0 / len(x) * X.T @ (X @ np.array([theta0, theta1, theta2]) - y))


def _curve_gradients_horner(x, y, theta0, theta1, theta2):
    residual = y - ((theta0 * x + theta1) * x + theta2)
    return tuple(-2.0 * np.dot(residual, power) / x.size for power in (x * x, x, np.ones_like(x)))


def _scaled(factor):
    def gradients(x, y, theta0, theta1, theta2):
        k = factor(len(x))
        return tuple(k * d for d in _curve_gradients(x, y, theta0, theta1, theta2))

    return gradients


def _with_rates(rate0, rate1):
    """Other rates than x**2 and x at the two multiplications."""

    def gradients(x, y, theta0, theta1, theta2):
        push = 2.0 * _error(x, y, theta0, theta1, theta2)
        return np.mean(push * rate0(x, theta0)), np.mean(push * rate1(x, theta1)), np.mean(push)

    return gradients


def _derivative_by_x(x, y, theta0, theta1, theta2):
    push = 2.0 * _error(x, y, theta0, theta1, theta2)
    return np.mean(push * 2.0 * x), np.mean(push), np.mean(push) * 0.0


def _averaged_first(x, y, theta0, theta1, theta2):
    push = np.mean(2.0 * _error(x, y, theta0, theta1, theta2))
    return push * np.mean(x**2), push * np.mean(x), push


def _straight_line_error(x, y, theta0, theta1, theta2):
    return _curve_gradients(x, y, 0.0, theta1, theta2)


def _square_of_the_product(x, y, theta0, theta1, theta2):
    error = _error(x, y, theta0, theta1, theta2)
    return 2.0 * np.mean((error * x) ** 2), 2.0 * np.mean(error * x), 2.0 * np.mean(error)


def _with_square(square):
    """Something else in the place of theta0 * x**2 in the prediction, and of x**2 as its rate."""

    def gradients(x, y, theta0, theta1, theta2):
        push = 2.0 * (square(x, theta0) + theta1 * x + theta2 - y)
        return np.mean(push * square(x, 1.0)), np.mean(push * x), np.mean(push)

    return gradients


curve_gradients = Exercise(
    name="curve_gradients",
    chapter=2,
    statement=(
        "The prediction is now a parabola, theta0 * x**2 + theta1 * x + theta2, and the loss "
        "is the mean of (prediction - y)**2. Return the tuple (dL/dtheta0, dL/dtheta1, "
        "dL/dtheta2). x (m,), y (m,), three numbers -> three numbers."
    ),
    minutes=10,
    reference=_curve_gradients,
    cases=_curve_cases,
    returns=("dtheta0", "dtheta1", "dtheta2"),
    loss=_curve_loss,
    equivalents=(_curve_gradients_loop, _curve_gradients_matrix, _curve_gradients_horner),
    misconceptions=(
        Misconception(
            "missing-1/m",
            "the pushes of the m people are added up but not divided by m, and the loss is a mean.",
            _scaled(lambda m: m),
        ),
        Misconception(
            "1/m-twice",
            "the division by m is made twice, perhaps once in a mean and once by hand.",
            _scaled(lambda m: 1.0 / m),
        ),
        Misconception(
            "factor-2-lost",
            "the 2 that comes down from the square of the error is missing.",
            _scaled(lambda m: 0.5),
        ),
        Misconception(
            "sign-flipped",
            "all three signs are flipped: with y - prediction as the error, "
            "the chain rule brings one more minus.",
            _scaled(lambda m: -1.0),
        ),
        Misconception(
            "derivative-of-x-squared",
            "dtheta1 and dtheta2 are right; in dtheta0 the x**2 was differentiated to 2x, "
            "but it is theta0 that moves, and x stays.",
            _with_rates(lambda x, theta0: 2.0 * x, lambda x, theta1: x),
        ),
        Misconception(
            "by-x-instead-of-theta",
            "the prediction was differentiated by x; "
            "here x stays where it is and the parameters move.",
            _derivative_by_x,
        ),
        Misconception(
            "x-for-x-squared",
            "dtheta1 and dtheta2 are right; theta0 is multiplied by x**2, "
            "so that is its rate, and not x.",
            _with_rates(lambda x, theta0: x, lambda x, theta1: x),
        ),
        Misconception(
            "parameter-left-in",
            "a parameter is left standing in its own gradient: theta0 * x**2 moves by x**2 "
            "when theta0 moves by 1.",
            _with_rates(lambda x, theta0: theta0 * x**2, lambda x, theta1: theta1 * x),
        ),
        Misconception(
            "order-reversed",
            "all three numbers are right and in reverse order; "
            "the order asked for is (dtheta0, dtheta1, dtheta2).",
            lambda x, y, a, b, c: _curve_gradients(x, y, a, b, c)[::-1],
        ),
        Misconception(
            "curve-left-out-of-the-error",
            "the error was computed with the straight part alone: theta0 * x**2 is missing in it.",
            _straight_line_error,
        ),
        Misconception(
            "averaged-before-multiplying",
            "the errors are averaged first and then multiplied by an average; each error belongs "
            "to its own x, so multiply first, then average.",
            _averaged_first,
        ),
        Misconception(
            "line-of-the-exercise-before",
            "the rates are right; the error is that of a line, theta0 * x + theta1.",
            lambda x, y, a, b, c: _curve_gradients(x, y, 0.0, a, b),
        ),
        Misconception(
            "error-squared-with-x",
            "dtheta1 and dtheta2 are right; in dtheta0 the error is squared together with x. Only "
            "x is.",
            _square_of_the_product,
        ),
        Misconception(
            "doubled-for-squared",
            "x is doubled, not squared: in Python a square is `** 2`, and `* 2` is twice.",
            _with_square(lambda x, theta0: theta0 * x * 2.0),
        ),
        Misconception(
            "theta0-squared-too",
            "dtheta0's rate is right, but in the prediction theta0 is squared together with x: "
            "`**` binds only what stands right before it, and there it is a bracket.",
            lambda x, y, a, b, c: _curve_gradients(x, y, a * a, b, c),
        ),
        Misconception(
            "parameters-left-in",
            "each parameter is left standing in its own gradient, theta2 too: a term moves by what "
            "its parameter is multiplied by.",
            lambda x, y, *theta: tuple(
                t * d for t, d in zip(theta, _curve_gradients(x, y, *theta), strict=True)
            ),
        ),
        Misconception(
            "powers-one-too-high",
            "every rate has one x too many: theta2 stands alone, so its rate is 1.",
            lambda x, y, *theta: tuple(
                np.mean(2.0 * _error(x, y, *theta) * x**k) for k in (3, 2, 1)
            ),
        ),
    ),
    hints=(
        "Only one operation of the graph is new. Draw one person's graph and find it.",
        "Up to the prediction nothing has changed, so all three gradients share the same push. "
        "Then ask for each parameter: by how much does the prediction move when it moves by 1?",
        "A parameter's rate is whatever it is multiplied by in the prediction. "
        "One of the three rates is a square, and one of them is 1.",
    ),
    another="""
def curve_gradients(x, y, theta0, theta1, theta2):
    X = np.vander(x, 3)  # the columns x², x, 1
    error = X @ np.array([theta0, theta1, theta2]) - y
    return tuple(2 / len(x) * X.T @ error)
""",
    after=(
        "The curve is bent in x and straight in its parameters, which is why it is still linear "
        "regression: `np.vander(x, 3)` is its X, and one matrix product gives all three."
    ),
)
