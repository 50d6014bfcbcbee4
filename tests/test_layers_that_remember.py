"""BatchNorm and Embedding: running statistics, and whole numbers in the place of floats."""

import numpy as np
import pytest

from bplib import (
    BatchNorm,
    Embedding,
    Flatten,
    LayerNorm,
    Linear,
    ReLU,
    Residual,
    Sequential,
    losses,
    optim,
    tape,
)
from bplib.backend import to_numpy, xp_of
from bplib.errors import DomainError, DTypeError, NotReadyError, ShapeError
from bplib.tape import Tensor


def test_running_statistics_by_hand():
    layer = BatchNorm(1, momentum=0.25)
    layer.forward(np.array([[1.0], [3.0], [5.0]]))  # mean 3, unbiased variance 8/2 = 4
    np.testing.assert_allclose(layer.running_mean.value, [0.75])
    np.testing.assert_allclose(layer.running_variance.value, [0.75 * 1 + 0.25 * 4])
    layer.eval()
    y = layer.forward(np.array([[0.75]]))  # one row is enough now
    np.testing.assert_allclose(y, [[0.0]])
    np.testing.assert_allclose(layer.running_mean.value, [0.75])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("training", [True, False])
def test_batch_norm_is_its_pair_on_the_tape(dtype, training, xp):
    rng = np.random.default_rng(3)
    layer = BatchNorm(4, eps=0.01, dtype=dtype)
    for one in (*layer.parameters(), *layer.buffers()):
        one.value = xp.asarray(rng.uniform(0.5, 2, 4).astype(dtype))
    x, dy = (xp.asarray(rng.standard_normal((7, 4)).astype(dtype)) for _ in range(2))
    layer.train() if training else layer.eval()
    held = {}
    if not training:
        held = {"mean": layer.running_mean.value, "variance": layer.running_variance.value}
    t, gamma, beta = (Tensor(a) for a in (x, layer.gamma.value, layer.beta.value))
    node = tape.batch_norm(t, gamma, beta, eps=0.01, **held)
    node.backward(dy)
    found = layer.forward(x), layer.backward(dy), layer.gamma.grad, layer.beta.grad
    for mine, expected in zip(found, (node.value, t.grad, gamma.grad, beta.grad), strict=True):
        assert xp_of(mine) is xp and mine.dtype == dtype
        assert to_numpy(mine).tobytes() == to_numpy(expected).tobytes()


