"""Chapter 8: what the reader is asked to say before a cell shows it."""

from ..declare import Prediction

PATH_THROUGH_FIRST_ROUND = Prediction(
    name="path_through_first_round",
    chapter=8,
    statement=(
        "x1 = (1 + s/1)/2 and x2 = (x1 + s/x1)/2 at s = 2. What does the path from s through x1 "
        "contribute to the slope of x2?"
    ),
    answer=1 / 36,
    tolerance=0.005,
    wrong=(
        (1 / 18, "second-rate-alone", "that is from x1 to x2. The path begins at s."),
        (1 / 2, "first-rate-alone", "that is from s to x1. The path goes on to x2."),
        (1 / 3, "straight-path", "that is the straight path. Take the one through x1."),
        (13 / 36, "both-paths", "that is both paths together. How much of it comes through x1?"),
        (5 / 9, "rates-added", "1/2 + 1/18: along a path rates multiply."),
        (17 / 12, "value", "that is the value of x2."),
    ),
    hints=(
        "A path is two wires here: from s to x1, and from x1 to x2.",
        "The table has a rate for each of the two.",
        "Along a path rates multiply: a half of the second one.",
    ),
    after="Together with the straight path: 1/36 + 12/36 = 13/36.",
)

GRAD_CALLED_TWICE = Prediction(
    name="grad_called_twice",
    chapter=8,
    statement=(
        "c = a + b, e = c · d with d = 1. Gradients are added into the nodes. What is a.grad after "
        "the way back was walked twice?"
    ),
    answer=3.0,
    wrong=(
        (2.0, "doubled", "c has kept the gradient of the first walk too. What does it pass on?"),
        (1.0, "as-once", "that is right after one walk. Nothing was set to zero in between."),
        (4.0, "both-doubled", "c passes on 2 in the second walk; what was in a before?"),
        (0.0, "reset", "nothing was set to zero in between."),
        (5.0, "value", "that is the value of c."),
    ),
    hints=(
        "Do the second walk by hand, beginning with what the nodes hold after the first.",
        "After the first walk c.grad is 1 and a.grad is 1. In the second, c receives 1 more.",
        "c then passes on all that it holds, and a adds it to its 1.",
    ),
    after="1 from the first walk and 2 from the second: it is worse than doubled.",
)

BIAS_STRETCHED_TO_SEVEN = Prediction(
    name="bias_stretched_to_seven",
    chapter=8,
    statement=(
        "z = x + b with x (7, 3) and b (3,). Every entry of z has the gradient 1. What is each "
        "entry of the gradient of b?"
    ),
    answer=7.0,
    wrong=(
        (1.0, "one-copy", "that is what one row sends back. How many rows use the entry?"),
        (21.0, "all-entries", "that is all of z. An entry of b moves its own column only."),
        (3.0, "columns", "there are three columns, and each has an entry of b of its own."),
        (1 / 7, "averaged", "the copies are not averaged. Each moves by the whole nudge."),
    ),
    hints=(
        "Nudge one entry of b by a little. Which entries of z move?",
        "Stretching is using a number several times: over uses, gradients add.",
        "The entry stands in each row once.",
    ),
    after="Stretched forward, summed backward.",
)

DUAL_CUBE = Prediction(
    name="dual_cube",
    chapter=8,
    statement="x = 2 + 1ε. What is the tangent of x · x · x?",
    answer=12.0,
    wrong=(
        (8.0, "value", "that is the value. The tangent stands before the ε."),
        (1.0, "tangents-multiplied", "1 · 1 · 1: by (8.2) each tangent meets the other's value."),
        (4.0, "one-product", "that is the tangent of x · x. Multiply once more."),
        (3.0, "tangents-added", "1 + 1 + 1: by (8.2) each tangent meets the other's value."),
        (19.0, "whole-step", "that is 3³ − 2³, a whole step with the ε² and ε³ kept."),
        (16.0, "square-kept", "the ε² of the second product is thrown away."),
    ),
    hints=(
        "Multiply twice, each time by (8.2).",
        "x · x is 4 + 4ε.",
        "The tangent of (4 + 4ε)(2 + 1ε) is 4 · 2 and 4 · 1, added.",
    ),
    after="3x² at 2, and nobody looked up the slope of a cube.",
)

RUNS_FOR_PIXELS = Prediction(
    name="runs_for_pixels",
    chapter=8,
    statement=(
        "3 settings in, 10,000 pixels out: how many runs of the better mode give every slope of "
        "every pixel?"
    ),
    answer=3,
    wrong=(
        (10_000, "backwards", "that is backwards, a walk for each pixel. Which mode is better?"),
        (30_000, "slopes-counted", "that is the number of slopes. A run gives many at once."),
        (1, "one-run", "one run gives one column or one row, not the whole table."),
        (10_003, "nodes-counted", "inputs and outputs together. A run is for one or the other."),
        (6, "up-and-down", "that is nudging up and down; forward mode needs one run a setting."),
    ),
    hints=(
        "One run forwards gives a column of J; one walk back gives a row.",
        "J has a row for each pixel and a column for each setting.",
        "Fewer columns than rows, so go column by column.",
    ),
    after="Few inputs and many outputs: here forwards wins, 3 to 10,000.",
)

PREDICTIONS = (
    PATH_THROUGH_FIRST_ROUND,
    GRAD_CALLED_TWICE,
    BIAS_STRETCHED_TO_SEVEN,
    DUAL_CUBE,
    RUNS_FOR_PIXELS,
)
