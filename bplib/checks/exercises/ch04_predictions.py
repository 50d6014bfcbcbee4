"""Chapter 4: what the reader is asked to say before a cell shows it."""

from ..declare import Prediction

_O = 0.6350150043  # what the network of the chapter says

FIRST_HIDDEN_SUM = Prediction(
    name="first_hidden_sum",
    chapter=4,
    statement=(
        "x = (0.1, 0.2); w11 = 0.1 and w21 = 0.4 lead to neuron 1, whose bias is 0.1. What is z1?"
    ),
    answer=0.19,
    wrong=(
        (0.15, "weights-read-across", "w12 was used for w21. The wire from input 2 to neuron 1 is "
         "w21, in the second row. (The published page has this very number.)"),
        (0.09, "bias-forgotten", "the bias of neuron 1 is added too."),
        (0.05, "across-and-no-bias", "w12 was used for w21, and the bias is missing."),
        (0.5474, "sigmoid-too-early", "that is what comes out of the sigmoid. Its sum is asked."),
        (0.32, "neuron-2", "that is the sum of the second hidden neuron."),
        (0.45, "neuron-3", "that is the sum of the third hidden neuron."),
        (0.6, "inputs-left-out", "each weight is multiplied by its input before it is added."),
        (0.14, "one-input-for-both", "the second product takes the second input, 0.2."),
        (0.11, "second-input-forgotten", "two wires end at neuron 1; the one from x2 is missing."),
    ),
    hints=(
        "A neuron adds up input times weight over its wires, and then its bias.",
        "Which wires end at neuron 1? The second index of a weight says where it leads.",
        "Two products, one for each input, and the bias 0.1.",
    ),
    after="The second index is the neuron. Reading it the other way is the most common slip here.",
)  # fmt: skip

DELTA_OF_THE_OUTPUT = Prediction(
    name="delta_of_the_output",
    chapter=4,
    statement="o = 0.6350 and y = 1, L = (o − y)². What is delta_o, the gradient of z_o?",
    answer=2 * (_O - 1) * _O * (1 - _O),
    tolerance=0.006,
    wrong=(
        (2 * (_O - 1), "slope-forgotten", "that is do. The sigmoid stands between o and its sum; "
         "multiply by its slope."),
        (_O - 1, "error-alone", "o − y is the delta with the cross-entropy. Here it is the square, "
         "with its 2, and the sigmoid's slope."),
        ((_O - 1) * _O * (1 - _O), "factor-2-lost", "half of it: the 2 of the square is missing."),
        (-2 * (_O - 1) * _O * (1 - _O), "sign-flipped", "the size is right. o is too small, so "
         "more of z would make the loss smaller: which sign is that?"),
        (2 * (_O - 1) * 0.5537923824 * (1 - 0.5537923824), "slope-from-z", "a(1 − a) was taken at "
         "z_o = 0.5538. It wants what came out, o."),
        (_O * (1 - _O), "slope-alone", "that is the slope of the sigmoid; multiply by what "
         "arrives, do."),
        ((_O - 1) ** 2, "the-loss", "that is the loss itself, not how far it moves."),
    ),
    hints=(
        "Two links: from L back to o, and from o back to its sum.",
        "The first is the slope of a square at o − y; the second the slope of the sigmoid, "
        "written with o.",
        "2 × (0.635 − 1), times 0.635 × 0.365.",
    ),
    after="Negative: a larger sum would lower the loss. Everything behind is made from this one.",
)  # fmt: skip

TWO_WEIGHTS = Prediction(
    name="two_weights_of_one_neuron",
    chapter=4,
    statement="x1 = 0.1, x2 = 0.2, w11 = 0.1, w21 = 0.4. How many times dw11 is dw21?",
    answer=2.0,
    wrong=(
        (4.0, "weights-compared", "that is w21 / w11. A weight's gradient does not contain the "
         "weight itself."),
        (8.0, "both-compared", "input times weight was compared. The gradient of a weight is its "
         "input times delta."),
        (1.0, "input-forgotten", "both get the same delta, each times the input on its own wire."),
        (0.5, "upside-down", "the other way round: x2 is the larger input."),
        (0.25, "weights-upside-down", "the weights themselves do not come in; the inputs do."),
    ),
    hints=(
        "Both wires end at the same neuron.",
        "A weight's gradient is two factors: one from its beginning, one from its end.",
        "The delta is the same for both. Compare the inputs.",
    ),
    after="At one neuron, the gradients of the weights are in proportion to the inputs.",
)  # fmt: skip

ALL_ALIKE = Prediction(
    name="all_alike_at_the_start",
    chapter=4,
    statement="All weights and biases start equal. How many different hidden neurons, of three, "
    "are there after a thousand steps?",
    answer=1,
    wrong=(
        (3, "they-part", "what would tell them apart? They see the same inputs, say the same and "
         "receive the same delta."),
        (2, "two-groups", "what would tell them apart? All three see and receive the same."),
        (0, "none-left", "they are all still there; the question is how many differ."),
    ),
    hints=(
        "Follow two hidden neurons through one step, forward and backward.",
        "They get the same inputs, and their wires to the output have the same weight.",
        "Equal neurons receive equal gradients and make equal steps. So after each step they "
        "are …",
    ),
    after="That is why weights start at random: to break the symmetry.",
)  # fmt: skip

PATHS = Prediction(
    name="paths_through_ten_layers",
    chapter=4,
    statement="Ten hidden layers of three neurons, fully wired, one output: how many paths lead "
    "from one input to the loss?",
    answer=59049,
    wrong=(
        (30, "neurons-counted", "that is the number of hidden neurons. A path chooses one in "
         "every layer."),
        (1000, "upside-down", "3 choices, ten times; not 10 choices, three times."),
        (19683, "one-layer-too-few", "the wires that leave the input are a choice too."),
        (177147, "one-layer-too-many", "after the tenth layer there is one output: no choice."),
        (87, "wires-counted", "that is the number of wires that can be used. The paths are more."),
        (147621, "multiplications", "that is how many multiplications it takes, path by path."),
        (118098, "both-inputs", "from one input; that is from both."),
        (1024, "two-choices", "in every layer there are three neurons to choose from."),
    ),
    hints=(
        "A path goes through one neuron of each layer.",
        "How many choices are there in the first layer, and then in the second?",
        "Three choices, and again three, ten times in all: multiply.",
    ),
    after="Each further layer makes three times as many paths, and only nine more wires.",
)  # fmt: skip

PREDICTIONS = (FIRST_HIDDEN_SUM, DELTA_OF_THE_OUTPUT, TWO_WEIGHTS, ALL_ALIKE, PATHS)
