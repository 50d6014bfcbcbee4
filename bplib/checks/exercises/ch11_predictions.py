"""Chapter 11: what the reader says before looking."""

from __future__ import annotations

from bplib.checks.declare import Prediction

cubic_at_four = Prediction(
    name="cubic_at_four",
    chapter=11,
    statement="A cubic goes through (0, 0), (1, 2), (2, 1) and (3, 3). What does it say at 4?",
    answer=14,
    wrong=(
        (4, "the-truth", "that is what is true there; the cubic has only seen the readings."),
        (5, "last-step-again", "that repeats the last step, 2; in a cubic the steps change too."),
        (
            8,
            "changes-kept",
            "that lets the step change by 3 once more; the changes themselves grow by 6.",
        ),
        (3.5, "the-line", "that is what the line says."),
        (9, "the-change", "9 is by how much the step changes; add it to the step, and that to 3."),
        (11, "the-step", "11 is the next step; it starts from the last reading, 3."),
    ),
    hints=(
        "Write the steps below the readings, the changes of the steps below these, and so on.",
        "Steps 2, −1, 2; their changes −3, 3; the change of these is 6, and stays 6.",
        "The next change is 9, so the next step is 2 + 9.",
    ),
    after="It has learned the shaking by heart, and swings out.",
)

soft_threshold_of_two = Prediction(
    name="soft_threshold_of_two",
    chapter=11,
    statement="Two weights would like to be 3 and 0.5. What does L1 with α = 1 make of them?",
    answer=(2, 0),
    wrong=(
        ((1.5, 0.25), "l2", "that is what L2 makes; L1 takes the same from each."),
        ((2, -0.5), "through-zero", "below 0 the price pulls the other way: it stops at 0."),
        ((3, 0), "hard", "what is kept pays too: it becomes smaller by α."),
        ((2, 0.5), "small-one-spared", "the small one pays the same price for each unit."),
        ((4, 1.5), "wrong-way", "a price makes weights smaller."),
        ((2.5, 0), "half", "the slope of α|w| is α; there is no ½ in it."),
    ),
    hints=(
        "What is the slope of α|w| for a positive w? Does it depend on how large w is?",
        "Each weight is pulled towards 0 by 1, and not beyond.",
        "3 − 1, and 0.5 − 1 would be below 0.",
    ),
    after="The same from each, and nothing below zero.",
)

kept_and_enlarged = Prediction(
    name="kept_and_enlarged",
    chapter=11,
    statement=(
        "A neuron puts out 4 and is left out one time in five. What must stand in its place when "
        "it is kept, so that the mean stays 4?"
    ),
    answer=5,
    wrong=(
        (20, "divided-by-the-rate", "that divides by the chance of being left out."),
        (4, "not-enlarged", "then the mean is 4 times four fifths."),
        (3.2, "made-smaller", "that is the mean without enlarging; it has to grow."),
        (4.8, "multiplied", "that adds a fifth; four fifths of 4.8 is 3.84."),
    ),
    hints=(
        "The mean is the chance of being kept, times what stands there then.",
        "Four fifths of it must be 4.",
        "4 divided by 0.8.",
    ),
    after="Divide by the share that is kept, 1 − rate.",
)

epoch_kept = Prediction(
    name="epoch_kept",
    chapter=11,
    statement=(
        "Validation losses 0.9, 0.7, 0.6, 0.65, 0.62, 0.58, 0.6, 0.61, 0.63, 0.5; patience 3. "
        "Which epoch's weights are kept?"
    ),
    answer=6,
    wrong=(
        (10, "looked-ahead", "training had stopped before anybody could see epoch 10."),
        (3, "stopped-too-soon", "after epoch 3 there were only two without a new best."),
        (9, "the-last", "training stops there; the weights are those of the best epoch."),
        (5, "from-zero", "epochs are counted from 1."),
        (8, "two-only", "that is inside the waiting time."),
    ),
    hints=(
        "Go through the list and keep the best so far; count the epochs since.",
        "At epoch 3 the best is 0.6; two epochs later a better one comes.",
        "0.58 is followed by three that are not better.",
    ),
    after="Kept from epoch 6, stopped after epoch 9.",
)

