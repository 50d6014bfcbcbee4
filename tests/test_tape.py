"""The tape: the same pairs, in the right order, however the graph is knotted."""

import warnings
import weakref

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from pairs import TABLE

from bplib import layers, losses, ops, optim, tape
from bplib.backend import to_numpy, xp_of
from bplib.errors import DTypeError, NotReadyError, ShapeError
from bplib.gradcheck import numerical_gradient
from bplib.tape import Tensor


def test_one_path_multiplies():
    """The coffee of chapter 1: 3 for a cup, a fifth of tax, 3.6 for one more."""
    cups = Tensor(4.0, name="cups")
    total = 1.2 * (3 * cups)
    total.backward()
    assert total.item() == pytest.approx(14.4) and cups.grad.item() == pytest.approx(3.6)


def test_two_paths_add():
    x = Tensor(3.0)
    y = x * x + 2 * x
    y.backward()
    assert x.grad == 8.0


def test_b_is_a_plus_a_and_c_is_b_plus_b():
    a = Tensor(5.0)
    b = a + a
    c = b + b
    c.backward()
    assert (c.item(), a.grad, b.grad) == (20.0, 4.0, 2.0)


def test_diamonds_in_a_row():
    """Thirty diamonds have 2³⁰ paths: every node must be visited once, not once for each path."""
    x = Tensor(1.0)
    y = x
    for _ in range(30):
        y = 0.5 * y + 0.5 * y
    y.backward()
    assert x.grad == 1.0 and len(tape.topological_order(y)) == 1 + 30 * 5


def test_a_node_waits_for_everything_that_uses_it():
    """a is used near the end and far from it: a depth-first walk without order gets this wrong."""
    a = Tensor(2.0)
    b = a * a
    c = b * a
    d = b + c * b + a
    d.backward()
    # d = a² + a⁵ + a
    assert a.grad == pytest.approx(2 * 2 + 5 * 2**4 + 1)
    assert b.grad == pytest.approx(1 + 2 * 2**3)  # ∂d/∂b with c = b a: 1 + c + b a


def test_a_long_chain_needs_no_recursion():
    x = Tensor(1.0)
    y = x
    for _ in range(100_000):
        y = -y
    y.backward()
    assert x.grad == 1.0 and y.parents[0].grad == -1.0
    assert len(tape.topological_order(y)) == 100_001
    del y  # and taking it apart does not recurse either


def test_a_tensor_used_many_times():
    x = Tensor(2.0)
    y = x
    for _ in range(1000):
        y = y + x
    y.backward()
    assert x.grad == 1001.0


def test_the_graph_is_freed_without_the_garbage_collector():
    """Nothing points from a node to its users, so dropping the result drops the graph."""
    x = Tensor(np.ones(3))
    middle = x * 2.0

    class Watch:
        pass

    watch = Watch()
    gone = weakref.ref(watch)
    middle.constants["watch"] = watch
    y = middle.sum()
    del watch, middle, y
    assert gone() is None


def test_the_backward_pass_lets_go_of_what_it_no_longer_needs():
    """A gradient that has been handed on is freed: memory does not grow with the depth twice."""
    y = Tensor(np.ones(5))
    for _ in range(10):
        y = y * 1.5
    seen = []
    for step in tape.reverse(y, np.ones(5)):
        seen.append(weakref.ref(step.gradient))
        del step
        assert sum(gradient() is not None for gradient in seen) <= 2


# Order and reading back.


def example():
    a, b = Tensor(2.0, "a"), Tensor(-3.0, "b")
    return a, b, ((a * b).named("product") + a**2).named("y")


def test_topological_order():
    a, b, y = example()
    order = tape.topological_order(y)
    place = {id(node): i for i, node in enumerate(order)}
    assert order[-1] is y and len(place) == len(order) == 5
    for node in order:
        for parent in node.parents:
            assert place[id(parent)] < place[id(node)]
    assert tape.topological_order(a) == [a]


