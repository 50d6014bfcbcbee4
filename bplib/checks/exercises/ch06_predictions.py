"""Chapter 6: what the reader says before looking."""

from __future__ import annotations

from ..declare import Prediction

ann_or_ben = Prediction(
    name="ann_or_ben",
    chapter=6,
    statement="Whose slope agrees with the measured one, Ann's or Ben's?",
    answer="Ben",
    choices=("Ann", "Ben"),
    wrong=(
        (
            "Ann",
            "another-neuron",
            "compare the last line of the cell above with the two claims, digit by digit.",
        ),
    ),
    hints=(
        "The measured slope knows nothing of either formula.",
        "It stands in the last line that the cell above printed.",
        "It begins with -0.324. Which of the two claims begins like that?",
    ),
    after="The ratio of the two claims is a (1 - a), which names what is missing in the other one.",
)

passes_for_all = Prediction(
    name="passes_for_all",
    chapter=6,
    statement="Forward passes for a central difference of each of 3,466 parameters, one at a time.",
    answer=6932.0,
    wrong=(
        (3466.0, "one-side", "a central difference looks to both sides, so each takes two passes."),
        (3467.0, "forward-difference", "that is the forward difference; the central one takes two"
         " passes for each parameter."),
        (6933.0, "the-middle-too", "the pass with nothing nudged is not needed here."),
        (2.0, "direction", "two are enough for one direction; here every slope is wanted alone."),
    ),
    hints=(
        "How many times is the loss computed for one parameter?",
        "Once with the parameter a little larger, once with it a little smaller.",
        "Two for each of the 3,466.",
    ),
    after="One backward pass gives them all, for the price of about two forward passes.",
)  # fmt: skip

ones_and_softmax = Prediction(
    name="ones_and_softmax",
    chapter=6,
    statement=(
        "The check adds up the outputs of a softmax, and the backward function always returns "
        "zeros. Is it caught, or does it pass?"
    ),
    answer="passes",
    choices=("caught", "passes"),
    wrong=(
        (
            "caught",
            "any-slope",
            "the check measures how far the *sum* of the outputs moves. What is the sum of a "
            "softmax's outputs?",
        ),
    ),
    hints=(
        "What does the check measure, if it adds up all outputs?",
        "The probabilities of a row add up to a number that you know without computing it.",
        "The sum is 1 for any scores, so how far does it move?",
    ),
    after="Zeros are right for a sum that never moves; random weights ask a real question.",
)

at_the_corner = Prediction(
    name="at_the_corner",
    chapter=6,
    statement="The central difference of max(x, 0) at x = 0.",
    answer=0.5,
    wrong=(
        (0.0, "formula", "that is what a formula may say; the difference looks to both sides."),
        (1.0, "right-side", "that is the slope on the right; the left side counts as well."),
    ),
    hints=(
        "Put x = 0 into (f(x + h) - f(x - h)) / (2h).",
        "f(h) is h, and f(-h) is 0.",
        "h divided by 2h.",
    ),
    after="The mean of the slopes on the two sides, and the slope of neither.",
)

sick_and_learning = Prediction(
    name="sick_and_learning",
    chapter=6,
    statement="How many of the ten sick networks read at least 94 of 100 unseen digits?",
    answer=6.0,
    wrong=(
        (7.0, "healthy-counted", "seven have learned, but one of the eleven is not sick."),
        (4.0, "those-that-do-not", "that many do not learn."),
        (5.0, "one-short", "of the eleven, only one is healthy; take one away from the first list,"
         " not two."),
        (0.0, "none", "look at the first of the two lists once more: it is long."),
        (10.0, "all", "four of the eleven have not learned; the second list names them."),
    ),
    hints=(
        "The first list has those that learned, sick or healthy.",
        "Exactly one of the eleven patients is healthy, and it has certainly learned.",
        "The length of the first list, less one.",
    ),
    after="More than half of the wrong gradients learn, so learning is no proof.",
)  # fmt: skip
