"""Layers composed: the chain rule over rows and shortcuts, names, states, and what is refused."""

import re
from pathlib import Path

import numpy as np
import pytest

import bplib
from bplib import (
    Checkpointed,
    Dropout,
    Flatten,
    Layer,
    Linear,
    Parameter,
    ReLU,
    Residual,
    Sequential,
    gradcheck,
    io,
    losses,
    optim,
    tape,
)
from bplib.errors import DomainError, DTypeError, NotReadyError, ShapeError, UnknownNameError
from bplib.layers import Buffer
from bplib.tape import Tensor


def small(rng, dtype=np.float64):
    return Sequential(
        Linear(3, 5, rng=rng, dtype=dtype),
        Residual(Linear(5, 4, rng=rng, dtype=dtype), Linear(4, 5, rng=rng, dtype=dtype)),
        Linear(5, 7, rng=rng, dtype=dtype),
    )


def test_gradients_of_a_whole_network(rng):
    net = small(rng)
    report = gradcheck(net, rng.standard_normal((6, 3)))
    assert report.ok, report
    assert [one.name for one in report.arguments] == ["x", *net.named_parameters()]
    assert str(report).startswith("gradcheck of Sequential: the gradients agree\n  ✓ x ")


def test_a_shared_parameter_is_checked_once(rng):
    first, second = Linear(4, 4, rng=rng), Linear(4, 4, rng=rng)
    second.W = first.W
    report = gradcheck(Sequential(first, second), rng.standard_normal((3, 4)))
    assert report.ok, report
    assert [one.name for one in report.arguments] == ["x", "0.W", "0.b", "1.b"]


def test_the_tape_agrees_to_the_last_bit(rng):
    net, x, dy = small(rng), rng.standard_normal((6, 3)), rng.standard_normal((6, 7))
    net.forward(x)
    dx = net.backward(dy)
    leaf = Tensor(x)
    W = [Tensor(p.value) for p in net.parameters()]
    h = tape.linear(leaf, W[0], W[1])
    inner = tape.linear(tape.linear(h, W[2], W[3]), W[4], W[5])
    tape.linear(h + inner, W[6], W[7]).backward(dy)
    assert np.array_equal(leaf.grad, dx)
    for theirs, mine in zip(W, net.parameters(), strict=True):
        assert np.array_equal(theirs.grad, mine.grad)


def test_everywhere(xp, rng):
    net = small(rng, np.float32)
    for parameter in net.parameters():
        parameter.value = xp.asarray(parameter.value)
    x = xp.asarray(rng.standard_normal((6, 3)).astype(np.float32))
    y = net.forward(x)
    dx = net.backward(y)
    assert y.dtype == dx.dtype == np.float32 and dx.shape == x.shape
    assert all(p.grad.dtype == np.float32 for p in net.parameters())


def test_a_shortcut_keeps_a_gradient_alive(rng):
    x, dy = rng.standard_normal((6, 3)), rng.standard_normal((6, 3))
    dead = Residual(Linear(3, 3, rng=rng))
    dead[0].W.value *= 0
    assert np.array_equal(dead.forward(x), x)
    assert np.array_equal(dead.backward(dy), dy)


def test_names_and_states(rng):
    net, twin = small(rng), small(rng)
    assert list(net.named_parameters()) == [
        "0.W", "0.b", "1.0.W", "1.0.b", "1.1.W", "1.1.b", "2.W", "2.b",
    ]  # fmt: skip
    state = net.state_dict()
    net[0].W.value += 1
    twin.load_state_dict(state)
    assert np.array_equal(twin[0].W.value + 1, net[0].W.value)
    assert np.array_equal(twin[2].W.value, net[2].W.value)


