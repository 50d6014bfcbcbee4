"""What pairs mean, worked out without their code: by hand, by einsum, by other pairs."""

import itertools
import math
import operator

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from pairs import TABLE

from bplib import ops
from bplib.backend import to_numpy
from bplib.errors import DomainError, DTypeError, ShapeError
from bplib.gradcheck import gradcheck

LABEL = operator.attrgetter("label")
DTYPES = [np.float32, np.float64]


def upstream_of(y, seed):
    rng = np.random.default_rng([seed, 77])
    return np.asarray(rng.standard_normal(np.shape(y)), dtype=y.dtype)


@pytest.mark.parametrize("row", [r for r in TABLE if r.name == "matmul"], ids=LABEL)
def test_matmul_against_einsum(row):
    A, B = row.inputs(20)
    C, cache = ops.matmul(A, B)
    left, right = ("k" if A.ndim == 1 else "...mk"), ("k" if B.ndim == 1 else "...kn")
    result = ("" if A.ndim == B.ndim == 1 else "...") + left[-2:-1] * (A.ndim > 1)
    result += right[-1:] * (B.ndim > 1)
    np.testing.assert_allclose(C, np.einsum(f"{left},{right}->{result}", A, B), rtol=1e-12)

    dC = upstream_of(C, 20)
    dA, dB = ops.matmul_backward(dC, cache)
    full_A = np.einsum(
        f"{result},{right}->{'...' if dC.ndim or A.ndim > 1 else ''}{left.removeprefix('...')}",
        dC,
        B,
    )
    full_B = np.einsum(
        f"{left},{result}->{'...' if dC.ndim or B.ndim > 1 else ''}{right.removeprefix('...')}",
        A,
        dC,
    )
    for found, full in ((dA, full_A), (dB, full_B)):
        added = full.ndim - found.ndim
        full = full.sum(axis=tuple(range(added)))
        stretched = [i for i, n in enumerate(found.shape) if n == 1 and full.shape[i] != 1]
        full = full.sum(axis=tuple(stretched), keepdims=True)
        np.testing.assert_allclose(found, full, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(
    "batches", [((5, 1), (3,)), ((5, 1), (1, 3)), ((2,), (3,)), ((3,), (3, 2))]
)
def test_matmul_refuses_batches_that_stretch_both_ways(batches):
    for a, b in (batches, batches[::-1]):
        with pytest.raises(
            ShapeError, match="the leading axes .* must be equal, or one must stretch"
        ):
            ops.matmul(np.ones((*a, 4, 5)), np.ones((*b, 5, 6)))


def test_matmul_says_which_sizes_should_be_equal():
    with pytest.raises(ShapeError) as caught:
        ops.matmul(np.ones((2, 3, 4)), np.ones((2, 5, 6)))
    assert str(caught.value) == (
        "matmul: A has shape (2, 3, 4) and B has shape (2, 5, 6); "
        "the last axis of A (4) must equal the rows of B (5)."
    )


def test_linear_one_number_at_a_time(rng):
    m, n_in, n_out = 4, 5, 3
    x, W, b = rng.standard_normal((m, n_in)), rng.standard_normal((n_in, n_out)), rng.random(n_out)
    dy = rng.standard_normal((m, n_out))
    y, cache = ops.linear(x, W, b)
    dx, dW, db = ops.linear_backward(dy, cache)
    for i, k in np.ndindex(m, n_out):
        assert y[i, k] == pytest.approx(sum(x[i, j] * W[j, k] for j in range(n_in)) + b[k])
    for i, j in np.ndindex(m, n_in):
        assert dx[i, j] == pytest.approx(sum(dy[i, k] * W[j, k] for k in range(n_out)))
    for j, k in np.ndindex(n_in, n_out):
        assert dW[j, k] == pytest.approx(sum(x[i, j] * dy[i, k] for i in range(m)))
    for k in range(n_out):
        assert db[k] == pytest.approx(sum(dy[i, k] for i in range(m)))


def test_linear_of_a_single_sample_and_a_single_unit(rng):
    for m, n_in, n_out in itertools.product((1, 4), (1, 3), (1, 5)):
        report = gradcheck(
            ops.linear,
            [rng.standard_normal(s) for s in ((m, n_in), (n_in, n_out), (n_out,))],
        )
        assert report.ok, report


def test_maximum_ties_go_to_x():
    x, y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0])
    z, cache = ops.maximum(x, y)
    dx, dy = ops.maximum_backward(np.array([10.0, 20.0, 30.0]), cache)
    np.testing.assert_array_equal(z, [2, 2, 3])
    np.testing.assert_array_equal(dx, [0, 20, 30])
    np.testing.assert_array_equal(dy, [10, 0, 0])


