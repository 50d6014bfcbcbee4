"""The normal distribution, which NumPy does not have: what the exact GELU is made of.

Far out, Φ(-x) is a tiny number that 1 - Φ(x) would lose in rounding. Here it is computed as such,

    Φ(-x) = ½ exp(-x²/2) g(z),    z = x / √2 ≥ 0,

where g(z) = exp(z²) erfc(z) falls slowly, from 1 at 0 to about 1/(z √π) far out. What remains,
(1 + 2z) g(z), stays between 1 and 1.3 and is smooth in t = (z - 3)/(z + 3), which takes all z ≥ 0
to -1 ≤ t < 1: one polynomial in t does for every z, without a case, on a device as well as here.
"""

from __future__ import annotations

import math

from bplib.backend import Array, quietly, xp_of

# (1 + 2z) exp(z²) erfc(z) in powers of t, highest first: its Chebyshev series, computed with 40
# digits at 80 nodes and cut off where the rest is below 1e-17, and below 1e-8 for float32.
_FLOAT64 = (
    8.393734858690877e-10, 9.862533510345587e-10, -8.217595058711455e-09, -1.3312919661038687e-08,
    4.1064013667940355e-08, 1.0183620603842736e-07, -1.4047654315428462e-07,
    -6.166011460398726e-07, 3.5576086684080595e-07, 3.472370944977168e-06, -7.308281468783614e-07,
    -2.0100542268525612e-05, 4.949196649968345e-06, 0.0001250993424583729, -0.00010515971958448065,
    -0.0007798322696543306, 0.0018886903449991718, 0.0025293918156939696, -0.02377051491717134,
    0.0683080273440099, -0.11927366341538638, 0.1296451587027594, -0.0475622943534492,
    -0.13562110612458117, 1.2530080582697296,
)  # fmt: skip
_FLOAT32 = (
    7.731024224076895e-05, -9.254516686923966e-05, -0.0007264536790340485, 0.001875079123772353,
    0.0024991168696069477, -0.02376357643949504, 0.06831656777114085, -0.1192752752822409,
    0.1296441143440814, -0.047562156927520076, -0.1356210694002736, 1.2530080563677553,
)  # fmt: skip

_NOTHING_LEFT = 40.0
"""From here on exp(-x²/2) is 0 in float64, and in float32 long before."""


@quietly
def normal(x: Array) -> tuple[Array, Array]:
    """The standard normal distribution: Φ(x) = ½ erfc(-x/√2) and its slope φ(x) = exp(-x²/2)/√(2π).

    Both are right to about 1e-15 of their own size in float64 (1e-6 in float32), far out too.

    Arguments:
        x: array of real floats of any shape.

    Returns:
        `Φ`, the probability of a value below x, from 0 to 1, and `φ`, its density; shaped as `x`.

    Raises:
        DTypeError: where x is not an array.

    Source: W. J. Cody (1969), Rational Chebyshev Approximations for the Error Function, Mathematics
        of Computation 23, 631–637; M. M. Shepherd, J. G. Laframboise (1981), Chebyshev
        Approximation of (1 + 2x) exp(x²) erfc x in 0 ≤ x < ∞, Mathematics of Computation 36,
        249–253. The coefficients are our own.
    """
    xp = xp_of(x)
    right = (x >= 0).astype(x.dtype)
    side = 2 * right - 1
    # Not abs(x), whose slope at 0 is 0: forward mode differentiates this line.
    size = xp.minimum(side * x, _NOTHING_LEFT)
    # x² would be rounded, and exp would make the rounding error x²/2 times larger. `near` has
    # few digits, so that its square is exact, and what is left to square is small.
    near = xp.rint(size * 16) / 16
    bell = xp.exp(-near * near / 2) * xp.exp((near - size) * (near + size) / 2)
    z = size / math.sqrt(2)
    t = (z - 3) / (z + 3)
    coefficients = _FLOAT32 if x.dtype.itemsize == 4 else _FLOAT64
    g = t * coefficients[0]
    for coefficient in coefficients[1:-1]:
        g += coefficient
        g *= t
    g += coefficients[-1]
    tail = bell * g / (2 + 4 * z)
    # 1 - tail on the right, tail on the left: products are quicker than a choice by `where`.
    return right - side * tail, bell / math.sqrt(2 * math.pi)
