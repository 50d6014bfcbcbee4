"""What the library says when it is used wrongly: every sentence, word for word.

A sentence names the function and the argument, says what came and what was expected, and, where
there is one, the way out.
"""

import re

import fake_device
import numpy as np
import pytest

import bplib
from bplib import backend, data, errors, init, layers, losses, metrics, ops, optim, tape
from bplib.errors import (
    DomainError,
    DTypeError,
    MissingExtraError,
    NotReadyError,
    ShapeError,
    UnknownNameError,
)
from bplib.gradcheck import gradcheck, numerical_gradient
from bplib.ops.normalisation import batch_statistics
from bplib.tape import Tensor


def zeros(*shape, dtype=np.float64):
    return np.zeros(shape, dtype)


def rng():
    return np.random.default_rng(0)


def cache_of(operation, *inputs, **constants):
    return operation(*inputs, **constants)[1]


SENTENCES = [
    # shapes of linear and matmul
    (
        lambda: ops.linear(zeros(8, 32), zeros(64, 10), zeros(10)),
        ShapeError,
        "linear: W has 64 rows, but x has 32 columns; x (m, n_in) needs W (n_in, n_out).",
    ),
    (
        lambda: ops.linear(zeros(32), zeros(32, 10), zeros(10)),
        ShapeError,
        "linear: x has shape (32,); it needs two axes, (m, n_in); one single sample is x[None, :].",
    ),
    (
        lambda: ops.linear(zeros(2, 3, 4), zeros(4, 5), zeros(5)),
        ShapeError,
        "linear: x has shape (2, 3, 4); it needs two axes, (m, n_in).",
    ),
    (
        lambda: ops.linear(zeros(8, 32), zeros(32), zeros(10)),
        ShapeError,
        "linear: W has shape (32,); it needs two axes, (n_in, n_out).",
    ),
    (
        lambda: ops.linear(zeros(8, 32), zeros(32, 10), zeros(1, 10)),
        ShapeError,
        "linear: b has shape (1, 10), but W has 10 columns; W (n_in, n_out) needs b (n_out,).",
    ),
    (
        lambda: ops.linear(zeros(8, 32), zeros(32, 10), zeros(8)),
        ShapeError,
        "linear: b has shape (8,), but W has 10 columns; W (n_in, n_out) needs b (n_out,).",
    ),
    (
        lambda: ops.matmul(zeros(3, 4), zeros(5, 6)),
        ShapeError,
        "matmul: A has shape (3, 4) and B has shape (5, 6); "
        "the last axis of A (4) must equal the rows of B (5).",
    ),
    (
        lambda: ops.matmul(zeros(), zeros(5, 6)),
        ShapeError,
        "matmul: A has shape (); multiply by a number with *.",
    ),
    (
        lambda: ops.matmul(zeros(2, 3, 4), zeros(5, 4, 6)),
        ShapeError,
        "matmul: A has shape (2, 3, 4) and B has shape (5, 4, 6); the leading axes (2,) and (5,) "
        "must be equal, or one must stretch to the other.",
    ),
    # broadcasting
    (
        lambda: ops.subtract(zeros(7), zeros(7, 1)),
        ShapeError,
        "subtract: x has shape (7,) and y has shape (7, 1); together they would stretch to (7, 7), "
        "which is rarely meant. Reshape one of them.",
    ),
    (
        lambda: ops.add(zeros(3), zeros(4)),
        ShapeError,
        "add: x has shape (3,) and y has shape (4,); these do not fit together.",
    ),
    # what comes back
    (
        lambda: ops.linear_backward(
            zeros(10, 8), cache_of(ops.linear, zeros(8, 32), zeros(32, 10), zeros(10))
        ),
        ShapeError,
        "linear_backward: dy has shape (10, 8), but y had shape (8, 10).",
    ),
    (
        lambda: ops.multiply_backward(zeros(4), cache_of(ops.multiply, zeros(3, 4), zeros(4))),
        ShapeError,
        "multiply_backward: dz has shape (4,), but z had shape (3, 4).",
    ),
    (
        lambda: ops.exp_backward(zeros(3, dtype=np.float32), cache_of(ops.exp, zeros(3))),
        DTypeError,
        "exp_backward: dy is float32, but y was float64; give both one dtype.",
    ),
    (
        lambda: ops.sum_backward(1.0, cache_of(ops.sum, zeros(3))),
        DTypeError,
        "sum_backward: dy is a float; an array of floats is needed.",
    ),
    (
        lambda: losses.mse_backward(cache_of(losses.mse, zeros(3), zeros(3)), zeros(3)),
        ShapeError,
        "mse_backward: dloss has shape (3,); one number is needed, the gradient of the final loss.",
    ),
    (
        lambda: losses.mse_backward(cache_of(losses.mse, zeros(3), zeros(3)), None),
        DTypeError,
        "mse_backward: dloss is None; one number is needed, the gradient of the final loss.",
    ),
    (
        lambda: ops.exp_backward(fake_device.module.asarray([1.0]), cache_of(ops.exp, zeros(1))),
        DTypeError,
        "exp_backward: dy and y live in different places (fake_device and numpy); "
        "bring them together with bplib.backend.to_device.",
    ),
    (
        lambda: ops.exp_backward(zeros(3) + 1j, cache_of(ops.exp, zeros(3))),
        DTypeError,
        "exp_backward: dy is complex128, but y was float64; give both one dtype.",
    ),
    # dtypes
    (
        lambda: ops.exp(np.array([1, 2, 3])),
        DTypeError,
        "exp: x holds int64 values; floats are needed, for example x.astype(float).",
    ),
    # what looks like an array, and means something else
    (
        lambda: ops.multiply(zeros(3, 3).view(np.matrix), zeros(3, 3)),
        DTypeError,
        "multiply: x is a matrix, whose * is a matrix product; pass np.asarray(x).",
    ),
    (
        lambda: layers.Sigmoid().forward(np.ma.array([1.0, 100.0], mask=[0, 1])),
        DTypeError,
        "sigmoid: x is a masked array, and nothing here leaves entries out; fill it first, for "
        "example x.filled(0).",
    ),
    (
        lambda: ops.relu(Tensor(zeros(3))),
        DTypeError,
        "relu: x is a Tensor; use tape.relu, or its .value.",
    ),
    (
        lambda: ops.add(2.0, Tensor(zeros(3))),
        DTypeError,
        "add: y is a Tensor; use tape.add, or its .value.",
    ),
    (
        lambda: losses.mse(zeros(3), Tensor(zeros(3))),
        DTypeError,
        "mse: target is a Tensor; use tape.mse, or its .value.",
    ),
    (
        lambda: losses.softmax_cross_entropy(zeros(3, 4), Tensor(zeros(3))),
        DTypeError,
        "softmax_cross_entropy: labels is a Tensor; pass labels.value.",
    ),
    (
        lambda: layers.Linear(4, 2, rng=rng()).forward(Tensor(zeros(3, 4))),
        DTypeError,
        "linear: x is a Tensor; use tape.linear, or its .value.",
    ),
    (
        lambda: ops.exp(layers.Parameter(zeros(3), "W")),
        DTypeError,
        "exp: x is a Parameter; pass x.value.",
    ),
    (
        lambda: ops.exp([1.0, 2.0]),
        DTypeError,
        "exp: x is a list; an array of floats is needed.",
    ),
    (
        lambda: ops.exp(None),
        DTypeError,
        "exp: x is None; an array of floats is needed.",
    ),
    (
        lambda: ops.log(np.array(["a", "b"])),
        DTypeError,
        "log: x has dtype <U1; floats are needed.",
    ),
    (
        lambda: ops.add(zeros(3), zeros(3, dtype=np.float32)),
        DTypeError,
        "add: y is float32, but x is float64; give both one dtype.",
    ),
    (
        lambda: ops.maximum(zeros(3) + 1j, 0),
        DTypeError,
        "maximum: complex numbers have no larger one; use real arrays.",
    ),
    (
        lambda: ops.add(zeros(3), fake_device.module.asarray([1.0, 2.0, 3.0])),
        DTypeError,
        "add: x and y live in different places (numpy and fake_device); "
        "bring them together with bplib.backend.to_device.",
    ),
    # values where a function is not defined
    (
        lambda: ops.log(np.array([[1.0, 2.0], [-0.5, 3.0]])),
        DomainError,
        "log: x holds -0.5 at index (1, 0); log needs x > 0.",
    ),
    (
        lambda: ops.divide(zeros(3), np.array([1.0, 2.0, 0.0])),
        DomainError,
        "divide: y holds 0 at index 2; division needs y ≠ 0.",
    ),
    (
        lambda: ops.divide(zeros(3), 0.0),
        DomainError,
        "divide: y holds 0; division needs y ≠ 0.",
    ),
    (
        lambda: ops.power(np.array([4.0, -4.0]), 0.5),
        DomainError,
        "power: x holds -4 at index 1; the exponent 0.5 needs x ≥ 0.",
    ),
    (
        lambda: ops.power(np.array([4.0, 0.0]), -2),
        DomainError,
        "power: x holds 0 at index 1; the exponent -2 needs x ≠ 0.",
    ),
    (
        lambda: ops.power(zeros(3), float("nan")),
        DomainError,
        "power: exponent is nan; it must be finite.",
    ),
    (
        lambda: ops.power(zeros(3), zeros(3)),
        DTypeError,
        "power: exponent is an ndarray; a plain number is needed "
        "(for a learned exponent p write exp(p * log(x))).",
    ),
    (
        lambda: ops.sqrt(np.array([4.0, -0.25])),
        DomainError,
        "sqrt: x holds -0.25 at index 1; sqrt needs x ≥ 0.",
    ),
    (
        lambda: ops.clip(zeros(3), 2, 1.5),
        DomainError,
        "clip: low is 2 and high is 1.5; low ≤ high is needed.",
    ),
    (
        lambda: ops.clip(zeros(3), None, 1.0),
        DTypeError,
        "clip: low is None; a number is needed.",
    ),
    (
        lambda: ops.abs(zeros(3) + 1j),
        DTypeError,
        "abs: x holds complex128 values; real numbers are needed.",
    ),
    (
        lambda: ops.where(zeros(3), zeros(3), 0.0),
        DTypeError,
        "where: condition is an array of float64; an array of booleans is needed.",
    ),
    (
        lambda: ops.where(True, zeros(3), 0.0),
        DTypeError,
        "where: condition is a bool; an array of booleans is needed.",
    ),
    (
        lambda: ops.where(zeros(3, 1) > 0, zeros(4), 0.0),
        ShapeError,
        "where: condition has shape (3, 1), x has shape (4,) and y has shape (); "
        "the smaller ones must stretch to the largest.",
    ),
    (
        lambda: tape.where(Tensor(zeros(3)), Tensor(zeros(3)), 0.0),
        DTypeError,
        "where: condition is a Tensor, but it gets no gradient; pass an array.",
    ),
    # activations
    (
        lambda: ops.relu(zeros(3) + 1j),
        DTypeError,
        "relu: x holds complex128 values; real numbers are needed.",
    ),
    (
        lambda: ops.leaky_relu(zeros(3), -0.01),
        DomainError,
        "leaky_relu: slope is -0.01; it must be between 0 and 1.",
    ),
    (
        lambda: ops.leaky_relu(zeros(3), slope=None),
        DTypeError,
        "leaky_relu: slope is None; a number is needed.",
    ),
    (
        lambda: ops.elu(zeros(3), alpha=0),
        DomainError,
        "elu: alpha is 0; it must be positive and finite.",
    ),
    (
        lambda: ops.gelu(zeros(3), approximate="tanh"),
        DTypeError,
        "gelu: approximate is a str; it must be True or False.",
    ),
    (
        lambda: ops.softmax(zeros(3, 4), axis=2),
        ShapeError,
        "softmax: axis 2 does not exist; x has shape (3, 4).",
    ),
    (
        lambda: ops.log_softmax(zeros(3, 4), axis=(0, 1)),
        DTypeError,
        "log_softmax: axis is a tuple; a whole number is needed.",
    ),
    # axes
    (
        lambda: ops.sum(zeros(3, 4), axis=2),
        ShapeError,
        "sum: axis 2 does not exist; x has shape (3, 4).",
    ),
    (
        lambda: ops.mean(zeros(3, 4), axis=(0, -2)),
        ShapeError,
        "mean: axis (0, -2) names one axis twice.",
    ),
    (
        lambda: ops.mean(zeros(3, 4), axis=1.0),
        DTypeError,
        "mean: axis is a float; whole numbers are needed.",
    ),
    (
        lambda: ops.mean(zeros(0, 4)),
        ShapeError,
        "mean: x is empty, its shape is (0, 4).",
    ),
    (
        lambda: ops.sum(zeros(3, 4), 0, keepdims="yes"),
        DTypeError,
        "sum: keepdims is a str; it must be True or False.",
    ),
    # the largest entry and the variance
    (
        lambda: ops.max(zeros(3, 4), axis=2),
        ShapeError,
        "max: axis 2 does not exist; x has shape (3, 4).",
    ),
    (
        lambda: ops.max(zeros(3) + 1j),
        DTypeError,
        "max: x holds complex128 values; real numbers are needed.",
    ),
    (
        lambda: ops.var(zeros(3, 4), axis=0, ddof=3),
        DomainError,
        "var: ddof is 3; for n = 3 it must be from 0 to 2.",
    ),
    (
        lambda: ops.var(zeros(3), ddof=-1),
        DomainError,
        "var: ddof is -1; for n = 3 it must be from 0 to 2.",
    ),
    (
        lambda: ops.var(zeros(3), ddof=0.5),
        DTypeError,
        "var: ddof is a float; a whole number is needed.",
    ),
    # other shapes, and entries that are picked
    (
        lambda: ops.reshape(zeros(3, 4), (5, -1)),
        ShapeError,
        "reshape: x has shape (3, 4), which is 12 entries; they do not fit into the shape (5, -1).",
    ),
    (
        lambda: ops.reshape(zeros(3, 4), (3, 4.0)),
        DTypeError,
        "reshape: shape is a float; whole numbers are needed.",
    ),
    (
        lambda: ops.transpose(zeros(3, 4), (0, 0)),
        ShapeError,
        "transpose: x has shape (3, 4), but axes is (0, 0); it must name every axis once.",
    ),
    (
        lambda: ops.transpose(zeros(3, 4), (0, True)),
        DTypeError,
        "transpose: axes is a bool; whole numbers are needed.",
    ),
    (
        lambda: ops.concatenate(),
        DTypeError,
        "concatenate: arrays is missing; at least one array is needed.",
    ),
    (
        lambda: ops.concatenate(zeros(3, 4), zeros(3, 5)),
        ShapeError,
        "concatenate: arrays[1] has shape (3, 5), but arrays[0] has shape (3, 4); "
        "the two may differ along axis 0 alone.",
    ),
    (
        lambda: ops.concatenate(zeros(3), zeros(3), axis=1),
        ShapeError,
        "concatenate: axis 1 does not exist; arrays[0] has shape (3,).",
    ),
    (
        lambda: ops.concatenate(zeros(3), np.array([1, 2])),
        DTypeError,
        "concatenate: arrays[1] holds int64 values; floats are needed, "
        "for example arrays[1].astype(float).",
    ),
    (
        lambda: ops.concatenate(zeros(3), zeros(3), axis=None),
        DTypeError,
        "concatenate: axis is None; whole numbers are needed.",
    ),
    (
        lambda: tape.concatenate(axis=0),
        DTypeError,
        "concatenate: the arguments are (*arrays, axis).",
    ),
    (
        lambda: ops.getitem(zeros(3, 4), (0, 4)),
        ShapeError,
        "getitem: index 4 does not exist along axis 1; x has shape (3, 4).",
    ),
    (
        lambda: ops.getitem(zeros(3, 4), np.array([2, 0, -4])),
        ShapeError,
        "getitem: index -4 does not exist along axis 0; x has shape (3, 4).",
    ),
    (
        lambda: ops.getitem(zeros(3, 4), (0, 1, 2)),
        ShapeError,
        "getitem: the index asks for 3 axes, but x has shape (3, 4).",
    ),
    (
        lambda: ops.getitem(zeros(3, 4), (..., 0, ...)),
        ShapeError,
        "getitem: the index holds more than one '...'.",
    ),
    (
        lambda: ops.getitem(zeros(3, 4), np.ones(4, bool)),
        ShapeError,
        "getitem: the booleans have shape (4,), but x has shape (3, 4); "
        "they must agree from axis 0 on.",
    ),
    (
        lambda: ops.getitem(zeros(3, 4), ([0, 1, 2], [0, 1])),
        ShapeError,
        "getitem: the arrays of the index do not fit together; x has shape (3, 4).",
    ),
    (
        lambda: ops.getitem(zeros(3, 4), slice(2, 2)),
        ShapeError,
        "getitem: the index picks nothing of x, whose shape is (3, 4).",
    ),
    (
        lambda: ops.getitem(zeros(3, 4), slice(0, 1.5)),
        DTypeError,
        "getitem: a slice holds a float; whole numbers are needed.",
    ),
    (
        lambda: ops.getitem(zeros(3, 4), slice(None, None, 0)),
        ShapeError,
        "getitem: a slice has the step 0; it would never end.",
    ),
    (
        lambda: ops.getitem(zeros(3, 4), 1.0),
        DTypeError,
        "getitem: the index is a float; whole numbers, slices, or arrays of whole numbers "
        "or of booleans are needed.",
    ),
    (
        lambda: ops.getitem(zeros(3, 4), zeros(3)),
        DTypeError,
        "getitem: the index is of float64 values; whole numbers, slices, or arrays of whole "
        "numbers or of booleans are needed.",
    ),
    (
        lambda: len(Tensor(1.0)),
        DTypeError,
        "len: the Tensor holds one number; it has no rows.",
    ),
    # embedding and dropout
    (
        lambda: ops.embedding(zeros(5, 3), np.array([[0, 4], [7, 1]])),
        DomainError,
        "embedding: labels holds 7 at index (1, 0); the rows are 0 to 4.",
    ),
    (
        lambda: ops.embedding(zeros(5, 3), np.array([0, -1])),
        DomainError,
        "embedding: labels holds -1 at index 1; the rows are 0 to 4.",
    ),
    (
        lambda: ops.embedding(zeros(5, 3), np.array([0.0, 1.0])),
        DTypeError,
        "embedding: labels holds float64 values; an array of whole numbers is needed.",
    ),
    (
        lambda: ops.embedding(zeros(5, 3), [0, 1]),
        DTypeError,
        "embedding: labels is a list; an array of whole numbers is needed.",
    ),
    (
        lambda: ops.embedding(zeros(5, 3), np.zeros((0, 4), int)),
        ShapeError,
        "embedding: labels is empty, its shape is (0, 4).",
    ),
    (
        lambda: ops.embedding(zeros(5), np.array([0, 1])),
        ShapeError,
        "embedding: table has shape (5,); it needs two axes, (n, d), a row for each label.",
    ),
    (
        lambda: tape.embedding(zeros(5, 3), Tensor([0.0, 1.0])),
        DTypeError,
        "embedding: labels is a Tensor, but it gets no gradient; pass an array.",
    ),
    (
        lambda: tape.embedding(Tensor(zeros(5, 3))),
        DTypeError,
        "embedding: the arguments are (table, labels).",
    ),
    (
        lambda: ops.dropout(zeros(3), 1, rng()),
        DomainError,
        "dropout: rate is 1; it must be at least 0 and below 1.",
    ),
    (
        lambda: ops.dropout(zeros(3), -0.5, rng()),
        DomainError,
        "dropout: rate is -0.5; it must be at least 0 and below 1.",
    ),
    (
        lambda: ops.dropout(zeros(3), "half", rng()),
        DTypeError,
        "dropout: rate is a str; a number is needed.",
    ),
    (
        lambda: ops.dropout(zeros(3), 0.5, 7),
        DTypeError,
        "dropout: rng is an int; a numpy.random.Generator is needed, "
        "for example numpy.random.default_rng(0).",
    ),
    (
        lambda: ops.dropout(zeros(3), 0.5, rng(), training=None),
        DTypeError,
        "dropout: training is None; it must be True or False.",
    ),
    # normalisation
    (
        lambda: ops.batch_norm(zeros(3), zeros(3), zeros(3)),
        ShapeError,
        "batch_norm: x has shape (3,); it needs two axes, (m, n).",
    ),
    (
        lambda: ops.batch_norm(zeros(1, 3), zeros(3), zeros(3)),
        ShapeError,
        "batch_norm: x has 1 row, which has no variance; 2 rows are needed, or mean and variance, "
        "as in evaluation.",
    ),
    (
        lambda: ops.batch_norm(zeros(5, 3), zeros(3), zeros(1, 3)),
        ShapeError,
        "batch_norm: beta has shape (1, 3), but x has shape (5, 3); beta needs the shape (3,).",
    ),
    (
        lambda: ops.batch_norm(zeros(5, 3), zeros(3), zeros(3), zeros(5), zeros(3)),
        ShapeError,
        "batch_norm: mean has shape (5,), but x has shape (5, 3); mean needs the shape (3,).",
    ),
    (
        lambda: ops.batch_norm(zeros(5, 3), zeros(3), zeros(3), mean=zeros(3)),
        DTypeError,
        "batch_norm: mean is given, but variance is not; evaluation needs both, training neither.",
    ),
    (
        lambda: ops.batch_norm(zeros(5, 3), zeros(3), zeros(3), variance=zeros(3)),
        DTypeError,
        "batch_norm: variance is given, but mean is not; evaluation needs both, training neither.",
    ),
    (
        lambda: ops.batch_norm(zeros(5, 2), zeros(2), zeros(2), zeros(2), np.array([1.0, -1e-9])),
        DomainError,
        "batch_norm: variance holds -1e-09 at index 1; a variance is never negative.",
    ),
    (
        lambda: ops.batch_norm(
            zeros(5, 3), zeros(3), zeros(3), zeros(3, dtype=np.float32), zeros(3)
        ),
        DTypeError,
        "batch_norm: mean is float32, but x is float64; give both one dtype.",
    ),
    (
        lambda: ops.batch_norm(zeros(5, 3), zeros(3), zeros(3), eps=0),
        DomainError,
        "batch_norm: eps is 0; it must be positive and finite.",
    ),
    (
        lambda: tape.batch_norm(zeros(5, 3), zeros(3), zeros(3), Tensor(zeros(3)), zeros(3)),
        DTypeError,
        "batch_norm: mean is a Tensor, but it gets no gradient; pass an array.",
    ),
    (
        lambda: batch_statistics(None),
        DTypeError,
        "batch_statistics: cache is not one of batch_norm.",
    ),
    (
        lambda: ops.layer_norm(zeros(5, 1), zeros(1), zeros(1)),
        ShapeError,
        "layer_norm: x has shape (5, 1); its last axis needs at least 2 numbers.",
    ),
    (
        lambda: ops.layer_norm(zeros(5, 3), zeros(5), zeros(3)),
        ShapeError,
        "layer_norm: gamma has shape (5,), but x has shape (5, 3); gamma needs the shape (3,).",
    ),
    # losses
    (
        lambda: losses.mse(zeros(7), zeros(7, 1)),
        ShapeError,
        "mse: prediction has shape (7,), but target has shape (7, 1); the two must be equal.",
    ),
    (
        lambda: losses.mae(zeros(0), zeros(0)),
        ShapeError,
        "mae: prediction is empty, its shape is (0,).",
    ),
    (
        lambda: losses.half_mse(zeros(3), np.array([1, 0, 1])),
        DTypeError,
        "half_mse: target holds int64 values; floats are needed, for example target.astype(float).",
    ),
    (
        lambda: losses.huber(zeros(3), zeros(3), delta=-1),
        DomainError,
        "huber: delta is -1; it must be positive and finite.",
    ),
    (
        lambda: losses.softmax_cross_entropy(zeros(8, 10), np.arange(3, 11)),
        DomainError,
        "softmax_cross_entropy: labels holds 10 at index 7; 10 classes have the numbers 0 to 9.",
    ),
    (
        lambda: losses.softmax_cross_entropy(zeros(8, 10), zeros(8)),
        DTypeError,
        "softmax_cross_entropy: labels has shape (8,) and dtype float64; class numbers are whole, "
        "as in labels.astype(int), and probabilities have shape (8, 10).",
    ),
    (
        lambda: losses.softmax_cross_entropy(zeros(8, 10), zeros(8, 10)),
        DomainError,
        "softmax_cross_entropy: row 0 of labels sums to 0; the probabilities of a row sum to 1.",
    ),
    (
        lambda: losses.kl_divergence(zeros(8, 10), zeros(8, 9)),
        ShapeError,
        "kl_divergence: logits has shape (8, 10), but target has shape (8, 9); "
        "the two must be equal.",
    ),
    (
        lambda: losses.binary_cross_entropy_with_logits(zeros(8), zeros(8) - 1),
        DomainError,
        "binary_cross_entropy_with_logits: labels holds -1 at index 0; labels lie between 0 and 1.",
    ),
    (
        lambda: losses.hinge(zeros(8), zeros(8)),
        DomainError,
        "hinge: labels holds 0 at index 0; its labels are -1 and 1.",
    ),
    # layers and initial weights
    (
        lambda: bplib.Linear(3, 2, rng=rng()).backward(zeros(4, 2)),
        NotReadyError,
        "Linear: backward was called before forward; "
        "there is no output yet whose gradient could be passed back.",
    ),
    (
        lambda: bplib.Linear(3, -2, rng=rng()),
        DomainError,
        "Linear: n_out is -2; it must be at least 1.",
    ),
    (
        lambda: bplib.Linear(3.0, 2, rng=rng()),
        DTypeError,
        "Linear: n_in is a float; a whole number is needed.",
    ),
    (
        lambda: bplib.Linear(3, 2, rng=42),
        DTypeError,
        "Linear: rng is an int; a numpy.random.Generator is needed, "
        "for example numpy.random.default_rng(0).",
    ),
    (
        lambda: bplib.Linear(3, 2, rng=rng(), dtype="float16"),
        DTypeError,
        "Linear: dtype is float16; it must be float32 or float64.",
    ),
    (
        lambda: bplib.Linear(3, 2, rng=rng(), dtype="flot32"),
        DTypeError,
        "Linear: dtype is 'flot32'; it must be float32 or float64.",
    ),
    (
        lambda: layers.Parameter([1.0, 2.0], "W"),
        DTypeError,
        "Parameter W: value is a list; an array of floats is needed.",
    ),
    (
        lambda: init.lecun_normal(0, 3, rng=rng()),
        DomainError,
        "lecun_normal: n_in is 0; it must be at least 1.",
    ),
    (
        lambda: init.glorot_uniform(3, 4, rng=rng(), gain="tanh"),
        DTypeError,
        "glorot_uniform: gain is a str; a number is needed.",
    ),
    (
        lambda: init.constant(3, value=np.inf),
        DomainError,
        "constant: value is inf; it must be finite.",
    ),
    (
        lambda: init.he_normal(3, 4, rng=rng(), slope=-0.01),
        DomainError,
        "he_normal: slope is -0.01; it must be between 0 and 1.",
    ),
    # the tape
    (
        lambda: Tensor(np.array([1, 2])),
        DTypeError,
        "Tensor: value holds int64 values; floats are needed, for example value.astype(float).",
    ),
    (
        lambda: Tensor(zeros(2, 3)).backward(),
        ShapeError,
        "backward: the result has shape (2, 3); reduce it to one number first, "
        "for example with .sum(), or pass a gradient dy of that shape.",
    ),
    (
        lambda: (Tensor(zeros(2)) * 2).backward(zeros(3)),
        ShapeError,
        "backward: dy has shape (3,), but the result had shape (2,).",
    ),
    (
        lambda: tape.exp(zeros(1)).backward(),
        NotReadyError,
        "backward: nothing in this expression wants a gradient; "
        "make at least one of its inputs a Tensor.",
    ),
    (
        lambda: Tensor(zeros(3)).item(),
        ShapeError,
        "item: the Tensor has shape (3,); it must hold one number.",
    ),
    (
        lambda: 1 if Tensor(1.0) else 0,
        DTypeError,
        "a Tensor has no truth value; compare its .value instead.",
    ),
    (
        lambda: Tensor(2.0) ** Tensor(3.0),
        DTypeError,
        "power: exponent is a Tensor; a plain number is needed "
        "(for a learned exponent p write exp(p * log(x))).",
    ),
    (
        lambda: tape.record("mutliply", 1.0),
        UnknownNameError,
        "there is no operation 'mutliply'; did you mean 'multiply'?",
    ),
    (
        lambda: tape.mse(Tensor(zeros(2)), Tensor(zeros(2))),
        DTypeError,
        "mse: target is a Tensor; the gradient goes to the prediction alone.",
    ),
    (
        lambda: tape.grad(lambda x: x.value)(2.0),
        DTypeError,
        "grad: the result of f: a Tensor is needed, not an ndarray.",
    ),
    # the gradient check
    (
        lambda: gradcheck(ops.exp, np.array([1, 2])),
        DTypeError,
        "gradcheck: x holds int64 values; floats are needed, for example x.astype(float).",
    ),
    (
        lambda: gradcheck(ops.exp, zeros(3), method="entrys"),
        UnknownNameError,
        "there is no method of gradcheck 'entrys'; did you mean 'entries'?",
    ),
    (
        lambda: gradcheck(lambda x: (x, x), zeros(3)),
        NotReadyError,
        "gradcheck: no <lambda>_backward stands beside <lambda>; "
        "pass backward=…, or gradient=… for a function that returns one number.",
    ),
    (
        lambda: numerical_gradient(np.sum, np.array([3, 4])),
        DTypeError,
        "numerical_gradient: x holds int64 values; floats are needed, for example x.astype(float).",
    ),
    # optimizers
    (
        lambda: optim.SGD(bplib.Linear(3, 2, rng=rng()).parameters(), lr=0.1).step(),
        NotReadyError,
        "SGD.step: W has no gradient yet; call backward first.",
    ),
    (
        lambda: optim.SGD([], lr=0.1),
        DomainError,
        "SGD: parameters is empty; there is nothing to move.",
    ),
    (
        lambda: optim.SGD([Tensor(1.0)], lr=-0.1),
        DomainError,
        "SGD: lr is -0.1; it must be positive and finite.",
    ),
    (
        lambda: optim.SGD([Tensor(1.0)], lr="fast"),
        DTypeError,
        "SGD: lr is a str; a number is needed.",
    ),
    (
        lambda: optim.Adam([Tensor(1.0)], beta2=1),
        DomainError,
        "Adam: beta2 is 1; it must be at least 0 and below 1.",
    ),
    (
        lambda: optim.SGD([{"parameters": [Tensor(1.0)], "weigth_decay": 0.1}], lr=0.1),
        UnknownNameError,
        "there is no setting of SGD 'weigth_decay'; did you mean 'weight_decay'?",
    ),
    (
        lambda: optim.schedules.exponential(0.9).then(optim.schedules.cosine(5)),
        DomainError,
        "Schedule.then: exponential(0.9) has no end, so nothing can follow it.",
    ),
    (
        lambda: optim.clip_by_global_norm([Tensor(1.0, name="w")], 1.0),
        NotReadyError,
        "clip_by_global_norm: w has no gradient yet; call backward first.",
    ),
    # metrics and data
    (
        lambda: metrics.r2(zeros(7, 1), zeros(7)),
        ShapeError,
        "r2: prediction has shape (7, 1), but target has shape (7,); the two must be equal.",
    ),
    (
        lambda: metrics.r2(zeros(7), zeros(7)),
        DomainError,
        "r2: target is constant, so there is no spread to explain.",
    ),
    (
        lambda: metrics.accuracy(zeros(8, 10), zeros(8)),
        DTypeError,
        "accuracy: labels holds float64 values; integers are needed, for example "
        "labels.astype(int).",
    ),
    (
        lambda: metrics.auc(zeros(8), np.ones(8, int)),
        DomainError,
        "auc: no label is 0; an order needs both classes.",
    ),
    (
        lambda: data.moons(100, rng=0),
        DTypeError,
        "moons: rng is an int; a numpy.random.Generator is needed, "
        "for example numpy.random.default_rng(0).",
    ),
    (
        lambda: data.diabetes().column("BMI"),
        UnknownNameError,
        "there is no feature 'BMI'; did you mean 'bmi'?",
    ),
    (
        lambda: bplib.dta,
        AttributeError,
        "there is no part of bplib 'dta'; did you mean 'data'?",
    ),
    (
        lambda: bplib.Adam,
        AttributeError,
        "there is no part of bplib 'Adam'; did you mean 'optim.Adam'?",
    ),
    (
        lambda: bplib.relu,
        AttributeError,
        "there is no part of bplib 'relu'; did you mean 'ReLU' or 'ops.relu'?",
    ),
    (
        lambda: bplib.doctor_,
        AttributeError,
        "there is no part of bplib 'doctor_'; there is BatchNorm, Checkpointed, Dropout, ELU, "
        "Embedding, Flatten, GELU, Layer, LayerNorm, LeakyReLU, Linear, LogSoftmax …",
    ),
    (
        lambda: optim.Sgd,
        AttributeError,
        "there is no name in optim 'Sgd'; did you mean 'SGD'?",
    ),
    (
        lambda: losses.cross_entropy,
        AttributeError,
        "there is no name in losses 'cross_entropy'; did you mean 'softmax_cross_entropy'?",
    ),
    (
        lambda: losses.bce,
        AttributeError,
        "there is no name in losses 'bce'; did you mean 'binary_cross_entropy_with_logits'?",
    ),
    (
        lambda: metrics.acc,
        AttributeError,
        "there is no name in metrics 'acc'; did you mean 'accuracy'?",
    ),
    (
        lambda: init.xavier_uniform,
        AttributeError,
        "there is no name in init 'xavier_uniform'; did you mean 'glorot_uniform'?",
    ),
    (
        lambda: ops.mul,
        AttributeError,
        "there is no name in ops 'mul'; did you mean 'multiply'?",
    ),
    # devices and extras
    (
        lambda: backend.to_device(zeros(3), "GPU"),
        UnknownNameError,
        "device is 'GPU'; it is 'cpu' or 'gpu'.",
    ),
    (
        lambda: errors.need("no_such_package.part", "book", "draw.graph"),
        MissingExtraError,
        "draw.graph needs no_such_package: pip install 'bplib[book]'",
    ),
]


