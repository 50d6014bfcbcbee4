"""Chapter 1: what the reader is asked to say before a cell shows it."""

from ..declare import Prediction

ONE_MORE_CUP = Prediction(
    name="one_more_cup",
    chapter=1,
    statement="total = 1.2 × (3 × cups). How much more do you pay for one more cup?",
    answer=3.6,
    wrong=(
        (4.2, "rates-added", "3 + 1.2: but the tax is taken of the price, so the rates multiply."),
        (3.0, "tax-forgotten", "that is how far the price moves. The tax comes on top."),
        (1.2, "price-forgotten", "that is for one unit of price, and a cup is three of them."),
        (0.6, "tax-only", "that is the tax on a cup. The cup itself costs 3."),
        (3.2, "fifth-misread", "a fifth of 3 is 0.6."),
        (18.0, "total-not-step", "that is the whole bill for five cups. How much more than four?"),
        (14.4, "total-not-step-4", "that is the whole bill for four cups. What does a fifth add?"),
    ),
    hints=(
        "Follow one cup through the calculation and see what it does to each number on the way.",
        "First ask how far `price` moves for a cup, then how far the total moves for that.",
        "The price moves by 3 units, and each of those units moves the total by 1.2.",
    ),
    after="Two rates in a row, multiplied: you have used the chain rule.",
)

ONE_MORE_CUP_WITH_CARD = Prediction(
    name="one_more_cup_with_card",
    chapter=1,
    statement="total = 1.2 × (3 × cups) − 0.1 × cups. How much more is one more cup?",
    answer=3.5,
    wrong=(
        (3.6, "one-path", "that is the path through price and tax. The card is a second path."),
        (-0.1, "other-path", "that is the path through the discount alone."),
        (3.7, "sign-lost", "a discount is subtracted, so its path counts with a minus."),
        (0.36, "paths-multiplied", "rates multiply along one path. Two paths are added."),
        (-0.36, "paths-multiplied-signed", "rates multiply along a path. Two paths are added."),
        (3.48, "discount-taxed", "the discount comes off the total, after the tax."),
        (17.5, "total-not-step", "that is the bill for five cups. How much more than four?"),
    ),
    hints=(
        "The cup reaches the total in two ways, and both happen.",
        "You know the way through price and tax. What does a cup do to the discount?",
        "One way moves the total up by 3.6, the other moves it down by 0.1.",
    ),
    after="Over paths, rates add.",
)

THROUGH_PER_CUP = Prediction(
    name="through_per_cup",
    chapter=1,
    statement=(
        "per_cup = 3 − 0.1 × cups, price = per_cup × cups, total = 1.2 × price, at 4 cups. "
        "What does the path cups → per_cup → price → total contribute to the slope?"
    ),
    answer=-0.48,
    wrong=(
        (3.12, "straight-path", "that is the other path, straight into the product."),
        (2.64, "whole-slope", "that is the sum over both paths; this asks for one of them."),
        (0.48, "sign-lost", "more cups make each cup cheaper: the rate of per_cup is −0.1."),
        (-0.4, "tax-forgotten", "the path goes on to the total: one more rate, the tax."),
        (-0.312, "own-value", "in a product, the rate of a factor is the other factor."),
        (-0.12, "product-skipped", "on its way the nudge passes the product, whose rate is 4."),
        (4.8, "first-link-forgotten", "that is a unit of per_cup; a cup moves per_cup by −0.1."),
    ),
    hints=(
        "Three rates along one path: multiply them.",
        "In price = per_cup × cups, the rate of per_cup is the value of the other factor.",
        "The rates are −0.1, then the number of cups, then the tax factor 1.2.",
    ),
    after="A path can pull down while another pulls up: −0.48 and 3.12 make 2.64.",
)

