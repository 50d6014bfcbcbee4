"""Which layer of a net an error comes from."""

import numpy as np
import pytest

from bplib import Checkpointed, Layer, Linear, ReLU, Residual, Sequential, Tanh
from bplib.errors import DTypeError, NotReadyError, ShapeError

FIRST = "linear: W has 5 rows, but x has 4 columns; x (m, n_in) needs W (n_in, n_out)."


def linear(n_in, n_out):
    return Linear(n_in, n_out, rng=np.random.default_rng(0))


def wrong():
    return linear(5, 4)


NETS = {
    "0": lambda: Sequential(wrong()),
    "2": lambda: Sequential(linear(4, 4), ReLU(), wrong(), ReLU()),
    "1.0": lambda: Sequential(ReLU(), Residual(wrong())),
    "1.2.0": lambda: Sequential(Tanh(), Sequential(ReLU(), Tanh(), Sequential(wrong(), Tanh()))),
    "3": lambda: Checkpointed(linear(4, 4), ReLU(), linear(4, 4), wrong(), segments=3),
    "1.3": lambda: Sequential(
        ReLU(), Checkpointed(ReLU(), Tanh(), linear(4, 4), wrong(), ReLU(), segments=4)
    ),
}


@pytest.mark.parametrize("place", NETS)
def test_forward(place, rng):
    net = NETS[place]()
    for _ in range(2):  # a second time as the first
        with pytest.raises(ShapeError) as caught:
            net.forward(rng.standard_normal((3, 4)))
        assert str(caught.value) == f"layer {place}, Linear(5 → 4, float64): {FIRST}"
    with pytest.raises(ShapeError) as caught:
        net.summary((3, 4))
    assert str(caught.value) == f"summary: layer {place}, Linear(5 → 4, float64): {FIRST}"


class WrongBack(Layer):
    def forward(self, x):
        return x * 1

    def backward(self, dy):
        return dy[:, :2]


@pytest.mark.parametrize("backward", ["backward", "backward_parameters"])
@pytest.mark.parametrize("kind", [Sequential, Checkpointed])
def test_backward(kind, backward, rng):
    inner = kind(linear(4, 3), ReLU(), WrongBack())
    for net, place in ((inner, "1"), (Sequential(linear(4, 4), inner), "1.1")):
        net.forward(rng.standard_normal((5, 4)))
        with pytest.raises(ShapeError) as caught:
            getattr(net, backward)(np.ones((5, 3)))
        assert str(caught.value) == (
            f"layer {place}, ReLU(): relu_backward: dy has shape (5, 2), but y had shape (5, 3)."
        )


def test_the_last_gradient_and_the_first_layer(rng):
    net = Sequential(linear(4, 3), ReLU())
    with pytest.raises(NotReadyError, match=r"^layer 1, ReLU\(\): ReLU: backward was called befo"):
        net.backward(np.ones((5, 3)))
    net.forward(rng.standard_normal((5, 4)))
    with pytest.raises(ShapeError, match=r"^layer 1, ReLU\(\): relu_backward: dy has shape \(5, 9"):
        net.backward_parameters(np.ones((5, 9)))
    net = Sequential(linear(4, 3))
    net.forward(rng.standard_normal((5, 4)))
    with pytest.raises(ShapeError, match="^layer 0, Linear"):
        net.backward_parameters(np.ones((5, 9)))


class Breaks(Layer):
    def forward(self, x):
        return x.reshape(-1, 7)

    def backward(self, dy):
        return dy


def test_an_error_of_numpy_keeps_its_words_and_gets_notes(rng):
    net = Sequential(ReLU(), Sequential(Tanh(), Breaks()))
    with pytest.raises(ValueError, match="^cannot reshape") as caught:
        net.forward(rng.standard_normal((3, 4)))
    assert caught.value.__notes__ == [
        "This happened in layer 1, Breaks().",
        "This happened in layer 1, Sequential.",
    ]


def test_an_array_in_the_place_of_a_parameter(rng):
    net = Sequential(ReLU(), Sequential(linear(4, 3)))
    net[1][0].W = np.ones((4, 3))
    with pytest.raises(DTypeError) as caught:
        net.forward(rng.standard_normal((3, 4)))
    assert isinstance(caught.value.__cause__, AttributeError)
    assert str(caught.value) == (
        "layer 1.0, Linear: Linear: own_parameters() lists an ndarray, where a Parameter is "
        "needed; an array goes into the value of one."
    )
