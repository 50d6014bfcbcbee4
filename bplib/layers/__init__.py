"""Layers: an operation together with its parameters and the cache of its last forward pass.

    y = layer.forward(x)        # calls the pair's forward function and keeps its cache
    dx = layer.backward(dy)     # calls the pair's backward function; parameters get their .grad

`backward` adds to `.grad`, here and on the tape: a parameter that is used twice, or a batch that
is processed in pieces, sums its gradients. Call `zero_grad()` before each new step.

What stands between the two calls is kept without a copy: leave x, y and the parameters as they are
from forward until backward has been called, or the gradients are those of other numbers.
"""

from bplib.layers.activations import (
    ELU,
    GELU,
    Activation,
    LeakyReLU,
    LogSoftmax,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from bplib.layers.base import Layer
from bplib.layers.dropout import Dropout
from bplib.layers.embedding import Embedding
from bplib.layers.flatten import Flatten
from bplib.layers.linear import Linear
from bplib.layers.normalisation import BatchNorm, LayerNorm
from bplib.layers.parameter import Buffer, Parameter

__all__ = [
    "ELU",
    "GELU",
    "Activation",
    "BatchNorm",
    "Buffer",
    "Dropout",
    "Embedding",
    "Flatten",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "Parameter",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
]
