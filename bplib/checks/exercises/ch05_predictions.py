"""Chapter 5: what the reader says before looking."""

from __future__ import annotations

import math

from bplib.checks.declare import Prediction

x2_receives = Prediction(
    name="x2_receives",
    chapter=5,
    statement=(
        "Two wires leave the second input, with weights 4 (to z1) and 1 (to z2). "
        "2 has arrived at z1 and -1 at z2. What arrives at the input?"
    ),
    answer=7,
    wrong=(
        (8, "one-path", "that is what comes along the first wire; the second sends something too."),
        (-1, "other-path", "that is what comes along the second wire alone."),
        (9, "sign-lost", "the second wire sends back 1 · (−1); mind the sign."),
        (5, "deltas-forgotten", "those are the weights added up; each multiplies what arrived."),
        (1, "weights-forgotten", "that is 2 − 1; each of them is multiplied by its wire's weight."),
        (4, "the-weight", "that is the input times what arrived at z1, the gradient of a weight."),
        (-8, "multiplied", "along a path rates multiply; over paths they add."),
        (14, "times-the-value", "the input's own value, 2, has no part in what it receives."),
    ),
    hints=(
        "Multiply along each wire, add where they meet.",
        "Along the first wire comes its weight times the 2 that arrived at z1.",
        "Four twos, and then one times minus one.",
    ),
    after="A row of W against δ: one entry of δ Wᵀ.",
)

wire_receives = Prediction(
    name="wire_receives",
    chapter=5,
    statement=(
        "The wire from the third input, whose value is 3, to z2 has the weight 2. -1 has arrived "
        "at z2. What is the gradient of that weight?"
    ),
    answer=-3,
    wrong=(
        (-2, "not-swapped", "that is what the wire sends back to the input; multiply swaps."),
        (3, "sign-lost", "the size is the input's; what arrived is −1."),
        (6, "wrong-end", "that is with the 2 that arrived at z1; this wire ends in z2."),
        (-6, "everything", "the weight's own value has no part in its gradient."),
        (-1, "delta-alone", "that is the bias's; a weight's is multiplied by the input."),
    ),
    hints=(
        "The wire multiplies its input by its weight. In a product, who gets what?",
        "The weight receives the other factor, the value of the input, times what arrived.",
        "The input is 3, and −1 arrived at the end of this wire.",
    ),
    after="What left, times what arrived: one entry of xᵀ δ.",
)

corner_pixel = Prediction(
    name="corner_pixel",
    chapter=5,
    statement=(
        "A pixel is 0 in all pictures. What is the sum of the absolute values of the gradients of "
        "the 32 weights on its wires?"
    ),
    answer=0,
    wrong=(
        (32, "counted", "that is how many weights there are; each gradient has the pixel in it."),
        (1, "one", "each gradient is the pixel's value times a δ."),
    ),
    hints=(
        "The gradient of a weight is what came in, times what arrived at its neuron.",
        "What comes in over these wires, in every picture?",
        "A sum of products, and one factor of each is the pixel's 0.",
    ),
    after="No input, no blame: these weights keep their first values for ever.",
)

zero_second_layer = Prediction(
    name="zero_second_layer",
    chapter=5,
    statement="All of W2 is zero, the rest is random. Which gradients are zero at the first step?",
    answer="dW1 and db1",
    choices=("dW1 and db1", "dW2 and db2", "all four", "none"),
    wrong=(
        (
            "dW2 and db2",
            "own-weights",
            "a layer's gradients are made from its input and its δ; its weights have no part in "
            "them.",
        ),
        (
            "all four",
            "everything",
            "δ of the output does not pass through W2, and the activations below do not either.",
        ),
        (
            "none",
            "nothing",
            "δ of the hidden layer is δ of the output times W2, and W2 is zero.",
        ),
    ),
    hints=(
        "Look for W2 in the four equations.",
        "It stands in (II): the δ of the hidden layer is made with it.",
        "If δ of the hidden layer is zero, what is made from it by (III) and (IV)?",
    ),
    after="The first layer waits one step for the second.",
)

