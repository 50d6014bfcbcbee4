"""Forward mode: the pairs on dual numbers, against the way back and against finite differences."""

import weakref

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from pairs import TABLE
from test_tape import programs, run

from bplib import losses, ops, tape
from bplib.backend import to_numpy, xp_of
from bplib.errors import DomainError, DTypeError, NotReadyError, ShapeError, UnknownNameError
from bplib.tape import Dual, Tensor


def inner(one, other):
    """⟨one, other⟩ over all arrays, and the size of what was added."""
    products = [to_numpy(a).astype(float) * to_numpy(b) for a, b in zip(one, other, strict=True)]
    return sum(float(p.sum()) for p in products), sum(float(abs(p).sum()) for p in products)


def like(rng, arrays):
    """Random arrays of the same shapes and dtypes, beside the given ones."""
    return tuple(
        xp_of(a).asarray(np.asarray(rng.standard_normal(a.shape), dtype=a.dtype)) for a in arrays
    )


def called(row, inputs):
    """A row as a function of the inputs that get a gradient, and these."""
    n = len(row.wanted(inputs))

    def f(*tensors):
        return row.call(getattr(tape, row.name), [*tensors, *inputs[n:]], inputs)

    return f, tuple(inputs[:n])


# Every pair: the transpose of the way back, and the derivative of the gradient.


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.label)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_forward_is_the_transpose_of_backward(row, dtype, xp, rng):
    """⟨dy, J v⟩ = ⟨Jᵀ dy, v⟩, and the value is the very same."""
    f, x = called(row, [xp.asarray(a) for a in row.inputs(4, dtype)])
    before = [to_numpy(a).copy() for a in x]
    v = like(rng, x)
    y, moved = tape.jvp(f, x, v)
    value, pullback = tape.vjp(f, *x)
    assert y.shape == moved.shape == value.shape and y.dtype == moved.dtype == dtype
    assert xp_of(y, moved) is xp
    assert to_numpy(y).tobytes() == to_numpy(value).tobytes()
    (dy,) = like(rng, [y])
    there, size = inner([dy], [moved])
    back, other_size = inner(pullback(dy), v)
    assert abs(there - back) <= (1e-12 if dtype == np.float64 else 1e-5) * (size + other_size)
    assert all((to_numpy(a) == b).all() for a, b in zip(x, before, strict=True))


def curved(row, inputs, rng):
    """The row as a function that returns one number, with a curvature of its own."""
    f, x = called(row, inputs)
    (weights,) = like(rng, [f(*map(Tensor, x)).value])
    return lambda *t: (lambda y: (y * weights + 0.5 * y * y).sum())(f(*t)), x


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.label)
def test_the_hessian_is_symmetric_and_the_slope_of_the_gradient(row, rng):
    f, x = curved(row, row.inputs(5), rng)
    v, w = like(rng, x), like(rng, x)
    along_v, along_w = tape.hvp(f, x, v), tape.hvp(f, x, w)
    (one, size), (other, _) = inner(w, along_v), inner(v, along_w)
    assert abs(one - other) <= 1e-10 * size

    def gradient(step):
        return tape.vjp(f, *[a + step * b for a, b in zip(x, v, strict=True)])[1]()

    h = 1e-5
    for up, down, found in zip(gradient(h), gradient(-h), along_v, strict=True):
        scale = max(1.0, float(abs(found).max()))
        np.testing.assert_allclose(found, (up - down) / (2 * h), rtol=1e-5, atol=1e-6 * scale)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.label)
def test_second_derivatives_stay_on_their_device_and_in_their_precision(row, xp, rng):
    f, x = curved(row, [xp.asarray(a) for a in row.inputs(6, np.float32)], rng)
    for found, a in zip(tape.hvp(f, x, like(rng, x)), x, strict=True):
        assert xp_of(found) is xp and found.shape == a.shape and found.dtype == np.float32


CORNERS = {
    "relu": tape.relu,
    "leaky_relu": tape.leaky_relu,
    "elu": lambda x: tape.elu(x, alpha=0.7),
    "gelu": tape.gelu,
    "gelu by tanh": lambda x: tape.gelu(x, approximate=True),
    "softplus": tape.softplus,
    "sigmoid": tape.sigmoid,
    "abs": tape.abs,
    "clip": lambda x: tape.clip(x, low=-1.0, high=0.0),
    "max": tape.max,
    "maximum, on the left": lambda x: tape.maximum(x, 0.0),
    "maximum, on the right": lambda x: tape.maximum(0.0, x),
    "mae": lambda x: tape.mae(x, np.zeros(5)),
    "huber": lambda x: tape.huber(x, np.zeros(5)),
    "huber, at its turn": lambda x: tape.huber(x, np.ones(5)),
    "hinge": lambda x: tape.hinge(x + np.ones(5), np.ones(5)),
    "binary cross-entropy": lambda x: tape.binary_cross_entropy_with_logits(
        x, np.array([1, 0, 1, 0, 1])
    ),
}


