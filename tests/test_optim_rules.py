"""Every rule is its formula, in pieces or whole, on every device, saved and gone on from."""

import copy
import math
import pickle
import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest

from bplib import optim
from bplib.backend import to_numpy
from bplib.errors import DomainError, DTypeError, NotReadyError, ShapeError, UnknownNameError
from bplib.optim import base


def parameter(value, grad=None, name="W"):
    return SimpleNamespace(value=value, grad=grad, name=name)


# The formulas once more, number by number: one entry θ, its gradients, plain Python.


def sgd(theta, gradients, lr, weight_decay=0.0):
    for g in gradients:
        theta -= lr * (g + weight_decay * theta)
    return theta


def momentum(theta, gradients, lr, beta=0.9, weight_decay=0.0, nesterov=False):
    v = 0.0
    for g in gradients:
        g += weight_decay * theta
        v = beta * v + g
        theta -= lr * (g + beta * v if nesterov else v)
    return theta


def adagrad(theta, gradients, lr=0.01, epsilon=1e-10, weight_decay=0.0):
    s = 0.0
    for g in gradients:
        g += weight_decay * theta
        s += g**2
        theta -= lr * g / (math.sqrt(s) + epsilon)
    return theta


def rmsprop(theta, gradients, lr=0.01, beta=0.99, epsilon=1e-8, weight_decay=0.0):
    s = 0.0
    for g in gradients:
        g += weight_decay * theta
        s = beta * s + (1 - beta) * g**2
        theta -= lr * g / (math.sqrt(s) + epsilon)
    return theta


def adam(
    theta, gradients, lr=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0, w=False
):
    m = v = 0.0
    for t, g in enumerate(gradients, start=1):
        if w:
            theta -= lr * weight_decay * theta
        else:
            g += weight_decay * theta
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        theta -= lr * (m / (1 - beta1**t)) / (math.sqrt(v / (1 - beta2**t)) + epsilon)
    return theta


RULES = {
    "SGD": (sgd, {"lr": 0.1}),
    "SGD with decay": (sgd, {"lr": 0.1, "weight_decay": 0.3}),
    "Momentum": (momentum, {"lr": 0.05}),
    "Momentum, other β, with decay": (momentum, {"lr": 0.05, "beta": 0.7, "weight_decay": 0.2}),
    "Nesterov": (lambda *a, **k: momentum(*a, **k, nesterov=True), {"lr": 0.05}),
    "Nesterov with decay": (
        lambda *a, **k: momentum(*a, **k, nesterov=True),
        {"lr": 0.05, "beta": 0.8, "weight_decay": 0.2},
    ),
    "AdaGrad": (adagrad, {}),
    "AdaGrad, all settings": (adagrad, {"lr": 0.2, "epsilon": 0.03, "weight_decay": 0.1}),
    "RMSProp": (rmsprop, {}),
    "RMSProp, all settings": (
        rmsprop,
        {"lr": 0.02, "beta": 0.6, "epsilon": 0.03, "weight_decay": 0.1},
    ),
    "Adam": (adam, {}),
    "Adam, all settings": (
        adam,
        {"lr": 0.02, "beta1": 0.7, "beta2": 0.8, "epsilon": 0.03, "weight_decay": 0.1},
    ),
    "Adam without means": (adam, {"beta1": 0.0, "beta2": 0.0}),
    "AdamW": (
        lambda *a, **k: adam(*a, **{"weight_decay": 0.01} | k, w=True),
        {},
    ),
    "AdamW, all settings": (
        lambda *a, **k: adam(*a, **k, w=True),
        {"lr": 0.02, "beta1": 0.7, "beta2": 0.8, "epsilon": 0.03, "weight_decay": 0.4},
    ),
}
NAMES = ["SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam", "AdamW"]


def made(name, parameters, **settings):
    rule = getattr(optim, name.split()[0].rstrip(","))
    if rule in (optim.SGD, optim.Momentum, optim.Nesterov):
        settings.setdefault("lr", 0.1)
    return rule(parameters, **settings)


