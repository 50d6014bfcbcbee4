"""Chapter 4, backpropagation by hand: its predictions and exercises, in the order of the book."""

from .ch04_chain import TWO_THREE_ONE
from .ch04_deltas import HIDDEN_DELTAS, OUTPUT_DELTA
from .ch04_forward import FORWARD_PASS
from .ch04_gradients import NETWORK_GRADIENTS, TANH_GRADIENTS
from .ch04_predictions import PREDICTIONS
from .ch04_steps import NETWORK_UPDATE
from .ch04_train import TRAIN_NETWORK

EXERCISES = (
    *PREDICTIONS,
    FORWARD_PASS,
    OUTPUT_DELTA,
    HIDDEN_DELTAS,
    TWO_THREE_ONE,
    NETWORK_GRADIENTS,
    NETWORK_UPDATE,
    TANH_GRADIENTS,
    TRAIN_NETWORK,
)
