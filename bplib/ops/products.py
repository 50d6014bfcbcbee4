"""Matrix products, and the linear map that every dense layer is made of."""

from __future__ import annotations

import numpy as np

from bplib import expect
from bplib.backend import Array, Cache, quietly
from bplib.errors import ShapeError
from bplib.ops.broadcasting import sum_to_shape


@quietly
def linear(x: Array, W: Array, b: Array) -> tuple[Array, Cache]:
    """A batch of rows through a matrix, plus a bias: y = x W + b.

    Arguments:
        x: (m, n_in), float array, a batch of m rows.
        W: (n_in, n_out), float array.
        b: (n_out,), float array, added to every row.

    Returns:
        `y` (m, n_out), and the cache.

    Raises:
        ShapeError: where the ranks or the widths do not fit, or an array is empty.
        DTypeError: for integers, or float32 against float64.

    Source: chapter 2, "Columns"; I. Goodfellow, Y. Bengio, A. Courville (2016), Deep Learning,
        section 6.5.
    """
    expect.floats("linear", x=x, W=W, b=b)
    if not (x.ndim == W.ndim == 2 and b.ndim == 1 and x.shape[1] == W.shape[0]):
        raise _misfit(x, W, b)
    if b.shape[0] != W.shape[1]:
        raise _misfit(x, W, b)
    y = x @ W
    y += b
    return y, (x, W)


@quietly
def linear_backward(
    dy: Array, cache: Cache, wanted: tuple[bool, bool, bool] = (True, True, True)
) -> tuple[Array | None, Array | None, Array | None]:
    """Gradients of x W + b: dx = dy Wᵀ, dW = xᵀ dy, db = Σ over the batch of dy.

    The bias is added to every row, so its gradient is the sum over the rows.

    Arguments:
        dy: (m, n_out), the upstream gradient.
        cache: of `linear`.
        wanted: which of the three to compute; a first layer has no use for dx.

    Returns:
        `dx` (m, n_in), `dW` (n_in, n_out), `db` (n_out,); None in place of an unwanted one.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    x, W = cache
    expect.upstream("linear_backward", "dy", dy, "y", (x.shape[0], W.shape[1]), x)
    dx = dy @ W.T if wanted[0] else None
    dW = x.T @ dy if wanted[1] else None
    db = dy.sum(axis=0) if wanted[2] else None
    return dx, dW, db


def _misfit(x: Array, W: Array, b: Array) -> ShapeError:
    if x.ndim != 2:
        hint = "; one single sample is x[None, :]" if x.ndim == 1 else ""
        return ShapeError(f"linear: x has shape {x.shape}; it needs two axes, (m, n_in){hint}.")
    if W.ndim != 2:
        return ShapeError(f"linear: W has shape {W.shape}; it needs two axes, (n_in, n_out).")
    if x.shape[1] != W.shape[0]:
        return ShapeError(
            f"linear: W has {W.shape[0]} rows, but x has {x.shape[1]} columns; "
            "x (m, n_in) needs W (n_in, n_out)."
        )
    return ShapeError(
        f"linear: b has shape {b.shape}, but W has {W.shape[1]} columns; "
        "W (n_in, n_out) needs b (n_out,)."
    )


@quietly
def matmul(A: Array, B: Array) -> tuple[Array, Cache]:
    """The matrix product: C = A B.

    Leading axes are batches: equal, or one stretches to the other. A vector on the left counts as
    a row, on the right as a column, and that axis is gone from the result, as in NumPy's `@`.

    Arguments:
        A: (…, m, k) or (k,), float array.
        B: (…, k, n) or (k,), float array.

    Returns:
        `C` (…, m, n), and the cache.

    Raises:
        ShapeError: where the shapes do not fit, for an array without axes, or for an empty one.
        DTypeError: for integers, or float32 against float64.

    Source: M. B. Giles (2008), Collected Matrix Derivative Results for Forward and Reverse Mode
        Algorithmic Differentiation, section 2.2.
    """
    expect.floats("matmul", A=A, B=B)
    if A.ndim == 0 or B.ndim == 0:
        name, number = ("A", A) if A.ndim == 0 else ("B", B)
        raise ShapeError(f"matmul: {name} has shape {number.shape}; multiply by a number with *.")
    rows, columns = _as_matrices(A, B)
    if rows.shape[-1] != columns.shape[-2]:
        raise ShapeError(
            f"matmul: A has shape {A.shape} and B has shape {B.shape}; the last axis of A "
            f"({rows.shape[-1]}) must equal the rows of B ({columns.shape[-2]})."
        )
    batch = _batch_shape(A, B, rows.shape[:-2], columns.shape[:-2])
    C = A @ B
    return C, (A, B, C.shape, (*batch, rows.shape[-2], columns.shape[-1]))


@quietly
def matmul_backward(
    dC: Array, cache: Cache, wanted: tuple[bool, bool] = (True, True)
) -> tuple[Array | None, Array | None]:
    """Gradients of A B: dA = dC Bᵀ, dB = Aᵀ dC, each summed to its input's shape.

    Arguments:
        dC: the upstream gradient, of C's shape.
        cache: of `matmul`.
        wanted: which of the two to compute.

    Returns:
        `dA`, `dB`, shaped as `A` and `B`; None in place of an unwanted one.

    Raises:
        ShapeError: where dC does not have C's shape.
        DTypeError: for integers, or float32 against float64.
    """
    A, B, shape, full_shape = cache
    expect.upstream("matmul_backward", "dC", dC, "C", shape, A)
    rows, columns = _as_matrices(A, B)
    dC = dC.reshape(full_shape)
    dA = dB = None
    if wanted[0]:
        dA = sum_to_shape(dC @ columns.swapaxes(-1, -2), rows.shape).reshape(A.shape)
    if wanted[1]:
        dB = sum_to_shape(rows.swapaxes(-1, -2) @ dC, columns.shape).reshape(B.shape)
    return dA, dB


def _as_matrices(A: Array, B: Array) -> tuple[Array, Array]:
    return A.reshape(1, -1) if A.ndim == 1 else A, B.reshape(-1, 1) if B.ndim == 1 else B


def _batch_shape(A: Array, B: Array, a: tuple, b: tuple) -> tuple[int, ...]:
    try:
        batch = np.broadcast_shapes(a, b)
    except ValueError:
        batch = None
    if batch is None or (batch != a and batch != b):
        raise ShapeError(
            f"matmul: A has shape {A.shape} and B has shape {B.shape}; the leading axes "
            f"{a} and {b} must be equal, or one must stretch to the other."
        )
    return batch