@pytest.mark.parametrize("name", RULES)
def test_a_hundred_steps_are_the_formula(name, xp, rng):
    formula, settings = RULES[name]
    start = [rng.standard_normal((3, 4)), rng.standard_normal(5), np.array(0.7)]
    gradients = [[rng.standard_normal(x.shape) for _ in range(100)] for x in start]
    theta = [parameter(xp.array(x)) for x in start]
    optimizer = made(name, theta, **settings)
    for k in range(100):
        for one, g in zip(theta, gradients, strict=True):
            one.grad = xp.asarray(g[k])
        optimizer.step()
    for one, x, g in zip(theta, start, gradients, strict=True):
        expected = np.empty_like(x)
        for index in np.ndindex(x.shape):
            expected[index] = formula(float(x[index]), [float(h[index]) for h in g], **settings)
        np.testing.assert_allclose(to_numpy(one.value), expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_in_place_and_in_the_precision_given(name, dtype, xp, rng):
    value = xp.asarray(rng.standard_normal((3, 4)).astype(dtype))
    grad = rng.standard_normal((3, 4)).astype(dtype)
    theta = parameter(value, xp.asarray(grad))
    optimizer = made(name, [theta], lr=np.float64(0.1), weight_decay=0.1)
    for _ in range(3):
        optimizer.step()
    assert theta.value is value and value.dtype == dtype
    assert {array.dtype for array in optimizer.state_dict()["slots"][0].values()} <= {
        np.dtype(dtype)
    }
    np.testing.assert_array_equal(to_numpy(theta.grad), grad)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("layout", ["C", "F", "gradient transposed", "one row", "every second"])
def test_pieces_are_the_whole(name, layout, monkeypatch, rng):
    """A large parameter moves in pieces, whatever its memory looks like; the numbers are equal."""
    shape = (1, 60) if layout == "one row" else (12, 5)
    value, grad = rng.standard_normal((2, *shape))
    if layout == "F":
        value, grad = np.asfortranarray(value), np.asfortranarray(grad)
    if layout == "gradient transposed":
        grad = np.ascontiguousarray(grad.T).T
    if layout == "every second":
        value = rng.standard_normal((24, 5))[::2]
    other = parameter(value.copy(), grad.copy())
    theta = parameter(value, grad)
    results = []
    for one, block in ((other, 10_000), (theta, 16)):
        monkeypatch.setattr(base, "SMALLEST_PIECE", block)
        monkeypatch.setattr(base, "LARGEST_PIECE", block)
        optimizer = made(name, [one], lr=0.1, weight_decay=0.1)
        for _ in range(3):
            optimizer.step()
        results.append(optimizer.state_dict()["slots"][0])
    np.testing.assert_array_equal(theta.value, other.value)
    for slot in results[0]:
        np.testing.assert_array_equal(results[0][slot], results[1][slot])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_a_step_takes_little_new_memory_beside_the_parameter(name, weight_decay, rng):
    four_megabytes = rng.standard_normal(1_000_000, dtype=np.float32)
    theta = parameter(four_megabytes, four_megabytes[::-1].copy())
    optimizer = made(name, [theta], lr=0.1, weight_decay=weight_decay)
    tracemalloc.start()
    optimizer.step()
    _, first = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    held, _ = tracemalloc.get_traced_memory()
    optimizer.step()
    _, second = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert first <= 0.3 * theta.value.nbytes
    assert second - held <= 0.3 * theta.value.nbytes
    assert held <= 0.01 * theta.value.nbytes


def quadratic(theta):
    """½ θᵀ A θ − bᵀ θ, whose minimum solves A θ = b: (1, −2, 3)."""
    A = np.array([[4.0, 1.0, 0.0], [1.0, 3.0, 0.5], [0.0, 0.5, 1.0]])
    return A @ theta - A @ np.array([1.0, -2.0, 3.0])


def rosenbrock(theta):
    x, y = theta
    return np.array([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)])


@pytest.mark.parametrize(
    "name, lr",
    [
        ("SGD", 0.2), ("Momentum", 0.1), ("Nesterov", 0.1), ("AdaGrad", 1.0), ("RMSProp", 0.02),
        ("Adam", 0.1), ("AdamW", 0.1),
    ],
)  # fmt: skip
def test_finds_the_minimum_of_a_quadratic(name, lr):
    theta = parameter(np.zeros(3))
    optimizer = made(name, [theta], lr=lr, weight_decay=0.0)
    scheduler = optim.Scheduler(optimizer, optim.schedules.cosine(600, end=1e-4))
    for _ in range(600):
        theta.grad = quadratic(theta.value)
        optimizer.step()
        scheduler.step()
    np.testing.assert_allclose(theta.value, [1, -2, 3], atol=1e-3)