def test_the_graph_can_be_read_back():
    a, b, y = example()
    product, square = y.parents
    assert (y.operation, product.operation, square.operation) == ("add", "multiply", "power")
    assert product.parents == (a, b) and square.parents == (a,)
    assert square.constants == {"exponent": 2} and product.constants == {}
    assert a.operation is None and a.parents == () and product.name == "product"
    doubled = 2 * a
    assert doubled.parents[0].constant and doubled.parents[0].value == 2.0
    assert not doubled.constant and not a.constant


def test_reverse_says_what_goes_along_every_wire():
    a, b, y = example()
    product, square = y.parents
    steps = list(tape.reverse(y))
    assert [step.node for step in steps][0] is y and len(steps) == 5
    sent = {id(step.node): step for step in steps}
    assert sent[id(product)].contributions == (-3.0, 2.0)
    assert sent[id(square)].contributions == (4.0,)
    assert sent[id(a)].gradient == 1.0 and sent[id(a)].contributions == ()
    assert all(node.grad is None for node in (a, b, y, product, square))


def test_reverse_sums_what_arrives():
    """The gradient of every node is the sum of the contributions on the wires from its users."""
    rng = np.random.default_rng(3)
    x, W = Tensor(rng.standard_normal((4, 3))), Tensor(rng.standard_normal((3, 5)))
    hidden = (x @ W).exp()
    y = (hidden * hidden + 2.0 * hidden).mean()
    arrived = {}
    for step in tape.reverse(y):
        if step.node is not y:
            np.testing.assert_allclose(arrived[id(step.node)], step.gradient, rtol=1e-14)
        for parent, contribution in zip(step.node.parents, step.contributions, strict=False):
            assert (contribution is None) == parent.constant
            if contribution is not None:
                before = arrived.get(id(parent), 0.0)
                arrived[id(parent)] = before + contribution


def test_gradients_of_several_results_add_up():
    x = Tensor([1.0, 2.0])
    (x * x).sum().backward()
    first = x.grad
    (x * x).sum().backward()
    np.testing.assert_array_equal(first, [2.0, 4.0])
    np.testing.assert_array_equal(x.grad, [4.0, 8.0])
    x.zero_grad()
    assert x.grad is None


def test_gradients_do_not_share_memory():
    """One wire's array must not become two Tensors' gradient."""
    a, b = Tensor(np.ones(3)), Tensor(np.ones(3))
    y = a + b
    dy = np.ones(3)
    y.backward(dy)
    kept = [dy, y.grad, a.grad, b.grad]
    for i, one in enumerate(kept):
        for other in kept[i + 1 :]:
            assert not np.shares_memory(one, other)


def test_constants_get_no_gradient():
    x = Tensor([1.0, 2.0])
    weights = np.array([3.0, 4.0])
    y = (weights * x + 1.0).sum()
    y.backward()
    inner = y.parents[0]
    for node in tape.topological_order(y):
        assert (node.grad is None) == node.constant
    assert inner.parents[1].constant and inner.parents[1].grad is None
    np.testing.assert_array_equal(x.grad, weights)


def test_an_upstream_gradient():
    x = Tensor([1.0, 2.0, 3.0])
    y = x * x
    dy = np.array([1.0, 10.0, 100.0])
    y.backward(dy)
    np.testing.assert_array_equal(x.grad, [2.0, 40.0, 600.0])
    np.testing.assert_array_equal(dy, [1.0, 10.0, 100.0])
    s = Tensor(3.0)
    (s * s).backward(2.0)
    assert s.grad == 12.0


