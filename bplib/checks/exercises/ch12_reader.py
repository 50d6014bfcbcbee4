"""Chapter 12: the whole reader, from pixels to probabilities that can be trusted."""

from __future__ import annotations

import numpy as np

from ..declare import Exercise, Misconception

TEMPERATURES = (0.25, 0.5, 1.0, 2.0, 4.0)


def _given(rng, i):
    k, n, h = ((3, 4, 5), (4, 6, 3), (5, 3, 6), (3, 7, 4), (4, 5, 8), (3, 5, 6))[i]
    m, v, q = ((14, 9, 6), (16, 11, 7), (17, 10, 8), (13, 8, 9), (15, 12, 6), (18, 7, 4))[i]
    centres = rng.normal(scale=1.2, size=(k, n))
    units, shift = rng.uniform(0.5, 6.0, size=n), rng.normal(scale=3, size=n)

    def some(size):
        labels = rng.permutation(np.concatenate([np.arange(k), rng.integers(k, size=size)])[:size])
        return (centres[labels] + 1.1 * rng.normal(size=(size, n))) * units + shift, labels

    (X_train, y_train), (X_val, y_val), (X_new, _) = some(m), some(v), some(q)
    if i == 2:
        X_train[:, 1] = 2.5  # a pixel that is the same in all pictures to learn from
    start = (
        rng.normal(scale=n**-0.5, size=(n, h)), 0.1 * rng.normal(size=h),
        rng.normal(scale=h**-0.5, size=(h, k)), 0.1 * rng.normal(size=k),
    )  # fmt: skip
    lr, steps = float(rng.uniform(0.3, 0.8)), (8, 40, 15, 25, 60, 12)[i]
    return X_train, y_train, X_val, y_val, X_new, *start, lr, steps


def _softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _nats(z, labels):
    scaled = z - z.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(labels)), labels])


def _scale(X_train):
    std = X_train.std(axis=0)
    return X_train.mean(axis=0), np.where(std == 0, 1.0, std)


def _of_training(X_train, X_val, X_new):
    mean, std = _scale(X_train)
    return tuple((X - mean) / std for X in (X_train, X_val, X_new))


def _scores(X, W1, b1, W2, b2):
    return np.maximum(X @ W1 + b1, 0) @ W2 + b2


def _train(X, labels, parameters, lr, steps, mistake=""):
    W1, b1, W2, b2 = (array.copy() for array in parameters)
    for _ in range(steps):
        z1 = X @ W1 + b1
        a1 = np.maximum(z1, 0)
        delta2 = _softmax(a1 @ W2 + b2)
        delta2[np.arange(len(X)), labels] -= 1
        if mistake != "sum":
            delta2 = delta2 / len(X)
        new_W2 = W2 - lr * a1.T @ delta2
        delta1 = delta2 @ (new_W2 if mistake == "early" else W2).T
        if mistake != "slope":
            delta1 = delta1 * (z1 > 0)
        W2, b2 = new_W2, b2 - lr * delta2.sum(axis=0)
        W1, b1 = W1 - lr * X.T @ delta1, b1 - lr * delta1.sum(axis=0)
        if mistake == "biases":
            b1, b2 = parameters[1], parameters[3]
    return W1, b1, W2, b2


def _temperature(z, labels):
    return min(TEMPERATURES, key=lambda t: _nats(z / t, labels))


def _reader(
    standardised=_of_training, mistake="", extra=0, choose=None, said=lambda z, t: _softmax(z / t)
):
    """The whole way, with one part of it done in another way."""

    def answer(X_train, y_train, X_val, y_val, X_new, W1, b1, W2, b2, lr, steps):
        learn, val, new = standardised(X_train, X_val, X_new)
        trained = _train(learn, y_train, (W1, b1, W2, b2), lr, steps + extra, mistake)
        z_val = _scores(val, *trained)
        if choose is None:
            t = _temperature(z_val, y_val)
        else:
            t = choose(z_val, y_val, _scores(learn, *trained), y_train)
        return said(_scores(new, *trained), t), t, _nats(z_val / t, y_val)

    return answer


def _reference(X_train, y_train, X_val, y_val, X_new, W1, b1, W2, b2, lr, steps):
    """X_train (m, n), X_val (v, n), X_new (q, n), W1 (n, h), W2 (h, k) -> (p, T, loss)"""
    return _reader()(X_train, y_train, X_val, y_val, X_new, W1, b1, W2, b2, lr, steps)


