"""The table that tests every pair: a new operation is tested by adding its row here.

A row makes inputs whose sizes are pairwise different and none of them 1 or 2 (where a missing
transpose or a missing 1/m could hide), except where a stretched axis of length 1 is the point.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType

import numpy as np

from bplib import losses, ops
from bplib.backend import xp_of


@dataclass(frozen=True)
class Row:
    """One way of calling one pair.

    Fields: the pair's `name` and its `module`; `case`, what is special about this row; `make`, a
    function of a random generator and of a list of different sizes that returns the inputs in
    float64; `constants`, the pair's other arguments; `differentiable`, how many of the inputs get
    a gradient (all of them unless said); `complex_step`, whether the forward function is made of
    complex-differentiable parts; `fitting`, a function of the first input's shape and real dtype
    that returns further constants, such as labels: host arrays that belong to that shape; `ahead`,
    the name of one of these that stands before the inputs.
    """

    name: str
    make: Callable[[np.random.Generator, list[int]], tuple]
    case: str = ""
    module: ModuleType = ops
    constants: Mapping = field(default_factory=dict)
    differentiable: int | None = None
    complex_step: bool = True
    fitting: Callable[[tuple[int, ...], type], Mapping] | None = None
    ahead: str | None = None

    @property
    def label(self):
        return f"{self.name}-{self.case}" if self.case else self.name

    def inputs(self, seed, dtype=np.float64):
        """The inputs for a seed: other numbers and other shapes for every seed."""
        rng = np.random.default_rng([seed, len(self.name)])
        sizes = [int(n) for n in rng.permutation(np.arange(3, 9))]
        return [np.asarray(x, dtype=dtype) for x in self.make(rng, sizes)]

    def settings(self, inputs):
        """The pair's other arguments for these inputs, on their device."""
        if self.fitting is None:
            return self.constants
        x = inputs[0]
        is_array = isinstance(x, np.ndarray | np.generic) or hasattr(x, "__array_namespace__")
        xp, shape = (xp_of(x), x.shape) if is_array else (np, (3, 4))
        single = is_array and x.dtype in (np.float32, np.complex64)
        found = self.fitting(shape, np.float32 if single else np.float64)
        there = {k: xp.asarray(v) if isinstance(v, np.ndarray) else v for k, v in found.items()}
        return {**self.constants, **there}

    def forward(self, *inputs):
        return self.call(getattr(self.module, self.name), inputs, inputs)

    def call(self, operation, arguments, inputs):
        """An operation on arguments that stand for these inputs, with the settings for them."""
        settings = dict(self.settings(inputs))
        first = [settings.pop(self.ahead)] if self.ahead else []
        return operation(*first, *arguments, **settings)

    def backward(self, dy, cache):
        """The gradients as a tuple, whichever way round the pair takes its arguments."""
        function = getattr(self.module, f"{self.name}_backward")
        found = function(cache, dy) if self.is_loss else function(dy, cache)
        return found if isinstance(found, tuple) else (found,)

    @property
    def is_loss(self):
        return self.module is losses

    def wanted(self, inputs):
        """The inputs that get a gradient."""
        return inputs[: self.differentiable]


def normal(rng, *shape):
    return rng.standard_normal(shape)


def nonzero(rng, *shape):
    """Numbers of both signs, none nearer to 0 than ½: safe to divide by."""
    return rng.uniform(0.5, 2.0, shape) * rng.choice([-1.0, 1.0], shape)


def positive(rng, *shape):
    return rng.uniform(0.3, 3.0, shape)


def shuffled(rng, *shape):
    """Numbers of which no two are nearer than 0.1: the largest is the largest after a nudge too."""
    return rng.permutation(int(np.prod(shape))).reshape(shape) / 10 - 1.0


def apart(rng, *shape):
    """Two arrays whose entries differ by at least 0.1 everywhere: no ties, no corners."""
    x = rng.standard_normal(shape)
    return x, x + rng.uniform(0.1, 1.0, shape) * rng.choice([-1.0, 1.0], shape)


def around(delta):
    """Predictions and targets whose difference is near 0 or far from it, but never at ±delta."""

    def make(rng, s):
        target = rng.standard_normal((s[0], s[1]))
        size = delta * np.where(rng.random(target.shape) < 0.5, 0.4, 2.5)
        return target + size * rng.choice([-1.0, 1.0], target.shape), target

    return make


