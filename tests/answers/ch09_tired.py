"""Chapter 9, late in the evening: mistakes as they were made, and right answers in odd styles."""

import math

import numpy as np


def _momentum(new, move):
    def answer(theta, velocity, gradient, lr, beta):
        v = new(velocity, gradient, lr, beta)
        return theta + move(v, lr, beta), v

    return answer


def _adam(
    first=lambda m, g, b: b * m + (1 - b) * g,
    second=lambda s, g, b, m: b * s + (1 - b) * g * g,
    sums=lambda b1, b2, t: (1 - b1**t, 1 - b2**t),
    step=lambda m, s, c1, c2, e: m / c1 / (np.sqrt(s / c2) + e),
    back=lambda m, s, *given: (m, s),
):
    """Adam in four lines, each of which can be another."""

    def answer(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon):
        m = first(mean, gradient, beta1)
        s = second(squares, gradient, beta2, m)
        c1, c2 = map(np.float64, sums(beta1, beta2, t))
        return theta - lr * step(m, s, c1, c2, epsilon), *back(m, s, mean, squares)

    return answer


def _no_brackets(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon):
    m = beta1 * mean + (1 - beta1) * gradient
    s = beta2 * squares + (1 - beta2) * gradient**2
    moved = theta - lr * (m / (1 - beta1**t)) / np.sqrt(s / (1 - beta2**t)) + epsilon
    return moved, m, s


def _in_own_place(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon):
    m = beta1 * mean + (1 - beta1) * gradient
    s = beta2 * squares + (1 - beta2) * gradient**2
    m /= 1 - beta1**t
    s /= 1 - beta2**t
    return theta - lr * m / (np.sqrt(s) + epsilon), m, s


def _epoch(rows, targets=None):
    """Rows are (order, size, N) -> batches of row numbers; targets likewise."""

    def answer(X, y, theta, order, batch_size, lr):
        batches = list(rows(order, batch_size, len(y)))
        beside = batches if targets is None else list(targets(order, batch_size, len(y)))
        for one, other in zip(batches, beside, strict=True):
            error = X[one] @ theta - y[other]
            theta = theta - lr * 2 / len(one) * X[one].T @ error
        return theta

    return answer


def _slices(row, size, N, more=0):
    return (row[k : k + size + more] for k in range(0, N, size))


def _whole(order, size, N):
    return _slices(np.arange(N), size, N)


def _plan(up=None, down=None, first=lambda k, w: k < w):
    """A loop over the steps."""

    def answer(total, warmup, lr):
        rates = np.zeros(total)
        for k in range(total):
            if first(k, warmup):
                rates[k] = lr * (k + 1) / warmup if up is None else lr * up(k, warmup)
            else:
                share = (k - warmup) / (total - warmup)
                half = 0.5 + 0.5 * math.cos(math.pi * share)
                rates[k] = lr * (half if down is None else down(share, total - warmup))
        return rates

    return answer


def _adamw(
    rates_of=list,
    first=1,
    shrink=lambda theta, lr, decay, rates: theta - lr * decay * theta,
    sums=lambda t: (1 - 0.9**t, 1 - 0.999**t),
    below=lambda s: s**0.5 + 1e-8,
    betas=(0.9, 0.999),
    sign=-1,
    anew=False,
    keep=False,
):
    def answer(gradient_of, theta, rates, decay):
        m, s = np.zeros_like(theta), np.zeros_like(theta)
        for t, lr in enumerate(rates_of(rates), first):
            if anew:
                m, s = np.zeros_like(theta), np.zeros_like(theta)
            g = gradient_of(theta)
            m = m + (1 - betas[0]) * (g - m)
            s = s + (1 - betas[1]) * (g * g - s)
            c1, c2 = map(np.float64, sums(t))
            theta = shrink(theta, lr, decay, rates) + sign * lr * m / c1 / below(s / c2)
            if keep:
                m, s = m / c1, s / c2
        return theta

    return answer


def _decay_at_the_end_of_the_line(gradient_of, theta, rates, decay):
    """Right: what is taken away is a share of the theta that the step began with."""
    m = s = np.zeros(theta.shape)
    for t, lr in enumerate(rates, 1):
        before = theta
        g = gradient_of(theta)
        m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g
        theta = theta - lr * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
        theta = theta - lr * decay * before
    return theta


