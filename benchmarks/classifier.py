"""Digits: training a classifier from start to end, beside scikit-learn's."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from contextlib import ExitStack

from benchmarks import step
from benchmarks.case import Case
from benchmarks.digits import EPOCHS, SIZES
from benchmarks.paired import Pace, alternate, in_words, ratio
from benchmarks.report import Claim, Section, at_least, at_most, table

PEERS = ("digits_layers", "digits_sklearn")
BATCHES = tuple(EPOCHS)
"""What is usual, and what MLPClassifier takes where nothing is said."""
TIME_AT_MOST, ACCURACY_AT_LEAST = 0.5, 0.97
SEEDS = 5


def run(pace: Pace, environment: Mapping[str, str]) -> Section:
    """Times both, and tests what they have learned."""
    claims: list[Claim] = []
    rows = []
    pace = Pace(rounds=max(3, pace.rounds // 3), turn=pace.turn)  # a turn is several whole fits
    for batch in BATCHES:
        case = Case(SIZES, batch, optimizer="adam", part="fit")
        print(f"  digits, batch {batch} ...", flush=True)
        with ExitStack() as stack:
            workers, notes = step.started(stack, PEERS, case, environment)
            if len(workers) < len(PEERS):
                return Section("Digits", ". ".join(notes) + ".")
            scores = {name: worker.losses(SEEDS) for name, worker in workers.items()}
            seconds = alternate(workers, pace)
        ours, theirs = PEERS
        part = ratio(seconds[ours], seconds[theirs])
        means = {name: statistics.mean(found) for name, found in scores.items()}
        claims += [
            at_most(f"digits, batch {batch}: of MLPClassifier", part.median, TIME_AT_MOST,
                    str(part)),
            at_least(f"digits, batch {batch}: test accuracy", means[ours], ACCURACY_AT_LEAST,
                     f"{means[ours]:.3f}"),
        ]  # fmt: skip
        # No claim may rest on a lucky split: theirs is what equal means.
        equal = means[ours] - means[theirs]
        claims.append(
            at_least(f"digits, batch {batch}: accuracy beside MLPClassifier's", equal, -0.005,
                     f"{equal:+.3f}")
        )  # fmt: skip
        rows.append(
            [
                f"batch {batch}",
                *(in_words(seconds[name]) for name in PEERS),
                str(part),
                *(f"{means[n]:.3f} ({min(scores[n]):.3f}–{max(scores[n]):.3f})" for n in PEERS),
            ]
        )
    head = ["", "bplib", "scikit-learn", "part", "bplib's accuracy", "scikit-learn's accuracy"]
    epochs = " or ".join(f"{EPOCHS[batch]} epochs of batches of {batch}" for batch in BATCHES)
    text = (
        f"64-100-10 on the digits, float32, Adam with 0.001, {epochs}, no decay; four "
        f"fifths to train with, the rest to test. Accuracy is the mean of {SEEDS} seeds, with the "
        "lowest and the highest.\n\n"
    )
    return Section("Digits", text + table(head, rows), claims)
