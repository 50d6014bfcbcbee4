"""Every differentiable operation as a pair of plain functions.

    y, cache = ops.linear(x, W, b)                   # forward: the result, and what backward needs
    dx, dW, db = ops.linear_backward(dy, cache)      # backward: one gradient for each input

`dy` is the gradient of the final loss with respect to `y`; the pair turns it into the gradients
with respect to the inputs. That is the chain rule, and it is written nowhere else: layers and the
tape call these pairs.

What holds for every pair: a gradient has the shape and the dtype of its input; inputs and upstream
gradients are never changed; a result is a fresh array. A cache refers to the inputs and results
rather than copying them, so do not change those in place before the backward pass.
"""

from typing import TYPE_CHECKING

from bplib.errors import misspelt
from bplib.ops.activations import (
    elu,
    elu_backward,
    gelu,
    gelu_backward,
    leaky_relu,
    leaky_relu_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    softplus,
    softplus_backward,
    tanh,
    tanh_backward,
)
from bplib.ops.arithmetic import (
    add,
    add_backward,
    divide,
    divide_backward,
    maximum,
    maximum_backward,
    multiply,
    multiply_backward,
    negative,
    negative_backward,
    power,
    power_backward,
    subtract,
    subtract_backward,
)
from bplib.ops.dropout import dropout, dropout_backward
from bplib.ops.elementary import (
    abs,
    abs_backward,
    clip,
    clip_backward,
    exp,
    exp_backward,
    log,
    log_backward,
    sqrt,
    sqrt_backward,
    where,
    where_backward,
)
from bplib.ops.embedding import embedding, embedding_backward
from bplib.ops.indexing import getitem, getitem_backward
from bplib.ops.normalisation import (
    batch_norm,
    batch_norm_backward,
    layer_norm,
    layer_norm_backward,
)
from bplib.ops.products import linear, linear_backward, matmul, matmul_backward
from bplib.ops.reductions import (
    max,
    max_backward,
    mean,
    mean_backward,
    sum,
    sum_backward,
    var,
    var_backward,
)
from bplib.ops.shapes import (
    concatenate,
    concatenate_backward,
    reshape,
    reshape_backward,
    transpose,
    transpose_backward,
)
from bplib.ops.softmax import (
    log_softmax,
    log_softmax_backward,
    softmax,
    softmax_backward,
)

__all__ = [
    "abs",
    "abs_backward",
    "add",
    "add_backward",
    "batch_norm",
    "batch_norm_backward",
    "clip",
    "clip_backward",
    "concatenate",
    "concatenate_backward",
    "divide",
    "divide_backward",
    "dropout",
    "dropout_backward",
    "elu",
    "elu_backward",
    "embedding",
    "embedding_backward",
    "exp",
    "exp_backward",
    "gelu",
    "gelu_backward",
    "getitem",
    "getitem_backward",
    "layer_norm",
    "layer_norm_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "linear",
    "linear_backward",
    "log",
    "log_backward",
    "log_softmax",
    "log_softmax_backward",
    "matmul",
    "matmul_backward",
    "max",
    "max_backward",
    "maximum",
    "maximum_backward",
    "mean",
    "mean_backward",
    "multiply",
    "multiply_backward",
    "negative",
    "negative_backward",
    "power",
    "power_backward",
    "relu",
    "relu_backward",
    "reshape",
    "reshape_backward",
    "sigmoid",
    "sigmoid_backward",
    "softmax",
    "softmax_backward",
    "softplus",
    "softplus_backward",
    "sqrt",
    "sqrt_backward",
    "subtract",
    "subtract_backward",
    "sum",
    "sum_backward",
    "tanh",
    "tanh_backward",
    "transpose",
    "transpose_backward",
    "var",
    "var_backward",
    "where",
    "where_backward",
]

if not TYPE_CHECKING:  # with it, a checker of types would let every name pass
    __getattr__ = misspelt("ops", __all__)
