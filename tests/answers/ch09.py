"""Chapter 9: a rate, a step of momentum, of Adam, an epoch, a schedule, AdamW."""

import math

import numpy as np


def _by_lines(low, high):
    """Where the lines 1 - rate low and -1 + rate high meet."""
    rate, factor = np.linalg.solve([[low, 1], [high, -1]], [1, 1])
    return rate, factor


def _momentum_as_matrix(theta, velocity, gradient, lr, beta):
    step = np.array([[1, -lr * beta, -lr], [0, beta, 1]])
    return tuple(step @ np.stack([theta, velocity, gradient]))


def _momentum_list(theta, velocity, gradient, lr, beta):
    new = [beta * v + g for v, g in zip(velocity.tolist(), gradient.tolist(), strict=True)]
    moved = [p - lr * v for p, v in zip(theta.tolist(), new, strict=True)]
    return [np.array(moved), np.array(new)]


def _momentum_out(theta, velocity, gradient, lr, beta):
    new = np.multiply(velocity, beta)
    np.add(new, gradient, out=new)
    return np.subtract(theta, np.multiply(lr, new)), new


def momentum(theta, velocity, gradient, lr, beta):
    new = gradient - velocity * -beta
    return np.add(theta, new * -lr), new


def adam(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon):
    mean = np.average([mean, gradient], axis=0, weights=[beta1, 1 - beta1])
    squares = np.average([squares, gradient**2], axis=0, weights=[beta2, 1 - beta2])
    below = (squares / -math.expm1(t * math.log(beta2))) ** 0.5 + epsilon
    return theta - lr * mean / -math.expm1(t * math.log(beta1)) / below, mean, squares


def _adam_list(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon):
    out = [[], [], []]
    for p, m, s, g in zip(theta, mean, squares, gradient, strict=True):
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * g * g
        p = p - lr * (m / (1 - beta1**t)) / (math.sqrt(s / (1 - beta2**t)) + epsilon)
        for row, one in zip(out, (p, m, s), strict=True):
            row.append(one)
    return [np.array(row) for row in out]


def _adam_hypot(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon):
    root = np.hypot(np.sqrt(beta2 * squares), math.sqrt(1 - beta2) * gradient)
    mean = mean - (1 - beta1) * (mean - gradient)
    share = sum((1 - beta1) * beta1**k for k in range(t))
    usual = root / math.sqrt(sum((1 - beta2) * beta2**k for k in range(t)))
    return theta - lr / share * mean / (usual + epsilon), mean, root**2


def _adam_stacked(theta, mean, squares, gradient, t, lr, beta1, beta2, epsilon):
    betas = np.array([[beta1], [beta2]])
    held = betas * np.stack([mean, squares]) + (1 - betas) * np.stack([gradient, gradient**2])
    m, s = held / (1 - betas**t)
    return theta - np.divide(lr * m, np.sqrt(s) + epsilon), held[0], held[1]


def epoch(X, y, theta, order, batch_size, lr, *, scale=lambda k: 2 / k, deal=None):
    """One epoch, cut by dealing numbers off a list; `deal` may do that otherwise."""
    left, theta = list(order), np.array(theta)
    batches = []
    while left:
        batches.append([left.pop(0) for _ in range(min(batch_size, len(left)))])
    for rows in deal(batches, X, y, batch_size) if deal else batches:
        error = (X[rows] * theta).sum(axis=1) - y[rows]
        theta = theta - lr * scale(len(rows)) * (error @ X[rows])
    return theta


def _epoch_matrix(X, y, theta, order, batch_size, lr):
    """Every step as a matrix: theta <- (I - lr H) theta + lr b."""
    for start in range(0, len(y), batch_size):
        A, b = X[order[start:][:batch_size]], y[order[start:][:batch_size]]
        H = 2 * A.T @ A / len(b)
        theta = (np.eye(len(theta)) - lr * H) @ theta + lr * 2 * A.T @ b / len(b)
    return theta


