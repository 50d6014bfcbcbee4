"""The best weights so far, in a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from bplib import io
from bplib.io.place import named, writable
from bplib.train.callback import Callback
from bplib.train.run import Run
from bplib.train.watch import Watch


class SaveBest(Callback):
    """The best weights so far, in a file that `bplib.io.load(path, into=net)` reads.

    Arguments:
        path: the file; it is replaced, whole or not at all, whenever there is a new best.
        monitor: the curve of the history to watch.
        larger_is_better: whether it should rise; None for what its name says: an accuracy rises, a
            loss falls. A metric of your own needs True or False.

    Attributes:
        path: as given.

    Raises:
        DTypeError: for a path that is none, a monitor that is not text, or a larger_is_better
            that is neither True, False nor None.
        DomainError: in `fit`, where there is no validation data to watch, nothing says which way
            the curve gets better, or the path is a folder.
        UnknownNameError: in `fit`, for a curve that the history will not have.
        MissingFileError: in `fit`, where the folder does not exist.
        FileAccessError: in `fit`, where nothing may be written there.
        MissingExtraError: in `fit`, where safetensors is not installed.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        monitor: str = "validation_loss",
        larger_is_better: bool | None = None,
    ) -> None:
        named("SaveBest: path", path)
        self.path = path
        self._watch = Watch("SaveBest", monitor, larger_is_better)

    def begin(self, run: Run) -> None:
        """Forget an earlier training."""
        writable("SaveBest: path", self.path)
        self._watch.begin(run)

    def after_epoch(self, run: Run) -> None:
        """Write the file where this epoch was the best one."""
        if self._watch.improved(run):
            best = {self._watch.monitor: self._watch.best}
            io.save(self.path, run.net, epoch=run.epoch, **best)

    def state_dict(self) -> dict[str, Any]:
        """The best number, and when that was."""
        return self._watch.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from there."""
        self._watch.load_state_dict(state)

    def __repr__(self) -> str:
        return f"SaveBest({str(self.path)!r}, {self._watch})"
