"""Chapter 3: slopes of activations, from z, from the output, and with what arrives from behind."""

from __future__ import annotations

import math

import numpy as np

from bplib.checks.declare import Exercise, Misconception
from bplib.checks.exercises.ch03_shared import sigmoid


def _z_cases(rng, i):
    m = (5, 7, 4, 11, 9, 13)[i % 6]
    if i == 0:
        return (np.array([2.0, 0.0, -2.0, 5.0, -0.7]) + rng.uniform(0.0, 1e-3, size=5),)
    return (rng.normal(0.0, 6.0 if i == 3 else 2.0, size=m),)


def _sigmoid_slope(z):
    a = sigmoid(z)
    return a * (1.0 - a)


def _sigmoid_slope_loop(z):
    return np.array([math.exp(-abs(v)) / (1.0 + math.exp(-abs(v))) ** 2 for v in z])


sigmoid_slope = Exercise(
    name="sigmoid_slope",
    chapter=3,
    statement="Return the slope of the sigmoid at every z. z (m,) -> (m,).",
    minutes=4,
    reference=_sigmoid_slope,
    cases=_z_cases,
    returns=("slope",),
    equivalents=(
        _sigmoid_slope_loop,
        lambda z: sigmoid(z) * sigmoid(-z),
        lambda z: np.exp(-z) / (1.0 + np.exp(-z)) ** 2,
        lambda z: 0.25 * (1.0 - np.tanh(z / 2.0) ** 2),
        lambda z: 1.0 / (2.0 + 2.0 * np.cosh(z)),
    ),
    misconceptions=(
        Misconception(
            "z-in-place-of-the-output",
            "a(1 − a) with z in the place of a = σ(z). No sigmoid is steeper than a quarter.",
            lambda z: z * (1.0 - z),
        ),
        Misconception(
            "value-for-slope",
            "this is the sigmoid itself; its slope is asked for.",
            lambda z: sigmoid(z),
        ),
        Misconception(
            "minus-sign",
            "the sign is flipped: the path has two minus signs, from −z and from 1/v, "
            "and they cancel. A sigmoid never falls.",
            lambda z: -_sigmoid_slope(z),
        ),
        Misconception(
            "square-of-the-output",
            "this is a squared: the slope of 1/v without the slope of the exponential inside it.",
            lambda z: sigmoid(z) ** 2,
        ),
        Misconception(
            "one-minus-the-output",
            "this is 1 − a; a factor of a is missing, or the square under exp(−z).",
            lambda z: sigmoid(-z),
        ),
        Misconception(
            "slope-of-tanh",
            "1 minus the square of the output is the slope of tanh; the sigmoid has another.",
            lambda z: 1.0 - sigmoid(z) ** 2,
        ),
        Misconception(
            "sigmoid-twice",
            "the sigmoid was applied twice: this is the slope at a, and it is asked for at z.",
            lambda z: _sigmoid_slope(sigmoid(z)),
        ),
        Misconception(
            "exponent-sign",
            "one of the exponentials has z where it should have −z.",
            lambda z: np.exp(z) / (1.0 + np.exp(-z)) ** 2,
        ),
        Misconception(
            "denominator-not-squared-below",
            "these are the odds against, exp(−z); they still have to be divided by the square "
            "of 1 + exp(−z).",
            lambda z: np.exp(-z),
        ),
    ),
    hints=(
        "The output says it all. What is the output at z = 0, and what is the slope there?",
        "First the sigmoid of z, under a name of its own. The formula in the box wants that, "
        "and not z.",
        "Two factors that add up to 1: the output, and what is missing from it to 1.",
    ),
    another="""
def sigmoid_slope(z):
    return 1 / (2 + 2 * np.cosh(z))  # even in z: the slope is the same at z and -z
""",
    after=(
        "In a network the output is there already, so the way back costs two multiplications "
        "and no exponential; never above 1/4 is an assertion worth writing."
    ),
)