shapes_in_a_batch = Prediction(
    name="shapes_in_a_batch",
    chapter=5,
    statement=(
        "Seven samples go through a network 4-5-3. The shapes of (delta of the hidden layer, "
        "gradient of W1)?"
    ),
    answer=((7, 5), (4, 5)),
    wrong=(
        (((4, 5), (7, 5)), "swapped", "those two have changed places."),
        (((7, 5), (5, 4)), "columns", "samples are rows here, so W1 is (inputs, outputs)."),
        (((7, 5), (7, 5)), "one-each", "there is one W1 for all samples: its gradient is a sum."),
        (((5, 7), (4, 5)), "lying", "a sample is a row, in δ as in z."),
        (((7, 3), (4, 5)), "of-the-output", "that is the δ of the output layer."),
        (((7, 3), (5, 3)), "second-layer", "those are the shapes of the second layer."),
    ),
    hints=(
        "δ has the shape of z, a gradient of W that of W.",
        "z of the hidden layer has a row for each sample and a column for each hidden neuron.",
        "W1 leads from 4 inputs to 5 neurons, however many samples there are.",
    ),
    after="The batch is in the shape of δ and not in that of a parameter's gradient.",
)

caught_by_shapes = Prediction(
    name="caught_by_shapes",
    chapter=5,
    statement=(
        "Of the six wrong formulas in the table, how many does a look at the shapes catch, when "
        "all sizes are different?"
    ),
    answer=3,
    wrong=(
        (6, "all", "look at the middle column: what is the shape of z1, and of a mean?"),
        (0, "none", "look at the last column with 7 samples through 4-5-3."),
        (
            2,
            "one-too-few",
            "the last column has three: in the sum along the rows 7 numbers come out, not 3.",
        ),
        (4, "one-too-many", "check the middle column once more: z1 has the shape of a1."),
    ),
    hints=(
        "Write the shape beside each factor: delta2 (7, 3), a1 and z1 (7, 5), W2 (5, 3).",
        "The middle column: does z1 have another shape than a1? Does a mean have another shape "
        "than a sum?",
        "All of the middle column fits. Now the last column, one by one.",
    ),
    after="Half of them go through a net of the finest mesh. A nudge catches all six.",
)

right_score = Prediction(
    name="right_score",
    chapter=5,
    statement=(
        "The right class has the probability 0.24473. How far does the cross-entropy move for a "
        "unit of its score?"
    ),
    answer=1 / (math.e + 1 + 1 / math.e) - 1,
    tolerance=2e-3,
    wrong=(
        (0.24473, "one-forgotten", "that is the part from the sum; the −z₂ brings a −1."),
        (0.75527, "sign", "raising the right score lowers the loss."),
        (-0.24473, "only-p", "from the sum comes +0.245, and from −z₂ comes −1."),
        (-1.0, "sum-forgotten", "the score stands in the sum of exponentials too."),
        (
            -4.0861,
            "slope-of-the-logarithm",
            "that is −1/p, how far the loss moves for a unit of p; from the score to p there is "
            "one more link.",
        ),
        (
            0.18484,
            "diagonal",
            "that is p(1 − p), how far p moves; from p to the loss there is one more link, −1/p.",
        ),
        (-0.18484, "diagonal-negative", "that is −p(1 − p); the link from p to the loss is −1/p."),
    ),
    hints=(
        "The loss is the logarithm of a sum of exponentials, minus z₂. Two slopes.",
        "The slope of ln(sum) with respect to z₂ is e^z₂ over the sum: the probability itself.",
        "0.245, and then −1 for the −z₂.",
    ),
    after="What I said, minus what was true.",
)

loss_floor = Prediction(
    name="loss_floor",
    chapter=5,
    statement=(
        "Ten classes; probabilities 1 at the right class, 0 elsewhere, are fed as scores into "
        "softmax with cross-entropy. Which loss comes out?"
    ),
    answer=math.log(1 + 9 / math.e),
    tolerance=4e-3,
    wrong=(
        (0.0, "softmax-once", "without the second softmax it would be 0; it sees scores 1 and 0."),
        (
            2.303,
            "all-alike",
            "that is ln 10, for ten equal scores; the right one is larger by 1.",
        ),
        (0.232, "probability", "that is the probability of the right class; take −ln of it."),
        (0.313, "one-other", "that is with one other class; there are nine."),
        (1.0, "score", "that is the score; the loss is −ln of its softmax."),
    ),
    hints=(
        "The scores are 1 once and 0 nine times. Take their softmax.",
        "e¹ divided by e¹ + 9 e⁰, and then minus the logarithm.",
        "The logarithm of 1 + 9/e.",
    ),
    after="A loss on ten classes that settles a little above 1.46 is a finding.",
)
