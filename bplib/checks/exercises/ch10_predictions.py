"""Chapter 10: what the reader says before looking."""

from __future__ import annotations

from ..declare import Prediction

ten_quarters = Prediction(
    name="ten_quarters",
    chapter=10,
    statement="Ten sigmoid neurons in a row, each in its steepest place with a weight of 1: how "
    "far does the last move for a unit of x?",
    answer=0.25**10,
    tolerance=0.02,
    wrong=(
        (2.5, "added", "ten quarters were added; along a path, rates multiply."),
        (0.5**10, "value-for-slope", "a half is what each neuron says; its slope is a quarter."),
        (0.25**9, "nine", "that is nine neurons."),
        (0.025, "divided", "a quarter was divided by ten; it is multiplied with itself."),
    ),
    hints=(
        "Along a path, rates multiply.",
        "Each neuron contributes its weight, 1, times the slope of the sigmoid at 0.",
        "A quarter to the power of ten.",
    ),
    after="A millionth. With fifty neurons, nothing that a float64 weight would notice.",
)

square_behind_relu = Prediction(
    name="square_behind_relu",
    chapter=10,
    statement="The squares of symmetric numbers have the mean 1. Their mean behind a ReLU?",
    answer=0.5,
    wrong=(
        (1.0, "unchanged", "the negative half becomes 0, and its squares are gone."),
        (0.25, "half-squared", "half of the numbers become 0; the others keep their squares."),
        (0.3408, "variance", "that is the variance, for normal numbers. What counts in (10.2) is "
         "the mean of the squares."),
        (2.0, "turned-round", "a ReLU takes squares away; 2 is what makes up for it."),
    ),
    hints=(
        "Which numbers does a ReLU change, and into what?",
        "The positive half keeps its squares, the negative half becomes 0.",
        "Half of the sum is left, over as many numbers.",
    ),
    after="So the variance of the weights has to be twice as large: He's rule.",
)  # fmt: skip

bias_before_norm = Prediction(
    name="bias_before_norm",
    chapter=10,
    statement="The gradient of a bias in front of batch norm?",
    answer=0.0,
    wrong=(
        (1.0, "rate-alone", "1 is how far x moves for a unit of the bias; the mean moves with it."),
    ),
    hints=(
        "Add 1 to the bias. What happens to the column that enters the norm?",
        "Every entry is larger by 1, and so is their mean.",
        "The difference from the mean is what it was, so nothing behind it moves.",
    ),
    after="A nudge that nothing can feel has the gradient 0.",
)

slope_of_a_block = Prediction(
    name="slope_of_a_block",
    chapter=10,
    statement="y = x + f(x), and f has the slope 1/4. The slope of y?",
    answer=1.25,
    wrong=(
        (0.25, "shortcut-forgotten", "that is the way through f; x also reaches y directly."),
        (1.0, "block-forgotten", "that is the shortcut alone; x also reaches y through f."),
        (0.75, "subtracted", "paths add; nothing is taken away."),
    ),
    hints=(
        "Two paths lead from x to y.",
        "Over paths, rates add: one is the shortcut, the other leads through f.",
        "The shortcut has the rate 1.",
    ),
    after="Above 1, so that many blocks make a gradient grow.",
)

clipped_four = Prediction(
    name="clipped_four",
    chapter=10,
    statement="Gradients 3 and 4 in two arrays, clipped together to the length 1. The 4 becomes?",
    answer=0.8,
    wrong=(
        (1.0, "each-by-itself", "each array was clipped by itself; the length is that of both "
         "together."),
        (4 / 7, "sum-for-length", "3 and 4 were added; a length is the root of the sum of the "
         "squares."),
        (0.16, "square-for-length", "25 is the square of the length."),
        (0.6, "the-other", "that is what becomes of the 3."),
    ),
    hints=(
        "How long is the arrow (3, 4)?",
        "The root of 9 + 16. All entries are divided by one number.",
        "4 divided by 5.",
    ),
    after="Both shrink by one factor, so the direction stays.",
)  # fmt: skip

no_difference = Prediction(
    name="no_difference",
    chapter=10,
    statement="Which of the four changes does nothing to a network whose gradients vanish?",
    answer="C",
    choices=("S", "N", "R", "C"),
    wrong=(
        ("S", "start", "another bend and start change every number, from the first pass on."),
        ("N", "norm", "a norm changes what enters every block."),
        ("R", "residual", "a shortcut adds to what leaves every block."),
    ),
    hints=(
        "Three of them change the way forward. One works on gradients alone.",
        "When does clipping change a gradient?",
        "Only when it is longer than the limit; these are tiny.",
    ),
    after="Clipping is for gradients that are too long. Short ones pass as they are.",
)
