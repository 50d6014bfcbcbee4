"""What stands between two linear maps: one bend for every entry.

Where the slope can be said from the output, the cache holds the output alone. The next layer holds
it as its input anyway, so the input of the activation can be forgotten.
"""

from __future__ import annotations

import math

from bplib import expect
from bplib.backend import Array, Cache, quietly, xp_of
from bplib.ops.pieces import in_pieces
from bplib.ops.special import normal


def relu(x: Array) -> tuple[Array, Cache]:
    """The rectifier: y = max(x, 0).

    The corner at x = 0 gets slope 0.

    Arguments:
        x: float array of any shape.

    Returns:
        `y`, of the same shape, and the cache.

    Raises:
        ShapeError: for an empty array.
        DTypeError: where x is not an array of real floats.

    Source: X. Glorot, A. Bordes, Y. Bengio (2011), Deep Sparse Rectifier Neural Networks,
        section 3.
    """
    expect.reals("relu", x=x)
    y = xp_of(x).maximum(x, 0)
    return y, y


@quietly
def relu_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of the rectifier, from the output: dx = dy where y > 0, 0 elsewhere.

    It is a product with 1 or 0, so a dy that is inf or NaN already gives NaN where the unit is off.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `relu`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    y = cache
    expect.upstream("relu_backward", "dy", dy, "y", y.shape, y)
    return dy * (y > 0)  # several times as fast as a choice by `where`


@quietly
def leaky_relu(x: Array, slope: float = 0.01) -> tuple[Array, Cache]:
    """The rectifier that lets a little through: y = x where x > 0, slope · x elsewhere.

    The corner at x = 0 gets the slope of the left side.

    Arguments:
        x: float array of any shape.
        slope: of the left side, a plain number from 0 to 1.

    Returns:
        `y`, of the same shape, and the cache.

    Raises:
        DomainError: where slope is below 0 or above 1.
        ShapeError: for an empty array.
        DTypeError: where x is not an array of real floats, or slope is not a plain number.

    Source: A. L. Maas, A. Y. Hannun, A. Y. Ng (2013), Rectifier Nonlinearities Improve Neural
        Network Acoustic Models, section 2.
    """
    expect.reals("leaky_relu", x=x)
    slope = expect.fraction("leaky_relu", "slope", slope)
    y = xp_of(x).maximum(slope * x, x)  # the first wins a tie, in forward mode too
    return y, (y, slope)


@quietly
def leaky_relu_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of the leaky rectifier, from the output: dx = dy where y > 0, slope · dy elsewhere.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `leaky_relu`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    y, slope = cache
    expect.upstream("leaky_relu_backward", "dy", dy, "y", y.shape, y)
    return dy * (y > 0).astype(y.dtype).clip(slope, 1)


@quietly
def elu(x: Array, alpha: float = 1.0) -> tuple[Array, Cache]:
    """The exponential linear unit: y = x where x > 0, α (eˣ - 1) elsewhere.

    At x = 0 the slope is that of the left side, α.

    Arguments:
        x: float array of any shape.
        alpha: α, a positive plain number; far to the left y is -α.

    Returns:
        `y`, of the same shape, and the cache.

    Raises:
        DomainError: where alpha is not positive and finite.
        ShapeError: for an empty array.
        DTypeError: where x is not an array of real floats, or alpha is not a plain number.

    Source: D.-A. Clevert, T. Unterthiner, S. Hochreiter (2016), Fast and Accurate Deep Network
        Learning by Exponential Linear Units (ELUs), equation 15.
    """
    expect.reals("elu", x=x)
    alpha = expect.positive("elu", "alpha", alpha)
    xp = xp_of(x)
    y = alpha * xp.expm1(xp.minimum(x, 0))
    y += xp.maximum(x, 0)
    return y, (y, alpha)


@quietly
def elu_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of the ELU, from the output: dx = dy where y > 0, dy (y + α) elsewhere.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `elu`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    y, alpha = cache
    expect.upstream("elu_backward", "dy", dy, "y", y.shape, y)
    # Products and sums with the answers, 1 or 0: several times as fast as a choice by `where`.
    dx = xp_of(y).minimum(y, 0) + alpha
    dx *= y <= 0
    dx += y > 0
    dx *= dy
    return dx


@quietly
def gelu(x: Array, approximate: bool = False) -> tuple[Array, Cache]:
    """The Gaussian error linear unit: y = x Φ(x), with Φ(x) = ½ (1 + erf(x/√2)).

    The approximation puts ½ (1 + tanh u) in the place of Φ(x), with u = √(2/π) (x + 0.044715 x³);
    it is never off by more than 0.0005.

    Arguments:
        x: float array of any shape.
        approximate: whether to use the approximation, which is quicker.

    Returns:
        `y`, of the same shape, and the cache.

    Raises:
        ShapeError: for an empty array.
        DTypeError: where x is not an array of real floats, or approximate is not True or False.

    Source: D. Hendrycks, K. Gimpel (2016), Gaussian Error Linear Units (GELUs), section 2.
    """
    expect.reals("gelu", x=x)
    approximate = expect.flag("gelu", "approximate", approximate)
    share_and_its_slope = _tanh_share if approximate else normal

    def value_and_slope(x: Array) -> tuple[Array, ...]:
        share, its_slope = share_and_its_slope(x)
        return x * share, share + x * its_slope

    # The slope is made here, where it costs two products more: both need one exponential.
    y, slope = in_pieces(value_and_slope, x)
    return y, slope


