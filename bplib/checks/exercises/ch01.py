"""Chapter 1, the chain rule: its predictions and its exercises, in the order of the notebooks."""

from .ch01_backward import GRAPH_GRADIENTS
from .ch01_bill import MINIMUM_BILL_GRADIENTS
from .ch01_nudges import CENTRAL_GRADIENT
from .ch01_orders import TOPOLOGICAL_ORDER
from .ch01_predictions import PREDICTIONS
from .ch01_slopes import BITTERNESS_SLOPE, SHARED_WIRE_GRADIENTS, SUM_TIMES_GRADIENTS

EXERCISES = (
    *PREDICTIONS,
    BITTERNESS_SLOPE,
    SUM_TIMES_GRADIENTS,
    MINIMUM_BILL_GRADIENTS,
    SHARED_WIRE_GRADIENTS,
    CENTRAL_GRADIENT,
    TOPOLOGICAL_ORDER,
    GRAPH_GRADIENTS,
)
