"""Chapter 3: what a neuron says, and where it changes its mind."""

from __future__ import annotations

import math

import numpy as np

from bplib.checks.declare import Exercise, Misconception
from bplib.checks.exercises.ch03_shared import sigmoid, weights_and_samples


def _neuron_output(X, w, b):
    return sigmoid(X @ w + b)


def _neuron_output_loop(X, w, b):
    p = []
    for row in X:
        z = b
        for x_j, w_j in zip(row, w, strict=True):
            z += x_j * w_j
        p.append(1.0 / (1.0 + math.exp(-z)))
    return np.array(p)


neuron_output = Exercise(
    name="neuron_output",
    chapter=3,
    statement=(
        "Return the probability sigma(x . w + b) of every sample. X (m, n), w (n,), b -> (m,)."
    ),
    minutes=2,
    reference=_neuron_output,
    cases=weights_and_samples,
    returns=("p",),
    equivalents=(
        _neuron_output_loop,
        lambda X, w, b: 0.5 * (1.0 + np.tanh((X @ w + b) / 2.0)),
        lambda X, w, b: np.exp(X @ w + b) / (1.0 + np.exp(X @ w + b)),
        lambda X, w, b: sigmoid(np.sum(X * w, axis=1) + b),
    ),
    misconceptions=(
        Misconception(
            "logits-returned",
            "this is z; the sigmoid has still to make a probability of it.",
            lambda X, w, b: X @ w + b,
        ),
        Misconception(
            "exponent-sign",
            "the exponent has the wrong sign: with e to the plus z it becomes the probability "
            "of the other class.",
            lambda X, w, b: sigmoid(-(X @ w + b)),
        ),
        Misconception(
            "brackets-missing",
            "without brackets 1 / 1 + exp(-z) is 1 + exp(-z): the division comes first.",
            lambda X, w, b: 1.0 + np.exp(-(X @ w + b)),
        ),
        Misconception(
            "bias-forgotten",
            "the bias b does not appear.",
            lambda X, w, b: sigmoid(X @ w),
        ),
        Misconception(
            "bias-subtracted",
            "the bias comes in with the wrong sign. The minus in the exponent is for the whole "
            "sum, bias and all.",
            lambda X, w, b: sigmoid(X @ w - b),
        ),
        Misconception(
            "bias-for-each-input",
            "the bias comes in once for every input; there is one for the whole sum.",
            lambda X, w, b: sigmoid(np.sum(X * w + b, axis=1)),
        ),
        Misconception(
            "bias-outside",
            "the bias was added to the probability; it belongs to the sum inside the sigmoid.",
            lambda X, w, b: sigmoid(X @ w) + b,
        ),
        Misconception(
            "sigmoid-of-each-input",
            "each product went through the sigmoid on its own; the sum comes first, "
            "and one sigmoid after it.",
            lambda X, w, b: np.sum(sigmoid(X * w), axis=1) + b,
        ),
        Misconception(
            "tanh",
            "this is tanh, which lies between -1 and 1.",
            lambda X, w, b: np.tanh(X @ w + b),
        ),
        Misconception(
            "decision-returned",
            "these are decisions, 0 or 1; the probability is asked for.",
            lambda X, w, b: (X @ w + b > 0).astype(float),
        ),
        Misconception(
            "mean-for-sum",
            "the products were averaged; they are added.",
            lambda X, w, b: sigmoid(np.mean(X * w, axis=1) + b),
        ),
    ),
    hints=(
        "First the sum, one for each row of X. Then the bend.",
        "A matrix product of X and w gives all the sums at once; the bias is added to each.",
        "One over one plus an exponential; mind the sign of the exponent and the brackets.",
    ),
    another="""
def neuron_output(X, w, b):
    return (1 + np.tanh((X @ w + b) / 2)) / 2  # no exponential of a large number
""",
    after="`(1 + np.tanh(z / 2)) / 2` is the same curve, and never overflows.",
)


def _line_cases(rng, i):
    w1, w2 = rng.uniform(0.6, 4.0, size=2) * ((1, 1), (1, -1), (-1, 1))[i % 3]
    b = rng.uniform(0.5, 3.0) * (-1.0 if i % 2 else 1.0)
    return w1, w2, b, (0.9, 0.2, 0.7, 0.05, 0.6, 0.35)[i % 6]


def _decision_line(w1, w2, b, p):
    return -w1 / w2, (math.log(p / (1.0 - p)) - b) / w2


def _line_through_two_points(w1, w2, b, p):
    z = -math.log(1.0 / p - 1.0)
    at_0, at_1 = (z - b) / w2, (z - b - w1) / w2
    return at_1 - at_0, at_0


