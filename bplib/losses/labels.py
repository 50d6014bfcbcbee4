"""What labels are allowed to be: classes by number, classes by probability, or two sides.

The numbers are looked at, because a label that names no class has no loss. On a GPU that costs
one wait for the device.
"""

from __future__ import annotations

from bplib import expect
from bplib.backend import Array, FixedArray, to_numpy, xp_of
from bplib.errors import DomainError, DTypeError, ShapeError

SUM_TOLERANCE = 1e-5
"""How far from 1 the probabilities of a row may sum: what float32 makes of a thousand classes."""


def matrix(loss: str, logits: Array) -> None:
    """The logits are one row of k numbers for each of the m samples.

    Arguments:
        loss: who asks; it opens the sentence.
        logits: (m, k), float array.

    Raises:
        ShapeError: where there are not two axes, or the array is empty.
        DTypeError: where it is not a float array.
    """
    expect.floats(loss, logits=logits)
    if logits.ndim != 2:
        hint = "; one single sample is logits[None, :]" if logits.ndim == 1 else ""
        raise ShapeError(
            f"{loss}: logits has shape {logits.shape}; it needs two axes, (m, k){hint}."
        )


def same_shape(loss: str, name: str, values: Array, labels: FixedArray) -> None:
    """There is one label for each value, whole or float.

    Arguments:
        loss: who asks.
        name: of the values, "logits".
        values: float array.
        labels: array of floats or whole numbers.

    Raises:
        ShapeError: where the shapes differ.
        DTypeError: where one of them is something else, or float32 against float64.
    """
    expect.floats(loss, **{name: values})
    kind = _kind(loss, labels, "an array of labels is needed")
    if kind not in "fiub":
        raise DTypeError(f"{loss}: labels holds {labels.dtype} values; real numbers are needed.")
    if kind == "f":
        expect.floats(loss, **{name: values, "labels": labels})
    if labels.shape != values.shape:
        raise ShapeError(
            f"{loss}: {name} has shape {values.shape}, but labels has shape {labels.shape}; "
            "the two must be equal."
        )
    expect.together(loss, **{name: values, "labels": labels})


def classes(loss: str, logits: Array, labels: FixedArray) -> None:
    """There is one class number from 0 to k - 1 for each row of logits.

    Arguments:
        loss: who asks.
        logits: (m, k), float array.
        labels: (m,), whole numbers.

    Raises:
        ShapeError: where the numbers of samples differ.
        DTypeError: where labels are not whole numbers.
        DomainError: where a label names no class.
    """
    m, k = logits.shape
    if labels.dtype.kind not in "iu":
        raise DTypeError(
            f"{loss}: labels has shape {labels.shape} and dtype {labels.dtype}; class numbers are "
            f"whole, as in labels.astype(int), and probabilities have shape {(m, k)}."
        )
    if len(labels) != m:
        raise ShapeError(
            f"{loss}: logits has {m} rows, but there are {len(labels)} labels; each row needs one."
        )
    if type(logits) is not type(labels):
        expect.together(loss, logits=logits, labels=labels)
    known = (labels >= 0) & (labels < k)
    expect.everywhere(loss, "labels", labels, known, f"{k} classes have the numbers 0 to {k - 1}")


def probabilities(loss: str, name: str, logits: Array, given: FixedArray) -> None:
    """There is one probability for each logit, and every row of them sums to 1.

    Arguments:
        loss: who asks.
        name: of the probabilities, "labels" or "target".
        logits: (m, k), float array.
        given: (m, k), floats of at least 0.

    Raises:
        ShapeError: where the shapes differ.
        DTypeError: for integers, or float32 against float64.
        DomainError: where an entry is negative, or a row does not sum to 1.
    """
    expect.reals(loss, **{name: given})
    expect.floats(loss, logits=logits, **{name: given})
    if given.shape != logits.shape:
        raise ShapeError(
            f"{loss}: logits has shape {logits.shape}, but {name} has shape {given.shape}; "
            "the two must be equal."
        )
    rows_sum_to_one(loss, name, given)


def rows_sum_to_one(op: str, name: str, given: Array) -> None:
    """Every row holds probabilities: none negative, and their sum is 1 but for rounding.

    Arguments:
        op: who asks.
        name: of the probabilities.
        given: (m, k), float array.

    Raises:
        DomainError: where an entry is negative, or a row does not sum to 1.
    """
    expect.everywhere(op, name, given, given >= 0, "a probability is at least 0")
    sums = given.sum(axis=1)
    right = abs(sums - 1) <= SUM_TOLERANCE
    if not to_numpy(right.all()):
        i = int(to_numpy(right).argmin())
        raise DomainError(
            f"{op}: row {i} of {name} sums to {to_numpy(sums)[i]:.6g}; "
            "the probabilities of a row sum to 1."
        )


def by_number(loss: str, labels: FixedArray) -> bool:
    """Whether labels are class numbers, with one axis, and not probabilities, with two.

    Arguments:
        loss: who asks.
        labels: (m,) or (m, k).

    Returns:
        True for one axis, False for two.

    Raises:
        ShapeError: for another number of axes, or class numbers in a column.
        DTypeError: where it is not an array.
    """
    kind = _kind(loss, labels, "an array is needed, of class numbers (m,) or probabilities (m, k)")
    if kind in "iu" and labels.ndim == 2 and labels.shape[1] == 1:
        raise ShapeError(
            f"{loss}: labels has shape {labels.shape}; class numbers have shape (m,), "
            "as labels.ravel() has."
        )
    if labels.ndim not in (1, 2):
        raise ShapeError(
            f"{loss}: labels has shape {labels.shape}; it needs (m,) for class numbers "
            "or (m, k) for probabilities."
        )
    return labels.ndim == 1


def weights(loss: str, logits: Array, class_weights: Array) -> None:
    """There is one weight for each class, finite and at least 0.

    Arguments:
        loss: who asks.
        logits: (m, k), float array.
        class_weights: (k,), float array.

    Raises:
        ShapeError: where the length is another.
        DTypeError: for integers, or float32 against float64.
        DomainError: where a weight is negative or not finite.
    """
    expect.floats(loss, logits=logits, class_weights=class_weights)
    k = logits.shape[1]
    if class_weights.shape != (k,):
        raise ShapeError(
            f"{loss}: class_weights has shape {class_weights.shape}, but logits has {k} columns; "
            f"one weight for each class is needed, ({k},)."
        )
    xp = xp_of(logits)
    usable = (class_weights >= 0) & xp.isfinite(class_weights)
    expect.everywhere(
        loss, "class_weights", class_weights, usable, "a weight is finite and at least 0"
    )


def _kind(loss: str, labels: FixedArray, needed: str) -> str:
    expect.plain(loss, "labels", labels, needed, recorded=False)
    return labels.dtype.kind
