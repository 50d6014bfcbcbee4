"""Chapter 4: the network with one hidden layer, forward, backward, one step, many."""

import math

import numpy as np


def _s(z):
    return 1 / (1 + np.exp(-z))


def _forward_rows(x, W, b, v, c):
    h = np.array([_s(math.fsum(x * column) + b_j) for column, b_j in zip(W.T, b, strict=True)])
    return h, float(_s(math.fsum(h * v) + c))


def _forward_dict(x, W, b, v, c):
    sums = dict(enumerate(b.tolist()))
    for (i, j), w in np.ndenumerate(W):
        sums[j] += w * x[i]
    h = [math.exp(z) / (1 + math.exp(z)) for z in sums.values()]
    zo = sum(p * q for p, q in zip(h, v.tolist(), strict=True)) + c
    return np.array(h), math.exp(zo) / (1 + math.exp(zo))


def _forward_in_place(x, W, b, v, c):
    h = b.copy()
    h += np.matmul(W.T, x)
    np.negative(h, out=h)
    np.exp(h, out=h)
    h += 1
    np.reciprocal(h, out=h)
    return [h, _s(np.inner(v, h) + c)]


def _forward_column(x, W, b, v, c):
    h = _s(x.reshape(1, -1) @ W + b)
    return h[0], _s((h @ v.reshape(-1, 1))[0, 0] + c)


def _gradients_summed(x, y, W, b, v, c):
    h = _s(np.tensordot(x, W, 1) + b)
    o = _s(np.vdot(h, v) + c)
    down = np.prod([2, o - y, o, 1 - o])
    share = down * np.multiply.reduce([v, h, 1 - h])
    return np.kron(x[:, None], share), share, down * h, down


def _gradients_by_lists(x, y, W, b, v, c):
    h = [1 / (1 + math.exp(-(float(x @ column) + b_j))) for column, b_j in zip(W.T, b, strict=True)]
    o = 1 / (1 + math.exp(-sum(map(float.__mul__, h, v.tolist()), c)))
    e = 2 * (o - y) * (o - o * o)
    deltas = [e * v_j * (h_j - h_j * h_j) for v_j, h_j in zip(v.tolist(), h, strict=True)]
    return (
        np.array([[x_i * d for d in deltas] for x_i in x]), np.array(deltas),
        np.array([e * h_j for h_j in h]), e,
    )  # fmt: skip


def _gradients_one_matrix(x, y, W, b, v, c):
    """The bias as a weight of an input that is always 1."""
    ones, all_W = np.append(x, 1), np.vstack([W, b])
    h = _s(ones @ all_W)
    more, all_v = np.append(h, 1), np.append(v, c)
    o = _s(more @ all_v)
    e = 2 * (o - y) * o * (1 - o)
    d_all_W, d_all_v = np.outer(ones, e * v * h * (1 - h)), e * more
    return d_all_W[:-1], d_all_W[-1].copy(), d_all_v[:-1].copy(), d_all_v[-1]


def _step_with(gradients):
    def step(x, y, W, b, v, c, lr):
        found = gradients(x, y, W, b, v, c)
        return tuple(p - lr * d for p, d in zip((W, b, v, c), found, strict=True))

    return step


def _step_output_after(x, y, W, b, v, c, lr):
    """The output moves first, and its old weights are kept for the way back."""
    kept = v.copy()
    h = _s(x @ W + b)
    o = _s(h @ v + c)
    e = lr * 2 * (o - y) * o * (1 - o)
    v, c = v - e * h, c - e
    share = e * kept * h * (1 - h)
    return W - np.outer(x, share), b - share, v, c


def _tanh_outer(x, y, W, b, v, c):
    h = np.tanh(b + x @ W)
    e = np.dot(h, v) + c - y
    e += e
    back = e * v
    back = back - back * h * h
    return np.einsum("i,j", x, back), back, np.multiply(h, e), e


def _tanh_exponentials(x, y, W, b, v, c):
    up, down = np.exp(x @ W + b), np.exp(-(x @ W + b))
    h, slope = (up - down) / (up + down), 4 / (up + down) ** 2
    e = 2 * (sum(h * v) + c - y)
    return x[:, None] * (e * v * slope)[None], e * v * slope, h * e, float(e)


def _tanh_as_sigmoid(x, y, W, b, v, c):
    s = _s(2 * (x @ W + b))
    h = 2 * s - 1
    e = 2 * (h @ v + c - y)
    return np.outer(x, e * v * 4 * s * (1 - s)), e * v * 4 * s * (1 - s), e * h, e


