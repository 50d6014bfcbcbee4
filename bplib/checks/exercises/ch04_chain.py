"""Chapter 4: every value and every gradient of a 2-3-1 network, one at a time."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..declare import Chain, Misconception
from .ch04_shared import sigmoid


def of(names: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function under a signature with these names, by which a chain finds its inputs."""

    def step(*values: Any) -> Any:
        return function(*values)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    step.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, kind) for name in names.split()]
    )
    return step


def _step(name: str, reference: Callable[..., Any], mistakes: tuple[Misconception, ...]) -> tuple:
    """A step whose misconceptions take the same names as its reference."""
    names = " ".join(inspect.signature(reference).parameters)
    return name, reference, tuple(replace(one, wrong=of(names, one.wrong)) for one in mistakes)


def _hidden(j: int) -> tuple:
    k = j - 1  # where w1j stands among the six weights; w2j is three further
    return _step(
        f"h{j}",
        of(
            f"x1 x2 b{j} w11 w12 w13 w21 w22 w23",
            lambda x1, x2, b, *w: sigmoid(x1 * w[k] + x2 * w[k + 3] + b),
        ),
        (
            Misconception(
                "weights-read-across",
                "this was made with the next two weights in the order in which they are printed. "
                "The second index of a weight is the neuron that it leads to.",
                lambda x1, x2, b, *w: sigmoid(x1 * w[2 * k] + x2 * w[2 * k + 1] + b),
            ),
            Misconception(
                "no-sigmoid",
                "this is the sum z. What the neuron says is the sigmoid of it.",
                lambda x1, x2, b, *w: x1 * w[k] + x2 * w[k + 3] + b,
            ),
            Misconception(
                "bias-forgotten",
                "the bias of this neuron is missing in its sum.",
                lambda x1, x2, b, *w: sigmoid(x1 * w[k] + x2 * w[k + 3]),
            ),
            Misconception(
                "inputs-swapped",
                "the two inputs have changed places: the first index of a weight is its input.",
                lambda x1, x2, b, *w: sigmoid(x2 * w[k] + x1 * w[k + 3] + b),
            ),
            Misconception(
                "bias-outside",
                "the bias is added to what comes out of the sigmoid; it belongs into the sum.",
                lambda x1, x2, b, *w: sigmoid(x1 * w[k] + x2 * w[k + 3]) + b,
            ),
        ),
    )


_OUTPUT = _step(
    "o",
    of(
        "h1 h2 h3 v1 v2 v3 c",
        lambda h1, h2, h3, v1, v2, v3, c: sigmoid(h1 * v1 + h2 * v2 + h3 * v3 + c),
    ),
    (
        Misconception(
            "no-sigmoid",
            "this is the sum zo. What comes out is the sigmoid of it.",
            lambda h1, h2, h3, v1, v2, v3, c: h1 * v1 + h2 * v2 + h3 * v3 + c,
        ),
        Misconception(
            "bias-forgotten",
            "the bias c is missing in the sum.",
            lambda h1, h2, h3, v1, v2, v3, c: sigmoid(h1 * v1 + h2 * v2 + h3 * v3),
        ),
        Misconception(
            "sigmoid-again",
            "the hidden values went through the sigmoid once more on their way.",
            lambda h1, h2, h3, v1, v2, v3, c: sigmoid(
                sigmoid(h1) * v1 + sigmoid(h2) * v2 + sigmoid(h3) * v3 + c
            ),
        ),
    ),
)

_DO = _step(
    "do",
    of("o y", lambda o, y: 2 * (o - y)),
    (
        Misconception(
            "sign-flipped",
            "the sign is the other way round: a unit more of o is a unit more of o − y.",
            lambda o, y: 2 * (y - o),
        ),
        Misconception(
            "factor-2-lost", "the 2 that comes down from the square is missing.", lambda o, y: o - y
        ),
        Misconception(
            "the-loss", "this is the loss itself. Its slope is asked.", lambda o, y: (o - y) ** 2
        ),
        Misconception(
            "sigmoid-too-early",
            "this is delta_o already. First the gradient of o, before the sigmoid.",
            lambda o, y: 2 * (o - y) * o * (1 - o),
        ),
    ),
)

