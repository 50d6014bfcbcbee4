"""Chapter 8: a Jacobian and a Hessian times a vector, without the table."""

import numpy as np

from ..declare import Exercise, Misconception


def _slope(z):
    return 1 - np.tanh(z) ** 2


def _layer_jvp(x, W, b, x_moves, W_moves, b_moves):
    z_moves = x_moves @ W + x @ W_moves + b_moves
    return _slope(x @ W + b) * z_moves


def _cosh(x, W, b, x_moves, W_moves, b_moves):
    return (b_moves + x @ W_moves + x_moves @ W) / np.cosh(b + x @ W) ** 2


def _complex(x, W, b, x_moves, W_moves, b_moves):
    h = 1e-30j
    return np.tanh((x + h * x_moves) @ (W + h * W_moves) + b + h * b_moves).imag / 1e-30


def _row_by_row(x, W, b, x_moves, W_moves, b_moves):
    out = np.zeros((len(x), W.shape[1]))
    for i in range(len(x)):
        for j in range(W.shape[1]):
            moves = np.dot(x_moves[i], W[:, j]) + np.dot(x[i], W_moves[:, j]) + b_moves[j]
            out[i, j] = moves * _slope(np.dot(x[i], W[:, j]) + b[j])
    return out


def _layer(rng, i):
    m, n, h = ((7, 3, 5), (5, 4, 3), (4, 6, 5), (9, 3, 4), (7, 3, 5), (3, 5, 4))[i]
    size = 4.0 if i == 4 else 0.6  # saturated there
    x, W, b = rng.normal(size=(m, n)), rng.normal(size=(n, h)) * size, rng.normal(size=h)
    return x, W, b, *(rng.normal(size=shape) for shape in ((m, n), (n, h), (h,)))


LAYER_JVP = Exercise(
    name="layer_jvp",
    chapter=8,
    minutes=10,
    statement=(
        "a = tanh(x W + b), with x (m, n), W (n, h), b (h,). All three move: x at the rate x_moves "
        "(m, n), W at W_moves (n, h), b at b_moves (h,). Return how fast a moves, (m, h)."
    ),
    reference=_layer_jvp,
    cases=_layer,
    case_note=lambda x, W, b, *moves: f"m={len(x)}, n={x.shape[1]}, h={len(b)}",
    returns=("a_moves",),
    equivalents=(_cosh, _complex, _row_by_row),
    misconceptions=(
        Misconception(
            "x-stands-still",
            "the path through x is missing: x moves, and W turns that into a move of z.",
            lambda x, W, b, u, V, c: _slope(x @ W + b) * (x @ V + c),
        ),
        Misconception(
            "weights-stand-still",
            "the path through W is missing: W moves, and x turns that into a move of z.",
            lambda x, W, b, u, V, c: _slope(x @ W + b) * (u @ W + c),
        ),
        Misconception(
            "bias-stands-still",
            "the path through b is missing: b moves z one to one, in every row.",
            lambda x, W, b, u, V, c: _slope(x @ W + b) * (u @ W + x @ V),
        ),
        Misconception(
            "tangents-multiplied",
            "x_moves is multiplied by W_moves. That product belongs to the ε²; each tangent meets "
            "the other's value.",
            lambda x, W, b, u, V, c: _slope(x @ W + b) * (u @ V + c),
        ),
        Misconception(
            "slope-forgotten",
            "this is how fast z moves. The slope of the tanh comes on top.",
            lambda x, W, b, u, V, c: u @ W + x @ V + c,
        ),
        Misconception(
            "slope-from-z",
            "1 − z² in the place of 1 − a²: the formula wants the output.",
            lambda x, W, b, u, V, c: (1 - (x @ W + b) ** 2) * (u @ W + x @ V + c),
        ),
        Misconception(
            "slope-of-the-sigmoid",
            "a(1 − a) is the slope of a sigmoid. This is a tanh.",
            lambda x, W, b, u, V, c: (
                np.tanh(x @ W + b) * (1 - np.tanh(x @ W + b)) * (u @ W + x @ V + c)
            ),
        ),
        Misconception(
            "tanh-of-the-tangent",
            "the tangent was sent through the tanh. It is multiplied by the slope that the tanh "
            "has at z.",
            lambda x, W, b, u, V, c: np.tanh(u @ W + x @ V + c),
        ),
        Misconception(
            "slope-at-the-tangent",
            "the slope of the tanh is taken at the tangent of z. It is taken at z.",
            lambda x, W, b, u, V, c: _slope(u @ W + x @ V + c) * (u @ W + x @ V + c),
        ),
        Misconception(
            "whole-step",
            "this is how far a gets in one whole step of the three. A tangent is the rate at the "
            "start.",
            lambda x, W, b, u, V, c: np.tanh((x + u) @ (W + V) + b + c) - np.tanh(x @ W + b),
        ),
        Misconception(
            "product-of-everything",
            "z_moves times z: the tanh's slope at z is wanted there.",
            lambda x, W, b, u, V, c: (x @ W + b) * (u @ W + x @ V + c),
        ),
    ),
    hints=(
        "Three paths lead to z, through x, W and b. Over paths, moves add; then comes the tanh.",
        "x W is a product of two things that move: two products, each with one tangent.",
        "z_moves is x_moves times W, and x times W_moves, and b_moves, added; a_moves is that "
        "times the tanh's slope at z, which is one minus the square of a.",
    ),
    another="""
def layer_jvp(x, W, b, x_moves, W_moves, b_moves):
    step = 1e-30j
    z = (x + step * x_moves) @ (W + step * W_moves) + b + step * b_moves
    return np.tanh(z).imag / 1e-30
""",
    after=(
        "Forward mode through a whole layer costs three products instead of one, and transposes "
        "nothing: transposes belong to the way back."
    ),
)


