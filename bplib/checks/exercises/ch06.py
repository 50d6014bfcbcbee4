"""Exercises and predictions of chapter 6, is it right, in the order of its notebook."""

from bplib.checks.exercises import (
    ch06_compare,
    ch06_judge,
    ch06_patients,
    ch06_predictions,
    ch06_slopes,
)

EXERCISES = (
    ch06_predictions.ann_or_ben,
    ch06_slopes.complex_slope,
    ch06_predictions.passes_for_all,
    ch06_predictions.ones_and_softmax,
    ch06_slopes.directional_slope,
    ch06_slopes.weighted_slope,
    ch06_compare.relative_error,
    ch06_predictions.at_the_corner,
    ch06_predictions.sick_and_learning,
    ch06_compare.first_wrong,
    *ch06_patients.PATIENTS,
    ch06_judge.gradient_is_right,
)
