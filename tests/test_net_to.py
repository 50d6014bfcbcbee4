"""Moving a net to a device or into another precision."""

import sys

import fake_device
import numpy as np
import pytest

from bplib import BatchNorm, Dropout, Linear, ReLU, Sequential, optim
from bplib.backend import xp_of
from bplib.errors import DTypeError, MissingExtraError, NotReadyError, ShapeError, UnknownNameError


def small(rng):
    return Sequential(
        Linear(4, 5, rng=rng), BatchNorm(5), ReLU(), Dropout(0.2, rng=rng), Linear(5, 3, rng=rng)
    )


@pytest.fixture
def device(monkeypatch):
    """The strict device in the place of CuPy, with a GPU that is usable."""
    monkeypatch.setitem(sys.modules, "cupy", fake_device.module)
    monkeypatch.setattr(fake_device.module, "is_available", lambda: True, raising=False)
    return fake_device.module


def trained(net, xp, dtype, rng):
    x = xp.asarray(rng.standard_normal((6, 4)).astype(dtype))
    y = net.forward(x)
    net.backward(y)
    return x, y


def holds(net):
    return [
        *(p.value for p in net.parameters()),
        *(p.grad for p in net.parameters()),
        *(b.value for b in net.buffers()),
    ]


def test_into_another_precision_and_back(rng):
    net = small(rng)
    trained(net, np, np.float64, rng)
    before, gradients = net.state_dict(), [p.grad for p in net.parameters()]
    assert net.to(np.float32) is net
    assert all(array.dtype == np.float32 for array in holds(net))
    for name, value in net.state_dict().items():
        np.testing.assert_array_equal(value, before[name].astype(np.float32))
    for parameter, gradient in zip(net.parameters(), gradients, strict=True):
        np.testing.assert_array_equal(parameter.grad, gradient.astype(np.float32))
    with pytest.raises(NotReadyError):
        net.backward(np.ones((6, 3), np.float32))
    _, y = trained(net, np, np.float32, rng)
    assert y.dtype == np.float32
    assert all(array.dtype == np.float64 for array in holds(net.to("float64")))


def test_to_a_device_and_back(device, rng):
    net = small(rng).to(np.float32)
    trained(net, np, np.float32, rng)
    before = net.state_dict()
    assert net.to("gpu") is net
    assert all(xp_of(array) is device for array in holds(net))
    _, y = trained(net, device, np.float32, rng)
    assert xp_of(y) is device
    net.load_state_dict({name: device.asarray(value) for name, value in before.items()})
    net.to("cpu")
    assert all(type(array) is np.ndarray for array in holds(net))
    for name, value in net.state_dict().items():
        assert value.tobytes() == before[name].tobytes()


def test_what_is_there_already_stays(rng):
    net = small(rng)
    arrays = [p.value for p in net.parameters()]
    optimizer = optim.Adam(net.parameters(), lr=0.1)
    net.to("cpu").to(np.float64)
    assert all(p.value is a for p, a in zip(net.parameters(), arrays, strict=True))
    trained(net, np, np.float64, rng)
    optimizer.step()


def test_an_optimizer_made_before_says_so(device, rng):
    for where in (np.float32, "gpu"):
        net = small(rng)
        optimizer = optim.Adam(net.parameters(), lr=0.1)
        trained(net, np, np.float64, rng)
        net.to(where)
        with pytest.raises(ShapeError) as caught:
            optimizer.step()
        assert str(caught.value) == (
            "Adam.step: W was an array of float64 of shape (4, 5) when the optimizer was made, "
            "and has been replaced since; make a new optimizer."
        )
        optim.Adam(net.parameters(), lr=0.1).step()


def test_a_parameter_in_two_places_moves_once(rng):
    first, second = Linear(3, 3, rng=rng), Linear(3, 3, rng=rng)
    second.W = first.W
    Sequential(first, second).to(np.float32)
    assert second.W is first.W and first.W.value.dtype == np.float32


@pytest.mark.parametrize(
    "where, error, sentence",
    [
        ("gpuu", UnknownNameError, "there is no device or dtype 'gpuu'; did you mean 'gpu'?"),
        ("cuda", UnknownNameError,
         "there is no device or dtype 'cuda'; there is cpu, float32, float64, gpu."),
        (np.float16, DTypeError, "to: dtype is float16; it must be float32 or float64."),
        ("int64", DTypeError, "to: dtype is int64; it must be float32 or float64."),
        (None, DTypeError, "to: where is None; a device ('cpu' or 'gpu') or a dtype (float32 or "
         "float64) is needed."),
    ],
)  # fmt: skip
def test_wrong_names(where, error, sentence, rng):
    net = small(rng)
    before = net.state_dict()
    with pytest.raises(error) as caught:
        net.to(where)
    assert str(caught.value) == sentence
    assert all(value.dtype == before[name].dtype for name, value in net.state_dict().items())


def test_without_a_gpu_nothing_moves(monkeypatch, rng):
    monkeypatch.setitem(sys.modules, "cupy", None)
    net = small(rng)
    with pytest.raises(MissingExtraError, match="^to_device: no GPU is usable here"):
        net.to("gpu")
    assert all(type(p.value) is np.ndarray for p in net.parameters())
