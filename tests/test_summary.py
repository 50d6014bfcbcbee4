"""summary(): what it says is counted again in other ways, and asking leaves no trace."""

import tracemalloc

import numpy as np
import pytest
from every_layer import every_layer

from bplib import (
    BatchNorm,
    Checkpointed,
    Dropout,
    Embedding,
    Flatten,
    Layer,
    LayerNorm,
    Linear,
    ReLU,
    Residual,
    Sequential,
    losses,
    optim,
)
from bplib.errors import DomainError, DTypeError, ShapeError


def small(rng, dtype=np.float32):
    return Sequential(
        Linear(6, 5, rng=rng, dtype=dtype),
        ReLU(),
        Residual(Linear(5, 5, rng=rng, dtype=dtype), BatchNorm(5, dtype=dtype)),
        Dropout(0.5, rng=rng),
        Linear(5, 3, rng=rng, dtype=dtype),
    )


def test_the_table(rng):
    net = Sequential(
        Linear(784, 256, rng=rng, dtype=np.float32),
        Residual(ReLU(), Linear(256, 256, rng=rng, dtype=np.float32)),
    )
    found = net.summary((64, 784), optimizer=optim.Adam)
    assert str(found) == repr(found)
    lines = str(found).splitlines()
    assert lines[0].split() == [
        "layer",
        "output",
        "parameters",
        "FLOPs",
        "forward",
        "backward",
        "cache",
    ]
    assert lines[2].split("  ")[1:4] == ["(0) Linear(784 → 256, float32)", "", "(64, 256)"]
    assert lines[2].split()[-7:] == ["200,960", "25.7", "M", "51.4", "M", "0", "B"]
    assert lines[3].startswith("  (1) Residual  ") and lines[4].startswith("    (0) ReLU()  ")
    assert lines[-2].split()[:2] == ["total", "266,752"]
    assert lines[-1].startswith("Training on a batch of shape (64, 784), float32, keeps ")
    assert " caches + 1.07 MB gradients + 2.13 MB Adam = 3." in lines[-1]
    html = found._repr_html_()
    assert html.startswith("<table>") and "(0) Linear(784 → 256, float32)" in html
    assert html.count("<tr>") == 1 + len(found.rows) + 1


def test_totals_by_hand(rng):
    found = small(rng).summary((4, 6), optimizer=2)
    parameters = (6 * 5 + 5) + (5 * 5 + 5) + (5 + 5) + (5 * 3 + 3)
    assert found.parameters == sum(row.parameters for row in found.rows) == parameters
    assert found.gradient_bytes == 4 * parameters and found.optimizer_bytes == 8 * parameters
    assert found.training_bytes == found.cache_bytes + 12 * parameters
    forward = {row.place: row.forward_flops for row in found.rows}
    linear = 2 * 4 * 6 * 5 + 4 * 5, 2 * 4 * 5 * 5 + 4 * 5, 2 * 4 * 5 * 3 + 4 * 3
    assert forward == {
        "": 0, "0": linear[0], "1": 20, "2": 20, "2.0": linear[1], "2.1": 7 * 20, "3": 2 * 20,
        "4": linear[2],
    }  # fmt: skip
    shapes = [row.output_shape for row in found.rows]
    assert shapes == [(4, 3), *[(4, 5)] * 6, (4, 3)]
    one = Linear(6, 5, rng=rng).summary([4, 6])
    assert one.backward_flops == 2 * (2 * 4 * 6 * 5) + 4 * 5 and one.dtype == "float64"
    assert one.optimizer_bytes == one.cache_bytes == 0


def test_what_an_optimizer_takes(rng):
    net = small(rng)
    n = sum(p.value.size for p in net.parameters())
    for rule, slots in ((optim.SGD, 0), (optim.Momentum, 1), (optim.Adam, 2)):
        assert net.summary((4, 6), optimizer=rule).optimizer_bytes == 4 * slots * n
        decaying = rule(net.parameters(), lr=0.1, weight_decay=0.1)
        found = net.summary((4, 6), optimizer=decaying)
        assert found.optimizer_bytes == decaying.nbytes == 4 * slots * n


class Counting(np.ndarray):
    """An array that counts what NumPy computes with it, by the convention of `Layer.flops`."""

    total = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **settings):
        inputs = [x.view(np.ndarray) if isinstance(x, Counting) else x for x in inputs]
        if out is not None:
            settings["out"] = tuple(x.view(np.ndarray) for x in out)
        result = getattr(ufunc, method)(*inputs, **settings)
        if ufunc is np.matmul:
            Counting.total += 2 * inputs[0].size * result.shape[-1]
        elif method in ("reduce", "at"):
            Counting.total += np.size(inputs[-1] if method == "at" else inputs[0])
        elif ufunc is not np.positive:
            Counting.total += np.size(result)
        return out[0] if out is not None else result.view(Counting) if np.ndim(result) else result


