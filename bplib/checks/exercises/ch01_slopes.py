"""Chapter 1: slopes of short formulas, one line a node."""

from ..declare import Exercise, Misconception

# --- bitterness_slope -------------------------------------------------------------------------


def _refund(cups):
    return 0.5 * (3 * cups + 1) ** 2


def _bitterness_slope(cups):
    spoons = 3 * cups + 1
    return 0.5 * (2 * spoons) * 3


def _bitterness_backwards(cups):
    spoons = 3 * cups + 1
    dbitterness = 0.5
    dspoons = dbitterness * spoons
    dspoons += dbitterness * spoons
    return dspoons * 3


BITTERNESS_SLOPE = Exercise(
    name="bitterness_slope",
    chapter=1,
    minutes=2,
    statement=(
        "spoons = 3 × cups + 1, bitterness = spoons², refund = 0.5 × bitterness. "
        "Return the slope of the refund with respect to cups."
    ),
    reference=_bitterness_slope,
    cases=lambda rng, i: (float(rng.uniform(3, 9)) * (1e5 if i == 5 else 1.0),),
    returns=("dcups",),
    loss=_refund,
    equivalents=(
        lambda cups: 9 * cups + 3,
        _bitterness_backwards,
        lambda cups: _refund(complex(cups, 1e-100)).imag / 1e-100,
    ),
    misconceptions=(
        Misconception(
            "inner-rate-forgotten",
            "this is the number of spoons. The first link is missing, for a cup is not one spoon; "
            "or a pair of brackets is, and the 1 is added after everything else.",
            lambda cups: 0.5 * 2 * (3 * cups + 1),
        ),
        Misconception(
            "bitterness-for-slope",
            "this is the bitterness itself, not how far the refund moves for a cup.",
            lambda cups: (3 * cups + 1) ** 2,
        ),
        Misconception(
            "sign-flipped",
            "whoever drinks more gets more back: the refund grows with the cups.",
            lambda cups: -_bitterness_slope(cups),
        ),
        Misconception(
            "slope-at-4-cups",
            "this is the slope at 4 cups, whatever the number of cups is. Use `cups`.",
            lambda cups: 39.0,
        ),
        Misconception(
            "slope-in-the-wrong-place",
            "the slope of the square is taken at cups. What is squared is the number of spoons.",
            lambda cups: 0.5 * (2 * cups) * 3,
        ),
        Misconception(
            "rates-added",
            "the three rates are added. Along one path they multiply.",
            lambda cups: 3 + 2 * (3 * cups + 1) + 0.5,
        ),
        Misconception(
            "value-for-slope",
            "this is the refund itself, not how far it moves for a cup.",
            _refund,
        ),
        Misconception(
            "outer-rate-forgotten",
            "the last link is missing: a unit of bitterness is worth half a unit of refund.",
            lambda cups: 2 * (3 * cups + 1) * 3,
        ),
        Misconception(
            "square-is-one-path",
            "a square has two paths from the number to its product with itself; one is counted.",
            lambda cups: 0.5 * (3 * cups + 1) * 3,
        ),
        Misconception(
            "square-not-differentiated",
            "the square's value stands where its slope belongs.",
            lambda cups: 0.5 * (3 * cups + 1) ** 2 * 3,
        ),
        Misconception(
            "whole-cup",
            "this is what a whole cup more would change. The curve bends on the way; take its "
            "slope here.",
            lambda cups: _refund(cups + 1) - _refund(cups),
        ),
        Misconception(
            "pot-forgotten",
            "the spoon for the pot is missing: what is squared is 3 × cups + 1.",
            lambda cups: 9 * cups,
        ),
        Misconception(
            "brackets-missing",
            "without brackets only 3 × cups is multiplied. Put them around 3 × cups + 1.",
            lambda cups: 9 * cups + 1,
        ),
    ),
    hints=(
        "One path, three links. Along a path, rates multiply.",
        "Find the rate of each line on its own, each at the value that goes into *that* line.",
        "The rates are 3, then the slope of a square at `spoons`, then 0.5.",
    ),
    another="""
def bitterness_slope(cups):
    return 9 * cups + 3  # the refund multiplied out: 4.5 cups² + 3 cups + 0.5
""",
    after=(
        "The slope is 9 × cups + 3, a straight line: the second cup hurts more than the first. "
        "You could also have multiplied out first, but only because the formula is short."
    ),
)

# --- sum_times_gradients ----------------------------------------------------------------------


def _sum_times(x, y, z):
    return (x + y) * z


