"""Optimizers: rules that turn gradients into steps; schedules of the learning rate; clipping.

    optimizer = optim.AdamW(layer.parameters(), lr=1e-3, weight_decay=0.01)
    schedule = optim.schedules.linear_warmup(100).then(optim.schedules.cosine(900))
    scheduler = optim.Scheduler(optimizer, schedule)
    ...
    optim.clip_by_global_norm(layer.parameters(), 1.0)
    optimizer.step()
    scheduler.step()

An optimizer holds the parameters, not copies of them, and changes their values in place. A
parameter is anything with ``.value`` and ``.grad``: a layer's Parameter or a leaf of the tape.

Parameters may also come as groups, each with settings of its own; what a group does not say, it
takes from the optimizer:

    optim.SGD([{"parameters": [W], "weight_decay": 1e-4}, {"parameters": [b], "lr": 0.2}], lr=0.1)
"""

from typing import TYPE_CHECKING

from bplib.errors import misspelt
from bplib.optim import schedules
from bplib.optim.adaptive import AdaGrad, Adam, AdamW, RMSProp
from bplib.optim.base import Optimizer
from bplib.optim.clipping import clip_by_global_norm, clip_by_value
from bplib.optim.schedules import Scheduler
from bplib.optim.sgd import SGD, Momentum, Nesterov

__all__ = [
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "RMSProp",
    "Scheduler",
    "clip_by_global_norm",
    "clip_by_value",
    "schedules",
]

if not TYPE_CHECKING:  # with it, a checker of types would let every name pass
    __getattr__ = misspelt("optim", __all__)
