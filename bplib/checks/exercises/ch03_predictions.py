"""Chapter 3: what the reader says before looking."""

from __future__ import annotations

import math

from bplib.checks.declare import Prediction

_SURE = math.exp(0.5) / (1.0 + math.exp(0.5))  # 0.6225, sigma(0.5)

z_of_the_second = Prediction(
    name="z_of_the_second",
    chapter=3,
    statement="z of the second image: inks 0.5 and 0.625, weights 4 and 4, bias -5.",
    answer=-0.5,
    wrong=(
        (0.5, "sign", "the inks bring 4.5 and the bias takes 5: less than nothing is left."),
        (4.5, "bias-forgotten", "that is the weighted sum; the bias of -5 still comes in."),
        (9.5, "bias-subtracted", "the bias is added, and it is negative: 4.5 - 5."),
        (-5.5, "bias-twice", "the bias comes in once, not once for each input."),
        (-3.875, "weights-forgotten", "each ink is multiplied by its weight, 4, first."),
    ),
    hints=(
        "Each ink times its weight, added up, and then the bias.",
        "0.5 times 4 is 2. What does 0.625 times 4 bring?",
        "2 and 2.5 make 4.5; now add -5.",
    ),
    after="A little below zero: the neuron leans towards 3, and the image is an 8.",
)

sigmoid_slope_max = Prediction(
    name="sigmoid_slope_max",
    chapter=3,
    statement="The largest slope of the sigmoid.",
    answer=0.25,
    wrong=(
        (0.5, "value-for-slope", "that is the value of the sigmoid where it is steepest."),
        (1.0, "limit-for-slope", "1 is what the sigmoid comes close to, not how steep it is."),
        (0.0, "place-for-slope", "0 is the z where it is steepest; the slope there is asked for."),
        (4.0, "upside-down", "that is one over the slope."),
        (2.0, "z-for-output", "a(1 − a) wants the output a, which lies between 0 and 1."),
    ),
    hints=(
        "The slope is a(1 − a), and a runs from 0 to 1.",
        "Two numbers that add up to 1: when is their product largest?",
        "When both are a half.",
    ),
    after=(
        "Every sigmoid on a path multiplies the gradient by a quarter at most; chapter 10 "
        "measures what that does."
    ),
)

tanh_slope_from_output = Prediction(
    name="tanh_slope_from_output",
    chapter=3,
    statement="The slope of tanh where its output is 0.6.",
    answer=0.64,
    wrong=(
        (0.24, "slope-of-the-sigmoid", "a(1 − a) belongs to the sigmoid; tanh has its own."),
        (0.4, "not-squared", "that is 1 − a; look at (3.6) once more."),
        (0.36, "square-alone", "that is only a part of (3.6)."),
        (0.16, "squared-difference", "that is (1 − a)²; in (3.6) something else is squared."),
        (
            0.711578,
            "output-taken-for-z",
            "that is the slope at z = 0.6; here 0.6 is already the output.",
        ),
    ),
    tolerance=1e-4,
    hints=(
        "(3.6) says the slope from the output alone.",
        "One minus something that is made from a.",
        "The square of 0.6 is 0.36.",
    ),
    after="No exponential is needed on the way back: the output remembers enough.",
)

ten_times_as_sure = Prediction(
    name="ten_times_as_sure",
    chapter=3,
    statement="The surprise at something that was given the probability 0.01, in nats.",
    answer=-math.log(0.01),
    tolerance=1e-3,
    wrong=(
        (-math.log(0.1), "unchanged", "that is the price at 0.1; at 0.01 it is higher."),
        (23.03, "ten-times", "the logarithm turns a factor of ten into something added."),
        (math.log(0.01), "sign", "a surprise is positive: minus the logarithm."),
        (2.0, "base-ten", "that counts in powers of ten; ln is the natural logarithm."),
        (0.01005033585350145, "other-outcome", "that is −ln 0.99, the price had it been a 3."),
    ),
    hints=(
        "What is the logarithm of a product?",
        "0.01 is 0.1 times 0.1.",
        "Twice the price at 0.1, which was 2.303.",
    ),
    after="Each further factor of ten costs another 2.303, and there is no upper end.",
)