def _sum_times_gradients(x, y, z):
    q = x + y
    dq, dz = z, q
    return dq * 1, dq * 1, dz


def _three(rng, i):
    scale = 1e6 if i == 5 else 1.0
    x, y, z = rng.uniform(2, 9, size=3) * rng.choice([-1, 1], size=3) * scale
    if 1 <= i <= 3:  # each of them is below zero once, and above it
        x, y, z = (-abs(v) if k == i else abs(v) for k, v in enumerate((x, y, z), start=1))
    return float(x), float(y), float(z / scale)


SUM_TIMES_GRADIENTS = Exercise(
    name="sum_times_gradients",
    chapter=1,
    minutes=5,
    statement=("f = (x + y) × z. Return (dx, dy, dz), the slopes of f with respect to x, y and z."),
    reference=_sum_times_gradients,
    cases=_three,
    returns=("dx", "dy", "dz"),
    loss=_sum_times,
    equivalents=(
        lambda x, y, z: (z, z, x + y),
        lambda x, y, z: [z, z, y + x],
        lambda x, y, z: tuple(
            _sum_times(*(complex(v, 1e-100 * (k == j)) for k, v in enumerate((x, y, z)))).imag
            / 1e-100
            for j in range(3)
        ),
    ),
    misconceptions=(
        Misconception(
            "multiply-not-swapped",
            "each factor got its own value back. A product sends each factor the other one.",
            lambda x, y, z: (x + y, x + y, z),
        ),
        Misconception(
            "upstream-forgotten",
            "the sum passes on 1 instead of 1 times the gradient that arrives at it.",
            lambda x, y, z: (1.0, 1.0, x + y),
        ),
        Misconception(
            "add-splits",
            "the sum shares its gradient out in halves. Each input gets the whole of it.",
            lambda x, y, z: (z / 2, z / 2, x + y),
        ),
        Misconception(
            "product-first",
            "these are the slopes of x + y × z. The brackets say that the sum comes first.",
            lambda x, y, z: (1.0, z, y),
        ),
        Misconception(
            "values-for-slopes",
            "each slope is multiplied by the value of its own input once too often.",
            lambda x, y, z: (x * z, y * z, (x + y) * z),
        ),
        Misconception(
            "sum-counts-as-product",
            "x and y are treated as factors. They are added before the product.",
            lambda x, y, z: (y * z, x * z, x * y),
        ),
        Misconception(
            "each-the-factor-of-the-other",
            "x and y send each other their values, as factors do. They are added before the "
            "product.",
            lambda x, y, z: (y * z, x * z, x + y),
        ),
        Misconception(
            "z-counts-as-added",
            "the gradient of z is 1, as if z were added. It multiplies the sum.",
            lambda x, y, z: (z, z, 1.0),
        ),
        Misconception(
            "product-for-the-sum",
            "z is multiplied by a sum: its rate is x + y, not x × y.",
            lambda x, y, z: (z, z, x * y),
        ),
        Misconception(
            "f-for-its-slope",
            "dz is the value of f. The rate of z is the other factor alone.",
            lambda x, y, z: (z, z, (x + y) * z),
        ),
        Misconception(
            "add-multiplies",
            "an add multiplies by nothing: x and y get what arrives at the sum, as it is.",
            lambda x, y, z: (x * z, y * z, x + y),
        ),
    ),
    hints=(
        "Give the sum a name, q, and you have two nodes: an add and a multiply.",
        "Start at the multiply: what does it send to q, and what to z? Then let q pass it on.",
        "Multiply swaps: q receives the value of z, z receives the value of q. Add distributes.",
    ),
    another="""
def sum_times_gradients(x, y, z):
    return z, z, x + y  # f = x z + y z, read off term by term
""",
    after=(
        "x and y have the same gradient because only their sum matters: nothing downstream can "
        "tell one from the other."
    ),
)

# --- shared_wire_gradients --------------------------------------------------------------------


def _shared_wire(a, b):
    p = a * b
    s = p + a
    return p * s


def _shared_wire_gradients(a, b):
    p = a * b
    s = p + a
    dp, ds = s, p
    dp += ds
    da = ds
    da += dp * b
    return da, dp * a


def _shared_wire_sent_early(a, b):
    p = a * b
    s = p + a
    early, complete = s, s + p
    return (early + complete) * b + p, (early + complete) * a


def _two_numbers(rng, i):
    scale = 1e-3 if i == 5 else 1.0
    a, b = rng.uniform(1.5, 4, size=2) * rng.choice([-1, 1], size=2)
    if i in (1, 2):  # each of them is below zero once, and above it
        a, b = (-abs(a), abs(b)) if i == 1 else (abs(a), -abs(b))
    return float(a * scale), float(b)