@pytest.mark.parametrize(
    "name, lr",
    [
        ("SGD", 1.5e-3), ("Momentum", 2e-4), ("Nesterov", 2e-4), ("AdaGrad", 0.5),
        ("RMSProp", 5e-3), ("Adam", 0.02), ("AdamW", 0.02),
    ],
)  # fmt: skip
def test_follows_the_curved_valley_of_rosenbrock(name, lr):
    theta = parameter(np.array([-1.2, 1.0]))
    optimizer = made(name, [theta], lr=lr, weight_decay=0.0)
    scheduler = optim.Scheduler(optimizer, optim.schedules.cosine(6000, end=0.01))
    for _ in range(6000):
        theta.grad = rosenbrock(theta.value)
        optimizer.step()
        scheduler.step()
    x, y = theta.value
    assert (1 - x) ** 2 + 100 * (y - x**2) ** 2 < 0.01, theta.value


def test_the_first_step_of_adam_has_length_lr(rng):
    """Without the correction of the start it would be lr · 0.1 / √0.001, three times as long."""
    grad = rng.standard_normal(50) * 10.0 ** rng.integers(-3, 4, 50)
    theta = parameter(np.zeros(50), grad)
    optim.Adam([theta], lr=0.3).step()
    np.testing.assert_allclose(theta.value, -0.3 * np.sign(grad), rtol=1e-4)
    uncorrected = parameter(np.zeros(50), grad)
    optim.RMSProp([uncorrected], lr=0.3, beta=0.999).step()
    np.testing.assert_allclose(uncorrected.value, -0.3 * np.sign(grad) / math.sqrt(0.001), rtol=0.1)


def test_one_count_of_steps_for_all_parameters(rng):
    """Three parameters in one optimizer move as each would alone."""
    starts, grads = rng.standard_normal((2, 3, 4))
    together = [parameter(x.copy(), g) for x, g in zip(starts, grads, strict=True)]
    optimizer = optim.Adam(together, lr=0.1)
    for _ in range(5):
        optimizer.step()
    for x, g, one in zip(starts, grads, together, strict=True):
        alone = parameter(x.copy(), g)
        by_itself = optim.Adam([alone], lr=0.1)
        for _ in range(5):
            by_itself.step()
        np.testing.assert_array_equal(one.value, alone.value)
    assert optimizer.steps == 5


def test_adamw_is_not_adam_with_l2():
    """Without any loss: AdamW shrinks each entry by one factor, Adam + L2 steps by lr, any λ."""
    start = np.array([100.0, 1.0, -0.5])
    decoupled, coupled = parameter(start.copy()), parameter(start.copy())
    w = optim.AdamW([decoupled], lr=0.01, weight_decay=0.1)
    l2 = optim.Adam([coupled], lr=0.01, weight_decay=0.1)
    for _ in range(10):
        decoupled.grad = coupled.grad = np.zeros(3)
        w.step()
        l2.step()
    np.testing.assert_allclose(decoupled.value, start * (1 - 0.001) ** 10, rtol=1e-12)
    np.testing.assert_allclose(coupled.value, start - 0.1 * np.sign(start), atol=1e-3)
    # Under large gradients AdamW decays all the same; the root takes the L2 away.
    decoupled, coupled = parameter(start.copy()), parameter(start.copy())
    w = optim.AdamW([decoupled], lr=0.01, weight_decay=0.1)
    l2 = optim.Adam([coupled], lr=0.01, weight_decay=0.1)
    decoupled.grad = coupled.grad = np.full(3, 1e6)
    w.step()
    l2.step()
    np.testing.assert_allclose(decoupled.value, start * (1 - 0.001) - 0.01, rtol=1e-9)
    np.testing.assert_allclose(coupled.value, start - 0.01, rtol=1e-9)


