"""Chapter 4: all gradients of a network with one hidden layer, and one with other neurons."""

from __future__ import annotations

import numpy as np

from ..declare import Exercise, Misconception
from .ch04_shared import (
    network_case,
    network_loss,
    reference_gradients,
    sigmoid,
    with_change,
    with_factor,
)

STATEMENT = "x (n,), y a number, W (n, h), b (h,), v (h,), c a number"


def _network_gradients(x, y, W, b, v, c):
    """x (n,), y a number, W (n, h), b (h,), v (h,), c a number -> dW, db, dv, dc"""
    return reference_gradients(x, y, W, b, v, c)


def _loops(x, y, W, b, v, c):
    n, size = W.shape
    z = [b[j] + sum(x[i] * W[i, j] for i in range(n)) for j in range(size)]
    h = [1 / (1 + np.exp(-one)) for one in z]
    o = 1 / (1 + np.exp(-(sum(h[j] * v[j] for j in range(size)) + c)))
    dW, db, dv = np.zeros((n, size)), np.zeros(size), np.zeros(size)
    dc = 2 * (o - y) * o * (1 - o)
    for j in range(size):
        dv[j] = dc * h[j]
        db[j] = dc * v[j] * h[j] * (1 - h[j])
        for i in range(n):
            dW[i, j] = db[j] * x[i]
    return dW, db, dv, dc


def _columns(x, y, W, b, v, c):
    h = sigmoid(W.T @ x + b)[:, None]
    o = sigmoid(v @ h[:, 0] + c)
    end = np.array([[2 * (o - y) * o * (1 - o)]])
    delta = v[:, None] @ end * (h - h**2)
    return x[:, None] @ delta.T, delta[:, 0], (h @ end)[:, 0], end[0, 0]


def _complex_step(x, y, W, b, v, c):
    def slope(which, place):
        moved = [np.array(one, dtype=complex) for one in (W, b, v, c)]
        moved[which][place] += 1e-30j
        return network_loss(x, y, *moved).imag / 1e-30

    arrays = [
        np.array([slope(k, p) for p in np.ndindex(one.shape)]).reshape(one.shape)
        for k, one in enumerate((W, b, v))
    ]
    return (*arrays, slope(3, ()))