_DELTA_O = _step(
    "delta_o",
    of("do o h1 h2 h3 v1 v2 v3 c", lambda do, o, *_: do * o * (1 - o)),
    (
        Misconception(
            "slope-forgotten",
            "this is do. Between o and its sum stands the sigmoid; multiply by its slope.",
            lambda do, o, *_: do,
        ),
        Misconception(
            "slope-from-z",
            "a(1 − a) was taken at the sum zo. It wants what came out, o.",
            lambda do, o, h1, h2, h3, v1, v2, v3, c: (
                do * (z := h1 * v1 + h2 * v2 + h3 * v3 + c) * (1 - z)
            ),
        ),
        Misconception(
            "sigmoid-again",
            "the sigmoid was applied to o once more; o has been through it.",
            lambda do, o, *_: do * sigmoid(o) * (1 - sigmoid(o)),
        ),
        Misconception(
            "sigmoid-for-its-slope",
            "the value of the sigmoid stands where its slope belongs.",
            lambda do, o, *_: do * o,
        ),
        Misconception(
            "slope-alone",
            "this is the slope of the sigmoid; multiply it by what arrives, do.",
            lambda do, o, *_: o * (1 - o),
        ),
    ),
)


def _output_weight(j: int) -> tuple:
    return _step(
        f"dv{j}",
        of(f"h{j} delta_o v{j} do", lambda h, delta_o, v, do: h * delta_o),
        (
            Misconception(
                "weight-for-input",
                "this is what goes back to h. A weight gets what it multiplies, h, times delta_o.",
                lambda h, delta_o, v, do: v * delta_o,
            ),
            Misconception(
                "do-for-delta",
                "this was made with do. The weight sits inside the sum, so it gets delta_o.",
                lambda h, delta_o, v, do: h * do,
            ),
            Misconception(
                "input-forgotten",
                "delta_o alone is the bias's gradient; a weight's is multiplied by h.",
                lambda h, delta_o, v, do: delta_o,
            ),
            Misconception(
                "weight-left-in",
                "the weight itself was multiplied in as well; it does not belong there.",
                lambda h, delta_o, v, do: h * v * delta_o,
            ),
        ),
    )


_DC = _step(
    "dc",
    of("delta_o c do", lambda delta_o, c, do: delta_o),
    (
        Misconception("bias-forgotten", "the bias moves the sum too, one for one.",
                      lambda delta_o, c, do: 0.0),
        Misconception("bias-multiplied-in", "a bias is added, so it gets delta_o as it is.",
                      lambda delta_o, c, do: c * delta_o),
        Misconception("do-for-delta", "the bias sits inside the sum, so it gets delta_o, not do.",
                      lambda delta_o, c, do: do),
    ),
)  # fmt: skip


def _hidden_gradient(j: int) -> tuple:
    return _step(
        f"dh{j}",
        of(f"v{j} delta_o h{j} do", lambda v, delta_o, h, do: v * delta_o),
        (
            Misconception(
                "input-for-weight",
                "this is the weight's gradient. To h goes back the weight v times delta_o.",
                lambda v, delta_o, h, do: h * delta_o,
            ),
            Misconception(
                "weight-forgotten",
                "delta_o comes back along a wire, and is multiplied by that wire's weight.",
                lambda v, delta_o, h, do: delta_o,
            ),
            Misconception(
                "do-for-delta",
                "what goes back leaves the sum, so it is delta_o that is sent, not do.",
                lambda v, delta_o, h, do: v * do,
            ),
            Misconception(
                "slope-too-early",
                "this is the neuron's delta already. First the gradient of h, before its sigmoid.",
                lambda v, delta_o, h, do: v * delta_o * h * (1 - h),
            ),
        ),
    )


def _hidden_delta(j: int) -> tuple:
    return _step(
        f"delta_{j}",
        of(
            f"dh{j} h{j} x1 x2 w1{j} w2{j} b{j} delta_o",
            lambda dh, h, *_: dh * h * (1 - h),
        ),
        (
            Misconception(
                "slope-forgotten",
                "this is dh. The hidden sigmoid stands between h and its sum; multiply by its "
                "slope.",
                lambda dh, h, *_: dh,
            ),
            Misconception(
                "slope-from-z",
                "a(1 − a) was taken at the sum z. It wants what came out, h.",
                lambda dh, h, x1, x2, w1, w2, b, delta_o: (
                    dh * (z := x1 * w1 + x2 * w2 + b) * (1 - z)
                ),
            ),
            Misconception(
                "sigmoid-again",
                "the sigmoid was applied to h once more; h has been through it.",
                lambda dh, h, *_: dh * sigmoid(h) * (1 - sigmoid(h)),
            ),
            Misconception(
                "weight-forgotten",
                "delta_o was used for what arrives here. What arrives is dh.",
                lambda dh, h, x1, x2, w1, w2, b, delta_o: delta_o * h * (1 - h),
            ),
            Misconception(
                "sigmoid-for-its-slope",
                "the value of the sigmoid stands where its slope belongs.",
                lambda dh, h, *_: dh * h,
            ),
        ),
    )


