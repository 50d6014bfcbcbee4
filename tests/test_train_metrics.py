"""Metrics by name get what they ask for, whatever the loss means by its predictions."""

from functools import partial

import numpy as np
import pytest
from training import on_device, plain_net, samples

import bplib
from bplib import losses, metrics, ops, optim, train
from bplib.errors import DomainError, DTypeError, ShapeError
from bplib.train.pair import pair_of
from bplib.train.reading import measuring

M = 40


def numbers(k, seed=0, xp=np):
    """(m, k), logits of both signs."""
    return xp.asarray(2 * np.random.default_rng(seed).normal(size=(M, k)))


def classes(k, seed=1, xp=np):
    """(m,), every class among them."""
    return xp.asarray(np.random.default_rng(seed).permutation(np.arange(M) % k))


def measured(name, loss, prediction, target):
    return measuring(name, pair_of(loss))(prediction, target)


BCE = losses.binary_cross_entropy_with_logits
OF_CLASSES = ["accuracy", "f1", "precision", "recall"]


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("name", OF_CLASSES)
def test_softmax_of_rows(xp, k, name):
    z, y = numbers(k, xp=xp), classes(k, xp=xp)
    expected = getattr(metrics, name)(numbers(k), classes(k))
    assert measured(name, losses.softmax_cross_entropy, z, y) == expected
    shares = xp.asarray(np.eye(k)[classes(k)] * 0.8 + 0.2 / k)
    for loss in (losses.softmax_cross_entropy, losses.kl_divergence):
        assert measured(name, loss, z, shares) == expected
    smooth = partial(partial(losses.softmax_cross_entropy, label_smoothing=0.1))
    assert measured(name, smooth, z, shares) == expected


def test_softmax_scores_and_probabilities(xp):
    z, y = numbers(2, xp=xp), classes(2, xp=xp)
    p = ops.softmax(numbers(2))[0]
    for name, said in (("auc", p[:, 1]), ("calibration_error", p)):
        expected = getattr(metrics, name)(said, classes(2))
        assert measured(name, losses.softmax_cross_entropy, z, y) == pytest.approx(expected)
    rows = numbers(7, xp=xp), classes(7, xp=xp)
    for name in ("calibration_error", "top_k_accuracy"):
        said = ops.softmax(numbers(7))[0]
        expected = getattr(metrics, name)(said, classes(7))
        found = measured(name, losses.softmax_cross_entropy, *rows)
        assert found == pytest.approx(expected)


def test_the_order_of_sure_predictions_is_not_rounded_away():
    z = np.array([[-50.0, 0.0], [-60.0, 0.0], [-55.0, 0.0], [-70.0, 0.0]])
    y = np.array([0, 1, 0, 1])
    assert metrics.auc(ops.softmax(z)[0][:, 1], y) < 1
    assert measured("auc", losses.softmax_cross_entropy, z, y) == 1


@pytest.mark.parametrize("shape", [(M,), (M, 1)])
@pytest.mark.parametrize("dtype", [float, int])
def test_one_logit(xp, shape, dtype):
    z, y = numbers(1)[:, 0], classes(2)
    z[:2] = 0.0  # at 0 it is class 0
    given = xp.asarray(z.reshape(shape)), xp.asarray(y.reshape(shape).astype(dtype))
    for name in OF_CLASSES:
        expected = getattr(metrics, name)((z > 0).astype(int), y)
        assert measured(name, BCE, *given) == expected
    assert measured("auc", BCE, *given) == metrics.auc(z, y)
    expected = metrics.calibration_error(ops.sigmoid(z)[0], y)
    assert measured("calibration_error", BCE, *given) == pytest.approx(expected)