def _output_cases(rng, i):
    m, n = ((7, 3), (5, 4), (11, 6), (4, 3), (9, 5), (13, 8))[i % 6]
    return rng.normal(size=(m, n)), np.tanh(rng.normal(0.0, 1.2, size=(m, n)))


def _tanh_gradient(da, a):
    return da * (1.0 - a * a)


def _tanh_gradient_loop(da, a):
    dz = np.empty_like(a)
    for place in np.ndindex(a.shape):
        dz[place] = (1.0 - a[place]) * (1.0 + a[place]) * da[place]
    return dz


tanh_gradient = Exercise(
    name="tanh_gradient",
    chapter=3,
    statement=(
        "The way back through a = tanh(z): given da and the output a, return dz. "
        "da (m, n), a (m, n) -> (m, n)."
    ),
    minutes=3,
    reference=_tanh_gradient,
    cases=_output_cases,
    returns=("dz",),
    equivalents=(
        _tanh_gradient_loop,
        lambda da, a: da - da * a**2,
        lambda da, a: da / np.cosh(np.arctanh(a)) ** 2,
        lambda da, a: np.einsum("ij,ij->ij", da, (1.0 - a) * (1.0 + a)),
    ),
    misconceptions=(
        Misconception(
            "slope-of-the-sigmoid",
            "a(1 − a) is the slope of the sigmoid; tanh has another.",
            lambda da, a: da * a * (1.0 - a),
        ),
        Misconception(
            "upstream-forgotten",
            "this is the slope alone; what arrives, da, has to be multiplied by it.",
            lambda da, a: 1.0 - a**2,
        ),
        Misconception(
            "tanh-twice",
            "tanh was applied once more: a is already the output, and the slope is said from it.",
            lambda da, a: da * (1.0 - np.tanh(a) ** 2),
        ),
        Misconception(
            "not-squared",
            "1 − a where 1 minus the square of a belongs.",
            lambda da, a: da * (1.0 - a),
        ),
        Misconception(
            "difference-squared",
            "the square goes over a alone, not over 1 − a.",
            lambda da, a: da * (1.0 - a) ** 2,
        ),
        Misconception(
            "sign-flipped",
            "the sign is flipped: tanh rises everywhere, so dz has the sign of da.",
            lambda da, a: -da * (1.0 - a**2),
        ),
        Misconception(
            "divided",
            "going back multiplies by the slope; here it was divided by it.",
            lambda da, a: da / (1.0 - a**2),
        ),
        Misconception(
            "added",
            "along a path rates multiply; here the slope was added to what arrives.",
            lambda da, a: da + (1.0 - a**2),
        ),
        Misconception(
            "value-for-slope",
            "what arrives was multiplied by the output; it is its slope that belongs there.",
            lambda da, a: da * a,
        ),
        Misconception(
            "upstream-squared-away",
            "the square was taken of the product: 1 - (a da)**2 has da in the wrong place.",
            lambda da, a: 1.0 - (a * da) ** 2,
        ),
    ),
    hints=(
        "Along a path rates multiply: what arrives, times the slope of this node.",
        "(3.6) gives the slope from the output. You do not need z, and no function of NumPy.",
        "One minus the square of the output, entry by entry, times what arrives.",
    ),
    another="""
def tanh_gradient(da, a):
    return da * (1 - a) * (1 + a)  # keeps its digits where a is nearly 1
""",
    after="`(1 - a) * (1 + a)` is the same product, and loses fewer digits where a is nearly 1.",
)


def _leak_cases(rng, i):
    m, n = ((7, 3), (5, 4), (11, 6), (4, 3), (9, 5), (13, 8))[i % 6]
    z = rng.normal(size=(m, n))
    z[rng.integers(m), :] = 0.0  # the corner is on the way in every case
    return rng.normal(size=(m, n)), z, rng.uniform(0.05, 0.4)


def _leaky_relu_gradient(dy, z, slope):
    return dy * np.where(z > 0.0, 1.0, slope)


def _leak_masked(dy, z, slope):
    dz = dy.copy()
    dz[z <= 0.0] *= slope
    return dz


