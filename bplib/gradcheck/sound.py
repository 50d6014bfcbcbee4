"""Whether there is a function to measure: forward leaves its inputs alone, and repeats itself."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from bplib.backend import Array, quietly, to_numpy
from bplib.gradcheck.subject import Subject

ROUNDING = 32 * float(np.finfo(np.float64).eps)


def sound(subject: Subject) -> tuple[Array, list[str], bool]:
    """Two calls of forward at one point, and what they show.

    Arguments:
        subject: what is checked.

    Returns:
        The value, what is to be said of forward, and whether it can be measured: whether the
        second call returned what the first did.
    """
    inputs = [x.copy() for x in subject.inputs]
    value = subject.forward(*inputs)
    first = value.copy()  # forward may return one and the same array again, with other numbers
    found = changed("forward", zip(subject.names, subject.inputs, inputs, strict=True))
    other = _difference(to_numpy(first), to_numpy(subject.value(*subject.inputs)))
    if other:
        found.append(
            f"forward is not deterministic: with the same inputs {other}; let it draw from a "
            "Generator that is passed in or listed in own_generators, and remember in own_buffers"
        )
    return first, found, not other


def changed(half: str, arrays: Iterable[tuple[str, Array, Array]]) -> list[str]:
    """A sentence for each array that a function was given and has written into.

    Arguments:
        half: "forward" or "backward".
        arrays: names, the arrays as they were, and as they are.

    Returns:
        The sentences.
    """
    return [
        f"{half} changes {name}, which belongs to whoever called it; let it write into a copy"
        for name, before, after in arrays
        if not np.array_equal(to_numpy(before), to_numpy(after), equal_nan=True)
    ]


@quietly
def _difference(first: np.ndarray, second: np.ndarray) -> str:
    """What a second call did otherwise; "" where it did the same.

    The order in which threads add up may differ from call to call, so rounding is no difference.
    """
    if first.shape != second.shape:
        return f"it returned shape {first.shape}, and then {second.shape}"
    same = (first == second) | (np.isnan(first) & np.isnan(second))
    same |= abs(first - second) <= ROUNDING * np.max(abs(first), initial=0.0)
    if same.all():
        return ""
    at = tuple(int(i) for i in np.argwhere(~same)[0])
    return f"it returned {first[at]:.6g}, and then {second[at]:.6g}, at index {at}"
