"""Exercises and predictions of chapter 3, one neuron, in the order of its notebook."""

from bplib.checks.exercises import (
    ch03_bends,
    ch03_fit,
    ch03_gradients,
    ch03_logits,
    ch03_neuron,
    ch03_predictions,
)

EXERCISES = (
    ch03_predictions.z_of_the_second,
    ch03_neuron.neuron_output,
    ch03_predictions.sigmoid_slope_max,
    ch03_bends.sigmoid_slope,
    ch03_predictions.tanh_slope_from_output,
    ch03_bends.tanh_gradient,
    ch03_bends.leaky_relu_gradient,
    ch03_predictions.ten_times_as_sure,
    ch03_predictions.push_on_z,
    ch03_gradients.logistic_gradients,
    ch03_neuron.decision_line,
    ch03_predictions.which_starts_faster,
    ch03_gradients.squared_error_neuron,
    ch03_predictions.loss_at_a_thousand,
    ch03_logits.cross_entropy_from_logits,
    ch03_predictions.xor_loss_floor,
    ch03_fit.fit_neuron,
)
