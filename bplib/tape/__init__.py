"""Automatic differentiation: record the pairs going forward, replay them going back.

    x, w = Tensor(2.0, name="x"), Tensor(-3.0, name="w")
    y = tape.exp(x * w)
    y.backward()                # x.grad and w.grad now hold dy/dx and dy/dw

The tape knows no derivatives. Each operation is a pair of `bplib.ops` or `bplib.losses`, found by
its name, and what the tape adds is the order: a node hands its gradient on only after everything
that uses it has handed its own back. Gradients accumulate in `.grad`, as they do in layers.

    slope = tape.grad(f)(x)                     # of a function of Tensors that returns one number
    y, dy = tape.jvp(f, x, v)                   # forward mode: how fast f moves along v
    Hv = tape.hvp(f, x, v)                      # and how fast its gradient does

Forward mode is the same pairs once more, on dual numbers (`bplib.tape.dual`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bplib.errors import unknown
from bplib.tape.dual import Dual
from bplib.tape.forward import hvp, jacobian, jvp
from bplib.tape.pairs import PAIRS
from bplib.tape.tensor import Tensor, record
from bplib.tape.transforms import grad, value_and_grad, vjp
from bplib.tape.walk import Step, reverse, topological_order

__all__ = [
    "PAIRS",
    "Dual",
    "Step",
    "Tensor",
    "grad",
    "hvp",
    "jacobian",
    "jvp",
    "record",
    "reverse",
    "topological_order",
    "value_and_grad",
    "vjp",
]


def __getattr__(name: str) -> Callable[..., Tensor]:
    """Every pair is an operation of the tape under its own name, such as `tape.exp(x)`."""
    if name in PAIRS:
        operation = partial(record, name)
        pair = PAIRS[name].forward
        operation.__doc__ = (
            f"{(pair.__doc__ or '').splitlines()[0]}\n\n"
            f"`{pair.__module__}.{name}` on Tensors: the same arguments; it returns a Tensor."
        )
        globals()[name] = operation  # found without this function from now on
        return operation
    if name.startswith("__"):
        raise AttributeError(name)
    raise AttributeError(str(unknown("operation", name, PAIRS)))


def __dir__() -> list[str]:
    return sorted([*__all__, *PAIRS])
