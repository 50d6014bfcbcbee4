"""What `fit` says of bad input: one sentence, and nothing has changed."""

from functools import partial

import fake_device
import numpy as np
import pytest
from training import plain_net, rich_net, samples, values

import bplib
from bplib import losses, metrics, optim, train
from bplib.errors import DomainError, DTypeError, NotReadyError, ShapeError, UnknownNameError

X, Y = samples()


def lonely(prediction, target):
    """A loss without its other half."""
    return losses.mse(prediction, target)


def several(prediction, target):
    return prediction.sum(axis=1), None


def several_backward(cache):
    raise AssertionError


def only_a_number(prediction, target):
    return prediction.mean()


def imaginary(prediction, target):
    return np.complex128(1j), prediction


def half_of(change):
    """Cross-entropy, whose second half is changed."""
    loss = losses.softmax_cross_entropy
    return loss, lambda cache: change(losses.softmax_cross_entropy_backward(cache))


def three_things(prediction, target):
    return prediction.mean(), None, None


def python_float(prediction, target):
    return 0.5


def python_float_backward(cache, dloss=1.0):
    raise AssertionError


def validation_f1(prediction, target):
    return 0.0


class Half:
    """Neither a function nor a name."""


def fit(**changes):
    """A training in which one thing is wrong."""
    settings = {
        "net": plain_net(), "loss": losses.softmax_cross_entropy, "X": X, "y": Y,
        "epochs": 1, "rng": np.random.default_rng(0),
    } | changes  # fmt: skip
    net, loss = settings.pop("net"), settings.pop("loss")
    optimizer = settings.pop("optimizer", None)
    if optimizer is None:
        optimizer = optim.SGD(getattr(net, "parameters", plain_net().parameters)(), lr=0.1)
    before = values(net) if isinstance(net, bplib.Layer) else None
    try:
        bplib.fit(net, loss, settings.pop("X"), settings.pop("y"), optimizer, **settings)
    finally:
        assert before is None or values(net) == before


def two_nets():
    first, second = plain_net(), plain_net()
    return {"net": first, "optimizer": optim.SGD([first[0].W, second[0].b], lr=0.1)}


