"""Chapter 5: back through one layer, and through the bend before it."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Exercise, Misconception

_SIZES = ((7, 3, 5), (5, 6, 4), (9, 4, 3), (3, 5, 6), (6, 7, 4), (4, 3, 8))


def _layer_cases(rng, i):
    m, n, k = _SIZES[i % 6]
    delta = rng.normal(size=(m, k)) * (1e-6 if i == 4 else 1.0)
    return rng.normal(size=(m, n)), rng.normal(size=(n, k)), rng.normal(size=k), delta


def _layer_loss(x, W, b, delta):
    return np.sum(delta * (x @ W + b))


def _layer_gradients(x, W, b, delta):
    """x (m, n), W (n, k), b (k,), delta (m, k) -> (dx, dW, db)"""
    return delta @ W.T, x.T @ delta, delta.sum(axis=0)


def _layer_by_wires(x, W, b, delta):
    dx, dW, db = np.zeros_like(x), np.zeros_like(W), np.zeros_like(b)
    for i in range(len(x)):
        for j in range(W.shape[0]):
            for k in range(W.shape[1]):
                dx[i, j] += W[j, k] * delta[i, k]
                dW[j, k] += x[i, j] * delta[i, k]
        db += delta[i]
    return dx, dW, db


def _layer_by_rows(x, W, b, delta):
    dW = sum(np.outer(row, pushed) for row, pushed in zip(x, delta, strict=True))
    return np.stack([W @ pushed for pushed in delta]), dW, np.ones(len(x)) @ delta


def _layer_by_einsum(x, W, b, delta):
    return (
        np.einsum("ik,jk->ij", delta, W),
        np.einsum("ij,ik->jk", x, delta),
        np.einsum("ik->k", delta),
    )


def _layer_lying(x, W, b, delta):
    return (W @ delta.T).T.copy(), (delta.T @ x).T.copy(), delta.T.sum(axis=1)


def _with(dx=None, dW=None, db=None):
    """The right answer with some of its three parts made in another way."""

    def wrong(x, W, b, delta):
        parts = list(_layer_gradients(x, W, b, delta))
        for place, one in enumerate((dx, dW, db)):
            if one is not None:
                parts[place] = one(x, W, b, delta)
        return tuple(parts)

    return wrong


layer_gradients = Exercise(
    name="layer_gradients",
    chapter=5,
    minutes=5,
    statement=(
        "z = x @ W + b, and delta has arrived at z. Return the gradients (dx, dW, db). "
        "x (m, n), W (n, k), b (k,), delta (m, k)."
    ),
    reference=_layer_gradients,
    cases=_layer_cases,
    returns=("dx", "dW", "db"),
    loss=_layer_loss,
    equivalents=(_layer_by_wires, _layer_by_rows, _layer_by_einsum, _layer_lying),
    misconceptions=(
        Misconception(
            "1/m-again",
            "dW and db are divided by m here, and delta has its 1/m already.",
            _with(
                dW=lambda x, W, b, delta: x.T @ delta / len(x),
                db=lambda x, W, b, delta: delta.mean(axis=0),
            ),
        ),
        Misconception(
            "1/m-again-in-the-weights",
            "dx and db are right. dW is divided by m, and delta has its 1/m already.",
            _with(dW=lambda x, W, b, delta: x.T @ delta / len(x)),
        ),
        Misconception(
            "bias-averaged",
            "dx and dW are right. In db the rows of delta are averaged: every row uses the bias, "
            "and over paths the contributions add.",
            _with(db=lambda x, W, b, delta: delta.mean(axis=0)),
        ),
        Misconception(
            "bias-not-summed",
            "dx and dW are right. db is delta itself, one row for each sample; the bias is one "
            "row, which all samples share.",
            _with(db=lambda x, W, b, delta: delta.copy()),
        ),
        Misconception(
            "bias-along-the-rows",
            "dx and dW are right. In db the sum runs along each row; it runs over the samples.",
            _with(db=lambda x, W, b, delta: delta.sum(axis=1)),
        ),
        Misconception(
            "bias-one-number",
            "dx and dW are right. db is the sum of all of delta; each output has a bias of its "
            "own.",
            _with(db=lambda x, W, b, delta: delta.sum()),
        ),
        Misconception(
            "bias-first-row",
            "dx and dW are right. db is the first row of delta alone: right for a batch of one.",
            _with(db=lambda x, W, b, delta: delta[0].copy()),
        ),
        Misconception(
            "bias-times-input",
            "dx and dW are right. db is made as dW is, with the inputs in it; the bias is added, "
            "and an add passes on what arrives.",
            _with(db=lambda x, W, b, delta: x.T @ delta),
        ),
        Misconception(
            "bias-times-itself",
            "dx and dW are right. In db the bias multiplies what arrives; it is added, not "
            "multiplied.",
            _with(db=lambda x, W, b, delta: b * delta.sum(axis=0)),
        ),
        Misconception(
            "weights-transposed",
            "dx and db are right. dW lies on its side: it has the shape of W.",
            _with(dW=lambda x, W, b, delta: delta.T @ x),
        ),
        Misconception(
            "inputs-transposed",
            "dW and db are right. dx lies on its side: it has the shape of x.",
            _with(dx=lambda x, W, b, delta: W @ delta.T),
        ),
        Misconception(
            "added-before-multiplying",
            "dx and db are right. In dW the inputs and the deltas are added up over the batch "
            "before they meet; each sample's input meets its own delta.",
            _with(dW=lambda x, W, b, delta: np.outer(x.sum(axis=0), delta.sum(axis=0))),
        ),
        Misconception(
            "first-two-swapped",
            "dx and dW have changed places; the order is (dx, dW, db).",
            lambda x, W, b, delta: (x.T @ delta, delta @ W.T, delta.sum(axis=0)),
        ),
        Misconception(
            "sign-flipped",
            "all three have the wrong sign: a gradient says where the loss grows; the minus comes "
            "in with the step.",
            lambda x, W, b, delta: (-delta @ W.T, -x.T @ delta, -delta.sum(axis=0)),
        ),
    ),
    hints=(
        "Take one wire, from x[i, j] to z[i, k]. What does it send back to the input, and what "
        "does its weight receive? Then ask who shares what.",
        "Each has the shape of its name. Going back to x, the sum runs over the outputs k; for W "
        "it runs over the samples i; for b over the samples too.",
        "Two products, each with one factor lying on its side: δ with the weights, the inputs "
        "with δ. The third is a sum of the rows of δ.",
    ),
    another="""