@quietly
def gelu_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of the GELU: dx = dy (Φ(x) + x φ(x)), with φ = Φ' = exp(-x²/2) / √(2π).

    For the approximation ½ (1 + tanh u) takes the place of Φ, and its derivative that of φ.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `gelu`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    slope = cache
    expect.upstream("gelu_backward", "dy", dy, "y", slope.shape, slope)
    return dy * slope


def _tanh_share(x: Array) -> tuple[Array, Array]:
    """½ (1 + tanh u) and its derivative in x; the first is σ(2u), which loses nothing far left."""
    scale = 2 * math.sqrt(2 / math.pi)
    near = x.clip(-25, 25)  # beyond it is 0 or 1 to the last digit
    square = near * near
    share = _logistic(scale * near * (1 + 0.044715 * square))
    return share, share * (1 - share) * (scale * (1 + 3 * 0.044715 * square))


@quietly
def sigmoid(x: Array) -> tuple[Array, Cache]:
    """The logistic function: y = σ(x) = 1 / (1 + e⁻ˣ).

    Far to the left y is eˣ to the last digit, and 0 where e⁻ˣ does not fit the dtype: x < -709.78
    in float64, x < -88.72 in float32.

    Arguments:
        x: float array of any shape.

    Returns:
        `y`, of the same shape, from 0 to 1, and the cache.

    Raises:
        ShapeError: for an empty array.
        DTypeError: where x is not a float array.

    Source: D. E. Rumelhart, G. E. Hinton, R. J. Williams (1986), Learning Representations by
        Back-propagating Errors, Nature 323, 533–536, equation 2.
    """
    expect.floats("sigmoid", x=x)
    y = _logistic(x)
    return y, y


@quietly
def sigmoid_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of the logistic function, from the output: dx = dy y (1 - y).

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `sigmoid`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    y = cache
    expect.upstream("sigmoid_backward", "dy", dy, "y", y.shape, y)
    return dy * (y * (1 - y))


def _logistic(x: Array) -> Array:
    return 1 / (1 + xp_of(x).exp(-x))  # e⁻ˣ may be inf, and 1/inf is the 0 that is meant


@quietly
def tanh(x: Array) -> tuple[Array, Cache]:
    """The hyperbolic tangent: y = tanh x = 2 σ(2x) - 1.

    Arguments:
        x: float array of any shape.

    Returns:
        `y`, of the same shape, from -1 to 1, and the cache.

    Raises:
        ShapeError: for an empty array.
        DTypeError: where x is not a float array.

    Source: Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller (1998), Efficient BackProp, section 4.4.
    """
    expect.floats("tanh", x=x)
    y = xp_of(x).tanh(x)
    return y, y


@quietly
def tanh_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of tanh, from the output: dx = dy (1 - y²).

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `tanh`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    y = cache
    expect.upstream("tanh_backward", "dy", dy, "y", y.shape, y)
    return dy * ((1 - y) * (1 + y))  # 1 - y² would lose digits where |y| is nearly 1


@quietly
def softplus(x: Array) -> tuple[Array, Cache]:
    """The smooth rectifier: y = ln(1 + eˣ) = max(x, 0) + ln(1 + exp(-|x|)).

    Arguments:
        x: float array of any shape.

    Returns:
        `y`, of the same shape, and the cache.

    Raises:
        ShapeError: for an empty array.
        DTypeError: where x is not a float array.

    Source: C. Dugas et al. (2001), Incorporating Second-Order Functional Knowledge for Better
        Option Pricing.
    """
    expect.floats("softplus", x=x)
    xp = xp_of(x)
    # min(x, -x) is -|x|, for complex numbers by their real part.
    y = xp.log1p(xp.exp(xp.minimum(x, -x)))
    y += xp.maximum(x, 0)
    return y, y


@quietly
def softplus_backward(dy: Array, cache: Cache) -> Array:
    """Gradient of the smooth rectifier, from the output: dx = dy σ(x), where σ(x) = 1 - e⁻ʸ.

    Arguments:
        dy: the upstream gradient, of y's shape.
        cache: of `softplus`.

    Returns:
        `dx`, shaped as `x`.

    Raises:
        ShapeError: where dy does not have y's shape.
        DTypeError: for integers, or float32 against float64.
    """
    y = cache
    expect.upstream("softplus_backward", "dy", dy, "y", y.shape, y)
    return dy * -xp_of(y).expm1(-y)
