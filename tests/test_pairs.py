"""What holds for every pair, asked of every row of the table in pairs.py."""

import itertools
import operator
import warnings

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from pairs import TABLE, Row

from bplib import losses, ops
from bplib.backend import to_numpy, xp_of
from bplib.gradcheck import gradcheck

LABEL = operator.attrgetter("label")
every_row = pytest.mark.parametrize("row", TABLE, ids=LABEL)
DTYPES = [np.float32, np.float64]


def names_of_pairs(module):
    return {name for name in module.__all__ if not name.endswith("_backward")}


def upstream_of(y, seed, dtype=None):
    rng = np.random.default_rng([seed, 77])
    return np.asarray(rng.standard_normal(np.shape(y)), dtype=dtype or y.dtype)


def along(row, inputs, directions, dy):
    """⟨dy, J v⟩ measured on the forward function alone: complex step, or central differences."""
    wanted = len(directions)
    if row.complex_step:
        h = 1e-30
        moved = [x + 1j * h * v for x, v in zip(inputs, directions, strict=False)]
        y, _ = row.forward(*moved, *inputs[wanted:])
        return float((dy * (y.imag / h)).sum())
    h = 1e-6
    there, back = (
        row.forward(
            *[x + s * h * v for x, v in zip(inputs, directions, strict=False)], *inputs[wanted:]
        )[0]
        for s in (1, -1)
    )
    return float((dy * ((there - back) / (2 * h))).sum())


def test_every_public_pair_has_a_row():
    for module in (ops, losses):
        rows = {row.name for row in TABLE if row.module is module}
        assert rows == names_of_pairs(module)


def test_every_public_pair_has_both_halves():
    for module in (ops, losses):
        for name in names_of_pairs(module):
            assert f"{name}_backward" in module.__all__
        assert sorted(module.__all__) == list(module.__all__)


def test_the_table_keeps_its_word():
    """Sizes differ and none is 1 or 2, but for the rows that are about a stretched axis."""
    for row in TABLE:
        for x in row.inputs(5):
            sizes = [n for n in x.shape if n != 1]
            assert min(sizes, default=3) >= 3 and len(set(sizes)) == len(sizes)


@every_row
def test_gradcheck_in_random_directions(row):
    for seed in range(6):
        inputs = row.inputs(seed)
        f = row.forward
        if row.is_loss:
            rest = inputs[1:]

            def f(prediction, rest=rest):
                return row.forward(prediction, *rest)

        report = gradcheck(
            f,
            row.wanted(inputs),
            backward=lambda dy, cache: row.backward(dy, cache),
            names=[f"input {i}" for i in range(len(row.wanted(inputs)))],
            rng=np.random.default_rng(seed),
            tolerance=1e-7,
        )
        assert report.ok, report


@every_row
@hypothesis.given(seed=st.integers(0, 10_000))
@hypothesis.settings(max_examples=12)
def test_backward_is_the_adjoint_of_forward(row, seed):
    """⟨dy, J v⟩ = ⟨Jᵀ dy, v⟩ with J v from the complex step: nothing of gradcheck is used."""
    inputs = row.inputs(seed)
    y, cache = row.forward(*inputs)
    dy = upstream_of(y, seed)
    gradients = row.backward(dy, cache)
    rng = np.random.default_rng(seed)
    # one input at a time, so that two mistakes cannot cancel
    for i, dx in enumerate(gradients):
        v = [np.zeros(x.shape) for x in row.wanted(inputs)]
        v[i] = rng.standard_normal(dx.shape)
        measured, said = along(row, inputs, v, dy), float((dx * v[i]).sum())
        scale = float((abs(dx) * abs(v[i])).sum()) + 1e-300
        assert abs(measured - said) <= (1e-13 if row.complex_step else 1e-7) * scale


@pytest.mark.parametrize("row", [r for r in TABLE if r.complex_step and not r.is_loss], ids=LABEL)
def test_gradcheck_by_complex_step(row):
    inputs = row.inputs(3)
    pair = row.forward, row.backward
    report = gradcheck(pair, inputs, method="complex", tolerance=1e-12)
    assert report.ok, report


@every_row
@pytest.mark.parametrize("dtype", DTYPES)
def test_shape_and_dtype_of_every_gradient(row, dtype):
    inputs = row.inputs(1, dtype)
    y, cache = row.forward(*inputs)
    assert y.dtype == dtype
    gradients = row.backward(upstream_of(y, 1), cache)
    assert len(gradients) == len(row.wanted(inputs))
    for x, dx in zip(inputs, gradients, strict=False):
        assert dx.shape == x.shape and dx.dtype == dtype


@every_row
def test_float32_says_the_same_as_float64(row):
    results = []
    for dtype in DTYPES:
        inputs = [x.astype(dtype) for x in row.inputs(2, np.float32)]
        y, cache = row.forward(*inputs)
        results.append([y, *row.backward(upstream_of(y, 2, np.float32).astype(dtype), cache)])
    for single, double in zip(*results, strict=True):
        np.testing.assert_allclose(single, double, rtol=2e-5, atol=2e-5)