RNG = "a numpy.random.Generator is needed, for example numpy.random.default_rng(0)."
LOSS = "a loss such as losses.mse, or a pair (forward, backward), is needed."
TWO = "it returns two things, the loss and the cache that its backward half needs."
SENTENCES = [
    # data
    ({"X": X[:40]}, ShapeError,
     "fit: X has 40 samples, but y has 53; each needs its target."),
    ({"X": X[:0], "y": Y[:0]}, ShapeError, "fit: X has shape (0, 6); it holds no samples."),
    ({"y": np.array(3)}, ShapeError, "fit: y has shape (); it holds no samples."),
    ({"X": X.tolist()}, DTypeError, "fit: X is a list; an array is needed."),
    ({"y": None}, DTypeError, "fit: y is None; an array is needed."),
    ({"X": fake_device.module.asarray(X)}, DTypeError,
     "the arrays live in different places (fake_device and numpy); bring them together with "
     "bplib.backend.to_device."),
    ({"y": Y.astype(float)}, DTypeError,
     "softmax_cross_entropy: labels has shape (32,) and dtype float64; class numbers are whole, "
     "as in labels.astype(int), and probabilities have shape (32, 3)."),
    ({"y": Y + 5, "batch_size": 99}, DomainError, None),
    ({"loss": losses.mse}, DTypeError, None),
    ({"X": X.astype(np.float32)}, DTypeError, None),
    ({"X": X[:, :4]}, ShapeError,
     "layer 0, Linear(6 → 8, float64): linear: W has 6 rows, but x has 4 columns; x (m, n_in) "
     "needs W (n_in, n_out)."),
    # numbers
    ({"epochs": 0}, DomainError, "fit: epochs is 0; it must be at least 1."),
    ({"epochs": -3}, DomainError, "fit: epochs is -3; it must be at least 1."),
    ({"epochs": 2.0}, DTypeError, "fit: epochs is a float; a whole number is needed."),
    ({"epochs": True}, DTypeError, "fit: epochs is a bool; a whole number is needed."),
    ({"batch_size": 0}, DomainError, "fit: batch_size is 0; it must be at least 1."),
    ({"batch_size": 8.5}, DTypeError, "fit: batch_size is a float; a whole number is needed."),
    ({"net": rich_net(), "batch_size": 13}, DomainError,
     "fit: with batch_size 13 the last of 53 samples would be a batch of its own, and BatchNorm "
     "needs at least 2; choose another batch_size."),
    ({"net": rich_net(), "batch_size": 1}, DomainError,
     "fit: with batch_size 1 the last of 53 samples would be a batch of its own, and BatchNorm "
     "needs at least 2; choose another batch_size."),
    ({"rng": 0}, DTypeError, f"fit: rng is an int; {RNG}"),
    ({"rng": None}, DTypeError, f"fit: rng is None; {RNG}"),
    ({"rng": np.random.RandomState(0)}, DTypeError, f"fit: rng is a RandomState; {RNG}"),
    ({"progress": "yes"}, DTypeError,
     "fit: progress is a str; it is True, False or None, for a bar where somebody may look at it."),
    # net and optimizer
    ({"net": [plain_net()]}, DTypeError,
     "fit: net is a list; a Layer such as Sequential is needed."),
    ({"net": None}, DTypeError, "fit: net is None; a Layer such as Sequential is needed."),
    ({"optimizer": 0.1}, DTypeError,
     "fit: optimizer is a float; an Optimizer such as optim.Adam(net.parameters()) is needed."),
    ({"optimizer": optim.Adam(plain_net().parameters())}, DomainError,
     "fit: no parameter of the optimizer is one of the net's, so nothing would be learned; make "
     "it for this net, Adam(net.parameters())."),
    (two_nets(), DomainError,
     "fit: the optimizer moves b, its parameter 1, which the net does not have."),
    # validation
    ({"validation": X}, DTypeError, "fit: validation is an ndarray; a pair (X, y) is needed."),
    ({"validation": (X, Y, Y)}, DTypeError,
     "fit: validation is 3 things; a pair (X, y) is needed."),
    ({"validation": 0.2}, DTypeError, "fit: validation is a float; a pair (X, y) is needed."),
    ({"validation": (X, Y[:3])}, ShapeError,
     "fit: X of validation has 53 samples, but y of validation has 3; each needs its target."),
    ({"validation": (X[:0], Y[:0])}, ShapeError,
     "fit: X of validation has shape (0, 6); it holds no samples."),
    ({"validation": (X[:, :5], Y)}, ShapeError,
     "fit: a row of X has shape (6,), but in validation (5,)."),
    ({"validation": (X, Y[:, None])}, ShapeError,
     "fit: a row of y has shape (), but in validation (1,)."),
    ({"validation": (X.astype(np.float32), Y)}, DTypeError,
     "fit: X is float64, but in validation float32; give both one dtype."),
    ({"X": X.astype(complex)}, DTypeError, "fit: X holds complex128 values; real ones are needed."),
    ({"validation": (X, Y.astype(np.complex64))}, DTypeError,
     "fit: y of validation holds complex64 values; real ones are needed."),
    # metrics
    ({"metrics": ["acuracy"]}, UnknownNameError,
     "there is no metric 'acuracy'; did you mean 'accuracy'?"),
    ({"metrics": ["confusion_matrx"]}, UnknownNameError,
     "there is no metric 'confusion_matrx'; there is accuracy, auc, calibration_error, f1, "
     "precision, r2, recall, rmse, top_k_accuracy."),
    ({"metrics": [Half()]}, DTypeError,
     "fit: metrics[0] is a Half; a name or a function is needed."),
    ({"metrics": 3}, DTypeError, "fit: metrics is an int; a list of names is needed."),
    ({"metrics": ["f1", "f1"]}, DomainError,
     "fit: metrics[1] is called 'f1', and so is another curve."),
    ({"metrics": validation_f1}, DomainError,
     "fit: metrics[0] is called 'validation_f1', and so is another curve."),
    # loss
    ({"loss": "mse"}, DTypeError, f"fit: loss is a str; {LOSS}"),
    ({"loss": (losses.mse,)}, DTypeError,
     f"fit: loss is a tuple, but no pair of functions; {LOSS}"),
    ({"loss": (losses.mse, "mse")}, DTypeError,
     f"fit: loss is a tuple, but no pair of functions; {LOSS}"),
    ({"loss": Half}, DTypeError, f"fit: loss is a type; {LOSS}"),
    ({"loss": lonely}, NotReadyError,
     "fit: no lonely_backward stands beside lonely; give both as a pair, (forward, backward)."),
    ({"loss": partial(lonely)}, NotReadyError,
     "fit: no lonely_backward stands beside lonely; give both as a pair, (forward, backward)."),
    ({"loss": several}, ShapeError, "fit: several returned shape (32,); one number is needed."),
    ({"loss": (only_a_number, several_backward)}, DTypeError,
     f"fit: the loss only_a_number returned a float64; {TWO}"),
    ({"loss": python_float}, DTypeError, f"fit: the loss python_float returned a float; {TWO}"),
    ({"loss": (three_things, several_backward)}, DTypeError,
     f"fit: the loss three_things returned 3 things; {TWO}"),
    ({"loss": (imaginary, several_backward)}, DTypeError,
     "fit: imaginary returned complex128; a real number is needed."),
    ({"loss": half_of(lambda g: g.sum())}, ShapeError,
     "fit: the backward half of softmax_cross_entropy returned shape (), but the prediction has "
     "(32, 3)."),
    ({"loss": half_of(lambda g: g[0])}, ShapeError,
     "fit: the backward half of softmax_cross_entropy returned shape (3,), but the prediction has "
     "(32, 3)."),
    ({"loss": half_of(lambda g: g.astype(np.float32))}, DTypeError,
     "fit: the backward half of softmax_cross_entropy returned float32, but the prediction is "
     "float64."),
    ({"loss": half_of(lambda g: None)}, DTypeError,
     "fit: the backward half of softmax_cross_entropy returned None; the gradient of the "
     "prediction is needed, an array of shape (32, 3)."),
    ({"loss": half_of(lambda g: (g, g))}, DTypeError,
     "fit: the backward half of softmax_cross_entropy returned a tuple; the gradient of the "
     "prediction is needed, an array of shape (32, 3)."),
]  # fmt: skip