def _line(slope, intercept):
    """A wrong answer put together from its two halves, functions of (w1, w2, b, z, p)."""

    def wrong(w1, w2, b, p):
        z = math.log(p / (1.0 - p))
        return slope(w1, w2, b, z, p), intercept(w1, w2, b, z, p)

    return wrong


def _slope(w1, w2, b, z, p):
    return -w1 / w2


def _intercept(w1, w2, b, z, p):
    return (z - b) / w2


decision_line = Exercise(
    name="decision_line",
    chapter=3,
    statement=(
        "A neuron with two inputs says p on a straight line x2 = slope * x1 + intercept. "
        "Return (slope, intercept). w1, w2, b and p numbers, 0 < p < 1 -> two numbers."
    ),
    minutes=6,
    reference=_decision_line,
    cases=_line_cases,
    returns=("slope", "intercept"),
    equivalents=(
        _line_through_two_points,
        lambda w1, w2, b, p: tuple(np.array([-w1, np.log(p) - np.log1p(-p) - b]) / w2),
        lambda w1, w2, b, p: (w1 / -w2, 2.0 * np.arctanh(2.0 * p - 1.0) / w2 - b / w2),
    ),
    misconceptions=(
        Misconception(
            "p-for-logit",
            "z was set to p itself; the sigmoid stands between them, and has to be undone.",
            _line(_slope, lambda w1, w2, b, z, p: (p - b) / w2),
        ),
        Misconception(
            "always-a-half",
            "this is the line where p = 0.5, whatever p is asked for: z is 0 only there.",
            _line(_slope, lambda w1, w2, b, z, p: -b / w2),
        ),
        Misconception(
            "odds-upside-down",
            "the odds are upside down: z is positive where p is above a half.",
            _line(_slope, lambda w1, w2, b, z, p: (-z - b) / w2),
        ),
        Misconception(
            "odds-without-logarithm",
            "these are the odds; z is their logarithm.",
            _line(_slope, lambda w1, w2, b, z, p: (p / (1.0 - p) - b) / w2),
        ),
        Misconception(
            "sigmoid-of-p",
            "the sigmoid was applied to p; it has to be undone, not done once more.",
            _line(_slope, lambda w1, w2, b, z, p: (sigmoid(p) - b) / w2),
        ),
        Misconception(
            "logarithm-of-p",
            "z was set to ln p; it is the logarithm of something else, which is made from p.",
            _line(_slope, lambda w1, w2, b, z, p: (math.log(p) - b) / w2),
        ),
        Misconception(
            "base-ten",
            "the logarithm is to the base ten; the sigmoid is made with e.",
            _line(_slope, lambda w1, w2, b, z, p: (z / math.log(10.0) - b) / w2),
        ),
        Misconception(
            "slope-sign",
            "the sign of the slope: bring x1 w1 to the other side of the equation.",
            _line(lambda w1, w2, b, z, p: w1 / w2, _intercept),
        ),
        Misconception(
            "bias-sign",
            "the sign of the bias: bring b to the other side of the equation.",
            _line(_slope, lambda w1, w2, b, z, p: (z + b) / w2),
        ),
        Misconception(
            "bias-forgotten",
            "the bias b does not appear in the intercept.",
            _line(_slope, lambda w1, w2, b, z, p: z / w2),
        ),
        Misconception(
            "solved-for-x1",
            "this is x1 as a function of x2; the question has x2 on the left.",
            _line(lambda w1, w2, b, z, p: -w2 / w1, lambda w1, w2, b, z, p: (z - b) / w1),
        ),
        Misconception(
            "direction-of-the-weights",
            "the slope is that of the arrow (w1, w2); the line lies at right angles to it.",
            _line(lambda w1, w2, b, z, p: w2 / w1, _intercept),
        ),
        Misconception(
            "intercept-not-divided",
            "the slope is right; the intercept still has to be divided by w2.",
            _line(_slope, lambda w1, w2, b, z, p: z - b),
        ),
        Misconception(
            "order-swapped",
            "slope and intercept have changed places.",
            lambda w1, w2, b, p: _decision_line(w1, w2, b, p)[::-1],
        ),
    ),
    hints=(
        "Which z does the neuron have where it says p? (3.4) turns a probability into a logit.",
        "Write x1 w1 + x2 w2 + b = z and solve for x2.",
        "Everything but x2 w2 goes to the right side; then divide by w2. What multiplies x1 is the "
        "slope, the rest the intercept.",
    ),
    another="""
def decision_line(w1, w2, b, p):
    z = np.log(p) - np.log(1 - p)
    at_0, at_1 = (z - b) / w2, (z - b - w1) / w2  # x2 at x1 = 0 and at x1 = 1
    return at_1 - at_0, at_0
""",
    after=(
        "The slope does not depend on p, so all these lines are parallel; how far apart they lie "
        "says how sure the neuron is."
    ),
)