@every_row
def test_inputs_and_upstream_stay_as_they_are(row):
    inputs = row.inputs(4)
    before = [x.copy() for x in inputs]
    for x in inputs:
        x.flags.writeable = False
    y, cache = row.forward(*inputs)
    dy = upstream_of(y, 4)
    dy_before = dy.copy()
    dy.flags.writeable = False
    row.backward(dy, cache)
    np.testing.assert_array_equal(dy, dy_before)
    for x, x_before in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(x, x_before)


@every_row
def test_results_share_no_memory(row):
    inputs = row.inputs(6)
    y, cache = row.forward(*inputs)
    dy = upstream_of(y, 6)
    gradients = row.backward(dy, cache)
    for x in inputs:
        assert not np.shares_memory(y, x), "the result is a view of an input"
    for dx in gradients:
        for other in (*inputs, y, dy):
            assert not np.shares_memory(dx, other), "a gradient is a view of something else"
    for a, b in itertools.combinations(gradients, 2):
        assert not np.shares_memory(a, b), "two gradients are one array"


@every_row
def test_gradients_may_be_written_to(row):
    y, cache = row.forward(*row.inputs(6))
    for dx in row.backward(upstream_of(y, 6), cache):
        if isinstance(dx, np.ndarray):
            dx += 1


@every_row
def test_backward_is_linear_in_the_upstream_gradient(row):
    inputs = row.inputs(7)
    y, cache = row.forward(*inputs)
    first, second = upstream_of(y, 7), upstream_of(y, 8)
    together = row.backward(2.5 * first - 0.5 * second, cache)
    apart = zip(row.backward(first, cache), row.backward(second, cache), strict=True)
    for dx, (a, b) in zip(together, apart, strict=True):
        np.testing.assert_allclose(dx, 2.5 * a - 0.5 * b, rtol=1e-12, atol=1e-12)


@every_row
def test_backward_can_be_repeated(row):
    y, cache = row.forward(*row.inputs(9))
    dy = upstream_of(y, 9)
    for a, b in zip(row.backward(dy, cache), row.backward(dy, cache), strict=True):
        np.testing.assert_array_equal(a, b)


@every_row
def test_memory_layout_does_not_matter(row):
    inputs = row.inputs(10)
    y, cache = row.forward(*inputs)
    dy = upstream_of(y, 10)
    scattered = []
    for x in inputs:
        wide = np.full((*x.shape[:-1], 2 * x.shape[-1]) if x.ndim else (), np.nan)
        view = wide[..., ::2] if x.ndim else wide
        view[...] = x
        scattered.append(np.asarray(x, order="F") if x.ndim > 1 and x.size % 2 else view)
    y2, cache2 = row.forward(*scattered)
    np.testing.assert_allclose(y2, y, rtol=1e-12, atol=1e-12)
    found = row.backward(np.asarray(dy, order="F"), cache2)
    for a, b in zip(row.backward(dy, cache), found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


@every_row
@pytest.mark.parametrize("dtype", DTYPES)
def test_on_every_device(row, dtype, xp):
    """The same numbers as NumPy's, and nothing touches the host on the way."""
    inputs = row.inputs(11, dtype)
    y, cache = row.forward(*inputs)
    dy = upstream_of(y, 11)
    there, cache_there = row.forward(*[xp.asarray(x) for x in inputs])
    gradients_there = row.backward(xp.asarray(dy), cache_there)
    for host, device in zip((y, *row.backward(dy, cache)), (there, *gradients_there), strict=True):
        assert xp_of(device) is xp
        assert device.dtype == dtype and device.shape == host.shape
        np.testing.assert_allclose(to_numpy(device), host, rtol=1e-6)


@every_row
@pytest.mark.parametrize("dtype, size", [(np.float64, 1e300), (np.float32, 1e37)])
@pytest.mark.parametrize("sign", [1, -1], ids=["large", "small"])
def test_no_warning_for_finite_input(row, dtype, size, sign):
    """Overflow to inf is an answer, a warning on the way is not."""
    inputs = [x * dtype(size**sign) for x in row.inputs(13, dtype)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y, cache = row.forward(*inputs)
        row.backward(upstream_of(y, 13), cache)
        row.backward(upstream_of(y, 13) * dtype(size**sign), cache)


def test_a_row_can_fail():
    """The tests above would notice a wrong pair: here is one, with the sum over copies missing."""

    class Wrong(Row):
        def backward(self, dy, cache):
            return tuple(2 * g for g in super().backward(dy, cache))

    row = Wrong("linear", next(r for r in TABLE if r.name == "linear").make)
    with pytest.raises(AssertionError):
        test_gradcheck_in_random_directions(row)
