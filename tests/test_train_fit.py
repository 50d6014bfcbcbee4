"""`fit` does what a loop written by hand does, to the last bit."""

import textwrap
import tracemalloc
from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest
from training import learn, on_device, plain_net, rich_net, samples, values

import bplib
from bplib import data, losses, metrics, optim, train
from bplib.backend import to_numpy
from bplib.train.measures import metrics_of
from bplib.train.pair import apart, pair_of

RULES = [optim.SGD, optim.Momentum, optim.Nesterov, optim.AdaGrad, optim.RMSProp, optim.Adam,
         optim.AdamW]  # fmt: skip


def by_hand(net, X, y, optimizer, epochs, batch_size, rng):
    """The loop that a reader of the book would write."""
    curve = []
    net.train()
    for _ in range(epochs):
        total = 0.0
        for x, target in data.batches(X, y, batch_size=batch_size, rng=rng):
            loss, cache = losses.softmax_cross_entropy(net.forward(x), target)
            net.zero_grad()
            net.backward(losses.softmax_cross_entropy_backward(cache))
            optimizer.step()
            total += float(loss) * len(x)
        curve.append(total / len(X))
    return curve


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("make", [plain_net, rich_net])
def test_it_is_the_loop_by_hand(make, rule):
    X, y = samples()
    ours, theirs = make(), make()
    first, second = rule(ours.parameters(), lr=0.01), rule(theirs.parameters(), lr=0.01)
    history = bplib.fit(
        ours, losses.softmax_cross_entropy, X, y, first,
        epochs=3, batch_size=8, rng=np.random.default_rng(5),
    )  # fmt: skip
    curve = by_hand(theirs, X, y, second, 3, 8, np.random.default_rng(5))
    assert history.loss == curve and values(ours) == values(theirs)
    assert first.steps == second.steps == 3 * 7


@pytest.mark.parametrize("batch_size", [1, 7, 13, 52, 53, 54, 1000])
def test_every_sample_counts_once_whatever_the_batches(batch_size):
    X, y = samples()
    net = plain_net()
    expected = losses.softmax_cross_entropy(net.forward(X), y)[0]
    still = optim.SGD(net.parameters(), lr=1e-300)  # nothing moves: the mean can be compared
    history = bplib.fit(net, losses.softmax_cross_entropy, X, y, still, epochs=2,
                        batch_size=batch_size, rng=np.random.default_rng(0))  # fmt: skip
    np.testing.assert_allclose(history.loss, [expected] * 2, rtol=1e-14)
    assert still.steps == 2 * -(-53 // batch_size)


def test_same_seed_same_numbers_and_another_seed_others():
    X, y = samples()
    runs = []
    for seed in (2, 2, 3):
        net = plain_net()
        runs.append((learn(net, X, y, seed=seed)["loss"], values(net)))
    assert runs[0] == runs[1] and runs[0] != runs[2]


def test_nothing_that_was_given_is_changed():
    X, y = samples()
    before = X.copy(), y.copy()
    X.setflags(write=False)
    y.setflags(write=False)
    learn(plain_net(), X, y, validation=(X, y))
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])


def test_the_data_are_never_copied_as_a_whole():
    X, y = np.ones((20_000, 64)), np.zeros(20_000, int)
    net = plain_net(n=64)
    tracemalloc.start()
    try:
        learn(net, X, y, epochs=1, batch_size=500, validation=(X, y))
        assert tracemalloc.get_traced_memory()[1] < X.nbytes / 5
    finally:
        tracemalloc.stop()


class Ear(bplib.Layer):
    """Remembers what went through it: the mode, the samples, and whether they are a copy."""

    def __init__(self):
        self.heard = []

    def forward(self, x):
        self.heard.append((self.training, len(x), x.base is None))
        return x

    def backward(self, dy):
        raise AssertionError("the gradient of the data is not needed")


def test_modes_and_batches_of_training_and_validation():
    X, y = samples(m=20)
    ear = Ear()
    net = bplib.Sequential(ear, *plain_net())
    net.eval()
    net.layers[1].training = True
    learn(net, X, y, validation=(X[:11], y[:11]), epochs=2)
    assert [layer.training for layer in net.walk()] == [False, False, True, False, False]
    one = [(True, 8), (True, 8), (True, 4), (False, 8), (False, 3)]
    assert [(training, m) for training, m, _ in ear.heard] == one * 2
    assert all(fresh or not training for training, _, fresh in ear.heard)


def test_a_layer_that_a_callback_froze_stays_frozen():
    X, y = samples()
    net = rich_net()
    before = net.layers[1].running_mean.value.copy()

    class Freeze(train.Callback):
        def begin(self, run):
            run.net.layers[1].training = False

    learn(net, X, y, validation=(X, y), callbacks=[Freeze()])
    np.testing.assert_array_equal(net.layers[1].running_mean.value, before)
    assert net.layers[1].training


