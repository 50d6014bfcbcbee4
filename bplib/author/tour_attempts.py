"""What learners might write, for the tour of the checks: three wrong attempts, then a right one.

Cells of a notebook as they are typed. A cell that defines the exercise's function is followed by
its check; any other, such as a call of `hint` or `check_all`, is run as it is.
"""

SLOPE_BETWEEN_POINTS = (
    """
def slope_between_points(x0, y0, x1, y1):
    return (x1 - x0) / (y1 - y0)
""",
    """
def slope_between_points(x0, y0, x1, y1):
    rise = y1 - y0
    run = x0 - x1
    return rise / run
""",
    """
def slope_between_points(x0, y0, x1, y1):
    rise = y1 - y0
    run = x1 - x0
    print(rise / run)
""",
    """
def slope_between_points(x0, y0, x1, y1):
    rise = y1 - y0
    run = x1 - x0
    return rise / run
""",
)

BITTERNESS_SLOPE = (
    """
def bitterness_slope(cups):
    # the slope of a square is twice the number
    spoons = 3 * cups + 1
    return 0.5 * 2 * spoons
""",
    """
def bitterness_slope(cups):
    return 0.5 * 2 * cups * 3
""",
    "hint(bitterness_slope)",
    """
def bitterness_slope(cups):
    dspoons = 3
    dbitterness = 2 * (3 * cups + 1)
    drefund = 0.5
    return dspoons + dbitterness + drefund
""",
    """
def bitterness_slope(cups):
    dspoons = 3
    dbitterness = 2 * (3 * cups + 1)
    drefund = 0.5
    return drefund * dbitterness * dspoons
""",
)

MINIMUM_BILL_GRADIENTS = (
    """
def minimum_bill_gradients(price, minimum, factor, tip):
    if price > minimum:
        return factor, 0, price, tip
    else:
        return 0, factor, minimum, tip
""",
    """
def minimum_bill_gradients(price, minimum, factor, tip):
    if price > minimum:
        return factor, 0, price, 1
    else:
        return 0, factor, minimum, 1
""",
    """
def minimum_bill_gradients(price, minimum, factor, tip):
    dprice = factor if price >= minimum else 0
    dminimum = factor if minimum >= price else 0
    return dprice, dminimum, max(price, minimum), 1
""",
    """
def minimum_bill_gradients(price, minimum, factor, tip):
    dprice = factor if price >= minimum else 0
    dminimum = factor - dprice
    return dprice, dminimum, max(price, minimum), 1
""",
)

SHARED_WIRE_GRADIENTS = (
    """
def shared_wire_gradients(a, b):
    p = a * b
    s = p + a
    dp = s
    ds = p
    dp = ds          # through the sum
    da = ds + dp * b
    db = dp * a
    return da, db
""",
    """
def shared_wire_gradients(a, b):
    p = a * b
    s = p + a
    ds = p
    dp = s + ds
    da = dp * b
    db = dp * a
    return da, db
""",
    """
def shared_wire_gradients(a, b):
    p = a * b
    s = p + a
    ds = p
    dp = s + ds
    da = ds + dp * b
    db = dp * a
    return db, da
""",
    """
def shared_wire_gradients(a, b):
    p = a * b
    s = p + a
    ds = p
    dp = s + ds
    da = ds + dp * b
    db = dp * a
    return da, db
""",
)

CENTRAL_GRADIENT = (
    """
def central_gradient(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)
""",
    """
def central_gradient(f, x, h):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        up = f(x)
        x[i] -= 2 * h
        down = f(x)
        x[i] += h
        gradient[i] = (up - down) / (2 * h)
    return gradient
""",
    """
def central_gradient(f, x, h):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        nudged = x.astype(float)
        nudged[i] += h
        gradient[i] = (f(nudged) - f(x)) / h
    return gradient
""",
    """
def central_gradient(f, x, h):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[i] += h
        down[i] -= h
        gradient[i] = (f(up) - f(down)) / (2 * h)
    return gradient
""",
)

TOPOLOGICAL_ORDER = (
    """
def topological_order(parents):
    return sorted(parents, key=lambda name: len(parents[name]))
""",
    """
def topological_order(parents):
    order = []

    def visit(name):
        order.append(name)
        for parent in parents[name]:
            visit(parent)

    for name in parents:
        visit(name)
    return order
""",
    """
def topological_order(parents):
    order = []

    def visit(name):
        if name in order:
            return
        order.append(name)
        for parent in parents[name]:
            visit(parent)

    for name in parents:
        visit(name)
    return order
""",
    """
def topological_order(parents):
    order = []

    def visit(name):
        if name in order:
            return
        for parent in parents[name]:
            visit(parent)
        order.append(name)

    for name in parents:
        visit(name)
    return order
""",
)