def _linspaces(total, warmup, lr):
    angle = np.linspace(0, np.pi, total - warmup, endpoint=False)
    return np.concatenate([np.linspace(lr / warmup, lr, warmup), lr * (1 + np.cos(angle)) / 2])


RIGHT = {
    "best_rate": {"a list": lambda low, high: [2 / (low + high), 1 - 2 / (1 + high / low)]},
    "adam_step": {"float32": lambda *given: tuple(np.float32(one) for one in _adam()(*given))},
    "warmup_cosine": {"linspace twice": _linspaces},
    "adamw_descent": {"of the theta before": _decay_at_the_end_of_the_line},
}

NAMED = {
    "best_rate": {
        "limit-throughout": (lambda low, high: (2 / high, (high - 2 * low) / high),),
        "brackets-forgotten": (lambda low, high: (high + 2 / low, 1 - 2 * low / (low + high)),),
        "kappa-for-the-factor": (lambda low, high: (1 / np.mean([low, high]), high / low),),
    },
    "momentum_step": {
        "keeps-the-rest": (
            _momentum(lambda v, g, lr, b: v - b * v + g, lambda v, lr, b: -lr * v),
        ),
        "beta-forgotten": (_momentum(lambda v, g, lr, b: v + g, lambda v, lr, b: -lr * v),),
        "rate-forgotten": (_momentum(lambda v, g, lr, b: b * v + g, lambda v, lr, b: -v),),
        "rate-and-beta-swapped": (
            _momentum(lambda v, g, lr, b: lr * v + g, lambda v, lr, b: -b * v),
        ),
        "old-velocity-returned": (
            lambda theta, velocity, gradient, lr, beta: (
                theta - lr * beta * velocity - lr * gradient, 1.0 * velocity
            ),
        ),
        "gradient-subtracted": (
            _momentum(lambda v, g, lr, b: b * v - g, lambda v, lr, b: -lr * v),
        ),
        "velocity-downhill": (_momentum(lambda v, g, lr, b: b * v - g, lambda v, lr, b: lr * v),),
    },
    "adam_step": {
        "t-one-too-small": (_adam(sums=lambda a, b, t: (1 - a ** (t - 1), 1 - b ** (t - 1))),),
        "power-of-the-bracket": (_adam(sums=lambda a, b, t: ((1 - a) ** t, (1 - b) ** t)),),
        "one-minus-forgotten": (_adam(sums=lambda a, b, t: (a**t, b**t)),),
        "betas-swapped-in-the-correction": (_adam(sums=lambda a, b, t: (1 - b**t, 1 - a**t)),),
        "beta1-for-both": (_adam(sums=lambda a, b, t: (1 - a**t, 1 - a**t)),),
        "beta2-for-both": (_adam(sums=lambda a, b, t: (1 - b**t, 1 - b**t)),),
        "shares-swapped": (
            _adam(
                lambda m, g, b: m + b * (g - m), lambda s, g, b, m: s + b * (g * g - s)
            ),
        ),
        "squares-summed": (_adam(second=lambda s, g, b, m: g**2 + b * s),),
        "share-squared": (_adam(second=lambda s, g, b, m: b * s + (g - b * g) ** 2),),
        "squares-of-the-mean": (_adam(second=lambda s, g, b, m: b * s + (1 - b) * m * m),),
        "one-for-all-entries": (_adam(second=lambda s, g, b, m: b * s + (1 - b) * (g @ g)),),
        "root-corrected": (_adam(step=lambda m, s, c1, c2, e: m / c1 / (np.sqrt(s) / c2 + e)),),
        "epsilon-beside-the-uncorrected-root": (
            _adam(step=lambda m, s, c1, c2, e: np.sqrt(c2) / c1 * m / (np.sqrt(s) + e)),
        ),
        "epsilon-added-to-the-step": (_no_brackets,),
        "old-means-returned": (_adam(back=lambda m, s, *old: (old[0] + 0.0, old[1] + 0.0)),),
        "corrected-kept": (_in_own_place,),
    },
    "sgd_epoch": {
        "rows-left-behind": (_epoch(_whole, _slices),),
        "dealt-twice": (_epoch(lambda order, size, N: _slices(order[order], size, N)),),
        "starts-one-apart": (
            _epoch(lambda order, size, N: (order[k : k + size] for k in range(-(-N // size)))),
        ),
        "starts-one-apart-and-last-dropped": (
            _epoch(lambda order, size, N: (order[k : k + size] for k in range(N // size))),
        ),
        "cut-evenly": (
            _epoch(lambda order, size, N: np.array_split(order, math.ceil(N / size))),
        ),
        "batch-size-as-a-count": (_epoch(lambda order, size, N: np.array_split(order, size)),),
        "last-batch-filled-up": (
            _epoch(
                lambda order, size, N: (
                    np.take(order, range(k, k + size), mode="wrap") for k in range(0, N, size)
                )
            ),
        ),
        "one-sample-short": (
            _epoch(lambda order, size, N: (order[k : k + size - 1] for k in range(0, N, size))),
        ),
        "one-sample-twice": (_epoch(lambda order, size, N: _slices(order, size, N, 1)),),
        "sample-by-sample": (_epoch(lambda order, size, N: order[:, np.newaxis]),),
    },
    "warmup_cosine": {
        "warmup-one-step-too-long": (_plan(first=lambda k, w: k <= w),),
        "warmup-stops-short": (_plan(up=lambda k, w: (k + 1) / (w + 1)),),
        "warmup-from-nothing": (_plan(up=lambda k, w: np.linspace(0, 1, w)[k]),),
        "cosine-one-step-ahead": (
            _plan(down=lambda share, n: math.cos(math.pi / 2 * (share + 1 / n)) ** 2),
        ),
        "upside-down": (_plan(down=lambda share, n: math.sin(math.pi / 2 * share) ** 2),),
        "brackets-forgotten": (_plan(down=lambda share, n: 1 + math.cos(math.pi * share) / 2),),
        "quarter-cosine": (_plan(down=lambda share, n: math.sin(math.pi / 2 * (1 - share))),),
        "pi-forgotten": (_plan(down=lambda share, n: math.cos(share / 2) ** 2),),
    },
    "adamw_descent": {
        "t-from-zero": (
            _adamw(first=0),
            _adamw(sums=lambda t: (0.9**t - 1, 0.999**t - 1)),  # a root of what is negative
        ),
        "means-made-in-the-loop": (_adamw(anew=True),),
        "mean-not-corrected": (_adamw(sums=lambda t: (1, 1 - 0.999**t)),),
        "squares-not-corrected": (_adamw(sums=lambda t: (1 - 0.9**t, 1)),),
        "corrected-kept": (_adamw(keep=True),),
        "betas-swapped": (
            _adamw(betas=(0.999, 0.9), sums=lambda t: (1 - 0.999**t, 1 - 0.9**t)),
        ),
        "epsilon-inside-the-root": (_adamw(below=lambda s: (s + 1e-8) ** 0.5),),
        "epsilon-forgotten": (_adamw(below=lambda s: s**0.5),),
        "uphill": (_adamw(sign=1),),
        "decay-of-one": (_adamw(shrink=lambda theta, lr, decay, rates: theta - lr * decay),),
        "decay-with-the-first-rate": (
            _adamw(shrink=lambda theta, lr, decay, rates: theta - rates[0] * decay * theta),
        ),
        "first-rate-left-out": (_adamw(rates_of=lambda rates: rates[1:]),),
        "last-rate-left-out": (_adamw(rates_of=lambda rates: list(rates)[:-1]),),
        "one-step-only": (_adamw(rates_of=lambda rates: [rates[0]]),),
    },
}  # fmt: skip

WRONG = {
    "adamw_descent": {
        "squares without a square": (
            None,
            lambda f, theta, rates, decay: _adamw(
                below=lambda s: s**0.25 + 1e-8
            )(f, theta, rates, decay),
        ),
        "other betas": (None, _adamw(betas=(0.9, 0.99), sums=lambda t: (1 - 0.9**t, 1 - 0.99**t))),
        "rates backwards": (None, _adamw(rates_of=lambda rates: rates[::-1])),
    },
}  # fmt: skip
