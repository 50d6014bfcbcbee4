"""A bar that shows how far training is: tqdm's, in a notebook or a terminal."""

from __future__ import annotations

import os
import sys
import warnings
from typing import Any

from bplib.errors import DTypeError, MissingExtraError, kind_of, need
from bplib.train.callback import Callback
from bplib.train.run import Run


class Progress(Callback):
    """A bar over all steps, with the loss of the last batch and what the last epoch brought.

    Without tqdm there is no bar, and nothing is said about it unless a bar was asked for.

    Arguments:
        wanted: True, False, or None for a bar where somebody may look at it; see `somebody_looks`.

    Raises:
        DTypeError: for something else.
        MissingExtraError: for True where tqdm is not installed.
    """

    def __init__(self, wanted: bool | None) -> None:
        if not (wanted is None or isinstance(wanted, bool)):
            raise DTypeError(
                f"fit: progress is {kind_of(wanted)}; it is True, False or None, for a bar where "
                "somebody may look at it."
            )
        self._wanted = somebody_looks() if wanted is None else wanted
        if wanted:
            need("tqdm", "train", "fit(progress=True)")
        self._bar: Any = None
        self._said: dict[str, str] = {}

    def begin(self, run: Run) -> None:
        """Show the bar."""
        if not self._wanted:
            return
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # without widgets a notebook gets a bar of text
                tqdm = need("tqdm.auto", "train", "fit").tqdm
                self._bar = tqdm(
                    total=run.epochs * run.steps_per_epoch,
                    initial=run.history.epochs * run.steps_per_epoch
                    + (0 if run.part is None else run.step),
                    desc=f"epoch {run.history.epochs + 1}/{run.epochs}",
                    unit="step",
                )
        except MissingExtraError:
            self._bar = None

    def after_step(self, run: Run) -> None:
        """One step further."""
        if self._bar is not None and self._bar.update():  # True where the bar was drawn anew
            self._bar.set_description(f"epoch {run.epoch}/{run.epochs}", refresh=False)
            self._bar.set_postfix({"loss": f"{run.loss:.4g}", **self._said})

    def after_epoch(self, run: Run) -> None:
        """What the epoch brought."""
        if self._bar is not None:
            self._bar.set_description(f"epoch {run.epoch}/{run.epochs}", refresh=False)
            said = {name: f"{run.history.last[name]:.4g}" for name in run.names}
            self._bar.set_postfix(said, refresh=False)
            self._said = {name: text for name, text in said.items() if name != "loss"}

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def somebody_looks() -> bool:
    """Whether this is a notebook, or a terminal whose error stream is on the screen.

    Returns:
        False in a script whose output goes to a file, and, so that the outputs of a notebook can
        be compared, where a variable of the environment says that nobody looks: TQDM_DISABLE; or
        BPLIB_PROGRESS=memory, as `make test` and `make sync` set it; or PYTEST_CURRENT_TEST, which
        pytest sets, also for the notebooks that nbval runs.
    """
    said = os.environ.get
    if said("TQDM_DISABLE", "0") not in ("", "0"):
        return False
    if said("BPLIB_PROGRESS") == "memory" or "PYTEST_CURRENT_TEST" in os.environ:
        return False
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    in_notebook = type(shell).__name__ == "ZMQInteractiveShell"
    return in_notebook or bool(getattr(sys.stderr, "isatty", lambda: False)())