SLOPE_BELOW_THE_MINIMUM = Prediction(
    name="slope_below_the_minimum",
    chapter=1,
    statement="What is the slope of the bill with respect to cups while the price is below 8?",
    answer=0.0,
    wrong=(
        (3.12, "max-ignored", "that would be right if the price counted. It is below 8."),
        (2.64, "four-cups", "that was the slope at 4 cups; here you have ordered 2."),
        (1.2, "minimum-path", "that is the slope with respect to the minimum, which wins here."),
        (0.12, "whole-cup", "that is a whole cup, which lifts the price over 8. Take a drop."),
        (2.6, "max-and-tax-ignored", "that is how far the price moves. Does the bill feel it?"),
    ),
    hints=(
        "Nudge the price a little. Which of the two numbers in the max does the bill use?",
        "At 2 cups the price is 5.6 and the minimum is 8; a small nudge does not change who wins.",
        "The losing side of a max sends back nothing, and any rate times nothing is nothing.",
    ),
    after="One zero on the way back silences everything behind it. ReLU units will do the same.",
)

TWICE_TWICE = Prediction(
    name="twice_twice",
    chapter=1,
    statement="b = a + a, c = b + b. What is the slope of c with respect to a?",
    answer=4.0,
    wrong=(
        (2.0, "one-doubling", "b is twice a, and then c is twice b."),
        (8.0, "sent-twice", "count the paths from a to c: two from a to b, two from b to c."),
        (1.0, "one-path", "each path has the rate 1, but there is more than one path."),
        (6.0, "counted-early", "count the paths from a to c: two from a to b, two from b to c."),
        (3.0, "paths-added", "two ways, then two ways: the number of ways multiplies."),
    ),
    hints=(
        "Nudge a by 1 and work out b and c again.",
        "How many paths lead from a to b, and how many from b to c?",
        "b moves by 2 for each unit of a, and c moves by 2 for each unit of b.",
    ),
    after="Four paths, each with the rate 1.",
)

WIRES_BACKWARDS = Prediction(
    name="wires_backwards",
    chapter=1,
    statement="Layers of 100, 10, 10, 10, 1 nodes, fully wired: multiplications of one sweep back?",
    answer=1210,
    wrong=(
        (22_000, "forwards", "that is forwards, a sweep for each of the 100 inputs."),
        (22000 / 1210, "ratio", "that is how many times fewer. How many are they?"),
        (131, "nodes-counted", "that is the number of nodes. The rates sit on the wires."),
        (10_000_000 / 10, "all-paths", "that is path by path. A sweep adds where paths meet."),
        (100_000, "paths-counted", "that is the number of paths. A sweep adds where paths meet."),
        (121_000, "sweep-per-input", "one sweep back serves all 100 inputs at once."),
        (220, "forward-sweep", "that is one sweep forwards; 99 inputs have wires of their own."),
        (1000, "first-layer-only", "those leave the inputs. The later layers have wires too."),
        (1200, "last-layer-forgotten", "the last ten wires, into the one output, count too."),
        (210, "first-layer-forgotten", "the wires that leave the 100 inputs count too."),
    ),
    hints=(
        "There is one output, so one sweep back is enough, and it uses each wire once.",
        "Between two layers of n and k nodes there are n × k wires.",
        "Add up 100 × 10 and what the three later pairs of layers have.",
    ),
    after="Eighteen times fewer than forwards, and the gap grows with every input.",
)

TEN_TIMES_SMALLER = Prediction(
    name="ten_times_smaller",
    chapter=1,
    statement="By what factor does the error of the central difference fall if h is 10 × smaller?",
    answer=100,
    tolerance=0.05,
    wrong=(
        (10, "forward-difference", "that is the forward difference. The central one does better."),
        (2, "halved", "dividing by 2h instead of h is not where the gain comes from."),
        (20, "forward-doubled", "the two sides do more than share the error: part of it cancels."),
        (1000, "one-order-too-many", "close: one power of ten less."),
        (0.01, "upside-down", "the error falls to that fraction; by what factor is that?"),
    ),
    hints=(
        "Nudging to both sides makes the largest part of the error cancel.",
        "What remains of the error goes with a power of h higher than the first.",
        "If the error goes with h squared, what does a tenth of h do to it?",
    ),
    after="An error that goes with h² is the reason to nudge both ways.",
)

PREDICTIONS = (
    ONE_MORE_CUP,
    ONE_MORE_CUP_WITH_CARD,
    THROUGH_PER_CUP,
    SLOPE_BELOW_THE_MINIMUM,
    TWICE_TWICE,
    WIRES_BACKWARDS,
    TEN_TIMES_SMALLER,
)
