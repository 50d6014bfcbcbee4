"""Reshape, transpose, concatenate and getitem: numbers move, and their gradients move back."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from bplib import ops, tape
from bplib.backend import to_numpy, xp_of
from bplib.errors import DTypeError, ShapeError
from bplib.gradcheck import gradcheck
from bplib.tape import Tensor

shapes = st.lists(st.integers(1, 4), max_size=4).map(tuple)


def counted(shape):
    """Every entry is another number, so that none can be mistaken for another."""
    return np.arange(1.0, 1.0 + np.prod(shape, dtype=int)).reshape(shape)


def test_worked_by_hand():
    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    y, cache = ops.reshape(x, (3, 2))
    np.testing.assert_array_equal(y, [[1, 2], [3, 4], [5, 6]])
    np.testing.assert_array_equal(ops.reshape_backward(10 * y, cache), 10 * x)
    y, cache = ops.transpose(x)
    np.testing.assert_array_equal(y, [[1, 4], [2, 5], [3, 6]])
    np.testing.assert_array_equal(ops.transpose_backward(10 * y, cache), 10 * x)
    y, cache = ops.concatenate(x, x[:1] + 6)
    np.testing.assert_array_equal(y, [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    first, second = ops.concatenate_backward(10 * y, cache)
    np.testing.assert_array_equal(first, 10 * x)
    np.testing.assert_array_equal(second, [[70, 80, 90]])


def test_an_entry_that_is_picked_again_adds_up():
    x = np.array([1.0, 2.0, 3.0])
    y, cache = ops.getitem(x, np.array([2, 0, 2, 2, -3]))
    np.testing.assert_array_equal(y, [3, 1, 3, 3, 1])
    dx = ops.getitem_backward(np.array([1.0, 10.0, 100.0, 1000.0, 10000.0]), cache)
    np.testing.assert_array_equal(dx, [10010, 0, 1101])


def test_booleans_that_repeat_through_the_rows_beside_them():
    """One place of the booleans meets three equal columns: its gradient adds up."""
    x = counted((3, 4))
    y, cache = ops.getitem(x, (np.array([False, True, False]), [2, 2, 2]))
    np.testing.assert_array_equal(y, [7, 7, 7])
    assert ops.getitem_backward(np.array([1.0, 2.0, 4.0]), cache)[1, 2] == 7


@hypothesis.given(shape=shapes, data=st.data())
def test_transpose_and_back(shape, data):
    x = counted(shape)
    axes = tuple(data.draw(st.permutations(range(len(shape)))))
    y, cache = ops.transpose(x, axes)
    np.testing.assert_array_equal(y, x.transpose(axes))
    np.testing.assert_array_equal(ops.transpose_backward(y, cache), x)
    np.testing.assert_array_equal(ops.transpose(ops.transpose(x)[0])[0], x)
    assert not np.shares_memory(ops.transpose_backward(y, cache), y)


@hypothesis.given(shape=shapes, data=st.data())
def test_reshape_and_back(shape, data):
    x = counted(shape)
    sizes = data.draw(st.permutations([*shape, 1]))
    hole = data.draw(st.integers(0, len(sizes) - 1))
    to = (*sizes[:hole], -1, *sizes[hole + 1 :])
    y, cache = ops.reshape(x, to)
    assert y.shape == tuple(sizes) and y.flags.c_contiguous
    np.testing.assert_array_equal(y.reshape(-1), x.reshape(-1))
    np.testing.assert_array_equal(ops.reshape_backward(y, cache), x)


@hypothesis.given(data=st.data())
def test_getitem_undoes_concatenate(data):
    """Picking each array out of the whole gives the array, and so it is with the gradients."""
    rank = data.draw(st.integers(1, 3))
    axis = data.draw(st.integers(-rank, rank - 1))
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    shape = [2, 3, 4][:rank]
    arrays = [counted([n if i == axis % rank else s for i, s in enumerate(shape)]) for n in sizes]
    y, cache = ops.concatenate(*arrays, axis=axis)
    np.testing.assert_array_equal(y, np.concatenate(arrays, axis=axis))
    pieces = ops.concatenate_backward(y, cache)
    start = 0
    for array, piece, n in zip(arrays, pieces, sizes, strict=True):
        index = (slice(None),) * (axis % rank) + (slice(start, start + n),)
        start += n
        picked, cache = ops.getitem(y, index)
        np.testing.assert_array_equal(picked, array)
        np.testing.assert_array_equal(piece, array)
        back = ops.getitem_backward(picked, cache)
        assert back.sum() == array.sum() and back.shape == y.shape


parts = st.one_of(
    st.integers(-3, 2),
    st.just(...),
    st.none(),
    st.builds(slice, *[st.one_of(st.none(), st.integers(-3, 3))] * 2),
    st.builds(slice, st.none(), st.none(), st.sampled_from([-2, -1, 1, 2])),
    st.lists(st.integers(-3, 2), min_size=1, max_size=3).map(np.array),
    st.just(np.array([True, False, True])),
    st.just(np.array([[0], [2]])),
)


@hypothesis.given(index=st.lists(parts, max_size=4).map(tuple))
@hypothesis.settings(max_examples=200)
def test_any_index_picks_what_numpy_picks(index):
    """Either both pick the same entries, or neither picks anything."""
    x = counted((3, 3, 3))
    try:
        places = np.arange(27).reshape(3, 3, 3)[index]
    except (IndexError, ValueError):
        places = np.array([])
    if places.size == 0:
        with pytest.raises(ValueError, match="^getitem: "):
            ops.getitem(x, index)
        return
    y, cache = ops.getitem(x, index)
    np.testing.assert_array_equal(y, x.reshape(-1)[places])
    assert not np.shares_memory(y, x)
    dy = np.asarray(counted(y.shape))
    added = np.bincount(places.reshape(-1), dy.reshape(-1), minlength=27).reshape(x.shape)
    np.testing.assert_array_equal(ops.getitem_backward(dy, cache), added)


def test_an_index_may_live_beside_the_array_or_on_the_host(xp):
    x = xp.asarray(counted((5, 3)))
    host = np.array([4, 0, 4])
    for index in (host, host.astype(np.uint8), xp.asarray(host), [4, 0, 4]):
        y, cache = ops.getitem(x, index)
        dx = ops.getitem_backward(xp.asarray(np.ones((3, 3))), cache)
        assert xp_of(y) is xp and xp_of(dx) is xp
        np.testing.assert_array_equal(to_numpy(y), to_numpy(x)[host])
        np.testing.assert_array_equal(to_numpy(dx).sum(axis=1), [3, 0, 0, 0, 6])
    np.testing.assert_array_equal(to_numpy(ops.getitem(x, np.array(2))[0]), to_numpy(x)[2])
    if xp is not np:
        with pytest.raises(DTypeError, match="live in different places"):
            ops.getitem(counted((5, 3)), xp.asarray(host))
    above = x > 7.5
    y, cache = ops.getitem(x, above)
    np.testing.assert_array_equal(to_numpy(y), np.arange(8.0, 16.0))
    assert to_numpy(ops.getitem_backward(y, cache)).sum() == np.arange(8, 16).sum()


def test_which_entry_of_an_index_does_not_exist():
    """The one that is out of range, along its own axis, whatever stands before it."""
    x = np.arange(72.0).reshape(3, 4, 6)
    mask = np.ones((3, 4), bool)
    np.testing.assert_array_equal(ops.getitem(x, (0, ..., 5))[0], x[0, :, 5])
    np.testing.assert_array_equal(ops.getitem(x, (mask, ..., 5))[0], x[..., 5].reshape(-1))
    np.testing.assert_array_equal(ops.getitem(x, np.array(2, np.uint8))[0], x[2])
    for index, said in (
        ((0, ..., 6), "index 6 does not exist along axis 2"),
        ((..., 4, 0), "index 4 does not exist along axis 1"),
        ((mask, 6), "index 6 does not exist along axis 2"),
        ((mask, 0, 0), "the index asks for 4 axes"),
        (np.array([0, 3]), "index 3 does not exist along axis 0"),
        (np.array([-4, 0]), "index -4 does not exist along axis 0"),
        (np.array([-3, 9]), "index 9 does not exist along axis 0"),
        (np.array([9]), "index 9 does not exist along axis 0"),
        (np.array([], int), "the index picks nothing of x"),
    ):
        with pytest.raises(ShapeError, match=f"^getitem: {said}"):
            ops.getitem(x, index)


def test_an_index_on_another_device_than_a_host_array(xp):
    if xp is not np:
        with pytest.raises(DTypeError, match="^getitem: x and index live in different places"):
            ops.getitem(np.ones(3), xp.asarray(np.array([0, 1])))


def test_one_entry_and_many():
    for x, said in ((np.ones(1), "1 entry"), (np.ones(2), "2 entries"), (np.ones(()), "1 entry")):
        with pytest.raises(ShapeError, match=rf"which is {said}; they do not fit into the shape 3"):
            ops.reshape(x, 3)


def test_numbers_of_numpy_are_whole_numbers_too():
    x = counted((4, 6))
    assert ops.reshape(x, (np.int64(3), np.int32(8)))[0].shape == (3, 8)
    assert ops.reshape(counted((1, 1)), ())[0].shape == ()
    assert ops.getitem(x, (np.int64(1), np.uint8(2)))[0] == 9


def test_gradcheck_knows_the_names():
    a, b = counted((3, 4)), counted((5, 4))
    report = gradcheck(ops.concatenate, [a, b])
    assert report.ok
    assert [argument.name for argument in report.arguments] == ["input 0", "input 1"]


# On the tape.


def test_tensors_have_the_methods_of_arrays(rng):
    array = rng.standard_normal((3, 4, 5))
    for method in (
        lambda x: x.reshape(4, 15),
        lambda x: x.reshape((5, -1)),
        lambda x: x.reshape(-1),
        lambda x: x.T,
        lambda x: x.transpose(),
        lambda x: x.transpose((1, 0, 2)),
        lambda x: x[1],
        lambda x: x[..., 2:, None],
        lambda x: x[[2, 0, 2], :, 1],
    ):
        x = Tensor(array)
        y = method(x)
        np.testing.assert_array_equal(y.value, method(array))
        dy = rng.standard_normal(y.shape)
        y.backward(dy)
        places = method(np.arange(60).reshape(3, 4, 5))
        added = np.bincount(places.reshape(-1), dy.reshape(-1), minlength=60)
        np.testing.assert_allclose(x.grad, added.reshape(3, 4, 5), rtol=1e-14)


def test_the_rows_of_a_tensor():
    x = Tensor(counted((3, 2)))
    assert len(x) == 3
    first, second, third = x
    (first * third).sum().backward()
    np.testing.assert_array_equal(x.grad, [[5, 6], [0, 0], [1, 2]])
    assert second.grad is None and second.operation == "getitem"


def test_a_concatenation_of_tensors_and_arrays():
    a, b = Tensor([1.0, 2.0]), Tensor([3.0])
    y = tape.concatenate(a, np.array([7.0, 8.0]), b, a)
    (y * np.arange(1.0, 8.0)).sum().backward()
    np.testing.assert_array_equal(a.grad, [1 + 6, 2 + 7])
    np.testing.assert_array_equal(b.grad, [5])
    assert [parent.constant for parent in y.parents] == [False, True, False, False]
    stacked = tape.concatenate(Tensor(np.ones((2, 3))), Tensor(np.ones((2, 4))), axis=1)
    assert stacked.shape == (2, 7) and stacked.constants == {"axis": 1}
