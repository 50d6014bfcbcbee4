"""What predictions and labels are allowed to be, and the sentence when they are something else."""

from __future__ import annotations

import numpy as np

from bplib import expect
from bplib.backend import Array, to_numpy, xp_of
from bplib.errors import DTypeError, ShapeError


def classes(
    metric: str, prediction: Array, labels: Array, n_classes: int | None = None
) -> tuple[np.ndarray, np.ndarray, int]:
    """The predicted and the right class of every sample, on the host.

    Arguments:
        metric: who asks; it opens the sentence.
        prediction: (m,), class numbers, or (m, k), scores; the largest one of a row wins, the
            first of them where several are equal.
        labels: (m,), class numbers.
        n_classes: k; None takes it from the scores, or one more than the largest number.

    Returns:
        Two arrays (m,) of integers, and k.

    Raises:
        ShapeError: where the shapes do not fit.
        DTypeError: where class numbers are not whole.
        DomainError: where a class number is negative or not below k, or a score is NaN.
    """
    needed = "an array is needed, of class numbers (m,) or scores (m, k)"
    expect.plain(metric, "prediction", prediction, needed)
    dtype = prediction.dtype
    k = None if n_classes is None else expect.count(metric, "n_classes", n_classes)
    if dtype.kind not in "iu":
        if prediction.ndim != 2:
            raise DTypeError(
                f"{metric}: prediction has shape {prediction.shape} and dtype {dtype}; class "
                "numbers are whole, as in (p > 0.5).astype(int), and scores have shape (m, k)."
            )
        scores(metric, "prediction", prediction)
        several(metric, "prediction", prediction)
        if k not in (None, prediction.shape[1]):
            raise ShapeError(
                f"{metric}: n_classes is {k}, but prediction has {prediction.shape[1]} columns."
            )
        k = prediction.shape[1]
        predicted = prediction.argmax(axis=1)
    else:
        predicted = numbers(metric, "prediction", prediction, k)
    labels = numbers(metric, "labels", labels, k)
    one_each(metric, "prediction", predicted, labels)
    here, right = to_numpy(predicted).astype(np.int64), to_numpy(labels).astype(np.int64)
    return here, right, int(max(here.max(), right.max())) + 1 if k is None else k


def numbers(metric: str, name: str, values: Array, k: int | None = None) -> Array:
    """Class numbers: whole, along one axis, from 0 to k - 1.

    Arguments:
        metric: who asks.
        name: the argument's name.
        values: (m,), integers.
        k: the number of classes, or None where any number may be one.

    Returns:
        The same array.

    Raises:
        ShapeError: where there is not one axis, or the array is empty.
        DTypeError: where it is not an array of integers.
        DomainError: where a number is negative or not below k.
    """
    expect.plain(metric, name, values, "an array of integers is needed")
    dtype = values.dtype
    if values.ndim != 1:
        raise ShapeError(
            f"{metric}: {name} has shape {values.shape}; it needs (m,){_way(name, values)}."
        )
    if dtype.kind not in "iu":
        raise DTypeError(
            f"{metric}: {name} holds {dtype} values; integers are needed, "
            f"for example {name}.astype(int)."
        )
    if values.size == 0:
        raise ShapeError(f"{metric}: {name} is empty, its shape is {values.shape}.")
    if k is None:
        expect.everywhere(metric, name, values, values >= 0, "classes are numbered from 0")
    else:
        known = (values >= 0) & (values < k)
        expect.everywhere(metric, name, values, known, f"{k} classes have the numbers 0 to {k - 1}")
    return values


def _way(name: str, values: Array) -> str:
    """How class numbers are found in an array of two axes."""
    if values.ndim != 2:
        return ""
    if values.shape[1] == 1:
        return f", as {name}[:, 0] has"
    return f"; {name}.argmax(axis=1) finds the ones of one-hot rows"


def several(metric: str, name: str, values: Array) -> None:
    """There are two columns or more: of one, the largest is always the same.

    Arguments:
        metric: who asks.
        name: the argument's name.
        values: (m, k), scores.

    Raises:
        ShapeError: for one column.
    """
    if values.shape[1] == 1:
        raise ShapeError(
            f"{metric}: {name} has shape {values.shape}, and its only column always wins; "
            f"({name}[:, 0] > 0).astype(int) are the classes of logits, > 0.5 of probabilities."
        )


def sides(metric: str, labels: Array) -> Array:
    """Labels of two classes, 0 and 1, integers or booleans.

    Arguments:
        metric: who asks.
        labels: (m,).

    Returns:
        The labels as integers.

    Raises:
        ShapeError: where there is not one axis, or the array is empty.
        DTypeError: where it is not an array of integers or booleans.
        DomainError: where a label is neither 0 nor 1.
    """
    if getattr(getattr(labels, "dtype", None), "kind", None) == "b":
        labels = labels.astype(np.int64)
    return numbers(metric, "labels", labels, 2)


def scores(metric: str, name: str, values: Array) -> None:
    """Real floats without NaN, which is larger and smaller than nothing.

    Arguments:
        metric: who asks.
        name: the argument's name.
        values: float array of any shape.

    Raises:
        ShapeError: for an empty array.
        DTypeError: where it is not an array of real floats.
        DomainError: where an entry is NaN.
    """
    expect.reals(metric, **{name: values})
    there = ~xp_of(values).isnan(values)
    expect.everywhere(metric, name, values, there, "such a score has no place in an order")


def one_each(metric: str, name: str, values: Array, labels: Array) -> None:
    """There are as many labels as samples, and they live in one place.

    Arguments:
        metric: who asks.
        name: of the predictions.
        values: array with m rows.
        labels: (m,).

    Raises:
        ShapeError: where the numbers differ.
        DTypeError: where they live on different devices.
    """
    if len(values) != len(labels):
        raise ShapeError(
            f"{metric}: {name} holds {len(values)} samples, but there are {len(labels)} labels."
        )
    xp_of(values, labels)