@pytest.mark.parametrize("name", CORNERS)
def test_corners_have_the_slope_that_the_pair_gives_them(name, rng):
    """Exactly at 0, where a unit may sit: forwards and backwards keep the same convention."""
    f, x = CORNERS[name], np.array([0.0, -0.0, 1.0, -1.0, 0.0])
    _, pullback = tape.vjp(f, x)
    for v in np.eye(5):
        y, moved = tape.jvp(f, x, v)
        dy = rng.standard_normal(y.shape)
        assert (dy * moved).sum() == pytest.approx((pullback(dy)[0] * v).sum(), rel=1e-14)


@pytest.mark.parametrize("name", ["gelu", "gelu by tanh", "softplus", "sigmoid"])
def test_smooth_functions_have_a_curvature_at_zero(name):
    f = CORNERS[name]
    found = tape.hvp(lambda x: f(x).sum(), np.zeros(1), np.ones(1))
    gradient = tape.grad(lambda x: f(x).sum())
    np.testing.assert_allclose(found, (gradient(np.ones(1) * 1e-5) - gradient(-np.ones(1) * 1e-5))
                               / 2e-5, atol=1e-8)  # fmt: skip


# Whole functions.


@hypothesis.given(program=programs, seed=st.integers(0, 1000))
@hypothesis.settings(max_examples=100)
def test_random_programs(program, seed):
    rng = np.random.default_rng(seed)
    x, v = rng.standard_normal((2, 2, 3, 4))
    with np.errstate(all="ignore"):
        value = run(program, np, *x)
        exact = run(program, np, *(x + 1e-30j * v)).imag / 1e-30
    hypothesis.assume(np.isfinite(value) and abs(value) < 1e8 and np.isfinite(exact))

    def f(a, b):
        return run(program, tape, a, b)

    y, moved = tape.jvp(f, tuple(x), tuple(v))
    scale = sum(abs(g * d).sum() for g, d in zip(tape.vjp(f, *x)[1](), v, strict=True)) + 1e-12
    assert y == pytest.approx(value, rel=1e-12) and abs(moved - exact) < 1e-11 * scale


def network(rng, dtype=np.float64):
    """A network with most kinds of operations, and where to look at it."""
    X, labels = rng.standard_normal((6, 5)).astype(dtype), rng.integers(3, size=6)
    shapes = [(5, 4), (4,), (4,), (4,), (4, 3), (3,)]
    parameters = tuple(rng.standard_normal(shape).astype(dtype) for shape in shapes)

    def loss(W, b, gamma, beta, V, c):
        h = tape.tanh(tape.layer_norm(tape.linear(X, W, b), gamma, beta))
        h = tape.concatenate(h[:3], tape.softplus(h[3:])) * np.float64(1.5).astype(dtype)
        return tape.softmax_cross_entropy(h @ V + c, labels, label_smoothing=0.1)

    return loss, parameters


@hypothesis.given(seed=st.integers(0, 1000), a=st.floats(-3, 3), b=st.floats(-3, 3))
@hypothesis.settings(max_examples=25)
def test_linear_in_the_direction(seed, a, b):
    """J (a v + b w) = a J v + b J w, (a dy + b dz)ᵀ J the same, and so for the Hessian."""
    rng = np.random.default_rng(seed)
    loss, x = network(rng)
    v, w = like(rng, x), like(rng, x)
    both = tuple(a * p + b * q for p, q in zip(v, w, strict=True))
    dv, dw, sum_of_both = (tape.jvp(loss, x, one)[1] for one in (v, w, both))
    assert sum_of_both == pytest.approx(a * dv + b * dw, rel=1e-9, abs=1e-11)
    Hv, Hw, H_both = (tape.hvp(loss, x, one) for one in (v, w, both))
    for p, q, r in zip(Hv, Hw, H_both, strict=True):
        np.testing.assert_allclose(r, a * p + b * q, rtol=1e-8, atol=1e-10)
    y, pullback = tape.vjp(lambda *t: tape.log_softmax(t[0] @ t[4]), *x)
    dy, dz = rng.standard_normal((2, *y.shape))
    for p, q, r in zip(pullback(dy), pullback(dz), pullback(a * dy + b * dz), strict=True):
        np.testing.assert_allclose(r, a * p + b * q, rtol=1e-9, atol=1e-11)


