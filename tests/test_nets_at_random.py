"""Nets that nobody thought of: random layers in random rows, nested at random, each held to all
that a layer promises.
"""

import hypothesis
import numpy as np
from hypothesis import strategies as st

import bplib
from bplib import Checkpointed, Linear, Residual, Sequential, gradcheck
from bplib.layers.snapshot import Snapshot

WIDTH = 5
SMOOTH = (bplib.ELU, bplib.GELU, bplib.Sigmoid, bplib.Tanh, bplib.Softplus, bplib.LogSoftmax)
ACTIVATIONS = (*SMOOTH, bplib.ReLU, bplib.LeakyReLU, bplib.Softmax, bplib.Flatten)


@st.composite
def recipes(draw, depth=0):
    """A row of layers as data, so that it can be made twice: (kind, what is inside)."""
    kinds = ["linear", "activation", "norm", "batch norm", "dropout"]
    if depth < 2:
        kinds += ["residual", "sequential", "checkpointed"]
    row = []
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=4)):
        if kind in ("residual", "sequential", "checkpointed"):
            row.append((kind, draw(recipes(depth + 1))))
        elif kind == "activation":
            row.append((kind, draw(st.sampled_from(ACTIVATIONS))))
        else:
            row.append((kind, None))
    return row


def make(recipe, seed, dtype=np.float64, plain=False):
    """The layers of a recipe. Where `plain`, every Checkpointed is a Sequential."""
    rng, masks = np.random.default_rng(seed), np.random.default_rng(seed + 1)

    def build(kind, inside):
        if kind == "linear":
            return Linear(WIDTH, WIDTH, rng=rng, dtype=dtype)
        if kind == "activation":
            return inside()
        if kind == "norm":
            return bplib.LayerNorm(WIDTH, eps=0.1, dtype=dtype)
        if kind == "batch norm":
            return bplib.BatchNorm(WIDTH, eps=0.1, dtype=dtype)
        if kind == "dropout":
            return bplib.Dropout(0.3, rng=masks)
        row = [build(*one) for one in inside]
        if kind == "checkpointed" and not plain:
            return Checkpointed(*row)
        return Residual(*row) if kind == "residual" else Sequential(*row)

    row = [build(*one) for one in recipe]
    # Zeros, ones and biases as they start would put whole rows on the corner of a ReLU.
    for one in (b for layer in row for b in (*layer.parameters(), *layer.buffers())):
        one.value += rng.uniform(0.1, 0.5, one.value.shape).astype(dtype)
    return row


random_nets = hypothesis.given(recipe=recipes(), seed=st.integers(0, 99), training=st.booleans())


def batches(seed, dtype):
    rng = np.random.default_rng([seed, 3])
    return [rng.standard_normal((m, WIDTH)).astype(dtype) for m in (7, 7, 4, 4)]


@random_nets
@hypothesis.settings(max_examples=25)
def test_gradients_are_right_and_nothing_is_left_behind(recipe, seed, training):
    net = Sequential(*make(recipe, seed))
    net.train() if training else net.eval()
    state, modes = net.state_dict(), [layer.training for layer in net.walk()]
    # A corner or a sharp bend may be near: what must agree is what is not lost in its curvature.
    report = gradcheck(net, batches(seed, float)[0], directions=1, tolerance=1e-3)
    assert report.ok, report
    assert all(value.tobytes() == state[name].tobytes() for name, value in net.state_dict().items())
    assert [layer.training for layer in net.walk()] == modes


@random_nets
def test_checkpoints_nested_anywhere_change_no_bit(recipe, seed, training):
    plain = Sequential(*make(recipe, seed, np.float32, plain=True))
    lean = Checkpointed(*make(recipe, seed, np.float32))
    x, dy, x2, dy2 = batches(seed, np.float32)
    for net in (plain, lean):
        net.train() if training else net.eval()
    for one, upstream in ((x, dy), (x2, dy2)):
        for net in (plain, lean):
            net.zero_grad()
        assert lean.forward(one).tobytes() == plain.forward(one).tobytes()
        assert lean.backward(upstream).tobytes() == plain.backward(upstream).tobytes()
        assert traces(lean) == traces(plain)


def traces(net):
    return [
        *(p.grad.tobytes() for p in net.parameters()),
        *(b.value.tobytes() for b in net.buffers()),
        *(repr(g.bit_generator.state) for g in net.generators()),
    ]


@random_nets
def test_what_every_net_promises(recipe, seed, training):
    """float32 stays, inputs stay, the same start gives the same bits, with or without dx."""
    net = Sequential(*make(recipe, seed, np.float32))
    net.train() if training else net.eval()
    x, dy, *_ = batches(seed, np.float32)
    given, upstream = x.copy(), dy.copy()
    start = Snapshot(net)
    y = net.forward(x)
    dx = net.backward(dy)
    assert {a.dtype for a in (y, dx, *(p.grad for p in net.parameters()))} == {np.dtype("float32")}
    assert y.shape == dx.shape == x.shape
    assert x.tobytes() == given.tobytes() and dy.tobytes() == upstream.tobytes()
    assert all(layer.training is training for layer in net.walk())

    after = traces(net)
    start.restore()
    net.zero_grad()
    assert net.forward(x).tobytes() == y.tobytes()
    net.backward_parameters(dy)
    assert traces(net) == after
    start.restore()
    net.zero_grad()
    net.forward(x)
    assert net.backward(dy).tobytes() == dx.tobytes()
    assert traces(net) == after
    found = net.summary(x.shape)
    assert traces(net) == after
    assert found.rows[0].output_shape == x.shape
    assert found.parameters == sum(p.value.size for p in net.parameters())
