"""Trains, is killed at random moments, and trains on: `python killed.py FOLDER SEED RULE …`.

For each rule a training that nothing disturbs writes `RULE-whole.safetensors`, and one that is
killed again and again writes `RULE-killed.safetensors`, with the same in it to the last bit.
Prints how often each was killed, as JSON.
"""

import json
import os
import signal
import sys

import numpy as np
from training import rich_net, samples

import bplib
from bplib import io, losses, optim, train
from bplib.optim import schedules

EPOCHS = 6
STEPS = 7


def groups(net):
    """Weights and biases by themselves."""
    parameters = net.parameters()
    return [
        {"parameters": [p for p in parameters if p.value.ndim == 2], "weight_decay": 0.01},
        {"parameters": [p for p in parameters if p.value.ndim == 1], "lr": 0.02},
    ]


def learn(rule, checkpoint, epochs=EPOCHS, extra=(), **changes):
    """A training with everything that a checkpoint has to keep, and what it ends with."""
    X, y = samples()
    net = rich_net()
    optimizer = rule(groups(net), lr=0.05)
    rng = np.random.Generator(np.random.MT19937(4))  # its state is an array
    schedule = schedules.linear_warmup(5).then(schedules.cosine(40))
    settings = {
        "rng": rng,
        "batch_size": 8,
        "validation": samples(m=20, seed=7),
        "metrics": ["accuracy"],
        "callbacks": [
            optim.Scheduler(optimizer, schedule),
            train.EarlyStopping(3),
            train.GradientStatistics(every=2),
            *extra,
        ],
    } | changes
    history = bplib.fit(net, losses.softmax_cross_entropy, X, y, optimizer, epochs=epochs,
                        checkpoint=checkpoint, **settings)  # fmt: skip
    return {
        "net": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "generators": [g.bit_generator.state for g in (rng, *net.generators())],
        "history": dict(history),
        "ended": history.ended,
    }


class Killer(train.Callback):
    """Ends the process without a word, after so many steps or in the middle of a save."""

    def __init__(self, steps, where):
        self.steps, self.where = steps, where

    def after_step(self, run):
        self.steps -= 1
        if self.steps == 0:
            if self.where == "step":
                die()
            setattr(os, self.where, die)


def die(*arguments):
    """Nothing runs after this, no finally and no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


def in_a_process_of_its_own(function):
    """The signal that ended it, or 0."""
    pid = os.fork()
    if pid == 0:
        try:
            function()
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    assert os.WIFSIGNALED(status) or status == 0
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def main(folder, seed, *rules):
    rng = np.random.default_rng(int(seed))
    killed = {}
    for name in rules:
        rule = getattr(optim, name)
        io.save(f"{folder}/{name}-whole.safetensors", learn(rule, None))
        # Some are written inside an epoch, too.
        steps = None if len(killed) % 2 else 3
        checkpoint = train.Checkpoint(f"{folder}/{name}.safetensors", steps=steps)
        ended = 9
        killed[name] = -1
        while ended:
            killer = Killer(
                int(rng.integers(1, 4 * STEPS)), rng.choice(["step", "fsync", "replace"])
            )

            def attempt(rule=rule, checkpoint=checkpoint, killer=killer, name=name):
                state = learn(rule, checkpoint, extra=[killer])
                io.save(f"{folder}/{name}-killed.safetensors", state)

            ended = in_a_process_of_its_own(attempt)
            killed[name] += 1
    print(json.dumps(killed))


if __name__ == "__main__":
    main(*sys.argv[1:])