def test_the_hessian_of_a_quadratic_form_is_its_matrix(rng):
    A = rng.standard_normal((4, 4))
    v = rng.standard_normal(4)
    found = tape.hvp(lambda x: (x @ A @ x) * 0.5, rng.standard_normal(4), v)
    np.testing.assert_allclose(found, (A + A.T) @ v / 2, rtol=1e-14)


def test_what_stands_beside_the_dual_numbers_is_constant(rng):
    """Arrays, lists, numbers, Tensors from outside, labels, conditions and indices."""
    outside = Tensor(rng.standard_normal(3), "outside")
    labels, condition = np.array([0, 2, 1]), np.array([True, False, True])

    def f(x):
        y = tape.where(condition, x, 0.5 * x) * outside + [1.0, 2.0, 3.0] - np.ones(3)
        y = tape.where(x.value > 0, y, -y)[labels] / np.array(2.0)
        return tape.softmax_cross_entropy(tape.reshape(y, (1, 3)), np.array([1]),
                                          class_weights=np.array([1.0, 2.0, 0.5]))  # fmt: skip

    x, v = rng.standard_normal((2, 3))
    y, moved = tape.jvp(f, x, v)
    assert moved == pytest.approx((tape.grad(f)(x) * v).sum(), rel=1e-12)
    assert y == f(Tensor(x)).value and outside.grad is None


def test_a_bare_value_is_constant_forwards_as_backwards():
    """x.value in an operation gets no gradient, and so it has no tangent either."""

    def f(x):
        return (x * x.value + tape.mse(x, x.value * 2.0) + tape.exp(x.value)).sum()

    x, v = np.array([1.0, -2.0]), np.array([0.3, 0.7])
    assert tape.jvp(f, x, v)[1] == pytest.approx((tape.grad(f)(x) * v).sum(), rel=1e-14)


def test_the_tape_walks_back_on_dual_numbers_by_hand():
    """Forward over reverse with nothing but a Tensor that holds one: x³, its slope, its bend."""
    x = Tensor(Dual(3.0, 1.0))
    y = x * x * x
    y.backward()
    assert (y.value.value, y.value.tangent) == (27.0, 27.0)
    assert (x.grad.value, x.grad.tangent) == (27.0, 18.0)


def test_what_a_function_may_do_with_values(rng):
    """Looking at numbers, choosing by them, counting with them: that does not move."""

    def f(x):
        if x.value[0] > 0 and float(x.value.argmax()) >= 0:
            x = x * np.where(x.value > 0.5, 2.0, 3.0)
        first = [10.0, 20.0, 30.0][x.value.argmax()]
        return (x * first).sum()

    x, v = np.array([0.3, 0.9, -2.0]), np.array([1.0, 10.0, 100.0])
    assert tape.jvp(f, x, v)[1] == pytest.approx((tape.grad(f)(x) * v).sum(), rel=1e-14)


def test_numbers_and_tuples():
    assert tape.jvp(lambda x: x * x, 3.0, 1.0) == (9.0, 6.0)
    assert tape.hvp(lambda x: x * x * x, 2.0, 1.0) == 12.0
    y, moved = tape.jvp(lambda x, y: x * y, (3.0, [1.0, 2.0]), (1.0, [0.0, 10.0]))
    np.testing.assert_array_equal(y, [3.0, 6.0])
    np.testing.assert_array_equal(moved, [1.0, 32.0])
    assert tape.hvp(lambda x, y: x * x * y, (3.0, 5.0), (1.0, 0.0)) == (10.0, 6.0)
    assert tape.hvp(lambda x: x * x, (3.0,), (1.0,)) == (2.0,)
    assert isinstance(tape.jvp(lambda x: x * x, 3.0, 1.0)[1], np.ndarray)


def test_what_does_not_depend_on_an_input_does_not_move():
    y, moved = tape.jvp(lambda a, b: b * 1.0, (2.0, [1.0, 2.0]), (1.0, [0.0, 0.0]))
    np.testing.assert_array_equal(moved, [0.0, 0.0])
    assert tape.jvp(lambda a: Tensor([1.0, 2.0]), 2.0, 1.0)[1].tolist() == [0.0, 0.0]
    assert tape.hvp(lambda a, b: a * a, (2.0, [1.0, 2.0]), (1.0, [1.0, 1.0]))[1].tolist() == [0, 0]
    assert tape.hvp(lambda a: 3.0 * a, 2.0, 1.0) == 0.0


