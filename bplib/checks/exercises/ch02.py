"""Exercises and predictions of chapter 2, linear regression, in the order of its notebook."""

from bplib.checks.exercises import (
    ch02_curve,
    ch02_gradients,
    ch02_line,
    ch02_matrix,
    ch02_penalty,
    ch02_predictions,
    ch02_scaling,
    ch02_standardise,
    ch02_steps,
)

EXERCISES = (
    ch02_line.predict_line,
    ch02_line.mean_squared_error,
    ch02_predictions.raise_the_line,
    ch02_predictions.third_push,
    ch02_gradients.line_gradients,
    ch02_curve.curve_gradients,
    ch02_penalty.line_with_penalty,
    ch02_predictions.first_step,
    ch02_steps.gradient_step,
    ch02_predictions.twice_the_people,
    ch02_steps.equal_learning_rates,
    ch02_matrix.mse_gradient,
    ch02_predictions.parabola_limit,
    ch02_matrix.learning_rate_limit,
    ch02_predictions.steps_when_standardised,
    ch02_scaling.line_in_raw_units,
    ch02_standardise.standardise,
    ch02_predictions.silent_shape,
    ch02_scaling.fit_line,
)
