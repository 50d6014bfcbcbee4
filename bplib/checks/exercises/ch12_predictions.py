"""Chapter 12: what the reader says before looking."""

from __future__ import annotations

from bplib.checks.declare import Prediction

pictures_for_half = Prediction(
    name="pictures_for_half",
    chapter=12,
    statement="360 test pictures give an accuracy some wobble. How many give half of it?",
    answer=1440,
    wrong=(
        (720, "no-root", "the number of pictures stands under a root."),
        (180, "fewer", "fewer pictures wobble more."),
        (90, "fewer-under-a-root", "a quarter of the pictures doubles the wobble."),
        (509, "root-of-two", "twice the pictures under a root is 1.4 times fewer wobbles, not 2."),
        (1080, "three-more", "those are the pictures to add; the question is how many in all."),
    ),
    hints=(
        "Look at how the number of pictures enters (12.1).",
        "The wobble goes like one over the root of m.",
        "Twice the root is four times the number.",
    ),
    after="Each further digit of an accuracy costs a hundred times the pictures.",
)

nearest_mean_share = Prediction(
    name="nearest_mean_share",
    chapter=12,
    statement="Of 100 unseen digits, how many are read by the nearest of the ten means?",
    answer=90,
    tolerance=0.03,
    wrong=(
        (30, "too-few", "look at the means in Figure 12.2: they can be read."),
        (60, "fewer-than-it-is", "more: most digits look like the mean of their kind."),
        (98, "too-many", "that is what a network reads; the means are blurred."),
        (10, "guessing", "that is guessing; the means know a good deal more."),
    ),
    hints=(
        "Guessing would read 10, a network some 98.",
        "Could you read the ten means of Figure 12.2?",
        "Nine in ten.",
    ),
    after="Ten blurred pictures, and no learning rate. That is what a network has to beat.",
)

ten_answers_error = Prediction(
    name="ten_answers_error",
    chapter=12,
    statement=(
        "Four answers with confidence 0.6, two of them right; six with confidence 0.9, all right. "
        "The mean distance between confidence and truth?"
    ),
    answer=0.1,
    tolerance=1e-3,
    wrong=(
        (0.2, "added", "both groups are off by 0.1, so the mean over the ten is 0.1 too."),
        (0.02, "signs-cancel", "too sure and too timid do not make up for each other: take sizes."),
        (-0.02, "signs-kept", "take the size of each difference before adding."),
        (0.0, "nothing", "the first group is right in 0.5 of the cases and says 0.6."),
        (0.8, "share-right", "that is the share that is right."),
        (0.78, "mean-confidence", "that is the mean confidence."),
    ),
    hints=(
        "Do one group after the other.",
        "The first is right half of the time and says 0.6; the second always and says 0.9.",
        "0.4 · 0.1 + 0.6 · 0.1.",
    ),
    after="It is off by 0.1 although, over all ten, confidence and truth differ by 0.02 only.",
)

temperature_three = Prediction(
    name="temperature_three",
    chapter=12,
    statement="Two scores, 3 apart. What does softmax give the larger one at a temperature of 3?",
    answer=0.7310585786,
    tolerance=0.01,
    wrong=(
        (0.95, "no-temperature", "that is without a temperature; the scores are divided by 3."),
        (0.9999, "multiplied", "the scores are divided by the temperature, not multiplied."),
        (0.5, "all-gone", "they still differ, by 1."),
        (0.317, "probability-divided", "the scores are divided, not the probability."),
    ),
    hints=(
        "The temperature divides the scores, before the softmax.",
        "How far apart are they then?",
        "1 apart, and σ(1) is in the question.",
    ),
    after="The order stays. Only how sure it is has changed.",
)
