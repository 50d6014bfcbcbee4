"""Gradients that nobody wants are not computed, and the others do not notice."""

import itertools

import numpy as np
import pytest

from bplib import ops
from bplib.backend import to_numpy

CASES = {
    "linear": (ops.linear, ops.linear_backward, [(5, 4), (4, 3), (3,)]),
    "matmul": (ops.matmul, ops.matmul_backward, [(6, 5, 4), (4, 3)]),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_not_wanted_is_none(name, rng, xp):
    forward, backward, shapes = CASES[name]
    y, cache = forward(*(xp.asarray(rng.standard_normal(shape)) for shape in shapes))
    everything = backward(y, cache)
    for wanted in itertools.product((True, False), repeat=len(shapes)):
        found = backward(y, cache, wanted)
        for asked, gradient, expected in zip(wanted, found, everything, strict=True):
            assert (gradient is not None) == asked
            if asked:
                assert to_numpy(gradient).tobytes() == to_numpy(expected).tobytes()


class _Unmultiplied(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **settings):
        assert ufunc is not np.matmul, "a product that nobody wants was computed"
        return NotImplemented


@pytest.mark.parametrize("name", CASES)
def test_what_is_not_wanted_costs_nothing(name, rng):
    forward, backward, shapes = CASES[name]
    y, cache = forward(*(rng.standard_normal(shape) for shape in shapes))
    with pytest.raises(AssertionError, match="nobody wants"):
        backward(y.view(_Unmultiplied), cache)
    assert backward(y.view(_Unmultiplied), cache, (False,) * len(shapes)) == (None,) * len(shapes)
