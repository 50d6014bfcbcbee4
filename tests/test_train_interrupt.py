"""Ctrl-C keeps what was learned: whole steps, whole rows, and a history that says so."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from training import learn, plain_net, rich_net, samples, values

import bplib
from bplib import losses, optim, train

HERE = Path(__file__).parent


def counted(callback, run):
    callback.n -= 1
    if callback.n == 0:
        raise KeyboardInterrupt


def interrupting(moment, n):
    """A callback that raises KeyboardInterrupt when it is called for the n-th time."""
    callback = type("Interrupting", (train.Callback,), {moment: counted})()
    callback.n = n
    return callback


WHOLE = [
    # moment, when, steps that were made, rows of the history, what the history says
    ("begin", 1, 0, 0, "interrupted before the first step"),
    ("before_update", 1, 0, 0, "interrupted in epoch 1, after 0 of 7 steps"),
    ("before_update", 10, 9, 1, "interrupted in epoch 2, after 2 of 7 steps"),
    ("after_step", 10, 10, 1, "interrupted in epoch 2, after 3 of 7 steps"),
    ("after_step", 7, 7, 0, "interrupted in epoch 1, after 7 of 7 steps"),
    ("after_epoch", 2, 14, 2, "interrupted after epoch 2"),
    ("end", 1, 21, 3, "interrupted after epoch 3"),
]


@pytest.mark.parametrize("moment, n, steps, rows, said", WHOLE)
def test_whenever_a_callback_is_interrupted(moment, n, steps, rows, said):
    X, y = samples()
    net, same = rich_net(), rich_net()
    before = [layer.training for layer in net.walk()]
    optimizer = optim.Adam(net.parameters(), lr=0.01)
    schedule = optim.Scheduler(optimizer, optim.schedules.exponential(0.9))
    history = bplib.fit(
        net, losses.softmax_cross_entropy, X, y, optimizer, epochs=3, batch_size=8,
        rng=np.random.default_rng(2), validation=(X, y), metrics=["accuracy"],
        callbacks=[interrupting(moment, n), schedule],
    )  # fmt: skip
    assert (history.interrupted, history.ended, history.epochs) == (True, said, rows)
    assert optimizer.steps == schedule.steps == steps
    assert {len(curve) for curve in history.values()} <= {rows}
    assert [layer.training for layer in net.walk()] == before

    class Until(train.Callback):  # the same number of steps, ended in another way
        def before_update(self, run):
            if len(made) == steps:
                raise StopIteration
            made.append(1)

    made = []
    other = optim.Adam(same.parameters(), lr=0.01)
    again = optim.Scheduler(other, optim.schedules.exponential(0.9))
    try:
        bplib.fit(
            same, losses.softmax_cross_entropy, X, y, other, epochs=3, batch_size=8,
            rng=np.random.default_rng(2), validation=(X, y), callbacks=[Until(), again],
        )  # fmt: skip
    except StopIteration:
        pass
    assert values(net) == values(same)


class Signalling(optim.SGD):
    """Sends the process a real Ctrl-C in the middle of its third step."""

    def update(self, value, grad):
        if self.steps == 3 and value.shape == (8,):  # the second of four parameters
            signal.raise_signal(signal.SIGINT)
        super().update(value, grad)


def test_a_signal_in_the_middle_of_a_step_waits_for_its_end():
    X, y = samples()
    net = plain_net()
    listening = signal.getsignal(signal.SIGINT)
    optimizer = Signalling(net.parameters(), lr=0.1)
    history = bplib.fit(net, losses.softmax_cross_entropy, X, y, optimizer, epochs=2, batch_size=8,
                        rng=np.random.default_rng(2))  # fmt: skip
    assert history.ended == "interrupted in epoch 1, after 3 of 7 steps"
    same = plain_net()
    plain = optim.SGD(same.parameters(), lr=0.1)
    rng = np.random.default_rng(2)
    order = rng.permutation(len(X))
    for start in (0, 8, 16):
        rows = order[start : start + 8]
        loss, cache = losses.softmax_cross_entropy(same.forward(X[rows]), y[rows])
        same.zero_grad()
        same.backward(losses.softmax_cross_entropy_backward(cache))
        plain.step()
    assert values(net) == values(same)
    assert signal.getsignal(signal.SIGINT) is listening


def test_whoever_listened_to_the_signal_still_does():
    heard = []
    before = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    try:
        X, y = samples()
        net = plain_net()
        optimizer = Signalling(net.parameters(), lr=0.1)
        history = bplib.fit(net, losses.softmax_cross_entropy, X, y, optimizer, epochs=1,
                            rng=np.random.default_rng(2), batch_size=8)  # fmt: skip
        assert heard == [signal.SIGINT] and not history.interrupted
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_signal_during_the_end_waits_for_the_best_weights(monkeypatch):
    X, y = samples()
    net = rich_net()
    real = net.load_state_dict

    def interrupted(state):
        signal.raise_signal(signal.SIGINT)
        real(state)

    net.load_state_dict = interrupted
    stopping = train.EarlyStopping(1)
    history = learn(net, X, y, validation=(X, y), callbacks=[stopping])
    assert history.interrupted and history.ended == "interrupted after epoch 3"
    assert values(net) == {name: a.tobytes() for name, a in stopping._weights.items()}


def test_in_another_thread_there_is_no_signal_and_no_trouble():
    X, y = samples()
    found = []
    thread = threading.Thread(target=lambda: found.append(learn(plain_net(), X, y)))
    thread.start()
    thread.join(30)
    assert found[0] == learn(plain_net(), X, y)


CHILD = """
import numpy as np
from training import plain_net, samples
import bplib
from bplib import losses, optim, train
X, y = samples()
net = plain_net()
class Ready(train.Callback):
    def after_step(self, run):
        if optimizer.steps == 20:
            print("ready", flush=True)
optimizer = optim.Adam(net.parameters())
history = bplib.fit(net, losses.softmax_cross_entropy, X, y, optimizer, epochs=10**6,
                    rng=np.random.default_rng(0), callbacks=[Ready()])
assert history.interrupted and history.epochs == len(history.loss)
assert optimizer.steps >= 20 and net.training
print(history.ended)
"""


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as POSIX does it")
def test_a_real_ctrl_c_in_a_process_of_its_own():
    environment = {**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}"}
    command = [sys.executable, "-W", "error", "-c", CHILD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=environment) as child:  # fmt: skip
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGINT)
        try:
            out, err = child.communicate(timeout=60)
        finally:
            child.kill()
    assert child.returncode == 0 and err == "" and out.startswith("interrupted "), (out, err)
