"""Chapter 8, automatic differentiation: its predictions and exercises, as the notebooks go."""

from .ch08_dual import DUAL_TIMES, ROOT_AND_SLOPE
from .ch08_predictions import PREDICTIONS
from .ch08_products import LAYER_JVP, LOGISTIC_HVP
from .ch08_stretch import UNSTRETCH
from .ch08_tape import TAPE_GRADIENTS

EXERCISES = (
    *PREDICTIONS,
    DUAL_TIMES,
    ROOT_AND_SLOPE,
    UNSTRETCH,
    LAYER_JVP,
    LOGISTIC_HVP,
    TAPE_GRADIENTS,
)