def _p(X, theta):
    return 1 / (1 + np.exp(-(X @ theta)))


def _logistic_hvp(X, y, theta, v):
    p = _p(X, theta)
    return X.T @ (p * (1 - p) * (X @ v)) / len(X)


def _whole_hessian(X, y, theta, v):
    p = _p(X, theta)
    return np.einsum("ij,i,ik,k->j", X, p * (1 - p), X, v) / len(y)


def _sample_by_sample(X, y, theta, v):
    out = np.zeros_like(theta)
    for row in X:
        p = 1 / (1 + np.exp(-np.dot(row, theta)))
        out += row * p * (1 - p) * np.dot(row, v) / len(X)
    return out


def _gradient_by_complex_step(X, y, theta, v):
    p = 1 / (1 + np.exp(-(X @ (theta + 1e-30j * v))))
    return (X.T @ (p - y)).imag / 1e-30 / len(X)


def _weighted(weight, scale=lambda X: 1 / len(X)):
    """Xᵀ (weight · X v), with weights of one number for each sample."""

    def hvp(X, y, theta, v):
        return X.T @ (weight(_p(X, theta), y, X @ theta) * (X @ v)) * scale(X)

    return hvp


def _gradient(X, y, theta, v):
    return X.T @ (_p(X, theta) - y) / len(X)


def _outer(X, y, theta, v):
    g = _gradient(X, y, theta, v)
    return g * (g @ v)


def _diagonal(X, y, theta, v):
    p = _p(X, theta)
    return (p * (1 - p)) @ X**2 / len(X) * v


def _row_sums(X, y, theta, v):
    return _logistic_hvp(X, y, theta, np.ones_like(v))


def _unit_length(X, y, theta, v):
    return _logistic_hvp(X, y, theta, v / np.sqrt(v @ v))


def _curvature_along(X, y, theta, v):
    return v @ _logistic_hvp(X, y, theta, v)


def _logistic(rng, i):
    m, n = ((7, 3), (9, 4), (11, 5), (7, 3), (13, 6), (8, 5))[i]
    X = rng.normal(size=(m, n))
    y = (rng.random(m) < 0.5).astype(float)
    theta, v = rng.normal(size=n) * (3.0 if i == 3 else 0.8), rng.normal(size=n)
    return X, y, theta, v * (1e-6 if i == 5 else 1.0)