# Every pair, by name.


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.label)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_pair_is_an_operation(row, dtype, xp):
    inputs = [xp.asarray(x) for x in row.inputs(1, dtype)]
    wanted = len(row.wanted(inputs))
    tensors = [Tensor(x) for x in inputs[:wanted]]
    y = row.call(getattr(tape, row.name), [*tensors, *inputs[wanted:]], inputs)
    expected, cache = row.forward(*inputs)
    assert y.operation == row.name and y.shape == expected.shape and y.dtype == dtype
    assert xp_of(y.value) is xp
    np.testing.assert_array_equal(to_numpy(y.value), to_numpy(expected))
    dy = xp.asarray(np.random.default_rng(2).standard_normal(y.shape).astype(dtype))
    y.backward(dy)
    for x, dx in zip(tensors, row.backward(dy, cache), strict=True):
        assert x.grad.shape == x.shape and x.grad.dtype == dtype
        assert xp_of(x.grad) is xp
        np.testing.assert_array_equal(to_numpy(x.grad), to_numpy(dx))


def test_nothing_else_is_an_operation():
    for module in (ops, losses):
        for name in module.__all__:
            assert (name in tape.PAIRS) != name.endswith("_backward")
    with pytest.raises(AttributeError, match="there is no operation 'multipy'; did you mean 'mul"):
        tape.multipy(1.0, 2.0)


OPERATORS = {
    "a + b": (lambda a, b: a + b, 5.0, 1.0, 1.0),
    "a - b": (lambda a, b: a - b, -1.0, 1.0, -1.0),
    "a * b": (lambda a, b: a * b, 6.0, 3.0, 2.0),
    "a / b": (lambda a, b: a / b, 2 / 3, 1 / 3, -2 / 9),
    "-a + b": (lambda a, b: -a + b, 1.0, -1.0, 1.0),
    "a ** 3 + b": (lambda a, b: a**3 + b, 11.0, 12.0, 1.0),
    "1 + a + b": (lambda a, b: 1 + a + b, 6.0, 1.0, 1.0),
    "1 - a + b": (lambda a, b: 1 - a + b, 2.0, -1.0, 1.0),
    "a - 1 + b": (lambda a, b: a - 1 + b, 4.0, 1.0, 1.0),
    "6 / a + b": (lambda a, b: 6 / a + b, 6.0, -1.5, 1.0),
    "a / 4 + b": (lambda a, b: a / 4 + b, 3.5, 0.25, 1.0),
    "2 * a * b": (lambda a, b: 2 * a * b, 12.0, 6.0, 4.0),
    "float64 * a + b": (lambda a, b: np.float64(2) * a + b, 7.0, 2.0, 1.0),
    "array * a + b": (lambda a, b: np.array(2.0) * a + b, 7.0, 2.0, 1.0),
    "maximum": (lambda a, b: tape.maximum(a, b), 3.0, 0.0, 1.0),
    "exp log": (lambda a, b: tape.exp(tape.log(a)) * b.exp().log(), 6.0, 3.0, 2.0),
}


@pytest.mark.parametrize("expression", OPERATORS)
def test_operators(expression):
    f, value, da, db = OPERATORS[expression]
    a, b = Tensor(2.0), Tensor(3.0)
    y = f(a, b)
    y.backward()
    assert y.item() == pytest.approx(value)
    assert a.grad.item() == pytest.approx(da) and b.grad.item() == pytest.approx(db)


def test_matrix_operators(rng):
    A, B = rng.standard_normal((3, 4)), rng.standard_normal((4, 5))
    for left, right in ((Tensor(A), Tensor(B)), (Tensor(A), B), (A, Tensor(B))):
        C = left @ right
        np.testing.assert_array_equal(C.value, A @ B)
        C.backward(np.ones((3, 5)))
        if isinstance(left, Tensor):
            np.testing.assert_allclose(left.grad, np.ones((3, 5)) @ B.T)
        if isinstance(right, Tensor):
            np.testing.assert_allclose(right.grad, A.T @ np.ones((3, 5)))


def test_numbers_do_not_change_the_precision():
    x = Tensor(np.ones(3, np.float32))
    y = ((2 * x + 0.5) / 3.0 - 1).mean()
    y.backward()
    assert y.dtype == np.float32 and x.grad.dtype == np.float32
    assert all(node.dtype == np.float32 for node in tape.topological_order(y))


