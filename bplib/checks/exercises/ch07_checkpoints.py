"""Chapter 7: a way back that keeps little."""

from __future__ import annotations

import numpy as np

from ..declare import Exercise, Misconception


def _row(rng, i):
    """n layers as pairs of functions: y = f(x), and dx = b(x, dy), each with weights of its own."""
    n, k = ((6, 3), (7, 3), (9, 4), (5, 5), (8, 3), (10, 4))[i]
    shape = ((3, 4), (5, 3), (4, 6), (3, 5), (6, 4), (4, 3))[i]
    forwards, backwards = [], []
    for _ in range(n):
        W = rng.standard_normal((shape[1], shape[1])) / np.sqrt(shape[1])
        b = 0.3 * rng.standard_normal(shape[1])

        def f(x, W=W, b=b):
            return np.tanh(x @ W + b) + 0.5 * x

        def back(x, dy, W=W, b=b):
            return (dy * (1 - np.tanh(x @ W + b) ** 2)) @ W.T + 0.5 * dy

        forwards.append(f)
        backwards.append(back)
    return forwards, backwards, rng.standard_normal(shape), rng.standard_normal(shape), k


def _plain(forwards, backwards, x, dy, k, keep=lambda inputs: inputs):
    inputs = [x]
    for f in forwards[:-1]:
        inputs.append(f(inputs[-1]))
    for back, entered in zip(reversed(backwards), reversed(keep(inputs)), strict=True):
        dy = back(entered, dy)
    return dy


