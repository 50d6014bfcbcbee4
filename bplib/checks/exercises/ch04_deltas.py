"""Chapter 4: the delta of the output, and the deltas of the hidden neurons."""

from __future__ import annotations

import numpy as np

from ..declare import Exercise, Misconception
from .ch04_shared import sigmoid

# --- output_delta -----------------------------------------------------------------------------


def _output_delta(o, y):
    return 2.0 * (o - y) * o * (1.0 - o)


def _by_complex_step(o, y):
    z = np.log(o / (1.0 - o))
    return ((sigmoid(z + 1e-30j) - y) ** 2).imag / 1e-30


def _output_cases(rng, i):
    y = (1.0, 0.0, 1.0)[i] if i < 3 else float(rng.uniform(0.1, 0.9))
    if i == 5:  # a neuron that is nearly sure of the wrong answer
        return float(rng.uniform(1e-6, 1e-5)), 1.0
    return float(rng.uniform(0.1, 0.9)), y


OUTPUT_DELTA = Exercise(
    name="output_delta",
    chapter=4,
    minutes=5,
    statement=(
        "L = (o − y)², and o = sigmoid(z). Return delta_o, the slope of L with respect to z, from "
        "o and y. Two numbers -> a number."
    ),
    reference=_output_delta,
    cases=_output_cases,
    returns=("delta_o",),
    equivalents=(
        lambda o, y: 2 * (o - y) * (o - o**2),
        lambda o, y: -2 * (y - o) * o + 2 * (y - o) * o * o,
        _by_complex_step,
    ),
    misconceptions=(
        Misconception(
            "slope-forgotten",
            "this is the gradient of o. On the way to its sum z there is the sigmoid, and its "
            "slope comes in.",
            lambda o, y: 2 * (o - y),
        ),
        Misconception(
            "error-alone",
            "this is o − y. That is the delta of a sigmoid with the cross-entropy; here the loss "
            "is the square.",
            lambda o, y: o - y,
        ),
        Misconception(
            "factor-2-lost",
            "half of what is due: the 2 that comes down from the square is missing.",
            lambda o, y: (o - y) * o * (1 - o),
        ),
        Misconception(
            "sign-flipped",
            "the size is right and the sign is not: the slope of (o − y)² is 2 (o − y).",
            lambda o, y: -2 * (o - y) * o * (1 - o),
        ),
        Misconception(
            "sigmoid-again",
            "the sigmoid was applied to o once more. o has been through it; its slope is "
            "written with o itself.",
            lambda o, y: 2 * (o - y) * sigmoid(o) * (1 - sigmoid(o)),
        ),
        Misconception(
            "sigmoid-for-its-slope",
            "the value of the sigmoid stands where its slope belongs.",
            lambda o, y: 2 * (o - y) * o,
        ),
        Misconception(
            "slope-alone",
            "this is the slope of the sigmoid; what arrives at o has to be multiplied in.",
            lambda o, y: o * (1 - o),
        ),
        Misconception(
            "square-not-differentiated",
            "the loss itself is multiplied by the slope of the sigmoid. Its slope belongs there.",
            lambda o, y: (o - y) ** 2 * o * (1 - o),
        ),
        Misconception(
            "slope-of-tanh",
            "1 − o² is the slope of tanh. The sigmoid's is another.",
            lambda o, y: 2 * (o - y) * (1 - o**2),
        ),
        Misconception(
            "slope-with-y",
            "the slope of the sigmoid is taken at y. It is taken where the neuron stands, at o.",
            lambda o, y: 2 * (o - y) * y * (1 - y),
        ),
    ),
    hints=(
        "Two links lead back from the loss to the sum: the square, and the sigmoid.",
        "First how far L moves for a unit of o, then how far o moves for a unit of z.",
        "The slope of the square is twice the miss, prediction minus label. The slope of the "
        "sigmoid is its output times one minus its output.",
    ),
    another="""
def output_delta(o, y):
    do = 2 * (o - y)
    return do * (o - o * o)
""",
    after=(
        "Near o = 0 or o = 1 the delta is nearly 0, also where the answer is quite wrong: that is "
        "the slow start of chapter 3, in one factor."
    ),
)

# --- hidden_deltas ----------------------------------------------------------------------------


def _hidden_deltas(h, v, delta_o):
    """h (h,), v (h,), delta_o a number -> (h,)"""
    return v * delta_o * h * (1.0 - h)


