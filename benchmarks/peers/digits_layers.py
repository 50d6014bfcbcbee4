"""bplib trains a classifier of digits and says how many of the test digits it gets right."""

TITLE = "bplib"
NEEDS = ("numpy",)


def prepare(case):
    from itertools import count

    import numpy as np

    import bplib
    from benchmarks.digits import EPOCHS, parts
    from bplib import losses, optim

    (X, y), (X_test, y_test) = parts()
    seeds = count()

    def fit():
        rng = np.random.default_rng(next(seeds))
        net = bplib.Sequential(
            bplib.Linear(64, 100, rng=rng, dtype=np.float32),
            bplib.ReLU(),
            bplib.Linear(100, 10, rng=rng, dtype=np.float32),
        )
        bplib.fit(
            net, losses.softmax_cross_entropy, X, y, optim.Adam(net.parameters(), lr=0.001),
            epochs=EPOCHS[case.batch], batch_size=case.batch, rng=rng, progress=False,
        )  # fmt: skip
        net.eval()
        return (net.forward(X_test).argmax(axis=1) == y_test).mean()

    return fit, lambda: None