@pytest.mark.parametrize(
    "call, kind, sentence", SENTENCES, ids=lambda v: v if type(v) is str else ""
)
def test_the_exact_sentence(call, kind, sentence):
    with pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind
    assert str(caught.value) == sentence


def test_there_are_enough_of_them():
    sentences = [sentence for _, _, sentence in SENTENCES]
    assert len(sentences) >= 40 and len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("sentence", [sentence for _, _, sentence in SENTENCES])
def test_how_a_sentence_reads(sentence):
    """Who speaks, one line, an end, no shouting, the right article."""
    assert "\n" not in sentence and "!" not in sentence and len(sentence) < 200
    assert sentence[-1] in ".?…)'"
    assert not re.search(r"\ba [aeio]\w", sentence) and not re.search(r"\ban [^aeion]\w", sentence)
    assert re.match(r"[A-Za-z0-9_.]+( [A-Za-z]+)?: |the |there |a |draw|device ", sentence)


def test_every_error_is_also_the_one_of_python():
    for ours, theirs in (
        (ShapeError, ValueError),
        (DTypeError, TypeError),
        (NotReadyError, RuntimeError),
        (DomainError, ValueError),
        (UnknownNameError, LookupError),
        (MissingExtraError, ImportError),
    ):
        assert issubclass(ours, theirs) and issubclass(ours, errors.BplibError)


