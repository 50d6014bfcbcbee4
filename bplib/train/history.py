"""What training has to tell: one number for each name and epoch."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from typing import Any

from bplib.errors import MissingExtraError, NotReadyError, unknown

NAN = float("nan")

SHOWN = 8
"""Rows of the printed table; the middle of a longer one is left out."""


class History(Mapping[str, list[float]]):
    """One list for each name, with one number for each finished epoch.

    `history["loss"]` and `history.loss` are the same; `plot` draws the curves, and in a notebook a
    history shows itself so.

    Arguments:
        metrics: the names of what is measured beside the loss.

    Attributes:
        ended: why training ended, in words; empty while it goes on.
        interrupted: whether it was by Ctrl-C.

    Raises:
        UnknownNameError: for a name that was not recorded; AttributeError for an attribute.
    """

    def __init__(self, metrics: tuple[str, ...] = ()) -> None:
        self._metrics = metrics
        self._curves: dict[str, list[float]] = {}
        self._epochs = 0
        self.ended = ""
        self.interrupted = False

    @property
    def epochs(self) -> int:
        """How many epochs were finished: the length of every list."""
        return self._epochs

    @property
    def last(self) -> dict[str, float]:
        """The numbers of the last finished epoch, by name."""
        return {name: curve[-1] for name, curve in self._curves.items()}

    @property
    def metrics(self) -> dict[str, list[float]]:
        """The lists of the metrics, of training and of validation, by name."""
        return {name: self[name] for name in self if name in self._metrics}

    def __getitem__(self, name: str) -> list[float]:
        if name not in self._curves:
            raise unknown("curve in the history", str(name), self._curves)
        return self._curves[name].copy()

    def __getattr__(self, name: str) -> list[float]:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._curves:
            raise AttributeError(str(unknown("curve in the history", name, self._curves)))
        return self[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The list of a name, or the default where it was not recorded."""
        return self[name] if name in self else default

    def __contains__(self, name: object) -> bool:
        return name in self._curves

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *filter(str.isidentifier, self)})

    def __iter__(self) -> Iterator[str]:
        return iter(self._curves)

    def __len__(self) -> int:
        return len(self._curves)

    def _finish(self, numbers: Mapping[str, float]) -> None:
        """One epoch more; what was not recorded in an epoch is NaN there."""
        for name in dict.fromkeys([*self._curves, *numbers]):
            curve = self._curves.setdefault(name, [NAN] * self._epochs)
            curve.append(numbers.get(name, NAN))
        self._epochs += 1

    def _add(self, numbers: Mapping[str, float]) -> None:
        """More numbers of the epoch that was finished last."""
        for name, number in numbers.items():
            self._curves.setdefault(name, [NAN] * self._epochs)[-1] = number

    def _continue(self, curves: Mapping[str, list[float]], epochs: int) -> None:
        """Go on from what was recorded before."""
        self._curves, self._epochs = dict(curves), epochs

    def plot(self, *names: str, title: str | None = None) -> Any:
        """Draw the curves: the losses, and beside them the metrics where there are any.

        Arguments:
            names: what to draw instead, in one picture. A name stands also for all that begin
                with it and a point, as "gradient_norm" for those of all parameters.
            title: a line above the axes.

        Returns:
            The matplotlib Figure.

        Raises:
            NotReadyError: before the first epoch is finished.
            UnknownNameError: for a name that was not recorded.
            MissingExtraError: where matplotlib is not installed.
        """
        # Pictures live on the floor above. This is the one look upwards: a history that draws
        # itself is worth more than a straight line in the table of floors.
        draw = importlib.import_module("bplib.draw")
        if not self._epochs:
            raise NotReadyError("History.plot: no epoch was finished, so there is nothing to draw.")
        panels = self._panels(names)
        try:
            fig, axes = draw.figure(
                1, len(panels), width=6.4 + 3.2 * (len(panels) - 1), squeeze=False
            )
        except MissingExtraError as error:
            raise MissingExtraError(
                f"History.plot{str(error).removeprefix('draw.figure')}"
            ) from None
        for ax, (ylabel, chosen) in zip(axes[0], panels.items(), strict=True):
            curves = {name: self[name] for name in chosen}
            draw.learning_curves(curves, first=1, xlabel="epoch", ylabel=ylabel, ax=ax)
            ax.xaxis.get_major_locator().set_params(integer=True)
        if title:
            axes[0][0].set_title(title)
        return fig

    def _panels(self, names: tuple[str, ...]) -> dict[str, list[str]]:
        """What is drawn together, by the name of its axis."""
        if not names:
            losses = [name for name in self if name in ("loss", "validation_loss")]
            metrics = list(self.metrics)
            kinds = {name.removeprefix("validation_") for name in metrics}
            label = "metric" if len(kinds) > 1 else "".join(kinds)
            return {"loss": losses} | ({label: metrics} if metrics else {})
        chosen: list[str] = []
        for name in names:
            members = [one for one in self if one == name or one.startswith(f"{name}.")]
            if not members:
                raise unknown("curve in the history", name, self)
            chosen += members
        return {names[0] if len(names) == 1 else "value": chosen}

    def __repr__(self) -> str:
        epochs = "1 epoch" if self.epochs == 1 else f"{self.epochs} epochs"
        lines = [f"History of {epochs}{f', ended: {self.ended}' if self.ended else ''}"]
        names = [one for one in self if one in ("loss", "validation_loss") or one in self._metrics]
        if names:
            columns = [
                ("epoch", range(1, self.epochs + 1)),
                *((name, self[name]) for name in names),
            ]
            lines += _table([[name, *(f"{n:.4g}" for n in column)] for name, column in columns])
        others = [one for one in self if one not in names]
        if others:
            lines.append(f"  and {', '.join(others[:6])}{' …' if len(others) > 6 else ''}")
        return "\n".join(lines)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle = {"text/plain": repr(self)}
        if self._epochs and importlib.util.find_spec("matplotlib") is not None:
            draw = importlib.import_module("bplib.draw")
            bundle["image/svg+xml"] = draw.svg_of(self.plot())
        return bundle


def _table(columns: list[list[str]]) -> list[str]:
    """Lines with the columns side by side, each set to the right."""
    widths = [max(map(len, column)) for column in columns]
    lines = [
        "  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in zip(*columns, strict=True)
    ]
    if len(lines) > SHOWN + 1:
        lines[SHOWN // 2 : -SHOWN // 2] = [f"  {'…':>{widths[0]}}"]
    return lines
