"""What tired people type: NAMED[exercise][label] are functions that make that mistake."""

import numpy as np

SLOPE = {
    "points-mixed-up-and-upside-down": (lambda x0, y0, x1, y1: (y0 - x0) / (y1 - x1),),
}

BITTERNESS = {
    "inner-rate-forgotten": (lambda cups: 0.5 * 2 * 3 * cups + 1,),  # the brackets are missing
    "bitterness-for-slope": (lambda cups: (3 * cups + 1) * (3 * cups + 1),),
    "sign-flipped": (lambda cups: 3 * 2 * (3 * cups + 1) * -0.5,),
    "slope-at-4-cups": (lambda cups: 3 * (3 * 4 + 1),),
}

SUM_TIMES = {
    "each-the-factor-of-the-other": (lambda x, y, z: [y * z, z * x, x + y],),
}


def _shared(a, b, *, to_p=None, p_swapped=True):
    p = a * b
    s = p + a
    ds = p
    dp = s + (ds if to_p is None else to_p)
    da, db = (dp * b, dp * a) if p_swapped else (dp * a, dp * b)
    return da + ds, db


SHARED_WIRE = {
    "multiply-not-swapped-at-p": (lambda a, b: _shared(a, b, p_swapped=False),),
    "upstream-forgotten-at-p": (lambda a, b: _shared(a, b, to_p=1),),
}


def _less_for_more(price, minimum, factor, tip):
    if price < minimum:
        return factor, 0, price, 1
    return 0, factor, minimum, 1


def _less_or_equal(price, minimum, factor, tip):
    return (factor, 0, price, 1) if price <= minimum else (0, factor, minimum, 1)


def _its_own_factor(price, minimum, factor, tip):
    if price >= minimum:
        return factor, 0, factor, 1
    return 0, factor, factor, 1


BILL = {
    "comparison-turned-round": (_less_or_equal,),
    "comparison-turned-round-and-draw": (_less_for_more,),
    "factor-for-its-slope": (_its_own_factor,),
}


def _copies_made_once(f, x, h):
    g = np.zeros(x.shape)
    up, down = x.astype(float), x.astype(float)
    for i in np.ndindex(x.shape):
        up[i] += h
        down[i] -= h
        g[i] = (f(up) - f(down)) / (2 * h)
    return g


def _rows_of_whole_numbers(f, x, h):
    g = np.zeros(x.shape)
    for i in range(len(x)):
        kept = x[i].copy()
        x[i] = kept + h
        up = f(x)
        x[i] = kept - h
        g[i] = (up - f(x)) / (2 * h)
        x[i] = kept
    return g


def _plus_minus_plus(f, x, h):
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        up = f(x)
        x[i] -= 2 * h
        down = f(x)
        x[i] += h
        g[i] = (up - down) / (2 * h)
    return g


CENTRAL = {
    "integers-swallow-the-way-back-too": (_plus_minus_plus,),
    "both-sides-pile-up": (_copies_made_once,),
    "whole-rows-and-integers": (_rows_of_whole_numbers,),
}


def _one_level(parents):
    order = []
    for name, above in parents.items():
        for one in above:
            if one not in order:
                order.append(one)
        if name not in order:
            order.append(name)
    return order


ORDER = {"parents-but-not-theirs": (_one_level,)}


def _forwards(graph, values, end):
    gradients = dict.fromkeys(values, 0.0)
    gradients[end] = 1.0
    ready = set(values) - set(graph)
    while waiting := [name for name in graph if name not in ready]:
        for name in waiting:
            operation, left, right = graph[name]
            if left in ready and right in ready:
                ready.add(name)
                g, a, b = gradients[name], values[left], values[right]
                rates = {"add": (1, 1), "multiply": (b, a), "max": (a >= b, a < b)}[operation]
                gradients[left] += g * rates[0]
                gradients[right] += g * rates[1]
    return gradients