@pytest.mark.parametrize("changes, kind, sentence", SENTENCES, ids=range(len(SENTENCES)))
def test_one_sentence_and_nothing_has_changed(changes, kind, sentence):
    with pytest.raises(kind) as caught:
        fit(**changes)
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value) and str(caught.value).endswith((".", "?"))
    assert sentence is None or str(caught.value) == sentence  # None: the layers' or losses' own


def test_rng_is_asked_for():
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'rng'"):
        bplib.fit(plain_net(), losses.mse, X, Y, None, epochs=1)


def test_a_metric_that_is_no_number():
    def table(prediction, target):
        return metrics.confusion_matrix(prediction, target)

    def text(prediction, target):
        return "high"

    for metric, kind, sentence in (
        (table, ShapeError, "evaluate: table returned shape (3, 3); one number is needed."),
        (text, DTypeError, "evaluate: text returned a str; one number is needed."),
    ):
        with pytest.raises(kind) as caught:
            train.evaluate(plain_net(), losses.softmax_cross_entropy, X, Y, metrics=metric)
        assert str(caught.value) == sentence


ONES = np.ones((6, 4))
TWICE = [
    (losses.softmax_cross_entropy, bplib.Softmax(), "softmax", np.zeros(6, int)),
    (partial(losses.softmax_cross_entropy, label_smoothing=0.1), bplib.Softmax(), "softmax",
     np.zeros(6, int)),
    (losses.kl_divergence, bplib.Softmax(), "softmax", np.full((6, 4), 0.25)),
    (losses.binary_cross_entropy_with_logits, bplib.Sigmoid(), "sigmoid", ONES),
]  # fmt: skip