def every_third(shape, _):
    """A condition that holds for every third entry."""
    return {"condition": (np.arange(np.prod(shape, dtype=int)) % 3 == 0).reshape(shape)}


def same(kind):
    """A call with one array of three axes."""
    return lambda rng, s: (kind(rng, *s[:3]),)


def both(kind_x, kind_y):
    """The ways in which the shapes of two arrays may meet."""
    return {
        "equal": lambda rng, s: (kind_x(rng, s[0], s[1]), kind_y(rng, s[0], s[1])),
        "row on the right": lambda rng, s: (kind_x(rng, s[0], s[1]), kind_y(rng, s[1])),
        "row on the left": lambda rng, s: (kind_x(rng, s[1]), kind_y(rng, s[0], s[1])),
        "column": lambda rng, s: (kind_x(rng, s[0], s[1]), kind_y(rng, s[0], 1)),
        "middle axis": lambda rng, s: (kind_x(rng, s[0], 1, s[2]), kind_y(rng, *s[:3])),
        "number": lambda rng, s: (kind_x(rng, *s[:3]), kind_y(rng)),
    }


MATMUL = {
    "matrices": lambda rng, s: (normal(rng, s[0], s[1]), normal(rng, s[1], s[2])),
    "vectors": lambda rng, s: (normal(rng, s[0]), normal(rng, s[0])),
    "matrix vector": lambda rng, s: (normal(rng, s[0], s[1]), normal(rng, s[1])),
    "vector matrix": lambda rng, s: (normal(rng, s[0]), normal(rng, s[0], s[1])),
    "batches": lambda rng, s: (normal(rng, s[3], s[0], s[1]), normal(rng, s[3], s[1], s[2])),
    "batch matrix": lambda rng, s: (normal(rng, s[3], s[0], s[1]), normal(rng, s[1], s[2])),
    "matrix batch": lambda rng, s: (normal(rng, s[0], s[1]), normal(rng, s[3], s[1], s[2])),
    "batch vector": lambda rng, s: (normal(rng, s[3], s[0], s[1]), normal(rng, s[1])),
    "vector batch": lambda rng, s: (normal(rng, s[1]), normal(rng, s[3], s[1], s[2])),
    "stretched batch": lambda rng, s: (
        normal(rng, s[4], 1, s[0], s[1]),
        normal(rng, s[4], s[3], s[1], s[2]),
    ),
}


def block(rng, s):
    """One array whose shape is the same for every seed, for an index or a shape made to fit it."""
    return (normal(rng, 4, 6, 5),)


SHAPES = {"matrix": (8, 15), "what is left": (3, -1, 5), "row": -1, "more axes": (4, 3, 1, 10)}
INDICES = {
    "row": 2,
    "last column": (..., -1),
    "entry": (3, 0, 4),
    "steps": (slice(None, None, -2), slice(1, 5)),
    "new axis": (slice(3), None, ..., 1),
    "rows again": np.array([3, 0, 3, -1, 3]),
    "matrix of rows": (slice(None), np.array([[0, 5, 5], [5, 1, 0]])),
    "pairs": (np.array([0, 2, 0, 0]), slice(2, 4), np.array([1, 1, -4, 1])),
    "columns by rows": (np.array([[3], [1], [3]]), np.array([4, 4])),
    "booleans": np.arange(24).reshape(4, 6) % 3 == 1,
    "booleans and rows": (np.array([True, False, True, True]), np.array([[1], [5], [1]])),
}


class SameEveryTime(np.random.Generator):
    """A generator that draws the same numbers at every call: dropout as a function to nudge."""

    def __init__(self, seed):
        super().__init__(np.random.PCG64(seed))
        self.seed = seed

    def random(self, *size, **options):
        return np.random.default_rng(self.seed).random(*size, **options)


def some_labels(shape, dtype):
    return {"labels": np.array([[0, 2, 1, 2], [2, 2, 0, 1], [2, 0, 2, 2]])}


def statistics(shape, dtype):
    """A mean and a variance for each column, as evaluation gives them to batch_norm."""
    rng = np.random.default_rng(len(shape))
    n = (shape or (3,))[-1]
    return {"mean": normal(rng, n).astype(dtype), "variance": positive(rng, n).astype(dtype)}


def columns(rng, s):
    """Rows, and a scale and a shift for each column."""
    return normal(rng, s[0], s[1]), nonzero(rng, s[1]), normal(rng, s[1])


