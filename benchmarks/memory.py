"""How much new memory a training step takes, beside what it cannot do without.

    python -m benchmarks.memory PEER CASE      measures one case in this process

tracemalloc counts the memory of NumPy's arrays. The optimizer is made and one whole step is done
while it counts; the parameters and the batch are there before.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from dataclasses import dataclass, replace

from benchmarks.case import Case
from benchmarks.peers import layers
from benchmarks.report import Section, at_most, table
from benchmarks.worker import ROOT

AT_MOST = 1.2
SMALL = 500_000
"""Bytes below which nothing is claimed: there a step's few temporaries are as large as the rest."""
CASES = (
    Case((64, 100, 10), 32),
    Case((784, 256, 128, 10), 64),
    Case((784, 256, 128, 10), 256),
    Case((784, 1024, 1024, 10), 256),
)


@dataclass(frozen=True)
class Memory:
    """Bytes of a training step.

    Fields:
        peak: the most new memory at any moment.
        kept: what the forward pass was seen to keep, the loss's cache included.
        cache, gradients, state: what the network's summary says that it keeps for the backward
            pass, what the gradients take, and what the optimizer's slots take.
    """

    peak: int
    kept: int
    cache: int
    gradients: int
    state: int

    @property
    def needed(self) -> int:
        """What the step cannot do without, as long as nothing is computed twice."""
        return self.cache + self.gradients + self.state


def measure(case: Case, sequential: type | None = None) -> Memory:
    """Measures one step in this process."""
    net = layers.network(case, sequential)
    forward, backward = layers.loss_of(case)
    x, target = case.data()

    def step() -> int:
        update = layers.optimizer(case, net.parameters())
        before, _ = tracemalloc.get_traced_memory()
        _, cache = forward(net.forward(x), target)
        kept = tracemalloc.get_traced_memory()[0] - before
        net.backward_parameters(backward(cache))
        update.step()
        return kept

    step()  # what is imported or made at the first call is no memory of a step
    net.zero_grad()
    net.drop_cache()
    tracemalloc.start()
    kept = step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    summary = net.summary(x.shape, optimizer=layers.optimizer(case, net.parameters()))
    sizes = summary.cache_bytes, summary.gradient_bytes, summary.optimizer_bytes
    return Memory(peak, kept, *sizes)


def in_a_process(case: Case, peer: str = "layers") -> Memory:
    """The same in a process of its own, where nothing else has left anything behind."""
    command = [sys.executable, "-m", "benchmarks.memory", peer, case.to_json()]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Memory(**json.loads(done.stdout))


def megabytes(number: int) -> str:
    """Bytes in millions, to three digits."""
    return f"{number / 1e6:.3g}"


def run() -> Section:
    """Measures every case with both optimizers."""
    claims, rows = [], []
    for case in [replace(c, optimizer=name) for c in CASES for name in ("sgd", "adam")]:
        found = in_a_process(case)
        part = found.peak / found.needed
        what = f"{case.name}, {case.optimizer.upper() if case.optimizer == 'sgd' else 'Adam'}"
        if found.needed > SMALL:
            claims.append(at_most(f"peak memory, {what}: of what is needed", part, AT_MOST))
        numbers = (found.peak, found.cache, found.gradients, found.state)
        rows.append([what, *map(megabytes, numbers), f"{part:.2f}"])
    head = ["MB", "peak", "cache", "gradients", "optimizer", "peak / sum"]
    text = "The most new memory at any moment of a training step, beside the sum of what the "
    text += "forward pass keeps, the gradients, and what the optimizer keeps, as `net.summary` "
    text += "has them (float32).\n\n"
    return Section("Memory of a step", text + table(head, rows), claims)


if __name__ == "__main__":
    kind = None
    if sys.argv[1] == "checkpointed":
        from bplib import Checkpointed as kind
    print(json.dumps(vars(measure(Case.from_json(sys.argv[2]), kind))))
