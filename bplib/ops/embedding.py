"""A table of rows, one for each label, and the rows that were looked up."""

from __future__ import annotations

from bplib import expect
from bplib.backend import Array, Cache, FixedArray, quietly, xp_of
from bplib.errors import DTypeError, ShapeError, kind_of


def embedding(table: Array, labels: FixedArray) -> tuple[Array, Cache]:
    """A row of a table for each label: y = table[labels].

    It is the product of a one-hot matrix with the table, without the matrix.

    Arguments:
        table: (n, d), float array, a row of d numbers for each of n labels.
        labels: array of whole numbers from 0 to n - 1, of any shape, beside the table; it gets no
            gradient.

    Returns:
        `y` (…, d), of the shape of labels and one axis more, and the cache.

    Raises:
        ShapeError: where the table does not have two axes, or an array is empty.
        DomainError: where a label is negative or above n - 1.
        DTypeError: where the table is not a float array, or a label is not a whole number.

    Source: Y. Bengio, R. Ducharme, P. Vincent, C. Jauvin (2003), A Neural Probabilistic Language
        Model, Journal of Machine Learning Research 3, section 2.
    """
    expect.floats("embedding", table=table)
    if table.ndim != 2:
        raise ShapeError(
            f"embedding: table has shape {table.shape}; it needs two axes, (n, d), a row for each "
            "label."
        )
    kind = getattr(getattr(labels, "dtype", None), "kind", "")
    if kind not in ("i", "u"):
        what = f"holds {labels.dtype} values" if kind else f"is {kind_of(labels)}"
        raise DTypeError(f"embedding: labels {what}; an array of whole numbers is needed.")
    expect.together("embedding", table=table, labels=labels)
    if labels.size == 0:
        raise ShapeError(f"embedding: labels is empty, its shape is {labels.shape}.")
    n = table.shape[0]
    known = (labels >= 0) & (labels < n)
    expect.everywhere("embedding", "labels", labels, known, f"the rows are 0 to {n - 1}")
    return table[labels], (table, labels)


@quietly
def embedding_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of the table: dtable = Σ of dy over the places of each label, 0 for the unused rows.

    Arguments:
        dy: (…, d), the upstream gradient, of y's shape.
        cache: of `embedding`.

    Returns:
        `dtable` (n, d).

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    table, labels = cache
    n, d = table.shape
    expect.upstream("embedding_backward", "dy", dy, "y", (*labels.shape, d), table)
    xp = xp_of(dy)
    dtable = xp.zeros(n * d, dtype=dy.dtype)
    # One index for each number rather than for each row: NumPy adds these four times as fast.
    places = labels.reshape(-1, 1).astype(int) * d + xp.arange(d)
    xp.add.at(dtable, places.reshape(-1), dy.reshape(-1))
    return dtable.reshape(n, d)
