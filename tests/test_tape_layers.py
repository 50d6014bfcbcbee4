"""The tape and the layers are the same mathematics: values and gradients agree to the last bit."""

import sys

import numpy as np
import pytest
from every_layer import every_layer

from bplib import Linear, ReLU, Residual, Sequential, losses, tape
from bplib.backend import to_numpy, xp_of
from bplib.tape import Tensor


def seeded():
    """A generator at the same place as that of the layers in the table."""
    return np.random.default_rng(5)


def row_of(layers, x, parameters):
    """The layers of a composition one after the other, each with its share of the parameters."""
    parameters = list(parameters)
    for layer in layers:
        count = len(layer.parameters())
        x = ON_THE_TAPE[type(layer).__name__](layer, x, *parameters[:count])
        del parameters[:count]
    return x


def flat(x):
    return tape.reshape(x, (x.shape[0], -1))


ON_THE_TAPE = {
    "Linear": lambda layer, x, W, b: tape.linear(x, W, b),
    "BatchNorm": lambda layer, x, gamma, beta: tape.batch_norm(x, gamma, beta, eps=layer.eps),
    "LayerNorm": lambda layer, x, gamma, beta: tape.layer_norm(x, gamma, beta, eps=layer.eps),
    "Embedding": lambda layer, x, W: tape.embedding(W, x),
    "Dropout": lambda layer, x: tape.dropout(x, layer.rate, seeded()),
    "Flatten": lambda layer, x: flat(x),
    "ReLU": lambda layer, x: tape.relu(x),
    "LeakyReLU": lambda layer, x: tape.leaky_relu(x, **layer.settings),
    "ELU": lambda layer, x: tape.elu(x, **layer.settings),
    "GELU": lambda layer, x: tape.gelu(x, **layer.settings),
    "Sigmoid": lambda layer, x: tape.sigmoid(x),
    "Tanh": lambda layer, x: tape.tanh(x),
    "Softplus": lambda layer, x: tape.softplus(x),
    "Softmax": lambda layer, x: tape.softmax(x, **layer.settings),
    "LogSoftmax": lambda layer, x: tape.log_softmax(x, **layer.settings),
    "Sequential": lambda layer, x, *parameters: row_of(layer, x, parameters),
    "Residual": lambda layer, x, *parameters: x + row_of(layer, x, parameters),
    "Checkpointed": lambda layer, x, *parameters: row_of(layer, x, parameters),
}
"""Every layer as an expression: the layer, its input, and its parameters as Tensors."""


def test_every_layer_is_here():
    assert set(every_layer()) == set(ON_THE_TAPE)


@pytest.mark.parametrize("name", ON_THE_TAPE)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_layer_is_an_expression_of_the_tape(name, dtype, xp):
    make, batch = every_layer(dtype)[name]
    layer, x = make(), xp.asarray(batch)
    for parameter in layer.parameters():
        parameter.value = xp.asarray(parameter.value)
    for buffer in layer.buffers():
        buffer.value = xp.asarray(buffer.value)
    tensors = [Tensor(parameter.value, parameter.name) for parameter in layer.parameters()]
    learns_from_x = batch.dtype.kind == "f"
    leaf = Tensor(x) if learns_from_x else x

    y = layer.forward(x)
    node = ON_THE_TAPE[name](layer, leaf, *tensors)
    assert xp_of(node.value) is xp and to_numpy(node.value).tobytes() == to_numpy(y).tobytes()

    dy = xp.asarray(np.random.default_rng(8).standard_normal(y.shape).astype(dtype))
    dx = layer.backward(dy)
    node.backward(dy)
    expected = [parameter.grad for parameter in layer.parameters()]
    found = [tensor.grad for tensor in tensors]
    if learns_from_x:
        expected, found = [dx, *expected], [leaf.grad, *found]
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.dtype == dtype
        assert to_numpy(ours).tobytes() == to_numpy(theirs).tobytes()


def test_a_constant_input_costs_no_gradient(monkeypatch, rng):
    """The first layer's dx, the largest product of a small network, is not computed."""
    asked = []
    pair = tape.PAIRS["linear"]

    def watched(dy, cache, wanted):
        asked.append(wanted)
        return pair.backward(dy, cache, wanted)

    monkeypatch.setitem(tape.PAIRS, "linear", pair._replace(backward=watched))
    X, W, b = rng.standard_normal((4, 3)), Tensor(rng.standard_normal((3, 5))), np.zeros(5)
    h = tape.linear(X, W, b)
    (h * tape.linear(h, np.eye(5), Tensor(b))).sum().backward()
    assert asked == [(True, False, True), (False, True, False)]
    assert W.grad.shape == (3, 5)


def test_a_step_of_training_is_the_same_to_the_last_bit(rng):
    """Layers that leave the first dx out, and the tape that does not need it."""
    X, labels = rng.standard_normal((6, 5)).astype(np.float32), rng.integers(3, size=6)
    make = every_layer(np.float32)
    net = Sequential(Residual(make["Linear"][0](), make["Tanh"][0](), _linear(3, 5)), _linear(5, 3))
    tensors = [Tensor(parameter.value) for parameter in net.parameters()]
    loss, cache = losses.softmax_cross_entropy(net.forward(X), labels)
    net.backward_parameters(losses.softmax_cross_entropy_backward(cache))
    W1, b1, W2, b2, W3, b3 = tensors
    h = X + tape.linear(tape.tanh(tape.linear(X, W1, b1)), W2, b2)
    node = tape.softmax_cross_entropy(tape.linear(h, W3, b3), labels)
    node.backward()
    assert node.value == loss
    for tensor, parameter in zip(tensors, net.parameters(), strict=True):
        assert tensor.grad.tobytes() == parameter.grad.tobytes()


def _linear(n_in, n_out):
    return Linear(n_in, n_out, rng=seeded(), dtype=np.float32)


def calls_of(function):
    """How many Python functions are called: what an overhead is made of, the same every time."""
    count = 0

    def profile(frame, event, argument):
        nonlocal count
        count += event == "call"

    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(None)
    return count


def test_the_tape_adds_few_calls_to_those_of_the_pairs(rng):
    """Per operation there and back, at most 30 calls more than the layers make.

    They take about 10 µs together: a tenth of a training step at 784-256-128-10 and batch 64.
    """
    X, labels = rng.standard_normal((6, 5)).astype(np.float32), rng.integers(3, size=6)
    net = Sequential(_linear(5, 4), ReLU(), _linear(4, 4), ReLU(), _linear(4, 3))
    W1, b1, W2, b2, W3, b3 = [Tensor(parameter.value) for parameter in net.parameters()]

    def by_layers():
        _, cache = losses.softmax_cross_entropy(net.forward(X), labels)
        net.backward_parameters(losses.softmax_cross_entropy_backward(cache))

    def by_tape():
        h = tape.relu(tape.linear(X, W1, b1))
        h = tape.relu(tape.linear(h, W2, b2))
        tape.softmax_cross_entropy(tape.linear(h, W3, b3), labels).backward()

    by_layers(), by_tape()
    assert calls_of(by_tape) - calls_of(by_layers) <= 30 * 6