push_on_z = Prediction(
    name="push_on_z",
    chapter=3,
    statement="The push on z where p = 0.3775 and the label is 1.",
    answer=-_SURE,
    tolerance=1e-3,
    wrong=(
        (0.6225, "sign", "prediction minus truth: it is negative, and the loss falls as z grows."),
        (-2.649, "push-on-p", "that is the gradient at p; the sigmoid's slope comes next."),
        (-0.1463, "slope-kept", "the sigmoid's slope has cancelled; it does not come in again."),
        (-0.2926, "squared-error", "that is the push of the squared error."),
        (-1.245, "factor-2", "there is no square here, so no 2 comes down."),
        (0.3775, "label-0", "that would be the push if it were a 3; the label is 1."),
    ),
    hints=(
        "(3.11), with the numbers of this image.",
        "Prediction minus truth, and the truth is 1.",
        "0.3775 − 1.",
    ),
    after="A push can be no larger than 1 in size, however large z is.",
)

which_starts_faster = Prediction(
    name="which_starts_faster",
    chapter=3,
    statement="From a start that is certain and wrong: which loss is the first to have 90 % right?",
    answer="cross-entropy",
    choices=("cross-entropy", "squared error"),
    wrong=(
        (
            "squared error",
            "flat-where-wrong",
            "look at the left side of Figure 3.7: how steep is the squared error there?",
        ),
    ),
    hints=(
        "Learning speed is push times learning rate. Compare the pushes.",
        "At z = −6 one push is 0.9975 in size and the other 0.0049.",
        "The one whose push keeps no p(1 − p).",
    ),
    after="Certain and wrong is where a push is needed most, and where p(1 − p) is smallest.",
)

loss_at_a_thousand = Prediction(
    name="loss_at_a_thousand",
    chapter=3,
    statement="The cross-entropy of z = 1000 with the label 0.",
    answer=1000.0,
    wrong=(
        (0.0, "label-1", "that is the loss for the label 1, where the neuron is right."),
        (500.0, "halved", "the surprise is counted whole: the max brings all of it."),
        (-1000.0, "sign", "a loss is never negative."),
        (1000.6931471805599, "ln-2-added", "the last term is ln 2 at z = 0; here it is nothing."),
        (2000.0, "counted-twice", "the max brings 1000, and y z is 0."),
    ),
    hints=(
        "(3.17) has three terms; work them out one by one.",
        "max(1000, 0) is 1000, and y is 0.",
        "The last term is the logarithm of 1 plus next to nothing.",
    ),
    after="Far out the loss is a straight line of slope 1: the push stays 1, however far.",
)

xor_loss_floor = Prediction(
    name="xor_loss_floor",
    chapter=3,
    statement="The least cross-entropy of one neuron on the four corners of XOR, in nats.",
    answer=math.log(2.0),
    tolerance=2e-3,
    wrong=(
        (0.0, "learned", "that would be four right answers, and the published network had none."),
        (0.5, "p-for-loss", "0.5 is what it says; its surprise is −ln 0.5."),
        (0.25, "squared-error", "that is the mean squared error of four halves."),
        (1.0, "in-bits", "one bit; the loss here uses the natural logarithm."),
        (2.772588722239781, "sum", "that is the sum over the four corners; L is their mean."),
        (-0.6931471805599453, "sign", "a surprise is positive: minus the logarithm of a half."),
    ),
    hints=(
        "What does the published network say to every corner in the end?",
        "Every corner has probability one half. What is the surprise at one half?",
        "Minus the natural logarithm of 0.5.",
    ),
    after="The bottom of the bowl, and as good as not having looked at the inputs.",
)
