"""Every activation and every loss against exact numbers, from 1e-300 to 1e300 and in float32.

The exact numbers are made of the plain formulas with decimal numbers of many digits and a range in
which nothing overflows. What does not fit a float is inf, and what is too small is 0, in both.
"""

import decimal
import functools
import math
from decimal import Decimal

import numpy as np
import pytest

from bplib import losses, ops

EXACT = decimal.Context(
    prec=60, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN, traps=[decimal.InvalidOperation]
)
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")
ONE, TINY = Decimal(1), Decimal("1e-25")


@pytest.fixture(autouse=True)
def many_digits():
    with decimal.localcontext(EXACT):
        yield


def exp(x):
    return x.exp()


def expm1(x):
    return x + x * x / 2 if abs(x) < TINY else x.exp() - 1


def log1p(x):
    return x - x * x / 2 if abs(x) < TINY else (1 + x).ln()


def sigmoid(x):
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (1 + exp(x))


def softplus(x):
    return max(x, Decimal(0)) + log1p(exp(-abs(x)))


def share_below(x):
    """Φ(x), from the series of the error function, with the digits that its terms cancel."""
    if abs(x) > 39:
        return Decimal(int(x > 0))
    with decimal.localcontext() as context:
        context.prec = 60 + int(x * x)
        z = x / Decimal(2).sqrt()
        term = total = z
        n = 0
        while abs(term) > Decimal(10) ** -(context.prec - 5):
            n += 1
            term = -term * z * z / n
            total += term / (2 * n + 1)
        return (1 + 2 * total / more_pi(1600).sqrt()) / 2


@functools.cache
def more_pi(digits):
    """π by Machin's formula, 4 (4 arctan 1/5 - arctan 1/239)."""
    with decimal.localcontext() as context:
        context.prec = digits + 10
        return 4 * (4 * arctan_of_one_over(5, digits) - arctan_of_one_over(239, digits))


def arctan_of_one_over(n, digits):
    term = total = ONE / n
    k = 1
    while abs(term) > Decimal(10) ** -(digits + 5):
        term /= -n * n
        k += 2
        total += term / k
    return total


def normal_density(x):
    return exp(-x * x / 2) / (2 * PI).sqrt()


def by_tanh(x):
    """σ(2u) and its slope, of the approximate GELU."""
    scale, cubic = 2 * (2 / PI).sqrt(), Decimal(0.044715)
    s = sigmoid(scale * (x + cubic * x**3))
    return s, s * (1 - s) * scale * (1 + 3 * cubic * x * x)


def gelu(x):
    return x * share_below(x), share_below(x) + x * normal_density(x)


def gelu_by_tanh(x):
    if abs(x) > 1000:
        return max(x, Decimal(0)), Decimal(int(x > 0))
    share, slope = by_tanh(x)
    return x * share, share + x * slope


ALPHA, SLOPE = 0.7, 0.3
ACTIVATIONS = {
    "relu": ({}, lambda x: (max(x, 0 * x), Decimal(int(x > 0)))),
    "leaky_relu": (
        {"slope": SLOPE},
        lambda x: (x, ONE) if x > 0 else (x * Decimal(SLOPE), Decimal(SLOPE)),
    ),
    "elu": (
        {"alpha": ALPHA},
        lambda x: (x, ONE) if x > 0 else (Decimal(ALPHA) * expm1(x), Decimal(ALPHA) * exp(x)),
    ),
    "gelu": ({}, gelu),
    "gelu by tanh": ({"approximate": True}, gelu_by_tanh),
    "sigmoid": ({}, lambda x: (sigmoid(x), sigmoid(x) * sigmoid(-x))),
    "tanh": ({}, lambda x: (tanh(x), 4 * sigmoid(2 * x) * sigmoid(-2 * x))),
    "softplus": ({}, lambda x: (softplus(x), sigmoid(x))),
}


def tanh(x):
    size = -expm1(-2 * abs(x)) / (1 + exp(-2 * abs(x)))
    return size if x > 0 else -size


def sweep(dtype):
    """Both signs, from the smallest to the largest, and densely where something happens."""
    last = 300 if dtype == np.float64 else 37
    far = 10.0 ** np.arange(-last, last + 1, 12 if dtype == np.float64 else 2)
    near = np.concatenate([np.geomspace(1e-3, 40, 24), np.linspace(50, 900, 12)])
    sizes = np.concatenate([far, near]).astype(dtype)
    return np.concatenate([-sizes[::-1], sizes])


def rounded(numbers, dtype):
    """The nearest floats; inf where there is none so large."""
    with np.errstate(over="ignore"):
        return np.array([float(number) for number in numbers]).astype(dtype)


def agree(found, exact, dtype, digits=4, absolute=0.0):
    """To a few units in the last place; what is below the normal numbers counts as 0."""
    limits = np.finfo(dtype)
    exact = rounded(exact, dtype)
    assert found.dtype == dtype and not np.isnan(found).any()
    np.testing.assert_allclose(
        found, exact, rtol=digits * limits.eps, atol=max(2 * limits.tiny, absolute)
    )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name, dtype):
    settings, exactly = ACTIVATIONS[name]
    pair = name.partition(" ")[0]
    x = sweep(dtype)
    y, cache = getattr(ops, pair)(x, **settings)
    slope = getattr(ops, f"{pair}_backward")(np.ones_like(x), cache)
    exact = [exactly(Decimal(float(number))) for number in x]
    # The exponent of the approximation has about 1000 times the digits' rounding far out.
    digits = 1500 if name == "gelu by tanh" else 8
    agree(y, [value for value, _ in exact], dtype, digits)
    # A slope that is made of the output has the output's rounding, as in 1 - y.
    agree(slope, [s for _, s in exact], dtype, digits, absolute=2 * np.finfo(dtype).eps)