def test_numbers_take_the_precision_of_constants_too():
    y = tape.multiply(np.ones(3, np.float32), 2.0)
    assert y.dtype == np.float32 and y.constant


def test_values_are_arrays(xp):
    for value in (1.0, 2, [1.0, 2.0], [[1, 2], [3, 4]], np.float64(3.0)):
        x = Tensor(value)
        assert isinstance(x.value, np.ndarray) and x.dtype == np.float64
    y = Tensor(xp.asarray([1.0, 2.0])).sum()
    assert y.shape == () and type(y.value) is type(xp.asarray([1.0]))


# Against the layers, and against the definition.


def test_bit_identical_with_the_layers(rng):
    """Two Linear layers and a loss, by the layers and by the tape: the very same bits."""
    X, target = rng.standard_normal((6, 4)), rng.standard_normal((6, 3))
    first, second = layers.Linear(4, 5, rng=rng), layers.Linear(5, 3, rng=rng)
    hidden = first.forward(X)
    loss, cache = losses.mse(second.forward(hidden), target)
    dX = first.backward(second.backward(losses.mse_backward(cache)))

    parameters = [Tensor(p.value) for p in first.parameters() + second.parameters()]
    x = Tensor(X)
    W1, b1, W2, b2 = parameters
    y = tape.mse(tape.linear(tape.linear(x, W1, b1), W2, b2), target)
    y.backward()
    assert y.value == loss
    for found, wanted in zip(
        [x, *parameters],
        [dX, *(p.grad for p in first.parameters() + second.parameters())],
        strict=True,
    ):
        assert found.grad.tobytes() == wanted.tobytes()


def test_training_by_the_tape_equals_training_by_the_layers(rng):
    X, target = rng.standard_normal((8, 3)), rng.standard_normal((8, 2))
    layer = layers.Linear(3, 2, rng=rng)
    W, b = (Tensor(p.value.copy(), p.name) for p in layer.parameters())
    by_layer, by_tape = optim.SGD(layer.parameters(), lr=0.1), optim.SGD([W, b], lr=0.1)
    for _ in range(25):
        by_layer.zero_grad()
        _, cache = losses.half_mse(layer.forward(X), target)
        layer.backward(losses.half_mse_backward(cache))
        by_layer.step()
        by_tape.zero_grad()
        tape.half_mse(tape.linear(X, W, b), target).backward()
        by_tape.step()
    assert W.value.tobytes() == layer.W.value.tobytes()
    assert b.value.tobytes() == layer.b.value.tobytes()


# Random programs: each instruction makes a new value from earlier ones. The same text of
# instructions is run with NumPy alone, on complex numbers, and with the tape.

INSTRUCTIONS = {
    "add": lambda m, a, b: a + b,
    "subtract": lambda m, a, b: a - b,
    "multiply": lambda m, a, b: a * b * 0.5,
    "divide": lambda m, a, b: a / (b * b + 1.5),
    "twice": lambda m, a, b: a + a,
    "negative": lambda m, a, b: -a,
    "cube": lambda m, a, b: 0.1 * a**3,
    "exp": lambda m, a, b: m.exp(0.3 * a),
    "log": lambda m, a, b: m.log(a * a + 1.0),
    "root": lambda m, a, b: (a * a + 2.0) ** 0.5,
    "centre": lambda m, a, b: a - a.mean(),
    "rows": lambda m, a, b: a * b.sum(axis=0, keepdims=True) * 0.2,
    "columns": lambda m, a, b: a + b.mean(axis=1, keepdims=True),
    "mix": lambda m, a, b: a @ MIXER,
    "reverse mix": lambda m, a, b: OTHER_MIXER @ b,
}
MIXER = np.random.default_rng(1).standard_normal((4, 4)) / 2
OTHER_MIXER = np.random.default_rng(2).standard_normal((3, 3)) / 2
programs = st.lists(
    st.tuples(st.sampled_from(sorted(INSTRUCTIONS)), st.integers(0, 30), st.integers(0, 30)),
    min_size=1,
    max_size=14,
)


