"""Has a recorded array been changed since? A look at a few of its numbers says so.

A pair's cache refers to the arrays that went in and came out. Change one of them in place between
recording and the way back, and the gradient would belong to numbers that no longer exist. So the
tape takes a stamp of every array as it records, and compares on the way back:

- how often the Tensor's `.value` was assigned, which `w.value -= …` and every optimizer do;
- an array of at most 128 entries as a whole, and 61 entries of a larger one, spread evenly.

What it cannot see is a change of some entries of a large array that misses all 61, unless it goes
through `.value`. An array on a GPU is not looked at, since that would wait for the device.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bplib.errors import NotReadyError
from bplib.tape.pairs import PAIRS

if TYPE_CHECKING:
    from bplib.tape.tensor import Tensor

WHOLE, SAMPLE = 128, 61
"""Up to which size an array is taken whole, and how many entries of a larger one, give or take."""

Stamp = tuple[int, bytes]


def stamps(node: Tensor) -> tuple[Stamp | None, ...]:
    """A stamp of a new result and of each of its inputs; a parent that is a result has its own."""
    inputs = [_stamp(parent) if parent.operation is None else None for parent in node.parents]
    return (_stamp(node), *inputs)


def expect_unchanged(node: Tensor) -> None:
    """Nothing that the pair of a node computed with was changed."""
    for i, before in enumerate(node._stamps):
        tensor = node if i == 0 else node.parents[i - 1]
        if before is None or _stamp(tensor) == before:
            continue
        name = str(node.operation)
        what = f"{PAIRS[name].name_of(i - 1)} of {name}" if i else f"the result of {name}"
        if tensor.name is not None:
            what = f"{tensor.name} ({what})"
        raise NotReadyError(
            f"backward: {what} was changed after it was recorded, so its gradient would be that "
            "of other numbers; record it again after every change."
        )


def _stamp(tensor: Tensor) -> Stamp:
    value = tensor._value
    if type(value) is not np.ndarray:
        return tensor._changes, b""
    if value.size <= WHOLE:
        return tensor._changes, value.tobytes()
    step = value.size // SAMPLE | 1  # a prime and an odd number: each row in another column
    flat = value.reshape(-1) if value.flags.c_contiguous else value.flat
    return tensor._changes, flat[::step].tobytes()