NETWORK_GRADIENTS = Exercise(
    name="network_gradients",
    chapter=4,
    minutes=15,
    statement=(
        "h = sigmoid(x @ W + b), o = sigmoid(h @ v + c), L = (o − y)². Return (dW, db, dv, dc), "
        f"each shaped like what it is the gradient of. {STATEMENT}."
    ),
    reference=_network_gradients,
    cases=network_case,
    returns=("dW", "db", "dv", "dc"),
    loss=network_loss,
    equivalents=(_loops, _columns, _complex_step),
    misconceptions=(
        Misconception(
            "hidden-slope-forgotten",
            "dv and dc are right. What arrives at the hidden neurons still has to go through their "
            "sigmoid: its slope is missing in db and dW.",
            with_factor(hidden_slope=lambda h, z: 1.0),
        ),
        Misconception(
            "output-slope-forgotten",
            "the slope of the output's sigmoid is missing in delta_o, and everything is made "
            "with it.",
            with_factor(out_slope=lambda o, z: 1.0),
        ),
        Misconception(
            "error-alone",
            "delta_o is o − y here. That belongs to the cross-entropy; with the square there is a "
            "2, and the slope of the sigmoid stays.",
            with_factor(error=lambda o, y: o - y, out_slope=lambda o, z: 1.0),
        ),
        Misconception(
            "factor-2-lost",
            "all gradients are half of what they should be: the 2 of the square is missing.",
            with_factor(error=lambda o, y: o - y),
        ),
        Misconception(
            "sign-flipped",
            "all sizes are right and all signs are flipped: the slope of (o − y)² is 2 (o − y).",
            with_factor(error=lambda o, y: 2 * (y - o)),
        ),
        Misconception(
            "hidden-slope-from-z",
            "the hidden slope was made from the sums z. a(1 − a) wants what came out, h.",
            with_factor(hidden_slope=lambda h, z: z * (1 - z)),
        ),
        Misconception(
            "both-slopes-from-z",
            "both slopes were made from the sums. a(1 − a) wants what comes out of the sigmoid.",
            with_factor(out_slope=lambda o, z: z * (1 - z), hidden_slope=lambda h, z: z * (1 - z)),
        ),
        Misconception(
            "sigmoid-again",
            "the slopes were made from the sigmoid of h and of o: once too often.",
            with_factor(
                out_slope=lambda o, z: sigmoid(o) * (1 - sigmoid(o)),
                hidden_slope=lambda h, z: sigmoid(h) * (1 - sigmoid(h)),
            ),
        ),
        Misconception(
            "weights-not-used-on-the-way-back",
            "every hidden neuron gets the whole delta_o. It comes back along a wire, times that "
            "wire's weight v.",
            with_factor(back=lambda v, delta_o: delta_o),
        ),
        Misconception(
            "hidden-weights-from-the-output",
            "dv, dc and db are right. dW was made from h and delta_o; W sits between x and the "
            "hidden deltas.",
            with_change(lambda dW, db, dv, dc, x, y, W, b, v, c: (np.outer(x, dv), db, dv, dc)),
        ),
        Misconception(
            "biases-forgotten",
            "dW and dv are right, and the biases get nothing. They move the sums as well.",
            with_change(lambda dW, db, dv, dc, *rest: (dW, 0 * db, dv, 0.0)),
        ),
        Misconception(
            "bias-gets-dh",
            "db is the gradient of h, before the sigmoid. The bias is added inside, to z.",
            with_change(lambda dW, db, dv, dc, x, y, W, b, v, c: (dW, v * dc, dv, dc)),
        ),
        Misconception(
            "output-weights-from-the-sums",
            "the others are right. dv was made from the sums z; what v multiplies is h.",
            with_change(lambda dW, db, dv, dc, x, y, W, b, v, c: (dW, db, (x @ W + b) * dc, dc)),
        ),
        Misconception(
            "output-weights-from-themselves",
            "the others are right. dv was made from v itself; multiply swaps.",
            with_change(lambda dW, db, dv, dc, x, y, W, b, v, c: (dW, db, v * dc, dc)),
        ),
        Misconception(
            "biases-multiplied-in",
            "db and dc are multiplied by the biases themselves. A bias is added, and an add passes "
            "on what arrives.",
            with_change(lambda dW, db, dv, dc, x, y, W, b, v, c: (dW, db * b, dv, dc * c)),
        ),
        Misconception(
            "inputs-left-out",
            "each weight of a neuron gets the neuron's delta as it is; it is multiplied by the "
            "input on its own wire.",
            with_change(
                lambda dW, db, dv, dc, x, y, W, b, v, c: (np.ones_like(W) * db, db, dv, dc)
            ),
        ),
    ),
    hints=(
        "Forward first, and keep h and o. Then one delta for the output and one for each hidden "
        "neuron; everything else is made from these.",
        "For every array ask: what does it multiply, going forward, and whose sum does that go "
        "into? Its gradient is these two multiplied, in its own shape.",
        "delta_o and the hidden deltas are the two exercises above. dv comes from h, dW is "
        "`np.outer` of x and the hidden deltas, and the biases get the deltas as they are.",
    ),
    another="""
def network_gradients(x, y, W, b, v, c):
    h = 1 / (1 + np.exp(-(x @ W + b)))
    o = 1 / (1 + np.exp(-(h @ v + c)))
    delta_o = 2 * (o - y) * o * (1 - o)
    delta = delta_o * v * h * (1 - h)
    return x[:, np.newaxis] * delta, delta, delta_o * h, delta_o
""",
    after=(
        "All gradients of a network, and none of these lines knows how many inputs or neurons "
        "there are. Chapter 5 makes it know neither the number of layers nor of samples."
    ),
)

# --- tanh_network_gradients -------------------------------------------------------------------


def _tanh_loss(x, y, W, b, v, c):
    return (np.tanh(x @ W + b) @ v + c - y) ** 2


def _tanh_gradients(x, y, W, b, v, c):
    """x (n,), y a number, W (n, h), b (h,), v (h,), c a number -> dW, db, dv, dc"""
    return _tanh_walk(x, y, W, b, v, c)


def _tanh_walk(
    x, y, W, b, v, c, *, two=2.0, out=lambda o: 1.0, slope=lambda h, z: 1 - h**2,
    back=lambda v, d: v * d,
):  # fmt: skip
    z = x @ W + b
    h = np.tanh(z)
    o = h @ v + c
    do = two * (o - y) * out(o)
    dz = back(v, do) * slope(h, z)
    return np.outer(x, dz), dz, h * do, do


def _tanh_wrong(**replaced):
    def wrong(x, y, W, b, v, c):
        return _tanh_walk(x, y, W, b, v, c, **replaced)

    return wrong


def _tanh_loops(x, y, W, b, v, c):
    h = [np.tanh(sum(x[i] * W[i, j] for i in range(len(x))) + b[j]) for j in range(len(b))]
    push = 2 * (sum(one * w for one, w in zip(h, v, strict=True)) + c - y)
    db = np.array([push * w * (1 - one) * (1 + one) for one, w in zip(h, v, strict=True)])
    dW = np.array([[x_i * d for d in db] for x_i in x])
    return dW, db, push * np.array(h), push


def _tanh_cosh(x, y, W, b, v, c):
    z = W.T @ x + b
    push = 2 * (v @ np.tanh(z) + c - y)
    delta = push * v / np.cosh(z) ** 2
    return np.einsum("i,j->ij", x, delta), delta, push * np.tanh(z), push


