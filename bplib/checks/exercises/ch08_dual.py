"""Chapter 8: forward mode by hand, on numbers."""

from ..declare import Exercise, Misconception


def _dual_times(a, a_moves, b, b_moves):
    return a * b, a_moves * b + a * b_moves


def _by_complex_step(a, a_moves, b, b_moves):
    h = 1e-30
    product = (a + 1j * h * a_moves) * (b + 1j * h * b_moves)
    return product.real, product.imag / h


def _by_matrices(a, a_moves, b, b_moves):
    """[[a, a'], [0, a]] multiplies as a + a'ε does."""
    left, right = [[a, a_moves], [0, a]], [[b, b_moves], [0, b]]
    first = [sum(left[0][k] * right[k][j] for k in range(2)) for j in range(2)]
    return tuple(first)


def _by_ratios(a, a_moves, b, b_moves):
    product = a * b
    return [product, product * (a_moves / a + b_moves / b)]


def _numbers(rng, i):
    size = (1.0, 1.0, 10.0, 1e-3, 1.0, 1e4)[i]
    signs = ((1, 1, 1, 1), (-1, 1, -1, 1), (1, -1, 1, -1), (1, -1, -1, 1), (-1, -1, 1, 1),
             (1, 1, -1, -1))[i]  # fmt: skip
    values = size * rng.uniform(0.5, 3, size=4) * signs
    return tuple(float(value) for value in values)


DUAL_TIMES = Exercise(
    name="dual_times",
    chapter=8,
    minutes=2,
    statement=(
        "The product of the dual numbers a + a_moves ε and b + b_moves ε: return "
        "(value, tangent), two numbers."
    ),
    reference=_dual_times,
    cases=_numbers,
    case_note=lambda a, a_moves, b, b_moves: (
        f"({a:.3g} + {a_moves:.3g}ε)({b:.3g} + {b_moves:.3g}ε)"
    ),
    returns=("value", "tangent"),
    equivalents=(_by_complex_step, _by_matrices, _by_ratios),
    misconceptions=(
        Misconception(
            "tangents-multiplied",
            "the tangents are multiplied with each other. That product stands before the ε², which "
            "is thrown away.",
            lambda a, a_moves, b, b_moves: (a * b, a_moves * b_moves),
        ),
        Misconception(
            "tangents-added",
            "the tangents are added, as in a sum. In a product each is multiplied by the other's "
            "value.",
            lambda a, a_moves, b, b_moves: (a * b, a_moves + b_moves),
        ),
        Misconception(
            "not-swapped",
            "each tangent met its own value. In a product the rate is the other factor.",
            lambda a, a_moves, b, b_moves: (a * b, a_moves * a + b_moves * b),
        ),
        Misconception(
            "first-moves-alone",
            "only the first factor moves here. Both do.",
            lambda a, a_moves, b, b_moves: (a * b, a_moves * b),
        ),
        Misconception(
            "second-moves-alone",
            "only the second factor moves here. Both do.",
            lambda a, a_moves, b, b_moves: (a * b, a * b_moves),
        ),
        Misconception(
            "square-kept",
            "the product of the two tangents is in it. It stands before the ε², which is thrown "
            "away.",
            lambda a, a_moves, b, b_moves: (a * b, a_moves * b + a * b_moves + a_moves * b_moves),
        ),
        Misconception(
            "difference",
            "the two parts are subtracted, as in a quotient. In a product they add.",
            lambda a, a_moves, b, b_moves: (a * b, a_moves * b - a * b_moves),
        ),
        Misconception(
            "values-added",
            "the values are added. The tangent is that of a product, the value is not.",
            lambda a, a_moves, b, b_moves: (a + b, a_moves * b + a * b_moves),
        ),
        Misconception(
            "tangent-first",
            "the tangent comes first here. Return the value, then the tangent.",
            lambda a, a_moves, b, b_moves: (a_moves * b + a * b_moves, a * b),
        ),
    ),
    hints=(
        "Multiply the two brackets out, as you would with any letter in the place of ε.",
        "There are four products. One has no ε: the value. Two have one: the tangent. One has ε².",
        "The tangent: each factor's tangent times the value of the other, added.",
    ),
    another="""
def dual_times(a, a_moves, b, b_moves):
    step = 1e-30  # the complex step: i times something tiny behaves as ε does
    product = complex(a, step * a_moves) * complex(b, step * b_moves)
    return product.real, product.imag / step
""",
    after="The product rule in one line, and with a sum and a quotient beside it, a forward mode.",
)


def _heron(step, start=0.0):
    """Heron's loop, in which step(x, x_moves, s, s_moves) says how the next guess moves."""

    def root_and_slope(s, s_moves, rounds):
        x, x_moves = 1.0, start(s_moves) if callable(start) else start
        for _ in range(rounds):
            x, x_moves = 0.5 * (x + s / x), step(x, x_moves, s, s_moves)
        return x, x_moves

    return root_and_slope


def _next(x, x_moves, s, s_moves):
    return 0.5 * (x_moves + (s_moves * x - s * x_moves) / x**2)


_root_and_slope = _heron(_next)


def _value_first(s, s_moves, rounds):
    x, x_moves = 1.0, 0.0
    for _ in range(rounds):
        x = 0.5 * (x + s / x)
        x_moves = _next(x, x_moves, s, s_moves)
    return x, x_moves


