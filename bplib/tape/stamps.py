"""Has a recorded array been changed since? Sums over its numbers say so.

A pair's cache refers to the arrays that went in and came out. Change one of them in place between
recording and the way back, and the gradient would belong to numbers that no longer exist. So the
tape takes a stamp of every input as it records, and of every result that a cache refers to, and
compares on the way back:

- how often the Tensor's `.value` was assigned, which `w.value -= …` and every optimizer do;
- a small array as it is;
- of a larger one, 509 sums: its memory as whole numbers of 8 bytes, written in rows of 509, each
  column added up without regard to overflow. It reads the array once, faster than any checksum;
- of an array above 60 KB, the sums over every k-th row, at most 15 of them, for looking at all of
  a network's weights twice in each step would cost more than recording does.

A change of one entry always changes one sum, if its row is looked at. Several changes can cancel
out, as when two entries trade places that are a multiple of 509 whole numbers apart. So what goes
unnoticed is a single entry of a large array, and otherwise rare. The number of rows is odd, or else
`x *= -1`, which adds the same 2⁶³ everywhere, would add up to nothing. An array on a GPU is not
looked at, since that would wait for the device.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bplib.backend import Array, Cache
from bplib.errors import NotReadyError
from bplib.tape.pairs import PAIRS

if TYPE_CHECKING:
    from bplib.tape.tensor import Tensor

COLUMNS = 509
"""How many sums: a prime, so that rows of a matrix hardly ever lie a multiple of it apart."""

ROW = 8 * COLUMNS
"""The bytes of a row; an array of fewer than three rows is taken as it is."""

MOST_ROWS = 15
"""How many rows are added up, an odd number."""

_PLAIN = (type(None), bool, int, float, str, np.generic)
"""What a cache may keep beside arrays, and nothing can change."""

Stamp = tuple[int, bytes]


def stamps(node: Tensor) -> tuple[Stamp | None, ...]:
    """A stamp of a new result and of each of its inputs, None where nobody needs it.

    A result needs one where a cache refers to it: that of its own pair, or of one that takes it.
    """
    cache = node.cache
    found = [_stamp(node) if _holds(cache, node._value) else None]
    for parent in node.parents:
        if parent.operation is None:
            needed = True
        else:
            has_one = parent._stamps and parent._stamps[0] is not None
            needed = not has_one and _holds(cache, parent._value)
        found.append(_stamp(parent) if needed else None)
    return tuple(found)


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


def _holds(cache: Cache, array: Array) -> bool:
    """Whether a cache refers to the array, or to the memory that it is a view of."""
    kind = type(cache)
    if kind is tuple:
        for part in cache:
            if _holds(part, array):
                return True
        return False
    if kind is not np.ndarray:
        return not isinstance(cache, _PLAIN)  # whatever else it is may refer to anything
    if cache is array:
        return True
    memory, own = cache.base, array.base
    return memory is array or own is cache or (memory is not None and memory is own)


def _stamp(tensor: Tensor) -> Stamp:
    value = tensor._value
    if type(value) is not np.ndarray:
        return tensor._changes, b""
    if value.nbytes < 3 * ROW:  # the sums would take as much
        return tensor._changes, value.tobytes()
    if not value.flags.c_contiguous:
        value = value.ravel(order="K")  # as it lies in memory; a copy only where it has gaps
    rows = (value.nbytes // ROW - 1) | 1  # odd
    table = np.ndarray((rows, COLUMNS), np.uint64, value)
    rest = np.ndarray(value.nbytes - table.nbytes, np.uint8, value, table.nbytes)
    if rows > MOST_ROWS:
        table = table[:: -(-rows // MOST_ROWS)]
        table = table[: (len(table) - 1) | 1]
    return tensor._changes, np.add.reduce(table, axis=0).tobytes() + rest.tobytes()
