"""Exercises and predictions of chapter 9, optimizers, in the order of its notebook."""

from bplib.checks.exercises import (
    ch09_adam,
    ch09_adamw,
    ch09_epoch,
    ch09_predictions,
    ch09_rates,
    ch09_steps,
)

EXERCISES = (
    ch09_predictions.valley_limit,
    ch09_rates.best_rate,
    ch09_predictions.steady_velocity,
    ch09_steps.momentum_step,
    ch09_predictions.adams_first_step,
    ch09_predictions.uncorrected_first_step,
    ch09_adam.adam_step,
    ch09_predictions.who_decays,
    ch09_predictions.a_third_of_the_noise,
    ch09_epoch.sgd_epoch,
    ch09_rates.warmup_cosine,
    ch09_adamw.adamw_descent,
)
