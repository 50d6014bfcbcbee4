"""The bundled data are the published numbers; the synthetic data are their formulas."""

import subprocess
import sys
import time

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_digits

from bplib import data
from bplib.errors import DomainError, DTypeError, NotReadyError, UnknownNameError

SYNTHETIC = [data.line, data.moons, data.xor, data.spiral]
BUNDLED = [data.diabetes, data.digits]


def test_diabetes_is_the_published_table():
    ours, theirs = data.diabetes(), load_diabetes(scaled=False)
    assert ours.X.dtype == ours.y.dtype == np.float64
    np.testing.assert_array_equal(ours.X, theirs.data)
    np.testing.assert_array_equal(ours.y, theirs.target)
    assert list(ours.feature_names) == theirs.feature_names
    assert ours.X.shape == (442, 10) and ours.y.shape == (442,)


def test_digits_are_the_published_images():
    ours, theirs = data.digits(), load_digits()
    np.testing.assert_array_equal(ours.X, theirs.data)
    np.testing.assert_array_equal(ours.images, theirs.images)
    np.testing.assert_array_equal(ours.y, theirs.target)
    assert list(ours.feature_names) == theirs.feature_names
    assert ours.y.dtype == np.int64 and ours.X.dtype == np.float64
    assert ours.X.min() == 0 and ours.X.max() == 16


def test_what_the_descriptions_say_is_so():
    patients = data.diabetes()
    assert (patients.y.min(), patients.y.max()) == (25, 346)
    assert set(np.unique(patients.column("sex"))) == {1.0, 2.0}
    ratio = patients.column("s1") / patients.column("s3")
    # s4 is that ratio, rounded for most patients to a whole number
    assert np.median(np.abs(patients.column("s4") - ratio)) < 0.3
    assert "1,797" in data.digits().description and len(data.digits().X) == 1797


@pytest.mark.parametrize("load", BUNDLED)
def test_everything_a_reader_needs_is_said(load):
    dataset = load()
    n = dataset.X.shape[1]
    assert len(dataset.feature_names) == len(dataset.units) == len(dataset.feature_notes) == n
    assert len(dataset.y) == len(dataset.X)
    for field in ("name", "target_name", "description", "source", "licence", "citation"):
        assert getattr(dataset, field).strip()
    assert "doi:10." in dataset.citation
    shown = repr(dataset)
    assert dataset.name in shown and str(dataset.X.shape) in shown and dataset.licence in shown
    assert max(map(len, shown.splitlines())) <= 120


def test_sources():
    assert "2004" in data.diabetes().source and "Efron" in data.diabetes().source
    assert "1998" in data.digits().source and data.digits().licence == "CC BY 4.0"


@pytest.mark.parametrize("load", BUNDLED)
def test_arrays_are_fresh_every_time(load):
    first, second = load(), load()
    before = second.X.copy()
    first.X[:] = -1
    first.y[:] = -1
    np.testing.assert_array_equal(second.X, before)
    np.testing.assert_array_equal(load().X, before)
    assert (load().y >= 0).all()


def test_a_column_is_a_copy():
    patients = data.diabetes()
    bmi = patients.column("bmi")
    np.testing.assert_array_equal(bmi, patients.X[:, 2])
    bmi[:] = 0
    assert patients.X[:, 2].min() > 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64, "float32"])
def test_asked_dtype(dtype, rng):
    assert data.diabetes(dtype=dtype).X.dtype == dtype
    assert data.diabetes(dtype=dtype).y.dtype == dtype
    assert data.digits(dtype=dtype).X.dtype == dtype
    for make in SYNTHETIC:
        X, y = make(7, rng=rng, dtype=dtype)
        assert X.dtype == dtype
        assert y.dtype == (dtype if make is data.line else np.int64)