SHARED_WIRE_GRADIENTS = Exercise(
    name="shared_wire_gradients",
    chapter=1,
    minutes=15,
    statement=(
        "p = a × b, s = p + a, f = p × s. Return (da, db), the slopes of f with respect to a "
        "and b. Both a and p are used twice."
    ),
    reference=_shared_wire_gradients,
    cases=_two_numbers,
    returns=("da", "db"),
    loss=_shared_wire,
    equivalents=(
        lambda a, b: (2 * a * b**2 + 2 * a * b, 2 * a**2 * b + a**2),
        lambda a, b: [(2 * a * b + a) * b + a * b, (2 * a * b + a) * a],
        lambda a, b: (
            _shared_wire(complex(a, 1e-100), b).imag / 1e-100,
            _shared_wire(a, complex(b, 1e-100)).imag / 1e-100,
        ),
    ),
    misconceptions=(
        Misconception(
            "p-overwritten",
            "the second gradient that arrives at p replaces the first. The two have to be added.",
            lambda a, b: (a * b * b + a * b, a * b * a),
        ),
        Misconception(
            "p-one-path",
            "p also reaches the end through s, and what comes back that way is missing from dp.",
            lambda a, b: ((a * b + a) * b + a * b, (a * b + a) * a),
        ),
        Misconception(
            "a-one-path",
            "a is used twice, in p and in s, and what comes back from s is missing.",
            lambda a, b: ((2 * a * b + a) * b, (2 * a * b + a) * a),
        ),
        Misconception(
            "paths-multiplied",
            "the two gradients that arrive at p are multiplied. Over paths, they add.",
            lambda a, b: ((a * b + a) * (a * b) * b + a * b, (a * b + a) * (a * b) * a),
        ),
        Misconception(
            "sent-too-early",
            "p passed its gradient on before it was complete, and then again.",
            _shared_wire_sent_early,
        ),
        Misconception(
            "multiply-not-swapped",
            "each factor got its own value back. A product sends each factor the other one.",
            lambda a, b: ((2 * a * b + a) * a + a * b + a, (2 * a * b + a) * b),
        ),
        Misconception(
            "gradients-swapped",
            "da and db stand in each other's place.",
            lambda a, b: _shared_wire_gradients(a, b)[::-1],
        ),
        Misconception(
            "s-left-out",
            "f = p × s has two factors, and all that comes back through s is missing.",
            lambda a, b: ((a * b + a) * b, (a * b + a) * a),
        ),
        Misconception(
            "multiply-not-swapped-at-f",
            "at f = p × s each factor got its own value back: s receives p, and p receives s.",
            lambda a, b: ((2 * a * b + a) * b + a * b + a, (2 * a * b + a) * a),
        ),
        Misconception(
            "multiply-not-swapped-at-p",
            "at p = a × b each factor got its own value back. A product sends each factor the "
            "other one.",
            lambda a, b: ((2 * a * b + a) * a + a * b, (2 * a * b + a) * b),
        ),
        Misconception(
            "upstream-forgotten-at-p",
            "s = p + a passes on 1 to p instead of 1 times the gradient that arrives at s.",
            lambda a, b: ((a * b + a + 1) * b + a * b, (a * b + a + 1) * a),
        ),
        Misconception(
            "upstream-forgotten",
            "s = p + a passes on 1 instead of 1 times the gradient that arrives at s.",
            lambda a, b: ((a * b + a + 1) * b + 1, (a * b + a + 1) * a),
        ),
        Misconception(
            "upstream-forgotten-at-a",
            "s = p + a passes on 1 to a instead of 1 times the gradient that arrives at s.",
            lambda a, b: ((2 * a * b + a) * b + 1, (2 * a * b + a) * a),
        ),
    ),
    hints=(
        "Over paths, gradients add. Which of a, b, p, s are used more than once?",
        "Go backwards: f first, then s, and p only when both f and s have answered.",
        "p hears from f (what p is multiplied by) and from s (whatever s received). Add these "
        "before the product a × b passes anything on.",
    ),
    another="""
def shared_wire_gradients(a, b):
    return 2 * a * b * (b + 1), a * a * (2 * b + 1)  # f = a² b² + a² b
""",
    after=(
        "Waiting until both answers were in is what a topological order does for you. Multiplied "
        "out, f is a²b² + a²b, and its two slopes agree with yours."
    ),
)