def test_results_belong_to_the_caller():
    x, v = np.ones(3), np.full(3, 2.0)
    y, moved = tape.jvp(lambda t: t, x, v)
    moved += 1.0
    np.testing.assert_array_equal(v, np.full(3, 2.0))
    np.testing.assert_array_equal(y, x)


def test_dropout_draws_once_for_value_and_tangent(rng):
    x = np.ones(1000)
    y, moved = tape.jvp(lambda t: tape.dropout(t, 0.5, np.random.default_rng(3)), x, 3 * x)
    np.testing.assert_array_equal(moved, 3 * y)
    assert 300 < (y == 0).sum() < 700


# Jacobians.


@pytest.mark.parametrize("mode", [None, "forward", "reverse"])
def test_jacobians(mode, xp, rng):
    x, A = xp.asarray(rng.standard_normal((2, 3))), xp.asarray(rng.standard_normal((3, 4)))
    J = tape.jacobian(lambda a, b: tape.tanh(a @ b), mode=mode)(x, A)
    assert J.shape == (2, 4, 2, 3) and xp_of(J) is xp
    slope = 1 - np.tanh(to_numpy(x) @ to_numpy(A)) ** 2
    expected = np.einsum("ij,kj,il->ijlk", slope, to_numpy(A), np.eye(2))
    np.testing.assert_allclose(to_numpy(J), expected, rtol=1e-12, atol=1e-15)
    J = tape.jacobian(lambda a, b: tape.tanh(a @ b), 1, mode)(x, A)
    expected = np.einsum("ij,ik,jl->ijkl", slope, to_numpy(x), np.eye(4))
    np.testing.assert_allclose(to_numpy(J), expected, rtol=1e-12, atol=1e-15)


def test_the_jacobian_takes_the_shorter_way():
    calls = []

    def f(x, rows):
        calls.append(type(x.value))
        return tape.concatenate(*[x * float(i) for i in range(rows)])

    for x, rows, duals in ((np.ones(3), 4, 3), (np.ones(3), 1, 0), (np.ones(1), 5, 1)):
        calls.clear()
        J = tape.jacobian(f)(x, rows)
        assert calls.count(Dual) == duals and J.shape == (len(x) * rows, len(x))
    assert tape.jacobian(lambda x: x * x)(3.0) == 6.0


def test_a_row_and_a_column_of_the_jacobian(rng):
    x, A = rng.standard_normal(3), rng.standard_normal((4, 3))

    def f(t):
        return tape.exp(A @ t)

    J = tape.jacobian(f)(x)
    np.testing.assert_allclose(J @ np.eye(3)[1], tape.jvp(f, x, np.eye(3)[1])[1], rtol=1e-14)
    np.testing.assert_allclose(np.eye(4)[2] @ J, tape.vjp(f, x)[1](np.eye(4)[2])[0], rtol=1e-14)


# Within one another.


def test_a_hessian_from_the_gradient():
    """Columns of the Hessian: the Jacobian of the gradient, forward over reverse."""

    def f(x):
        return (x * x * x).sum() + x[0] * x[1]

    def gradient(x):
        return Tensor(tape.grad(f)(x.value))

    H = tape.jacobian(gradient, mode="forward")(np.array([1.0, 2.0]))
    np.testing.assert_allclose(H, [[6.0, 1.0], [1.0, 12.0]])


def test_derivatives_of_every_order():
    """x⁵ five times over: an ε within an ε within an ε."""

    def derivative(f):
        return lambda x: Tensor(tape.jvp(f, x.value, 1.0)[1])

    f, expected = lambda x: x**5, [32.0, 80.0, 160.0, 240.0, 240.0, 120.0, 0.0]
    for value in expected:
        assert f(Tensor(2.0)).item() == pytest.approx(value)
        f = derivative(f)
    third = tape.jvp(lambda x: Tensor(tape.hvp(tape.exp, x.value, 1.0)), 0.5, 1.0)[1]
    assert third == pytest.approx(np.exp(0.5))


