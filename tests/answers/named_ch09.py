"""Chapter 9: the mistakes of its exercises, made by somebody who writes otherwise."""

import math

import numpy as np

from .ch09 import adamw, epoch, plan


def _rate(make):
    """The right factor by way of κ, and another rate."""
    return lambda low, high: (make(low, high), 1 - 2 / (high / low + 1))


def _roots(low, high):
    return math.sqrt(low), math.sqrt(high)


def _by_entry(new_velocity, move):
    """Momentum, one entry after the other."""

    def answer(theta, velocity, gradient, lr, beta):
        rows = []
        for p, v, g in zip(theta, velocity, gradient, strict=True):
            w = new_velocity(v, g, lr, beta)
            rows.append((p + move(w, lr), w))
        return [np.array(column) for column in zip(*rows, strict=True)]

    return answer


def _adam(
    mean=lambda m, g, b: m + (1 - b) * (g - m),
    square=lambda s, g, b: s + (1 - b) * (g * g - s),
    fix=lambda b, t: 1 / (1 - b**t),
    fixes=(True, True),
    step=lambda m, s, g, e: m / (math.sqrt(s) + e),
    kept=False,
):
    """Adam, one entry after the other."""

    def answer(theta, means, squares, gradient, t, lr, beta1, beta2, epsilon):
        rows = []
        for p, m, s, g in zip(theta, means, squares, gradient, strict=True):
            m, s = mean(m, g, beta1), square(s, g, beta2)
            mh = m * fix(beta1, t) if fixes[0] else m
            sh = s * fix(beta2, t) if fixes[1] else s
            rows.append((p - lr * step(mh, sh, g, epsilon), *((mh, sh) if kept else (m, s))))
        return tuple(np.array(column) for column in zip(*rows, strict=True))

    return answer


def _at_the_start(X, y, theta, order, batch_size, lr):
    moved = np.zeros_like(theta)
    for k in range(0, len(y), batch_size):
        rows = order[k : k + batch_size]
        error = X[rows] @ theta - y[rows]
        moved += np.mean(2 * error[:, None] * X[rows], axis=0)
    return theta - lr * moved


def _only_rows_dealt(X, y, theta, order, batch_size, lr):
    dealt = X[order]
    for k in range(0, len(y), batch_size):
        A, b = dealt[k : k + batch_size], y[k : k + batch_size]
        theta = theta - 2 * lr / len(b) * np.dot(A.T, np.dot(A, theta) - b)
    return theta


def _whole_batches_shuffled(batches, X, y, size):
    cut = np.array_split(np.arange(len(y)), range(size, len(y), size))
    by_start = {int(part[0]): part for part in cut}
    return [by_start[i] for rows in batches for i in rows if i in by_start]


def _stepwise(total, warmup, lr, factor):
    return np.array([lr * factor(k, k - warmup, total - warmup) for k in range(total)])


def _warm(k, warmup):
    return min(1.0, (k + 1) / warmup)


def _loop(change):
    """AdamW in a plain loop; `change` says in which order what is done."""

    def answer(f, theta, rates, decay):
        m = s = np.zeros(len(theta))
        for t, lr in enumerate(rates, start=1):
            theta, m, s = change(f, theta, m, s, t, lr, decay)
        return theta

    return answer


def _mixed(m, s, g):
    return m + 0.1 * (g - m), s + 0.001 * (g * g - s)


def _direction(m, s, t):
    return m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)


def _shrinks_last(f, theta, m, s, t, lr, decay):
    m, s = _mixed(m, s, f(theta))
    return (theta - lr * _direction(m, s, t)) * (1 - lr * decay), m, s


def _shrinks_before_looking(f, theta, m, s, t, lr, decay):
    theta = theta - lr * decay * theta
    m, s = _mixed(m, s, f(theta))
    return theta - lr * _direction(m, s, t), m, s


def _uncorrected(f, theta, m, s, t, lr, decay):
    m, s = _mixed(m, s, f(theta))
    return theta - lr * (decay * theta + m / (np.sqrt(s) + 1e-8)), m, s


def _forgets(f, theta, m, s, t, lr, decay):
    g = f(theta)
    return theta * (1 - lr * decay) - lr * g / (np.abs(g) + 1e-8), m, s


def _gradient_once(f, theta, rates, decay):
    g = f(theta)
    return adamw(lambda _: g, theta, rates, decay)


