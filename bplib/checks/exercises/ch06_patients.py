"""Chapter 6: the clinic, ten sick networks and a healthy one to be told apart."""

from __future__ import annotations

from ..declare import Prediction

ILLNESSES = (
    "healthy", "sum", "sigmoid at the end", "diagonal softmax", "moved too early", "slope from z",
    "slope forgotten", "not transposed", "wrong activations", "biases averaged", "biases forgotten",
)  # fmt: skip

_PLACE = (
    "Begin at the output: which is the first layer, seen from there, that does not agree?",
    "Now compare the size and the cosine there with what each illness would do.",
)

# What each illness does to a chart, for those who guess it where it is not.
_SHOWS = {
    "healthy": "in a healthy network every parameter agrees.",
    "sum": "with a missing 1/m every parameter is seven times too large, and nothing else.",
    "sigmoid at the end": "that one is wrong from the last layer on, and far too small all over.",
    "diagonal softmax": "that one is wrong from the last layer on, in direction more than in size.",
    "moved too early": "that one spares the last layer, and turns the next a little: W2 and b2.",
    "slope from z": "that one spares the last layer, and sends the next uphill: W2 and b2.",
    "slope forgotten": "that one spares layers 2 and 3, and makes layer 1 far too large.",
    "not transposed": "that one spares layers 2 and 3, and takes the direction from layer 1.",
    "wrong activations": "that one is wrong in W2 alone.",
    "biases averaged": "that one spares the weights, and makes every bias a seventh.",
    "biases forgotten": "that one spares the weights, and leaves nothing of the biases.",
}


def _patient(letter: str, answer: str, nearly: str, after: str, **instead: str) -> Prediction:
    """The prediction for one patient; `instead` says of the likeliest why they do not fit."""
    why = _SHOWS | {illness.replace("_", " "): reason for illness, reason in instead.items()}
    return Prediction(
        name=f"patient_{letter}",
        chapter=6,
        statement=f"What is wrong with patient {letter.upper()}? Answer with a name of the list.",
        answer=answer,
        choices=ILLNESSES,
        wrong=tuple(
            (illness, illness.replace(" ", "-"), why[illness])
            for illness in ILLNESSES
            if illness != answer
        ),
        hints=(*_PLACE, nearly),
        after=after,
        minutes=2,
    )


patient_a = _patient(
    "a",
    "slope forgotten",
    "Layers 2 and 3 agree. In layer 1 the direction is nearly right and all is four to five times "
    "too large, as if something of at most a quarter were missing.",
    "A sigmoid's slope is at most a quarter, so leaving it out makes a gradient four times too "
    "large or more.",
    not_transposed="a matrix the wrong way round destroys the direction, and the cosine here is "
    "nearly 1.",
    sum="a missing 1/m shows in every layer, and as a round number.",
    slope_from_z="that one is in layer 2, which agrees here.",
)
patient_b = _patient(
    "b",
    "sum",
    "Everything is too large by one and the same round number, with cosine 1. Which number is it, "
    "and what else has that size here?",
    "A round factor with cosine 1 is a factor that somebody forgot; seven is the batch.",
    slope_forgotten="that one spares the last two layers, and its factor is not round.",
    biases_averaged="that one spares the weights.",
)
patient_c = _patient(
    "c",
    "biases forgotten",
    "All weights agree. What does a size of 0.00 say of the biases?",
    "A gradient that is not there has size 0, relative error 1, and no direction.",
    biases_averaged="averaged biases are a seventh of what they should be; these are nothing.",
    healthy="the weights agree; look at the biases.",
)
patient_d = _patient(
    "d",
    "wrong activations",
    "Only W2 is wrong. Its bias agrees, so the delta of layer 2 is right; what else is a weight's "
    "gradient made of?",
    "A right bias next to a wrong weight acquits the delta: the other factor is to blame.",
    not_transposed="that one sits between the layers, and would spoil layer 1; here it agrees.",
    moved_too_early="then the bias of layer 2 would be wrong too, and all of layer 1.",
    slope_from_z="then the bias of layer 2 would be wrong too, and all of layer 1.",
)
patient_e = _patient(
    "e",
    "sigmoid at the end",
    "The last layer is wrong already, and much too small: as if p (1 - p), a quarter at most, "
    "stood where nothing should. With one class only, every column of it still moves.",
    "With cross-entropy the slope at the end cancels; who puts it back makes everything small.",
    diagonal_softmax="both are wrong from the end; with one class only, that one moves a single "
    "column of the last layer.",
    sum="a missing 1/m makes everything too large; here everything is too small.",
)
patient_f = _patient(
    "f",
    "moved too early",
    "Layer 3 agrees. In layer 2 the size is nearly right and the direction a little off: as if the "
    "gradient had come through other weights than those that the forward pass used.",
    "All gradients first, then all updates: this one asks a network that never existed.",
    slope_from_z="that one has the wrong size too, and points uphill.",
    not_transposed="that one enters one layer further towards the input.",
    wrong_activations="that one spares the bias of layer 2, and all of layer 1.",
)
patient_g = _patient(
    "g",
    "slope from z",
    "Layer 3 agrees, and layer 2 points uphill: its cosine is negative. What slope of a sigmoid "
    "could be negative?",
    "z (1 - z) is negative for every z below 0 and above 1; a sigmoid's slope never is.",
    moved_too_early="that one keeps the size and most of the direction; this one points uphill.",
    slope_forgotten="without the slope the direction stays nearly right; here it is lost.",
    not_transposed="that one enters one layer further towards the input.",
)
patient_h = _patient(
    "h",
    "biases averaged",
    "All weights agree, and every bias is the same part of what it should be. 0.14 is one over "
    "what?",
    "The 1/m is in the delta already; a mean over the batch divides by m once more.",
    biases_forgotten="these biases are not nothing: the direction is right and the size is not.",
    sum="that one would be too large, and in the weights as well.",
)
patient_i = _patient(
    "i",
    "diagonal softmax",
    "The last layer is wrong already, but not by much in size. With samples of one class only, how "
    "many of its columns move?",
    "A softmax couples its outputs; asked one by one, only the label's own score is moved.",
    sigmoid_at_the_end="both are wrong from the end; with one class only, that one still moves "
    "every column of the last layer.",
    sum="that one has a cosine of exactly 1.",
)
patient_j = _patient(
    "j",
    "healthy",
    "Every parameter agrees.",
    "Nothing is wrong here, and to find that out was worth as much as any diagnosis.",
)
patient_k = _patient(
    "k",
    "not transposed",
    "Layers 2 and 3 agree. In layer 1 the cosine is close to 0: the size is about right, and the "
    "direction is that of nothing. Which matrix was passed on the way there?",
    "A square matrix fits either way, so no shape complains; only the direction is lost.",
    slope_forgotten="without the slope the direction stays nearly right; here the cosine is about "
    "0.",
    wrong_activations="that one is wrong in W2 alone.",
)

PATIENTS = (
    patient_a, patient_b, patient_c, patient_d, patient_e, patient_f,
    patient_g, patient_h, patient_i, patient_j, patient_k,
)  # fmt: skip
