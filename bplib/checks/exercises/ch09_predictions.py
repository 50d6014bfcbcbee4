"""Chapter 9: what the reader says before looking."""

from __future__ import annotations

import math

from bplib.checks.declare import Prediction

valley_limit = Prediction(
    name="valley_limit",
    chapter=9,
    statement=(
        "The valley ½(θ₀² + 9 θ₁²): from which learning rate on does gradient descent no longer "
        "come to rest?"
    ),
    answer=2 / 9,
    tolerance=5e-3,
    wrong=(
        (1 / 9, "two-forgotten", "at that rate the second number is 0 after one step: half way."),
        (2.0, "flat-direction", "that is the limit of the first number; the second is steeper."),
        (1.0, "flat-half", "that brings the first number to 0 in one step; the second explodes."),
        (0.2, "best-rate", "that is the best rate; it still converges."),
        (4 / 9, "half-in-the-loss", "the slope of ½ · 9 θ₁² is 9 θ₁: the ½ is used up by it."),
    ),
    hints=(
        "Look at the steeper of the two numbers alone.",
        "A step multiplies it by 1 − 9η.",
        "1 − 9η has to stay above −1.",
    ),
    after="The steepest direction sets the limit, and the flattest sets the time.",
)

steady_velocity = Prediction(
    name="steady_velocity",
    chapter=9,
    statement=(
        "Momentum with β = 0.9 under a gradient that is always 3: towards which number does the "
        "velocity grow?"
    ),
    answer=30.0,
    tolerance=1e-3,
    wrong=(
        (3.0, "running-mean", "that would be a mean of the gradients; here they are added up."),
        (10.0, "factor-alone", "that is the factor 1/(1 − β); the gradient is 3."),
        (2.7, "one-step", "that is what a step keeps of one gradient."),
        (27.0, "remembered-part", "that is the part that is remembered; the new 3 comes on top."),
        (3 / 1.9, "to-and-fro", "that is for gradients that change their sign in every step."),
    ),
    hints=(
        "It rests where a step changes nothing.",
        "There v = 0.9 v + 3.",
        "A tenth of v is 3.",
    ),
    after="With β = 0.9 a lasting slope counts ten times.",
)

adams_first_step = Prediction(
    name="adams_first_step",
    chapter=9,
    statement=(
        "Adam with the learning rate 0.001; the first gradient of a parameter is 1000. How far "
        "does the first step move it?"
    ),
    answer=0.001,
    tolerance=1e-3,
    wrong=(
        (1.0, "plain-descent", "that is plain descent, rate times gradient; Adam divides."),
        (1000.0, "gradient", "that is the gradient; Adam divides it by its size."),
        (0.00316, "uncorrected", "that is without the bias correction."),
        (0.0001, "mean-uncorrected", "the mean is a tenth of the gradient, and is then corrected."),
        (1e-6, "divided-twice", "divide by the root of the mean square, not by the mean square."),
    ),
    hints=(
        "What are the two corrected means after one gradient?",
        "1000, and 1000 squared.",
        "The first over the root of the second is 1.",
    ),
    after="The first step of Adam is one rate long, whatever the gradient.",
)

uncorrected_first_step = Prediction(
    name="uncorrected_first_step",
    chapter=9,
    statement=(
        "Adam with β₁ = 0.9 and β₂ = 0.999 without both corrections: the first step is the right "
        "one times which factor?"
    ),
    answer=0.1 / math.sqrt(0.001),
    tolerance=5e-3,
    wrong=(
        (0.1, "mean-alone", "so much is in the mean; the root below the line is too small too."),
        (100.0, "root-forgotten", "0.1 over 0.001; but the root of the second is taken."),
        (31.6, "root-alone", "that is from the root alone; the mean is a tenth."),
        (0.316, "upside-down", "the mean of the squares stands below the line."),
        (0.0316, "root-above", "that is the root itself; it stands below the line."),
    ),
    hints=(
        "Which share of the first gradient is in the mean, and of its square in the other?",
        "A tenth, and a thousandth.",
        "0.1 over the root of 0.001.",
    ),
    after="Too long, not too short: the root is the smaller of the two.",
)

who_decays = Prediction(
    name="who_decays",
    chapter=9,
    statement=(
        "Adam on g + αθ: one parameter with large, noisy gradients, one with small ones. Which is "
        "pulled to zero further?"
    ),
    answer="quiet",
    choices=("noisy", "quiet", "both alike"),
    wrong=(
        ("both alike", "decoupled", "that is AdamW; here the decay goes through the division."),
        ("noisy", "larger-gradients", "its decay is divided by its large gradients."),
    ),
    hints=(
        "What is the decay divided by?",
        "By the usual size of what is in the gradient, noise included.",
        "Where the noise is small, the decay is nearly all there is.",
    ),
    after="AdamW takes the decay past the division, and both shrink alike.",
)

a_third_of_the_noise = Prediction(
    name="a_third_of_the_noise",
    chapter=9,
    statement="A batch of 32 has some noise. How many samples for a third of it?",
    answer=288.0,
    tolerance=1e-3,
    wrong=(
        (96.0, "in-proportion", "that would be 1/m; the noise falls with the root of m."),
        (9.0, "factor-alone", "that is the factor; the batch had 32."),
        (32 * math.sqrt(3), "root-upside-down", "noise goes with 1/√m, so m goes with its square."),
        (32 / 9, "the-other-way", "a smaller batch has more noise."),
    ),
    hints=(
        "Noise goes with 1/√m.",
        "A third of the noise: three times the root.",
        "Nine times 32.",
    ),
    after="Nine times the work for a third of the noise.",
)
