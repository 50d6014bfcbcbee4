"""Exercises and predictions of chapter 5, backpropagation in matrices, in the notebooks' order."""

from bplib.checks.exercises import (
    ch05_empty_page,
    ch05_layer,
    ch05_network,
    ch05_predictions,
    ch05_softmax,
    ch05_squares,
    ch05_two_layers,
)

EXERCISES = (
    ch05_predictions.x2_receives,
    ch05_predictions.wire_receives,
    ch05_layer.layer_gradients,
    ch05_layer.one_layer_back,
    ch05_predictions.corner_pixel,
    ch05_predictions.zero_second_layer,
    ch05_predictions.shapes_in_a_batch,
    ch05_two_layers.two_layer_backward,
    ch05_predictions.caught_by_shapes,
    ch05_predictions.right_score,
    ch05_softmax.softmax_rows,
    ch05_softmax.cross_entropy_gradient,
    ch05_predictions.loss_floor,
    ch05_squares.sigmoid_square_delta,
    ch05_network.any_depth_gradients,
    ch05_empty_page.the_empty_page,
)