def counted(layer, x):
    """Operations of a forward and of a backward pass, as NumPy was asked for them."""
    for parameter in layer.parameters():
        parameter.value = parameter.value.view(Counting)
    Counting.total = 0
    y = layer.forward(x.view(Counting))
    forward, Counting.total = Counting.total, 0
    layer.backward(np.ones(y.shape, y.dtype).view(Counting))
    return forward, Counting.total


@pytest.mark.parametrize("kind", [Linear, ReLU, LayerNorm, BatchNorm, Residual])
@pytest.mark.parametrize("training", [True, False])
def test_operations_counted_once_more(kind, training, rng):
    m, n = 60, 80
    layer = {
        Linear: lambda: Linear(n, 50, rng=rng),
        ReLU: ReLU,
        LayerNorm: lambda: LayerNorm(n),
        BatchNorm: lambda: BatchNorm(n),
        Residual: lambda: Residual(Flatten()),
    }[kind]()
    layer.train() if training else layer.eval()
    said = layer.flops((m, n))
    found = counted(layer, rng.standard_normal((m, n)))
    # What happens once for a row or a column is left out: at most ten such things for each.
    once = 0 if kind in (ReLU, Linear, Residual) else 10 * max(m, n)
    for mine, theirs in zip(said, found, strict=True):
        assert mine <= theirs <= mine + once


@pytest.mark.parametrize("name", every_layer())
def test_every_layer_says_about_what_it_computes(name):
    """Within a factor of three: an implementation may take other steps than the formula."""
    make, x = every_layer()[name]
    found = make().summary(x.shape)
    assert not [row for row in found.rows if row.forward_flops is None]
    layer = make()
    if layer.takes_labels or name in ("Dropout", "Flatten", "GELU", "Sequential"):
        return  # what they do is no arithmetic of NumPy's, or a polynomial in the place of erf
    forward, backward = counted(layer, x)
    assert found.forward_flops / 3 <= forward <= 3 * found.forward_flops
    assert found.backward_flops / 3 <= backward <= 3 * found.backward_flops


def test_checkpoints_cost_time_and_save_memory(rng):
    layers = [layer for _ in range(64) for layer in (Linear(16, 16, rng=rng), ReLU())]
    plain, lean = (kind(*layers).summary((100, 16)) for kind in (Sequential, Checkpointed))
    assert lean.cache_bytes < plain.cache_bytes / 4
    assert lean.forward_flops == plain.forward_flops
    last = Sequential(*layers[-2:]).summary((100, 16)).forward_flops
    assert lean.backward_flops == plain.backward_flops + plain.forward_flops - last


@pytest.mark.parametrize("name", every_layer())
def test_cache_bytes_are_what_a_forward_pass_leaves_behind(name):
    make, x = every_layer()[name]
    x = np.concatenate([x] * 300)
    layer = make()
    said = layer.summary(x.shape).cache_bytes
    layer.drop_cache()
    tracemalloc.start()
    try:
        layer.forward(x)
        found = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    if name == "Checkpointed":  # the most is only there on the way back
        found = max(found, said)
    assert abs(found - said) < 5000


def training_step(net, x, labels, optimizer):
    loss, cache = losses.softmax_cross_entropy(net.forward(x), labels)
    optimizer.zero_grad()
    net.backward_parameters(losses.softmax_cross_entropy_backward(cache))
    optimizer.step()


@pytest.mark.parametrize(
    "kind, sizes, m",
    [
        (Sequential, (784, 256, 128, 10), 64),
        (Sequential, (784, 256, 128, 10), 256),
        (Sequential, (100,) * 33, 200),
        (Checkpointed, (100,) * 33, 200),
    ],
)
@pytest.mark.parametrize("rule", [optim.SGD, optim.Adam])
def test_a_step_takes_hardly_more_than_what_is_kept(kind, sizes, m, rule, rng):
    """Everything that comes and goes in a step fits into a fifth more than summary() says."""
    layers = [
        layer
        for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True)
        for layer in (Linear(n_in, n_out, rng=rng, dtype=np.float32), ReLU())
    ]
    net = kind(*layers[:-1])
    x = rng.standard_normal((m, sizes[0])).astype(np.float32)
    labels = rng.integers(0, sizes[-1], m)
    tracemalloc.start()
    try:
        optimizer = rule(net.parameters(), lr=0.01)
        for _ in range(3):
            training_step(net, x, labels, optimizer)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most <= 1.2 * net.summary(x.shape, optimizer=optimizer).training_bytes