def _with_layers(X_train, y_train, X_val, y_val, X_new, W1, b1, W2, b2, lr, steps):
    """By layers that keep what they need, on sample after sample."""
    mean = sum(X_train) / len(X_train)
    std = np.sqrt(sum((x - mean) ** 2 for x in X_train) / len(X_train))
    std = np.array([v if v > 0 else 1.0 for v in std])
    W1, b1, W2, b2 = np.array(W1), np.array(b1), np.array(W2), np.array(b2)
    for _ in range(steps):
        gradients = [np.zeros_like(array) for array in (W1, b1, W2, b2)]
        for x, label in zip((X_train - mean) / std, y_train, strict=True):
            a = np.maximum(x @ W1 + b1, 0)
            delta = _softmax((a @ W2 + b2)[None])[0]
            delta[label] -= 1
            back = (W2 @ delta) * (a > 0)
            for total, part in zip(
                gradients, (np.outer(x, back), back, np.outer(a, delta), delta), strict=True
            ):
                total += part / len(X_train)
        W1, b1, W2, b2 = (
            array - lr * gradient
            for array, gradient in zip((W1, b1, W2, b2), gradients, strict=True)
        )
    z_val, z_new = (_scores((X - mean) / std, W1, b1, W2, b2) for X in (X_val, X_new))
    losses = [_nats(z_val / t, y_val) for t in TEMPERATURES]
    best = int(np.argmin(losses))
    return _softmax(z_new / TEMPERATURES[best]), TEMPERATURES[best], losses[best]


def _with_one_matrix(X_train, y_train, X_val, y_val, X_new, W1, b1, W2, b2, lr, steps):
    """Biases as one more row of the weights."""

    def ones(X):
        return np.concatenate([X, np.ones((len(X), 1))], axis=1)

    learn, val, new = map(ones, _of_training(X_train, X_val, X_new))
    A, B = np.vstack([W1, b1]), np.vstack([W2, b2])
    truth = np.eye(B.shape[1])[y_train]
    for _ in range(steps):
        hidden = ones(np.maximum(learn @ A, 0))
        delta = (_softmax(hidden @ B) - truth) / len(learn)
        back = (delta @ B[:-1].T) * (hidden[:, :-1] > 0)
        A, B = A - lr * learn.T @ back, B - lr * hidden.T @ delta
    z_val, z_new = (ones(np.maximum(X @ A, 0)) @ B for X in (val, new))
    t = sorted(TEMPERATURES, key=lambda t: _nats(z_val / t, y_val))[0]
    return _softmax(z_new / t), t, _nats(z_val / t, y_val)


def _unit_by_hand(X_train, y_train, X_val, y_val, X_new, W1, b1, W2, b2, lr, steps):
    mean = X_train.mean(axis=0)
    std = np.sqrt(((X_train - mean) ** 2).mean(axis=0))
    std[std == 0] = 1
    return _reader(lambda *parts: tuple((X - mean) / std for X in parts))(
        X_train, y_train, X_val, y_val, X_new, W1, b1, W2, b2, lr, steps
    )


def _all_together(X_train, X_val, X_new):
    mean, std = _scale(np.concatenate([X_train, X_val, X_new]))
    return tuple((X - mean) / std for X in (X_train, X_val, X_new))


def _each_by_itself(*parts):
    return tuple((X - _scale(X)[0]) / _scale(X)[1] for X in parts)


def _new_ones_forgotten(X_train, X_val, X_new):
    learn, val, _ = _of_training(X_train, X_val, X_new)
    return learn, val, X_new


def _only_shifted(X_train, X_val, X_new):
    mean, _ = _scale(X_train)
    return tuple(X - mean for X in (X_train, X_val, X_new))


