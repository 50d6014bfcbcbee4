"""Chapter 5: the empty page, both ways through a network, checked one name at a time."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Chain, Misconception
from bplib.checks.exercises.ch05_shared import ALONG, AVERAGED, UNSUMMED, sigmoid


def _softmax(z, axis=1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _one_hot(p, labels):
    return np.eye(p.shape[1])[labels]


_UPSTREAM_FIRST = (
    Misconception(
        "missing-1/m",
        "the mean over the batch is missing its 1/m; this is the one place where it comes in.",
        lambda p, labels, z2: p - _one_hot(p, labels),
    ),
    Misconception(
        "1/m-twice",
        "1/m is applied twice.",
        lambda p, labels, z2: (p - _one_hot(p, labels)) / len(p) ** 2,
    ),
    Misconception(
        "mean-over-all-entries",
        "the division is by all 21 entries; the loss is a mean over the samples.",
        lambda p, labels, z2: (p - _one_hot(p, labels)) / p.size,
    ),
    Misconception(
        "sign-flipped",
        "the sign is flipped: what was said minus what was true.",
        lambda p, labels, z2: (_one_hot(p, labels) - p) / len(p),
    ),
    Misconception(
        "labels-forgotten",
        "these are the probabilities, over m; the 1 of the right class is never subtracted.",
        lambda p, labels, z2: p / len(p),
    ),
    Misconception(
        "diagonal-only",
        "only the right score gets a push; of softmax's Jacobian, this is the diagonal alone.",
        lambda p, labels, z2: -_one_hot(p, labels) * (1 - p) / len(p),
    ),
    Misconception(
        "one-slope-too-many",
        "p − y is multiplied by p(1 − p); softmax's slope has cancelled already.",
        lambda p, labels, z2: (p - _one_hot(p, labels)) * p * (1 - p) / len(p),
    ),
    Misconception(
        "slope-of-tanh",
        "p − y is multiplied by a slope of tanh; there is no bend between z2 and softmax.",
        lambda p, labels, z2: (p - _one_hot(p, labels)) / len(p) * (1 - np.tanh(z2) ** 2),
    ),
    Misconception(
        "labels-as-numbers",
        "the numbers of the classes are subtracted; what is true is a row with a single 1.",
        lambda p, labels, z2: (p - np.asarray(labels)[:, None]) / len(p),
    ),
)

the_empty_page = Chain(
    name="the_empty_page",
    chapter=5,
    minutes=30,
    statement=(
        "Given X (7, 4), labels (7,), W1 (4, 5), b1 (5,), W2 (5, 3), b2 (3,): tanh in the hidden "
        "layer, softmax, mean cross-entropy. Compute z1, a1, z2, p, loss, then back: delta2, dW2, "
        "db2, da1, delta1, dW1, db1."
    ),
    steps=(
        (
            "z1",
            lambda X, W1, b1: X @ W1 + b1,
            (
                Misconception("bias-forgotten", "the bias is missing.", lambda X, W1, b1: X @ W1),
                Misconception(
                    "bent-already",
                    "this has been through tanh already; z1 is the sum before the bend.",
                    lambda X, W1, b1: np.tanh(X @ W1 + b1),
                ),
                Misconception(
                    "transposed",
                    "this lies on its side: a row for each sample.",
                    lambda X, W1, b1: W1.T @ X.T + b1[:, None],
                ),
            ),
        ),
        (
            "a1",
            lambda z1: np.tanh(z1),
            (
                Misconception(
                    "sigmoid",
                    "this is the sigmoid; the hidden layer bends with tanh.",
                    lambda z1: sigmoid(z1),
                ),
                Misconception(
                    "relu",
                    "this is ReLU; the hidden layer bends with tanh.",
                    lambda z1: np.maximum(z1, 0),
                ),
                Misconception(
                    "no-bend", "this is z1 itself: the bend is missing.", lambda z1: z1.copy()
                ),
            ),
        ),
        (
            "z2",
            lambda a1, W2, b2, z1: a1 @ W2 + b2,
            (
                Misconception(
                    "bias-forgotten", "the bias is missing.", lambda a1, W2, b2, z1: a1 @ W2
                ),
                Misconception(
                    "sums-for-activations",
                    "the next layer takes a1, what came out of the bend; here it takes z1.",
                    lambda a1, W2, b2, z1: z1 @ W2 + b2,
                ),
                Misconception(
                    "bent-already",
                    "the scores have been through tanh; the last layer has no bend.",
                    lambda a1, W2, b2, z1: np.tanh(a1 @ W2 + b2),
                ),
            ),
        ),
        (
            "p",
            lambda z2: _softmax(z2),
            (
                Misconception(
                    "divided-by-the-whole-sum",
                    "the division is by the sum of the whole table; each row has its own.",
                    lambda z2: (lambda e: e / e.sum())(np.exp(z2 - z2.max(1, keepdims=True))),
                ),
                Misconception(
                    "down-the-columns",
                    "each column adds up to 1; a row is a sample, so each row should.",
                    lambda z2: _softmax(z2, axis=0),
                ),
                Misconception(
                    "whole-table",
                    "the whole table adds up to 1; each row is a sample of its own.",
                    lambda z2: _softmax(z2.reshape(1, -1)).reshape(z2.shape),
                ),
                Misconception(
                    "not-divided",
                    "the exponentials are there, and not divided by the sum of their row.",
                    lambda z2: np.exp(z2),
                ),
                Misconception(
                    "sigmoid",
                    "this is the sigmoid of each score, and a row does not add up to 1.",
                    lambda z2: sigmoid(z2),
                ),
            ),
        ),
        (
            "loss",
            lambda p, labels: -np.mean(np.log(p[np.arange(len(p)), labels])),
            (
                Misconception(
                    "sum-for-mean",
                    "this is the sum over the batch; the loss is the mean.",
                    lambda p, labels: -np.sum(np.log(p[np.arange(len(p)), labels])),
                ),
                Misconception(
                    "mean-over-all-entries",
                    "the sum is divided by all 21 entries; there are 7 samples.",
                    lambda p, labels: -np.sum(np.log(p[np.arange(len(p)), labels])) / p.size,
                ),
                Misconception(
                    "sign-flipped",
                    "the minus is missing: a logarithm of a probability is below 0, a loss above.",
                    lambda p, labels: np.mean(np.log(p[np.arange(len(p)), labels])),
                ),
                Misconception(
                    "all-classes",
                    "the logarithms of all classes are in it; only the right class's counts.",
                    lambda p, labels: -np.sum(np.log(p)) / len(p),
                ),
                Misconception(
                    "logarithm-of-the-mean",
                    "the mean is taken before the logarithm.",
                    lambda p, labels: -np.log(np.mean(p[np.arange(len(p)), labels])),
                ),
                Misconception(
                    "logarithm-to-base-2",
                    "this is in bits; the loss uses the natural logarithm.",
                    lambda p, labels: -np.mean(np.log2(p[np.arange(len(p)), labels])),
                ),
                Misconception(
                    "both-sides",
                    "this adds the logarithms of 1 − p for the other classes, as for k separate "
                    "questions; softmax with one right class counts that class alone.",
                    lambda p, labels: (
                        -np.sum(np.log(np.where(_one_hot(p, labels) == 1, p, 1 - p))) / len(p)
                    ),
                ),
            ),
        ),
        (
            "delta2",
            lambda p, labels, z2: (p - _one_hot(p, labels)) / len(p),
            _UPSTREAM_FIRST,
        ),
        (
            "dW2",
            lambda a1, delta2, z1: a1.T @ delta2,
            (
                Misconception(
                    "1/m-again",
                    "this is divided by m, and delta2 has its 1/m already.",
                    lambda a1, delta2, z1: a1.T @ delta2 / len(a1),
                ),
                Misconception(
                    "sums-for-activations",
                    "the weights were multiplied by a1; here z1 stands in its place. The shapes "
                    "do not mind.",
                    lambda a1, delta2, z1: z1.T @ delta2,
                ),
                Misconception(
                    "transposed",
                    "this lies on its side: a gradient has the shape of its parameter, (5, 3).",
                    lambda a1, delta2, z1: delta2.T @ a1,
                ),
                Misconception(
                    "added-before-multiplying",
                    "activations and deltas are added up over the batch before they meet; each "
                    "sample's a1 meets its own δ.",
                    lambda a1, delta2, z1: np.outer(a1.sum(axis=0), delta2.sum(axis=0)),
                ),
            ),
        ),
        (
            "db2",
            lambda delta2, a1: delta2.sum(axis=0),
            (
                Misconception("averaged", AVERAGED, lambda delta2, a1: delta2.mean(axis=0)),
                Misconception("not-summed", UNSUMMED, lambda delta2, a1: delta2.copy()),
                Misconception("along-the-rows", ALONG, lambda delta2, a1: delta2.sum(axis=1)),
                Misconception(
                    "times-input",
                    "the activations are in it, as in dW2; the bias is added, and an add passes "
                    "on what arrives.",
                    lambda delta2, a1: a1.T @ delta2,
                ),
            ),
        ),
        (
            "da1",
            lambda delta2, W2, a1: delta2 @ W2.T,
            (
                Misconception(
                    "slope-too-early",
                    "tanh's slope is in here already; it belongs to the next line, delta1.",
                    lambda delta2, W2, a1: (delta2 @ W2.T) * (1 - a1**2),
                ),
                Misconception(
                    "1/m-again",
                    "this is divided by m, and delta2 has its 1/m already.",
                    lambda delta2, W2, a1: delta2 @ W2.T / len(a1),
                ),
                Misconception(
                    "transposed",
                    "this lies on its side: a row for each sample.",
                    lambda delta2, W2, a1: W2 @ delta2.T,
                ),
                Misconception(
                    "updated-too-early",
                    "the weights have made their step already; delta goes back through those of "
                    "the way forward.",
                    lambda delta2, W2, a1: delta2 @ (W2 - a1.T @ delta2).T,
                ),
            ),
        ),
        (
            "delta1",
            lambda da1, a1, z1: da1 * (1 - a1**2),
            (
                Misconception(
                    "slope-forgotten",
                    "this is still the gradient at a1, after the bend; δ is before it.",
                    lambda da1, a1, z1: da1.copy(),
                ),
                Misconception(
                    "slope-of-the-wrong-quantity",
                    "1 − a² wants the output of tanh; here z1 stands in its place.",
                    lambda da1, a1, z1: da1 * (1 - z1**2),
                ),
                Misconception(
                    "tanh-taken-twice",
                    "tanh is taken twice: a1 is tanh(z1) already.",
                    lambda da1, a1, z1: da1 * (1 - np.tanh(a1) ** 2),
                ),
                Misconception(
                    "formula-of-the-sigmoid",
                    "a(1 − a) is the slope of the sigmoid; this layer bends with tanh.",
                    lambda da1, a1, z1: da1 * a1 * (1 - a1),
                ),
                Misconception(
                    "square-forgotten",
                    "1 − a is no slope of tanh: the square is missing.",
                    lambda da1, a1, z1: da1 * (1 - a1),
                ),
                Misconception(
                    "slope-of-relu",
                    "this is the slope of ReLU; this layer bends with tanh.",
                    lambda da1, a1, z1: da1 * (z1 > 0),
                ),
            ),
        ),
        (
            "dW1",
            lambda X, delta1, a1, delta2, da1: X.T @ delta1,
            (
                Misconception(
                    "gradient-of-the-other-layer",
                    "this is made from the hidden activations and the delta of the scores, as dW2 "
                    "is. W1 was multiplied by X, and its neurons' δ is delta1.",
                    lambda X, delta1, a1, delta2, da1: a1.T @ delta2,
                ),
                Misconception(
                    "hidden-for-input",
                    "W1 was multiplied by X on the way forward; here a1 stands in its place.",
                    lambda X, delta1, a1, delta2, da1: a1.T @ delta1,
                ),
                Misconception(
                    "before-for-after",
                    "the weights lie before the bend, so they get delta1; here it is da1.",
                    lambda X, delta1, a1, delta2, da1: X.T @ da1,
                ),
                Misconception(
                    "1/m-again",
                    "this is divided by m, and delta1 has its 1/m already.",
                    lambda X, delta1, a1, delta2, da1: X.T @ delta1 / len(X),
                ),
                Misconception(
                    "transposed",
                    "this lies on its side: a gradient has the shape of its parameter, (4, 5).",
                    lambda X, delta1, a1, delta2, da1: delta1.T @ X,
                ),
            ),
        ),
        (
            "db1",
            lambda delta1, X: delta1.sum(axis=0),
            (
                Misconception("averaged", AVERAGED, lambda delta1, X: delta1.mean(axis=0)),
                Misconception("not-summed", UNSUMMED, lambda delta1, X: delta1.copy()),
                Misconception("along-the-rows", ALONG, lambda delta1, X: delta1.sum(axis=1)),
                Misconception(
                    "times-input",
                    "the inputs are in it, as in dW1; the bias is added, and an add passes on "
                    "what arrives.",
                    lambda delta1, X: X.T @ delta1,
                ),
            ),
        ),
    ),
    hints=(
        "Draw it first: X, z1, a1, z2, p, loss in a row, each with its shape. Forward along the "
        "row, then back along it; every gradient has the shape of its name.",
        "The way back begins at z2, not at p: with softmax and cross-entropy together, nothing "
        "has to go through the Jacobian. From there on, three lines for a layer and one for the "
        "bend.",
        "delta2 is what was said minus what was true, over m. Each weight's gradient is what came "
        "into its layer, lying on its side, times its layer's delta. Through the wires with the "
        "weights lying on their side, through tanh with one minus the square of its output.",
    ),
    another="""
z1 = np.einsum("ij,jk->ik", X, W1) + b1
a1 = np.tanh(z1)
z2 = np.einsum("ij,jk->ik", a1, W2) + b2
p = np.exp(z2 - z2.max(axis=1, keepdims=True))
p = p / p.sum(axis=1, keepdims=True)
loss = -np.log(p[np.arange(7), labels]).sum() / 7
delta2 = p.copy()
delta2[np.arange(7), labels] -= 1
delta2 = delta2 / 7
dW2, db2 = np.einsum("ij,ik->jk", a1, delta2), delta2.sum(axis=0)
da1 = np.einsum("ik,jk->ij", delta2, W2)
delta1 = da1 / np.cosh(z1) ** 2
dW1, db1 = np.einsum("ij,ik->jk", X, delta1), delta1.sum(axis=0)
""",
    after=(
        "From an empty page to the gradients of a network. Go through your lines once more and "
        "say of each factor why it stands there: that is the five chapters in one minute."
    ),
)
