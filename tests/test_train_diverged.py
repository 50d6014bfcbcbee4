"""A number that is not finite ends training before anything moves, and the sentence says where."""

import numpy as np
import pytest
from training import learn, on_device, plain_net, rich_net, samples, values

import bplib
from bplib import losses, optim, train
from bplib.errors import DivergedError
from bplib.layers import Parameter
from bplib.train import step

HELPS = (
    "the weights from before this step are kept, and a smaller lr, standardised X or "
    "train.ClipGradients usually help."
)


def fails(net, X, y, **more):
    """The error of a training, with the state of the net as of the last whole step."""
    states = [values(net)]

    class Keep(train.Callback):
        def after_step(self, run):
            states.append(values(run.net))

    with pytest.raises(DivergedError) as caught:
        learn(net, X, y, callbacks=[Keep()], **more)
    assert values(net) == states[-1]
    return caught.value, len(states) - 1


class Explodes(bplib.Layer):
    """Lets numbers through until its n-th batch in training mode, then multiplies them by inf."""

    def __init__(self, n, where):
        self.n, self.where = n, where

    def forward(self, x):
        self.n -= self.training
        # The search for the culprit runs the network again, hence <=.
        return x * np.inf if self.where == "forward" and self.n <= 0 else x * 1

    def backward(self, dy):
        with np.errstate(invalid="ignore"):
            return dy * np.inf if self.where == "backward" and self.n <= 0 else dy * 1

    def __repr__(self):
        return "Explodes()"


def exploding(n, where):
    first, *rest = plain_net()
    return bplib.Sequential(first, bplib.Sequential(bplib.Tanh(), Explodes(n, where)), *rest)


def test_an_output_that_is_not_finite():
    error, steps = fails(exploding(10, "forward"), *samples())
    assert steps == 9
    assert str(error) == (
        "fit: in epoch 2, step 3, the loss is nan, first in the output of layer 1.1, Explodes(); "
        + HELPS
    )
    assert error.history.epochs == 1 and not error.history.interrupted
    assert error.history.ended == "diverged in epoch 2, step 3"


def test_a_gradient_that_is_not_finite_where_the_loss_is():
    error, steps = fails(exploding(10, "backward"), *samples())
    assert steps == 9
    loss = str(error).split("the loss is ")[1].split(",")[0]
    assert 0 < float(loss) < 2
    assert str(error) == (
        f"fit: in epoch 2, step 3, the loss is {loss}, but the gradient of 0.b is not finite, "
        f"first in layer 1.1, Explodes(); {HELPS}"
    )


def test_a_learning_rate_that_is_too_large():
    X = samples()[0].astype(np.float32)
    net = plain_net(k=1, dtype=np.float32)
    optimizer = optim.SGD(net.parameters(), lr=1e6)
    with pytest.raises(DivergedError) as caught:
        bplib.fit(net, losses.mse, X, X[:, :1], optimizer, epochs=50, batch_size=8,
                  rng=np.random.default_rng(0))  # fmt: skip
    assert str(caught.value).startswith("fit: in epoch 1, step ")
    assert all(np.isfinite(p.value).all() for p in net.parameters())


def test_the_running_means_are_those_of_before_the_step():
    X, y = samples()
    X[17, 3] = np.nan
    net = rich_net()
    error, steps = fails(net, X, y)
    order = np.random.default_rng(2).permutation(len(X))
    assert steps == list(order).index(17) // 8
    assert str(error) == (
        f"fit: in epoch 1, step {steps + 1}, the loss is nan, because row 17 of X holds nan; the "
        "weights from before this step are kept, and such samples have to be repaired or left out."
    )
    assert np.isfinite(net.layers[1].running_mean.value).all()


def test_targets_and_weights_that_were_not_finite_from_the_start():
    X = samples()[0]
    y = X[:, :1].copy()
    y[5] = -np.inf
    net = plain_net(k=1)
    fit = {"epochs": 1, "batch_size": 99, "rng": np.random.default_rng(0)}
    with pytest.raises(DivergedError) as caught:
        bplib.fit(net, losses.mse, X, y, optim.SGD(net.parameters(), lr=0.1), **fit)
    assert str(caught.value) == (
        "fit: in epoch 1, step 1, the loss is inf, because row 5 of y holds -inf; the weights "
        "from before this step are kept, and such samples have to be repaired or left out."
    )
    net.layers[2].W.value[3, 0] = np.nan
    with pytest.raises(DivergedError) as caught:
        bplib.fit(net, losses.mse, X, X[:, :1], optim.SGD(net.parameters(), lr=0.1), **fit)
    assert str(caught.value) == (
        "fit: in epoch 1, step 1, the loss is nan, because 2.W was not finite before this step; "
        "start from other weights."
    )


def logarithm(prediction, target):
    with np.errstate(all="ignore"):
        return np.log(prediction.min() * 0), prediction


def logarithm_backward(cache):
    raise AssertionError("a loss that is not finite has no gradient")


def root(prediction, target):
    return abs(prediction.sum()) * 0, prediction


def root_backward(cache):
    return cache * np.nan


def test_a_loss_that_does_it_itself():
    X, y = samples()
    for loss, said in (
        (logarithm, "the loss is -inf, first in logarithm itself"),
        (
            root,
            "the loss is 0, but the gradient of 2.b is not finite, first in that of root itself",
        ),
    ):
        net = plain_net()
        before = values(net)
        with pytest.raises(DivergedError) as caught:
            bplib.fit(net, loss, abs(X), y, optim.SGD(net.parameters(), lr=0.1), epochs=1,
                      rng=np.random.default_rng(0))  # fmt: skip
        assert str(caught.value) == f"fit: in epoch 1, step 1, {said}; {HELPS}"
        assert values(net) == before


