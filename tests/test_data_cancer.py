"""The breast lumps are the published numbers, and shifted images are what slicing says."""

import itertools

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

from bplib import data
from bplib.backend import to_numpy
from bplib.errors import DTypeError, ShapeError, UnknownNameError


def test_breast_cancer_is_the_published_table_with_malignant_as_1():
    ours, theirs = data.breast_cancer(), load_breast_cancer()
    np.testing.assert_array_equal(ours.X, theirs.data)
    np.testing.assert_array_equal(ours.y, 1 - theirs.target)
    assert [name.replace("_", " ") for name in ours.feature_names] == list(theirs.feature_names)
    assert ours.X.dtype == np.float64 and ours.y.dtype == np.int64
    assert ours.class_names == ("benign", "malignant")
    assert theirs.target_names.tolist() == ["malignant", "benign"]


def test_what_its_description_says_is_so():
    lumps = data.breast_cancer()
    assert lumps.X.shape == (569, 30) and np.bincount(lumps.y).tolist() == [357, 212]
    n = lumps.X.shape[1]
    assert len(lumps.feature_names) == len(lumps.units) == len(lumps.feature_notes) == n
    for count in ("569", "357", "212"):
        assert count in lumps.description
    assert "doi:10.24432/C5DW2B" in lumps.citation and lumps.licence == "CC BY 4.0"
    assert lumps.licence in repr(lumps) and max(map(len, repr(lumps).splitlines())) <= 120
    # Perimeter and area nearly say what the radius says.
    X = np.log(np.stack([lumps.column(f"mean_{name}") for name in ("radius", "perimeter", "area")]))
    assert np.corrcoef(X).min() > 0.99
    assert np.all(lumps.column("worst_radius") >= lumps.column("mean_radius"))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_asked_dtype_and_fresh_arrays(dtype):
    first, second = data.breast_cancer(dtype=dtype), data.breast_cancer(dtype=dtype)
    assert first.X.dtype == dtype
    first.X[:] = -1
    first.y[:] = -1
    assert second.X.min() >= 0 and second.y.min() == 0
    with pytest.raises(DTypeError, match="breast_cancer"):
        data.breast_cancer(dtype=np.int64)
    with pytest.raises(UnknownNameError, match="mean_radius"):
        first.column("mean_radiu")


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
def test_shifted_is_what_single_pixels_say(xp, rng, dtype):
    images = (1 + 9 * rng.random((3, 4, 5))).astype(dtype)
    before = images.copy()
    for down, right in itertools.product((-6, -2, -1, 0, 1, 3, 5), repeat=2):
        found = data.shifted(xp.asarray(images), down, right)
        assert found.dtype == dtype and found.shape == images.shape
        for r, c in itertools.product(range(4), range(5)):
            inside = 0 <= r - down < 4 and 0 <= c - right < 5
            expected = images[:, r - down, c - right] if inside else 0
            np.testing.assert_array_equal(to_numpy(found)[:, r, c], expected)
    np.testing.assert_array_equal(images, before)


def test_shifting_there_and_back_loses_the_edge_alone():
    image = np.arange(1.0, 17.0).reshape(4, 4)
    there_and_back = data.shifted(data.shifted(image, 1, 0), -1, 0)
    assert np.array_equal(there_and_back[:3], image[:3]) and not there_and_back[3].any()
    assert not np.shares_memory(data.shifted(image, 0, 0), image)


def test_shifted_says_what_it_needs():
    image = np.ones((4, 4))
    with pytest.raises(ShapeError, match=r"shifted: images has shape \(4,\)"):
        data.shifted(np.ones(4), 1, 0)
    with pytest.raises(ShapeError, match="not empty"):
        data.shifted(np.ones((0, 4, 4)), 1, 0)
    with pytest.raises(DTypeError, match="shifted: down"):
        data.shifted(image, 0.5, 0)
    with pytest.raises(DTypeError, match="shifted: right"):
        data.shifted(image, 1, "1")
    with pytest.raises(DTypeError, match="images is a list"):
        data.shifted([[1.0, 2.0]], 1, 0)
    with pytest.raises(DTypeError, match="array of bool"):
        data.shifted(image > 0, 1, 0)