GRAPH = {"order-of-the-values": (_forwards,)}


def _all_but_the_last(x, theta0, theta1):
    out = np.zeros(len(x))
    for i in range(len(x) - 1):
        out[i] = theta0 * x[i] + theta1
    return out


def _from_the_second(prediction, target):
    total = 0
    for i in range(1, len(target)):
        total += (prediction[i] - target[i]) ** 2
    return total / len(target)


MEAN_SQUARED_ERROR = {
    "brackets-missing": (lambda prediction, target: (prediction - target**2).mean(),),
    "half-the-sum": (lambda prediction, target: 0.5 * np.sum((prediction - target) ** 2),),
    "m-is-always-3": (lambda prediction, target: 1 / 3 * np.sum((prediction - target) ** 2),),
    "whole-numbers": (lambda prediction, target: sum((prediction - target) ** 2) // len(target),),
    "first-person-left-out": (_from_the_second,),
}


def _error(x, y, theta0, theta1):
    return theta0 * x + theta1 - y


def _x_overwritten(x, y, theta0, theta1):
    e = x
    e *= theta0
    e += theta1 - y
    return 2 * np.mean(e * x), 2 * np.mean(e)


LINE_GRADIENTS = {
    "x-not-averaged": (
        lambda x, y, a, b: (
            np.mean(2 * _error(x, y, a, b)) * x,
            np.mean(2 * _error(x, y, a, b)),
        ),
    ),
    "m-is-always-3": (
        lambda x, y, a, b: (
            2 / 3 * np.sum(_error(x, y, a, b) * x),
            2 / 3 * np.sum(_error(x, y, a, b)),
        ),
    ),
    "own-value-at-the-intercept": (
        lambda x, y, a, b: (
            np.mean(2 * _error(x, y, a, b) * x),
            np.mean(2 * _error(x, y, a, b) * b),
        ),
    ),
    "rate-alone-at-the-intercept": (lambda x, y, a, b: (np.mean(2 * _error(x, y, a, b) * x), 1),),
    "error-for-x": (_x_overwritten,),
}


def _curve(x, y, error, rate=None):
    return [2 * np.mean(error * r) for r in (x**2 if rate is None else rate, x, np.ones_like(x))]


CURVE = {
    "line-of-the-exercise-before": (lambda x, y, a, b, c: _curve(x, y, a * x + b - y),),
    "error-squared-with-x": (
        lambda x, y, a, b, c: (
            2 * np.mean(((a * x**2 + b * x + c - y) * x) ** 2),
            *_curve(x, y, a * x**2 + b * x + c - y)[1:],
        ),
    ),
    "doubled-for-squared": (lambda x, y, a, b, c: _curve(x, y, a * x * 2 + b * x + c - y, x * 2),),
    "theta0-squared-too": (lambda x, y, a, b, c: _curve(x, y, (a * x) ** 2 + b * x + c - y),),
    "parameters-left-in": (
        lambda x, y, a, b, c: [
            2 * np.mean((a * x**2 + b * x + c - y) * part) for part in (a * x**2, b * x, c)
        ],
    ),
    "powers-one-too-high": (
        lambda x, y, a, b, c: tuple(
            2 / len(x) * np.array([x**3, x**2, x]) @ (a * x**2 + b * x + c - y)
        ),
    ),
}


def _forgotten(x, y, theta0, theta1, lr):
    dtheta0, dtheta1 = 2 * np.mean(_error(x, y, theta0, theta1) * x), 0
    theta0 - lr * dtheta0
    theta1 - lr * dtheta1
    return theta0, theta1


STEP = {
    "nothing-changed": (_forgotten,),
    "rate-of-the-chapter": (
        lambda x, y, a, b, lr: (
            a - 0.002 * np.mean(_error(x, y, a, b) * x),
            b - 0.002 * np.mean(_error(x, y, a, b)),
        ),
    ),
    "subtracted-the-wrong-way-round": (
        lambda x, y, a, b, lr: (
            lr * 2 * np.mean(_error(x, y, a, b) * x) - a,
            lr * 2 * np.mean(_error(x, y, a, b)) - b,
        ),
    ),
}

RATES = {
    "both-wrong-in-the-last": (lambda lr, m: (2 * lr, lr / m, 0.5 * lr * m),),
    "whole-numbers": (lambda lr, m: (lr + lr, lr // m, (lr + lr) // m),),
}

MSE_GRADIENT = {
    "averaged-to-one-number": (lambda X, y, theta: (2 * X.T @ (X @ theta - y)).mean(),),
    "y-as-a-column": (lambda X, y, theta: 2 / len(y) * X.T @ (X @ theta - y.reshape(-1, 1)),),
}

LIMIT = {
    "singular-value-alone": (lambda X: 1 / np.linalg.svd(X, compute_uv=False).max(),),
    "root-of-all-squares": (lambda X: len(X) / np.linalg.norm(X.T @ X),),
    "covariance-of-a-sample": (lambda X: 1 / max(np.linalg.eigvalsh(np.cov(X, rowvar=False))),),
    "standardised-first": (
        lambda X: len(X) / np.linalg.norm((X - X.mean(axis=0)) / X.std(axis=0), 2) ** 2,
    ),
}

RAW_UNITS = {
    "the-other-way": (lambda slope, intercept, mean, std: (slope * std, slope * mean + intercept),),
    "nothing-changed": (lambda slope, intercept, mean, std: (slope, intercept),),
    "numbers-standardised": (
        lambda slope, intercept, mean, std: [(v - mean) / std for v in (slope, intercept)],
    ),
    "old-intercept-forgotten": (
        lambda slope, intercept, mean, std: (slope / std, -(slope / std) * mean),
    ),
}


def _test_rows_rule(X_train, X_test):
    mean, std = X_test.mean(0), X_test.std(0)
    return (X_train - mean) / std, (X_test - mean) / std


def _times(X_train, X_test):
    mean, std = X_train.mean(0), X_train.std(0)
    return (X_train - mean) * std, (X_test - mean) * std


STANDARDISE = {
    "statistics-of-the-test-rows": (_test_rows_rule,),
    "multiplied-by-the-deviation": (_times,),
}


def _descend(z, y, rate, steps):
    a = b = 0.0
    with np.errstate(all="ignore"):
        for _ in range(steps):
            e = a * z + b - y
            a, b = a - rate * 2 * np.mean(e * z), b - rate * 2 * np.mean(e)
    return a, b


def _back_with_plus(x, y):
    a, b = _descend((x - x.mean()) / x.std(), y, 0.3, 100)
    return a / x.std(), b + a / x.std() * x.mean()


FIT = {
    "mapped-back-with-the-wrong-sign": (_back_with_plus,),
    "exploded": (lambda x, y: _descend(x, y, 0.5, 2000),),
}

NAMED = {
    "slope_between_points": SLOPE,
    "bitterness_slope": BITTERNESS,
    "sum_times_gradients": SUM_TIMES,
    "shared_wire_gradients": SHARED_WIRE,
    "minimum_bill_gradients": BILL,
    "central_gradient": CENTRAL,
    "topological_order": ORDER,
    "graph_gradients": GRAPH,
    "predict_line": {"last-person-left-out": (_all_but_the_last,)},
    "mean_squared_error": MEAN_SQUARED_ERROR,
    "line_gradients": LINE_GRADIENTS,
    "curve_gradients": CURVE,
    "gradient_step": STEP,
    "equal_learning_rates": RATES,
    "mse_gradient": MSE_GRADIENT,
    "learning_rate_limit": LIMIT,
    "line_in_raw_units": RAW_UNITS,
    "standardise": STANDARDISE,
    "fit_line": FIT,
}