def test_a_net_that_is_one_layer():
    net = bplib.Linear(2, 1, rng=np.random.default_rng(0))
    net.W.value[:] = 1e300
    X = np.full((4, 2), 1e10)
    with pytest.raises(DivergedError) as caught:
        bplib.fit(net, losses.mse, X, X[:, :1], optim.SGD(net.parameters(), lr=0.1), epochs=1,
                  rng=np.random.default_rng(0))  # fmt: skip
    assert str(caught.value) == (
        "fit: in epoch 1, step 1, the loss is inf, first in the output of Linear(2 → 1, float64); "
        + HELPS
    )
    assert "forward" not in vars(net)


def test_gradients_whose_squares_are_too_large_are_fine():
    net = bplib.Linear(2, 1, rng=np.random.default_rng(0), dtype=np.float32)
    X = np.full((4, 2), 1e15, np.float32)
    history = bplib.fit(net, losses.mse, X, X[:, :1], optim.SGD(net.parameters(), lr=1e-35),
                        epochs=1, rng=np.random.default_rng(0))  # fmt: skip
    assert np.abs(net.W.grad).max() > 1e20 and np.isfinite(history.loss[0])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 4, 11])
def test_every_entry_of_every_gradient_is_looked_at(xp, bad, place):
    from bplib.train.culprit import finite

    a, b = np.ones((3, 4)), np.ones(5)
    assert finite([xp.asarray(a), xp.asarray(b)]) and finite([xp.asarray(a * 1e200)])
    a.reshape(-1)[place] = bad
    assert not finite([xp.asarray(b), xp.asarray(a)]) and not finite([xp.asarray(a.T)])


def test_on_a_device(xp):
    X, y = samples()
    X[17, 3] = np.nan
    net = on_device(plain_net(), xp)
    with pytest.raises(DivergedError, match="row 17 of X holds nan"):
        learn(net, xp.asarray(X), xp.asarray(y))
    net.layers[0].W.value *= 1e308
    net.layers[2].W.value *= 1e308
    with pytest.raises(DivergedError, match="first in the output of layer"):
        learn(net, xp.asarray(samples()[0]), xp.asarray(y))


def test_nothing_is_raised_for_a_validation_loss_that_is_not_finite():
    X, y = samples()
    net = plain_net(k=1)
    optimizer = optim.SGD(net.parameters(), lr=1e-3)
    history = bplib.fit(net, losses.mse, X, X[:, :1], optimizer, epochs=2,
                        rng=np.random.default_rng(0), validation=(X, X[:, :1] * np.inf),
                        callbacks=[train.EarlyStopping(1)])  # fmt: skip
    assert not np.isfinite(history.validation_loss).any() and np.isfinite(history.loss).all()


def test_a_parameter_of_ones_own_with_nothing_else():
    """A layer that is no Sequential, with a parameter and no inner layers."""

    class Scale(bplib.Layer):
        def __init__(self):
            self.s = Parameter(np.ones(1), "s")

        def forward(self, x):
            self._cache = x
            return x * self.s.value

        def backward(self, dy):
            self.s.accumulate(np.array([(dy * self._cache).sum() / 0.0]))
            return dy * self.s.value

        def own_parameters(self):
            return [self.s]

        def __repr__(self):
            return "Scale()"

    net = Scale()
    X = np.arange(1.0, 5.0)[:, None]
    with np.errstate(divide="ignore"), pytest.raises(DivergedError) as caught:
        bplib.fit(net, losses.half_mse, X, X * 3, optim.SGD(net.parameters(), lr=0.1), epochs=1,
                  rng=np.random.default_rng(0))  # fmt: skip
    assert str(caught.value) == (
        "fit: in epoch 1, step 1, the loss is 15, but the gradient of s is not finite, first in "
        f"Scale(); {HELPS}"
    )


class Spoils(train.Callback):
    """Writes something into a gradient in the third step."""

    def __init__(self, value):
        self.value = value

    def before_update(self, run):
        if run.step == 2:
            run.net[2].W.grad[0, 1] = self.value


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_a_callback_spoils(value):
    net, same = plain_net(), plain_net()
    states = []

    class Look(train.Callback):
        def after_step(self, run):
            states.append(values(run.net))

    with pytest.raises(DivergedError) as caught:
        learn(net, *samples(), callbacks=[Look(), train.ClipGradients(1e9), Spoils(value)])
    assert str(caught.value) == (
        "fit: in epoch 1, step 3, the gradient of 2.W is not finite after before_update of the "
        "callbacks, and was before; the weights from before this step are kept."
    )
    assert caught.value.history.ended == "diverged in epoch 1, step 3"
    assert len(states) == 2 and values(net) == states[-1]
    learn(same, *samples(), callbacks=[Spoils(1.0)])


def test_gradients_are_looked_at_again_only_where_a_callback_had_them(monkeypatch):
    looks = []
    real = step.finite
    monkeypatch.setattr(step, "finite", lambda arrays: looks.append(1) or real(arrays))
    learn(plain_net(), *samples(), epochs=1, callbacks=[print])
    assert len(looks) == 7
    learn(plain_net(), *samples(), epochs=1, callbacks=[Spoils(1.0)])
    assert len(looks) == 21
