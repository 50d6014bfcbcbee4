"""Chapter 5: a loss for which p − y is wrong."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception

_SIZES = ((7, 4), (5, 3), (9, 6), (4, 10), (6, 5), (3, 7))


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _square_cases(rng, i):
    m, k = _SIZES[i % 6]
    z = rng.normal(scale=1.3, size=(m, k))
    y = rng.uniform(0.05, 0.95, size=(m, k))
    return (z - 12, y) if i == 4 else (z, y)


def _square_loss(z, y):
    return np.sum((_sigmoid(z) - y) ** 2) / len(z)


def _square_delta(z, y):
    """z (m, k), y (m, k) -> (m, k)"""
    a = _sigmoid(z)
    return 2 / len(z) * (a - y) * a * (1 - a)


def _square_loop(z, y):
    dz = np.zeros_like(z)
    for i, j in np.ndindex(z.shape):
        e = np.exp(-z[i, j])
        dz[i, j] = 2 * (1 / (1 + e) - y[i, j]) * e / (1 + e) ** 2 / z.shape[0]
    return dz


def _square_by_tanh(z, y):
    a = 0.5 + 0.5 * np.tanh(z / 2)
    return (a - y) * 2 * _sigmoid(z) * _sigmoid(-z) / z.shape[0]


def _square_in_steps(z, y):
    a = 1 / (1 + np.exp(-z))
    da = 2 * (a - y) / len(y)
    return da * (a - a**2)


def _of_a(make):
    return lambda z, y: make(z, _sigmoid(z), y, len(z))


sigmoid_square_delta = Exercise(
    name="sigmoid_square_delta",
    chapter=5,
    minutes=8,
    statement=(
        "The outputs are a = sigmoid(z), and L = (1/m) times the sum of all (a - y)**2. Return "
        "the delta of this layer, the gradient at z. z (m, k), y (m, k) -> (m, k)."
    ),
    reference=_square_delta,
    cases=_square_cases,
    returns=("dz",),
    loss=_square_loss,
    equivalents=(_square_loop, _square_by_tanh, _square_in_steps),
    misconceptions=(
        Misconception(
            "delta-of-cross-entropy",
            "(a − y)/m belongs to the sigmoid with cross-entropy. With squares nothing cancels: "
            "their 2 and the sigmoid's slope stay.",
            _of_a(lambda z, a, y, m: (a - y) / m),
        ),
        Misconception(
            "slope-forgotten",
            "this is the gradient at a; δ is the gradient at z, and the sigmoid's slope lies "
            "between them.",
            _of_a(lambda z, a, y, m: 2 * (a - y) / m),
        ),
        Misconception(
            "factor-2-lost",
            "the 2 that comes down from the square is missing; this loss has no ½.",
            _of_a(lambda z, a, y, m: (a - y) * a * (1 - a) / m),
        ),
        Misconception(
            "missing-1/m",
            "the 1/m of the loss is missing.",
            _of_a(lambda z, a, y, m: 2 * (a - y) * a * (1 - a)),
        ),
        Misconception(
            "factor-2-and-1/m-lost",
            "the 2 of the square and the 1/m of the loss are missing.",
            _of_a(lambda z, a, y, m: (a - y) * a * (1 - a)),
        ),
        Misconception(
            "1/m-twice",
            "1/m is applied twice.",
            _of_a(lambda z, a, y, m: 2 * (a - y) * a * (1 - a) / m**2),
        ),
        Misconception(
            "mean-over-all-entries",
            "the division is by all m·k entries; this loss divides by m.",
            _of_a(lambda z, a, y, m: 2 * (a - y) * a * (1 - a) / a.size),
        ),
        Misconception(
            "slope-of-the-wrong-quantity",
            "a(1 − a) wants the output of the sigmoid; here z stands in its place.",
            _of_a(lambda z, a, y, m: 2 * (a - y) * z * (1 - z) / m),
        ),
        Misconception(
            "sigmoid-taken-twice",
            "the sigmoid is taken twice: its slope at z is a(1 − a), and here sigmoid(a) stands in "
            "the place of a.",
            _of_a(lambda z, a, y, m: 2 * (a - y) * _sigmoid(a) * (1 - _sigmoid(a)) / m),
        ),
        Misconception(
            "slope-of-tanh",
            "1 − a² is the slope of tanh; these outputs are sigmoids.",
            _of_a(lambda z, a, y, m: 2 * (a - y) * (1 - a**2) / m),
        ),
        Misconception(
            "sign-flipped",
            "the sign is flipped, as if the error were y − a and its own minus were forgotten.",
            _of_a(lambda z, a, y, m: 2 * (y - a) * a * (1 - a) / m),
        ),
        Misconception(
            "error-forgotten",
            "this is the slope of the sigmoid; how wrong the output is has no part in it.",
            _of_a(lambda z, a, y, m: a * (1 - a)),
        ),
        Misconception(
            "square-for-its-slope",
            "the squared error stands where its slope, twice the error, belongs.",
            _of_a(lambda z, a, y, m: (a - y) ** 2 * a * (1 - a) / m),
        ),
        Misconception(
            "scores-for-outputs",
            "the error is taken with z; the loss compares the outputs a = sigmoid(z) with y.",
            _of_a(lambda z, a, y, m: 2 * (z - y) * a * (1 - a) / m),
        ),
    ),
    hints=(
        "Equation (I): the gradient at a, times the slope of the bend from z to a.",
        "The gradient at a comes from the stated loss: its square brings one factor, its 1/m "
        "another. The slope of the sigmoid is cheapest from its output.",
        "Compute a first. Then four factors, entry by entry: 2/m, the error, a, and what a lacks "
        "to 1.",
    ),
    another="""
def sigmoid_square_delta(z, y):
    a = 1 / (1 + np.exp(-z))
    da = 2 * (a - y) / len(z)  # the loss, seen from a
    return da * (a - a**2)  # the bend
""",
    after=(
        "Far from 0 the factor a(1 − a) is nearly nothing, however wrong the output is: the slow "
        "start of chapter 3, here in one δ."
    ),
)
