"""Initial weights have the variance they promise, and the same seed gives the same numbers."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

import bplib
from bplib import init, ops
from bplib.errors import DomainError, DTypeError

VARIANCES = {
    "lecun": lambda n_in, n_out: 1 / n_in,
    "glorot": lambda n_in, n_out: 2 / (n_in + n_out),
    "he": lambda n_in, n_out: 2 / n_in,
}
RANDOM = [f"{name}_{kind}" for name in VARIANCES for kind in ("normal", "uniform")] + ["orthogonal"]
WITH_GAIN = ["glorot_normal", "glorot_uniform", "orthogonal"]
SIZES = [(300, 700), (700, 300)]
every_random = pytest.mark.parametrize("name", RANDOM)


def make(name, *sizes, seed=0, **settings):
    return getattr(init, name)(*sizes, rng=np.random.default_rng(seed), **settings)


@pytest.mark.parametrize("n_in, n_out", SIZES)
@pytest.mark.parametrize("name", RANDOM[:-1])
def test_mean_and_variance(name, n_in, n_out):
    """Within five standard errors of what is promised: fan-in and fan-out are not mixed up."""
    W = make(name, n_in, n_out)
    family, kind = name.split("_")
    variance, N = VARIANCES[family](n_in, n_out), n_in * n_out
    fourth = 3 if kind == "normal" else 9 / 5  # E w⁴ / variance²
    assert abs(W.mean()) < 5 * np.sqrt(variance / N)
    assert abs(W.var() / variance - 1) < 5 * np.sqrt((fourth - 1) / N)
    kurtosis = (W**4).mean() / variance**2
    assert abs(kurtosis - fourth) < 5 * np.sqrt((96 if kind == "normal" else 3) / N)
    if kind == "uniform":
        bound = np.sqrt(3 * variance)
        assert 0.999 * bound < abs(W).max() <= bound


def test_bounds_and_roots_in_numbers():
    """With n_in = 300 and n_out = 700: √(1/300), √(2/1000), √(2/300), and √3 times these."""
    roots = {"lecun": 0.0577350269, "glorot": 0.0447213595, "he": 0.0816496581}
    bounds = {"lecun": 0.1, "glorot": 0.0774596669, "he": 0.1414213562}
    for family in VARIANCES:
        assert make(f"{family}_normal", 300, 700).std() == pytest.approx(roots[family], rel=0.01)
        assert abs(make(f"{family}_uniform", 300, 700)).max() == pytest.approx(
            bounds[family], rel=1e-3
        )


@every_random
@pytest.mark.parametrize("dtype", [np.float32, np.float64, "float32"])
def test_shape_dtype_and_seed(name, dtype):
    W = make(name, 5, 3, dtype=dtype)
    assert W.shape == (5, 3) and W.dtype == dtype and W.flags.c_contiguous and W.flags.writeable
    np.testing.assert_array_equal(W, make(name, 5, 3, dtype=dtype))
    assert (W != make(name, 5, 3, seed=1, dtype=dtype)).all()
    np.testing.assert_allclose(W, make(name, 5, 3), rtol=1e-6)
    assert len(np.unique(W)) == W.size


@every_random
def test_a_generator_goes_on(name):
    """Two layers from one generator are two different layers."""
    rng = np.random.default_rng(0)
    first = getattr(init, name)(4, 3, rng=rng)
    assert (first != getattr(init, name)(4, 3, rng=rng)).all()


@pytest.mark.parametrize("name", WITH_GAIN)
def test_gain_is_a_factor(name):
    plain = make(name, 6, 4)
    np.testing.assert_allclose(make(name, 6, 4, gain=2.5), 2.5 * plain, rtol=1e-14)


@hypothesis.given(n_in=st.integers(1, 12), n_out=st.integers(1, 12), seed=st.integers(0, 10**6))
def test_orthogonal_turns_and_does_not_stretch(n_in, n_out, seed):
    W = make("orthogonal", n_in, n_out, seed=seed, gain=1.5)
    product = W.T @ W if n_in >= n_out else W @ W.T
    np.testing.assert_allclose(product, 1.5**2 * np.eye(min(n_in, n_out)), atol=1e-13)
    np.testing.assert_allclose(np.linalg.svd(W, compute_uv=False), 1.5, rtol=1e-13)


def test_every_rotation_is_equally_likely():
    """The mean of the entries is 0 and of their squares 1/n; QR's own signs would shift it."""
    rng = np.random.default_rng(3)
    W = np.array([init.orthogonal(3, 3, rng=rng) for _ in range(3000)])
    error = 5 / np.sqrt(3000)
    assert abs(W.mean(axis=0)).max() < error / np.sqrt(3)
    assert abs((W**2).mean(axis=0) - 1 / 3).max() < error * 0.3
    assert abs(np.trace(W, axis1=1, axis2=2).mean()) < error


