"""Exercises and predictions of chapter 7, what it costs, in the order of its notebook."""

from bplib.checks.exercises import (
    ch07_checkpoints,
    ch07_flops,
    ch07_memory,
    ch07_predictions,
)

EXERCISES = (
    ch07_predictions.nudging_by_thirteen,
    ch07_predictions.whole_step_of_ten,
    ch07_flops.nudging_passes,
    ch07_flops.dense_flops,
    ch07_predictions.minutes_of_nudging,
    ch07_memory.growth_exponent,
    ch07_predictions.twice_the_batch,
    ch07_memory.cache_bytes,
    ch07_memory.activations_held,
    ch07_checkpoints.checkpointed_gradient,
    ch07_predictions.one_sample_intensity,
)
