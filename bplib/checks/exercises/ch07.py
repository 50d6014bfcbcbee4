"""Exercises and predictions of chapter 7, what it costs, in the order of its notebook."""

from bplib.checks.exercises import ch07_checkpoints, ch07_counts, ch07_predictions

EXERCISES = (
    ch07_predictions.nudging_by_thirteen,
    ch07_predictions.whole_step_of_ten,
    ch07_counts.nudging_passes,
    ch07_counts.dense_flops,
    ch07_predictions.minutes_of_nudging,
    ch07_counts.growth_exponent,
    ch07_predictions.twice_the_batch,
    ch07_counts.cache_bytes,
    ch07_counts.activations_held,
    ch07_checkpoints.checkpointed_gradient,
    ch07_predictions.one_sample_intensity,
)