def _train_with(gradients):
    def train(X, y, W, b, v, c, lr, steps):
        now = (W, b, v, c)
        for _ in range(steps):
            each = [gradients(x_i, y_i, *now) for x_i, y_i in zip(X, y, strict=True)]
            mean = [np.mean(np.stack(parts), axis=0) for parts in zip(*each, strict=True)]
            now = tuple(p - lr * d for p, d in zip(now, mean, strict=True))
        return now

    return train


def _train_recursive(X, y, W, b, v, c, lr, steps):
    if steps == 0:
        return W.copy(), b.copy(), v.copy(), c
    H = _s(X @ W + b)
    said = _s(H @ v + c)
    e = 2 * (said - y) * said * (1 - said) * lr / X.shape[0]
    D = e[:, None] * v[None] * (H - H * H)
    moved = W - np.einsum("mi,mj->ij", X, D), b - np.einsum("mj->j", D), v - e @ H, c - np.sum(e)
    return _train_recursive(X, y, *moved, lr, steps - 1)


def _train_in_place(X, y, W, b, v, c, lr, steps):
    W, b, v = W.copy(), b.copy(), v.copy()
    while steps:
        sums = [np.zeros_like(W), np.zeros_like(b), np.zeros_like(v), np.zeros(())]
        for k in np.random.default_rng(3).permutation(len(y)):
            for total, part in zip(sums, _gradients_summed(X[k], y[k], W, b, v, c), strict=True):
                total += part / len(y)
        W -= lr * sums[0]
        b -= lr * sums[1]
        v -= lr * sums[2]
        c = c - lr * float(sums[3])
        steps -= 1
    return W, b, v, c


RIGHT = {
    "forward_pass": {
        "column by column": _forward_rows,
        "a dictionary of sums": _forward_dict,
        "in place, as a list": _forward_in_place,
        "as a table with one row": _forward_column,
    },
    "output_delta": {
        "powers": lambda o, y: 2 * (o**2 - o**3) - 2 * y * (o - o**2),
        "a product": lambda o, y: math.prod((2, o - y, o, 1 - o)),
        "array": lambda o, y: np.array(2 * (o - y)) * np.array(o - o * o),
        "odds": lambda o, y: 2 * (o - y) * (o / (1 - o)) * (1 - o) ** 2,
    },
    "hidden_deltas": {
        "a list made an array": lambda h, v, d: np.array(
            [d * v[k] * p * (1 - p) for k, p in enumerate(h)]
        ),
        "in place": lambda h, v, d: np.multiply(h - h**2, v) * d,
        "a column": lambda h, v, d: (v[:, None] @ np.array([[d]]))[:, 0] * h * (1 - h),
        "odds": lambda h, v, d: d * v * (h / (1 - h)) * (1 - h) ** 2,
    },
    "network_gradients": {
        "products and kron": _gradients_summed,
        "lists": _gradients_by_lists,
        "biases as weights": _gradients_one_matrix,
        "nudged in the complex plane": lambda *given: _complex(*given),
    },
    "network_update": {
        "with kron": _step_with(_gradients_summed),
        "with lists": _step_with(_gradients_by_lists),
        "with one matrix": _step_with(_gradients_one_matrix),
        "output first, weights kept": _step_output_after,
    },
    "tanh_network_gradients": {
        "einsum": _tanh_outer,
        "exponentials": _tanh_exponentials,
        "with sigmoids": _tanh_as_sigmoid,
        "as lists": lambda *given: [np.array(one) for one in _tanh_outer(*given)],
    },
    "train_network": {
        "stacked": _train_with(_gradients_summed),
        "lists": _train_with(_gradients_by_lists),
        "recursive": _train_recursive,
        "in place, shuffled": _train_in_place,
    },
}


def _complex(x, y, W, b, v, c):
    flat = np.concatenate([W.ravel(), b, v, [c]]).astype(complex)
    slopes = np.empty(flat.size)
    for k in range(flat.size):
        moved = flat.copy()
        moved[k] += 1e-40j
        p = np.split(moved, np.cumsum([W.size, b.size, v.size]))
        loss = (_s(_s(x @ p[0].reshape(W.shape) + p[1]) @ p[2] + p[3][0]) - y) ** 2
        slopes[k] = loss.imag / 1e-40
    p = np.split(slopes, np.cumsum([W.size, b.size, v.size]))
    return p[0].reshape(W.shape), p[1], p[2], p[3][0]
