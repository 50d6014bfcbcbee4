"""Killed at any moment, a training goes on as if nothing had happened, to the last bit."""

import hashlib
import json
import os
import subprocess
import sys
import tracemalloc
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from killed import EPOCHS, learn
from training import on_device, plain_net, rich_net, same, samples, values

import bplib
from bplib import io, losses, optim, train
from bplib.errors import DomainError, DTypeError, FormatError, MissingFileError
from bplib.optim import schedules
from bplib.train import sameness

pytest.importorskip("safetensors")

HERE = Path(__file__).parent


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.safetensors"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are killed as POSIX does it")
def test_killed_again_and_again(tmp_path):
    rules = ("SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam", "AdamW")
    command = [sys.executable, "-W", "error", str(HERE / "killed.py"), str(tmp_path), "3", *rules]
    found = subprocess.run(command, capture_output=True, text=True, cwd=HERE.parent,
                           env={**os.environ, "PYTHONPATH": str(HERE.parent)})  # fmt: skip
    assert found.returncode == 0, found.stderr
    killed = json.loads(found.stdout)
    assert min(killed.values()) >= 1 and sum(killed.values()) >= 2 * len(rules)
    for rule in rules:
        whole, ours = (
            io.load(tmp_path / f"{rule}-{how}.safetensors").state for how in ("whole", "killed")
        )
        same(whole, ours)
        assert len(ours["history"]["loss"]) == EPOCHS


def test_epochs_are_counted_through(path):
    """Two epochs, then up to four, then up to six, are six."""
    for epochs in (2, 4, 6, 6):
        state = learn(optim.Adam, path, epochs)
        assert len(state["history"]["loss"]) == epochs
    same(learn(optim.Adam, None, 6), state)


def test_what_was_stopped_stays_stopped(path):
    def stop(run):
        if run.epoch == 2:
            run.stop("enough")

    first = learn(optim.SGD, path, callbacks=[train.EarlyStopping(3), stop])
    again = learn(optim.SGD, path, callbacks=[train.EarlyStopping(3), stop])
    same(first, again)
    assert len(again["history"]["loss"]) == 2 and again["ended"] == "enough"


def test_early_stopping_remembers_its_best_weights(path):
    """The best epoch may lie before the kill, and the end of patience after it."""
    X, y = samples()
    curves = {}
    for name, epochs in (("whole", [9]), ("in parts", [1, 2, 3, 9])):
        for n in epochs:
            net = rich_net()
            optimizer = optim.SGD(net.parameters(), lr=2.0)  # too large: it gets worse
            stopping = train.EarlyStopping(4)
            history = bplib.fit(
                net, losses.softmax_cross_entropy, X, y, optimizer, epochs=n, batch_size=8,
                rng=np.random.default_rng(3), validation=samples(m=20, seed=7),
                callbacks=[stopping], checkpoint=path if name == "in parts" else None,
            )  # fmt: skip
        curves[name] = [net.state_dict(), dict(history), history.ended, stopping.best_epoch]
    same(curves["whole"], curves["in parts"])
    assert 1 <= stopping.best_epoch < len(history["loss"]) < 9


def test_every_so_many_epochs_and_always_the_last(path, monkeypatch):
    saved = []
    real = io.save
    monkeypatch.setattr(io, "save", lambda p, what: (saved.append(what["training"]), real(p, what)))
    learn(optim.SGD, train.Checkpoint(path, every=4), 6)
    assert [state["epoch"] for state in saved] == [4, 6]


class Impatient(train.Callback):
    """Presses Ctrl-C after so many steps, and counts them."""

    def __init__(self, patience=10**9):
        self.patience, self.steps = patience, 0

    def after_step(self, run):
        self.steps += 1
        if self.steps == self.patience:
            raise KeyboardInterrupt


@pytest.mark.parametrize("steps, again", [(None, 28), (3, 25), (2, 24), (7, 28), (50, 28)])
def test_ctrl_c_and_then_on(path, steps, again):
    """What was done since the file was written is done again, and nothing else."""
    checkpoint = train.Checkpoint(path, steps=steps)
    first = learn(optim.Adam, checkpoint, extra=[Impatient(19)])
    assert first["ended"] == "interrupted in epoch 3, after 5 of 7 steps"
    assert len(first["history"]["loss"]) == 2
    count = Impatient()
    same(learn(optim.Adam, checkpoint, extra=[count]), learn(optim.Adam, None))
    assert count.steps == again