def test_other_kinds_of_ndarray_are_welcome(tmp_path):
    """A file on disk, for one: its operators mean what those of an array do."""
    np.arange(6.0).tofile(tmp_path / "numbers")
    x = np.memmap(tmp_path / "numbers", dtype=float, shape=(2, 3))
    y, cache = ops.sigmoid(x)
    assert np.array_equal(y, ops.sigmoid(np.array(x))[0])
    assert np.array_equal(ops.sigmoid_backward(x, cache), ops.sigmoid_backward(np.array(x), cache))


def test_a_broken_package_is_not_called_missing(tmp_path, monkeypatch):
    """A package that is there but fails to import something of its own says so itself."""
    (tmp_path / "half_there.py").write_text("import not_there_at_all")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="not_there_at_all"):
        errors.need("half_there", "book", "draw.graph")


def test_unknown_names():
    def say(name, known):
        return str(errors.unknown("exercise", name, known))

    assert say("mse_gradeint", ["mse_gradient", "mae"]) == (
        "there is no exercise 'mse_gradeint'; did you mean 'mse_gradient'?"
    )
    known = ["accuracy", "auc", "roc_curve", "rmse"]
    assert say("acc", known) == "there is no exercise 'acc'; did you mean 'accuracy'?"
    assert say("accuracy_score", known).endswith("did you mean 'accuracy'?")
    assert say("Adam", ["ops.adam", "optim.Adam"]).endswith("mean 'ops.adam' or 'optim.Adam'?")
    assert say("zzz", ["b_backward", "b"]) == "there is no exercise 'zzz'; there is b."
    assert say("", ["b", "a"]) == "there is no exercise ''; there is a, b."
    assert say("zzz", ["b", "a"]) == "there is no exercise 'zzz'; there is a, b."
    assert say("zzz", []) == "there is no exercise 'zzz'; there is none yet."
    assert say("zzz", [f"n{i:02}" for i in range(20)]).endswith("n10, n11 …")
