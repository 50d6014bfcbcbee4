"""Layers composed: one after the other, around a shortcut, or with less memory.

    net = Sequential(Linear(64, 32, rng=rng), ReLU(), Linear(32, 10, rng=rng))
    logits = net.forward(x)         # each layer's output is the next one's input
    dx = net.backward(dlogits)      # the same layers, from the last to the first

A composition is a layer itself, so compositions nest.
"""

from bplib.net.checkpointed import Checkpointed
from bplib.net.sequential import Residual, Sequential

__all__ = ["Checkpointed", "Residual", "Sequential"]