@pytest.mark.parametrize("row", TABLE[::3], ids=lambda row: row.label)
def test_third_derivatives_do_not_depend_on_the_order(row, rng):
    """Along u of the slope along v of the slope along w: dual numbers of dual numbers."""
    f, x = curved(row, row.inputs(8), rng)
    u, v, w = (like(rng, x) for _ in range(3))

    def along(first, second, third):
        def of(x_values, function, direction):
            return Tensor(tape.jvp(function, x_values, direction)[1])

        def values(tensors):
            return tuple(t.value for t in tensors)

        return tape.jvp(lambda *t: of(values(t), lambda *s: of(values(s), f, third), second),
                        x, first)[1]  # fmt: skip

    one, other = along(u, v, w), along(w, u, v)
    assert one == pytest.approx(other, rel=1e-7, abs=1e-7 * (1 + abs(one)))


def test_two_directions_are_not_mixed():
    """d/dx of x · d/dy (x + y) is 1: the inner ε must not meet the outer one."""

    def f(x):
        inner_slope = tape.jvp(lambda y: x + y, 1.0, 1.0)[1]
        return x * Tensor(inner_slope)

    assert tape.jvp(f, 3.0, 1.0) == (3.0, 1.0)
    # and where the inner function takes the outer number: d/dx of d/dy (x y) = 1
    assert tape.jvp(lambda x: Tensor(tape.jvp(lambda y: x * y, 5.0, 1.0)[1]), 3.0, 1.0)[1] == 1.0


# What it costs.


def test_forward_mode_keeps_nothing():
    """No graph is kept: an intermediate is gone as soon as the function lets go of it."""
    seen = []

    def f(x):
        for _ in range(5):
            x = tape.exp(x * 0.1)
            seen.extend((weakref.ref(x.value.value), weakref.ref(x.value.tangent)))
        assert [array() is None for array in seen] == [True] * 8 + [False] * 2
        return x

    tape.jvp(f, np.ones(3), np.ones(3))


def test_a_long_chain_forwards():
    def f(x):
        for _ in range(20_000):
            x = -x
        return x

    assert tape.jvp(f, 1.0, 2.0) == (1.0, 2.0)


# Dual numbers themselves.


def test_dual_numbers_by_hand():
    x, y = Dual(3.0, 1.0), Dual(2.0, 0.0)
    for found, value, tangent in (
        (x + y, 5, 1), (x - y, 1, 1), (x * y, 6, 2), (x / y, 1.5, 0.5), (y / x, 2 / 3, -2 / 9),
        (x**3, 27, 27), (-x, -3, -1), (+x, 3, 1), (abs(-x), 3, 1), (1 + x, 4, 1), (1 - x, -2, -1),
        (2 * x, 6, 2), (6 / x, 2, -2 / 3), (np.array(2.0) * x, 6, 2),
        (np.float64(2) / x, 2 / 3, -2 / 9),
    ):  # fmt: skip
        assert (found.value, found.tangent) == pytest.approx((value, tangent))
    assert x > y and not x < y and x >= 3 and y != x and y == 2.0
    assert repr(x * x) == "Dual(9 + 6 ε)" and repr(-x) == "Dual(-3 - 1 ε)"
    assert repr(Dual(2.0)) == "Dual(2 + 0 ε)"
    assert repr(Dual(np.ones((2, 3)), np.ones((2, 3)))) == "Dual(shape=(2, 3), dtype=float64)"


def test_the_pairs_run_on_dual_numbers_as_they_are():
    """What chapter 8 shows: nothing but the forward half, handed other numbers."""
    y, cache = ops.exp(Dual(np.array([0.0, 1.0]), np.array([1.0, 0.0])))
    np.testing.assert_allclose(y.tangent, [1.0, 0.0])
    dx = ops.exp_backward(Dual(np.ones(2)), cache)
    np.testing.assert_allclose(dx.tangent, y.tangent)  # the derivative of the slope of eˣ
    loss, cache = losses.mse(Dual(np.array([3.0, 5.0]), np.array([1.0, 0.0])), Dual(np.zeros(2)))
    assert (loss.value, loss.tangent) == (17.0, 3.0)
    assert losses.mse_backward(cache).tangent.tolist() == [1.0, 0.0]