def _weight(i: int, j: int) -> tuple:
    other = 3 - i
    return _step(
        f"dw{i}{j}",
        of(
            f"x{i} delta_{j} x{other} dh{j} h{j} w{i}{j} delta_o",
            lambda x, delta, *_: x * delta,
        ),
        (
            Misconception(
                "other-input",
                "this is the other input's. The first index of a weight is the input it leaves.",
                lambda x, delta, other, *_: other * delta,
            ),
            Misconception(
                "dh-for-delta",
                "this was made with dh. The weight sits inside the sum, so it gets the delta.",
                lambda x, delta, other, dh, *_: x * dh,
            ),
            Misconception(
                "made-from-h",
                "this was made from h and delta_o, which is the gradient of v. This wire leaves x.",
                lambda x, delta, other, dh, h, w, delta_o: h * delta_o,
            ),
            Misconception(
                "weight-for-input",
                "the weight was multiplied in. A weight gets what it multiplies: its input.",
                lambda x, delta, other, dh, h, w, delta_o: w * delta,
            ),
            Misconception(
                "input-forgotten",
                "the delta alone is the bias's gradient; a weight's is multiplied by its input.",
                lambda x, delta, *_: delta,
            ),
        ),
    )


def _bias(j: int) -> tuple:
    return _step(
        f"db{j}",
        of(f"delta_{j} b{j} dh{j}", lambda delta, b, dh: delta),
        (
            Misconception("bias-forgotten", "the bias moves the sum too, one for one.",
                          lambda delta, b, dh: 0.0),
            Misconception("bias-multiplied-in", "a bias is added, so it gets the delta as it is.",
                          lambda delta, b, dh: b * delta),
            Misconception("dh-for-delta", "the bias sits inside the sum, before the sigmoid: it "
                          "gets the delta, not dh.", lambda delta, b, dh: dh),
        ),
    )  # fmt: skip


TWO_THREE_ONE = Chain(
    name="two_three_one",
    chapter=4,
    minutes=25,
    statement=(
        "The 2-3-1 network of the chapter with other numbers. Work out h1, h2, h3 and o, then do, "
        "delta_o, dv1 … dv3, dc, dh1 … dh3, delta_1 … delta_3, dw11 … dw23 and db1 … db3."
    ),
    tolerance=1e-3,
    steps=(
        *map(_hidden, (1, 2, 3)),
        _OUTPUT,
        _DO,
        _DELTA_O,
        *map(_output_weight, (1, 2, 3)),
        _DC,
        *map(_hidden_gradient, (1, 2, 3)),
        *map(_hidden_delta, (1, 2, 3)),
        *(_weight(i, j) for i in (1, 2) for j in (1, 2, 3)),
        *map(_bias, (1, 2, 3)),
    ),
    hints=(
        "Forward to o, writing down every value. Then each gradient from the one before it, as the "
        "drawing of the chapter has them, from right to left.",
        "A delta is what arrives at a neuron, times its own slope. A weight gets the value at its "
        "beginning times the delta at its end.",
        "In this order: the square's slope; times o (1 − o); then h or 1 or v times delta_o; each "
        "dh times h (1 − h); then each input or 1 times that.",
    ),
    another="""
x, W = np.array([x1, x2]), np.array([[w11, w12, w13], [w21, w22, w23]])
h = 1 / (1 + np.exp(-(x @ W + np.array([b1, b2, b3]))))
o = 1 / (1 + np.exp(-(h @ [v1, v2, v3] + c)))

do = 2 * (o - y)
delta_o = dc = do * o * (1 - o)
dh = np.array([v1, v2, v3]) * delta_o
delta = dh * h * (1 - h)

h1, h2, h3 = h
dv1, dv2, dv3 = h * delta_o
dh1, dh2, dh3 = dh
delta_1, delta_2, delta_3 = db1, db2, db3 = delta
(dw11, dw12, dw13), (dw21, dw22, dw23) = np.outer(x, delta)
""",
    after=(
        "Thirteen gradients by hand, each from numbers that were already there. Nothing was "
        "worked out twice."
    ),
)
