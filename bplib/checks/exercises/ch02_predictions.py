"""Chapter 2: what the reader says before looking."""

from __future__ import annotations

from bplib.checks.declare import Prediction

raise_the_line = Prediction(
    name="raise_the_line",
    chapter=2,
    statement=(
        "The errors are 18, 12 and -36. Every prediction goes up by 1. "
        "Does the mean of the squared errors grow or shrink?"
    ),
    answer="shrinks",
    choices=("grows", "shrinks"),
    wrong=(
        (
            "grows",
            "counted-not-weighed",
            "two errors grow and one shrinks, but the one is large: its square loses 71, "
            "and the two others gain 62 together.",
        ),
    ),
    hints=(
        "Each error e becomes e + 1. What does its square gain?",
        "(e + 1)**2 is e**2 + 2e + 1, so what counts is the sum of the errors.",
        "18 + 12 - 36 is negative, and twice it outweighs the three 1s.",
    ),
    after="The sum of the errors decides, and it is the gradient of the intercept in disguise.",
)

third_push = Prediction(
    name="third_push",
    chapter=2,
    statement="The third person's share of dL/dtheta0, before the mean: 2 * error * x.",
    answer=-2304.0,
    wrong=(
        (2304.0, "sign", "the error is prediction minus truth, 150 - 186, which is negative."),
        (-1152.0, "factor-2", "the square's slope is twice the error."),
        (-72.0, "x-forgotten", "that is the push on the prediction; theta0 moves it by x = 32."),
        (-768.0, "mean", "that is already divided by the three people."),
        (2592.0, "squared", "that is twice the squared error; x has not come in yet."),
    ),
    hints=(
        "Follow the path from theta0 to the loss of this one person and multiply the rates.",
        "Two links: the square, whose slope is twice the error, and the multiplication by x.",
        "The error is 150 - 186 and x is 32; twice their product.",
    ),
    after="One error and one input, multiplied: every gradient in this book is made of such terms.",
)

first_step = Prediction(
    name="first_step",
    chapter=2,
    statement="theta0 after one step: it is 5, its gradient is -336 and the learning rate 0.001.",
    answer=5.336,
    wrong=(
        (4.664, "uphill", "that goes uphill: minus the rate times a negative number is a plus."),
        (341.0, "no-rate", "that subtracts the whole gradient; only a thousandth of it is asked."),
        (0.336, "step-alone", "that is the step; add it to where theta0 stands."),
        (-0.336, "step-alone-uphill", "that is the rate times the gradient, not the new theta0."),
        (5.168, "half", "that step is half as long as it should be."),
        (
            -331.0,
            "no-rate-uphill",
            "that adds the whole gradient; only a thousandth of it comes off.",
        ),
    ),
    hints=(
        "The new value is the old one minus the learning rate times the gradient.",
        "The gradient is negative, so minus it is positive.",
        "A thousandth of 336 is 0.336.",
    ),
    after="The gradient is negative, so the slope grows: against the gradient is downhill.",
)

twice_the_people = Prediction(
    name="twice_the_people",
    chapter=2,
    statement=(
        "Every person is entered twice. By what factor does the gradient grow: "
        "(of the summed loss, of the mean loss)?"
    ),
    answer=(2.0, 1.0),
    wrong=(
        ((1.0, 2.0), "swapped", "those two have changed places: the mean is divided by m."),
        ((2.0, 2.0), "mean-forgotten", "the mean divides by m, and m has doubled as well."),
        ((1.0, 1.0), "sum-forgotten", "the sum has twice as many terms, each as before."),
        ((2.0, 0.5), "divided-twice", "the sum doubles and m doubles: nothing is left over."),
        (
            (4.0, 2.0),
            "squared",
            "the terms are the same numbers as before; there are more of them.",
        ),
    ),
    hints=(
        "Write the four terms of two people entered twice.",
        "The sum gets every term twice. What happens to the mean's divisor?",
        "For the mean, the doubled sum is divided by a doubled m.",
    ),
    after=(
        "A learning rate tuned for the mean survives a change of batch size; "
        "one tuned for the sum does not."
    ),
)

parabola_limit = Prediction(
    name="parabola_limit",
    chapter=2,
    statement=(
        "f(t) = 5 t**2. From which learning rate on does t -> t - lr * f'(t) no longer converge?"
    ),
    answer=0.2,
    wrong=(
        (0.1, "one-step", "that rate jumps to the minimum in one step; twice that is the limit."),
        (0.4, "factor-2", "the slope of 5 t**2 is 10 t, so t is multiplied by 1 - 10 lr."),
        (10.0, "curvature", "that is the curvature; the limit is 2 divided by it."),
        (5.0, "upside-down", "that is the limit upside down."),
        (2.0, "no-curvature", "2 has still to be divided by the curvature of the parabola."),
    ),
    hints=(
        "What number is t multiplied by in one step?",
        "The slope is 10 t, so a step multiplies t by 1 - 10 lr. When does that not shrink?",
        "The factor reaches -1 when 10 lr reaches 2.",
    ),
    after=(
        "Steeper parabola, smaller limit: 2 over the curvature. "
        "With many parameters, the largest curvature decides."
    ),
)

steps_when_standardised = Prediction(
    name="steps_when_standardised",
    chapter=2,
    statement="With x standardised and lr = 0.5, how many steps to the exact minimum?",
    answer=1,
    wrong=(
        (2, "one-more", "both directions are done in the same step."),
        (0, "none", "the start is not the minimum; one step is needed to move at all."),
    ),
    hints=(
        "What is X.T @ X / m when the column has mean 0 and deviation 1?",
        "The Hessian is 2 times the identity, so a step multiplies every distance by 1 - 2 lr.",
        "At lr = 0.5 that factor is 0.",
    ),
    after=(
        "In a round valley the minimum lies straight downhill, "
        "and a rate of one half goes all the way."
    ),
)

silent_shape = Prediction(
    name="silent_shape",
    chapter=2,
    statement="An array of shape (442, 1) minus an array of shape (442,) has which shape in NumPy?",
    answer=(442, 442),
    wrong=(
        ((442, 1), "first-operand", "that is what one would like; NumPy stretches both operands."),
        ((442,), "second-operand", "that is what one would like; NumPy stretches both operands."),
        ((1, 442), "turned", "one axis is stretched, and then so is the other."),
        ("error", "refused", "NumPy refuses nothing here: it stretches every axis of length 1."),
    ),
    hints=(
        "NumPy lines the shapes up from the right.",
        "(442,) is read as (1, 442), and an axis of length 1 is stretched to fit.",
        "Both operands are stretched: one along each axis.",
    ),
    after="Every prediction is compared with every person's truth, and nothing warns.",
)