def _in_small_steps(s, s_moves, rounds):
    x, x_moves = 1.0, 0.0
    for _ in range(rounds):
        q = s / x
        q_moves = (s_moves - q * x_moves) / x
        x, x_moves = (x + q) / 2, (x_moves + q_moves) / 2
    return x, x_moves


def _by_rates(s, s_moves, rounds):
    """How far x moves for a unit of s, and the nudge only at the end."""
    x, rate = 1.0, 0.0
    for _ in range(rounds):
        rate = 0.5 * (1 - s / x**2) * rate + 0.5 / x
        x = 0.5 * (x + s / x)
    return [x, rate * s_moves]


def _by_recursion(s, s_moves, rounds):
    if rounds == 0:
        return 1.0, 0.0
    x, x_moves = _by_recursion(s, s_moves, rounds - 1)
    return 0.5 * (x + s / x), _next(x, x_moves, s, s_moves)


def _one_round_less(s, s_moves, rounds):
    return _root_and_slope(s, s_moves, rounds)[0], _root_and_slope(s, s_moves, rounds - 1)[1]


def _loop_to_run(rng, i):
    s = float(rng.uniform(15, 60)) * (1.0, 1.0, 0.01, 1.0, 1e4, 1.0)[i]
    nudge = float(rng.uniform(0.5, 3) * (-1) ** i)
    return s, nudge if i else 1.5, (3, 4, 3, 5, 4, 3)[i]


ROOT_AND_SLOPE = Exercise(
    name="root_and_slope",
    chapter=8,
    minutes=5,
    statement=(
        "Heron's loop, x = 0.5 * (x + s / x), from x = 1, for so many rounds, while s moves at the "
        "rate s_moves. Return the last x and how fast it moves: (x, x_moves)."
    ),
    reference=_root_and_slope,
    cases=_loop_to_run,
    case_note=lambda s, s_moves, rounds: f"s={s:.4g}, s_moves={s_moves:.3g}, {rounds} rounds",
    returns=("x", "x_moves"),
    equivalents=(_in_small_steps, _by_rates, _by_recursion),
    misconceptions=(
        Misconception(
            "value-first",
            "x is replaced before its tangent is worked out, which then sees the next x. Work out "
            "both from the old one.",
            _value_first,
        ),
        Misconception(
            "nothing-moves",
            "the tangent stays 0. The first guess does not move, but s does, from the first round "
            "on.",
            _heron(lambda x, x_moves, s, s_moves: 0.0),
        ),
        Misconception(
            "quotient-sign",
            "the two parts of the quotient's slope have the same sign here. When the x below the "
            "line grows, s / x gets smaller.",
            _heron(lambda x, t, s, u: 0.5 * (t + (u * x + s * t) / x**2)),
        ),
        Misconception(
            "x-stands-still-below",
            "in s / x only s moves here. The x below the line moves too.",
            _heron(lambda x, t, s, u: 0.5 * (t + u / x)),
        ),
        Misconception(
            "x-stands-still-before",
            "the x before the plus moves too, and its tangent is missing in the sum.",
            _heron(lambda x, t, s, u: 0.5 * (u * x - s * t) / x**2),
        ),
        Misconception(
            "x-stands-still",
            "only the direct path from s is in it, that of the last round. x moves as well, on "
            "both sides of the plus.",
            _heron(lambda x, t, s, u: 0.5 * u / x),
        ),
        Misconception(
            "half-forgotten",
            "the factor 0.5 belongs to the tangent as well.",
            _heron(lambda x, t, s, u: t + (u * x - s * t) / x**2),
        ),
        Misconception(
            "not-squared",
            "the slope of a quotient is divided by x², not by x.",
            _heron(lambda x, t, s, u: 0.5 * (t + (u * x - s * t) / x)),
        ),
        Misconception(
            "first-guess-moves",
            "the tangent starts at 1. The first guess is 1 whatever s is, so it does not move.",
            _heron(_next, start=1.0),
        ),
        Misconception(
            "first-guess-moves-with-s",
            "the tangent starts at s_moves. The first guess is 1 whatever s is, so it does not "
            "move.",
            _heron(_next, start=lambda s_moves: s_moves),
        ),
        Misconception(
            "unit-nudge",
            "s moves at the rate 1 here. It moves at the rate s_moves.",
            lambda s, s_moves, rounds: _root_and_slope(s, 1.0, rounds),
        ),
        Misconception(
            "slope-of-the-root",
            "this is the slope of the square root itself. After a few rounds the loop is not there "
            "yet, and its own slope is asked for.",
            lambda s, s_moves, rounds: (
                _root_and_slope(s, s_moves, rounds)[0],
                s_moves / (2 * s**0.5),
            ),
        ),
        Misconception(
            "one-round-less",
            "the tangent is a round behind its x.",
            _one_round_less,
        ),
    ),
    hints=(
        "Beside each line that computes a number, write the line that computes how fast it moves.",
        "Give s / x a name of its own. It is a quotient of two things that move.",
        "With q = s / x, the tangent of q is (s_moves − q · x_moves) / x; the new x is half of a "
        "sum, and so is its tangent. Work out both before you replace x.",
    ),
    another="""
def root_and_slope(s, s_moves, rounds):
    x, rate = 1.0, 0.0  # how far x moves for a unit of s
    for _ in range(rounds):
        x, rate = (x + s / x) / 2, (rate - s / x**2 * rate + 1 / x) / 2
    return x, rate * s_moves
""",
    after=(
        "You have done by hand what a dual number does in any loop: a tangent beside every value, "
        "and nothing kept."
    ),
)
