"""Backpropagation from the ground up: a small, fast, honest neural-network library on NumPy.

A network, from its first weights to a training:

    rng = np.random.default_rng(0)
    net = bplib.Sequential(
        bplib.Linear(64, 100, rng=rng), bplib.ReLU(), bplib.Linear(100, 10, rng=rng)
    )
    optimizer = bplib.optim.Adam(net.parameters(), lr=1e-3)
    loss = bplib.losses.softmax_cross_entropy
    bplib.fit(net, loss, X, labels, optimizer, epochs=20, rng=rng)     # X (m, 64), labels (m,)

Where to look; `help(bplib.ops)` and so on say more:

    ops         every differentiable operation as a pair of functions, forward and backward
    losses      how wrong a batch of predictions is, as pairs too
    layers      Linear, ReLU, BatchNorm …: pairs with parameters
    init        the numbers that weights begin with
    gradcheck   whether a derivative is right, by nudging the inputs
    tape        automatic differentiation, which records the same pairs
    optim       SGD, Adam …, schedules of the learning rate, clipping
    train       fit, and what watches it: early stopping, checkpoints, callbacks of your own
    data        real data that comes along, synthetic data, batches and splits
    metrics     accuracy, F1, AUC, R² …
    io          save and load what was learned
    draw        figures: graphs, loss surfaces, learning curves
    checks      the exercises of the book: check, hint, progress
    backend     where an array lives: NumPy, or CuPy on a GPU
    errors      what goes wrong, in a sentence each

Rows are samples, as in X (m, n), and randomness is passed in, as `rng`.
"""

import importlib
from typing import TYPE_CHECKING

from bplib import backend, errors, init, layers, ops
from bplib.gradcheck import gradcheck, numerical_gradient
from bplib.layers import (
    ELU,
    GELU,
    BatchNorm,
    Dropout,
    Embedding,
    Flatten,
    Layer,
    LayerNorm,
    LeakyReLU,
    Linear,
    LogSoftmax,
    Parameter,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from bplib.net import Checkpointed, Residual, Sequential

__version__ = "0.1.0"

__all__ = [
    "ELU",
    "GELU",
    "BatchNorm",
    "Checkpointed",
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
    "Residual",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "backend",
    "checks",
    "data",
    "draw",
    "errors",
    "fit",
    "gradcheck",
    "init",
    "io",
    "layers",
    "losses",
    "metrics",
    "numerical_gradient",
    "ops",
    "optim",
    "tape",
    "train",
]

# Loaded when they are first asked for, so that `import bplib` costs little more than NumPy does.
_ON_FIRST_USE = ("checks", "data", "draw", "io", "losses", "metrics", "optim", "tape", "train")

if TYPE_CHECKING:  # what a checker of types and an editor see: every name, and no other
    from bplib import checks, data, draw, io, losses, metrics, optim, tape, train
    from bplib.train import fit
else:

    def __getattr__(name):
        if name in _ON_FIRST_USE:
            return importlib.import_module(f"bplib.{name}")
        if name == "fit":
            return importlib.import_module("bplib.train").fit
        if name.startswith("_"):  # asked for by tools, not by people
            raise AttributeError(f"bplib has no {name}")
        from importlib.util import find_spec  # here, because only a mistake needs it

        if find_spec(f"bplib.{name}"):  # `from bplib import doctor` asks here before it loads it
            raise AttributeError(f"bplib.{name} comes with import bplib.{name}.")
        raise AttributeError(str(errors.unknown("part of bplib", name, _everything())))


def _everything() -> list[str]:
    """What is public here and in the parts that hold no exercises and no figures."""
    names = list(__all__)
    for part in ("data", "init", "io", "losses", "metrics", "ops", "optim", "tape", "train"):
        public = importlib.import_module(f"bplib.{part}").__all__
        names += [f"{part}.{name}" for name in public if not name.endswith("_backward")]
    return names


def __dir__() -> list[str]:
    return sorted(
        ["__all__", "__doc__", "__file__", "__name__", "__path__", "__version__", *__all__]
    )