def test_on_a_device(path, xp):
    X, y = samples(xp=xp)
    found = {}
    for checkpoint in (None, train.Checkpoint(path, steps=1)):
        for hurry in ([] if checkpoint is None else [Impatient(3)], []):
            net = on_device(rich_net(), xp)
            history = bplib.fit(
                net, losses.softmax_cross_entropy, X, y, optim.Adam(net.parameters()),
                epochs=3, rng=np.random.default_rng(3), validation=(X, y), metrics=["accuracy"],
                callbacks=[train.EarlyStopping(2), *hurry], checkpoint=checkpoint,
            )  # fmt: skip
        found[checkpoint is None] = [values(net), dict(history)]
        assert type(net.layers[0].W.value) is type(X)
    same(found[True], found[False])


# what does not fit


def base(path, **changes):
    """One epoch into the file, or after it with one thing changed."""
    settings = {
        "net": plain_net(), "loss": losses.softmax_cross_entropy, "data": samples(),
        "rule": optim.Adam, "lr": 1e-3,
        "epochs": 1, "batch_size": 8, "rng": np.random.default_rng(1),
        "validation": samples(m=9), "metrics": ["accuracy"], "callbacks": [train.EarlyStopping(2)],
    } | changes  # fmt: skip
    net, loss, rule = settings.pop("net"), settings.pop("loss"), settings.pop("rule")
    X, y = settings.pop("data")
    rates = {name: settings.pop(name) for name in ("lr", "weight_decay") if name in settings}
    optimizer = rule(settings.pop("moved", None) or net.parameters(), **rates)
    if "schedule" in settings:
        settings["callbacks"].append(optim.Scheduler(optimizer, settings.pop("schedule")))
    return net, bplib.fit(net, loss, X, y, optimizer, checkpoint=path, **settings)


def hinge_like(prediction, target):
    return losses.softmax_cross_entropy(prediction, target)


def hinge_like_backward(cache):
    return losses.softmax_cross_entropy_backward(cache)


def other_layers(last):
    rng = np.random.default_rng(0)
    net = plain_net()
    return bplib.Sequential(net[0], last, bplib.Linear(8, 3, rng=rng))


def with_norm(**settings):
    return other_layers(bplib.BatchNorm(8, **settings))


def own_groups(net):
    return {"net": net, "moved": [{"parameters": [p]} for p in net.parameters()]}


def sha(array):
    return hashlib.sha256(array.tobytes()).hexdigest()[:16]


