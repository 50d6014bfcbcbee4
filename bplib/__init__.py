"""Backpropagation from the ground up: a small, fast, honest neural-network library on NumPy."""

import importlib
from typing import Any

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


def __getattr__(name: str) -> Any:
    if name in _ON_FIRST_USE:
        return importlib.import_module(f"bplib.{name}")
    if name == "fit":
        return importlib.import_module("bplib.train").fit
    if name.startswith("__"):
        raise AttributeError(name)
    raise AttributeError(str(errors.unknown("part of bplib", name, __all__)))


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
