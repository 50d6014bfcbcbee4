"""Chapter 7: what the reader says before looking."""

from __future__ import annotations

from ..declare import Prediction

nudging_by_thirteen = Prediction(
    name="nudging_by_thirteen",
    chapter=7,
    statement="Multiplications for 13 central differences, with 9 in a forward pass.",
    answer=234.0,
    wrong=(
        (117.0, "one-side", "each parameter is nudged to both sides, which takes two passes."),
        (126.0, "forward-difference", "that is the forward difference: 13 passes and one more."),
        (26.0, "passes", "those are the passes; each of them makes 9 multiplications."),
        (273.0, "backward-too", "no backward pass is needed for nudging; only forward ones."),
    ),
    hints=(
        "How many forward passes, and how many multiplications in each?",
        "13 parameters, each a little larger and a little smaller.",
        "26 passes of 9.",
    ),
    after="Eleven times the 21 of one step, for thirteen slopes; the factor grows with them.",
)

whole_step_of_ten = Prediction(
    name="whole_step_of_ten",
    chapter=7,
    statement="Products of forward and backward together, as a multiple of the forward pass, for "
    "ten equal layers.",
    answer=2.9,
    wrong=(
        (3.0, "first-layer", "nearly: the first layer has one product less on the way back."),
        (1.9, "backward-alone", "that is the way back alone; the step has the way there too."),
        (2.0, "as-dear-as-forward", "backward is two products a layer, not one."),
        (29.0, "products", "that is the number of products; the forward pass has ten."),
    ),
    hints=(
        "Count products: one for each layer on the way there, two on the way back.",
        "The first layer needs only one on the way back, since the data want no gradient.",
        "10 + 19 products, divided by 10.",
    ),
    after="D there and 2D - 1 back: never quite three forward passes.",
)

minutes_of_nudging = Prediction(
    name="minutes_of_nudging",
    chapter=7,
    statement="Two million forward passes of a millisecond each, in minutes.",
    answer=100 / 3,
    tolerance=0.02,
    wrong=(
        (2000.0, "seconds", "those are the seconds; sixty of them make a minute."),
        (2.0, "thousands", "a thousand passes take a second, so two million take 2,000 seconds."),
        (16.7, "one-side", "that would be one million passes; it takes two for each parameter."),
    ),
    hints=(
        "How many seconds are two million milliseconds?",
        "2,000 seconds.",
        "2,000 divided by 60.",
    ),
    after="Half an hour for one step, against three milliseconds.",
)

twice_the_batch = Prediction(
    name="twice_the_batch",
    chapter=7,
    statement="What doubles with the batch: parameters, gradients or caches?",
    answer="caches",
    choices=("parameters", "gradients", "caches"),
    wrong=(
        ("gradients", "summed-over-samples", "a gradient has the shape of its parameter; the "
         "samples have been summed over."),
        ("parameters", "no-samples", "a parameter has no sample in it: all samples share it."),
    ),
    hints=(
        "Which of the three has a row for each sample?",
        "A weight is (n_in, n_out), and so is its gradient.",
        "What is kept for the way back is (m, n) in every layer.",
    ),
    after="Activations have a row for each sample, and nothing else has.",
)  # fmt: skip

one_sample_intensity = Prediction(
    name="one_sample_intensity",
    chapter=7,
    statement="Is the intensity of one sample's product nearer to that of a large product, or to "
    "that of an addition?",
    answer="addition",
    choices=("product", "addition"),
    wrong=(
        ("product", "one-use", "it is a product, but each weight that is fetched is used for one "
         "sample only. Put m = 1 into (7.4)."),
    ),
    hints=(
        "Put m = 1 and k = n = 1000 into (7.4).",
        "Above stand 2 million FLOPs, below about a million numbers of 8 bytes.",
        "2 / 8 is 0.25.",
    ),
    after="A weight fetched for one sample is used once; with a batch it is used m times.",
)  # fmt: skip