@pytest.mark.parametrize(
    "change, error, sentence",
    [
        (lambda s: s.pop("2.b"), UnknownNameError,
         "load_state_dict: the state has no '2.b', which this Sequential has."),
        (lambda s: s.update({"2.w": s["2.W"]}), UnknownNameError,
         "there is no parameter or buffer '2.w'; did you mean '2.W'?"),
        (lambda s: s.update({"0.W": np.ones((5, 3))}), ShapeError,
         "load_state_dict: 0.W has shape (5, 3) in the state, but (3, 5) in this Sequential."),
        (lambda s: s.update({"0.b": np.ones(5, np.float32)}), DTypeError,
         "load_state_dict: 0.b is float32 in the state, but float64 in this Sequential."),
    ],
)  # fmt: skip
def test_a_state_that_does_not_fit_changes_nothing(rng, change, error, sentence):
    net = small(rng)
    state = {name: value + 1 for name, value in net.state_dict().items()}
    before = net.state_dict()
    change(state)
    with pytest.raises(error) as caught:
        net.load_state_dict(state)
    assert str(caught.value) == sentence
    assert all(np.array_equal(value, before[name]) for name, value in net.state_dict().items())


def test_modes_reach_every_layer(rng):
    net = small(rng)
    net.eval()
    assert not any(layer.training for layer in [net, *net, *net[1]])
    net.train()
    assert all(layer.training for layer in [net, *net, *net[1]])


def test_it_learns(rng):
    net, x = small(rng), rng.standard_normal((40, 3))
    target = x @ rng.standard_normal((3, 7))
    optimizer = optim.SGD(net.parameters(), lr=0.05)
    for _ in range(400):
        loss, cache = losses.mse(net.forward(x), target)
        optimizer.zero_grad()
        net.backward(losses.mse_backward(cache))
        optimizer.step()
    assert loss < 1e-3


def test_it_shows_what_it_is_made_of(rng):
    assert repr(small(rng)) == (
        "Sequential(\n  (0) Linear(3 → 5, float64)\n  (1) Residual(\n    (0) Linear(5 → 4, float64)"
        "\n    (1) Linear(4 → 5, float64)\n  )\n  (2) Linear(5 → 7, float64)\n)"
    )
    assert len(small(rng)) == 3


def test_what_is_refused(rng):
    layer = Linear(3, 5, rng=rng)
    for error, sentence, call in (
        (DomainError, "Sequential: at least one layer is needed.", lambda: Sequential()),
        (DTypeError, "Sequential: layer 1 is a list; a Layer is needed.",
         lambda: Sequential(layer, [layer])),
        (DomainError, "Sequential: layer 1, Linear(3 → 5, float64), stands in the row twice; it "
         "keeps the cache of one forward pass only, so make a second one.",
         lambda: Sequential(layer, layer)),
        (DomainError, "Sequential: layer 1, Linear(3 → 5, float64), stands in the row twice; it "
         "keeps the cache of one forward pass only, so make a second one.",
         lambda: Sequential(Sequential(layer, Linear(5, 3, rng=rng)), Sequential(layer))),
        (ShapeError, "Residual: the layers turn shape (6, 3) into (6, 5); the shortcut adds the "
         "two, so the shape must stay.", lambda: Residual(layer).forward(np.ones((6, 3)))),
        (NotReadyError, "Residual: backward was called before forward; there is no output yet "
         "whose gradient could be passed back.", lambda: Residual(layer).backward(np.ones((6, 3)))),
    ):  # fmt: skip
        with pytest.raises(error) as caught:
            call()
        assert str(caught.value) == sentence


def test_the_parameters_alone(rng):
    """backward_parameters gives the gradients of backward to the bit, and no input gradient."""
    for net in (
        small(rng),
        Sequential(Flatten(), ReLU(), Residual(Linear(3, 3, rng=rng)), Linear(3, 7, rng=rng)),
    ):
        x, dy = rng.standard_normal((6, 3)), rng.standard_normal((6, 7))
        net.forward(x)
        net.backward(dy)
        expected = [p.grad for p in net.parameters()]
        net.zero_grad()
        assert net.backward_parameters(dy) is None
        for parameter, gradient in zip(net.parameters(), expected, strict=True):
            assert parameter.grad.tobytes() == gradient.tobytes()
    Sequential(ReLU()).backward_parameters(dy)  # nothing is learned, so nothing is to be done