def test_complex_numbers_have_no_larger_one():
    z = np.array([1j, 2.0])
    for x, y in ((z, z), (z, np.ones(2)), (z, 1.0)):
        with pytest.raises(DTypeError, match="^maximum: complex numbers have no larger one"):
            ops.maximum(x, y)
    with pytest.raises(DTypeError, match="^maximum: y is complex128, but x is float64"):
        ops.maximum(np.ones(2), z)


def test_relu_is_a_maximum_with_zero():
    z, cache = ops.maximum(np.array([-1.0, 0.0, 2.0]), 0)
    dx, dy = ops.maximum_backward(np.ones(3), cache)
    np.testing.assert_array_equal(z, [0, 0, 2])
    assert dy.shape == () and dy == 1


def test_worked_by_hand():
    """The same numbers as on paper: a wrong sign or factor shows in the first digit."""
    x, y, dz = np.array([3.0, -2.0]), np.array([4.0, 5.0]), np.array([1.0, 10.0])
    cases = {
        "add": ([7, 3], [1, 10], [1, 10]),
        "subtract": ([-1, -7], [1, 10], [-1, -10]),
        "multiply": ([12, -10], [4, 50], [3, -20]),
        "divide": ([0.75, -0.4], [0.25, 2], [-0.1875, 0.8]),
    }
    for name, expected in cases.items():
        z, cache = getattr(ops, name)(x, y)
        found = (z, *getattr(ops, f"{name}_backward")(dz, cache))
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-15)
    z, cache = ops.power(x, 3)
    np.testing.assert_array_equal(z, [27, -8])
    np.testing.assert_array_equal(ops.power_backward(dz, cache), [27, 120])
    z, cache = ops.log(y)
    np.testing.assert_allclose(z, [math.log(4), math.log(5)])
    np.testing.assert_allclose(ops.log_backward(dz, cache), [0.25, 2])
    z, cache = ops.exp(x)
    np.testing.assert_allclose(ops.exp_backward(dz, cache), [math.exp(3), 10 * math.exp(-2)])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide", "maximum"])
def test_numbers_take_the_dtype_beside_them(name, dtype, xp):
    x = xp.asarray(np.array([1.5, 2.5, -3.0], dtype))
    forward, backward = getattr(ops, name), getattr(ops, f"{name}_backward")
    host = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply}
    host = host | {"divide": np.divide, "maximum": np.maximum}
    for number in (2, 0.7):
        for inputs in ((x, number), (number, x)):
            z, cache = forward(*inputs)
            assert z.dtype == dtype and z.shape == (3,)
            as_numbers = [to_numpy(i) if i is x else dtype(i) for i in inputs]
            np.testing.assert_allclose(to_numpy(z), host[name](*as_numbers), rtol=1e-6)
            gradients = backward(xp.asarray(np.ones(3, dtype)), cache)
            shapes = [() if i is not x else (3,) for i in inputs]
            assert [g.shape for g in gradients] == shapes
            assert all(g.dtype == dtype for g in gradients)


@pytest.mark.parametrize("exponent", [2, 0.5, -1, np.float64(2.0), np.float32(1.5)])
def test_a_numpy_number_as_exponent_does_not_change_the_precision(exponent):
    x = np.array([1.0, 2.0], np.float32)
    try:
        y, cache = ops.power(x, exponent)
    except DTypeError:  # refusing it is fine too; float64 out of float32 is not
        return
    assert y.dtype == np.float32
    assert ops.power_backward(np.ones(2, np.float32), cache).dtype == np.float32