def _one_by_one(h, v, delta_o):
    deltas = []
    for h_j, v_j in zip(h, v, strict=True):
        dh_j = v_j * delta_o
        deltas.append(dh_j * h_j * (1 - h_j))
    return np.array(deltas)


def _through_the_loss(h, v, delta_o):
    z = np.log(h / (1 - h))
    return np.array([(v[j] * delta_o * sigmoid(z[j] + 1e-30j)).imag / 1e-30 for j in range(len(h))])


def _hidden_cases(rng, i):
    size = (3, 5, 4, 7, 6, 9)[i % 6]
    delta_o = float(rng.choice([-1, 1]) * rng.uniform(0.05, 0.4) * (1e-6 if i == 5 else 1.0))
    return rng.uniform(0.1, 0.9, size=size), rng.normal(size=size), delta_o


HIDDEN_DELTAS = Exercise(
    name="hidden_deltas",
    chapter=4,
    minutes=8,
    statement=(
        "The output's sum is h @ v + c, and delta_o is its gradient. h = sigmoid(z). Return the "
        "deltas, the gradient of every z. h (h,), v (h,), delta_o a number -> (h,)."
    ),
    reference=_hidden_deltas,
    cases=_hidden_cases,
    returns=("delta",),
    equivalents=(
        _one_by_one,
        _through_the_loss,
        lambda h, v, delta_o: np.diag(h - h * h) @ (delta_o * v),
    ),
    misconceptions=(
        Misconception(
            "slope-forgotten",
            "this is the gradient of h. It still has to go through the hidden sigmoid, to z.",
            lambda h, v, delta_o: v * delta_o,
        ),
        Misconception(
            "weights-forgotten",
            "every neuron gets the whole delta_o. It comes back along a wire, and is multiplied "
            "by that wire's weight.",
            lambda h, v, delta_o: delta_o * h * (1 - h),
        ),
        Misconception(
            "sigmoid-again",
            "the sigmoid was applied to h once more. h has been through it; the slope is written "
            "with h itself.",
            lambda h, v, delta_o: v * delta_o * sigmoid(h) * (1 - sigmoid(h)),
        ),
        Misconception(
            "weight-gradient",
            "this is the gradient of v: h times delta_o. In a product the other one is asked for.",
            lambda h, v, delta_o: h * delta_o,
        ),
        Misconception(
            "h-for-v",
            "what comes back to h is multiplied by h. Multiply swaps: h gets the weight v.",
            lambda h, v, delta_o: h * delta_o * h * (1 - h),
        ),
        Misconception(
            "sigmoid-for-its-slope",
            "the value of the sigmoid stands where its slope belongs.",
            lambda h, v, delta_o: v * delta_o * h,
        ),
        Misconception(
            "one-minus-only",
            "of the slope of the sigmoid only the second factor is there.",
            lambda h, v, delta_o: v * delta_o * (1 - h),
        ),
        Misconception(
            "summed",
            "every neuron gets the sum of all that comes back. Each has a wire of its own.",
            lambda h, v, delta_o: np.sum(v * delta_o) * h * (1 - h),
        ),
        Misconception(
            "sign-flipped",
            "the sizes are right and the signs are not; delta_o already has its sign.",
            lambda h, v, delta_o: -v * delta_o * h * (1 - h),
        ),
        Misconception(
            "slope-of-tanh",
            "1 − h² is the slope of tanh. The sigmoid's is another.",
            lambda h, v, delta_o: v * delta_o * (1 - h**2),
        ),
        Misconception(
            "averaged",
            "the deltas are divided by the number of neurons; nothing is averaged here.",
            lambda h, v, delta_o: v * delta_o * h * (1 - h) / len(h),
        ),
    ),
    hints=(
        "Two links again: back along the wire from the output's sum to h, and through the hidden "
        "sigmoid to z.",
        "First dh, what arrives at each hidden neuron: multiply swaps. Then the sigmoid's slope, "
        "written with h.",
        "dh is v times delta_o, entry by entry. The slope is h times one minus h. Multiply them.",
    ),
    another="""
def hidden_deltas(h, v, delta_o):
    slopes = h - h**2
    return np.multiply(slopes, delta_o * v)
""",
    after=(
        "Nobody told the hidden neurons what they should have said, and now each has its share. "
        "This line, once for every layer, is backpropagation."
    ),
)
