"""Chapter 1: a bill with a minimum, a factor and a tip."""

from ..declare import Exercise, Misconception


def _with_dmax(on_price, on_minimum):
    """The answer when these are the shares of the max's gradient, as functions of who leads."""

    def gradients(price, minimum, factor, tip):
        lead = (price > minimum) - (price < minimum)
        share = factor * on_price(lead), factor * on_minimum(lead)
        return (*share, max(price, minimum), 1.0)

    return gradients


def _minimum_bill_gradients(price, minimum, factor, tip):
    due = max(price, minimum)
    dfactor, ddue = due, factor
    price_wins = price >= minimum
    return ddue if price_wins else 0.0, 0.0 if price_wins else ddue, dfactor, 1.0


def _minimum_bill_branches(price, minimum, factor, tip):
    if minimum > price:
        return [0.0, factor, minimum, 1.0]
    return [factor, 0.0, price, 1.0]


def _four_amounts(rng, i):
    low, high = float(rng.uniform(4, 6)), float(rng.uniform(7, 12))
    price, minimum = ((high, low), (low, high), (high, high))[i % 3]
    if i == 5:
        price, minimum = price * 1e6, minimum * 1e6
    return price, minimum, float(rng.uniform(1.1, 1.9)), float(rng.uniform(0.3, 3))


MINIMUM_BILL_GRADIENTS = Exercise(
    name="minimum_bill_gradients",
    chapter=1,
    minutes=10,
    statement=(
        "bill = factor × max(price, minimum) + tip. Return (dprice, dminimum, dfactor, dtip). "
        "In a draw, price wins."
    ),
    reference=_minimum_bill_gradients,
    cases=_four_amounts,
    returns=("dprice", "dminimum", "dfactor", "dtip"),
    equivalents=(
        _minimum_bill_branches,
        _with_dmax(lambda lead: lead >= 0, lambda lead: lead < 0),
        lambda price, minimum, factor, tip: (
            factor * (not price < minimum),
            factor - factor * (not price < minimum),
            sorted((price, minimum))[1],
            1,
        ),
    ),
    misconceptions=(
        Misconception(
            "draw-paid-twice",
            "in a draw both sides get the gradient, twice as much as there is. One winner.",
            _with_dmax(lambda lead: lead >= 0, lambda lead: lead <= 0),
        ),
        Misconception(
            "draw-to-minimum",
            "in a draw the minimum gets the gradient. Here the price wins a draw.",
            _with_dmax(lambda lead: lead > 0, lambda lead: lead <= 0),
        ),
        Misconception(
            "draw-to-nobody",
            "in a draw nobody gets the gradient, and it is lost. One winner: the price.",
            _with_dmax(lambda lead: lead > 0, lambda lead: lead < 0),
        ),
        Misconception(
            "draw-shared",
            "in a draw the two sides share. That is a fair rule, but here the price wins a draw.",
            _with_dmax(lambda lead: (lead + 1) / 2, lambda lead: (1 - lead) / 2),
        ),
        Misconception(
            "loser-wins",
            "the gradient went to the smaller of the two. The bill does not feel that one.",
            _with_dmax(lambda lead: lead < 0, lambda lead: lead >= 0),
        ),
        Misconception(
            "comparison-turned-round",
            "the comparison is the wrong way round: the smaller one is taken for the larger.",
            lambda price, minimum, factor, tip: (
                factor * (price <= minimum),
                factor * (price > minimum),
                min(price, minimum),
                1.0,
            ),
        ),
        Misconception(
            "comparison-turned-round-and-draw",
            "the comparison is the wrong way round: the smaller one is taken for the larger, and "
            "in a draw the minimum gets the gradient.",
            lambda price, minimum, factor, tip: (
                factor * (price < minimum),
                factor * (price >= minimum),
                min(price, minimum),
                1.0,
            ),
        ),
        Misconception(
            "factor-for-its-slope",
            "the factor got its own value back. A product sends each factor the other one.",
            lambda price, minimum, factor, tip: (
                *_minimum_bill_gradients(price, minimum, factor, tip)[:2],
                factor,
                1.0,
            ),
        ),
        Misconception(
            "max-distributes",
            "both sides of the max get the gradient, as if they had been added.",
            _with_dmax(lambda lead: 1, lambda lead: 1),
        ),
        Misconception(
            "factor-not-passed-on",
            "the max passes on 1 instead of the gradient that arrives at it.",
            lambda price, minimum, factor, tip: (
                float(price >= minimum),
                float(price < minimum),
                max(price, minimum),
                1.0,
            ),
        ),
        Misconception(
            "tip-taxed",
            "the tip is multiplied by the factor. It is added after it.",
            lambda price, minimum, factor, tip: (
                *_minimum_bill_gradients(price, minimum, factor, tip)[:3],
                factor,
            ),
        ),
        Misconception(
            "tip-forgotten",
            "the tip moves the bill too, by one for one.",
            lambda price, minimum, factor, tip: (
                *_minimum_bill_gradients(price, minimum, factor, tip)[:3],
                0.0,
            ),
        ),
        Misconception(
            "factor-times-price",
            "the factor receives the price even where the minimum is what it multiplies.",
            lambda price, minimum, factor, tip: (
                *_minimum_bill_gradients(price, minimum, factor, tip)[:2],
                price,
                1.0,
            ),
        ),
        Misconception(
            "tip-for-its-slope",
            "dtip is the tip itself. A unit more of tip is a unit more of bill.",
            lambda price, minimum, factor, tip: (
                *_minimum_bill_gradients(price, minimum, factor, tip)[:3],
                tip,
            ),
        ),
        Misconception(
            "factor-counts-as-added",
            "the gradient of the factor is 1, as if it were added. It multiplies what is due.",
            lambda price, minimum, factor, tip: (
                *_minimum_bill_gradients(price, minimum, factor, tip)[:2],
                1.0,
                1.0,
            ),
        ),
        Misconception(
            "price-always-wins",
            "the price gets the gradient even where the minimum is larger.",
            lambda price, minimum, factor, tip: (factor, 0.0, max(price, minimum), 1.0),
        ),
        Misconception(
            "max-multiplies",
            "the max passes on what arrives, as it is; here it is multiplied by the winner's "
            "value.",
            lambda price, minimum, factor, tip: (
                factor * price * (price >= minimum),
                factor * minimum * (price < minimum),
                max(price, minimum),
                1.0,
            ),
        ),
    ),
    hints=(
        "Three nodes, three habits: max routes, multiply swaps, add distributes.",
        "Go backwards: the add, then the multiply, then the max. What arrives at the max?",
        "What arrives at the max is the number it is multiplied by. All of it goes to one side; "
        "decide with a comparison that is true for the price in a draw too.",
    ),
    another="""
def minimum_bill_gradients(price, minimum, factor, tip):
    wins = float(price >= minimum)
    return factor * wins, factor * (1 - wins), max(price, minimum), 1.0
""",
    after=(
        "Four slopes, and a condition decides where one of them goes: that a program branches is "
        "no obstacle to walking it backwards."
    ),
)