def test_power_at_zero():
    x = np.array([0.0, 2.0])
    for exponent, slopes in ((1, [1, 1]), (2, [0, 4]), (0, [0, 0]), (1.5, [0, 1.5 * 2**0.5])):
        _, cache = ops.power(x, exponent)
        np.testing.assert_allclose(ops.power_backward(np.ones(2), cache), slopes)
    _, cache = ops.power(x, 0.5)
    assert ops.power_backward(np.ones(2), cache)[0] == np.inf
    assert ops.power_backward(-np.ones(2), cache)[0] == -np.inf
    assert np.isnan(ops.power_backward(np.zeros(2), cache)[0])


def test_where_a_function_is_not_defined():
    bad = np.array([1.0, -1.0]), np.array([1.0, 0.0])
    for function, argument in (
        (ops.log, (bad[0],)),
        (ops.log, (bad[1],)),
        (ops.divide, (bad[0], bad[1])),
        (ops.divide, (bad[0], 0)),
        (ops.power, (bad[0], 0.5)),
        (ops.power, (bad[1], -1)),
        (ops.power, (bad[1], -0.5)),
    ):
        with pytest.raises(DomainError):
            function(*argument)


# Broadcasting: one operand may stretch to the shape of the other, nothing else.

ALLOWED = [
    ((3, 4), (4,)), ((3, 4), (1, 4)), ((3, 4), (3, 1)), ((3, 4), ()), ((3, 4), (1, 1)),
    ((5, 3, 4), (4,)), ((5, 3, 4), (3, 4)), ((5, 3, 4), (3, 1)), ((5, 3, 4), (5, 1, 1)),
    ((5, 3, 4), (1, 3, 1)), ((5, 3, 4), (5, 3, 1)), ((5, 3, 4), ()), ((3,), (1,)), ((3,), ()),
    ((3, 1), (1,)), ((3, 1), (1, 1)), ((1, 4), (4,)), ((1,), ()), ((), ()), ((1, 1), ()),
]  # fmt: skip
REFUSED = [
    ((3,), (3, 1)), ((3, 1), (3,)), ((3, 1), (1, 4)), ((3, 4), (3,)), ((3,), (4,)),
    ((5, 1, 4), (3, 1)), ((5, 3, 4), (5,)), ((5, 3, 4), (5, 3)), ((1, 4), (3, 1)),
    ((3, 4), (4, 3)), ((1, 3), (3, 1)), ((4, 1), (4,)),
]  # fmt: skip
BINARY = ["add", "subtract", "multiply", "divide", "maximum"]


def stretched_gradient(row_name, x, y, dz):
    """Both gradients by stretching the inputs first, and summing over the copies afterwards."""
    shape = np.broadcast_shapes(x.shape, y.shape)
    wide = [np.broadcast_to(a, shape).copy() for a in (x, y)]
    _, cache = getattr(ops, row_name)(*wide)
    gradients = getattr(ops, f"{row_name}_backward")(dz, cache)
    collected = []
    for small, g in zip((x, y), gradients, strict=True):
        total = np.zeros(small.shape)
        positions = np.broadcast_to(np.arange(small.size).reshape(small.shape), shape)
        np.add.at(total.reshape(-1), positions.reshape(-1), g.reshape(-1))
        collected.append(total)
    return collected


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("shapes", ALLOWED, ids=str)
@pytest.mark.parametrize("swap", [False, True])
def test_allowed_broadcasting(name, shapes, swap, rng):
    x, y = (rng.uniform(0.5, 2.0, shape) for shape in (shapes[::-1] if swap else shapes))
    z, cache = getattr(ops, name)(x, y)
    assert z.shape == np.broadcast_shapes(*shapes)
    dz = np.asarray(rng.standard_normal(z.shape))
    found = getattr(ops, f"{name}_backward")(dz, cache)
    for a, b in zip(found, stretched_gradient(name, x, y, dz), strict=True):
        assert a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("shapes", REFUSED, ids=str)
