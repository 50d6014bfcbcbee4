"""A deep network that computes again what it does not keep: memory saved, time spent."""

from __future__ import annotations

import math
from collections.abc import Mapping

from benchmarks import memory, step
from benchmarks.case import Case
from benchmarks.paired import Pace, in_words, ratio
from benchmarks.report import Section, at_most, table

DEPTH = 64
CASE = Case((64,) * DEPTH + (10,), 4096)
"""A wide batch, so that the cache is what counts and the gradients are small beside it."""
PEERS = ("layers", "checkpointed")
MEMORY_AT_MOST = 2 * math.sqrt(DEPTH) / DEPTH
TIME_AT_MOST = 1.5


def run(pace: Pace, environment: Mapping[str, str]) -> Section:
    """Measures the memory of both, and times both."""
    print(f"  {DEPTH} layers ...", flush=True)
    plain, saving = (memory.in_a_process(CASE, peer) for peer in PEERS)
    part = saving.peak / plain.cache
    seconds, _ = step.measured(PEERS, CASE, pace, environment)
    longer = ratio(seconds["checkpointed"], seconds["layers"])
    what = f"checkpointed, {DEPTH} layers"
    claims = [
        at_most(f"{what}: peak memory, of the plain cache", part, MEMORY_AT_MOST),
        at_most(f"{what}: time, of the plain step", longer.median, TIME_AT_MOST, str(longer)),
    ]
    rows = [
        ["Sequential", *map(memory.megabytes, (plain.cache, plain.peak)),
         in_words(seconds["layers"])],
        ["Checkpointed", *map(memory.megabytes, (saving.kept, saving.peak)),
         in_words(seconds["checkpointed"])],
    ]  # fmt: skip
    text = f"{DEPTH} layers of width {CASE.sizes[0]}, batch {CASE.batch}, float32. Kept is what "
    text += "the forward pass leaves for the backward pass, peak the most new memory of the whole "
    text += "step, gradients included.\n\n"
    return Section(
        "Checkpointing", text + table(["", "kept, MB", "peak, MB", "step"], rows), claims
    )
