"""One of every layer, with a batch that it takes: the table that the tests of layers share."""

import numpy as np

import bplib
from bplib import Residual, Sequential


def every_layer(dtype=np.float64):
    """{name: (a function that makes the layer, a batch for it)}."""
    rng = np.random.default_rng(11)

    def seeded():
        return np.random.default_rng(5)

    x = rng.uniform(0.2, 2, (6, 5)) * rng.choice([-1, 1], (6, 5))  # no entry near a corner
    cube, labels = rng.standard_normal((6, 3, 4)), rng.integers(0, 7, (6, 3))
    table = {
        "Linear": (lambda: bplib.Linear(5, 3, rng=seeded(), dtype=dtype), x),
        "BatchNorm": (lambda: bplib.BatchNorm(5, dtype=dtype), x),
        "LayerNorm": (lambda: bplib.LayerNorm(4, dtype=dtype), cube),
        "Embedding": (lambda: bplib.Embedding(7, 4, rng=seeded(), dtype=dtype), labels),
        "Dropout": (lambda: bplib.Dropout(0.4, rng=seeded()), x),
        "Flatten": (bplib.Flatten, cube),
        "ReLU": (bplib.ReLU, x),
        "LeakyReLU": (lambda: bplib.LeakyReLU(0.2), x),
        "ELU": (lambda: bplib.ELU(0.7), x),
        "GELU": (bplib.GELU, x),
        "Sigmoid": (bplib.Sigmoid, x),
        "Tanh": (bplib.Tanh, x),
        "Softplus": (bplib.Softplus, x),
        "Softmax": (bplib.Softmax, x),
        "LogSoftmax": (bplib.LogSoftmax, x),
        "Sequential": (
            lambda: Sequential(
                bplib.Embedding(7, 4, rng=seeded(), dtype=dtype),
                bplib.Flatten(),
                bplib.BatchNorm(12, dtype=dtype),
                bplib.Linear(12, 3, rng=seeded(), dtype=dtype),
            ),
            labels,
        ),
        "Residual": (
            lambda: Residual(
                bplib.BatchNorm(5, dtype=dtype),
                bplib.Dropout(0.3, rng=seeded()),
                bplib.Linear(5, 5, rng=seeded(), dtype=dtype),
            ),
            x,
        ),
    }
    table["Checkpointed"] = (lambda: bplib.Checkpointed(*table["Residual"][0]().layers), x)
    return {
        name: (make, batch if batch.dtype.kind == "i" else batch.astype(dtype))
        for name, (make, batch) in table.items()
    }
