"""Shorter gradients, for the batch whose gradient is a thousand times the usual one.

A clipped gradient is a fresh array that takes the place of the old one in `.grad`. The old one is
never changed: two parameters may hold the same array, and an upstream gradient may be one too. A
gradient that needs no clipping stays the very array it was.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from bplib import expect
from bplib.backend import Array, quiet, to_numpy, xp_of
from bplib.errors import DomainError, NotReadyError
from bplib.optim.settings import listed, name_of


def clip_by_value(parameters: Iterable[Any], limit: float) -> float:
    """Bring every entry of every gradient into [−limit, limit]; this turns the direction.

    g ← min(max(g, −limit), limit), entry by entry. PyTorch's clip_grad_value_.

    Arguments:
        parameters: each with .value and .grad; .grad is replaced where it has to be clipped.
        limit: a positive finite number, in the unit of the gradients.

    Returns:
        The largest |g| before clipping.

    Raises:
        NotReadyError: where a parameter has no gradient yet.
        DomainError: where a gradient holds NaN or inf, or limit is not positive.
        DTypeError: for things that are not parameters, or a limit that is not a number.

    Source: A. Graves (2013), Generating Sequences With Recurrent Neural Networks, section 2.1.
    """
    asks = "clip_by_value"
    limit = expect.positive(asks, "limit", limit)
    parameters = listed(asks, parameters)
    largest = _largest(asks, parameters)
    for parameter, size in zip(parameters, largest, strict=True):
        if size > limit:
            parameter.grad = xp_of(parameter.grad).clip(parameter.grad, -limit, limit)
    return max(largest)


def clip_by_global_norm(parameters: Iterable[Any], limit: float) -> float:
    """Shorten all gradients by one factor, so that their common length is at most limit.

    norm = √(Σ g²) over all entries of all gradients; where norm > limit, g ← g · limit / norm. The
    direction stays. PyTorch's clip_grad_norm_ divides by norm + 10⁻⁶ instead.

    Arguments:
        parameters: each with .value and .grad; .grad is replaced where it has to be clipped.
        limit: a positive finite number, in the unit of the gradients.

    Returns:
        The norm before clipping, right also where the squares would not fit the gradients' dtype.

    Raises:
        NotReadyError: where a parameter has no gradient yet.
        DomainError: where a gradient holds NaN or inf, or limit is not positive.
        DTypeError: for things that are not parameters, or a limit that is not a number.

    Source: R. Pascanu, T. Mikolov, Y. Bengio (2013), On the Difficulty of Training Recurrent
        Neural Networks, ICML, algorithm 1.
    """
    asks = "clip_by_global_norm"
    limit = expect.positive(asks, "limit", limit)
    parameters = listed(asks, parameters)
    scale = max(_largest(asks, parameters))
    if scale == 0:
        return 0.0
    # Only sizes whose squares leave the range are scaled first: it takes a temporary.
    if all(_squares_fit(parameter.grad, scale) for parameter in parameters):
        scale = 1.0
    relative = math.sqrt(sum(_square(parameter.grad, scale) for parameter in parameters))
    if scale * relative > limit:
        factor = limit / relative / scale
        root = math.sqrt(limit / relative) / math.sqrt(scale)
        for parameter in parameters:
            parameter.grad = _shortened(parameter.grad, factor, root)
    return scale * relative


def _largest(asks: str, parameters: list[Any]) -> list[float]:
    """The largest |g| of each gradient, with a sentence for NaN and inf; no temporary is made."""
    found = []
    for i, parameter in enumerate(parameters):
        grad = parameter.grad
        if grad is None:
            name = name_of(parameter, i)
            raise NotReadyError(f"{asks}: {name} has no gradient yet; call backward first.")
        size = max(float(to_numpy(grad.max())), -float(to_numpy(grad.min())))
        if not math.isfinite(size):
            host = to_numpy(grad)
            index = tuple(int(k) for k in np.argwhere(~np.isfinite(host))[0])
            where = f" at index {index[0] if len(index) == 1 else index}" if index else ""
            raise DomainError(
                f"{asks}: the gradient of {name_of(parameter, i)} holds {host[index]:g}{where}; "
                f"no clipping makes that a direction."
            )
        found.append(size)
    return found


def _squares_fit(grad: Array, scale: float) -> bool:
    """Whether the sum of squares neither overflows nor loses small entries that matter."""
    limits = np.finfo(grad.dtype)
    room = math.sqrt(float(limits.max) / grad.size)
    return math.sqrt(float(limits.tiny)) / float(limits.eps) < scale < room


def _square(grad: Array, scale: float) -> float:
    """Σ (g / scale)², as a Python number."""
    with quiet():
        flat = (grad if scale == 1 else grad / scale).reshape(-1)
        return float(to_numpy(xp_of(flat).vdot(flat, flat)))


def _shortened(grad: Array, factor: float, root: float) -> Array:
    """g · factor, fresh; in two steps where the dtype does not hold so small a factor."""
    with quiet():
        if factor >= float(np.finfo(grad.dtype).tiny):
            return grad * factor
        shorter = grad * root
        shorter *= root
        return shorter