def test_decay_of_the_others_is_l2(rng):
    """Adding ½ λ ‖θ‖² to the loss adds λ θ to its gradient."""
    for name in ("SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam"):
        a, b = parameter(np.array([3.0, -4.0])), parameter(np.array([3.0, -4.0]))
        by_rule = made(name, [a], lr=0.1, weight_decay=0.2)
        by_loss = made(name, [b], lr=0.1)
        for g in rng.standard_normal((4, 2)):
            a.grad, b.grad = g, g + 0.2 * b.value
            by_rule.step()
            by_loss.step()
        np.testing.assert_allclose(a.value, b.value, rtol=1e-12)


def test_huge_and_tiny_gradients_give_no_warning():
    for dtype in (np.float32, np.float64):
        big = np.finfo(dtype).max
        for name in NAMES:
            theta = parameter(np.ones(3, dtype), np.array([big, -big, 1e-30], dtype))
            optimizer = made(name, [theta], lr=0.1)
            optimizer.step()
            optimizer.step()


# groups


def test_a_group_has_settings_of_its_own(xp, rng):
    starts, grads = rng.standard_normal((2, 3, 4))
    ours = [parameter(xp.array(x), xp.asarray(g)) for x, g in zip(starts, grads, strict=True)]
    groups = [
        {"parameters": ours[:1], "lr": 0.5, "weight_decay": 0.3},
        {"parameters": ours[1:2], "beta1": 0.5},
        {"parameters": ours[2:]},
    ]
    optimizer = optim.AdamW(groups, lr=0.1)
    for _ in range(4):
        optimizer.step()
    own = [{"lr": 0.5, "weight_decay": 0.3}, {"beta1": 0.5}, {}]
    for x, g, one, settings in zip(starts, grads, ours, own, strict=True):
        alone = parameter(xp.array(x), xp.asarray(g))
        by_itself = optim.AdamW([alone], **{"lr": 0.1} | settings)
        for _ in range(4):
            by_itself.step()
        np.testing.assert_array_equal(to_numpy(one.value), to_numpy(alone.value))
    assert (optimizer.lr, optimizer.weight_decay, optimizer.beta1) == (0.1, 0.01, 0.9)
    assert [group["lr"] for group in optimizer.groups] == [0.5, 0.1, 0.1]
    assert repr(optimizer) == (
        "AdamW(lr=0.1, beta1=0.9, beta2=0.999, epsilon=1e-08, weight_decay=0.01; "
        "3 groups, 3 arrays, 12 numbers)"
    )


def test_groups_keep_their_ratio():
    a, b = parameter(np.zeros(3), np.ones(3)), parameter(np.zeros(3), np.ones(3))
    optimizer = optim.SGD([{"parameters": [a]}, {"parameters": [b], "lr": 0.05}], lr=0.1)
    optimizer.lr = 1
    optimizer.step()
    np.testing.assert_allclose([a.value[0], b.value[0]], [-1, -0.5])


def test_after_an_error_the_settings_are_the_optimizers_again():
    class Broken(optim.SGD):
        def update(self, value, grad):
            assert self.lr == 0.5
            raise ZeroDivisionError

    optimizer = Broken([{"parameters": [parameter(np.ones(3), np.ones(3))], "lr": 0.5}], lr=0.1)
    with pytest.raises(ZeroDivisionError):
        optimizer.step()
    assert optimizer.lr == 0.1


# saved states


@pytest.mark.parametrize("name", NAMES)
def test_ten_steps_saved_and_ten_more_are_twenty(name, xp, rng):
    starts, grads = rng.standard_normal((2, 4)), rng.standard_normal((20, 2, 4))

    def fresh(values):
        theta = [parameter(xp.array(x)) for x in values]
        groups = [{"parameters": theta[:1], "lr": 0.3}, {"parameters": theta[1:]}]
        optimizer = made(name, groups, lr=0.1, weight_decay=0.05)
        schedule = optim.schedules.linear_warmup(5).then(optim.schedules.cosine(10))
        return theta, optimizer, optim.Scheduler(optimizer, schedule)

    def train(theta, optimizer, scheduler, grads):
        for pair in grads:
            for one, g in zip(theta, pair, strict=True):
                one.grad = xp.asarray(g)
            optimizer.step()
            scheduler.step()
        return [to_numpy(one.value).copy() for one in theta]

    straight = train(*fresh(starts), grads)
    first = fresh(starts)
    middle = train(*first, grads[:10])
    saved = copy.deepcopy([to_numpy(x) for x in middle])
    optimizer_state, scheduler_state = first[1].state_dict(), first[2].state_dict()
    second = fresh(saved)
    second[1].load_state_dict(optimizer_state)
    second[2].load_state_dict(scheduler_state)
    np.testing.assert_array_equal(straight, train(*second, grads[10:]))
    assert second[1].lr == 0.0, "the schedule has ended"
    third = fresh(saved)
    third[1].load_state_dict(second[1].state_dict())
    assert third[1].lr == 0.0 and third[1].steps == 20


