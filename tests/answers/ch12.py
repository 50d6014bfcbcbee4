"""Chapter 12: nearest means, a choice, gaps, slopes, blocks, and a whole reader."""

import itertools
import math
import statistics

import numpy as np


def _statistics(accuracies):
    rows = [list(map(float, row)) for row in accuracies]
    best = max(range(len(rows)), key=lambda i: statistics.fmean(rows[i]))
    return best, statistics.fmean(rows[best]), statistics.stdev(rows[best])


def _means_in_a_dict(X_train, y_train, X):
    sums, counts = {}, {}
    for x, k in zip(X_train, y_train, strict=True):
        sums[k] = sums.get(k, 0) + x
        counts[k] = counts.get(k, 0) + 1
    found = []
    for x in X:
        distances = {k: math.dist(x, sums[k] / counts[k]) for k in sorted(sums)}
        found.append(min(distances, key=distances.get))
    return np.array(found)


def _with_norm(X_train, y_train, X):
    means = [np.average(X_train[np.flatnonzero(y_train == k)], axis=0) for k in np.unique(y_train)]
    return np.argmin([np.linalg.norm(X - mean, axis=1) for mean in means], axis=0)


def _least_squares_means(X_train, y_train, X):
    """The means as the least squares answer to a one-hot table."""
    table = (y_train[:, None] == np.arange(y_train.max() + 1)).astype(float)
    means = np.linalg.lstsq(table, X_train, rcond=None)[0]
    return np.array([((means - x) ** 2).sum(1).argmin() for x in X])


def _class_by_class(X_train, y_train, X):
    best, found = np.full(len(X), np.inf), np.zeros(len(X), dtype=int)
    for k in range(y_train.max() + 1):
        away = np.square(X - X_train[y_train == k].mean(0)).sum(1)
        found[away < best] = k
        best = np.minimum(best, away)
    return found


def _sorted_gap(p, labels, n_bins):
    confidence = np.sort(p, axis=1)[:, -1]
    right = np.isclose(p[np.arange(len(p)), labels], confidence, rtol=0, atol=0)
    total = 0
    for low in np.arange(n_bins):
        chosen = np.flatnonzero((confidence * n_bins > low) & (confidence * n_bins <= low + 1))
        if len(chosen):
            weight = len(chosen) / len(p)
            total += weight * abs(np.mean(right[chosen]) - np.mean(confidence[chosen]))
    return total


def _histograms(p, labels, n_bins):
    confidence, right = p.max(1), p.argmax(1) == labels
    low = np.nextafter(confidence, 0)  # (…] for a function that counts […)
    said = np.histogram(low, n_bins, (0, 1), weights=confidence)[0]
    true = np.histogram(low, n_bins, (0, 1), weights=right.astype(float))[0]
    return float(np.abs(said - true).sum() / len(p))


def _grouped(p, labels, n_bins):
    rows = sorted(
        (math.ceil(max(row) * n_bins), max(row), int(np.argmax(row)) == label)
        for row, label in zip(p, labels, strict=True)
    )
    total = 0.0
    for _, group in itertools.groupby(rows, key=lambda row: row[0]):
        group = list(group)
        total += abs(sum(right for *_, right in group) - sum(said for _, said, _ in group))
    return total / len(p)


def _by_matrix(p, labels, n_bins):
    confidence, right = p.max(1), p.argmax(1) == labels
    edges = np.arange(n_bins + 1) / n_bins
    member = (confidence[:, None] > edges[:-1]) & (confidence[:, None] <= edges[1:])
    return np.abs((right - confidence) @ member).sum() / confidence.size


def _log_form(z, labels, s):
    """From the logarithms of the probabilities, shifted by the right score."""
    apart = z - np.take_along_axis(z, labels[:, None], axis=1)
    top = (s * apart).max(axis=1, keepdims=True)
    weights = np.exp(s * apart - top)
    return np.average(np.sum(weights * apart, axis=1) / np.sum(weights, axis=1))


def _row_by_row(z, labels, s):
    found = []
    for scores, label in zip(z.tolist(), labels.tolist(), strict=True):
        top = max(s * v for v in scores)
        e = [math.exp(s * v - top) for v in scores]
        found.append(sum(a * v for a, v in zip(e, scores, strict=True)) / sum(e) - scores[label])
    return sum(found) / len(found)


def _trace(z, labels, s):
    p = np.exp(s * z - np.logaddexp.reduce(s * z, axis=1)[:, None])
    one_hot = np.zeros_like(z)
    one_hot[range(len(z)), labels] = 1
    return np.trace((p - one_hot) @ z.T) / len(z)