def test_dual_arrays_in_place_and_by_entry(rng):
    value, tangent, other = rng.standard_normal((3, 2, 3))
    x = Dual(value.copy(), tangent.copy())
    same = x
    x += other
    x *= Dual(other, tangent)
    x -= 1.0
    x /= 2.0
    assert same is x
    np.testing.assert_allclose(x.value, ((value + other) * other - 1) / 2)
    np.testing.assert_allclose(x.tangent, (tangent * other + (value + other) * tangent) / 2)
    filled = x.__array_namespace__().zeros((4, 3))
    filled[1:3] = x
    filled[0, 1] = 7.0
    filled[2] = other[0]
    np.testing.assert_array_equal(filled.value[1], x.value[0])
    np.testing.assert_array_equal(filled.tangent[1], x.tangent[0])
    assert filled.tangent[0].tolist() == filled.tangent[2].tolist() == [0.0, 0.0, 0.0]
    assert filled.value[0, 1] == 7.0 and filled.value[2].tolist() == other[0].tolist()
    assert len(filled) == 4 and [row.shape for row in filled] == [(3,)] * 4
    outer = Dual(Dual(np.zeros(2), np.ones(2), 1), np.full(2, 3.0), 2)
    made = Dual(np.zeros(3))
    made[1:] = outer
    assert made.value.tangent.tolist() == [0, 1, 1] and made.tangent.get().tolist() == [0, 3, 3]


def test_the_newest_direction_stands_outside():
    old, new = Dual(2.0, 1.0, epsilon=1), Dual(5.0, 1.0, epsilon=2)
    for product in (old * new, new * old):
        assert product.epsilon == 2 and product.value.epsilon == 1
        assert (product.value.value, product.value.tangent) == (10.0, 5.0)
        assert (product.tangent.value, product.tangent.tangent) == (2.0, 1.0)