@pytest.mark.parametrize("family, keeps", [("lecun", 1.0), ("he", 2.0)])
def test_a_signal_keeps_its_size(family, keeps):
    """Through a linear map with LeCun's weights; with He's it doubles, and ReLU halves it again."""
    x = np.random.default_rng(5).standard_normal((200, 400))
    for kind in ("normal", "uniform"):
        z = x @ make(f"{family}_{kind}", 400, 300)
        assert (z**2).mean() == pytest.approx(keeps, rel=0.05)
        if family == "he":
            assert (np.maximum(z, 0) ** 2).mean() == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize("kind", ["normal", "uniform"])
@pytest.mark.parametrize("slope", [0.0, 0.2, 1.0])
def test_he_knows_the_slope_of_a_leaky_relu(kind, slope):
    """Behind it the signal is as large as before; a slope of 1 is a linear map, as LeCun has it."""
    W = make(f"he_{kind}", 400, 300, slope=slope)
    np.testing.assert_allclose(W * np.sqrt(1 + slope**2), make(f"he_{kind}", 400, 300), atol=1e-15)
    x = np.random.default_rng(5).standard_normal((200, 400))
    y, _ = ops.leaky_relu(x @ W, slope)
    assert (y**2).mean() == pytest.approx(1, rel=0.05)
    if slope == 1:
        np.testing.assert_allclose(W, make(f"lecun_{kind}", 400, 300), atol=1e-15)


@pytest.mark.parametrize("name", ["he_normal", "he_uniform"])
def test_bad_slope(name):
    for slope, kind in ((-0.1, DomainError), (1.5, DomainError), ("leaky", DTypeError)):
        with pytest.raises(kind, match=f"^{name}: slope is "):
            make(name, 3, 4, slope=slope)


def test_zeros_and_constants():
    for dtype in (np.float32, np.float64):
        b, c = init.zeros(3, 4, dtype=dtype), init.constant(3, 4, value=0.1, dtype=dtype)
        assert b.shape == c.shape == (3, 4) and b.dtype == c.dtype == dtype
        assert (b == 0).all() and (c == dtype(0.1)).all()
    assert init.constant(value=2).shape == () and init.constant(5, value=-1).sum() == -5


@every_random
def test_every_one_fits_a_layer(name):
    layer = bplib.Linear(
        4, 3, rng=np.random.default_rng(0), dtype=np.float32, weights=getattr(init, name)
    )
    np.testing.assert_array_equal(layer.W.value, make(name, 4, 3, dtype=np.float32))


def test_all_are_public():
    assert sorted(init.__all__) == init.__all__ == sorted([*RANDOM, "constant", "zeros"])


@every_random
@pytest.mark.parametrize(
    "sizes, settings, kind, sentence",
    [
        ((0, 3), {}, DomainError, "n_in is 0; it must be at least 1."),
        ((4, -1), {}, DomainError, "n_out is -1; it must be at least 1."),
        ((4.0, 3), {}, DTypeError, "n_in is a float; a whole number is needed."),
        ((4, True), {}, DTypeError, "n_out is a bool; a whole number is needed."),
        ((4, 3), {"dtype": int}, DTypeError, "dtype is int64; it must be float32 or float64."),
        (
            (4, 3),
            {"rng": 0},
            DTypeError,
            "rng is an int; a numpy.random.Generator is needed, "
            "for example numpy.random.default_rng(0).",
        ),
    ],
)
def test_what_is_refused(name, sizes, settings, kind, sentence):
    with pytest.raises(kind) as caught:
        getattr(init, name)(*sizes, **{"rng": np.random.default_rng(0), **settings})
    assert str(caught.value) == f"{name}: {sentence}"


@pytest.mark.parametrize("name", WITH_GAIN)
def test_bad_gain(name):
    with pytest.raises(DomainError, match=f"^{name}: gain is 0; it must be positive and finite.$"):
        make(name, 4, 3, gain=0)
    with pytest.raises(DTypeError, match=f"^{name}: gain is a str; a number is needed.$"):
        make(name, 4, 3, gain="relu")


@pytest.mark.parametrize(
    "call, kind, sentence",
    [
        (lambda: init.zeros(0), DomainError, "zeros: shape is 0; it must be at least 1."),
        (lambda: init.zeros(3, dtype=int), DTypeError,
         "zeros: dtype is int64; it must be float32 or float64."),
        (lambda: init.zeros((3, 4)), DTypeError,
         "zeros: shape is a tuple; a whole number is needed."),
        (lambda: init.constant(3, value=np.nan), DomainError,
         "constant: value is nan; it must be finite."),
        (lambda: init.constant(3, value="one"), DTypeError,
         "constant: value is a str; a number is needed."),
        (lambda: init.constant(-3, value=1.0), DomainError,
         "constant: shape is -3; it must be at least 1."),
    ],
)  # fmt: skip
def test_bad_constants(call, kind, sentence):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == sentence
