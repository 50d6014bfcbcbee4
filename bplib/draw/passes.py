"""One pass forward and one backward through a small dense network, kept for drawing.

Everything is computed by the pairs of `bplib.ops` and `bplib.losses`; here it only gets names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from bplib import losses, ops
from bplib.errors import DTypeError, ShapeError, unknown

SYMBOLS = {"sigmoid": "σ", "tanh": "tanh", "relu": "relu", "identity": ""}
"""How an activation is written in a neuron."""


@dataclass
class LayerPass:
    """One layer: what went in, what came out, and every gradient.

    Fields:
        inputs, outputs: (n_in,) and (n_out,).
        W, b: (n_in, n_out) and (n_out,).
        z: the sums (n_out,), before the activation.
        slopes: of the activation at z (n_out,).
        dinputs, doutputs, deltas, dW, db: gradients of the loss; deltas are those of z. Zeros where
            there is no loss.
        activation, symbol: its name, and how it is written.
        names: (name of W[i][j] by row and neuron, name of b[j]).
        z_names, delta_names: of each neuron.
    """

    inputs: Any
    outputs: Any
    W: Any
    b: Any
    z: Any
    slopes: Any
    dinputs: Any
    doutputs: Any
    deltas: Any
    dW: Any
    db: Any
    activation: str
    symbol: str
    names: tuple[list[list[str]], list[str]]
    z_names: tuple[str, ...]
    delta_names: tuple[str, ...]

    def row(self, k: int, row: int) -> tuple[str, Any, Any]:
        """Name, value and gradient of neuron k's weight in a row; of its bias in the last."""
        if row == len(self.inputs):
            return self.names[1][k], self.b[k], self.db[k]
        return self.names[0][row][k], self.W[row, k], self.dW[row, k]


@dataclass
class Passes:
    """A whole network: its layers, the names of its neurons, target and loss."""

    layers: list[LayerPass]
    names: list[list[str]]
    target: Any
    loss: float | None


def run(
    x: Any,
    layers: Sequence[tuple[Any, Any]],
    target: Any,
    activation: str | Sequence[str],
    letters: Sequence[str],
    weights: Sequence[str],
    biases: Sequence[str],
    caller: str,
) -> Passes:
    """Both passes for one sample; the arguments are those of `draw.network`."""
    depth = len(layers)
    _one_for_each(caller, depth, letters, weights, biases)
    kinds = [activation] * depth if isinstance(activation, str) else list(activation)
    if len(kinds) != depth:
        raise ShapeError(f"{caller}: {len(kinds)} activations for {depth} layers.")
    for kind in kinds:
        if kind not in SYMBOLS:
            raise unknown("activation", kind, SYMBOLS)
    going = _forward(_row_of(caller, x), layers, kinds)
    sizes = [going[0].inputs.shape[1], *(each.a.shape[1] for each in going)]
    names = _names(sizes, letters)
    wanted, loss, da = _judged(caller, target, going[-1].a)
    done: list[LayerPass] = []
    for index in reversed(range(depth)):
        ends = [name if index else name.removeprefix(letters[1]) for name in names[index + 1]]
        done.append(_backward(going[index], da, weights[index], biases[index], ends))
        da = done[-1].dinputs[np.newaxis]
    return Passes(done[::-1], names, wanted, loss)


class _Going(NamedTuple):
    """One layer on the way forward: its arrays as rows of one sample, and its pairs' caches."""

    inputs: Any
    W: Any
    b: Any
    z: Any
    a: Any
    linear: Any
    bent: Any
    kind: str


def _forward(a: Any, layers: Sequence[tuple[Any, Any]], kinds: Sequence[str]) -> list[_Going]:
    going = []
    for (W, b), kind in zip(layers, kinds, strict=True):
        W, b = np.asarray(W), np.asarray(b)
        inputs = a
        z, linear = ops.linear(inputs, W, b)
        a, bent = (z, None) if kind == "identity" else getattr(ops, kind)(z)
        going.append(_Going(inputs, W, b, z, a, linear, bent, kind))
    return going


def _judged(caller: str, target: Any, a: Any) -> tuple[Any, float | None, Any]:
    """The target as an array, the loss, and the gradient of what the network says."""
    if target is None:
        return np.zeros(a.shape[1]), None, np.zeros_like(a)
    wanted = np.atleast_1d(np.asarray(target, dtype=a.dtype))
    if wanted.shape != a.shape[1:]:
        raise ShapeError(
            f"{caller}: target has shape {wanted.shape}; the network gives {a.shape[1:]}."
        )
    loss, cache = losses.mse(a, wanted[np.newaxis])
    return wanted, float(loss), losses.mse_backward(cache)


def _backward(layer: _Going, da: Any, weight: str, bias: str, ends: list[str]) -> LayerPass:
    """The layer with all its gradients, from the gradient of what leaves it."""
    inputs, W, b, z, a, linear, bent, kind = layer
    back = (lambda dy: dy) if kind == "identity" else _back(kind, bent)
    dz, slopes = back(da), back(np.ones_like(a))
    sent: Any = ops.linear_backward(dz, linear)
    dinputs, dW, db = sent
    return LayerPass(
        inputs[0], a[0], W, b, z[0], slopes[0], dinputs[0], da[0], dz[0], dW, db,
        kind, SYMBOLS[kind], _row_names(W.shape, weight, bias),
        tuple(f"z{end}" for end in ends), tuple(f"δ{end}" for end in ends),
    )  # fmt: skip


def _back(kind: str, cache: Any) -> Any:
    return lambda dy: getattr(ops, f"{kind}_backward")(dy, cache)


def _row_of(caller: str, x: Any) -> Any:
    x = np.asarray(x)
    if x.ndim != 1 or not x.size:
        raise ShapeError(f"{caller}: x has shape {x.shape}; it is one sample (n,).")
    if x.dtype.kind != "f":
        raise DTypeError(f"{caller}: x holds {x.dtype.name}; write its numbers as floats, 1.0.")
    return x[np.newaxis]


def _one_for_each(
    caller: str, depth: int, letters: Sequence[str], weights: Sequence[str], biases: Sequence[str]
) -> None:
    if depth == 0:
        raise ShapeError(f"{caller}: there is no layer to draw.")
    for what, given, due in (
        ("letters", letters, depth + 1),
        ("weights", weights, depth),
        ("biases", biases, depth),
    ):
        if len(given) != due:
            raise ShapeError(
                f"{caller}: {len(given)} {what} for {depth} layers; it needs {due}, "
                "one for each layer" + (" and one for the inputs." if what == "letters" else ".")
            )


def _names(sizes: Sequence[int], letters: Sequence[str]) -> list[list[str]]:
    """x1, x2; h1, h2, h3; and o alone where there is one."""
    return [
        [letter] if n == 1 and k else [f"{letter}{i}" for i in range(1, n + 1)]
        for k, (n, letter) in enumerate(zip(sizes, letters, strict=True))
    ]


def _row_names(shape: tuple[int, int], weight: str, bias: str) -> tuple[list[list[str]], list[str]]:
    n_in, n_out = shape
    if n_out == 1:
        return [[f"{weight}{i + 1}"] for i in range(n_in)], [bias]
    names = [[f"{weight}{i + 1}{j + 1}" for j in range(n_out)] for i in range(n_in)]
    return names, [f"{bias}{j + 1}" for j in range(n_out)]
