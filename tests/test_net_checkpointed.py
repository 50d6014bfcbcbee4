"""Checkpointed: the numbers of Sequential to the last bit, with less memory."""

import copy
import math
import pickle
import tracemalloc

import numpy as np
import pytest

from bplib import (
    GELU,
    BatchNorm,
    Checkpointed,
    Dropout,
    Embedding,
    Flatten,
    LayerNorm,
    Linear,
    ReLU,
    Residual,
    Sequential,
    fit,
    gradcheck,
    losses,
    optim,
)
from bplib.backend import to_numpy, xp_of
from bplib.errors import DomainError, DTypeError, NotReadyError


def layers(dtype=np.float64):
    """Everything that draws, remembers or nests; the same numbers at every call."""
    rng, masks = np.random.default_rng(1), np.random.default_rng(2)

    def linear(n_in=6, n_out=6):
        return Linear(n_in, n_out, rng=rng, dtype=dtype)

    return [
        linear(4), BatchNorm(6, dtype=dtype), ReLU(), Dropout(0.3, rng=masks),
        Residual(linear(), LayerNorm(6, dtype=dtype), GELU(), Dropout(0.2, rng=masks)),
        Sequential(linear(), BatchNorm(6, dtype=dtype)), ReLU(),
        Checkpointed(linear(), Dropout(0.4, rng=masks), linear(), ReLU(), linear()),
        Dropout(0.1, rng=masks), linear(n_out=5),
    ]  # fmt: skip


def everything(net):
    """Gradients, running values and generators, as bytes."""
    return [
        *(to_numpy(p.grad).tobytes() for p in net.parameters()),
        *(to_numpy(b.value).tobytes() for b in net.buffers()),
        *(repr(g.bit_generator.state) for g in net.generators()),
    ]


def everything_but_gradients(net):
    return repr(net.state_dict()), [repr(g.bit_generator.state) for g in net.generators()]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("segments", [None, 1, 2, 7, 10])
def test_the_very_same_bits(dtype, training, segments):
    plain, lean = Sequential(*layers(dtype)), Checkpointed(*layers(dtype), segments=segments)
    rng = np.random.default_rng(3)
    for net in (plain, lean):
        net.train() if training else net.eval()
    for m in (7, 3):  # a second step: running values and generators went on alike
        x, dy = rng.standard_normal((m, 4)).astype(dtype), rng.standard_normal((m, 5)).astype(dtype)
        for net in (plain, lean):
            net.zero_grad()
        assert lean.forward(x).tobytes() == plain.forward(x).tobytes()
        assert lean.backward(dy).tobytes() == plain.backward(dy).tobytes()
        assert everything(lean) == everything(plain)
        # A second backward after one forward adds the same again, as everywhere.
        assert lean.backward(dy).tobytes() == plain.backward(dy).tobytes()
        assert everything(lean) == everything(plain)
        lean.backward_parameters(dy)
        plain.backward_parameters(dy)
        assert everything(lean) == everything(plain)


def test_on_every_device(xp):
    plain, lean = Sequential(*layers(np.float32)), Checkpointed(*layers(np.float32))
    x = xp.asarray(np.random.default_rng(3).standard_normal((7, 4)).astype(np.float32))
    for net in (plain, lean):
        for one in (*net.parameters(), *net.buffers()):
            one.value = xp.asarray(one.value)
        net.backward(net.forward(x))
    assert everything(lean) == everything(plain)
    assert all(xp_of(p.grad) is xp for p in lean.parameters())


def test_modes_may_change_between_forward_and_backward():
    plain, lean = Sequential(*layers()), Checkpointed(*layers())
    x = np.random.default_rng(3).standard_normal((7, 4))
    for net in (plain, lean):
        dy = net.forward(x)
        net.eval()
        net.generators()[0].random(3)
        net.backward(dy)
        assert not any(layer.training for layer in net.walk() if layer in net.layers)
    assert everything(lean) == everything(plain)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copy_between_forward_and_backward_is_a_net_of_its_own(copied):
    net = Checkpointed(*layers())
    dy = net.forward(np.random.default_rng(3).standard_normal((7, 4)))
    twin = copied(net)
    net.eval()
    before = everything_but_gradients(net)
    twin.backward(dy)
    assert everything_but_gradients(net) == before
    assert not any(layer.training for layer in net.walk())
    assert all(layer.training for layer in twin.walk())
    net.train()
    net.backward(dy)
    assert everything(net) == everything(twin)


def test_the_parameters_alone_stop_at_the_first_that_learns(rng):
    class Unwanted(ReLU):
        calls = 0

        def forward(self, x):
            self.calls += 1
            return super().forward(x)

        def backward(self, dy):
            raise AssertionError("nobody wants this gradient")

    net = Checkpointed(Unwanted(), Unwanted(), Linear(4, 3, rng=rng), ReLU(), segments=2)
    x = rng.standard_normal((5, 4))
    dy = net.forward(x)
    net.backward_parameters(dy)
    assert net[2].W.grad is not None
    assert net[0].calls == net[1].calls == 1  # what nobody goes back through is not made again
    Checkpointed(Unwanted()).backward_parameters(dy)


def test_labels_may_enter(rng):
    net = Checkpointed(Embedding(7, 4, rng=rng), Flatten(), Linear(12, 3, rng=rng), ReLU())
    labels = rng.integers(0, 7, (5, 3))
    assert net.takes_labels and net.backward(net.forward(labels)) is None
    assert net[0].W.grad is not None


def test_gradcheck_and_names(rng):
    lean, plain = Checkpointed(*layers()), Sequential(*layers())
    report = gradcheck(lean, rng.standard_normal((7, 4)), tolerance=1e-4)  # a bendy function
    assert report.ok, report
    lean.load_state_dict(plain.state_dict())
    assert list(lean.named_parameters()) == list(plain.named_parameters())


