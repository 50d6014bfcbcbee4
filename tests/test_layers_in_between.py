"""Dropout, Flatten and LayerNorm: what stands between the layers that multiply."""

import numpy as np
import pytest
from pairs import SameEveryTime

import bplib
from bplib import ops, tape
from bplib.backend import to_numpy, xp_of
from bplib.errors import DomainError, DTypeError, NotReadyError, ShapeError
from bplib.gradcheck import gradcheck
from bplib.layers import Dropout, Flatten, LayerNorm
from bplib.tape import Tensor


def example(xp, dtype, *shape):
    rng = np.random.default_rng(len(shape))
    return xp.asarray(rng.standard_normal(shape).astype(dtype))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layers_are_their_pairs_and_the_tape_is_the_layers(dtype, xp):
    """The very same bits: the layer, the pair, and the pair recorded by the tape."""
    norm = LayerNorm(6, eps=0.01, dtype=dtype)
    for parameter in norm.parameters():
        parameter.value = xp.asarray(parameter.value) + example(xp, dtype, 6)
    parameters = [Tensor(parameter.value) for parameter in norm.parameters()]
    x = example(xp, dtype, 3, 4, 6)
    for layer, record in (
        (norm, lambda t: tape.layer_norm(t, *parameters, eps=0.01)),
        (Flatten(), lambda t: t.reshape(3, 24)),
        (Dropout(0.4, rng=np.random.default_rng(8)),
         lambda t: tape.dropout(t, 0.4, np.random.default_rng(8))),
    ):  # fmt: skip
        t = Tensor(x)
        node, y = record(t), layer.forward(x)
        dy = example(xp, dtype, *y.shape)
        node.backward(dy)
        dx = layer.backward(dy)
        pairs = [(y, node.value), (dx, t.grad)]
        if layer is norm:
            found = zip(norm.parameters(), parameters, strict=True)
            pairs += [(p.grad, q.grad) for p, q in found]
        for found, expected in pairs:
            assert xp_of(found) is xp and found.dtype == dtype
            assert to_numpy(found).tobytes() == to_numpy(expected).tobytes()


@pytest.mark.parametrize(
    "layer",
    [LayerNorm(6), Flatten(), Dropout(0.3, rng=SameEveryTime(4))],
    ids=repr,
)
def test_gradcheck(layer):
    report = gradcheck(layer, example(np, float, 5, 4, 6), tolerance=1e-7)
    assert report.ok, report


def test_dropout_has_two_modes():
    layer = Dropout(0.5, rng=np.random.default_rng(1))
    x = np.ones((30, 4))
    first, second = layer.forward(x), layer.forward(x)
    assert set(first.reshape(-1)) == {0.0, 2.0} and (first != second).any()
    np.testing.assert_array_equal(layer.backward(x), second)  # the mask of the last pass
    layer.eval()
    np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(layer.backward(x), x)
    layer.train()
    assert (layer.forward(x) == 0).any()


def test_in_a_network(rng):
    """A batch of small images through all three; eval() reaches the dropout inside."""
    net = bplib.Sequential(
        Flatten(), bplib.Linear(12, 5, rng=rng), LayerNorm(5), Dropout(0.5, rng=rng)
    )
    assert list(net.named_parameters()) == ["1.W", "1.b", "2.gamma", "2.beta"]
    x = rng.standard_normal((7, 3, 4))
    net.eval()
    y = net.forward(x)
    np.testing.assert_array_equal(net.forward(x), y)
    np.testing.assert_allclose(y.mean(axis=1), 0, atol=1e-14)
    assert net.backward(rng.standard_normal((7, 5))).shape == x.shape
    assert all(parameter.grad is not None for parameter in net.parameters())


def test_a_gradient_adds_up():
    layer, x = LayerNorm(6), example(np, float, 5, 6)
    layer.forward(x)
    layer.backward(x)
    once = layer.gamma.grad
    layer.backward(x)
    np.testing.assert_array_equal(layer.gamma.grad, 2 * once)
    np.testing.assert_array_equal(layer.beta.grad, 2 * x.sum(axis=0))
    layer.zero_grad()
    assert layer.gamma.grad is None


def test_reprs():
    assert repr(LayerNorm(6, dtype=np.float32)) == "LayerNorm(6, float32)"
    assert repr(Flatten()) == "Flatten()"
    assert repr(Dropout(0.25, rng=np.random.default_rng(0))) == "Dropout(0.25)"


def test_flatten_keeps_the_rows():
    assert Flatten().forward(np.ones((3, 4, 5))).shape == (3, 20)
    assert Flatten().forward(np.ones(3)).shape == (3, 1)
    x = np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(Flatten().forward(x)[1], np.arange(12, 24))
    assert ops.reshape(x, (2, -1))[0].tobytes() == Flatten().forward(x).tobytes()


BAD = [
    (lambda: Dropout(1.0, rng=np.random.default_rng(0)), DomainError,
     "Dropout: rate is 1; it must be at least 0 and below 1."),
    (lambda: Dropout(0.5, rng=3), DTypeError,
     "Dropout: rng is an int; a numpy.random.Generator is needed, "
     "for example numpy.random.default_rng(0)."),
    (lambda: Flatten().forward(np.asarray(1.0)), ShapeError,
     "Flatten: x has shape (); its first axis must be that of the samples."),
    (lambda: Flatten().forward(np.ones((0, 3))), ShapeError,
     "Flatten: x is empty, its shape is (0, 3)."),
    (lambda: LayerNorm(0), DomainError, "LayerNorm: n is 0; it must be at least 1."),
    (lambda: LayerNorm(1), DomainError, "LayerNorm: n is 1; one number alone has no variance."),
    (lambda: LayerNorm(3, eps=-1.0), DomainError,
     "LayerNorm: eps is -1; it must be positive and finite."),
    (lambda: LayerNorm(3, dtype=int), DTypeError,
     "LayerNorm: dtype is int64; it must be float32 or float64."),
    (lambda: LayerNorm(3).forward(np.ones((4, 5))), ShapeError,
     "layer_norm: gamma has shape (3,), but x has shape (4, 5); gamma needs the shape (5,)."),
    (lambda: LayerNorm(3).backward(np.ones((4, 3))), NotReadyError,
     "LayerNorm: backward was called before forward; "
     "there is no output yet whose gradient could be passed back."),
]  # fmt: skip


@pytest.mark.parametrize("call, kind, sentence", BAD)
def test_bad_calls(call, kind, sentence):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == sentence
