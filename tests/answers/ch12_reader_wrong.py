"""Chapter 12, wrong answers: the whole reader, each wrong in one place."""

import numpy as np

from .ch12 import Net, log_softmax

TABLE = (0.25, 0.5, 1.0, 2.0, 4.0)


def nats(z, y):
    return float(np.mean([-row[k] for row, k in zip(log_softmax(z), y, strict=True)]))


def units(X):
    std = X.std(axis=0)
    return X.mean(axis=0), std + (std == 0.0)


class Summed(Net):
    def step(self, delta, lr):
        super().step(delta * len(delta), lr)


class Straight(Net):
    """No slope of ReLU on the way back."""

    def step(self, delta, lr):
        self.z1 = np.ones_like(self.z1)
        super().step(delta, lr)


class Hasty(Net):
    def step(self, delta, lr):
        self.parameters[2] -= lr * self.a1.T @ delta
        self.parameters[3] -= lr * delta.sum(0)
        back = (delta @ self.parameters[2].T) * (self.z1 > 0)
        self.parameters[0] -= lr * self.X.T @ back
        self.parameters[1] -= lr * back.sum(0)


class Stiff(Net):
    def step(self, delta, lr):
        b1, b2 = self.parameters[1].copy(), self.parameters[3].copy()
        super().step(delta, lr)
        self.parameters[1], self.parameters[3] = b1, b2


class Leaky(Net):
    """Another bend."""

    def scores(self, X):
        W1, b1, W2, b2 = self.parameters
        self.X, self.z1 = X, X @ W1 + b1
        self.a1 = np.tanh(self.z1)
        return self.a1 @ W2 + b2


def reader(kind=Net, sets=None, steps=lambda n: n, pick=None, say=None, back=None):
    def read(X_train, y_train, X_val, y_val, X_new, W1, b1, W2, b2, lr, n):
        mean, std = units(X_train)
        learn, val, new = ((X - mean) / std for X in (X_train, X_val, X_new))
        if sets is not None:
            learn, val, new = sets(X_train, X_val, X_new)
        net = kind(W1, b1, W2, b2)
        for _ in range(steps(n)):
            delta = np.exp(log_softmax(net.scores(learn)))
            delta[np.arange(len(delta)), y_train] -= 1
            net.step(delta / len(delta), lr)
        z_train, z, z_new = (net.scores(X) for X in (learn, val, new))
        T = min(TABLE, key=lambda t: nats(z / t, y_val))
        if pick is not None:
            T = pick(z, y_val, z_train, y_train)
        p = np.exp(log_softmax(z_new / T)) if say is None else say(z_new, T)
        found = p, T, nats(z / T, y_val)
        return found if back is None else back(*found)

    return read


def together(*sets):
    mean, std = units(np.vstack(sets))
    return [(X - mean) / std for X in sets]


def alone(*sets):
    return [(X - units(X)[0]) / units(X)[1] for X in sets]


def raw_new(X_train, X_val, X_new):
    mean, std = units(X_train)
    return (X_train - mean) / std, (X_val - mean) / std, X_new


def shifted(X_train, X_val, X_new):
    return [X - X_train.mean(axis=0) for X in (X_train, X_val, X_new)]


WRONG = {
    "whole_reader": {
        "one scale for all": ("statistics-of-everything", reader(sets=together)),
        "a scale for each": ("each-part-by-itself", reader(sets=alone)),
        "raw pixels to read": ("new-ones-as-they-are", reader(sets=raw_new)),
        "shifted": ("not-divided-by-the-spread", reader(sets=shifted)),
        "summed": ("missing-1/m", reader(Summed)),
        "straight through": ("slope-forgotten", reader(Straight)),
        "hasty": ("updated-too-early", reader(Hasty)),
        "stiff": ("biases-stay", reader(Stiff)),
        "range(1, n)": ("one-step-less", reader(steps=lambda n: n - 1)),
        "training temperature": (
            "temperature-of-training",
            reader(pick=lambda z, y, z_train, y_train: TABLE[
                int(np.argmin([nats(z_train / t, y_train) for t in TABLE]))
            ]),
        ),
        "no temperature": (
            "temperature-not-used", reader(say=lambda z, T: np.exp(log_softmax(z)))
        ),
        "times T": ("temperature-multiplied", reader(say=lambda z, T: np.exp(log_softmax(z * T)))),
        "largest": (
            "worst-temperature",
            reader(pick=lambda z, y, *_: max(TABLE, key=lambda t: nats(z / t, y))),
        ),
        "scores": ("scores-for-probabilities", reader(say=lambda z, T: z / T)),
        "tanh": (None, reader(Leaky)),
        "one step more": (None, reader(steps=lambda n: n + 1)),
        "always one": (None, reader(pick=lambda *_: 1.0)),
        "classes": (None, reader(back=lambda p, T, loss: (p.argmax(axis=1), T, loss))),
        "two of three": (None, reader(back=lambda p, T, loss: (p, T))),
    },
}  # fmt: skip