def _cuts(n, k):
    return [n * i // k for i in range(k + 1)]


def _checkpointed(forwards, backwards, x, dy, k):
    cuts, entries = _cuts(len(forwards), k), []
    for start, stop in zip(cuts, cuts[1:], strict=False):
        entries.append(x)
        for f in forwards[start:stop]:
            x = f(x)
    for start, stop, entry in reversed(list(zip(cuts, cuts[1:], entries, strict=False))):
        inputs = [entry]
        for f in forwards[start : stop - 1]:
            inputs.append(f(inputs[-1]))
        for back, entered in zip(reversed(backwards[start:stop]), reversed(inputs), strict=True):
            dy = back(entered, dy)
    return dy


def _fixed_length(forwards, backwards, x, dy, k):
    n = len(forwards)
    length = -(-n // k)
    entries = {}
    for i, f in enumerate(forwards):
        if i % length == 0:
            entries[i] = x
        x = f(x)
    for start in sorted(entries, reverse=True):
        inputs, here = [], entries[start]
        for f in forwards[start : start + length]:
            inputs.append(here)
            here = f(here)
        while inputs:
            dy = backwards[start + len(inputs) - 1](inputs.pop(), dy)
    return dy


def _recursive(forwards, backwards, x, dy, k):
    if len(forwards) == 1:
        return backwards[0](x, dy)
    half = len(forwards) // 2
    middle = x
    for f in forwards[:half]:
        middle = f(middle)
    dy = _recursive(forwards[half:], backwards[half:], middle, dy, k)
    return _recursive(forwards[:half], backwards[:half], x, dy, k)


def _segments_in_order(forwards, backwards, x, dy, k):
    """Back inside each segment, but the first segment first."""
    cuts = _cuts(len(forwards), k)
    for start, stop in zip(cuts, cuts[1:], strict=False):
        inputs = [x]
        for f in forwards[start:stop]:
            inputs.append(f(inputs[-1]))
        x = inputs.pop()
        for back, entered in zip(reversed(backwards[start:stop]), reversed(inputs), strict=True):
            dy = back(entered, dy)
    return dy


def _entries_for_all(forwards, backwards, x, dy, k):
    """Every layer of a segment is walked back at what entered the segment."""
    cuts = _cuts(len(forwards), k)

    def keep(inputs):
        held = []
        for start, stop in zip(cuts, cuts[1:], strict=False):
            held += [inputs[start]] * (stop - start)
        return held

    return _plain(forwards, backwards, x, dy, k, keep)


def _outputs(forwards, backwards, x, dy, k):
    """Every layer is walked back at its output."""
    outputs = [x]
    for f in forwards:
        outputs.append(f(outputs[-1]))
    for back, out in zip(reversed(backwards), reversed(outputs[1:]), strict=True):
        dy = back(out, dy)
    return dy


def _leftover(forwards, backwards, x, dy, k):
    """k segments of n // k layers; the layers that are left over are never walked back."""
    length = len(forwards) // k
    inputs = [x]
    for f in forwards:
        inputs.append(f(inputs[-1]))
    for i in reversed(range(k * length)):
        dy = backwards[i](inputs[i], dy)
    return dy


def _last_segment_missing(forwards, backwards, x, dy, k):
    cuts = _cuts(len(forwards), k)
    inputs = [x]
    for f in forwards:
        inputs.append(f(inputs[-1]))
    for i in reversed(range(cuts[-2])):
        dy = backwards[i](inputs[i], dy)
    return dy


def _not_back_inside(forwards, backwards, x, dy, k):
    """Segments from the last to the first, but the layers of each in the order of forward."""
    cuts = _cuts(len(forwards), k)
    inputs = [x]
    for f in forwards:
        inputs.append(f(inputs[-1]))
    for start, stop in reversed(list(zip(cuts, cuts[1:], strict=False))):
        for i in range(start, stop):
            dy = backwards[i](inputs[i], dy)
    return dy


checkpointed_gradient = Exercise(
    name="checkpointed_gradient",
    chapter=7,
    minutes=40,
    statement=(
        "A row of n layers, each given as a function forwards[i](x) -> y and a function "
        "backwards[i](x, dy) -> dx, where x is what enters the layer. Return the gradient of what "
        "enters the first layer, for the gradient dy of what leaves the last. Cut the row into k "
        "segments, keep only what enters each of them, and compute the rest again, one segment at "
        "a time. n need not be a multiple of k."
    ),
    reference=_checkpointed,
    cases=_row,
    case_note=lambda forwards, backwards, x, dy, k: (
        f"{len(forwards)} layers, {k} segments, x {x.shape}"
    ),
    returns=("dx",),
    tolerance=1e-9,
    equivalents=(_fixed_length, _recursive, _plain),
    misconceptions=(
        Misconception(
            "not-reversed",
            "the layers were walked back from the first to the last. The gradient comes from the "
            "end of the row.",
            lambda forwards, backwards, x, dy, k: _plain(
                forwards, backwards[::-1], x, dy, k, lambda inputs: inputs[::-1]
            ),
        ),
        Misconception(
            "segments-in-order",
            "each segment is walked back from its end, but the segments come in the wrong order: "
            "the last one is first.",
            _segments_in_order,
        ),
        Misconception(
            "not-back-inside",
            "the segments come in the right order, but inside each the layers do not: the last one "
            "is first there too.",
            _not_back_inside,
        ),
        Misconception(
            "entry-for-every-layer",
            "every layer was walked back with what entered its segment. It needs what entered the "
            "layer itself: run the segment forward again.",
            _entries_for_all,
        ),
        Misconception(
            "output-instead-of-input",
            "the layers were walked back with what leaves them. backwards[i] wants what enters.",
            _outputs,
        ),
        Misconception(
            "left-over-layers",
            "n is not always a multiple of k, and the layers that were left over at the end were "
            "not walked back.",
            _leftover,
        ),
        Misconception(
            "last-segment-missing",
            "the last segment was not walked back.",
            _last_segment_missing,
        ),
        Misconception(
            "data-for-every-layer",
            "every layer was walked back with the data x. It needs what entered the layer itself.",
            lambda forwards, backwards, x, dy, k: _plain(
                forwards, backwards, x, dy, k, lambda inputs: [x] * len(inputs)
            ),
        ),
        Misconception(
            "output-returned",
            "that is what leaves the row. Its gradient with respect to what enters is asked.",
            lambda forwards, backwards, x, dy, k: forwards[-1](_forward_to_last(forwards, x)),
        ),
    ),
    hints=(
        "Two loops over the segments: one forward, which keeps what enters each, and one back, the "
        "last segment first.",
        "In the second loop, run the segment forward once more from its entry and keep what enters "
        "each of its layers; then walk these back, last one first.",
        "Let segment s have the layers from n * s // k up to n * (s + 1) // k, so that nothing is "
        "left over. `inputs.pop()` hands out what was kept, last first.",
    ),
    after="The gradients agree. Keep the k entries and one segment, and you hold k + n/k, not n.",
    another="""
def checkpointed_gradient(forwards, backwards, x, dy, k):
    if k == 1:  # one segment: plain backpropagation
        inputs = [x]
        for f in forwards[:-1]:
            inputs.append(f(inputs[-1]))
        while inputs:
            dy = backwards[len(inputs) - 1](inputs.pop(), dy)
        return dy
    cut = len(forwards) // k  # behind it: a shorter row, one segment less
    entry = x
    for f in forwards[:cut]:
        entry = f(entry)
    dy = checkpointed_gradient(forwards[cut:], backwards[cut:], entry, dy, k - 1)
    return checkpointed_gradient(forwards[:cut], backwards[:cut], x, dy, 1)
""",
)


def _forward_to_last(forwards, x):
    for f in forwards[:-1]:
        x = f(x)
    return x