def layer_gradients(x, W, b, delta):
    dx = np.einsum("ik,jk->ij", delta, W)  # the sum over k, the outputs
    dW = np.einsum("ij,ik->jk", x, delta)  # the sum over i, the samples
    return dx, dW, np.einsum("ik->k", delta)
""",
    after=(
        "These three lines are all the backpropagation that a dense layer does, in every library. "
        "b was never needed: an add passes on what arrives."
    ),
)


# ── one layer back ───────────────────────────────────────────────────────────────────────────────


def _bend_cases(rng, i):
    m, h, k = _SIZES[i % 6]
    delta_next = rng.normal(size=(m, k)) * (1e-6 if i == 4 else 1.0)
    return delta_next, rng.normal(size=(h, k)), rng.normal(scale=1.2, size=(m, h))


def _bend_loss(delta_next, W_next, z):
    return np.sum(delta_next * (np.tanh(z) @ W_next))


def _one_layer_back(delta_next, W_next, z):
    """delta_next (m, k), W_next (h, k), z (m, h) -> (m, h)"""
    return (delta_next @ W_next.T) * (1 - np.tanh(z) ** 2)


def _hidden_loop(delta_next, W_next, z):
    out = np.zeros_like(z)
    for i, j in np.ndindex(z.shape):
        arrived = sum(W_next[j, k] * delta_next[i, k] for k in range(W_next.shape[1]))
        out[i, j] = arrived / np.cosh(z[i, j]) ** 2
    return out


def _hidden_einsum(delta_next, W_next, z):
    a = np.tanh(z)
    return np.einsum("ik,jk,ij->ij", delta_next, W_next, (1 - a) * (1 + a))


def _hidden_exp(delta_next, W_next, z):
    return np.dot(delta_next, W_next.T) * 4 / (np.exp(z) + np.exp(-z)) ** 2


def _slope(slope):
    return lambda delta_next, W_next, z: (delta_next @ W_next.T) * slope(z)


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


one_layer_back = Exercise(
    name="one_layer_back",
    chapter=5,
    minutes=8,
    statement=(
        "A layer computes a = tanh(z), and the next one z_next = a @ W_next + b_next. delta_next "
        "has arrived at z_next. Return the delta of this layer, the gradient at z. "
        "delta_next (m, k), W_next (h, k), z (m, h) -> (m, h)."
    ),
    reference=_one_layer_back,
    cases=_bend_cases,
    returns=("dz",),
    loss=_bend_loss,
    equivalents=(_hidden_loop, _hidden_einsum, _hidden_exp),
    misconceptions=(
        Misconception(
            "slope-of-the-wrong-quantity",
            "1 − a² wants the output a = tanh(z); here z stands in its place.",
            _slope(lambda z: 1 - z**2),
        ),
        Misconception(
            "slope-forgotten",
            "this is the gradient at a, after the bend; δ is the gradient at z, before it, and "
            "tanh's slope lies between them.",
            _slope(np.ones_like),
        ),
        Misconception(
            "tanh-taken-twice",
            "tanh is taken twice: the slope at z is 1 − a² with a = tanh(z), and here tanh(a) "
            "stands in the place of a.",
            _slope(lambda z: 1 - np.tanh(np.tanh(z)) ** 2),
        ),
        Misconception(
            "value-for-slope",
            "tanh itself stands where its slope belongs.",
            _slope(np.tanh),
        ),
        Misconception(
            "square-forgotten",
            "1 − a is no slope of tanh: the square is missing.",
            _slope(lambda z: 1 - np.tanh(z)),
        ),
        Misconception(
            "slope-of-the-sigmoid",
            "this is the slope of the sigmoid; this layer bends with tanh.",
            _slope(lambda z: _sigmoid(z) * (1 - _sigmoid(z))),
        ),
        Misconception(
            "formula-of-the-sigmoid",
            "a(1 − a) is the sigmoid's slope in terms of its output; tanh has another.",
            _slope(lambda z: np.tanh(z) * (1 - np.tanh(z))),
        ),
        Misconception(
            "slope-of-relu",
            "this is the slope of ReLU; this layer bends with tanh.",
            _slope(lambda z: (z > 0) * 1.0),
        ),
        Misconception(
            "sign-flipped",
            "the slope's sign is flipped: tanh always rises, so 1 − a², not a² − 1.",
            _slope(lambda z: np.tanh(z) ** 2 - 1),
        ),
        Misconception(
            "1/m-again",
            "this is divided by m, and delta_next has its 1/m already.",
            _slope(lambda z: (1 - np.tanh(z) ** 2) / len(z)),
        ),
        Misconception(
            "slope-added",
            "what arrives and the slope are added; along a path, rates multiply.",
            lambda delta_next, W_next, z: delta_next @ W_next.T + 1 - np.tanh(z) ** 2,
        ),
        Misconception(
            "upstream-forgotten",
            "the weights are added up, and what arrives over each wire, delta_next, has no part "
            "in it.",
            lambda delta_next, W_next, z: W_next.sum(axis=1) * (1 - np.tanh(z) ** 2),
        ),
        Misconception(
            "stops-at-a",
            "what arrives is multiplied by a, not by the slope of the bend that made a: this is "
            "half-way to a weight's gradient.",
            lambda delta_next, W_next, z: (delta_next @ W_next.T) * np.tanh(z) ** 2,
        ),
    ),
    hints=(
        "Two stations on the way back: from z_next to a, over the wires, and from a to z, "
        "through the bend. Each multiplies.",
        "At a arrives a sum over the neurons of the next layer: a matrix product whose result has "
        "the shape of z. The bend then goes entry by entry, with `*`.",
        "Make a = tanh(z) first. The product is delta_next with W_next lying on its side; the "
        "slope of tanh is one minus the square of its output.",
    ),
    another="""
def one_layer_back(delta_next, W_next, z):
    arrived = delta_next @ W_next.T  # the gradient at a
    return arrived / np.cosh(z) ** 2  # tanh' is 1 over cosh squared
""",
    after=(
        "This is equation (II), the step that a network of a hundred layers makes ninety-nine "
        "times."
    ),
)
