"""Exercises and predictions of chapter 12, reading handwriting, in the order of its notebook."""

from bplib.checks.exercises import (
    ch12_calibration,
    ch12_choose,
    ch12_images,
    ch12_predictions,
    ch12_reader,
)

EXERCISES = (
    ch12_predictions.pictures_for_half,
    ch12_predictions.nearest_mean_share,
    ch12_images.nearest_mean_predict,
    ch12_choose.choose_setting,
    ch12_predictions.ten_answers_error,
    ch12_calibration.calibration_gap,
    ch12_predictions.temperature_three,
    ch12_calibration.temperature_slope,
    ch12_images.count_blocks,
    ch12_reader.whole_reader,
)