def test_validation_is_in_evaluation_mode_and_exact():
    X, y = samples()
    other = samples(m=29, seed=9)
    net = rich_net()
    history = learn(net, X, y, validation=other, metrics=["accuracy", "f1"])
    net.eval()
    logits = net.forward(other[0])
    loss = losses.softmax_cross_entropy(logits, other[1])[0]
    np.testing.assert_allclose(history.validation_loss[-1], loss, rtol=1e-14)
    assert history.validation_accuracy[-1] == metrics.accuracy(logits, other[1])
    assert history.validation_f1[-1] == metrics.f1(logits, other[1])
    found = train.evaluate(net, losses.softmax_cross_entropy, *other, metrics="f1", batch_size=8)
    assert found == {"loss": history.validation_loss[-1], "f1": history.validation_f1[-1]}


def test_metrics_of_training_are_of_all_predictions_of_the_epoch():
    X, y = samples()
    net = plain_net()
    seen = []

    def share(prediction, target):
        seen.append((prediction.shape, target.shape))
        return metrics.accuracy(prediction, target)

    still = optim.SGD(net.parameters(), lr=1e-300)
    history = bplib.fit(net, losses.softmax_cross_entropy, X, y, still, epochs=1, batch_size=8,
                        rng=np.random.default_rng(0), metrics=["f1", share])  # fmt: skip
    assert seen == [((53, 3), (53,))]
    assert history.share == [metrics.accuracy(net.forward(X), y)]
    assert history.f1 == [metrics.f1(net.forward(X), y)]
    assert list(history.metrics) == ["f1", "share"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float32_stays_float32(dtype):
    X, y = samples(dtype=dtype)
    net = rich_net(dtype=dtype)
    optimizer = optim.Adam(net.parameters())
    stats = train.GradientStatistics(every=1)
    history = bplib.fit(net, losses.softmax_cross_entropy, X, y, optimizer, epochs=2,
                        rng=np.random.default_rng(0), callbacks=[stats])  # fmt: skip
    assert {h.value.dtype for h in (*net.parameters(), *net.buffers())} == {np.dtype(dtype)}
    assert {p.grad.dtype for p in net.parameters()} == {np.dtype(dtype)}
    assert all(type(value) is float for curve in history.values() for value in curve)


def test_on_every_device(xp):
    device, host = on_device(plain_net(), xp), plain_net()
    X, y = samples(xp=xp)
    found = learn(device, X, y, validation=(X, y), metrics=["accuracy"],
                  callbacks=[train.EarlyStopping(2), train.GradientStatistics(),
                             train.ClipGradients(1.0)])  # fmt: skip
    expected = learn(host, *samples(), validation=samples(), metrics=["accuracy"],
                     callbacks=[train.ClipGradients(1.0)])  # fmt: skip
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-10)
    assert type(device.layers[0].W.value) is type(X)
    for ours, theirs in zip(device.parameters(), host.parameters(), strict=True):
        np.testing.assert_allclose(to_numpy(ours.value), theirs.value, rtol=1e-9)


# the loss


def scaled(prediction, target):
    """A loss of one's own."""
    loss, cache = losses.mse(prediction, target)
    return loss * 2, cache


def scaled_backward(cache):
    """Its other half, which is found by its name."""
    return losses.mse_backward(cache) * 2


def test_losses_in_every_form():
    X = samples()[0]
    y = X[:, :1] * 2
    curves = []
    for loss in (losses.mse, scaled, (scaled, scaled_backward),
                 (losses.mse, losses.mse_backward), partial(losses.huber, delta=1e9)):  # fmt: skip
        net = plain_net(k=1)
        optimizer = optim.SGD(net.parameters(), lr=1e-300)
        curves.append(bplib.fit(net, loss, X, y, optimizer, epochs=1, batch_size=8,
                                rng=np.random.default_rng(0)).loss[0])  # fmt: skip
    np.testing.assert_allclose(curves, np.array([1, 2, 2, 1, 0.5]) * curves[0], rtol=1e-12)


def test_a_loss_may_be_an_object_without_a_hash():
    @dataclass
    class Scaled:
        by: float

        def __call__(self, prediction, target):
            loss, cache = losses.mse(prediction, target)
            return loss * self.by, (cache, self.by)

    def backward(cache):
        return losses.mse_backward(cache[0]) * cache[1]

    X = samples()[0]
    net = plain_net(k=1)
    history = bplib.fit(net, (Scaled(2.0), backward), X, X[:, :1], optim.Adam(net.parameters()),
                        epochs=2, metrics=["rmse"], rng=np.random.default_rng(0))  # fmt: skip
    assert history.loss[0] == pytest.approx(2 * history["rmse"][0] ** 2)