AXES = [None, 0, 1, -1, (0, 2), (1, -1), (0, 1, 2)]


def rows_of(shape):
    """(m, k), also where a test passes something that has no such shape."""
    return (*shape, 4, 3)[:2]


def numbers(shape, dtype):
    m, k = rows_of(shape)
    return {"labels": np.random.default_rng(m * k).integers(k, size=m)}


def shares(name):
    """Rows of probabilities, for the argument of that name."""

    def fitting(shape, dtype):
        m, k = rows_of(shape)
        return {name: np.random.default_rng(m * k).dirichlet(np.ones(k), m).astype(dtype)}

    return fitting


def weighted(labels):
    """Class weights beside the labels."""

    def fitting(shape, dtype):
        k = rows_of(shape)[1]
        return {**labels(shape, dtype), "class_weights": np.linspace(0.5, 2, k).astype(dtype)}

    return fitting


def answers(*allowed):
    """One of two labels for every entry, in the dtype of the first of them."""

    def fitting(shape, dtype):
        return {"labels": np.random.default_rng(sum(shape)).choice(allowed, shape)}

    return fitting


def between(shape, dtype):
    """Labels from 0 to 1."""
    return {"labels": np.random.default_rng(sum(shape)).random(shape).astype(dtype)}


def table(rng, s):
    return (normal(rng, s[0], s[1]),)


def vector(rng, s):
    return (normal(rng, s[0]),)


BCE, SOFTMAX = "binary_cross_entropy_with_logits", "softmax_cross_entropy"
SMOOTH = {"label_smoothing": 0.2}
LOSSES_OF_CLASSES = [
    Row(BCE, vector, "yes or no", losses, fitting=answers(0, 1)),
    Row(BCE, table, "between", losses, fitting=between),
    Row(SOFTMAX, table, "numbers", losses, fitting=numbers),
    Row(SOFTMAX, table, "numbers smoothed", losses, SMOOTH, fitting=numbers),
    Row(SOFTMAX, table, "numbers weighted", losses, fitting=weighted(numbers)),
    Row(SOFTMAX, table, "shares", losses, fitting=shares("labels")),
    Row(SOFTMAX, table, "shares smoothed", losses, SMOOTH, fitting=weighted(shares("labels"))),
    Row("kl_divergence", table, "", losses, fitting=shares("target")),
    Row("hinge", vector, "one", losses, complex_step=False, fitting=answers(-1, 1)),
    Row("hinge", table, "one against the rest", losses, complex_step=False, fitting=answers(-1, 1)),
]
AXES_ONCE = [(axis, i % 2 == 1) for i, axis in enumerate(AXES)]  # keepdims by turns