@pytest.mark.parametrize("loss, last, function, y", TWICE, ids=range(len(TWICE)))
def test_probabilities_are_made_once(loss, last, function, y):
    rng = np.random.default_rng(0)
    for wrap in (bplib.Sequential, bplib.Checkpointed, lambda *row: bplib.Sequential(*row[:1],
                 bplib.Sequential(row[1]))):  # fmt: skip
        net = wrap(bplib.Linear(4, 4, rng=rng), last)
        optimizer = optim.SGD(net.parameters(), lr=0.1)
        said = (
            f"the net ends in {last!r}, and {getattr(loss, 'func', loss).__name__} applies "
            f"{function} itself, to the numbers before it; leave that layer out, and "
            f"ops.{function}(net.predict(X))[0] are the probabilities."
        )
        with pytest.raises(DomainError) as caught:
            bplib.fit(net, loss, ONES, y, optimizer, epochs=1, rng=rng)
        assert str(caught.value) == f"fit: {said}"
        with pytest.raises(DomainError) as caught:
            train.evaluate(net, loss, ONES, y)
        assert str(caught.value) == f"evaluate: {said}"


def test_probabilities_may_come_before_the_end_or_with_another_loss():
    rng = np.random.default_rng(0)
    y = np.zeros(6, int)
    for *row, loss, target in (
        (bplib.Softmax(), bplib.Linear(4, 3, rng=rng), losses.softmax_cross_entropy, y),
        (bplib.Residual(bplib.Softmax()), losses.softmax_cross_entropy, y),
        (bplib.LogSoftmax(), losses.softmax_cross_entropy, y),  # the same as without
        (bplib.Sigmoid(), losses.softmax_cross_entropy, y),
        (bplib.Softmax(), losses.mse, ONES),
    ):
        net = bplib.Sequential(bplib.Linear(4, 4, rng=rng), *row)
        optimizer = optim.SGD(net.parameters(), lr=0.1)
        assert bplib.fit(net, loss, ONES, target, optimizer, epochs=1, rng=rng).epochs == 1


def test_a_loss_without_a_cache_is_not_evaluated_either():
    with pytest.raises(DTypeError) as caught:
        train.evaluate(plain_net(), python_float, X, Y)
    assert str(caught.value) == f"evaluate: the loss python_float returned a float; {TWO}"


def test_sentences_of_evaluate():
    net, loss = plain_net(), losses.softmax_cross_entropy
    for call, kind, sentence in (
        (lambda: train.evaluate(net, loss, X, Y[:2]), ShapeError,
         "evaluate: X has 53 samples, but y has 2; each needs its target."),
        (lambda: train.evaluate(net, loss, X, Y, batch_size=0), DomainError,
         "evaluate: batch_size is 0; it must be at least 1."),
        (lambda: train.evaluate(net, "mse", X, Y), DTypeError, f"evaluate: loss is a str; {LOSS}"),
        (lambda: train.evaluate(net, loss, X, Y, metrics=3), DTypeError,
         "evaluate: metrics is an int; a list of names is needed."),
        (lambda: train.evaluate([net], loss, X, Y), DTypeError,
         "evaluate: net is a list; a Layer such as Sequential is needed."),
    ):  # fmt: skip
        with pytest.raises(kind) as caught:
            call()
        assert str(caught.value) == sentence