def cached(net):
    """Which layers hold a cache."""
    return [layer._cache is not None for layer in net]


def test_only_the_last_segment_is_not_computed_twice(rng):
    class Counted(ReLU):
        calls = 0

        def forward(self, x):
            self.calls += 1
            return super().forward(x)

    net = Checkpointed(*(Counted() for _ in range(6)), segments=3)
    x = rng.standard_normal((4, 3))
    net.backward(net.forward(x))
    last = len(net.segments[-1])
    assert [layer.calls for layer in net] == [2] * (6 - last) + [1] * last


def test_only_the_last_segment_keeps_caches(rng):
    net = Checkpointed(*(Linear(3, 3, rng=rng) for _ in range(6)))
    assert [len(segment) for segment in net.segments] == [3, 2, 1]
    dy = net.forward(rng.standard_normal((4, 3)))
    assert cached(net) == [False] * 5 + [True]
    net.backward(dy)
    assert cached(net) == [False] * 6
    net.forward(dy)
    net.drop_cache()
    with pytest.raises(NotReadyError) as caught:
        net.backward(dy)
    assert str(caught.value) == (
        "Checkpointed: backward was called before forward; there is no output yet whose gradient "
        "could be passed back."
    )


def test_where_it_is_cut(rng):
    def linear():
        return Linear(3, 3, rng=rng)

    flat = [layer for _ in range(64) for layer in (linear(), ReLU())]
    net = Checkpointed(*flat)
    assert [layer for segment in net.segments for layer in segment] == flat
    assert all(type(segment[0]) is Linear for segment in net.segments)
    sizes = [len(segment) // 2 for segment in net.segments]
    assert sizes == [11, 10, 9, 8, 7, 6, 5, 4, 2, 1, 1]
    assert [len(s) for s in Checkpointed(ReLU(), ReLU(), ReLU()).segments] == [3]
    assert [len(s) for s in Checkpointed(ReLU(), ReLU(), ReLU(), segments=3).segments] == [1, 1, 1]
    assert [len(s) for s in Checkpointed(*flat[:4], segments=3).segments] == [2, 1, 1]


def test_training_is_the_same():
    rng = np.random.default_rng(4)
    X, y = rng.standard_normal((50, 4)), rng.integers(0, 5, 50)
    states, curves = [], []
    for kind in (Sequential, Checkpointed):
        net = kind(*layers())
        optimizer = optim.Adam(net.parameters(), lr=0.01)
        history = fit(
            net, losses.softmax_cross_entropy, X, y, optimizer, epochs=2, batch_size=8,
            rng=np.random.default_rng(5), validation=(X, y), progress=False,
        )  # fmt: skip
        states.append({name: value.tobytes() for name, value in net.state_dict().items()})
        curves.append((history.loss, history.validation_loss))
    assert states[0] == states[1] and curves[0] == curves[1]


def peak(net, x, dy):
    """The most memory that one step takes at a time, beside the parameters' gradients."""
    net.backward(net.forward(x))
    net.zero_grad()
    net.drop_cache()
    tracemalloc.start()
    try:
        net.forward(x)
        after_forward = tracemalloc.get_traced_memory()[0]
        net.backward(dy)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return after_forward, most - sum(p.grad.nbytes for p in net.parameters())


def test_memory_of_a_deep_network():
    """At depth 64, at most 2 √n / n of what Sequential caches, all that comes and goes included."""
    n, m, width = 64, 256, 16
    x, dy = np.ones((2, m, width))

    def deep(kind):
        rng = np.random.default_rng(0)
        pairs = ((Linear(width, width, rng=rng), ReLU()) for _ in range(n))
        return kind(*(layer for pair in pairs for layer in pair))

    cache, _ = peak(deep(Sequential), x, dy)
    assert cache > n * x.nbytes  # what is compared with is really there
    _, most = peak(deep(Checkpointed), x, dy)
    assert most <= 2 * math.sqrt(n) / n * cache


def test_repr(rng):
    net = Checkpointed(Linear(3, 3, rng=rng), ReLU(), Linear(3, 2, rng=rng))
    assert repr(net) == (
        "Checkpointed(segments of 2, 1:\n  (0) Linear(3 → 3, float64)\n  (1) ReLU()\n"
        "  (2) Linear(3 → 2, float64)\n)"
    )


@pytest.mark.parametrize(
    "segments, error, sentence",
    [
        (4, DomainError,
         "Checkpointed: segments is 4, but there are 3 layers; a segment has at least one."),
        (0, DomainError, "Checkpointed: segments is 0; it must be at least 1."),
        (2.0, DTypeError, "Checkpointed: segments is a float; a whole number is needed."),
    ],
)  # fmt: skip
def test_what_is_refused(segments, error, sentence):
    with pytest.raises(error) as caught:
        Checkpointed(ReLU(), ReLU(), ReLU(), segments=segments)
    assert str(caught.value) == sentence
    with pytest.raises(DomainError, match="but there is 1 layer; a segment has at least one"):
        Checkpointed(ReLU(), segments=2)


def test_a_step_that_fails_midway_can_be_repeated(rng):
    """A wrong upstream gradient is said, and the right one still finds everything."""
    plain, lean = Sequential(*layers()), Checkpointed(*layers())
    x = rng.standard_normal((7, 4))
    for net in (plain, lean):
        dy = net.forward(x)
        with pytest.raises(ValueError, match="dy has shape"):
            net.backward(dy[:3])
        net.zero_grad()
        net.backward(dy)
    assert everything(lean) == everything(plain)