def run(program, module, *inputs):
    values = list(inputs)
    for name, i, j in program:
        values.append(INSTRUCTIONS[name](module, values[i % len(values)], values[j % len(values)]))
    return (values[-1] * values[len(values) // 2]).sum()


@hypothesis.given(program=programs, seed=st.integers(0, 1000))
@hypothesis.settings(max_examples=300)
def test_random_programs(program, seed):
    rng = np.random.default_rng(seed)
    inputs = [rng.standard_normal((3, 4)), rng.standard_normal((3, 4))]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        value = run(program, np, *inputs)
    hypothesis.assume(np.isfinite(value) and abs(value) < 1e8)

    tensors = [Tensor(x) for x in inputs]
    y = run(program, tape, *tensors)
    assert y.item() == pytest.approx(value, rel=1e-12)
    y.backward()
    for k, x in enumerate(tensors):
        found = np.zeros((3, 4)) if x.grad is None else x.grad
        v = rng.standard_normal((3, 4))
        moved = list(inputs)
        moved[k] = inputs[k] + 1e-30j * v
        exact = run(program, np, *moved).imag / 1e-30
        scale = np.abs(found * v).sum() + np.abs(exact) + 1e-12
        assert abs((found * v).sum() - exact) < 1e-11 * scale
        # and by central differences, which share nothing with complex arithmetic
        h = 1e-6
        up, down = ([*inputs[:k], inputs[k] + s * h * v, *inputs[k + 1 :]] for s in (1, -1))
        measured = (run(program, np, *up) - run(program, np, *down)) / (2 * h)
        assert abs((found * v).sum() - measured) < 1e-4 * (scale + abs(value))


# grad, value_and_grad, vjp.


def test_grad_of_a_function(rng):
    x, y = rng.standard_normal((2, 4))

    def f(a, b):
        return (a * a * b).sum()

    np.testing.assert_allclose(tape.grad(f)(x, y), 2 * x * y)
    np.testing.assert_allclose(tape.grad(f, argument=1)(x, y), x * x)
    value, gradient = tape.value_and_grad(f, 1)(x, y)
    assert value == pytest.approx((x * x * y).sum())
    np.testing.assert_allclose(gradient, x * x)
    numeric = numerical_gradient(lambda a: (a * a * y).sum(), x)
    np.testing.assert_allclose(tape.grad(f)(x, y), numeric, rtol=1e-8)


def test_grad_with_respect_to_several_arguments():
    def f(a, b, c, power=2, *, factor=1.0):
        return ((a * b) ** power * c).sum() * factor

    inputs = np.array([1.0, 2.0]), np.array([3.0, -1.0]), np.array([0.5, 4.0])
    singles = [tape.grad(f, place)(*inputs, factor=3.0) for place in range(3)]
    for places in [(0,), (1, 0), (0, 1, 2), (2, 0)]:
        value, found = tape.value_and_grad(f, places)(*inputs, factor=3.0)
        assert value == f(*map(Tensor, inputs), factor=3.0).value
        assert isinstance(found, tuple) and len(found) == len(places)
        for place, gradient in zip(places, found, strict=True):
            np.testing.assert_array_equal(gradient, singles[place])
        np.testing.assert_array_equal(tape.grad(f, places)(*inputs, factor=3.0)[0], found[0])
    np.testing.assert_allclose(singles[2], 3.0 * (inputs[0] * inputs[1]) ** 2)


def test_arguments_by_name_reach_the_function():
    def f(x, scale=1.0):
        return (x * x).sum() * scale

    assert tape.grad(f)(3.0, scale=0.5) == 3.0
    assert tape.value_and_grad(f)(3.0, scale=2.0) == (18.0, 12.0)
    for mode in (None, "forward", "reverse"):
        assert tape.jacobian(f, mode=mode)(3.0, scale=0.5) == 3.0


def test_grad_of_a_number():
    assert tape.grad(lambda x: x * x * x)(2.0) == 12.0


def test_vjp_pulls_back(rng):
    A, x = rng.standard_normal((3, 4)), rng.standard_normal(4)
    y, pullback = tape.vjp(lambda A, x: A @ x, A, x)
    np.testing.assert_array_equal(y, A @ x)
    dy = rng.standard_normal(3)
    for _ in range(2):  # it may be asked again, and nothing has added up
        dA, dx = pullback(dy)
        np.testing.assert_allclose(dA, np.outer(dy, x))
        np.testing.assert_allclose(dx, A.T @ dy)


def test_vjp_of_what_is_not_used(xp):
    x, unused = xp.asarray([1.0, 2.0]), xp.asarray([np.inf, 1.0, 2.0])
    _, pullback = tape.vjp(lambda a, b: (a * a).sum(), x, unused)
    dx, d_unused = pullback()
    np.testing.assert_array_equal(to_numpy(dx), [2.0, 4.0])
    np.testing.assert_array_equal(to_numpy(d_unused), np.zeros(3))


def test_grad_does_not_leave_marks():
    x = Tensor(2.0)
    outer = tape.grad(lambda a: a * x)(3.0)
    assert outer == 2.0 and x.grad is None


# Reading and refusing.


def test_reprs():
    assert repr(Tensor(2.5)) == "Tensor(2.5)"
    assert repr(Tensor(2.5, name="w")) == "Tensor(2.5, name='w')"
    assert repr(Tensor(np.ones((2, 3), np.float32))) == "Tensor(shape=(2, 3), dtype=float32)"


def test_named_returns_the_same_tensor():
    x = Tensor(1.0)
    assert x.named("x") is x and x.name == "x"


two = Tensor([1.0, 2.0])
BAD = {
    "integers": (
        lambda: Tensor(np.array([1, 2])),
        DTypeError,
        "Tensor: value holds int64 values; floats are needed, for example value.astype(float).",
    ),
    "nothing": (
        lambda: Tensor(None),
        DTypeError,
        "Tensor: value is None; a number, a list of numbers with rows of equal "
        "length, or an array of floats is needed.",
    ),
    "text": (
        lambda: Tensor("2"),
        DTypeError,
        "Tensor: value is a str; a number, a list of numbers with rows of equal "
        "length, or an array of floats is needed.",
    ),
    "ragged": (
        lambda: Tensor([[1.0, 2.0], [3.0]]),
        DTypeError,
        "Tensor: value is a list; a number, a list of numbers with rows of equal "
        "length, or an array of floats is needed.",
    ),
    "a Tensor": (
        lambda: Tensor(two),
        DTypeError,
        "Tensor: value is a Tensor already; use it as it is, or its .value.",
    ),
    "no scalar": (
        lambda: (two * 2).backward(),
        ShapeError,
        "backward: the result has shape (2,); reduce it to one number first, "
        "for example with .sum(), or pass a gradient dy of that shape.",
    ),
    "misshapen dy": (
        lambda: (two * 2).backward(np.ones(3)),
        ShapeError,
        "backward: dy has shape (3,), but the result had shape (2,).",
    ),
    "dy of integers": (
        lambda: (two * 2).backward(np.ones(2, int)),
        DTypeError,
        "backward: dy holds int64 values; floats are needed, for example dy.astype(float).",
    ),
    "nothing to learn": (
        lambda: tape.exp(np.ones(1)).backward(),
        NotReadyError,
        "backward: nothing in this expression wants a gradient; "
        "make at least one of its inputs a Tensor.",
    ),
    "item": (
        lambda: two.item(),
        ShapeError,
        "item: the Tensor has shape (2,); it must hold one number.",
    ),
    "truth": (
        lambda: bool(two),
        DTypeError,
        "a Tensor has no truth value; compare its .value instead.",
    ),
    "order": (
        lambda: tape.topological_order(3.0),
        DTypeError,
        "topological_order: a Tensor is needed, not a float.",
    ),
    "a Tensor as target": (
        lambda: tape.mse(two, two),
        DTypeError,
        "mse: target is a Tensor; the gradient goes to the prediction alone.",
    ),
    "a Tensor as weights": (
        lambda: tape.softmax_cross_entropy(
            Tensor(np.ones((2, 3))), np.array([0, 2]), class_weights=Tensor(np.ones(3))
        ),
        DTypeError,
        "softmax_cross_entropy: class_weights is a Tensor, but it gets no gradient; pass an array.",
    ),
    "too few": (lambda: tape.linear(two), DTypeError, "linear: the arguments are (x, W, b)."),
    "too many": (
        lambda: tape.exp(two, two),
        DTypeError,
        "exp: the arguments are (x).",
    ),
    "f returns a number": (
        lambda: tape.grad(lambda x: 3.0)(two.value),
        DTypeError,
        "grad: the result of f: a Tensor is needed, not a float.",
    ),
    "no such argument": (
        lambda: tape.grad(lambda x: x, argument=1)(2.0),
        ShapeError,
        "grad: argument is 1, counted from 0, but f was called with 1 input.",
    ),
    "a position by name": (
        lambda: tape.grad(lambda x: x, argument="x"),
        DTypeError,
        "grad: argument is 'x'; a position counted from 0 or a tuple of positions is needed.",
    ),
    "positions by name": (
        lambda: tape.value_and_grad(lambda x, y: x, (0, "y")),
        DTypeError,
        "grad: argument is 'y'; a position counted from 0 or a tuple of positions is needed.",
    ),
    "True is no position": (
        lambda: tape.grad(lambda x: x, True),
        DTypeError,
        "grad: argument is True; a position counted from 0 or a tuple of positions is needed.",
    ),
    "no position": (
        lambda: tape.grad(lambda x: x, ()),
        DTypeError,
        "grad: argument is (); each position is needed once.",
    ),
    "one position twice": (
        lambda: tape.grad(lambda x, y: x, (1, 0, 1)),
        DTypeError,
        "grad: argument is (1, 0, 1); each position is needed once.",
    ),
    "no such argument among several": (
        lambda: tape.grad(lambda x, y: x, (0, 2))(2.0, 3.0),
        ShapeError,
        "grad: argument is 2, counted from 0, but f was called with 2 inputs.",
    ),
    "one of several is not used": (
        lambda: tape.grad(lambda x, y: x, (0, 1))(2.0, 3.0),
        NotReadyError,
        "grad: the result of f was not made from argument 1; "
        "compute with that Tensor itself, not with its .value.",
    ),
    "a gradient of a gradient": (
        lambda: tape.grad(tape.grad(lambda x: x * x))(1.0),
        DTypeError,
        "grad: argument 0 is a Tensor; give its .value. A derivative of a derivative is "
        "tape.hvp(f, x, v), or tape.jvp of lambda x: Tensor(tape.grad(f)(x.value)).",
    ),
    "a Tensor to pull back to": (
        lambda: tape.vjp(lambda x, y: x, 1.0, Tensor(2.0)),
        DTypeError,
        "vjp: input 1 is a Tensor; give its .value. A derivative of a derivative is "
        "tape.hvp(f, x, v), or tape.jvp of lambda x: Tensor(tape.grad(f)(x.value)).",
    ),
    "shapes": (
        lambda: two + np.ones((2, 1)),
        ShapeError,
        "add: x has shape (2,) and y has shape (2, 1); together they would stretch "
        "to (2, 2), which is rarely meant. Reshape one of them.",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_calls(case):
    call, kind, sentence = BAD[case]
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == sentence
