"""Exercises and predictions of chapter 11, what generalises, in the notebooks' order."""

from bplib.checks.exercises import (
    ch11_brakes,
    ch11_metrics,
    ch11_predictions,
    ch11_ranking,
    ch11_validation,
)

EXERCISES = (
    ch11_predictions.cubic_at_four,
    ch11_predictions.soft_threshold_of_two,
    ch11_brakes.soft_threshold,
    ch11_predictions.kept_and_enlarged,
    ch11_brakes.dropout_both_ways,
    ch11_predictions.epoch_kept,
    ch11_brakes.early_stopping_epoch,
    ch11_predictions.selected_noise,
    ch11_predictions.precision_at_065,
    ch11_metrics.precision_recall_f1,
    ch11_ranking.roc_points,
    ch11_predictions.auc_of_ten,
    ch11_ranking.auc_by_counting,
    ch11_predictions.rare_precision,
    ch11_validation.cross_validated_errors,
)