X, Y = samples()
CHANGES = {
    "another layer": (
        lambda: {"net": other_layers(bplib.Tanh())},
        "its net is (1) ReLU(), and here it is (1) Tanh()",
    ),
    "another width": (
        lambda: {"net": plain_net(n=7), "data": samples(n=7), "validation": samples(n=7)},
        "its net is (0) Linear(6 → 8, float64), and here it is (0) Linear(7 → 8, float64)",
    ),
    "another optimizer": (
        lambda: {"rule": optim.RMSProp},
        "its optimizer is Adam, and here it is RMSProp",
    ),
    "other groups": (
        lambda: own_groups(plain_net()),
        "its group of parameters is 4 arrays, and here it is 1 arrays",
    ),
    "another loss": (
        lambda: {"loss": hinge_like},
        "its loss is softmax_cross_entropy, and here it is hinge_like",
    ),
    "another setting of the loss": (
        lambda: {"loss": partial(losses.softmax_cross_entropy, label_smoothing=0.1)},
        "its loss is softmax_cross_entropy, and here it is "
        "softmax_cross_entropy(label_smoothing=0.1)",
    ),
    "fewer samples": (
        lambda: {"data": (X[:40], Y[:40])},
        "its X is (53, 6) float64, and here it is (40, 6) float64",
    ),
    "other targets": (
        lambda: {"data": (X, Y.astype(np.int32))},
        "its y is (53,) int64, and here it is (53,) int32",
    ),
    "another batch size": (
        lambda: {"batch_size": 9},
        "its batch_size is 8, and here it is 9",
    ),
    "no validation": (
        lambda: {"validation": None, "callbacks": []},
        "its validation is 9 samples, and here it is none",
    ),
    "another metric": (
        lambda: {"metrics": ["f1"]},
        "its metrics is accuracy, and here it is f1",
    ),
    "a schedule": (
        lambda: {"schedule": schedules.cosine(9)},
        "its scheduler is none, and here it is cosine(9)",
    ),
    "another generator": (
        lambda: {"rng": np.random.Generator(np.random.SFC64(0))},
        "its generator is PCG64, and here it is SFC64",
    ),
    "another learning rate": (
        lambda: {"lr": 0.5},
        "its setting of the optimizer is lr=0.001, and here it is lr=0.5",
    ),
    "another weight decay": (
        lambda: {"weight_decay": 0.1},
        "its setting of the optimizer is weight_decay=0.0, and here it is weight_decay=0.1",
    ),
    "other numbers": (
        lambda: {"data": (X * 2, Y)},
        f"its SHA-256 of the numbers in X is {sha(X)}, and here it is {sha(X * 2)}",
    ),
    "other classes": (
        lambda: {"data": (X, Y[::-1])},
        f"its SHA-256 of the numbers in y is {sha(Y)}, and here it is {sha(Y[::-1])}",
    ),
    "other validation": (
        lambda: {"validation": samples(m=9, seed=5)},
        "its SHA-256 of the numbers in validation is "
        f"{' '.join(map(sha, samples(m=9)))}, and here it is "
        f"{' '.join(map(sha, samples(m=9, seed=5)))}",
    ),
    "another callback": (
        lambda: {"callbacks": []},
        "its callback is EarlyStopping of validation_loss, falling, and here it is none",
    ),
    "another curve": (
        lambda: {"callbacks": [train.EarlyStopping(2, monitor="validation_accuracy")]},
        "its callback is EarlyStopping of validation_loss, falling, and here it is EarlyStopping "
        "of validation_accuracy, rising",
    ),
    "another epsilon in the net": (
        lambda: {"net": with_norm(eps=1e-3)},
        "its net is (1) ReLU(), and here it is (1) BatchNorm(8, eps=0.001, float64)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES)
def test_another_training_is_refused_before_anything_changes(path, case):
    base(path)
    content = path.read_bytes()
    change, said = CHANGES[case]
    changes = change()
    net = changes.setdefault("net", plain_net(seed=5))
    before = values(net)
    with pytest.raises(DomainError) as caught:
        base(path, epochs=2, **changes)
    assert str(caught.value) == (
        f"fit: {path} holds another training, {said}; choose another file to begin anew."
    )
    assert values(net) == before and path.read_bytes() == content


def test_sentences_of_the_file(path, tmp_path):
    base(path, epochs=3)
    with pytest.raises(DomainError) as caught:
        base(path, epochs=2)
    assert str(caught.value) == (
        f"fit: {path} holds 3 epochs of training already, and epochs is 2; choose more epochs or "
        "another file."
    )
    with pytest.raises(DomainError) as caught:
        base(tmp_path)
    assert str(caught.value) == (
        f"fit: checkpoint is the folder {tmp_path}; the name of a file in it is needed."
    )
    with pytest.raises(DomainError) as caught:
        base(path, epochs=4, callbacks=[train.SaveBest(tmp_path)])
    assert str(caught.value) == (
        f"SaveBest: path is the folder {tmp_path}; the name of a file in it is needed."
    )
    io.save(path, plain_net())
    with pytest.raises(DomainError) as caught:
        base(path)
    assert str(caught.value) == f"fit: {path} holds no training; choose another file for it."
    path.write_bytes(b"")
    with pytest.raises(FormatError, match="is empty"):
        base(path)
    nowhere = tmp_path / "no" / "run.safetensors"
    with pytest.raises(MissingFileError) as caught:
        base(nowhere)
    assert str(caught.value) == f"fit: the folder {nowhere.parent} does not exist; make it first."
    net = plain_net()
    before = values(net)
    with pytest.raises(MissingFileError) as caught:  # before an epoch is learned for nothing
        base(None, net=net, callbacks=[train.SaveBest(nowhere)])
    assert str(caught.value).startswith("SaveBest: the folder")
    assert values(net) == before


def test_sentences_of_the_arguments(path):
    for call, kind, sentence in (
        (lambda: base(3), DTypeError,
         "fit: checkpoint is an int; the name of a file or a train.Checkpoint is needed."),
        (lambda: train.Checkpoint(3), DTypeError,
         "Checkpoint: path is an int; the name of a file is needed."),
        (lambda: train.SaveBest(None), DTypeError,
         "SaveBest: path is None; the name of a file is needed."),
        (lambda: train.Checkpoint(path, every=0), DomainError,
         "Checkpoint: every is 0; it must be at least 1."),
        (lambda: train.Checkpoint(path, steps=0), DomainError,
         "Checkpoint: steps is 0; it must be at least 1."),
        (lambda: train.Checkpoint(path, steps=1.5), DTypeError,
         "Checkpoint: steps is a float; a whole number is needed."),
    ):  # fmt: skip
        with pytest.raises(kind) as caught:
            call()
        assert str(caught.value) == sentence


def test_a_layer_without_a_repr_of_its_own_can_go_on(path):
    class Plain(bplib.Layer):
        def forward(self, x):
            return x

        def backward(self, dy):
            return dy

    for epochs in (1, 2):
        _, history = base(path, net=other_layers(Plain()), epochs=epochs)
    assert history.epochs == 2


def slower(run):
    run.optimizer.lr = 0.01 / 2**run.epoch


def grouped(net):
    W, b, V, c = net.parameters()
    return [{"parameters": [W, V], "lr": 0.02, "weight_decay": 0.1}, {"parameters": [b, c]}]


@pytest.mark.parametrize("how", ["a new optimizer", "the same optimizer"])
@pytest.mark.parametrize("changes", ["nothing", "a schedule", "a callback"])
def test_the_learning_rate_may_have_moved(path, how, changes):
    """What is compared is the optimizer before its first step, or as it stands in the file."""

    def run(checkpoint, epochs, net=None, optimizer=None):
        if net is None:
            net = plain_net()
            optimizer = optim.Adam(grouped(net), lr=0.01)
        beside = {"nothing": [], "a callback": [slower]}.get(changes)
        if beside is None:
            beside = [optim.Scheduler(optimizer, schedules.cosine(28))]
        bplib.fit(net, losses.softmax_cross_entropy, X, Y, optimizer, epochs=epochs, batch_size=8,
                  rng=np.random.default_rng(1), callbacks=beside,
                  checkpoint=checkpoint)  # fmt: skip
        return net, optimizer

    made = run(path, 2)
    net, optimizer = run(path, 4, *(made if how == "the same optimizer" else ()))
    run(path, 4, net, optimizer)
    whole = run(None, 4)
    assert values(net) == values(whole[0])
    same(optimizer.state_dict(), whole[1].state_dict())


def test_a_setting_of_a_group_is_compared(path):
    def run(epochs, **changes):
        net = plain_net()
        groups = grouped(net)
        groups[0] |= changes
        bplib.fit(net, losses.softmax_cross_entropy, X, Y, optim.SGD(groups, lr=0.01),
                  epochs=epochs, rng=np.random.default_rng(1), checkpoint=path)  # fmt: skip

    run(1)
    for changes, said in (
        ({"lr": 0.03}, "lr / lr of the optimizer=2.0 in group 0, and here it is "
                       "lr / lr of the optimizer=3.0 in group 0"),
        ({"weight_decay": 0.2}, "weight_decay=0.1 in group 0, and here it is "
                                "weight_decay=0.2 in group 0"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as caught:
            run(2, **changes)
        assert str(caught.value) == (
            f"fit: {path} holds another training, its setting of the optimizer is {said}; choose "
            "another file to begin anew."
        )
    run(2)


def test_settings_of_a_loss_are_compared(path):
    weights = np.array([1.0, 2.0, 0.5])
    smooth = partial(losses.softmax_cross_entropy, label_smoothing=0.1)
    base(path, loss=partial(smooth, class_weights=weights))
    _, history = base(path, epochs=2, loss=partial(smooth, class_weights=weights.copy()))
    assert history.epochs == 2
    with pytest.raises(DomainError) as caught:
        base(path, epochs=3, loss=partial(smooth, class_weights=weights * 2))
    first = f"its loss is softmax_cross_entropy(class_weights=<SHA-256 {sha(weights)}>, "
    assert f"{first}label_smoothing=0.1), and here" in str(caught.value)
    named = {"class_weights": weights, "label_smoothing": 0.1}  # the same in another order
    _, history = base(path, epochs=2, loss=partial(losses.softmax_cross_entropy, **named))
    # A patience is no number that anything was made from.
    _, history = base(path, epochs=3, loss=partial(smooth, class_weights=weights),
                      callbacks=[train.EarlyStopping(9)])  # fmt: skip
    assert history.epochs == 3


def test_fingerprints(xp, monkeypatch):
    rng = np.random.default_rng(0)
    array = rng.normal(size=(60, 2, 5))
    whole = sha(array)
    assert sameness.fingerprint(xp.asarray(array)) == whole
    assert sameness.fingerprint(np.asfortranarray(array)) == whole
    assert sameness.fingerprint(np.arange(9)) == sha(np.arange(9))
    for limit, rows in ((4799, 59), (800, 10), (80, 1), (3, 1)):
        monkeypatch.setattr(sameness, "WHOLE", limit)
        chosen = [k * 59 // max(1, rows - 1) for k in range(rows)]
        assert sameness.fingerprint(xp.asarray(array)) == sha(array[chosen])
    monkeypatch.setattr(sameness, "WHOLE", 4800)
    assert sameness.fingerprint(array) == whole


def test_a_large_array_is_read_in_pieces():
    array = np.ones((300, 10_000)).T  # 24 MB, and no row lies in one piece
    tracemalloc.start()
    try:
        sameness.fingerprint(array)
        assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    finally:
        tracemalloc.stop()


def test_early_stopping_without_a_number_goes_on(path):
    def never(run):
        run.record({"loss": float("nan")})

    for epochs in (1, 2):
        _, history = base(path, epochs=epochs, callbacks=[
            never, train.EarlyStopping(2, monitor="loss")])  # fmt: skip
    assert history.epochs == 2
    assert history.ended == "EarlyStopping, loss was never a number"