def test_asking_leaves_no_trace(rng):
    net = small(rng)
    x = rng.standard_normal((4, 6)).astype(np.float32)
    y = net.forward(x)
    net.backward(y)
    net[3].eval()
    state, generator = net.state_dict(), repr(rng.bit_generator.state)
    caches, grads = [one._cache for one in net.walk()], [p.grad for p in net.parameters()]
    attributes = [set(vars(one)) for one in net.walk()]
    net.summary((8, 6))
    with pytest.raises(ShapeError):
        net.summary((8, 7))
    assert all(value.tobytes() == state[name].tobytes() for name, value in net.state_dict().items())
    assert repr(rng.bit_generator.state) == generator
    assert all(one._cache is cache for one, cache in zip(net.walk(), caches, strict=True))
    assert all(p.grad is grad for p, grad in zip(net.parameters(), grads, strict=True))
    assert [one.training for one in net.walk()].count(False) == 1
    assert [set(vars(one)) for one in net.walk()] == attributes


def test_labels_devices_and_dtypes(xp, rng):
    words = Sequential(
        Embedding(9, 4, rng=rng, dtype=np.float32),
        Flatten(),
        Linear(12, 2, rng=rng, dtype=np.float32),
    )
    for one in words.parameters():
        one.value = xp.asarray(one.value)
    found = words.summary((5, 3))
    assert found.dtype == "int64" and found.rows[-1].output_shape == (5, 2)
    assert found.rows[1].backward_flops == 5 * 3 * 4
    assert found.cache_bytes >= 5 * 12 * 4
    assert ReLU().summary((3,), dtype=np.float32).cache_bytes == 12
    assert ReLU().summary((3,)).cache_bytes == 24


def test_a_layer_of_ones_own(rng):
    """It is measured like the others, wherever it keeps what it needs; its FLOPs are not known."""

    class Square(Layer):
        def __init__(self):
            self.table = np.ones(1000)  # was there before

        def forward(self, x):
            self.x, self.half = x + 0, {"of": [x[: len(x) // 2].copy()]}
            return x * x

        def backward(self, dy):
            return 2 * self.x * dy

    found = Sequential(Square(), Linear(4, 3, rng=rng)).summary((10, 4))
    assert found.rows[1].cache_bytes == 10 * 4 * 8 + 5 * 4 * 8
    assert found.rows[1].forward_flops is None and found.forward_flops > 0
    assert "?" in str(found)
    assert str(found).endswith("Not counted: the FLOPs of Square(); see Layer.flops.")


def two():
    return Linear(2, 2, rng=np.random.default_rng(0), dtype=np.float32)


def test_a_layer_that_is_passed_twice_counts_twice(rng):
    class Twice(Layer):
        def __init__(self):
            self.inner = Linear(4, 4, rng=rng)

        def children(self):
            return {"inner": self.inner}

        def forward(self, x):
            return self.inner.forward(self.inner.forward(x))

        def backward(self, dy):
            return self.inner.backward(dy)  # wrong, and no matter here

    found, once = Twice().summary((10, 4)), Linear(4, 4, rng=rng).summary((10, 4))
    assert found.forward_flops == 2 * once.forward_flops
    assert found.backward_flops == 2 * once.backward_flops
    assert found.parameters == once.parameters == 20


@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda net: net.summary((8, 32)), ShapeError,
         "summary: layer 0, Linear(6 → 5, float32): linear: W has 6 rows, but x has 32 columns; "
         "x (m, n_in) needs W (n_in, n_out)."),
        (lambda net: Sequential(net, ReLU(), two()).summary((8, 6)), ShapeError,
         "summary: layer 2, Linear(2 → 2, float32): linear: W has 2 rows, but x has 3 columns; "
         "x (m, n_in) needs W (n_in, n_out)."),
        (lambda net: net[2].summary((1, 5)), ShapeError,
         "summary: layer 1, BatchNorm(5, float32): batch_norm: x has 1 row, which has no variance; "
         "2 rows are needed, or mean and variance, as in evaluation."),
        (lambda net: Residual(net[4]).summary((2, 5)), ShapeError,
         "summary: Residual: Residual: the layers turn shape (2, 5) into (2, 3); the shortcut adds "
         "the two, so the shape must stay."),
        (lambda net: net.summary((8, 6), dtype=np.float64), DTypeError,
         "summary: layer 0, Linear(6 → 5, float32): linear: W is float32, but x is float64; give "
         "both one dtype."),
        (lambda net: net.summary(8), DTypeError,
         "summary: input_shape is an int; a tuple such as (32, 64) is needed."),
        (lambda net: net.summary((0, 6)), DomainError,
         "summary: input_shape is 0; it must be at least 1."),
        (lambda net: net.summary((8, 6), dtype=int), DTypeError,
         "summary: dtype is int64; it must be float32 or float64."),
        (lambda net: net.summary((8, 6), optimizer="adam"), DTypeError,
         "summary: optimizer is a str; an optimizer, its class, or how many numbers it keeps for "
         "each parameter is needed."),
        (lambda net: net.summary((8, 6), optimizer=-1), DomainError,
         "summary: optimizer is -1; it must be at least 0."),
    ],
)  # fmt: skip
def test_what_is_refused(call, error, sentence, rng):
    with pytest.raises(error) as caught:
        call(small(rng))
    assert str(caught.value) == sentence