MEAN_SQUARED_ERROR = (
    """
def mean_squared_error(prediction, target):
    total = 0
    for p, t in zip(prediction, target):
        total += (p - t) ** 2
        return total / len(target)
""",
    """
def mean_squared_error(prediction, target):
    return np.mean(prediction - target) ** 2
""",
    """
def mean_squared_error(prediction, target):
    return np.sqrt(np.mean((prediction - target) ** 2))
""",
    """
def mean_squared_error(prediction, target):
    return np.mean((prediction - target) ** 2)
""",
)

LINE_GRADIENTS = (
    """
def line_gradients(x, y, theta0, theta1):
    error = theta0 * x + theta1 - y
    return 2 * x * error, 2 * error
""",
    """
def line_gradients(x, y, theta0, theta1):
    error = theta0 * x + theta1 - y
    return 2 * np.sum(x * error), 2 * np.sum(error)
""",
    """
def line_gradients(x, y, theta0, theta1):
    error = y - (theta0 * x + theta1)
    return 2 * np.mean(x * error), 2 * np.mean(error)
""",
    """
def line_gradients(x, y, theta0, theta1):
    error = theta0 * x + theta1 - y
    return 2 * np.mean(x * error), 2 * np.mean(error)
""",
)

LINE_WITH_PENALTY = (
    """
bmi = np.array([20.0, 24.0, 32.0, 27.0, 22.0])
score = np.array([72.0, 98.0, 186.0, 150.0, 85.0])
slope, intercept, strength = 5.0, -10.0, 3.0

prediction = slope * bmi + intercept
error = prediction - score
squares = error**2
misfit = np.mean(squares)
penalty = strength * slope**2
loss = misfit + penalty

# the way back, as far as I know it
dloss = 1.0
dmisfit = dpenalty = dloss
dsquares = dmisfit / 5

check_all(locals(), "line_with_penalty")
""",
    """
dsquares = np.full(5, dmisfit / 5)
derror = dsquares * error

check_all(locals(), "line_with_penalty")
""",
    """
derror = dsquares * 2 * error
dprediction = derror
dintercept = np.sum(dprediction)
dslope = np.sum(dprediction * bmi)

check_all(locals(), "line_with_penalty")
""",
    """
dslope = np.sum(dprediction * bmi) + dpenalty * 2 * strength * slope
dstrength = dpenalty * slope**2

check_all(locals(), "line_with_penalty")
""",
)

MSE_GRADIENT = (
    """
def mse_gradient(X, y, theta):
    error = X @ theta - y
    return 2 / len(y) * X @ error
""",
    "hint(mse_gradient)",
    """
def mse_gradient(X, y, theta):
    error = X @ theta - y
    return 2 * X.T @ error
""",
    """
def mse_gradient(X, y, theta):
    error = X @ theta - y
    return 2 / theta.size * X.T @ error
""",
    """
def mse_gradient(X, y, theta):
    error = X @ theta - y
    return 2 / y.size * X.T @ error
""",
)

STANDARDISE = (
    """
def standardise(X_train, X_test):
    Z_train = (X_train - X_train.mean()) / X_train.std()
    Z_test = (X_test - X_train.mean()) / X_train.std()
    return Z_train, Z_test
""",
    """
def standardise(X_train, X_test):
    Z = []
    for X in (X_train, X_test):
        Z.append((X - X.mean(axis=0)) / X.std(axis=0))
    return Z
""",
    """
def standardise(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    X_train -= mean
    X_train /= std
    return X_train, (X_test - mean) / std
""",
    """
def standardise(X_train, X_test):
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    return (X_train - mean) / std, (X_test - mean) / std
""",
)

TOUR: dict[str, tuple[str, ...]] = {
    "slope_between_points": SLOPE_BETWEEN_POINTS,
    "bitterness_slope": BITTERNESS_SLOPE,
    "minimum_bill_gradients": MINIMUM_BILL_GRADIENTS,
    "shared_wire_gradients": SHARED_WIRE_GRADIENTS,
    "central_gradient": CENTRAL_GRADIENT,
    "topological_order": TOPOLOGICAL_ORDER,
    "mean_squared_error": MEAN_SQUARED_ERROR,
    "line_gradients": LINE_GRADIENTS,
    "line_with_penalty": LINE_WITH_PENALTY,
    "mse_gradient": MSE_GRADIENT,
    "standardise": STANDARDISE,
}
"""Names of exercises, in the order of the book, with the cells that a learner runs."""