whole_reader = Exercise(
    name="whole_reader",
    chapter=12,
    minutes=90,
    statement=(
        "Standardise by X_train alone (a column without spread: divide by 1), train n-h-k with "
        "ReLU, softmax and mean cross-entropy by full-batch gradient descent from (W1, b1, W2, "
        "b2), choose T of (0.25, 0.5, 1, 2, 4) with the smallest validation cross-entropy. Return "
        "(p, T, loss): the probabilities of X_new at T, T, and that cross-entropy. "
        "X_train (m, n), X_val (v, n), X_new (q, n), W1 (n, h), b1 (h,), W2 (h, k), b2 (k,)."
    ),
    reference=_reference,
    cases=_given,
    case_note=lambda *given: f"{len(given[0])} to learn from, {given[-1]} steps",
    returns=("p", "T", "loss"),
    tolerance=1e-7,
    equivalents=(_with_layers, _with_one_matrix, _unit_by_hand),
    misconceptions=(
        Misconception(
            "statistics-of-everything",
            "mean and spread were taken of all pictures, new ones included. They are to be taken "
            "of the training pictures.",
            _reader(_all_together),
        ),
        Misconception(
            "each-part-by-itself",
            "every part was standardised by its own mean and spread; all are, by those of the "
            "training pictures.",
            _reader(_each_by_itself),
        ),
        Misconception(
            "new-ones-as-they-are",
            "T and the loss are right. The new pictures were not standardised; the network has "
            "learned from such as are.",
            _reader(_new_ones_forgotten),
        ),
        Misconception(
            "not-divided-by-the-spread",
            "the mean is taken off, but nothing is divided by the spread.",
            _reader(_only_shifted),
        ),
        Misconception(
            "missing-1/m",
            "the mean over the batch is missing its 1/m.",
            _reader(mistake="sum"),
        ),
        Misconception(
            "slope-forgotten",
            "the slope of ReLU is missing on the way back.",
            _reader(mistake="slope"),
        ),
        Misconception(
            "updated-too-early",
            "W2 is updated before δ goes back through it. All gradients first, then all steps.",
            _reader(mistake="early"),
        ),
        Misconception(
            "biases-stay",
            "the biases never move.",
            _reader(mistake="biases"),
        ),
        Misconception(
            "one-step-less",
            "one step is missing.",
            _reader(extra=-1),
        ),
        Misconception(
            "temperature-of-training",
            "T was chosen by the training pictures, of which the network is too sure.",
            _reader(choose=lambda z, labels, z_train, y_train: _temperature(z_train, y_train)),
        ),
        Misconception(
            "temperature-not-used",
            "T and the loss are right. The probabilities are those without a temperature.",
            _reader(said=lambda z, t: _softmax(z)),
        ),
        Misconception(
            "temperature-multiplied",
            "T and the loss are right. The scores of the new pictures were multiplied by T.",
            _reader(said=lambda z, t: _softmax(z * t)),
        ),
        Misconception(
            "worst-temperature",
            "the temperature with the largest cross-entropy was taken.",
            _reader(
                choose=lambda z, labels, *_: max(TEMPERATURES, key=lambda t: _nats(z / t, labels))
            ),
        ),
        Misconception(
            "scores-for-probabilities",
            "T and the loss are right. The scores are handed back; softmax is missing.",
            _reader(said=lambda z, t: z / t),
        ),
    ),
    hints=(
        "Four parts, each of which you have written before: standardise, a training loop, scores "
        "of the validation pictures, a choice among five. Write a function for each, and one for "
        "the scores.",
        "The only numbers that may come from X_val are the five cross-entropies. Nothing comes "
        "from X_new but its own probabilities.",
        "Loop: scores forward; delta2 is (p − one-hot)/m; delta1 is what comes back through W2, "
        "where z1 was above 0; four gradients; then four steps. After it, five times the mean of "
        "minus the logarithm of the right probability at z / T.",
    ),
    after=(
        "From raw pixels to a probability that has been held against the truth. This is part III "
        "in one function."
    ),
    another="""
def whole_reader(X_train, y_train, X_val, y_val, X_new, W1, b1, W2, b2, lr, steps):
    def ones(X):
        return np.concatenate([X, np.ones((len(X), 1))], axis=1)

    def softmax(z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    std = np.where(std == 0, 1, std)
    learn, val, new = (ones((X - mean) / std) for X in (X_train, X_val, X_new))
    A, B = np.vstack([W1, b1]), np.vstack([W2, b2])  # the biases are one more row
    truth = np.eye(B.shape[1])[y_train]
    for _ in range(steps):
        hidden = ones(np.maximum(learn @ A, 0))
        delta = (softmax(hidden @ B) - truth) / len(learn)
        back = (delta @ B[:-1].T) * (hidden[:, :-1] > 0)
        A, B = A - lr * learn.T @ back, B - lr * hidden.T @ delta

    z_val, z_new = (ones(np.maximum(X @ A, 0)) @ B for X in (val, new))
    rows = np.arange(len(y_val))
    found = {}
    for T in (0.25, 0.5, 1.0, 2.0, 4.0):
        found[T] = -np.log(softmax(z_val / T)[rows, y_val]).mean()
    T = min(found, key=found.get)
    return softmax(z_new / T), T, found[T]
""",
)