@pytest.mark.parametrize("shape", [(M,), (M, 1)])
@pytest.mark.parametrize("dtype", [float, int])
def test_the_side_of_a_margin(xp, shape, dtype):
    s, y = numbers(1)[:, 0], classes(2)
    given = xp.asarray(s.reshape(shape)), xp.asarray((2 * y - 1).reshape(shape).astype(dtype))
    for name in OF_CLASSES:
        expected = getattr(metrics, name)((s > 0).astype(int), y)
        assert measured(name, losses.hinge, *given) == expected
    assert measured("auc", losses.hinge, *given) == metrics.auc(s, y)


def test_one_margin_against_the_rest(xp):
    s, y = numbers(6), classes(6)
    given = xp.asarray(s), xp.asarray(2 * np.eye(6)[y] - 1)
    for name in (*OF_CLASSES, "top_k_accuracy"):
        expected = getattr(metrics, name)(s, y)
        assert measured(name, losses.hinge, *given) == expected


def test_values_are_left_as_they_are(xp):
    p, t = numbers(1), numbers(1, seed=5)
    for name in ("r2", "rmse"):
        for loss in (losses.mse, BCE):
            found = measured(name, loss, xp.asarray(p), xp.asarray(t))
            assert found == pytest.approx(getattr(metrics, name)(p, t))


def test_another_loss_gives_them_as_they_are():
    p, y = ops.sigmoid(numbers(1)[:, 0])[0], classes(2)
    assert measured("auc", losses.mse, p, y) == metrics.auc(p, y)
    rows = ops.softmax(numbers(3))[0]
    assert measured("accuracy", losses.mse, rows, classes(3)) == metrics.accuracy(rows, classes(3))


def test_functions_get_them_as_they_are():
    seen = []

    def look(prediction, target):
        seen.append((prediction, target))
        return 0.0

    net, (X, y) = plain_net(k=1), samples(k=2)
    target = y[:, None].astype(float)
    found = train.evaluate(net, BCE, X, target, metrics=[look, metrics.f1, "accuracy"])
    net.eval()
    np.testing.assert_array_equal(seen[0][0], net.forward(X))
    np.testing.assert_array_equal(seen[0][1], target)
    predicted = (net.forward(X)[:, 0] > 0).astype(int)
    assert found["f1"] == metrics.f1(predicted, y)
    assert found["accuracy"] == metrics.accuracy(predicted, y)


@pytest.mark.parametrize("loss, k, sides", [
    (BCE, 1, (0.0, 1.0)), (losses.hinge, 1, (-1.0, 1.0)), (losses.softmax_cross_entropy, 2, None),
])  # fmt: skip
def test_trainings_of_two_classes(xp, loss, k, sides):
    X, y = samples(k=2)
    target = y if sides is None else np.array(sides)[y][:, None]
    names = ["accuracy", "f1", "auc"] + (["calibration_error"] if loss is not losses.hinge else [])
    net = on_device(plain_net(k=k), xp)
    given = xp.asarray(X), xp.asarray(target)
    history = bplib.fit(net, loss, *given, optim.Adam(net.parameters(), lr=0.01), epochs=12,
                        rng=np.random.default_rng(0), batch_size=8, metrics=names,
                        validation=given)  # fmt: skip
    for name in names[:3]:
        assert 0.9 <= history[f"validation_{name}"][-1] <= 1 and history[name][-1] > 0.9
    net.eval()
    z = bplib.backend.to_numpy(net.forward(given[0]))
    z = z[:, 0] if k == 1 else z[:, 1] - z[:, 0]
    assert history.validation_accuracy[-1] == ((z > 0) == (y == 1)).mean()