def _two_means(z, labels, s):
    p = np.exp(s * z - np.logaddexp.reduce(s * z, axis=1, keepdims=True))
    return (p * z).sum(-1).mean() - np.mean([row[k] for row, k in zip(z, labels, strict=True)])


def _windows(bitmap):
    view = np.lib.stride_tricks.sliding_window_view(bitmap, (4, 4))[::4, ::4]
    return view.sum(axis=(2, 3))


def _splits(bitmap):
    bands = np.split(bitmap, bitmap.shape[0] // 4, axis=0)
    return np.array(
        [[block.sum() for block in np.split(band, band.shape[1] // 4, axis=1)] for band in bands]
    )


def _cumulative(bitmap):
    table = np.pad(bitmap.cumsum(0).cumsum(1), ((1, 0), (1, 0)))[::4, ::4]
    return np.diff(np.diff(table, axis=0), axis=1)


def _dark_places(bitmap):
    counts = np.zeros((len(bitmap) // 4, len(bitmap[0]) // 4))
    for i, j in zip(*np.nonzero(bitmap), strict=True):
        counts[i // 4, j // 4] += 1
    return counts


# ── the whole reader ─────────────────────────────────────────────────────────────────────────────


def log_softmax(z):
    return z - np.logaddexp.reduce(z, axis=1, keepdims=True)


class Net:
    """Two layers in a class of their own."""

    def __init__(self, W1, b1, W2, b2):
        self.parameters = [np.array(array, copy=True) for array in (W1, b1, W2, b2)]

    def scores(self, X):
        W1, b1, W2, b2 = self.parameters
        self.X, self.z1 = X, X @ W1 + b1
        self.a1 = self.z1 * (self.z1 > 0)
        return self.a1 @ W2 + b2

    def step(self, delta, lr):
        back = np.where(self.z1 > 0, delta @ self.parameters[2].T, 0)
        gradients = (self.X.T @ back, back.sum(0), self.a1.T @ delta, delta.sum(0))
        for array, gradient in zip(self.parameters, gradients, strict=True):
            array -= lr * gradient


def _with_a_class(X_train, y_train, X_val, y_val, X_new, W1, b1, W2, b2, lr, steps):
    mean, std = np.mean(X_train, 0), np.std(X_train, 0)
    std[std == 0] = 1
    net = Net(W1, b1, W2, b2)
    for _ in range(steps):
        delta = np.exp(log_softmax(net.scores((X_train - mean) / std)))
        delta[np.arange(len(delta)), y_train] -= 1
        net.step(delta / len(delta), lr)
    z = net.scores((X_val - mean) / std)
    nats = {T: -np.mean(log_softmax(z / T)[np.arange(len(z)), y_val]) for T in (0.25, 0.5, 1, 2, 4)}
    T = min(nats, key=nats.get)
    return np.exp(log_softmax(net.scores((X_new - mean) / std) / T)), T, nats[T]


def _columns_are_samples(X_train, y_train, X_val, y_val, X_new, W1, b1, W2, b2, lr, steps):
    """All of it lying on its side."""
    mean = X_train.mean(0)[:, None]
    std = X_train.std(0)[:, None]
    std = std + (std == 0)
    A, c, B, d = W1.T.copy(), b1[:, None].copy(), W2.T.copy(), b2[:, None].copy()

    def forward(X):
        z = A @ ((X.T - mean) / std) + c
        return z, B @ np.maximum(z, 0) + d

    truth = np.eye(len(b2))[:, y_train]
    for _ in range(steps):
        z, scores = forward(X_train)
        delta = (np.exp(scores - np.logaddexp.reduce(scores, axis=0)) - truth) / len(y_train)
        back = (B.T @ delta) * (z > 0)
        B, d = B - lr * delta @ np.maximum(z, 0).T, d - lr * delta.sum(1, keepdims=True)
        A = A - lr * back @ ((X_train.T - mean) / std).T
        c = c - lr * back.sum(1, keepdims=True)
    z_val = forward(X_val)[1].T
    found = sorted(
        (-np.mean([row[k] for row, k in zip(log_softmax(z_val / T), y_val, strict=True)]), T)
        for T in (0.25, 0.5, 1.0, 2.0, 4.0)
    )
    loss, T = found[0]
    return np.exp(log_softmax(forward(X_new)[1].T / T)), T, loss


def _temperatures_as_an_axis(X_train, y_train, X_val, y_val, X_new, W1, b1, W2, b2, lr, steps):
    table = np.array([0.25, 0.5, 1, 2, 4])
    everything = np.concatenate([X_train, X_val, X_new]) - X_train.mean(axis=0)
    everything = everything / np.where(X_train.std(axis=0) > 0, X_train.std(axis=0), 1)
    m, v = len(X_train), len(X_val)
    for _ in range(steps):
        a = np.maximum(everything[:m] @ W1 + b1, 0)
        delta = np.exp(log_softmax(a @ W2 + b2)) - np.identity(len(b2))[y_train]
        back = np.sign(a) * (delta @ W2.T)
        W2, b2 = W2 - lr / m * (a.T @ delta), b2 - lr * delta.mean(axis=0)
        W1, b1 = W1 - lr / m * (everything[:m].T @ back), b1 - lr * back.mean(axis=0)
    z = np.maximum(everything[m:] @ W1 + b1, 0) @ W2 + b2
    scaled = z[:v] / table[:, None, None]
    logs = scaled - np.logaddexp.reduce(scaled, axis=2, keepdims=True)
    nats = -logs[:, np.arange(v), y_val].mean(axis=1)
    best = nats.argmin()
    return np.exp(log_softmax(z[v:] / table[best])), table[best], nats[best]


def _one_vector(X_train, y_train, X_val, y_val, X_new, W1, b1, W2, b2, lr, steps):
    """All parameters in one long vector, and one step for all."""
    shapes = [array.shape for array in (W1, b1, W2, b2)]
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    theta = np.concatenate([array.ravel() for array in (W1, b1, W2, b2)])

    def parts(theta):
        pieces = np.split(theta, ends[:-1])
        return [piece.reshape(shape) for piece, shape in zip(pieces, shapes, strict=True)]

    mean, std = X_train.mean(0), np.array([v or 1.0 for v in X_train.std(0)])
    learn, val, new = ((X - mean) / std for X in (X_train, X_val, X_new))

    def scores(X):
        A, c, B, d = parts(theta)
        return np.clip(X @ A + c, 0, None) @ B + d

    for _ in range(steps):
        A, c, B, _d = parts(theta)
        hidden = np.clip(learn @ A + c, 0, None)
        delta = np.exp(log_softmax(scores(learn)))
        delta[np.arange(len(learn)), y_train] -= 1.0
        back = (delta @ B.T) * (hidden > 0)
        gradient = [learn.T @ back, back.sum(0), hidden.T @ delta, delta.sum(0)]
        theta = theta - lr / len(learn) * np.concatenate([g.ravel() for g in gradient])
    z = scores(val)
    loss, T = min(
        (np.mean(-np.take_along_axis(log_softmax(z / T), y_val[:, None], 1)), T)
        for T in 2.0 ** np.arange(-2, 3)
    )
    return np.exp(log_softmax(scores(new) / T)), float(T), float(loss)


RIGHT = {
    "nearest_mean_predict": {
        "dictionaries": _means_in_a_dict,
        "norms": _with_norm,
        "least squares": _least_squares_means,
        "class by class": _class_by_class,
    },
    "choose_setting": {
        "the module statistics": _statistics,
        "NumPy's own numbers": lambda a: (
            np.argmax(np.mean(a, 1)), np.max(np.mean(a, 1)),
            np.std(a, 1, ddof=1)[a.mean(1).argmax()],
        ),
        "the last of a sort": lambda a: (
            int(np.argsort(a.mean(1))[-1]), sorted(a.mean(1))[-1],
            math.dist(a[a.mean(1).argmax()], [a.mean(1).max()] * a.shape[1])
            / math.sqrt(a.shape[1] - 1),
        ),
        "a list": lambda a: list(_statistics(a)),
    },
    "calibration_gap": {
        "sorted": _sorted_gap,
        "histograms": _histograms,
        "groupby": _grouped,
        "a table of members": _by_matrix,
    },
    "temperature_slope": {
        "shifted by the right score": _log_form,
        "row by row": _row_by_row,
        "a trace": _trace,
        "two means": _two_means,
    },
    "count_blocks": {
        "windows": _windows,
        "splits": _splits,
        "cumulative sums": _cumulative,
        "dark places": _dark_places,
    },
    "whole_reader": {
        "a class": _with_a_class,
        "columns are samples": _columns_are_samples,
        "temperatures as an axis": _temperatures_as_an_axis,
        "one vector": _one_vector,
    },
}  # fmt: skip