TABLE = [
    *(Row("add", make, case) for case, make in both(normal, normal).items()),
    *(Row("subtract", make, case) for case, make in both(normal, normal).items()),
    *(Row("multiply", make, case) for case, make in both(normal, normal).items()),
    *(Row("divide", make, case) for case, make in both(normal, nonzero).items()),
    Row("negative", same(normal)),
    Row("power", same(normal), "square", constants={"exponent": 2}),
    Row("power", same(normal), "cube", constants={"exponent": 3}),
    Row("power", same(nonzero), "inverse", constants={"exponent": -1}),
    Row("power", same(positive), "root", constants={"exponent": 0.5}),
    Row("power", same(positive), "fraction", constants={"exponent": -1.7}),
    Row("power", same(normal), "one", constants={"exponent": 1}),
    Row("power", same(normal), "zero", constants={"exponent": 0}),
    Row("exp", same(normal)),
    Row("log", same(positive)),
    Row("sqrt", same(positive)),
    Row("abs", same(nonzero), complex_step=False),
    *(
        Row("clip", same(nonzero), case, constants=constants, complex_step=False)
        for case, constants in {
            "both sides": {"low": -1.25, "high": 0.75},
            "one side": {"low": -math.inf, "high": 0.25},
        }.items()
    ),
    *(
        Row("where", make, case, fitting=every_third, ahead="condition")
        for case, make in both(normal, normal).items()
    ),
    Row("relu", same(nonzero), complex_step=False),
    Row("leaky_relu", same(nonzero), complex_step=False),
    Row("leaky_relu", same(nonzero), "slope", constants={"slope": 0.3}, complex_step=False),
    Row("elu", same(nonzero), complex_step=False),
    Row("elu", same(nonzero), "alpha", constants={"alpha": 0.7}, complex_step=False),
    Row("gelu", same(normal), complex_step=False),
    Row("gelu", same(normal), "tanh", constants={"approximate": True}, complex_step=False),
    Row("sigmoid", same(normal)),
    Row("tanh", same(normal)),
    Row("softplus", same(normal)),
    *(
        Row(name, same(normal), f"axis {axis}", constants={"axis": axis})
        for name in ("softmax", "log_softmax")
        for axis in (-1, 0, 1)
    ),
    Row("maximum", lambda rng, s: apart(rng, *s[:3]), "equal", complex_step=False),
    Row(
        "maximum",
        lambda rng, s: (10 * normal(rng, s[0], s[1]), np.linspace(-9.7, 9.3, s[1])),
        "row",
        complex_step=False,
    ),
    *(
        Row(name, same(normal), f"axis {axis} keepdims {keep}", constants=constants)
        for name in ("sum", "mean")
        for axis in AXES
        for keep in (False, True)
        for constants in [{"axis": axis, "keepdims": keep}]
    ),
    *(
        Row("var", same(normal), f"axis {axis}", constants={"axis": axis, "keepdims": keep})
        for axis, keep in AXES_ONCE
    ),
    Row("var", same(normal), "of a sample", constants={"axis": (0, 2), "ddof": 1}),
    *(
        Row(
            "max",
            same(shuffled),
            f"axis {axis}",
            constants={"axis": axis, "keepdims": keep},
            complex_step=False,
        )
        for axis, keep in AXES_ONCE
    ),
    *(Row("reshape", block, case, constants={"shape": to}) for case, to in SHAPES.items()),
    *(
        Row("transpose", same(normal), f"axes {axes}", constants={"axes": axes})
        for axes in (None, (1, 2, 0), (-1, 0, 1), (0, 2, 1))
    ),
    Row("concatenate", lambda rng, s: (normal(rng, s[0], s[1]),), "one"),
    Row("concatenate", lambda rng, s: (normal(rng, s[0], s[1]), normal(rng, s[2], s[1])), "two"),
    Row(
        "concatenate",
        lambda rng, s: tuple(normal(rng, s[0], n, s[1]) for n in (s[2], s[3], s[2])),
        "three along the middle",
        constants={"axis": -2},
    ),
    *(Row("getitem", block, case, constants={"index": at}) for case, at in INDICES.items()),
    Row("embedding", lambda rng, s: (normal(rng, s[0], s[1]),), "", fitting=some_labels),
    Row("dropout", same(normal), constants={"rate": 0.4, "rng": SameEveryTime(3)}),
    Row(
        "dropout",
        same(normal),
        "evaluation",
        constants={"rate": 0.4, "rng": SameEveryTime(3), "training": False},
    ),
    Row("batch_norm", columns),
    Row("batch_norm", columns, "large eps", constants={"eps": 0.7}),
    Row("batch_norm", columns, "evaluation", fitting=statistics),
    Row("layer_norm", columns),
    Row(
        "layer_norm",
        lambda rng, s: (normal(rng, *s[:3]), nonzero(rng, s[2]), normal(rng, s[2])),
        "three axes",
        constants={"eps": 0.2},
    ),
    Row(
        "layer_norm",
        lambda rng, s: (normal(rng, s[0]), nonzero(rng, s[0]), normal(rng, s[0])),
        "one sample",
    ),
    *(Row("matmul", make, case) for case, make in MATMUL.items()),
    Row(
        "linear",
        lambda rng, s: (normal(rng, s[0], s[1]), normal(rng, s[1], s[2]), normal(rng, s[2])),
    ),
    *(
        Row(name, make, case, losses, differentiable=1)
        for name in ("mse", "half_mse")
        for case, make in {
            "one output": lambda rng, s: (normal(rng, s[0]), normal(rng, s[0])),
            "outputs": lambda rng, s: (normal(rng, s[0], s[1]), normal(rng, s[0], s[1])),
        }.items()
    ),
    Row("mae", lambda rng, s: apart(rng, *s[:2]), "", losses, {}, 1, complex_step=False),
    Row("huber", around(1.0), "", losses, {}, 1, complex_step=False),
    Row("huber", around(0.3), "delta", losses, {"delta": 0.3}, 1, complex_step=False),
    *LOSSES_OF_CLASSES,
]
"""Every pair, in every way that its shapes and constants allow."""