def _epoch_lstsq_columns(X, y, theta, order, batch_size, lr):
    Z = np.column_stack([X, y])[order]
    for k in range(-(-len(Z) // batch_size)):
        part = Z[k * batch_size : (k + 1) * batch_size]
        error = part @ np.append(theta, -1)
        theta = theta - 2 * lr * np.array([np.mean(error * column) for column in part.T[:-1]])
    return theta


def _epoch_recursive(X, y, theta, order, batch_size, lr):
    if not len(order):
        return theta
    rows, rest = order[:batch_size], order[batch_size:]
    g = np.tensordot(X[rows], X[rows] @ theta - y[rows], axes=(0, 0)) / (0.5 * len(rows))
    return _epoch_recursive(X, y, theta - lr * g, rest, batch_size, lr)


def plan(
    total, warmup, lr, up=lambda k, w: (k + 1) / w, down=lambda s: math.cos(math.pi / 2 * s) ** 2
):
    rising = [lr * up(k, warmup) for k in range(warmup)]
    falling = [lr * down(k / (total - warmup)) for k in range(total - warmup)]
    return np.array(rising + falling)


def _plan_minimum(total, warmup, lr):
    k = np.arange(total)
    falling = 0.5 - 0.5 * np.cos(np.pi * (total - k) / (total - warmup))
    return lr * np.select([k < warmup], [(k + 1.0) / warmup], falling)


def _plan_generator(total, warmup, lr):
    def rates():
        yield from (lr * (k + 1) / warmup for k in range(warmup))
        yield from (
            lr * (1 - math.sin(math.pi / 2 * k / (total - warmup)) ** 2)
            for k in range(total - warmup)
        )

    return np.fromiter(rates(), float, total)


def _plan_turning(total, warmup, lr):
    """Cosines by their recurrence, c(k+1) = 2 c(1) c(k) - c(k-1)."""
    rates, step = [lr * k / warmup for k in range(1, warmup + 1)], math.pi / (total - warmup)
    before, now = math.cos(step), 1.0
    for _ in range(total - warmup):
        rates.append(lr * (1 + now) / 2)
        before, now = now, 2 * math.cos(step) * now - before
    return np.array(rates)


def adamw(
    gradient_of,
    theta,
    rates,
    decay,
    *,
    counts=lambda t: t,
    pulls=lambda lr, decay: lr * decay,
    rate=lambda rates, t: rates[t],
    at=lambda theta, lr, decay: theta,
    mixes=0.0,
):
    """AdamW with its decay beside the step; the keywords make slips."""
    held = np.zeros((2, len(theta)))
    betas = np.array([[0.9], [0.999]])
    for t in range(len(rates)):
        lr = rate(rates, t)
        g = gradient_of(at(theta, lr, decay)) + mixes * decay * theta
        held = betas * held + (1 - betas) * np.stack([g, g * g])
        m, s = held / (1 - betas ** counts(t + 1))
        theta = theta - lr * m / (np.sqrt(s) + 1e-8) - pulls(lr, decay) * theta
    return theta


def _adamw_history(gradient_of, theta, rates, decay):
    """Both means from the whole list of gradients, as (9.13) has them."""
    past, path = [], [theta]
    for t, lr in enumerate(rates, start=1):
        past.append(gradient_of(path[-1]))
        ages = np.arange(t)[::-1]
        m = np.average(past, axis=0, weights=0.9**ages)
        s = np.average(np.square(past), axis=0, weights=0.999**ages)
        path.append(path[-1] * (1 - lr * decay) - lr * m / (np.sqrt(s) + 1e-8))
    return path[-1]


def _adamw_class(gradient_of, theta, rates, decay):
    class State:
        m = s = 0.0
        t = 0

        def step(self, p, g, lr):
            self.t += 1
            self.m, self.s = 0.9 * self.m + 0.1 * g, 0.999 * self.s + 0.001 * g**2
            hat = self.m / (1 - 0.9**self.t), self.s / (1 - 0.999**self.t)
            return p - lr * (hat[0] / (hat[1] ** 0.5 + 1e-8))

    state = State()
    for lr in rates:
        g = gradient_of(theta)
        theta = state.step(theta - lr * decay * theta, g, lr)
    return theta


def _adamw_by_adam_step(gradient_of, theta, rates, decay):
    mean, squares = np.zeros_like(theta), np.zeros_like(theta)
    for t, lr in enumerate(rates, start=1):
        g = gradient_of(theta)
        shrunk = theta * (1 - lr * decay)
        theta, mean, squares = adam(shrunk, mean, squares, g, t, lr, 0.9, 0.999, 1e-8)
    return theta


RIGHT = {
    "best_rate": {
        "where two lines meet": _by_lines,
        "a list": lambda low, high: [2 / (high + low), abs(1 - 2 * high / (low + high))],
        "an array": lambda low, high: np.array([2, high - low]) / (low + high),
        "tanh": lambda low, high: (2 / (low + high), math.tanh(0.5 * math.log(high / low))),
    },
    "momentum_step": {
        "a matrix": _momentum_as_matrix,
        "lists": _momentum_list,
        "out=": _momentum_out,
        "signs turned round": momentum,
    },
    "adam_step": {
        "averages and expm1": adam,
        "entry by entry": _adam_list,
        "hypot and sums": _adam_hypot,
        "both means in one array": _adam_stacked,
    },
    "sgd_epoch": {
        "dealt off a list": epoch,
        "a matrix for every step": _epoch_matrix,
        "one table": _epoch_lstsq_columns,
        "recursion": _epoch_recursive,
    },
    "warmup_cosine": {
        "two lists": plan,
        "from the end": _plan_minimum,
        "a generator": _plan_generator,
        "a recurrence": _plan_turning,
    },
    "adamw_descent": {
        "decay beside": adamw,
        "from all gradients": _adamw_history,
        "a class": _adamw_class,
        "by adam_step": _adamw_by_adam_step,
    },
}