def _leak_loop(dy, z, slope):
    rows = [
        [d if v > 0 else slope * d for d, v in zip(*pair, strict=True)]
        for pair in zip(dy, z, strict=True)
    ]
    return np.array(rows)


leaky_relu_gradient = Exercise(
    name="leaky_relu_gradient",
    chapter=3,
    statement=(
        "The way back through y = z where z > 0, slope * z elsewhere: given dy, z and the slope, "
        "return dz. At z = 0 use the slope of the left side. "
        "dy (m, n), z (m, n), slope a number -> (m, n)."
    ),
    minutes=5,
    reference=_leaky_relu_gradient,
    cases=_leak_cases,
    returns=("dz",),
    equivalents=(
        _leak_masked,
        _leak_loop,
        lambda dy, z, slope: dy * ((z > 0) + slope * (z <= 0)),
        lambda dy, z, slope: np.where(z > 0, dy, slope * dy),
    ),
    misconceptions=(
        Misconception(
            "relu",
            "nothing comes back where z is negative: that is ReLU; here the slope leaks through.",
            lambda dy, z, slope: dy * (z > 0),
        ),
        Misconception(
            "upstream-forgotten",
            "these are the slopes alone; what arrives, dy, has to be multiplied by them.",
            lambda dy, z, slope: np.where(z > 0, 1.0, slope),
        ),
        Misconception(
            "sign-of-the-upstream",
            "the sign of dy decides here; it is the sign of z that does.",
            lambda dy, z, slope: np.where(dy > 0, dy, slope * dy),
        ),
        Misconception(
            "sides-swapped",
            "the two sides have changed places: the full gradient comes back where z > 0.",
            lambda dy, z, slope: np.where(z > 0, slope * dy, dy),
        ),
        Misconception(
            "corner-to-the-right",
            "right except at z = 0, where the slope of the left side is asked for.",
            lambda dy, z, slope: np.where(z >= 0, dy, slope * dy),
        ),
        Misconception(
            "value-for-slope",
            "what arrives was multiplied by the value of the leaky ReLU; its slope belongs there.",
            lambda dy, z, slope: dy * np.where(z > 0, z, slope * z),
        ),
        Misconception(
            "forward-again",
            "this is the forward value of z; what arrives, dy, has no part in it.",
            lambda dy, z, slope: np.where(z > 0, z, slope * z),
        ),
        Misconception(
            "leak-of-a-hundredth",
            "the leak is fixed at 0.01; it is handed over as slope.",
            lambda dy, z, slope: np.where(z > 0, dy, 0.01 * dy),
        ),
        Misconception(
            "slope-without-the-upstream",
            "where z is negative the slope stands alone; it has to be multiplied by dy.",
            lambda dy, z, slope: np.where(z > 0, dy, slope),
        ),
        Misconception(
            "slope-times-z",
            "where z is negative this is the forward value; what arrives, dy, has no part in it.",
            lambda dy, z, slope: np.where(z > 0, dy, slope * z),
        ),
        Misconception(
            "negative-slope",
            "the left side has a minus: z is negative there, the slope is not.",
            lambda dy, z, slope: np.where(z > 0, dy, -slope * dy),
        ),
        Misconception(
            "leak-everywhere",
            "the slope was multiplied in everywhere; on the right of 0 the gradient passes whole.",
            lambda dy, z, slope: slope * dy,
        ),
    ),
    hints=(
        "Two straight lines that meet at 0. What is the slope of each?",
        "For every entry, z says which of two numbers dy is multiplied by.",
        "`np.where` chooses entry by entry: a condition on z, and the two factors.",
    ),
    another="""
def leaky_relu_gradient(dy, z, slope):
    dz = dy.copy()  # dy belongs to the caller
    dz[z <= 0] *= slope
    return dz
""",
    after=(
        "With slope = 0 it is ReLU's way back; `dy[z <= 0] *= slope` on dy itself would spoil "
        "an array that somebody else may still need."
    ),
)
