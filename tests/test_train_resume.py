"""Killed at any moment, a training goes on as if nothing had happened, to the last bit."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from killed import EPOCHS, learn
from training import on_device, plain_net, rich_net, same, samples, values

import bplib
from bplib import io, losses, optim, train
from bplib.errors import DomainError, DTypeError, FormatError, MissingFileError
from bplib.optim import schedules

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
        "rule": optim.Adam, "epochs": 1, "batch_size": 8, "rng": np.random.default_rng(1),
        "validation": samples(m=9), "metrics": ["accuracy"], "callbacks": [train.EarlyStopping(2)],
    } | changes  # fmt: skip
    net, loss, rule = settings.pop("net"), settings.pop("loss"), settings.pop("rule")
    X, y = settings.pop("data")
    optimizer = rule(settings.pop("moved", None) or net.parameters())
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


def own_groups(net):
    return {"net": net, "moved": [{"parameters": [p]} for p in net.parameters()]}


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
    "another callback": (
        lambda: {"callbacks": []},
        "its callback is EarlyStopping, and here it is none",
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
    assert str(caught.value) == f"save: the folder {nowhere.parent} does not exist; make it first."


def test_sentences_of_the_arguments(path):
    for call, kind, sentence in (
        (lambda: base(3), DTypeError,
         "fit: checkpoint is an int; the name of a file or a train.Checkpoint is needed."),
        (lambda: train.Checkpoint(3), DTypeError,
         "Checkpoint: path is an int; the name of a file is needed."),
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