ROWS, ONE = numbers(3), numbers(1)
SENTENCES = [
    ("auc", losses.softmax_cross_entropy, ROWS, classes(3), ShapeError,
     "auc: it is of two classes, but the prediction has shape (40, 3); for one class against the "
     "rest give fit a function, such as "
     "def auc_of_class_1(z, y): return metrics.auc(z[:, 1], y == 1)."),
    ("accuracy", BCE, ROWS, (ROWS > 0) * 1.0, ShapeError,
     "accuracy: it asks for one class for each sample, but the prediction has shape (40, 3), "
     "several questions each; for the first of them give fit a function, such as "
     "def accuracy_of_first(z, y): return "
     "metrics.accuracy((z[:, 0] > 0).astype(int), y[:, 0].astype(int))."),
    ("auc", BCE, ROWS, (ROWS > 0) * 1, ShapeError,
     "auc: it asks for one class for each sample, but the prediction has shape (40, 3), several "
     "questions each; for the first of them give fit a function, such as "
     "def auc_of_first(z, y): return metrics.auc(z[:, 0], y[:, 0].astype(int))."),
    ("f1", BCE, ONE, np.full((M, 1), 0.25), DomainError,
     "f1: y holds 0.25 at index 0; a class is 0 or 1."),
    ("top_k_accuracy", BCE, ONE, (ONE > 0) * 1.0, DomainError,
     "top_k_accuracy: it asks for a score of each class, and here there is one score for two "
     "classes; 'accuracy' says how often it is right."),
    ("calibration_error", losses.hinge, ONE, np.sign(ONE), DomainError,
     "calibration_error: it asks for probabilities, and the scores of hinge are none; "
     "binary_cross_entropy_with_logits learns some."),
    ("accuracy", losses.hinge, ROWS, np.ones((M, 3)), DomainError,
     "accuracy: the count of 1s in y holds 3 at index 0; each row is of one class."),
    ("accuracy", losses.mse, ROWS, np.eye(3)[classes(3)], ShapeError,
     "accuracy: labels has shape (40, 3); it needs (m,); labels.argmax(axis=1) finds the ones of "
     "one-hot rows; mse does not say what its predictions mean, so give fit a function that does, "
     "such as def my_accuracy(p, t): return metrics.accuracy(p.argmax(axis=1), t.argmax(axis=1))."),
    ("auc", losses.mse, numbers(2), np.eye(2)[classes(2)], ShapeError,
     "auc: scores has shape (40, 2); it needs (m,); mse does not say what its predictions mean, so "
     "give fit a function that does, such as "
     "def my_auc(p, t): return metrics.auc(p[:, 1], t.argmax(axis=1))."),
    ("auc", losses.mae, ONE, (ONE > 0) * 1.0, ShapeError,
     "auc: scores has shape (40, 1); it needs (m,), as scores[:, 0] has; mae does not say what its "
     "predictions mean, so give fit a function that does, such as "
     "def my_auc(p, t): return metrics.auc(p[:, 0], t[:, 0].astype(int))."),
    ("recall", losses.mse, ONE[:, 0], (ONE[:, 0] > 0) * 1.0, DTypeError,
     "recall: prediction has shape (40,) and dtype float64; class numbers are whole, as in "
     "(p > 0.5).astype(int), and scores have shape (m, k); mse does not say what its predictions "
     "mean, so give fit a function that does, such as "
     "def my_recall(p, t): return metrics.recall((p > 0.5).astype(int), t.astype(int))."),
]  # fmt: skip


@pytest.mark.parametrize("name, loss, prediction, target, kind, sentence", SENTENCES)
def test_sentences(name, loss, prediction, target, kind, sentence):
    with pytest.raises(kind) as caught:
        measured(name, loss, prediction, target)
    assert type(caught.value) is kind and str(caught.value) == sentence


EXAMPLES = [case for case in SENTENCES if "def " in case[-1]]


@pytest.mark.parametrize("name, loss, prediction, target, kind, sentence", EXAMPLES)
def test_what_a_sentence_proposes_works(name, loss, prediction, target, kind, sentence):
    code = sentence[sentence.index("def ") :].rstrip(".")
    names = {"metrics": metrics, "ops": ops}
    exec(code, names)
    function = names[code[4 : code.index("(")]]
    assert 0 <= function(prediction, target) <= 1