def _tanh_complex(x, y, W, b, v, c):
    def slope(which, place):
        moved = [np.array(one, dtype=complex) for one in (W, b, v, c)]
        moved[which][place] += 1e-30j
        return _tanh_loss(x, y, *moved).imag / 1e-30

    arrays = [
        np.array([slope(k, p) for p in np.ndindex(one.shape)]).reshape(one.shape)
        for k, one in enumerate((W, b, v))
    ]
    return (*arrays, slope(3, ()))


def _tanh_case(rng, i):
    x, _, W, b, v, c = network_case(rng, i)
    return x, float(rng.normal() * 3), 0.5 * W, 0.5 * b, v, c


TANH_GRADIENTS = Exercise(
    name="tanh_network_gradients",
    chapter=4,
    minutes=15,
    statement=(
        "h = tanh(x @ W + b), o = h @ v + c with nothing behind it, L = (o − y)². Return "
        f"(dW, db, dv, dc). {STATEMENT}."
    ),
    reference=_tanh_gradients,
    cases=_tanh_case,
    returns=("dW", "db", "dv", "dc"),
    loss=_tanh_loss,
    equivalents=(_tanh_loops, _tanh_cosh, _tanh_complex),
    misconceptions=(
        Misconception(
            "slope-of-the-sigmoid",
            "the hidden slope is h(1 − h), the sigmoid's. These neurons bend with tanh.",
            _tanh_wrong(slope=lambda h, z: h * (1 - h)),
        ),
        Misconception(
            "output-slope-kept",
            "the output has no bend any more, so its slope is 1; o(1 − o) does not belong here.",
            _tanh_wrong(out=lambda o: o * (1 - o)),
        ),
        Misconception(
            "output-slope-of-tanh",
            "the output has no bend, so its slope is 1; 1 − o² does not belong here.",
            _tanh_wrong(out=lambda o: 1 - o**2),
        ),
        Misconception(
            "nothing-changed",
            "both slopes are the sigmoid's. Two factors are different in this network.",
            _tanh_wrong(out=lambda o: o * (1 - o), slope=lambda h, z: h * (1 - h)),
        ),
        Misconception(
            "slope-from-z",
            "the slope of tanh is made from the sums z. 1 − a² wants what comes out of it.",
            _tanh_wrong(slope=lambda h, z: 1 - z**2),
        ),
        Misconception(
            "square-lost",
            "the hidden slope is 1 − h; the square is missing.",
            _tanh_wrong(slope=lambda h, z: 1 - h),
        ),
        Misconception(
            "hidden-slope-forgotten",
            "dv and dc are right; the slope of tanh is missing on the way to the hidden sums.",
            _tanh_wrong(slope=lambda h, z: 1.0),
        ),
        Misconception(
            "tanh-again",
            "tanh was applied to h once more in its slope. h has been through it.",
            _tanh_wrong(slope=lambda h, z: 1 - np.tanh(h) ** 2),
        ),
        Misconception(
            "factor-2-lost",
            "all gradients are half of what they should be: the 2 of the square is missing.",
            _tanh_wrong(two=1.0),
        ),
        Misconception(
            "sign-flipped",
            "all sizes are right and all signs are flipped: the slope of (o − y)² is 2 (o − y).",
            _tanh_wrong(two=-2.0),
        ),
        Misconception(
            "weights-not-used-on-the-way-back",
            "every hidden neuron gets the whole push of the output. It comes back along a wire, "
            "times that wire's weight v.",
            _tanh_wrong(back=lambda v, d: d),
        ),
        Misconception(
            "forward-with-sigmoid",
            "the hidden neurons went through the sigmoid on the way forward; here they bend "
            "with tanh.",
            lambda x, y, W, b, v, c: _sigmoid_hidden(x, y, W, b, v, c),
        ),
        Misconception(
            "the-other-network",
            "these are the gradients of the network with sigmoids. Here other things stand behind "
            "the sums, forward as well as back.",
            with_factor(),
        ),
    ),
    hints=(
        "The walk is the same, link by link. Write down which links have changed.",
        "There is nothing behind the output's sum any more, and what stands behind the hidden sums "
        "has another slope. The table of chapter 3 has it.",
        "The delta of the output is what the square sends back, and no more. The hidden slope is "
        "one minus the square of what came out.",
    ),
    another="""
def tanh_network_gradients(x, y, W, b, v, c):
    h = np.tanh(x @ W + b)
    do = 2 * (h @ v + c - y)
    delta = do * v * (1 - h) * (1 + h)
    return x[:, np.newaxis] * delta, delta, do * h, do
""",
    after=(
        "Two factors changed and the walk did not. That is why a library can write each function's "
        "slope once and never think about networks."
    ),
)


def _sigmoid_hidden(x, y, W, b, v, c):
    h = sigmoid(x @ W + b)
    do = 2 * (h @ v + c - y)
    delta = do * v * (1 - h**2)
    return np.outer(x, delta), delta, do * h, do
