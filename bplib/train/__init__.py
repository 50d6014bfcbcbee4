"""Training: from a network, data and an optimizer to a History.

    history = bplib.fit(
        net, losses.softmax_cross_entropy, X, y, optimizer,
        epochs=20, batch_size=32, rng=rng,
        validation=(X_validation, y_validation), metrics=["accuracy"],
        callbacks=[train.EarlyStopping(patience=5)], checkpoint="run.safetensors",
    )
    history.validation_accuracy[-1]
    history.plot()

What is a policy is a callback: an object of a subclass of `Callback` with some of its methods, or
a function of one argument, the `Run`, which is called after each epoch.
"""

from bplib.train.callback import Callback
from bplib.train.checkpoint import Checkpoint
from bplib.train.clip import ClipGradients
from bplib.train.early_stopping import EarlyStopping
from bplib.train.gradient_statistics import GradientStatistics
from bplib.train.history import History
from bplib.train.loop import fit
from bplib.train.measures import evaluate
from bplib.train.run import Run
from bplib.train.save_best import SaveBest

__all__ = [
    "Callback",
    "Checkpoint",
    "ClipGradients",
    "EarlyStopping",
    "GradientStatistics",
    "History",
    "Run",
    "SaveBest",
    "evaluate",
    "fit",
]