def test_a_state_survives_pickle():
    theta = parameter(np.ones(3), np.ones(3))
    optimizer = optim.Adam([theta])
    optimizer.step()
    state = pickle.loads(pickle.dumps(optimizer.state_dict()))
    other = optim.Adam([parameter(np.ones(3))], lr=5.0)
    other.load_state_dict(state)
    assert other.lr == 0.001 and other.steps == 1


def adam_state(**changes):
    state = optim.Adam([parameter(np.ones((2, 3)))]).state_dict()
    for key, value in changes.items():
        state["settings" if key in state["settings"] else key] = (
            state["settings"] | {key: value} if key in state["settings"] else value
        )
    return state


def one_slot(slot):
    return [{"mean": np.zeros((2, 3)), "squares": slot}]


ONE = {"size": 1, "own": {}, "lr_ratio": 1.0}
BAD_STATES = [
    (
        {"beta1": 1.0},
        DomainError,
        "Adam: beta1 of the state is 1; it must be at least 0 and below 1.",
    ),
    ({"epsilon": "0"}, DTypeError, "Adam: epsilon of the state is a str; a number is needed."),
    ({"lr": 0}, DomainError, "Adam: lr of the state is 0; it must be positive and finite."),
    (
        {"steps": -1},
        DomainError,
        "Adam: steps of the state is -1; it must be a whole number of at least 0.",
    ),
    (
        {"steps": 1.5},
        DomainError,
        "Adam: steps of the state is 1.5; it must be a whole number of at least 0.",
    ),
    ({"steps": None}, DTypeError, "Adam: steps of the state is None; a number is needed."),
    (
        {"slots": one_slot(np.zeros((3, 2)))},
        ShapeError,
        "Adam: the state's 'squares' has shape (3, 2) for W, which has shape (2, 3).",
    ),
    (
        {"slots": one_slot(np.zeros((2, 3), np.float32))},
        DTypeError,
        "Adam: the state's 'squares' is float32 for W, which is float64.",
    ),
    (
        {"groups": [ONE, ONE]},
        DomainError,
        "Adam: the state is for groups of 1, 1 parameters, but this optimizer has groups of 1.",
    ),
    (
        {"groups": [ONE | {"own": {"lr": -1.0}}]},
        DomainError,
        "Adam: lr of the state's group 0 is -1; it must be positive and finite.",
    ),
]


@pytest.mark.parametrize("changes, kind, sentence", BAD_STATES)
def test_a_state_that_does_not_fit_changes_nothing(changes, kind, sentence):
    optimizer = optim.Adam([parameter(np.ones((2, 3)))], lr=0.125)
    with pytest.raises(kind) as caught:
        optimizer.load_state_dict(adam_state(**changes))
    assert str(caught.value) == sentence
    assert optimizer.lr == 0.125 and optimizer.steps == 0


# what is refused