def test_refused_broadcasting(name, shapes):
    for x, y in (shapes, shapes[::-1]):
        with pytest.raises(ShapeError) as caught:
            getattr(ops, name)(np.ones(x), np.ones(y))
        sentence = str(caught.value)
        assert sentence.startswith(f"{name}: x has shape {x} and y has shape {y}")


shape_strategy = st.lists(st.sampled_from([1, 2, 3]), max_size=4).map(tuple)


@hypothesis.given(x=shape_strategy, y=shape_strategy)
@hypothesis.settings(max_examples=300)
def test_broadcasting_is_allowed_exactly_when_one_shape_stays(x, y):
    try:
        result = np.broadcast_shapes(x, y)
    except ValueError:
        result = None
    if result in (x, y):
        z, cache = ops.add(np.ones(x), np.ones(y))
        dx, dy = ops.add_backward(np.ones(result), cache)
        assert z.shape == result and dx.shape == x and dy.shape == y
        # every copy hands its 1 back
        assert dx.sum() == dy.sum() == z.size
    else:
        with pytest.raises(ShapeError):
            ops.add(np.ones(x), np.ones(y))


# Reductions.


@hypothesis.given(data=st.data())
@hypothesis.settings(max_examples=150)
def test_reductions_over_any_axes(data):
    shape = data.draw(st.lists(st.integers(1, 4), min_size=0, max_size=4).map(tuple))
    axes = data.draw(
        st.lists(
            st.sampled_from(range(-len(shape), len(shape))), unique_by=(lambda a: a % len(shape))
        )
        if shape
        else st.just([])
    )
    axis = data.draw(st.sampled_from([tuple(axes), *axes[:1], None]))
    keepdims = data.draw(st.booleans())
    rng = np.random.default_rng(len(shape))
    x = np.asarray(rng.standard_normal(shape))
    for name, reduce in (("sum", np.sum), ("mean", np.mean)):
        y, cache = getattr(ops, name)(x, axis, keepdims)
        expected = reduce(x, axis=axis, keepdims=keepdims)
        np.testing.assert_allclose(y, expected, rtol=1e-13, atol=1e-14)
        assert y.shape == np.shape(expected)
        dy = np.asarray(rng.standard_normal(y.shape))
        dx = getattr(ops, f"{name}_backward")(dy, cache)
        copies = x.size // max(y.size, 1)
        kept = dy if keepdims or axis is None else np.expand_dims(dy, axis)
        expected = np.broadcast_to(kept, shape) / (copies if name == "mean" else 1)
        np.testing.assert_allclose(dx, expected, rtol=1e-13)
        assert not np.shares_memory(y, x) and not np.shares_memory(dx, dy)


@hypothesis.given(seed=st.integers(0, 10**6))
def test_two_derivations_of_the_mean(seed):
    """A mean is a sum of entries times 1/n: two ways through the library, one answer."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((4, 3))
    _, cache = ops.mean(x, 0)
    scaled, cache_scale = ops.multiply(x, 1 / 4)
    _, cache_sum = ops.sum(scaled, 0)
    dy = rng.standard_normal(3)
    other, _ = ops.multiply_backward(ops.sum_backward(dy, cache_sum), cache_scale)
    np.testing.assert_allclose(ops.mean_backward(dy, cache), other, rtol=1e-14)


def test_division_is_multiplication_by_a_power(rng):
    x, y = rng.standard_normal((4, 3)), rng.uniform(0.5, 2, 3)
    dz = rng.standard_normal((4, 3))
    z, cache = ops.divide(x, y)
    inverse, cache_power = ops.power(y, -1)
    z2, cache_multiply = ops.multiply(x, inverse)
    dx2, d_inverse = ops.multiply_backward(dz, cache_multiply)
    np.testing.assert_allclose(z, z2)
    dx, dy = ops.divide_backward(dz, cache)
    np.testing.assert_allclose(dx, dx2)
    np.testing.assert_allclose(dy, ops.power_backward(d_inverse, cache_power))