def test_bundled_data_need_neither_scikit_learn_nor_much_time():
    code = (
        "import sys, bplib.data as d\n"
        "d.diabetes(), d.digits()\n"
        "print(sorted(m for m in ('sklearn', 'scipy', 'pandas', 'pooch') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    start = time.perf_counter()
    data.diabetes()
    data.digits()
    assert time.perf_counter() - start < 1.0  # a few milliseconds; generous for a busy machine


def test_frozen():
    with pytest.raises(AttributeError):
        data.diabetes().X = None


def test_images_only_where_there_are_images():
    with pytest.raises(NotReadyError, match="the samples of diabetes are not images"):
        _ = data.diabetes().images


def test_unknown_column():
    with pytest.raises(UnknownNameError, match="there is no feature 'bmj'; did you mean 'bmi'"):
        data.diabetes().column("bmj")


def test_line_without_noise_is_a_line(rng):
    X, y = data.line(57, slope=-3.0, intercept=0.5, noise=0.0, rng=rng)
    assert X.shape == (57, 1) and y.shape == (57,)
    np.testing.assert_allclose(y, -3.0 * X[:, 0] + 0.5, rtol=1e-15, atol=1e-15)
    assert X.min() >= -1 and X.max() < 1 and np.ptp(X) > 1


def test_line_noise_has_the_spread_it_says(rng):
    X, y = data.line(20_000, slope=2.0, intercept=1.0, noise=0.3, rng=rng)
    residual = y - (2.0 * X[:, 0] + 1.0)
    assert abs(residual.std() - 0.3) < 0.01 and abs(residual.mean()) < 0.01


def test_moons_without_noise_lie_on_the_half_circles(rng):
    X, y = data.moons(101, noise=0.0, rng=rng)
    upper, lower = X[y == 0], X[y == 1]
    np.testing.assert_allclose(np.hypot(upper[:, 0], upper[:, 1]), 1.0)
    np.testing.assert_allclose(np.hypot(lower[:, 0] - 1.0, lower[:, 1] - 0.5), 1.0)
    assert (upper[:, 1] >= 0).all() and (lower[:, 1] <= 0.5).all()
    np.testing.assert_array_equal(y, np.arange(101) % 2)


def test_xor_without_noise_is_the_truth_table(rng):
    X, y = data.xor(4, noise=0.0, rng=rng)
    np.testing.assert_array_equal(X, [[0, 0], [0, 1], [1, 0], [1, 1]])
    np.testing.assert_array_equal(y, [0, 1, 1, 0])


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_spiral_without_noise_winds_as_it_says(classes, rng):
    X, y = data.spiral(97, classes=classes, noise=0.0, rng=rng)
    t = np.hypot(X[:, 0], X[:, 1])
    assert t.max() < 1
    angle = 2 * np.pi * y / classes + 4 * t
    np.testing.assert_allclose(X, t[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    np.testing.assert_array_equal(y, np.arange(97) % classes)


@pytest.mark.parametrize("make", [data.moons, data.xor, data.spiral])
def test_noise_scatters_every_coordinate_alike(make):
    still, _ = make(10_000, noise=0.0, rng=np.random.default_rng(3))
    moved, _ = make(10_000, noise=0.2, rng=np.random.default_rng(3))
    assert np.abs((moved - still).std(axis=0) - 0.2).max() < 0.01


@pytest.mark.parametrize("make", SYNTHETIC)
def test_same_seed_same_data(make):
    first, second = (make(31, rng=np.random.default_rng(8)) for _ in range(2))
    other = make(31, rng=np.random.default_rng(9))
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])
    assert (first[0] != other[0]).any()


@pytest.mark.parametrize("make", SYNTHETIC)
@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_points(make, n, rng):
    X, y = make(n, rng=rng)
    assert len(X) == len(y) == n


BAD = [
    ({"n": 0}, DomainError, "{}: n is 0; it must be at least 1."),
    ({"n": 2.5}, DTypeError, "{}: n is a float; a whole number is needed."),
    ({"n": True}, DTypeError, "{}: n is a bool; a whole number is needed."),
    ({"noise": -0.1}, DomainError, "{}: noise is -0.1; a standard deviation is at least 0."),
    ({"noise": float("nan")}, DomainError, "{}: noise is nan; it must be finite."),
    ({"noise": "0.1"}, DTypeError, "{}: noise is a str; a number is needed."),
    (
        {"rng": 3},
        DTypeError,
        "{}: rng is an int; a numpy.random.Generator is needed, "
        "for example numpy.random.default_rng(0).",
    ),
    ({"dtype": "float16"}, DTypeError, "{}: dtype is float16; it must be float32 or float64."),
    ({"dtype": "flot"}, DTypeError, "{}: dtype is 'flot'; it must be float32 or float64."),
]


@pytest.mark.parametrize("make", SYNTHETIC)
@pytest.mark.parametrize("wrong, kind, sentence", BAD)
def test_bad_arguments(make, wrong, kind, sentence, rng):
    with pytest.raises(kind) as caught:
        make(**({"n": 9, "rng": rng} | wrong))
    assert str(caught.value) == sentence.format(make.__name__)


def test_bad_arguments_of_single_functions(rng):
    with pytest.raises(DomainError, match="^spiral: classes is 1; it must be at least 2.$"):
        data.spiral(9, classes=1, rng=rng)
    with pytest.raises(DomainError, match="^line: slope is inf; it must be finite.$"):
        data.line(9, slope=float("inf"), rng=rng)
    with pytest.raises(DTypeError, match="^digits: dtype is int32; it must be float32 or float64"):
        data.digits(dtype=np.int32)
    with pytest.raises(TypeError, match="rng"):
        data.moons(9)
