"""bplib with layers that keep little of the forward pass and compute the rest again."""

from benchmarks.peers import layers

TITLE = "bplib checkpointed"
NEEDS = ("numpy",)


def prepare(case):
    import bplib

    return layers.prepare(case, bplib.Checkpointed)
