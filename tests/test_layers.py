"""Layers are their pairs with a memory."""

import numpy as np
import pytest

import bplib
from bplib import init, ops, optim, tape
from bplib.backend import to_numpy, xp_of
from bplib.errors import DomainError, DTypeError, NotReadyError, ShapeError
from bplib.gradcheck import gradcheck
from bplib.layers import Activation, Layer, Linear, Parameter
from bplib.tape import Tensor


def layer_on(xp, rng, n_in=5, n_out=3, dtype=np.float64):
    layer = Linear(n_in, n_out, rng=rng, dtype=dtype)
    layer.b.value += rng.standard_normal(n_out).astype(dtype)  # a bias of zero hides mistakes
    for parameter in layer.parameters():
        parameter.value = xp.asarray(parameter.value)
    return layer


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_linear_is_the_pair(dtype, xp, rng):
    layer = layer_on(xp, rng, dtype=dtype)
    x = xp.asarray(rng.standard_normal((4, 5)).astype(dtype))
    dy = xp.asarray(rng.standard_normal((4, 3)).astype(dtype))
    y = layer.forward(x)
    dx = layer.backward(dy)
    expected, cache = ops.linear(x, layer.W.value, layer.b.value)
    for found, wanted in zip(
        (y, dx, layer.W.grad, layer.b.grad),
        (expected, *ops.linear_backward(dy, cache)),
        strict=True,
    ):
        assert xp_of(found) is xp and found.dtype == dtype
        np.testing.assert_array_equal(to_numpy(found), to_numpy(wanted))


def test_gradients_add_up_until_they_are_forgotten(xp, rng):
    layer = layer_on(xp, rng)
    x, dy = xp.asarray(rng.standard_normal((4, 5))), xp.asarray(rng.standard_normal((4, 3)))
    layer.forward(x)
    layer.backward(dy)
    once, held = to_numpy(layer.W.grad), layer.W.grad
    layer.forward(x)
    layer.backward(dy)
    np.testing.assert_array_equal(to_numpy(layer.W.grad), 2 * once)
    np.testing.assert_array_equal(to_numpy(held), once)  # a gradient once taken does not move
    layer.zero_grad()
    assert layer.W.grad is None and layer.b.grad is None
    layer.backward(dy)
    np.testing.assert_array_equal(to_numpy(layer.W.grad), once)


def test_a_batch_in_two_pieces_gives_the_same_gradient(rng):
    layer = layer_on(np, rng)
    x, dy = rng.standard_normal((7, 5)), rng.standard_normal((7, 3))
    layer.forward(x)
    layer.backward(dy)
    whole = layer.W.grad, layer.b.grad
    layer.zero_grad()
    for piece in (slice(0, 3), slice(3, 7)):
        layer.forward(x[piece])
        layer.backward(dy[piece])
    np.testing.assert_allclose(layer.W.grad, whole[0], rtol=1e-12)
    np.testing.assert_allclose(layer.b.grad, whole[1], rtol=1e-12)


def test_gradcheck_of_a_layer_leaves_it_as_it_was(rng):
    layer = layer_on(np, rng)
    layer.W.grad = np.full((5, 3), 7.0)
    before = layer.W.value.copy()
    report = gradcheck(layer, rng.standard_normal((4, 5)), tolerance=1e-8)
    assert report.ok, report
    assert [argument.name for argument in report.arguments] == ["x", "W", "b"]
    np.testing.assert_array_equal(layer.W.value, before)
    np.testing.assert_array_equal(layer.W.grad, np.full((5, 3), 7.0))
    assert layer.b.grad is None


def test_gradcheck_finds_a_broken_layer(rng):
    class WithoutBiasGradient(Linear):
        def backward(self, dy):
            dx = super().backward(dy)
            self.b.grad = dy.mean(axis=0)
            return dx

    layer = WithoutBiasGradient(5, 3, rng=rng)
    report = gradcheck(layer, rng.standard_normal((4, 5)))
    assert [argument.ok for argument in report.arguments] == [True, True, False]


def test_learns_a_line(xp, rng):
    """Forward, loss, backward, step: the smallest whole training loop finds the line."""
    X = rng.standard_normal((40, 1))
    target = xp.asarray(3.0 * X - 0.5)
    X = xp.asarray(X)
    layer = layer_on(xp, rng, 1, 1)
    optimizer = optim.SGD(layer.parameters(), lr=0.2)
    for _ in range(200):
        difference = layer.forward(X) - target
        optimizer.zero_grad()
        layer.backward(difference * (2 / 40))
        optimizer.step()
    assert layer.W.value.item() == pytest.approx(3.0, abs=1e-9)
    assert layer.b.value.item() == pytest.approx(-0.5, abs=1e-9)