def test_a_layer_of_layers_needs_to_say_only_what_it_is_made_of(rng):
    class Scaled(Layer):
        def __init__(self):
            self.inner = Linear(3, 3, rng=rng)
            self.scale = Parameter(np.ones(3), "scale")
            self.seen = Buffer(np.zeros(1), "seen")

        def children(self):
            return {"inner": self.inner}

        def own_parameters(self):
            return [self.scale]

        def own_buffers(self):
            return [self.seen]

        def forward(self, x):
            return self.inner.forward(x) * self.scale.value

        def backward(self, dy):
            return self.inner.backward(dy * self.scale.value)

    net = Sequential(Scaled(), Dropout(0.5, rng=rng), Dropout(0.2, rng=rng))
    assert list(net.state_dict()) == ["0.scale", "0.inner.W", "0.inner.b", "0.seen"]
    assert net.generators() == [rng]
    net.eval()
    assert not net[0].inner.training
    state = net.state_dict()
    net[0].seen.value += 1
    net.load_state_dict(state)
    assert net[0].seen.value == 0 and repr(net[0].seen) == "Buffer(seen: (1) float64)"
    net[0].scale.name = "scale"
    net[0].own_parameters = lambda: [net[0].scale, Parameter(np.ones(2), "scale")]
    with pytest.raises(DomainError) as caught:
        net.named_parameters()
    assert str(caught.value) == "Scaled: two of its arrays are called 'scale'; rename one."


def gate():
    """The layer in CONTRIBUTING.md."""
    text = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(class Gate.*?)```", text, re.DOTALL)[1]
    names = {**vars(bplib), "np": np}
    exec(code, names)
    return names["Gate"]


def test_the_layer_for_contributors_gets_everything_from_two_methods(rng, tmp_path):
    Gate = gate()

    def make(kind):
        masks = np.random.default_rng(3)
        return kind(
            Linear(3, 5, rng=np.random.default_rng(1)),
            Residual(Gate(5, rng=np.random.default_rng(2)), Dropout(0.3, rng=masks)),
            Gate(5, rng=np.random.default_rng(4)),
        )

    net, lean, x = make(Sequential), make(Checkpointed), rng.standard_normal((6, 3))
    assert gradcheck(net, x).ok
    assert list(net.named_parameters())[2:4] == ["1.0.opening.0.W", "1.0.opening.0.b"]
    assert repr(net[2]) == (
        "Gate(\n  (opening) Sequential(\n    (0) Linear(5 → 5, float64)\n    (1) Sigmoid()\n  )\n)"
    )
    dy = net.forward(x)
    assert lean.forward(x).tobytes() == dy.tobytes()
    assert lean.backward(dy).tobytes() == net.backward(dy).tobytes()
    for mine, other in zip(lean.parameters(), net.parameters(), strict=True):
        assert mine.grad.tobytes() == other.grad.tobytes()
    io.save(tmp_path / "gate.safetensors", net)
    io.load(tmp_path / "gate.safetensors", into=lean)
    net.eval()
    assert not net[2].opening[1].training
    assert net.summary((6, 3)).rows[4].layer == "Sequential"
    assert net.to(np.float32).forward(x.astype(np.float32)).dtype == np.float32
    with pytest.raises(NotReadyError, match="^Gate: backward was called before forward"):
        Gate(5, rng=rng).backward(dy)


def test_training_lets_its_caches_go(rng):
    """Once backward_parameters has passed, no layer holds an array of the batch any more."""
    net = small(rng)
    x, dy = rng.standard_normal((6, 3)), rng.standard_normal((6, 7))
    net.forward(x)
    net.backward_parameters(dy)
    for layer in [net[0], net[2], *net[1]]:
        with pytest.raises(NotReadyError):
            layer.backward(dy)
