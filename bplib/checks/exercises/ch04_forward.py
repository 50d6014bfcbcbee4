"""Chapter 4: the forward pass of a network with one hidden layer."""

from __future__ import annotations

import math

import numpy as np

from ..declare import Exercise, Misconception
from .ch04_shared import SIZES, sigmoid, weights


def _forward_pass(x, W, b, v, c):
    """x (n,), W (n, h), b (h,), v (h,), c a number -> (h,) and a number"""
    h = sigmoid(x @ W + b)
    return h, sigmoid(h @ v + c)


def _forward_loop(x, W, b, v, c):
    h = np.zeros(len(b))
    for j in range(len(b)):
        z = b[j]
        for i in range(len(x)):
            z += x[i] * W[i, j]
        h[j] = 1 / (1 + math.exp(-z))
    z_o = c + sum(h[j] * v[j] for j in range(len(b)))
    return h, 1 / (1 + math.exp(-z_o))


def _forward_tanh(x, W, b, v, c):
    h = 0.5 + 0.5 * np.tanh((W.T @ x + b) / 2)
    return h, 0.5 + 0.5 * np.tanh((np.dot(v, h) + c) / 2)


def _forward_ones(x, W, b, v, c):
    h = sigmoid(np.append(x, 1.0) @ np.vstack([W, b]))
    return h, sigmoid(np.einsum("j,j", np.append(h, 1.0), np.append(v, c)))


def _cases(rng, i):
    n, h = SIZES[i % 6]
    return rng.normal(size=n), *weights(rng, n, h)


def _from(hidden, output):
    """A wrong forward pass, from what it does at the hidden layer and at the output."""

    def wrong(x, W, b, v, c):
        h = hidden(x, W, b)
        return h, output(h, x, W, b, v, c)

    return wrong


def _right_h(x, W, b):
    return sigmoid(x @ W + b)


def _right_o(h, x, W, b, v, c):
    return sigmoid(h @ v + c)


FORWARD_PASS = Exercise(
    name="forward_pass",
    chapter=4,
    minutes=4,
    statement=(
        "h = sigmoid of the hidden sums, o = sigmoid of the output's sum. Return (h, o). "
        "x (n,), W (n, h), b (h,), v (h,), c a number -> (h,) and a number."
    ),
    reference=_forward_pass,
    cases=_cases,
    returns=("h", "o"),
    equivalents=(_forward_loop, _forward_tanh, _forward_ones),
    misconceptions=(
        Misconception(
            "hidden-biases-forgotten",
            "the hidden sums lack their biases: one b for each neuron is added before the sigmoid.",
            _from(lambda x, W, b: sigmoid(x @ W), _right_o),
        ),
        Misconception(
            "output-bias-forgotten",
            "h is right; the output's sum lacks its bias c.",
            _from(_right_h, lambda h, x, W, b, v, c: sigmoid(h @ v)),
        ),
        Misconception(
            "weights-read-across",
            "each neuron was given the next n weights in the order in which they are printed. A "
            "neuron's weights are a column of W: row i holds the wires that leave input i.",
            _from(lambda x, W, b: sigmoid(W.reshape(len(b), len(x)) @ x + b), _right_o),
        ),
        Misconception(
            "no-sigmoid-at-the-output",
            "h is right; o is the output's sum, which still has to go through the sigmoid.",
            _from(_right_h, lambda h, x, W, b, v, c: h @ v + c),
        ),
        Misconception(
            "no-sigmoid-in-the-middle",
            "the hidden sums go on as they are. Without the sigmoid there, two layers are one.",
            _from(lambda x, W, b: x @ W + b, _right_o),
        ),
        Misconception(
            "output-reads-the-sums",
            "h is right, but the output was made from the sums z in the place of h.",
            _from(_right_h, lambda h, x, W, b, v, c: sigmoid((x @ W + b) @ v + c)),
        ),
        Misconception(
            "sigmoid-upside-down",
            "the sigmoid falls where it should rise: it is 1 / (1 + exp(−z)), with a minus.",
            _from(
                lambda x, W, b: sigmoid(-(x @ W + b)),
                lambda h, x, W, b, v, c: sigmoid(-(h @ v + c)),
            ),
        ),
        Misconception(
            "bias-after-the-sigmoid",
            "the hidden biases are added to what comes out of the sigmoid; they belong into z.",
            _from(lambda x, W, b: sigmoid(x @ W) + b, _right_o),
        ),
        Misconception(
            "output-bias-after-the-sigmoid",
            "h is right; c is added to what comes out of the sigmoid, and belongs into the sum.",
            _from(_right_h, lambda h, x, W, b, v, c: sigmoid(h @ v) + c),
        ),
        Misconception(
            "tanh-for-sigmoid",
            "these neurons bend with tanh. Here they are sigmoids, between 0 and 1.",
            _from(lambda x, W, b: np.tanh(x @ W + b), lambda h, x, W, b, v, c: np.tanh(h @ v + c)),
        ),
        Misconception(
            "averaged",
            "h is right; the output averages its products. A neuron adds them up.",
            _from(_right_h, lambda h, x, W, b, v, c: sigmoid((h * v).mean() + c)),
        ),
    ),
    hints=(
        "Two layers, the same two moves in each: a weighted sum with a bias, then the sigmoid.",
        "The hidden sums are one product of a row with a table. Which shapes give (h,)?",
        "The hidden sums are x times W, plus b. The output treats h as its x, and v and c as its "
        "weights and bias.",
    ),
    another="""
def forward_pass(x, W, b, v, c):
    h = (1 + np.tanh((x @ W + b) / 2)) / 2  # the sigmoid, written with tanh
    return h, (1 + np.tanh((h @ v + c) / 2)) / 2
""",
    after=(
        "One product for all hidden neurons. Written with tanh the sigmoid cannot overflow, "
        "however far from 0 its sum is."
    ),
)
