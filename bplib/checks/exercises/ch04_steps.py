"""Chapter 4: one update of a network with one hidden layer."""

from __future__ import annotations

import numpy as np

from ..declare import Exercise, Misconception
from .ch04_shared import gradients, network_case, reference_gradients, sigmoid


def _network_update(x, y, W, b, v, c, lr):
    """x (n,), y a number, W (n, h), b (h,), v (h,), c, lr numbers -> W, b, v, c"""
    dW, db, dv, dc = reference_gradients(x, y, W, b, v, c)
    return W - lr * dW, b - lr * db, v - lr * dv, c - lr * dc


def _update_loops(x, y, W, b, v, c, lr):
    dW, db, dv, dc = gradients(x, y, W, b, v, c)
    W, b, v = W.copy(), b.copy(), v.copy()
    for j in range(len(b)):
        b[j] -= lr * db[j]
        v[j] -= lr * dv[j]
        for i in range(len(x)):
            W[i, j] -= lr * dW[i, j]
    return W, b, v, c - lr * dc


def _update_flat(x, y, W, b, v, c, lr):
    flat = np.concatenate([W.ravel(), b, v, [c]])
    step = np.concatenate([np.ravel(one) for one in gradients(x, y, W, b, v, c)])
    moved = flat - lr * step
    ends = np.cumsum([W.size, b.size, v.size])
    parts = np.split(moved, ends)
    return parts[0].reshape(W.shape), parts[1], parts[2], parts[3][0]


def _update_front_first(x, y, W, b, v, c, lr):
    """In place and from the front: right too, where the deltas are made before."""
    dW, db, dv, dc = gradients(x, y, W, b, v, c)
    moved = [np.array(one) for one in (W, b, v)]
    for one, step in zip(moved, (dW, db, dv), strict=True):
        one -= lr * step
    return (*moved, c + -dc * lr)


def _too_early(x, y, W, b, v, c, lr):
    h = sigmoid(x @ W + b)
    o = sigmoid(h @ v + c)
    delta_o = 2 * (o - y) * o * (1 - o)
    v, c = v - lr * delta_o * h, c - lr * delta_o
    delta = delta_o * v * h * (1 - h)
    return W - lr * np.outer(x, delta), b - lr * delta, v, c


def _forward_again(x, y, W, b, v, c, lr):
    _, _, dv, dc = gradients(x, y, W, b, v, c)
    v, c = v - lr * dv, c - lr * dc
    dW, db, _, _ = gradients(x, y, W, b, v, c)
    return W - lr * dW, b - lr * db, v, c


def _hidden_first(x, y, W, b, v, c, lr):
    dW, db, _, _ = gradients(x, y, W, b, v, c)
    W, b = W - lr * dW, b - lr * db
    _, _, dv, dc = gradients(x, y, W, b, v, c)
    return W, b, v - lr * dv, c - lr * dc


def _stepping(step):
    """A wrong update: step(lr, gradients) in the place of lr times each gradient."""

    def wrong(x, y, W, b, v, c, lr):
        steps = step(lr, gradients(x, y, W, b, v, c))
        return tuple(p - s for p, s in zip((W, b, v, c), steps, strict=True))

    return wrong


def _step_without_hidden_slope(x, y, W, b, v, c, lr):
    steps = gradients(x, y, W, b, v, c, hidden_slope=lambda h, z: 1.0)
    return tuple(p - lr * s for p, s in zip((W, b, v, c), steps, strict=True))


def _update_cases(rng, i):
    return *network_case(rng, i), float(rng.uniform(0.6, 2.5))


NETWORK_UPDATE = Exercise(
    name="network_update",
    chapter=4,
    minutes=10,
    statement=(
        "One step of gradient descent on L = (o − y)² for the network of network_gradients. Return "
        "the new (W, b, v, c). x (n,), y a number, W (n, h), b (h,), v (h,), c and lr numbers."
    ),
    reference=_network_update,
    cases=_update_cases,
    returns=("W", "b", "v", "c"),
    equivalents=(_update_loops, _update_flat, _update_front_first),
    misconceptions=(
        Misconception(
            "updated-too-early",
            "v and c are right. W and b were moved with a delta that came back through the new v; "
            "the gradients belong to the network that made the mistake, the old one.",
            _too_early,
        ),
        Misconception(
            "forward-once-more",
            "v and c are right. W and b were moved by the gradients of the network with the new v "
            "and c. All gradients come first, from one forward pass.",
            _forward_again,
        ),
        Misconception(
            "hidden-layer-first",
            "W and b are right. v and c were moved by the gradients of the network with the new W "
            "and b. All gradients come first, from one forward pass.",
            _hidden_first,
        ),
        Misconception(
            "uphill",
            "every parameter moves with its gradient, and the loss grows. Go against it.",
            _stepping(lambda lr, grads: [-lr * one for one in grads]),
        ),
        Misconception(
            "lr-ignored",
            "the whole gradient is subtracted; the learning rate says how much of it.",
            _stepping(lambda lr, grads: list(grads)),
        ),
        Misconception(
            "factor-2-lost",
            "the steps are half as long as they should be: the 2 of the square is missing.",
            _stepping(lambda lr, grads: [lr / 2 * one for one in grads]),
        ),
        Misconception(
            "biases-stay",
            "W and v are right, and the biases have not moved. They have gradients too.",
            _stepping(lambda lr, g: [lr * g[0], 0 * g[1], lr * g[2], 0.0]),
        ),
        Misconception(
            "only-the-output-moves",
            "v and c are right; W and b have not moved.",
            _stepping(lambda lr, g: [0 * g[0], 0 * g[1], lr * g[2], lr * g[3]]),
        ),
        Misconception(
            "only-the-hidden-layer-moves",
            "W and b are right; v and c have not moved.",
            _stepping(lambda lr, g: [lr * g[0], lr * g[1], 0 * g[2], 0.0]),
        ),
        Misconception(
            "hidden-slope-forgotten",
            "v and c are right. The slope of the hidden sigmoids is missing in the steps of W "
            "and b.",
            _step_without_hidden_slope,
        ),
        Misconception(
            "gradients-returned",
            "these are the gradients; the step is still to be made.",
            lambda x, y, W, b, v, c, lr: gradients(x, y, W, b, v, c),
        ),
        Misconception(
            "step-returned",
            "these are the changes, not the new parameters; add them to the old ones.",
            lambda x, y, W, b, v, c, lr: tuple(-lr * one for one in gradients(x, y, W, b, v, c)),
        ),
    ),
    hints=(
        "Two stages: all gradients, from the parameters as they are; then all updates.",
        "You have the first stage in `network_gradients`. Nothing may be changed before it is "
        "finished.",
        "Each new parameter is the old one minus the rate times its own gradient, four times. "
        "Write the four gradients into names of their own before.",
    ),
    another="""
def network_update(x, y, W, b, v, c, lr):
    h = 1 / (1 + np.exp(-(x @ W + b)))
    o = 1 / (1 + np.exp(-(h @ v + c)))
    step_o = lr * 2 * (o - y) * o * (1 - o)  # the rate, multiplied in early
    step = step_o * v * h * (1 - h)
    return W - np.outer(x, step), b - step, v - step_o * h, c - step_o
""",
    after=(
        "The order decides whether it is a gradient at all. With the wrong one the loss would "
        "still have fallen."
    ),
)