def test_the_running_values_stay_in_their_arrays(xp):
    layer = BatchNorm(3, dtype=np.float32)
    for one in (*layer.parameters(), *layer.buffers()):
        one.value = xp.asarray(one.value)
    arrays = [b.value for b in layer.buffers()]
    layer.forward(xp.asarray(np.random.default_rng(0).standard_normal((5, 3)).astype(np.float32)))
    assert all(b.value is a for b, a in zip(layer.buffers(), arrays, strict=True))
    assert (to_numpy(layer.running_mean.value) != 0).all()
    assert list(layer.state_dict()) == ["gamma", "beta", "running_mean", "running_variance"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_embedding_is_its_pair_on_the_tape(dtype, xp, rng):
    layer = Embedding(9, 4, rng=rng, dtype=dtype)
    layer.W.value = xp.asarray(layer.W.value)
    labels = xp.asarray(np.array([[0, 8, 3], [3, 3, 5]]))
    table = Tensor(layer.W.value)
    node, y = tape.embedding(table, labels=labels), layer.forward(labels)
    dy = xp.asarray(rng.standard_normal((2, 3, 4)).astype(dtype))
    node.backward(dy)
    assert layer.backward(dy) is None
    for mine, expected in ((y, node.value), (layer.W.grad, table.grad)):
        assert xp_of(mine) is xp and mine.dtype == dtype
        assert to_numpy(mine).tobytes() == to_numpy(expected).tobytes()


def test_words_are_learned(rng):
    """Which of 12 words are 'loud': an embedding in front of a net finds out."""
    labels, loud = np.arange(12), np.arange(12) % 3
    net = Sequential(
        Embedding(12, 6, rng=rng), Linear(6, 8, rng=rng), ReLU(), Linear(8, 3, rng=rng)
    )
    assert net.takes_labels and not net[1].takes_labels
    optimizer = optim.Adam(net.parameters(), lr=0.05)
    for _ in range(60):
        loss, cache = losses.softmax_cross_entropy(net.forward(labels), loud)
        optimizer.zero_grad()
        net.backward_parameters(losses.softmax_cross_entropy_backward(cache))
        optimizer.step()
    assert loss < 0.05
    net.forward(labels)
    assert net.backward(losses.softmax_cross_entropy_backward(cache)) is None


def test_start_and_reprs(rng):
    W = Embedding(300, 200, rng=rng).W.value
    assert abs(W.std() - 1) < 0.01 and abs(W.mean()) < 0.02
    assert repr(Embedding(7, 4, rng=rng, dtype=np.float32)) == "Embedding(7 → 4, float32)"
    assert repr(BatchNorm(5)) == "BatchNorm(5, float64)"
    assert repr(BatchNorm(5, momentum=0.2)) == "BatchNorm(5, momentum=0.2, float64)"
    assert repr(BatchNorm(5, momentum=0, eps=1e-3, dtype=np.float32)) == (
        "BatchNorm(5, momentum=0.0, eps=0.001, float32)"
    )
    assert repr(LayerNorm(5)) == "LayerNorm(5, float64)"
    assert repr(LayerNorm(5, eps=1e-8)) == "LayerNorm(5, eps=1e-08, float64)"


RNG = np.random.default_rng(0)
BAD = [
    (lambda: BatchNorm(0), DomainError, "BatchNorm: n is 0; it must be at least 1."),
    (lambda: BatchNorm(3, momentum=1.5), DomainError,
     "BatchNorm: momentum is 1.5; it must be between 0 and 1."),
    (lambda: BatchNorm(3, momentum="0.1"), DTypeError,
     "BatchNorm: momentum is a str; a number is needed."),
    (lambda: BatchNorm(3, eps=0), DomainError,
     "BatchNorm: eps is 0; it must be positive and finite."),
    (lambda: BatchNorm(3, dtype=np.float16), DTypeError,
     "BatchNorm: dtype is float16; it must be float32 or float64."),
    (lambda: BatchNorm(3).forward(np.ones((1, 3))), ShapeError,
     "batch_norm: x has 1 row, which has no variance; 2 rows are needed, or mean and variance, as "
     "in evaluation."),
    (lambda: BatchNorm(3).forward(np.ones((4, 5))), ShapeError,
     "batch_norm: gamma has shape (3,), but x has shape (4, 5); gamma needs the shape (5,)."),
    (lambda: BatchNorm(3).backward(np.ones((4, 3))), NotReadyError,
     "BatchNorm: backward was called before forward; "
     "there is no output yet whose gradient could be passed back."),
    (lambda: Embedding(0, 3, rng=RNG), DomainError,
     "Embedding: n_words is 0; it must be at least 1."),
    (lambda: Embedding(3, 2.0, rng=RNG), DTypeError,
     "Embedding: n_out is a float; a whole number is needed."),
    (lambda: Embedding(3, 2, rng=7), DTypeError,
     "Embedding: rng is an int; a numpy.random.Generator is needed, "
     "for example numpy.random.default_rng(0)."),
    (lambda: Embedding(3, 2, rng=RNG, dtype=int), DTypeError,
     "Embedding: dtype is int64; it must be float32 or float64."),
    (lambda: Embedding(3, 2, rng=RNG).forward(np.array([0, 3])), DomainError,
     "embedding: labels holds 3 at index 1; the rows are 0 to 2."),
    (lambda: Embedding(3, 2, rng=RNG).forward(np.ones(2)), DTypeError,
     "embedding: labels holds float64 values; an array of whole numbers is needed."),
    (lambda: Embedding(3, 2, rng=RNG).forward(np.ones(0, int)), ShapeError,
     "embedding: labels is empty, its shape is (0,)."),
    (lambda: Sequential(Flatten(), Embedding(3, 2, rng=RNG)), DomainError,
     "Sequential: layer 1, Embedding(3 → 2, float64), takes whole numbers and hands no gradient "
     "back; it can only stand first."),
    (lambda: Residual(Embedding(3, 2, rng=RNG)), DomainError,
     "Residual: layer 0, Embedding(3 → 2, float64), takes whole numbers; the shortcut would add "
     "them to the output."),
]  # fmt: skip


@pytest.mark.parametrize("call, kind, sentence", BAD)
def test_bad_calls(call, kind, sentence):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == sentence


def test_a_batch_that_is_refused_leaves_the_running_values(rng):
    layer = BatchNorm(3)
    before = layer.state_dict()
    with pytest.raises(ShapeError):
        layer.forward(np.ones((4, 5)))
    assert all((value == before[name]).all() for name, value in layer.state_dict().items())
