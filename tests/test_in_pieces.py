"""A formula in pieces gives the numbers it gives at once, however the array lies in memory."""

import tracemalloc

import numpy as np
import pytest

from bplib import ops
from bplib.ops import pieces


def double_and_square(x):
    return 2 * x, x * x


@pytest.mark.parametrize("shape", [(), (5,), (16,), (17,), (4, 9), (3, 2, 16)])
@pytest.mark.parametrize("layout", ["C", "F", "every second"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pieces_are_the_whole(shape, layout, dtype, monkeypatch, rng):
    monkeypatch.setattr(pieces, "PIECE", 16)
    x = rng.standard_normal((*shape, 2)).astype(dtype)[..., 0]
    if layout != "every second":
        x = np.array(x, order=layout)
    before = x.copy()
    found = pieces.in_pieces(double_and_square, x)
    for array, expected in zip(found, double_and_square(before), strict=True):
        assert array.shape == shape and array.dtype == dtype
        np.testing.assert_array_equal(array, expected)
    np.testing.assert_array_equal(x, before)


def test_on_a_device_the_whole_goes_through(xp, monkeypatch, rng):
    monkeypatch.setattr(pieces, "PIECE", 4)
    sizes = []
    x = xp.asarray(rng.standard_normal((3, 5)))
    pieces.in_pieces(lambda part: (sizes.append(part.size), part + 0)[1:], x)
    assert sizes == ([4, 4, 4, 3] if isinstance(x, np.ndarray) else [15])


@pytest.mark.parametrize("approximate", [False, True])
def test_a_large_gelu_takes_the_memory_of_its_results(approximate, rng):
    x = rng.standard_normal((256, 2048), dtype=np.float32)
    tracemalloc.start()
    ops.gelu(x, approximate)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 2.6 * x.nbytes