NAMED = {
    "best_rate": {
        "factor-of-momentum": [
            lambda low, high: (2 / (low + high), math.tanh(0.25 * math.log(high / low))),
        ],
        "momentum-altogether": [
            lambda low, high: (
                (2 / sum(_roots(low, high))) ** 2,
                1 - 2 * _roots(low, high)[0] / sum(_roots(low, high)),
            ),
        ],
        "rates-averaged": [_rate(lambda low, high: np.mean([1 / low, 1 / high]))],
        "minus-in-the-rate": [_rate(lambda low, high: -2 / (low - high))],
        "inverse-of-kappa": [lambda low, high: [2 / (low + high), 1 / (high / low)]],
        "limit": [_rate(lambda low, high: 2 / max(low, high))],
    },
    "momentum_step": {
        "running-mean": [
            _by_entry(lambda v, g, lr, b: v + (1 - b) * (g - v), lambda w, lr: -lr * w),
        ],
        "uphill-running-mean": [
            _by_entry(lambda v, g, lr, b: v + (1 - b) * (g - v), lambda w, lr: lr * w),
        ],
        "rate-inside": [_by_entry(lambda v, g, lr, b: b * v + lr * g, lambda w, lr: -w)],
        "rate-inside-negative": [_by_entry(lambda v, g, lr, b: b * v - lr * g, lambda w, lr: w)],
        "rate-twice": [_by_entry(lambda v, g, lr, b: b * v + lr * g, lambda w, lr: -lr * w)],
        "beta-on-the-gradient": [_by_entry(lambda v, g, lr, b: v + b * g, lambda w, lr: -lr * w)],
        "shares-swapped": [
            _by_entry(lambda v, g, lr, b: g + (1 - b) * (v - g), lambda w, lr: -w * lr),
        ],
        "new-gradient-fades-too": [
            _by_entry(lambda v, g, lr, b: b * (v + g), lambda w, lr: -lr * w),
        ],
        "uphill": [_by_entry(lambda v, g, lr, b: b * v + g, lambda w, lr: w * lr)],
    },
    "adam_step": {
        "no-correction": [_adam(fixes=(False, False))],
        "mean-not-corrected": [_adam(fixes=(False, True))],
        "squares-not-corrected": [_adam(fixes=(True, False))],
        "epsilon-inside-the-root": [_adam(step=lambda m, s, g, e: m * (s + e) ** -0.5)],
        "epsilon-forgotten": [_adam(step=lambda m, s, g, e: m * s**-0.5)],
        "root-forgotten": [_adam(step=lambda m, s, g, e: m / (e + s))],
        "multiplied-for-divided": [_adam(step=lambda m, s, g, e: m * math.sqrt(s) + m * e)],
        "always-the-first-step": [_adam(fix=lambda b, t: 1 / (1 - b))],
        "correction-multiplied": [_adam(fix=lambda b, t: -math.expm1(t * math.log(b)))],
        "corrected-kept": [_adam(kept=True)],
        "square-forgotten": [_adam(square=lambda s, g, b: s + (1 - b) * (math.fabs(g) - s))],
        "sums-for-means": [
            _adam(mean=lambda m, g, b: g + b * m, square=lambda s, g, b: g * g + b * s),
        ],
        "momentum-convention": [_adam(mean=lambda m, g, b: g + b * m)],
        "gradient-above-the-line": [_adam(step=lambda m, s, g, e: g / (math.sqrt(s) + e))],
    },
    "sgd_epoch": {
        "order-ignored": [
            lambda X, y, theta, order, *rest: epoch(X, y, theta, sorted(order), *rest),
        ],
        "targets-left-behind": [_only_rows_dealt],
        "starts-shuffled": [lambda *given: epoch(*given, deal=_whole_batches_shuffled)],
        "all-from-one-place": [_at_the_start],
        "last-batch-too-light": [
            lambda X, y, theta, order, size, lr: epoch(
                X, y, theta, order, size, lr, scale=lambda k: 2 / size
            ),
        ],
        "divided-by-all": [
            lambda X, y, theta, order, size, lr: epoch(
                X, y, theta, order, size, lr, scale=lambda k: 2 / len(X)
            ),
        ],
    },
    "warmup_cosine": {
        "no-warmup": [
            lambda total, warmup, lr: lr * np.cos(np.pi / 2 * np.arange(total) / total) ** 2,
        ],
        "cosine-not-shifted": [
            lambda total, warmup, lr: _stepwise(
                total, warmup, lr,
                lambda k, j, n: math.cos(math.pi / 2 * k / total) ** 2 if j >= 0
                else _warm(k, warmup),
            ),
        ],
        "cosine-too-long": [
            lambda total, warmup, lr: _stepwise(
                total, warmup, lr,
                lambda k, j, n: math.cos(math.pi / 2 * j / total) ** 2 if j >= 0
                else _warm(k, warmup),
            ),
        ],
        "multiplied": [
            lambda total, warmup, lr: _stepwise(
                total, warmup, lr,
                lambda k, j, n: math.cos(math.pi / 2 * k / total) ** 2 * _warm(k, warmup),
            ),
        ],
        "half-forgotten": [
            lambda *given: plan(*given, down=lambda s: 2 * math.cos(math.pi / 2 * s) ** 2),
        ],
        "bare-cosine": [lambda *given: plan(*given, down=lambda s: math.cos(math.pi * s))],
        "zero-one-step-early": [
            lambda total, warmup, lr: np.concatenate(
                [
                    np.linspace(lr / warmup, lr, warmup),
                    lr * np.cos(np.linspace(0, np.pi / 2, total - warmup)) ** 2,
                ]
            ),
        ],
        "rate-forgotten": [lambda total, warmup, lr: plan(total, warmup, lr) / lr],
    },
    "adamw_descent": {
        "decay-after-the-step": [_loop(_shrinks_last)],
        "gradient-after-the-decay": [_loop(_shrinks_before_looking)],
        "t-one-too-large": [lambda *given: adamw(*given, counts=lambda t: t + 1)],
        "t-stands-still": [lambda *given: adamw(*given, counts=lambda t: 1)],
        "no-correction": [_loop(_uncorrected)],
        "state-forgotten": [_loop(_forgets)],
        "gradient-once": [_gradient_once],
        "decay-forgotten": [
            lambda f, theta, rates, decay: adamw(f, theta, rates, 0.0),
        ],
    },
}  # fmt: skip