def test_same_seed_same_weights():
    first, second = (Linear(4, 3, rng=np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first.W.value, second.W.value)
    third = Linear(4, 3, rng=np.random.default_rng(6))
    assert (first.W.value != third.W.value).any()


def test_start_values(rng):
    layer = Linear(400, 300, rng=rng)
    assert layer.W.value.shape == (400, 300) and layer.b.value.shape == (300,)
    assert abs(layer.W.value.std() * np.sqrt(400) - 1) < 0.01
    assert abs(layer.W.value.mean()) < 1e-3
    np.testing.assert_array_equal(layer.b.value, np.zeros(300))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_init(dtype, rng):
    assert init.zeros(3, 4, dtype=dtype).dtype == dtype
    assert init.zeros(3, 4).shape == (3, 4)
    W = init.lecun_normal(5, 3, rng=rng, dtype=dtype)
    assert W.shape == (5, 3) and W.dtype == dtype


def test_other_weights_can_be_chosen(rng):
    def ones(n_in, n_out, *, rng, dtype):
        return np.ones((n_in, n_out), dtype)

    assert Linear(4, 3, rng=rng, weights=ones).W.value.sum() == 12


def test_parameters_in_order(rng):
    layer = Linear(2, 3, rng=rng)
    assert layer.parameters() == [layer.W, layer.b]
    assert [p.name for p in layer.parameters()] == ["W", "b"]


def test_modes(rng):
    layer = Linear(2, 3, rng=rng)
    assert layer.training
    layer.eval()
    assert not layer.training
    layer.train()
    assert layer.training
    assert Linear(2, 3, rng=rng).training


def test_reprs(rng):
    layer = Linear(2, 3, rng=rng, dtype=np.float32)
    assert repr(layer) == "Linear(2 → 3, float32)"
    assert repr(layer.W) == "Parameter(W: (2, 3) float32, no gradient yet)"
    layer.W.grad = layer.W.value
    assert repr(layer.W) == "Parameter(W: (2, 3) float32, has a gradient)"


def test_a_layer_without_parameters():
    class Twice(Layer):
        def forward(self, x):
            return 2 * x

        def backward(self, dy):
            return 2 * dy

    layer = Twice()
    assert layer.parameters() == []
    layer.zero_grad()
    assert gradcheck(layer, np.ones((3, 4))).ok
    with pytest.raises(TypeError, match="abstract"):
        Layer()


# Activations.

ACTIVATIONS = {
    "ReLU()": (bplib.ReLU(), "relu", {}),
    "LeakyReLU(slope=0.01)": (bplib.LeakyReLU(), "leaky_relu", {}),
    "LeakyReLU(slope=0.2)": (bplib.LeakyReLU(0.2), "leaky_relu", {"slope": 0.2}),
    "ELU(alpha=1.0)": (bplib.ELU(), "elu", {}),
    "ELU(alpha=0.7)": (bplib.ELU(alpha=0.7), "elu", {"alpha": 0.7}),
    "GELU(approximate=False)": (bplib.GELU(), "gelu", {}),
    "GELU(approximate=True)": (bplib.GELU(approximate=True), "gelu", {"approximate": True}),
    "Sigmoid()": (bplib.Sigmoid(), "sigmoid", {}),
    "Tanh()": (bplib.Tanh(), "tanh", {}),
    "Softplus()": (bplib.Softplus(), "softplus", {}),
    "Softmax(axis=-1)": (bplib.Softmax(), "softmax", {}),
    "Softmax(axis=1)": (bplib.Softmax(axis=1), "softmax", {"axis": 1}),
    "LogSoftmax(axis=-1)": (bplib.LogSoftmax(), "log_softmax", {}),
    "LogSoftmax(axis=1)": (bplib.LogSoftmax(axis=1), "log_softmax", {"axis": 1}),
}
every_activation = pytest.mark.parametrize("said", ACTIVATIONS)


def test_every_activation_layer_is_here():
    kinds = {type(layer) for layer, _, _ in ACTIVATIONS.values()}
    exported = {getattr(bplib.layers, name) for name in bplib.layers.__all__}
    assert kinds == {
        kind for kind in exported if issubclass(kind, Activation) and kind is not Activation
    }
    assert all(getattr(bplib, kind.__name__) is kind for kind in kinds)


@every_activation
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_activation_is_its_pair(said, dtype, xp, rng):
    layer, name, settings = ACTIVATIONS[said]
    x = xp.asarray(rng.standard_normal((4, 5, 3)).astype(dtype))
    dy = xp.asarray(rng.standard_normal((4, 5, 3)).astype(dtype))
    y, cache = getattr(ops, name)(x, **settings)
    expected = y, getattr(ops, f"{name}_backward")(dy, cache)
    for found, wanted in zip((layer.forward(x), layer.backward(dy)), expected, strict=True):
        assert xp_of(found) is xp and found.dtype == dtype
        np.testing.assert_array_equal(to_numpy(found), to_numpy(wanted))
    assert repr(layer) == said and layer.parameters() == []


@every_activation
def test_gradcheck_of_an_activation(said, rng):
    x = rng.uniform(0.2, 2, (4, 5, 3)) * rng.choice([-1, 1], (4, 5, 3))
    report = gradcheck(ACTIVATIONS[said][0], x, tolerance=1e-8)
    assert report.ok, report


@every_activation
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layers_and_tape_say_the_same_to_the_last_bit(said, dtype, rng):
    activation, name, settings = ACTIVATIONS[said]
    first, last = (Linear(*sizes, rng=rng, dtype=dtype) for sizes in ((5, 7), (7, 3)))
    X, dy = (rng.standard_normal(shape).astype(dtype) for shape in ((4, 5), (4, 3)))
    y = last.forward(activation.forward(first.forward(X)))
    dX = first.backward(activation.backward(last.backward(dy)))

    x = Tensor(X)
    weights = [Tensor(p.value) for p in (*first.parameters(), *last.parameters())]
    inner = getattr(tape, name)(tape.linear(x, *weights[:2]), **settings)
    result = tape.linear(inner, *weights[2:])
    result.backward(dy)
    gradients = [p.grad for p in (*first.parameters(), *last.parameters())]
    np.testing.assert_array_equal(result.value, y)
    for tensor, gradient in zip((x, *weights), (dX, *gradients), strict=True):
        assert gradient.dtype == dtype
        np.testing.assert_array_equal(tensor.grad, gradient)


@every_activation
def test_an_activation_backward_before_forward(said):
    kind, settings = type(ACTIVATIONS[said][0]), ACTIVATIONS[said][2]
    with pytest.raises(NotReadyError, match=f"^{kind.__name__}: backward was called before forwa"):
        kind(**settings).backward(np.ones((4, 5)))


def test_an_activation_of_ones_own(rng):
    """As the docstring says: name a pair, and it is a layer."""

    class Square(Activation):
        pair = (lambda x: ops.power(x, 2)), ops.power_backward

    assert repr(Square()) == "Square()"
    assert gradcheck(Square(), rng.standard_normal((4, 3))).ok


BAD = [
    (
        lambda rng: bplib.LeakyReLU(-0.1),
        DomainError,
        "leaky_relu: slope is -0.1; it must be between 0 and 1.",
    ),
    (
        lambda rng: bplib.ELU(alpha=0),
        DomainError,
        "elu: alpha is 0; it must be positive and finite.",
    ),
    (
        lambda rng: bplib.GELU("tanh"),
        DTypeError,
        "gelu: approximate is a str; it must be True or False.",
    ),
    (
        lambda rng: bplib.Softmax(axis=1.0),
        DTypeError,
        "softmax: axis is a float; a whole number is needed.",
    ),
    (
        lambda rng: bplib.Softmax(axis=1).forward(np.ones(3)),
        ShapeError,
        "softmax: axis 1 does not exist; x has shape (3,).",
    ),
    (lambda rng: Linear(0, 3, rng=rng), DomainError, "Linear: n_in is 0; it must be at least 1."),
    (
        lambda rng: Linear(2, 3.0, rng=rng),
        DTypeError,
        "Linear: n_out is a float; a whole number is needed.",
    ),
    (
        lambda rng: Linear(2, 3, rng=rng, dtype=int),
        DTypeError,
        "Linear: dtype is int64; it must be float32 or float64.",
    ),
    (
        lambda rng: Linear(2, 3, rng=rng).backward(np.ones((4, 3))),
        NotReadyError,
        "Linear: backward was called before forward; "
        "there is no output yet whose gradient could be passed back.",
    ),
    (
        lambda rng: Linear(32, 3, rng=rng).forward(np.ones((4, 64))),
        ShapeError,
        "linear: W has 32 rows, but x has 64 columns; x (m, n_in) needs W (n_in, n_out).",
    ),
    (
        lambda rng: Linear(2, 3, rng=rng).forward(np.ones(2)),
        ShapeError,
        "linear: x has shape (2,); it needs two axes, (m, n_in); one single sample is x[None, :].",
    ),
    (
        lambda rng: Linear(2, 3, rng=rng, dtype=np.float32).forward(np.ones((4, 2))),
        DTypeError,
        "linear: W is float32, but x is float64; give both one dtype.",
    ),
    (
        lambda rng: Parameter(np.array([1, 2]), "W"),
        DTypeError,
        "Parameter W: value holds int64 values; floats are needed, "
        "for example value.astype(float).",
    ),
    (lambda rng: init.zeros(3, 0), DomainError, "zeros: shape is 0; it must be at least 1."),
]


@pytest.mark.parametrize("call, kind, sentence", BAD)
def test_bad_calls(call, kind, sentence, rng):
    with pytest.raises(kind) as caught:
        call(rng)
    assert str(caught.value) == sentence


def test_a_backward_of_the_wrong_shape(rng):
    layer = Linear(5, 3, rng=rng)
    layer.forward(rng.standard_normal((4, 5)))
    with pytest.raises(ShapeError, match=r"^linear_backward: dy has shape \(3, 4\), but y had sha"):
        layer.backward(np.ones((3, 4)))
    assert layer.W.grad is None and layer.b.grad is None