FUNCTIONS = {
    "sin": np.cos, "cos": lambda x: -np.sin(x), "expm1": np.exp, "log1p": lambda x: 1 / (1 + x),
    "exp": np.exp, "log": lambda x: 1 / x,
    "tanh": lambda x: 1 - np.tanh(x) ** 2,
    "sqrt": lambda x: 0.5 / np.sqrt(x), "abs": np.sign, "negative": lambda x: -np.ones_like(x),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_the_dual_module(name, rng):
    x, v = rng.uniform(0.2, 2.0, (2, 3, 4))
    dual = Dual(x, v)
    xp = xp_of(dual)
    y = getattr(xp, name)(dual)
    np.testing.assert_array_equal(y.value, getattr(np, name)(x))
    np.testing.assert_allclose(y.tangent, FUNCTIONS[name](x) * v, rtol=1e-13)
    assert getattr(xp, name)(Dual(x)).tangent is None
    out = Dual(x.copy(), v.copy())
    assert getattr(xp, name)(out, out=out) is out
    np.testing.assert_array_equal(out.tangent, y.tangent)


LINEAR = {
    "sum": lambda xp, x: xp.sum(x, axis=1), "roll": lambda xp, x: xp.roll(x, 2),
    "flip": lambda xp, x: xp.flip(x, axis=0), "stack": lambda xp, x: xp.stack([x, 2 * x]),
    "pad": lambda xp, x: xp.pad(x, ((1, 0), (0, 2))), "tile": lambda xp, x: xp.tile(x, (2, 1)),
    "concatenate": lambda xp, x: xp.concatenate([x, x], axis=1),
    "edge": lambda xp, x: xp.pad(x, 1, mode="edge"),
    "squeeze": lambda xp, x: x[:1].squeeze(),
    "where": lambda xp, x: xp.where(abs(x) > 0.5, x, 0), "take": lambda xp, x: x.take([3, 1, 3]),
    "subtract": lambda xp, x: xp.subtract(0, x), "add": lambda xp, x: xp.add(x, x.T.reshape(3, 4)),
    "cumsum": lambda xp, x: x.cumsum(axis=0), "mean": lambda xp, x: xp.mean(x, axis=(0, 1)),
}  # fmt: skip


@pytest.mark.parametrize("name", LINEAR)
def test_linear_functions_treat_value_and_tangent_alike(name, rng):
    x, v = rng.standard_normal((2, 3, 4))
    y = LINEAR[name](xp_of(Dual(x, v)), Dual(x, v))
    np.testing.assert_array_equal(y.value, LINEAR[name](np, x))
    if name != "where":
        np.testing.assert_array_equal(y.tangent, LINEAR[name](np, v))
    else:
        np.testing.assert_array_equal(y.tangent, np.where(abs(x) > 0.5, v, 0))


def test_products_choices_and_extremes(rng):
    x, y, v, w = rng.standard_normal((4, 3, 4))
    a, b = Dual(x, v), Dual(y, w)
    xp = xp_of(a)
    for name, other in (("multiply", b), ("tensordot", b), ("outer", b), ("matmul", b.T)):
        with_axes = {"axes": 2} if name == "tensordot" else {}
        found = getattr(xp, name)(a, other, **with_axes)
        value, tangent = other.value, other.tangent
        function = getattr(np, name)
        np.testing.assert_allclose(found.value, function(x, value, **with_axes))
        expected = function(v, value, **with_axes) + function(x, tangent, **with_axes)
        np.testing.assert_allclose(found.tangent, expected, rtol=1e-12)
    np.testing.assert_array_equal(xp.maximum(a, b).tangent, np.where(x >= y, v, w))
    np.testing.assert_array_equal(xp.minimum(a, b).tangent, np.where(x <= y, v, w))
    np.testing.assert_array_equal(xp.maximum(a, 0.0).tangent, np.where(x >= 0, v, 0))
    assert xp.max(a).tangent == v.flat[x.argmax()] and xp.min(a).tangent == v.flat[x.argmin()]
    assert xp.max(a).shape == xp.min(a).shape == a.max().shape == a.min().shape == ()
    np.testing.assert_array_equal(a.max(axis=1, keepdims=True).tangent[:, 0],
                                  v[range(3), x.argmax(axis=1)])  # fmt: skip
    np.testing.assert_array_equal(xp.clip(a, -1.0, 0.5).tangent, v * ((x >= -1) & (x <= 0.5)))
    np.testing.assert_allclose(xp.power(a, 2).tangent, 2 * x * v)
    np.testing.assert_allclose(xp.divide(a, b).tangent, v / y - x * w / y**2, rtol=1e-12)


def test_what_does_not_move():
    x = Dual(np.array([1.5, -0.5]), np.ones(2))
    xp = xp_of(x)
    for fixed in (xp.sign(x), xp.isfinite(x), x > 0, x.argmax(), x.astype(int), xp.zeros_like(x)):
        assert isinstance(fixed, Dual) and fixed.tangent is None
    assert x.astype(np.float32).tangent.dtype == np.float32
    assert xp.pi == np.pi and xp.float32 is np.float32
    assert xp_of(Dual(np.ones(2)), x) is xp and not hasattr(xp, "__path__")


# Sentences.


def _of_dual(name, *given, **named):
    x = Dual(np.ones(3), np.ones(3))
    return lambda: getattr(xp_of(x), name)(*(x if one is Dual else one for one in given), **named)


BAD = {
    "the point where the position stands": (
        lambda: tape.jacobian(tape.exp, np.ones(3)),
        DTypeError,
        "jacobian: argument is an ndarray; it says which argument of f, a position counted from 0. "
        "The point is given to what comes back: jacobian(f)(x).",
    ),
    "a sum that begins elsewhere": (
        _of_dual("sum", Dual, initial=2.0),
        DomainError,
        "forward mode: sum with initial is not linear, so the tangent would be wrong; write it "
        "with where, or add the constant afterwards.",
    ),
    "a frame of ones": (
        _of_dual("pad", Dual, 1, constant_values=1.0),
        DomainError,
        "forward mode: pad with constant_values is not linear, so the tangent would be wrong; "
        "write it with where, or add the constant afterwards.",
    ),
    "a frame of the largest": (
        _of_dual("pad", Dual, 1, "maximum"),
        DomainError,
        "forward mode: pad with mode='maximum' is not linear, so the tangent would be wrong; "
        "write it with where, or add the constant afterwards.",
    ),
    "an array full of a dual number": (
        lambda: xp_of(Dual(2.0, 1.0)).full((3,), Dual(2.0, 1.0)),
        DTypeError,
        "forward mode: full was given a number that moves, and its tangent would be lost; "
        "multiply an array of ones by it.",
    ),
    "a ramp to a dual number": (
        lambda: xp_of(Dual(2.0, 1.0)).linspace(0.0, Dual(2.0, 1.0), 5),
        DTypeError,
        "forward mode: linspace was given a number that moves, and its tangent would be lost; "
        "multiply an array of ones by it.",
    ),
    "tangent of another shape": (
        lambda: Dual(np.ones(3), np.ones(4)),
        ShapeError,
        "Dual: tangent has shape (4,), but value has shape (3,); the two must be equal.",
    ),
    "float": (
        lambda: float(Dual(3.0, 1.0)),
        DTypeError,
        "Dual: float() would lose the tangent; .item() says so.",
    ),
    "numpy": (
        lambda: np.asarray(Dual(3.0, 1.0)),
        DTypeError,
        "Dual: an array of NumPy would lose the tangent; .get() says so.",
    ),
    "no such function": (
        lambda: xp_of(Dual(3.0, 1.0)).arccos,
        AttributeError,
        "dual numbers have no function 'arccos'; bplib.tape.dual.module has the tables where it "
        "can be added.",
    ),
    "direction of another shape": (
        lambda: tape.jvp(lambda x: x, np.ones(3), np.ones(4)),
        ShapeError,
        "jvp: direction has shape (4,), but input had shape (3,).",
    ),
    "one of several": (
        lambda: tape.hvp(lambda x, y: x * y, (1.0, [1.0, 2.0]), (1.0, [1.0])),
        ShapeError,
        "hvp: direction 1 has shape (1,), but input 1 had shape (2,).",
    ),
    "direction of integers": (
        lambda: tape.jvp(lambda x: x, np.ones(3), np.ones(3, int)),
        DTypeError,
        "jvp: direction holds int64 values; floats are needed, for example "
        "direction.astype(float).",
    ),
    "precision": (
        lambda: tape.jvp(lambda x: x, np.ones(3), np.ones(3, np.float32)),
        DTypeError,
        "jvp: direction is float32, but input was float64; give both one dtype.",
    ),
    "a tuple and none": (
        lambda: tape.jvp(lambda x: x, (np.ones(3),), np.ones(3)),
        DTypeError,
        "jvp: inputs is a tuple and the direction is an ndarray; for several inputs both are "
        "tuples, for one neither is.",
    ),
    "too few directions": (
        lambda: tape.jvp(lambda x, y: x, (1.0, 2.0), (1.0,)),
        ShapeError,
        "jvp: the numbers of inputs (2) and of directions (1) differ; each input needs one.",
    ),
    "f returns a number": (
        lambda: tape.jvp(lambda x: 3.0, 1.0, 1.0),
        DTypeError,
        "jvp: the result of f: a Tensor is needed, not a float.",
    ),
    "several results": (
        lambda: tape.hvp(lambda x: x * x, np.ones(3), np.ones(3)),
        ShapeError,
        "backward: the result has shape (3,); reduce it to one number first, "
        "for example with .sum(), or pass a gradient dy of that shape.",
    ),
    "a gradient of nothing": (
        lambda: tape.hvp(lambda x: tape.exp(x.value), 1.0, 1.0),
        NotReadyError,
        "hvp: the result of f was not made from its inputs; compute with these Tensors themselves, "
        "not with their .value.",
    ),
    "mode": (
        lambda: tape.jacobian(lambda x: x, mode="backward"),
        UnknownNameError,
        "there is no mode 'backward'; there is forward, reverse.",
    ),
    "no such argument": (
        lambda: tape.jacobian(lambda x: x, 1)(2.0),
        ShapeError,
        "jacobian: argument is 1, counted from 0, but f was called with 1 input.",
    ),
    "positions": (
        lambda: tape.jacobian(lambda x, y: x, (0, 1)),
        DTypeError,
        "jacobian: argument is (0, 1); a position counted from 0 is needed.",
    ),
    "forward within forward, on a Tensor": (
        lambda: tape.jvp(lambda x: Tensor(tape.jvp(lambda y: y * y, x, 1.0)[1]), 1.0, 1.0),
        DTypeError,
        "jvp: input is a Tensor; give its .value. A derivative of a derivative is "
        "tape.hvp(f, x, v), or tape.jvp of lambda x: Tensor(tape.grad(f)(x.value)).",
    ),
    "a Tensor as direction": (
        lambda: tape.hvp(lambda x, y: x * y, (1.0, 2.0), (1.0, Tensor(1.0))),
        DTypeError,
        "hvp: direction 1 is a Tensor; give its .value. A derivative of a derivative is "
        "tape.hvp(f, x, v), or tape.jvp of lambda x: Tensor(tape.grad(f)(x.value)).",
    ),
    "what the pair says": (
        lambda: tape.jvp(lambda x: tape.log(x - 5.0), 3.0, 1.0),
        ValueError,
        "log: x holds -2; log needs x > 0.",
    ),
    "shapes within f": (
        lambda: tape.jvp(lambda x: x + np.ones((3, 1)), np.ones(3), np.ones(3)),
        ShapeError,
        "add: x has shape (3,) and y has shape (3, 1); together they would stretch "
        "to (3, 3), which is rarely meant. Reshape one of them.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_calls(case):
    call, kind, sentence = BAD[case]
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == sentence
