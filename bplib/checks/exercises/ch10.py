"""Exercises and predictions of chapter 10, signals, in the order of its notebook."""

from bplib.checks.exercises import (
    ch10_back,
    ch10_clip,
    ch10_norm_steps,
    ch10_predictions,
    ch10_start,
)

EXERCISES = (
    ch10_predictions.ten_quarters,
    ch10_start.sigmoid_chain_slope,
    ch10_predictions.square_behind_relu,
    ch10_start.initial_std,
    ch10_start.share_on,
    ch10_predictions.bias_before_norm,
    ch10_norm_steps.NORM_WAY_BACK,
    ch10_back.layer_norm_gradients,
    ch10_predictions.slope_of_a_block,
    ch10_back.residual_gradients,
    ch10_predictions.clipped_four,
    ch10_clip.clip_together,
    ch10_predictions.no_difference,
)