LOGISTIC_HVP = Exercise(
    name="logistic_hvp",
    chapter=8,
    minutes=15,
    statement=(
        "Logistic regression: X (m, n), labels y (m,) of 0 and 1, theta (n,), no bias, and the "
        "mean cross-entropy as loss, whose gradient is Xᵀ (p − y) / m with p = σ(X theta). Return "
        "the Hessian of the loss times v (n,), as an array (n,)."
    ),
    reference=_logistic_hvp,
    cases=_logistic,
    case_note=lambda X, y, theta, v: f"m={len(X)}, n={len(v)}",
    returns=("Hv",),
    equivalents=(_whole_hessian, _sample_by_sample, _gradient_by_complex_step),
    misconceptions=(
        Misconception(
            "missing-1/m",
            "the mean over the samples is missing its 1/m.",
            _weighted(lambda p, y, z: p * (1 - p), scale=lambda X: 1.0),
        ),
        Misconception(
            "slope-forgotten",
            "Xᵀ X v / m: the slope of the sigmoid is missing, how fast p moves for a move of z.",
            _weighted(lambda p, y, z: 1.0),
        ),
        Misconception(
            "least-squares",
            "this is the Hessian of chapter 2, of the squared error. This loss is another one.",
            _weighted(lambda p, y, z: 2.0),
        ),
        Misconception(
            "slope-from-z",
            "z(1 − z) in the place of p(1 − p): the formula wants the output.",
            _weighted(lambda p, y, z: z * (1 - z)),
        ),
        Misconception(
            "p-alone",
            "each sample is weighted by p. The slope of the sigmoid has a second factor.",
            _weighted(lambda p, y, z: p),
        ),
        Misconception(
            "slope-twice",
            "the slope of the sigmoid is in it twice. p − y has it once.",
            _weighted(lambda p, y, z: (p * (1 - p)) ** 2),
        ),
        Misconception(
            "errors-squared",
            "each sample is weighted by its squared error. That is the average of the gradients' "
            "squares, and no Hessian.",
            _weighted(lambda p, y, z: (p - y) ** 2),
        ),
        Misconception(
            "errors",
            "each sample is weighted by its error, p − y. The error is to be differentiated once "
            "more.",
            _weighted(lambda p, y, z: p - y),
        ),
        Misconception(
            "gradient-only",
            "this is the gradient. How does it move when theta moves along v?",
            _gradient,
        ),
        Misconception(
            "gradient-squared",
            "this is the gradient times its own product with v. The Hessian is the slope of the "
            "gradient, not its square.",
            _outer,
        ),
        Misconception(
            "diagonal-only",
            "only the diagonal of the Hessian is in it. Moving one parameter changes the slopes of "
            "the others too.",
            _diagonal,
        ),
        Misconception(
            "v-of-ones",
            "this is the Hessian times a vector of ones. Use v.",
            _row_sums,
        ),
        Misconception(
            "v-shortened",
            "v was brought to length 1. It is used as it is.",
            _unit_length,
        ),
        Misconception(
            "curvature-along-v",
            "this is vᵀ H v, one number. H v is a vector.",
            _curvature_along,
        ),
        Misconception(
            "sign-flipped",
            "the sign is the other one.",
            _weighted(lambda p, y, z: -p * (1 - p)),
        ),
    ),
    hints=(
        "H v is how fast the gradient moves when theta moves along v. So carry a tangent through "
        "the gradient's formula, from theta to the end.",
        "theta moves at v, so X theta moves at X v, and p at the slope of the sigmoid times that. "
        "Does y move?",
        "With p · (1 − p) for the slopes, one for each sample: multiply X v by it entry by entry, "
        "then Xᵀ from the left, and the 1/m.",
    ),
    another="""
def logistic_hvp(X, y, theta, v):
    z = X @ (theta + 1e-30j * v)  # the complex step through the gradient's formula
    gradient = X.T @ (1 / (1 + np.exp(-z)) - y) / len(X)
    return gradient.imag / 1e-30
""",
    after=(
        "Two products with X, and chapter 3's table (3.14) was never made. y is not in it: the "
        "labels do not change how curved this loss is."
    ),
)
