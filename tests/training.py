"""Small nets, data and trainings that the tests of `fit` share."""

import numpy as np

import bplib
from bplib import losses, optim
from bplib.backend import to_numpy


def samples(m=53, n=6, k=3, seed=0, dtype=np.float64, xp=np):
    """Points of k classes whose class can be learned, and their labels."""
    centres = 2 * np.random.default_rng(n).normal(size=(k, n))
    rng = np.random.default_rng(seed)
    y = rng.integers(k, size=m)
    X = centres[y] + rng.normal(size=(m, n))
    return xp.asarray(X.astype(dtype)), xp.asarray(y)


def plain_net(n=6, k=3, seed=1, dtype=np.float64):
    """Two dense layers."""
    rng = np.random.default_rng(seed)
    return bplib.Sequential(
        bplib.Linear(n, 8, rng=rng, dtype=dtype),
        bplib.ReLU(),
        bplib.Linear(8, k, rng=rng, dtype=dtype),
    )


def rich_net(n=6, k=3, seed=1, dtype=np.float64):
    """All that a training has to keep: buffers, two random generators, layers inside layers."""
    rng = np.random.default_rng(seed)
    return bplib.Sequential(
        bplib.Linear(n, 8, rng=rng, dtype=dtype),
        bplib.BatchNorm(8, dtype=dtype),
        bplib.ReLU(),
        bplib.Dropout(0.2, rng=np.random.default_rng(seed + 100)),
        bplib.Residual(bplib.Linear(8, 8, rng=rng, dtype=dtype), bplib.Tanh()),
        bplib.Dropout(0.1, rng=np.random.default_rng(seed + 200)),
        bplib.Linear(8, k, rng=rng, dtype=dtype),
    )


def on_device(net, xp):
    """The same net with its arrays in another array module."""
    for holder in (*net.parameters(), *net.buffers()):
        holder.value = xp.asarray(holder.value)
    return net


def values(net):
    """Every parameter and buffer on the host, as bytes by name."""
    return {name: to_numpy(value).tobytes() for name, value in net.state_dict().items()}


def learn(net, X, y, *, rule=optim.Adam, seed=2, **more):
    """A short training with settings that most tests have in common."""
    optimizer = rule(net.parameters(), lr=0.01)
    settings = {"epochs": 3, "batch_size": 8, "rng": np.random.default_rng(seed)} | more
    return bplib.fit(net, losses.softmax_cross_entropy, X, y, optimizer, **settings)


def same(a, b):
    """Equal throughout: names, order, types, and every bit of the arrays."""
    if hasattr(a, "shape"):
        assert a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    elif isinstance(a, dict):
        assert list(a) == list(b)
        for key in a:
            same(a[key], b[key])
    elif isinstance(a, list | tuple):
        assert len(a) == len(b)
        for one, other in zip(a, b, strict=True):
            same(one, other)
    else:
        assert type(a) is type(b) and a == b
