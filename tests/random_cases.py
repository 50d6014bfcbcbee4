"""Random cases of every pair: other shapes, values and settings each time, all of them allowed.

Where the table in pairs.py says in which ways a pair can be called, this says what it can be called
with: any number of axes, any stretching, sizes of 1 and 2 among the others. Values stay away from
corners and ties by construction: the values lie on a grid and the corners between its points.
A new pair is tested by adding its generator to GENERATORS.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from pairs import SameEveryTime, nonzero, normal, positive

from bplib import losses, ops

EACH = 200
"""Cases for every pair."""


@dataclass(frozen=True)
class Case:
    """One call of one pair.

    Fields: the arrays that get a gradient; the other arguments, by name; the arrays' names, where
    they cannot be given by position.
    """

    inputs: tuple[np.ndarray, ...]
    settings: Mapping = field(default_factory=dict)
    names: tuple[str, ...] = ()


def module_of(name):
    return ops if name in ops.__all__ else losses


def forward(name, case, inputs):
    """The pair's result and cache for these arrays in the place of the case's own."""
    function = getattr(module_of(name), name)
    if case.names:
        return function(**dict(zip(case.names, inputs, strict=True)), **case.settings)
    return function(*inputs, **case.settings)


def backward(name, dy, cache):
    """The gradients, as a tuple."""
    module = module_of(name)
    function = getattr(module, f"{name}_backward")
    found = function(cache, dy) if module is losses else function(dy, cache)
    return found if isinstance(found, tuple) else (found,)


def random_case(name, number):
    """A case by its number, the same on every machine, and the generator to go on with."""
    rng = np.random.default_rng([number, zlib.crc32(name.encode())])
    return GENERATORS[name](rng), rng


# Shapes.


def size(rng, smallest=1):
    """Mostly 3 to 6, now and then 1 or 2."""
    return int(rng.integers(smallest, 3)) if rng.random() < 0.1 else int(rng.integers(3, 7))


def sizes(rng, fewest=0, most=4, smallest=1):
    return tuple(size(rng, smallest) for _ in range(rng.integers(fewest, most + 1)))


def smaller(rng, shape):
    """A shape that stretches to the given one."""
    kept = shape[int(rng.integers(0, len(shape) + 1)) :]
    return tuple(1 if rng.random() < 0.3 else n for n in kept)


def two_shapes(rng):
    """Equal, or one of them stretches, on either side."""
    shape = sizes(rng)
    shapes = shape, (smaller(rng, shape) if rng.random() < 0.7 else shape)
    return shapes if rng.random() < 0.5 else shapes[::-1]


def axes(rng, ndim):
    """None, one axis, or several, by positive or negative numbers."""
    how = rng.random()
    if how < 0.2 or ndim == 0:
        return None
    chosen = rng.permutation(ndim)[: rng.integers(1, ndim + 1)]
    signed = tuple(int(a) - ndim * int(rng.random() < 0.4) for a in chosen)
    return signed if how < 0.6 else signed[0]


# Values.


def grid(rng, *shape):
    """Multiples of 0.1 from -2 to 2: never nearer than 0.05 to a number between two of them."""
    return rng.integers(-20, 21, shape) / 10


def between(rng, *shape):
    """Numbers halfway between two points of the grid."""
    return grid(rng, *shape) + 0.05


def spread(rng, *shape):
    """Numbers of which no two are nearer than 0.3, so that every axis has a variance."""
    apart = rng.permutation(int(np.prod(shape))).reshape(shape) / 2
    return apart - apart.mean() + 0.1 * rng.random(shape)


def signs(rng, *shape):
    return rng.choice([-1, 1], shape)


def one_array(kind, **settings):
    """Calls with one array of any shape; a setting is a number, or made by a function of rng."""

    def make(rng):
        made = {name: how(rng) for name, how in settings.items()}
        return Case((np.asarray(kind(rng, *sizes(rng))),), made)

    return make


def two_arrays(kind_x, kind_y):
    def make(rng):
        x, y = two_shapes(rng)
        return Case((np.asarray(kind_x(rng, *x)), np.asarray(kind_y(rng, *y))))

    return make


def power(rng):
    exponent = rng.choice([-2, -1, -1.7, -0.5, 0, 0.5, 1, 1.5, 2, 2.3, 3, 4, 5])
    if exponent == int(exponent):
        return Case((np.asarray(nonzero(rng, *sizes(rng))),), {"exponent": int(exponent)})
    return Case((np.asarray(positive(rng, *sizes(rng))) + 0.2,), {"exponent": float(exponent)})


def clip(rng):
    low, high = sorted(float(between(rng)) for _ in range(2))
    low, high = (-np.inf if rng.random() < 0.2 else low), (np.inf if rng.random() < 0.2 else high)
    return Case((np.asarray(grid(rng, *sizes(rng))),), {"low": low, "high": high})


def where(rng):
    shape = sizes(rng)
    three = [shape, smaller(rng, shape), smaller(rng, shape)]
    condition, x, y = (three[i] for i in rng.permutation(3))
    arrays = np.asarray(normal(rng, *x)), np.asarray(normal(rng, *y))
    return Case(arrays, {"condition": np.asarray(rng.random(condition) < 0.5)}, ("x", "y"))


def along_an_axis(rng):
    shape = sizes(rng, 1)
    x = rng.uniform(0.3, 5) * normal(rng, *shape)
    return Case((x,), {"axis": int(rng.integers(-len(shape), len(shape)))})


def reduced(kind):
    def make(rng):
        x = np.asarray(kind(rng, *sizes(rng)))
        return Case((x,), {"axis": axes(rng, x.ndim), "keepdims": bool(rng.random() < 0.5)})

    return make


def variance(rng):
    case = reduced(spread)(rng)
    x, axis = case.inputs[0], case.settings["axis"]
    n = x.size if axis is None else int(np.prod([x.shape[a] for a in np.atleast_1d(axis)]))
    return Case(case.inputs, {**case.settings, "ddof": int(rng.integers(0, min(n, 3)))})


def reshape(rng):
    x = np.asarray(normal(rng, *sizes(rng)))
    left, shape = x.size, []
    while left > 1:
        factor = int(rng.choice([d for d in range(2, left + 1) if left % d == 0]))
        shape.append(factor)
        left //= factor
    shape += [1] * int(rng.integers(0, 3))
    shape = [int(n) for n in rng.permutation(shape)] if shape else []
    if shape and rng.random() < 0.4:
        shape[int(rng.integers(len(shape)))] = -1
    return Case((x,), {"shape": tuple(shape)})


def transpose(rng):
    x = np.asarray(normal(rng, *sizes(rng)))
    order = tuple(int(a) - x.ndim * int(rng.random() < 0.3) for a in rng.permutation(x.ndim))
    return Case((x,), {"axes": None if rng.random() < 0.2 else order})


def concatenate(rng):
    shape = sizes(rng, 1)
    axis = int(rng.integers(-len(shape), len(shape)))
    lengths = [size(rng) for _ in range(rng.integers(1, 5))]
    shapes = [[n if a == axis % len(shape) else s for a, s in enumerate(shape)] for n in lengths]
    return Case(tuple(normal(rng, *s) for s in shapes), {"axis": axis})


def getitem(rng):
    """For each axis a number, a slice, rows in any order, or a choice by booleans."""
    shape = sizes(rng, 1)
    length = int(rng.integers(1, 5))

    def part(n):
        kind = rng.integers(5)
        if kind == 0:
            return int(rng.integers(-n, n))
        if kind == 1:
            step = int(rng.choice([-2, -1, 1, 2]))
            return slice(None, None, step) if rng.random() < 0.5 else slice(0, n, abs(step))
        if kind == 2:
            return rng.integers(-n, n, (1, length) if rng.random() < 0.3 else length)
        if kind == 3:
            chosen = np.zeros(n, bool)  # as many as the rows of the other arrays
            chosen[rng.permutation(n)[:length]] = True
            return chosen if length <= n else slice(None)
        return slice(None)

    parts = [part(n) for n in shape[: rng.integers(0, len(shape) + 1)]]
    if rng.random() < 0.3:
        parts.insert(int(rng.integers(0, len(parts) + 1)), None)
    if rng.random() < 0.3:
        parts.append(Ellipsis)
    index = parts[0] if len(parts) == 1 and rng.random() < 0.5 else tuple(parts)
    return Case((normal(rng, *shape),), {"index": index})


def embedding(rng):
    n, d = size(rng), size(rng)
    labels = np.asarray(rng.integers(0, n, sizes(rng, 0, 3)))
    return Case((normal(rng, n, d),), {"labels": labels})


def dropout(rng):
    settings = {"rate": float(rng.choice([0, 0.1, 0.5, 0.8])), "training": bool(rng.random() < 0.8)}
    mask = SameEveryTime(int(rng.integers(1000)))
    return Case((np.asarray(normal(rng, *sizes(rng))),), {**settings, "rng": mask})


def batch_norm(rng):
    evaluation = rng.random() < 0.3
    m, n = size(rng, 1 if evaluation else 2), size(rng)
    settings = {"eps": float(10 ** rng.uniform(-5, 0))}
    if evaluation:
        settings |= {"mean": normal(rng, n), "variance": positive(rng, n)}
    return Case((spread(rng, m, n), nonzero(rng, n), normal(rng, n)), settings)


def layer_norm(rng):
    shape = (*sizes(rng, 0, 3), size(rng, 2))
    x, n = spread(rng, *shape), shape[-1]
    eps = float(10 ** rng.uniform(-5, 0))
    return Case((x, nonzero(rng, n), normal(rng, n)), {"eps": eps})


def matmul(rng):
    m, k, n = (size(rng) for _ in range(3))
    batch = sizes(rng, 0, 2)
    other = smaller(rng, batch) if rng.random() < 0.6 else batch
    left, right = (batch, other) if rng.random() < 0.5 else (other, batch)
    A = (k,) if rng.random() < 0.15 else (*left, m, k)
    B = (k,) if rng.random() < 0.15 else (*right, k, n)
    return Case((normal(rng, *A), normal(rng, *B)))


def linear(rng):
    m, n_in, n_out = (size(rng) for _ in range(3))
    return Case((normal(rng, m, n_in), normal(rng, n_in, n_out), normal(rng, n_out)))


def distance(**settings):
    """Predictions on the grid and targets between its points: never equal."""

    def make(rng):
        shape = sizes(rng, 1, 3)
        made = {name: how(rng) for name, how in settings.items()}
        return Case((grid(rng, *shape),), {"target": between(rng, *shape), **made})

    return make


def binary_cross_entropy(rng):
    shape = sizes(rng, 1, 2)
    labels = rng.random(shape) if rng.random() < 0.5 else rng.integers(0, 2, shape)
    return Case((3 * normal(rng, *shape),), {"labels": labels})


def chances(rng, m, k):
    """Rows of probabilities, some of them certain."""
    rows = rng.dirichlet(np.ones(k), m)
    rows[rng.random(m) < 0.3] = np.eye(k)[rng.integers(k)]
    return rows


def softmax_cross_entropy(rng):
    m, k = size(rng), size(rng)
    settings = {"labels": rng.integers(0, k, m) if rng.random() < 0.5 else chances(rng, m, k)}
    if rng.random() < 0.5:
        settings["label_smoothing"] = float(rng.choice([0, 0.1, 0.5, 1]))
    if rng.random() < 0.5:
        settings["class_weights"] = rng.uniform(0.2, 3, k)
    return Case((2 * normal(rng, m, k),), settings)


def kl_divergence(rng):
    m, k = size(rng), size(rng)
    return Case((2 * normal(rng, m, k),), {"target": chances(rng, m, k)})


def hinge(rng):
    """Scores between the points of the grid; the corners lie on it, at -1 and 1."""
    shape = sizes(rng, 1, 2)
    labels = signs(rng, *shape)
    return Case((between(rng, *shape),), {"labels": labels if rng.random() < 0.5 else 1.0 * labels})


GENERATORS: dict[str, Callable[[np.random.Generator], Case]] = {
    "abs": one_array(nonzero),
    "add": two_arrays(normal, normal),
    "batch_norm": batch_norm,
    "binary_cross_entropy_with_logits": binary_cross_entropy,
    "clip": clip,
    "concatenate": concatenate,
    "divide": two_arrays(normal, nonzero),
    "dropout": dropout,
    "elu": one_array(nonzero, alpha=lambda rng: float(rng.uniform(0.2, 2))),
    "embedding": embedding,
    "exp": one_array(normal),
    "gelu": one_array(normal, approximate=lambda rng: bool(rng.random() < 0.5)),
    "getitem": getitem,
    "half_mse": distance(),
    "hinge": hinge,
    "huber": distance(delta=lambda rng: float(rng.choice([0.3, 0.5, 1.0, 2.0]))),
    "kl_divergence": kl_divergence,
    "layer_norm": layer_norm,
    "leaky_relu": one_array(nonzero, slope=lambda rng: float(rng.choice([0, 0.01, 0.3, 1]))),
    "linear": linear,
    "log": one_array(positive),
    "log_softmax": along_an_axis,
    "mae": distance(),
    "matmul": matmul,
    "max": reduced(spread),
    "maximum": two_arrays(grid, between),
    "mean": reduced(normal),
    "mse": distance(),
    "multiply": two_arrays(normal, normal),
    "negative": one_array(normal),
    "power": power,
    "relu": one_array(nonzero),
    "reshape": reshape,
    "sigmoid": one_array(normal),
    "softmax": along_an_axis,
    "softmax_cross_entropy": softmax_cross_entropy,
    "softplus": one_array(normal),
    "sqrt": one_array(positive),
    "subtract": two_arrays(normal, normal),
    "sum": reduced(normal),
    "tanh": one_array(normal),
    "transpose": transpose,
    "var": variance,
    "where": where,
}
"""How to call every pair with something new."""