ones = parameter(np.ones(3), np.ones(3))
BAD_CALLS = [
    (lambda: optim.SGD([ones], 0), DomainError, "SGD: lr is 0; it must be positive and finite."),
    (
        lambda: optim.SGD([ones], 0.1, weight_decay=-1),
        DomainError,
        "SGD: weight_decay is -1; it must be at least 0 and finite.",
    ),
    (
        lambda: optim.SGD([ones], 0.1, weight_decay=math.inf),
        DomainError,
        "SGD: weight_decay is inf; it must be at least 0 and finite.",
    ),
    (
        lambda: optim.Momentum([ones], 0.1, beta=1),
        DomainError,
        "Momentum: beta is 1; it must be at least 0 and below 1.",
    ),
    (
        lambda: optim.Nesterov([ones], 0.1, beta=-0.1),
        DomainError,
        "Nesterov: beta is -0.1; it must be at least 0 and below 1.",
    ),
    (
        lambda: optim.Adam([ones], beta1=True),
        DTypeError,
        "Adam: beta1 is a bool; a number is needed.",
    ),
    (
        lambda: optim.Adam([ones], beta2=math.nan),
        DomainError,
        "Adam: beta2 is nan; it must be at least 0 and below 1.",
    ),
    (
        lambda: optim.AdamW([ones], epsilon=0),
        DomainError,
        "AdamW: epsilon is 0; it must be positive and finite.",
    ),
    (
        lambda: setattr(optim.RMSProp([ones]), "beta", 1.5),
        DomainError,
        "RMSProp: beta is 1.5; it must be at least 0 and below 1.",
    ),
    (
        lambda: optim.SGD([{"parameters": [ones], "lr": 0}], 0.1),
        DomainError,
        "SGD: lr of group 0 is 0; it must be positive and finite.",
    ),
    (
        lambda: optim.SGD([{"parameters": [ones], "weigth_decay": 0}], 0.1),
        UnknownNameError,
        "there is no setting of SGD 'weigth_decay'; did you mean 'weight_decay'?",
    ),
    (
        lambda: optim.SGD([{"parameters": [ones]}, {"lr": 1}], 0.1),
        DTypeError,
        "SGD: group 1 is a dict without the entry 'parameters'; "
        "beside one group, everything must be a group.",
    ),
    (
        lambda: optim.SGD([{"parameters": [ones]}, ones], 0.1),
        DTypeError,
        "SGD: group 1 is a SimpleNamespace without the entry 'parameters'; "
        "beside one group, everything must be a group.",
    ),
    (
        lambda: optim.SGD([{"parameters": []}], 0.1),
        DomainError,
        "SGD: groups[0].parameters is empty; there is nothing to move.",
    ),
    (
        lambda: optim.SGD([{"parameters": [ones]}, {"parameters": [ones]}], 0.1),
        DomainError,
        "SGD: W is in the list of parameters twice; it would move twice in a step.",
    ),
    (
        lambda: optim.SGD({"parameters": [ones]}, 0.1),
        DTypeError,
        "SGD: parameters is a dict; "
        "it must be a list of parameters, for example layer.parameters().",
    ),
    (
        lambda: optim.Optimizer([ones], 0.1),
        NotImplementedError,
        "Optimizer: update is missing; it says how a parameter moves.",
    ),
]


@pytest.mark.parametrize("call, kind, sentence", BAD_CALLS)
def test_bad_calls(call, kind, sentence):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == sentence


@pytest.mark.parametrize("name", NAMES)
def test_a_step_happens_whole_or_not_at_all(name):
    a, b = parameter(np.ones(3), np.ones(3), "a"), parameter(np.ones(3), np.ones(3), "b")
    optimizer = made(name, [a, b], lr=0.1)
    read_only = np.ones(3)
    read_only.flags.writeable = False
    for value, grad, kind, sentence in (
        (np.ones(3), None, NotReadyError, "b has no gradient yet; call backward first."),
        (
            np.ones(4),
            np.ones(4),
            ShapeError,
            "b was an array of float64 of shape (3,) when the optimizer was made, "
            "and has been replaced since; make a new optimizer.",
        ),
        (read_only, np.ones(3), DomainError, "the value of b is read-only; it cannot move."),
    ):
        b.value, b.grad = value, grad
        with pytest.raises(kind) as caught:
            optimizer.step()
        assert str(caught.value) == f"{name}.step: {sentence}"
    np.testing.assert_array_equal(a.value, np.ones(3))
    assert optimizer.steps == 0
    assert all(not array.any() for array in optimizer.state_dict()["slots"][0].values())


def test_a_gradient_on_another_device_is_refused():
    import fake_device

    theta = parameter(fake_device.module.asarray(np.ones(3)), np.ones(3))
    with pytest.raises(DTypeError, match="live in different places"):
        optim.SGD([theta], lr=0.1).step()