def logits_of(dtype):
    """Rows of three logits of every size, near each other and far apart."""
    sizes = sweep(dtype)[::2]
    rows = (
        [(z, 0.0, -z) for z in sizes]
        + [(z, z, 0.0) for z in sizes]
        + [(z, z / 2, z) for z in sizes]
    )
    return np.array(rows, dtype)


@functools.cache
def log_softmax(row):
    z = [Decimal(float(number)) for number in row]
    top = max(z)
    rest = [exp(one - top) for one in z]
    rest.remove(1)
    log_total = log1p(sum(rest))
    return [one - top - log_total for one in z]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_softmax(dtype):
    x = logits_of(dtype)
    eps = np.finfo(dtype).eps
    exact = [log_softmax(tuple(row)) for row in x]
    y, _ = ops.log_softmax(x)
    s, _ = ops.softmax(x)
    agree(y.reshape(-1), [one for row in exact for one in row], dtype, 8, absolute=2 * eps)
    # exp(z) has the rounding of z: 700 times as much at e⁻⁷⁰⁰.
    agree(s.reshape(-1), [exp(one) for row in exact for one in row], dtype, 1000)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", ["softmax_cross_entropy", "kl_divergence"])
def test_losses_of_many_classes(name, dtype):
    eps = np.finfo(dtype).eps
    targets = np.array([[1, 0, 0], [0, 0, 1], [0.25, 0.5, 0.25]], dtype)
    for row in logits_of(dtype):
        log_p = log_softmax(tuple(row))
        for target in targets:
            loss, cache = getattr(losses, name)(row[None], target[None])
            (slopes,) = getattr(losses, f"{name}_backward")(cache)
            t = [Decimal(float(one)) for one in target]
            pairs = [(a, b) for a, b in zip(t, log_p, strict=True) if a]
            entropy = sum(a * a.ln() for a, _ in pairs) if name == "kl_divergence" else 0
            exact = entropy - sum(a * b for a, b in pairs)
            agree(np.asarray(loss)[None], [exact], dtype, 8, absolute=4 * eps)
            expected = [exp(b) - a for a, b in zip(t, log_p, strict=True)]
            agree(slopes, expected, dtype, 8, absolute=2 * eps)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("label", [0.0, 1.0, 0.25])
def test_binary_cross_entropy(label, dtype):
    """Right and sure keeps all digits: the loss e⁻⁷⁰⁰ is not 0."""
    y = Decimal(label)
    for z in sweep(dtype):
        loss, cache = losses.binary_cross_entropy_with_logits(
            np.array([z]), np.array([label], dtype)
        )
        slope = losses.binary_cross_entropy_with_logits_backward(cache)
        exact = Decimal(float(z))
        agree(
            np.asarray(loss)[None],
            [y * softplus(-exact) + (1 - y) * softplus(exact)],
            dtype,
        )
        right = -sigmoid(-exact) if label == 1 else sigmoid(exact) - y
        agree(slope, [right], dtype, absolute=np.finfo(dtype).eps * (0 < label < 1))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_losses_of_numbers(dtype):
    """Of one prediction and one target, 0 or as large; squares overflow to inf, and only they."""
    for d in sweep(dtype):
        for target in (0.0, float(d) / 2):
            p, t = np.array([d]), np.array([target], dtype)
            exact = Decimal(float(p[0])) - Decimal(float(t[0]))
            size = abs(exact)
            delta = Decimal(0.5)
            near = size <= delta
            sign = exact / size
            for name, value, slope in (
                ("mse", exact**2, 2 * exact),
                ("half_mse", exact**2 / 2, exact),
                ("mae", size, sign),
                (
                    "huber",
                    exact**2 / 2 if near else delta * (size - delta / 2),
                    exact if near else delta * sign,
                ),
            ):
                settings = {"delta": 0.5} if name == "huber" else {}
                loss, cache = getattr(losses, name)(p, t, **settings)
                agree(np.asarray(loss)[None], [value], dtype)
                agree(getattr(losses, f"{name}_backward")(cache), [slope], dtype)
        for label in (-1, 1):
            loss, cache = losses.hinge(np.array([d]), np.array([label]))
            short = 1 - label * Decimal(float(d))
            agree(np.asarray(loss)[None], [max(short, Decimal(0))], dtype)
            expected = Decimal(-label if short > 0 else 0)
            agree(losses.hinge_backward(cache), [expected], dtype)


def test_the_exact_numbers_are_exact():
    """Against what Python itself knows."""
    for x in (-30.0, -3.0, -1e-9, 1e-9, 0.5, 20.0):
        exact = Decimal(x)
        assert float(tanh(exact)) == pytest.approx(math.tanh(x), rel=4e-16)
        assert float(expm1(exact)) == pytest.approx(math.expm1(x), rel=4e-16)
        assert float(share_below(exact)) == pytest.approx(
            math.erfc(-x / math.sqrt(2)) / 2, rel=1e-13
        )
    assert float(more_pi(60) - PI) == pytest.approx(0, abs=1e-58)
