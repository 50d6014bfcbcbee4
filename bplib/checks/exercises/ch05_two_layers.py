"""Chapter 5: a backward pass with a name for every gradient, checked one name at a time."""

from __future__ import annotations

import numpy as np

from bplib.checks.declare import Chain, Misconception
from bplib.checks.exercises.ch05_shared import ALONG, AVERAGED, UNSUMMED, sigmoid


def _square_loss():
    """The loss of the numbers that the notebook gives; whoever changes them hears it."""
    rng = np.random.default_rng(5)
    x, t = rng.normal(size=(6, 4)), rng.uniform(size=(6, 3))
    Wh, bh, Wo, bo = (rng.normal(size=shape) for shape in ((4, 5), 5, (5, 3), 3))
    return np.sum((sigmoid(sigmoid(x @ Wh + bh) @ Wo + bo) - t) ** 2) / 6


two_layer_backward = Chain(
    name="two_layer_backward",
    chapter=5,
    minutes=15,
    statement=(
        "h = sigmoid(x @ Wh + bh), o = sigmoid(h @ Wo + bo), square_loss = sum of (o - t)**2, "
        "divided by m = 6. Walk back: do (6, 3), delta_o (6, 3), dWo (5, 3), dbo (3,), dh (6, 5), "
        "delta_h (6, 5), dWh (4, 5), dbh (5,)."
    ),
    steps=(
        ("square_loss", _square_loss),
        (
            "do",
            lambda o, t, zo: 2 * (o - t) / len(o),
            (
                Misconception(
                    "missing-1/m",
                    "the 1/m of the loss is missing; this is the one place where it comes in.",
                    lambda o, t, zo: 2 * (o - t),
                ),
                Misconception(
                    "factor-2-lost",
                    "the 2 that comes down from the square is missing; this loss has no ½.",
                    lambda o, t, zo: (o - t) / len(o),
                ),
                Misconception(
                    "factor-2-and-1/m-lost",
                    "this is the error; the square's 2 and the 1/m of the loss are missing.",
                    lambda o, t, zo: o - t,
                ),
                Misconception(
                    "mean-over-all-entries",
                    "the division is by all 18 entries; this loss divides by m, the samples.",
                    lambda o, t, zo: 2 * (o - t) / o.size,
                ),
                Misconception(
                    "sign-flipped",
                    "the sign is flipped: the prediction stands first, with a plus.",
                    lambda o, t, zo: 2 * (t - o) / len(o),
                ),
                Misconception(
                    "slope-too-early",
                    "the sigmoid's slope is in here already; it belongs to the next line, delta_o.",
                    lambda o, t, zo: 2 * (o - t) / len(o) * o * (1 - o),
                ),
            ),
        ),
        (
            "delta_o",
            lambda do, o, zo: do * o * (1 - o),
            (
                Misconception(
                    "slope-forgotten",
                    "this is still the gradient at o, after the bend. (That δ is the error alone "
                    "holds for the sigmoid with cross-entropy, not with squares.)",
                    lambda do, o, zo: do.copy(),
                ),
                Misconception(
                    "slope-of-the-wrong-quantity",
                    "o(1 − o) wants the output of the sigmoid; here zo stands in its place.",
                    lambda do, o, zo: do * zo * (1 - zo),
                ),
                Misconception(
                    "sigmoid-taken-twice",
                    "the sigmoid is taken twice: o is sigmoid(zo) already.",
                    lambda do, o, zo: do * sigmoid(o) * (1 - sigmoid(o)),
                ),
                Misconception(
                    "upstream-forgotten",
                    "this is the slope of the sigmoid alone; it multiplies what has arrived at o.",
                    lambda do, o, zo: o * (1 - o),
                ),
                Misconception(
                    "slope-of-tanh",
                    "1 − o² is the slope of tanh; this layer bends with the sigmoid.",
                    lambda do, o, zo: do * (1 - o**2),
                ),
            ),
        ),
        (
            "dWo",
            lambda h, delta_o, zh, do: h.T @ delta_o,
            (
                Misconception(
                    "1/m-again",
                    "this is divided by m, and delta_o has its 1/m already.",
                    lambda h, delta_o, zh, do: h.T @ delta_o / len(h),
                ),
                Misconception(
                    "sums-for-activations",
                    "the weights were multiplied by h, what came out of the bend; here zh stands "
                    "in its place.",
                    lambda h, delta_o, zh, do: zh.T @ delta_o,
                ),
                Misconception(
                    "before-for-after",
                    "the weights lie before the bend, so they get δ, the gradient at zo; here it "
                    "is the gradient at o.",
                    lambda h, delta_o, zh, do: h.T @ do,
                ),
                Misconception(
                    "transposed",
                    "this lies on its side: a gradient has the shape of its parameter, (5, 3).",
                    lambda h, delta_o, zh, do: delta_o.T @ h,
                ),
                Misconception(
                    "added-before-multiplying",
                    "inputs and deltas are added up over the batch before they meet; each "
                    "sample's h meets its own δ.",
                    lambda h, delta_o, zh, do: np.outer(h.sum(axis=0), delta_o.sum(axis=0)),
                ),
            ),
        ),
        (
            "dbo",
            lambda delta_o, do: delta_o.sum(axis=0),
            (
                Misconception("averaged", AVERAGED, lambda delta_o, do: delta_o.mean(axis=0)),
                Misconception("not-summed", UNSUMMED, lambda delta_o, do: delta_o.copy()),
                Misconception("along-the-rows", ALONG, lambda delta_o, do: delta_o.sum(axis=1)),
                Misconception(
                    "one-number",
                    "this is the sum of all of δ; each output has a bias of its own.",
                    lambda delta_o, do: delta_o.sum(),
                ),
                Misconception(
                    "before-for-after",
                    "the bias lies before the bend, so it gets δ; here the rows of do are added.",
                    lambda delta_o, do: do.sum(axis=0),
                ),
            ),
        ),
        (
            "dh",
            lambda delta_o, Wo, do, h: delta_o @ Wo.T,
            (
                Misconception(
                    "before-for-after",
                    "what goes back through the wires is δ, the gradient at zo; here it is the "
                    "gradient at o.",
                    lambda delta_o, Wo, do, h: do @ Wo.T,
                ),
                Misconception(
                    "slope-too-early",
                    "the slope of the hidden sigmoid is in here already; it belongs to the next "
                    "line, delta_h.",
                    lambda delta_o, Wo, do, h: (delta_o @ Wo.T) * h * (1 - h),
                ),
                Misconception(
                    "transposed",
                    "this lies on its side: a row for each sample.",
                    lambda delta_o, Wo, do, h: Wo @ delta_o.T,
                ),
                Misconception(
                    "updated-too-early",
                    "the weights have made their step already; delta goes back through those of "
                    "the way forward.",
                    lambda delta_o, Wo, do, h: delta_o @ (Wo - h.T @ delta_o).T,
                ),
            ),
        ),
        (
            "delta_h",
            lambda dh, h, zh: dh * h * (1 - h),
            (
                Misconception(
                    "slope-forgotten",
                    "this is still the gradient at h, after the bend; δ is before it.",
                    lambda dh, h, zh: dh.copy(),
                ),
                Misconception(
                    "slope-of-the-wrong-quantity",
                    "h(1 − h) wants the output of the sigmoid; here zh stands in its place.",
                    lambda dh, h, zh: dh * zh * (1 - zh),
                ),
                Misconception(
                    "sigmoid-taken-twice",
                    "the sigmoid is taken twice: h is sigmoid(zh) already.",
                    lambda dh, h, zh: dh * sigmoid(h) * (1 - sigmoid(h)),
                ),
                Misconception(
                    "slope-of-tanh",
                    "1 − h² is the slope of tanh; this layer bends with the sigmoid.",
                    lambda dh, h, zh: dh * (1 - h**2),
                ),
                Misconception(
                    "value-for-slope",
                    "the value h stands where the slope h(1 − h) belongs.",
                    lambda dh, h, zh: dh * h,
                ),
            ),
        ),
        (
            "dWh",
            lambda x, delta_h, h, delta_o, dh: x.T @ delta_h,
            (
                Misconception(
                    "gradient-of-the-other-layer",
                    "this is made from the hidden activations and the delta of the output, as the "
                    "gradient of Wo is. Wh was multiplied by x, and its neurons' δ is delta_h.",
                    lambda x, delta_h, h, delta_o, dh: h.T @ delta_o,
                ),
                Misconception(
                    "before-for-after",
                    "the weights lie before the bend, so they get delta_h; here it is dh.",
                    lambda x, delta_h, h, delta_o, dh: x.T @ dh,
                ),
                Misconception(
                    "hidden-for-input",
                    "Wh was multiplied by x on the way forward; here h stands in its place.",
                    lambda x, delta_h, h, delta_o, dh: h.T @ delta_h,
                ),
                Misconception(
                    "1/m-again",
                    "this is divided by m, and delta_h has its 1/m already.",
                    lambda x, delta_h, h, delta_o, dh: x.T @ delta_h / len(x),
                ),
                Misconception(
                    "transposed",
                    "this lies on its side: a gradient has the shape of its parameter, (4, 5).",
                    lambda x, delta_h, h, delta_o, dh: delta_h.T @ x,
                ),
            ),
        ),
        (
            "dbh",
            lambda delta_h, x: delta_h.sum(axis=0),
            (
                Misconception("averaged", AVERAGED, lambda delta_h, x: delta_h.mean(axis=0)),
                Misconception("not-summed", UNSUMMED, lambda delta_h, x: delta_h.copy()),
                Misconception("along-the-rows", ALONG, lambda delta_h, x: delta_h.sum(axis=1)),
                Misconception(
                    "times-input",
                    "the inputs are in it, as in dWh; the bias is added, and an add passes on "
                    "what arrives.",
                    lambda delta_h, x: x.T @ delta_h,
                ),
            ),
        ),
    ),
    hints=(
        "Each line of the way forward has its line, or three, on the way back: a bend multiplies "
        "entry by entry, a layer hands out three things.",
        "First the loss, seen from o. Then the bend of the output: now you have δ, and with it "
        "the two gradients of that layer and what arrives at h. Then the same once more.",
        "The slope of a sigmoid is its output times what the output lacks to 1. Of the two "
        "products of a layer, one has the inputs lying on their side, and the other has the "
        "weights lying on theirs. The 1/m comes in with the first line and nowhere else.",
    ),
    another="""
do = 2 / len(o) * (o - t)
delta_o = do * (o - o**2)
dWo, dbo = np.einsum("ij,ik->jk", h, delta_o), np.ones(len(o)) @ delta_o
dh = np.einsum("ik,jk->ij", delta_o, Wo)
delta_h = dh * (h - h**2)
dWh, dbh = np.einsum("ij,ik->jk", x, delta_h), np.ones(len(x)) @ delta_h
""",
    after=(
        "Three lines for each layer, the same three twice. Look at what each needed from the way "
        "forward: o, h, x and Wo, and none of the sums zh and zo."
    ),
)