selected_noise = Prediction(
    name="selected_noise",
    chapter=11,
    statement=(
        "Columns of noise chosen with all labels in view, then split and tested: what share of "
        "the tests is right?"
    ),
    answer="90 %",
    choices=("50 %", "70 %", "90 %"),
    wrong=(
        (
            "50 %",
            "nothing-leaked",
            "it would be, had the columns been chosen without the test patients' labels.",
        ),
        (
            "70 %",
            "a-little",
            "twenty of 2,000 columns were chosen to fit these sixty: it is more.",
        ),
    ),
    hints=(
        "Do the chosen columns know the labels of the patients they will be tested on?",
        "They were picked because they go with all sixty labels, by chance.",
        "Twenty columns of a correlation near 0.35 each, added up.",
    ),
    after="Noise that predicts coins. Everything that looks at labels belongs inside the loop.",
)

precision_at_065 = Prediction(
    name="precision_at_065",
    chapter=11,
    statement="Ten lumps, τ = 0.65. What is the precision?",
    answer=0.75,
    wrong=(
        (0.5, "old-threshold", "that is at τ = 0.5; two fewer are called now."),
        (0.8, "accuracy", "that is the accuracy, 8 of 10."),
        (1.0, "all-right", "one of those called, at 0.80, is benign."),
        (0.3, "of-all", "divide by how many are called, not by all ten."),
        (3, "count", "that is how many are found; divide by how many are called."),
    ),
    hints=(
        "Who has a score of at least 0.65?",
        "0.95, 0.90, 0.80 and 0.70 are called.",
        "One of these four is benign.",
    ),
    after="Three of four.",
)

auc_of_ten = Prediction(
    name="auc_of_ten",
    chapter=11,
    statement="Which share of the 24 pairs of a malignant and a benign lump is in the right order?",
    answer=20 / 24,
    tolerance=5e-3,
    wrong=(
        (20, "count", "that is how many pairs are in order; divide by 24."),
        (4 / 24, "upside-down", "those are the pairs in the wrong order."),
        (20 / 45, "all-pairs", "pairs of two benign or two malignant ones do not count."),
        (0.2, "of-a-hundred", "there are 4 · 6 pairs of one of each, not 10 · 10."),
        (0.75, "recall", "that is the recall at τ = 0.5."),
    ),
    hints=(
        "Take each malignant lump, and count the benign ones below it.",
        "The two at the top are ahead of all six.",
        "6 + 6 + 5 + 3, of 24.",
    ),
    after="20 of 24: the area, without drawing it.",
)

rare_precision = Prediction(
    name="rare_precision",
    chapter=11,
    statement=(
        "Recall 0.9, false alarms in 10 per cent of the healthy; 100 ill and 9,900 healthy. "
        "What is the precision?"
    ),
    answer=1 / 12,
    tolerance=1e-2,
    wrong=(
        (0.9, "as-in-the-clinic", "that is with as many healthy as ill; now there are 99 times."),
        (90, "count", "those are the ill that are called; divide by all that are called."),
        (0.01, "share-of-the-ill", "that is how rare the illness is among all."),
        (0.1, "false-alarms", "that is the share of the healthy that is called."),
        (1 / 11, "false-alarms-only", "divide by all that are called, the ill ones included."),
        (0.009, "of-everybody", "divide by those who are called, not by all 10,000."),
    ),
    hints=(
        "How many of the ill are called, and how many of the healthy?",
        "90 of the ill; a tenth of 9,900 healthy.",
        "90 of 90 + 990.",
    ),
    after="One in twelve. The test is the same as before.",
)