def test_the_loss_in_the_docstring():
    halves = bplib.fit.__doc__.partition("given as a pair:")[2].partition("fit(net,")[0]
    names = {}
    exec(textwrap.dedent(halves), names)
    X = samples()[0]
    y = X[:, :1] * 2
    forward, backward = names["fourth_power"], names["fourth_power_backward"]
    net = plain_net(k=1)
    report = bplib.gradcheck(forward, [net.forward(X)], backward=backward, target=y)
    assert report.ok, report
    history = bplib.fit(net, (forward, backward), X, y, optim.Adam(net.parameters()), epochs=5,
                        rng=np.random.default_rng(0))  # fmt: skip
    assert history.loss[-1] < history.loss[0]


def test_a_loss_with_a_setting():
    X, y = samples()
    smooth = partial(losses.softmax_cross_entropy, label_smoothing=0.1)
    net, same = plain_net(), plain_net()
    optimizer = optim.SGD(net.parameters(), lr=0.1)
    history = bplib.fit(net, smooth, X, y, optimizer, epochs=1, batch_size=99,
                        rng=np.random.default_rng(0))  # fmt: skip
    expected, cache = smooth(same.forward(X), y)
    same.backward(losses.softmax_cross_entropy_backward(cache))
    np.testing.assert_allclose(history.loss, [expected], rtol=1e-14)
    np.testing.assert_allclose(
        net.layers[2].b.value, same.layers[2].b.value - 0.1 * same.layers[2].b.grad, rtol=1e-12
    )


def test_settings_do_not_change_a_name():
    smooth = partial(partial(losses.huber, delta=2.0), delta=3.0)
    given = smooth, (smooth, losses.huber_backward)
    assert [pair_of(loss).name for loss in given] == ["huber", "huber"]
    assert pair_of((smooth, losses.huber_backward)).forward is smooth  # with its settings

    def several(*given, **named):
        return given, named

    inner = partial(several, 1, a=2, b=3)
    inner.kept_apart = True  # or Python makes one partial of both
    outer = partial(inner, 4, b=5, c=6)
    function, placed, named = apart(outer)
    assert function is several and outer() == (placed, named) == ((1, 4), {"a": 2, "b": 5, "c": 6})
    assert list(metrics_of([partial(partial(metrics.f1))], pair_of(smooth))) == ["f1"]


def test_some_of_the_parameters_only():
    X, y = samples()
    net = plain_net()
    before = values(net)
    optimizer = optim.Adam(net.layers[2].parameters())
    bplib.fit(net, losses.softmax_cross_entropy, X, y, optimizer, epochs=1,
              rng=np.random.default_rng(0))  # fmt: skip
    after = values(net)
    assert [name for name in after if after[name] != before[name]] == ["2.W", "2.b"]


def test_a_metric_may_be_a_loss():
    def other_loss(prediction, target):
        return losses.softmax_cross_entropy(prediction, target)[0]

    history = learn(plain_net(), *samples(), metrics=other_loss, validation=samples())
    assert list(history.metrics) == ["other_loss", "validation_other_loss"]
    np.testing.assert_allclose(history.validation_other_loss, history.validation_loss)


def test_labels_of_words():
    words = np.random.default_rng(0).integers(20, size=(40, 4))
    y = (words.sum(axis=1) > 38).astype(int)
    rng = np.random.default_rng(1)
    net = bplib.Sequential(
        bplib.Embedding(20, 5, rng=rng), bplib.Flatten(), bplib.Linear(20, 2, rng=rng)
    )
    history = learn(net, words, y, epochs=5, validation=(words, y))
    assert history.loss[-1] < history.loss[0]


def test_digits_are_learned():
    digits = data.digits()
    rng = np.random.default_rng(0)
    X = digits.X.astype(np.float32) / 16
    (X, y), (X_test, y_test) = data.split(
        X, digits.y, fractions=(0.8, 0.2), rng=rng, stratify=digits.y
    )
    net = bplib.Sequential(
        bplib.Linear(64, 100, rng=rng, dtype=np.float32),
        bplib.ReLU(),
        bplib.Linear(100, 10, rng=rng, dtype=np.float32),
    )
    optimizer = optim.Adam(net.parameters(), lr=3e-3)
    history = bplib.fit(net, losses.softmax_cross_entropy, X, y, optimizer, epochs=20, rng=rng,
                        validation=(X_test, y_test), metrics=["accuracy"])  # fmt: skip
    assert history.validation_accuracy[-1] >= 0.97
    assert history.loss[-1] < 0.05
