"""What a data set is: two arrays, and everything a reader has to know about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bplib.errors import NotReadyError, unknown


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Samples with their targets, and where they come from.

    Rows are samples: row i of ``X`` belongs to entry i of ``y``.

    Fields:
        name: what the data set is called.
        X: (m, n) array of floats, in the units of ``units``.
        y: (m,) array, floats for a measured target, int64 for class labels.
        feature_names: n short names, one for each column of X.
        units: n units, one for each column of X ("" where the number has none).
        feature_notes: n short explanations, one for each column of X.
        target_name: what y is, with its unit.
        description: where the numbers were measured and what to know before using them.
        source: who published them, and the year.
        licence: under which terms they may be used.
        citation: the reference to give in a text of your own.
        image_shape: (rows, columns) where a sample is an image, (colours, rows, columns) where it
            has colours, else None.
        class_names: what each label stands for, where the labels are not names already.

    Raises:
        NotReadyError: from ``images`` where the samples are not images.
        UnknownNameError: from ``column`` for a name that is not in ``feature_names``.
    """

    name: str
    X: np.ndarray
    y: np.ndarray
    feature_names: tuple[str, ...]
    units: tuple[str, ...]
    feature_notes: tuple[str, ...]
    target_name: str
    description: str
    source: str
    licence: str
    citation: str
    image_shape: tuple[int, ...] | None = None
    class_names: tuple[str, ...] = ()

    @property
    def images(self) -> np.ndarray:
        """The samples as images: (m, rows, columns) or (m, colours, rows, columns), X's memory."""
        if self.image_shape is None:
            raise NotReadyError(
                f"Dataset.images: the samples of {self.name} are not images; "
                f"use X, which has shape {self.X.shape}."
            )
        return self.X.reshape(len(self.X), *self.image_shape)

    def column(self, feature: str) -> np.ndarray:
        """One feature of every sample, by name: X[:, j].

        Arguments:
            feature: one of `feature_names`.

        Returns:
            A fresh (m,) array, in the feature's unit.

        Raises:
            UnknownNameError: where no feature has this name; the sentence offers the closest.
        """
        if feature not in self.feature_names:
            raise unknown("feature", feature, self.feature_names)
        return self.X[:, self.feature_names.index(feature)].copy()

    def __repr__(self) -> str:
        lines = [
            f"{self.name}: X {self.X.shape} {self.X.dtype}, y {self.y.shape} {self.y.dtype}",
            f"  y: {self.target_name}",
        ]
        if self.image_shape is None:
            width = max(len(name) for name in self.feature_names)
            features = zip(self.feature_names, self.units, self.feature_notes, strict=True)
            for name, unit, note in features:
                lines.append(f"  {name:<{width}}  {note}{f' [{unit}]' if unit else ''}")
        else:
            *colours, rows, columns = self.image_shape
            size = f"{rows} × {columns} pixels{f' in {colours[0]} colours' if colours else ''}"
            lines.append(f"  X: images of {size}, one image a row (see images)")
        if self.class_names:
            lines.append(f"  classes: {', '.join(self.class_names)}")
        lines += [f"  source: {self.source}", f"  licence: {self.licence}"]
        return "\n".join(lines)
