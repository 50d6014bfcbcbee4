"""Rows that are looked up by label."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from bplib import ops, tape
from bplib.backend import to_numpy, xp_of
from bplib.errors import DTypeError
from bplib.tape import Tensor


@hypothesis.given(
    seed=st.integers(0, 1000),
    shape=st.lists(st.integers(1, 5), max_size=3).map(tuple),
    n=st.integers(1, 6),
)
def test_a_product_with_a_one_hot_matrix(seed, shape, n):
    """Forward and backward, looked up and multiplied: the same."""
    rng = np.random.default_rng(seed)
    table, labels = rng.standard_normal((n, 3)), np.asarray(rng.integers(0, n, shape))
    one_hot = np.eye(n)[labels.reshape(-1)]
    y, cache = ops.embedding(table, labels)
    product, product_cache = ops.matmul(one_hot, table)
    np.testing.assert_array_equal(y, product.reshape(*shape, 3))
    dy = rng.standard_normal(y.shape)
    _, dtable = ops.matmul_backward(dy.reshape(-1, 3), product_cache)
    np.testing.assert_allclose(ops.embedding_backward(dy, cache), dtable, atol=1e-14)
    assert not np.shares_memory(y, table)


def test_worked_by_hand():
    table = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    y, cache = ops.embedding(table, np.array([2, 0, 2]))
    np.testing.assert_array_equal(y, [[5, 6], [1, 2], [5, 6]])
    dtable = ops.embedding_backward(np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]]), cache)
    np.testing.assert_array_equal(dtable, [[2, 20], [0, 0], [5, 50]])


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64])
def test_every_kind_of_whole_number(dtype, xp):
    """The last number of the table lies beyond what 8 bits count to."""
    table = xp.asarray(np.arange(1000.0).reshape(100, 10))
    labels = xp.asarray(np.array([99, 3, 99], dtype))
    y, cache = ops.embedding(table, labels)
    dtable = ops.embedding_backward(xp.asarray(np.ones((3, 10))), cache)
    assert xp_of(y) is xp and xp_of(dtable) is xp
    assert to_numpy(y)[2, 9] == 999
    np.testing.assert_array_equal(to_numpy(dtable).sum(axis=1)[[3, 98, 99]], [10, 0, 20])


def test_labels_on_another_device(xp):
    if xp is not np:
        with pytest.raises(DTypeError, match="live in different places"):
            ops.embedding(xp.asarray(np.ones((3, 4))), np.array([1, 2]))


def test_on_the_tape(rng):
    table = Tensor(rng.standard_normal((5, 3)), name="table")
    labels = np.array([4, 0, 4])
    y = tape.embedding(table, labels)
    assert y.parents == (table,) and y.constants["labels"] is labels
    y.sum().backward()
    np.testing.assert_array_equal(table.grad[:, 0], [1, 0, 0, 0, 2])
