"""Chapter 7: passes and operations."""

from __future__ import annotations

import numpy as np

from ..declare import Exercise, Misconception


def pairs(sizes):
    return list(zip(sizes, sizes[1:], strict=False))


def weights(sizes):
    return sum(a * b for a, b in pairs(sizes))


def parameters(sizes):
    return sum(a * b + b for a, b in pairs(sizes))


SIZES = ((3, 5, 4), (6, 4, 7, 3), (8, 3), (64, 32, 10), (5, 9, 3, 7, 4), (784, 256, 128, 10))


def _network(rng, i):
    return (SIZES[i],)


nudging_passes = Exercise(
    name="nudging_passes",
    chapter=7,
    minutes=3,
    statement=(
        "sizes are the widths of a dense network, (64, 32, 10) for 64 inputs, 32 hidden neurons "
        "and 10 outputs, with a bias for every neuron but the inputs. How many forward passes does "
        "it take to measure every slope by central differences?"
    ),
    reference=lambda sizes: 2 * parameters(sizes),
    cases=_network,
    case_note=lambda sizes: f"sizes {sizes}",
    returns=("passes",),
    equivalents=(
        lambda sizes: sum(2 * (a + 1) * b for a, b in pairs(sizes)),
        lambda sizes: 2 * int(np.dot(np.add(sizes[:-1], 1), sizes[1:])),
        lambda sizes: 2 * sum(np.empty((a, b)).size + b for a, b in pairs(sizes)),
    ),
    misconceptions=(
        Misconception(
            "biases-forgotten",
            "the biases are parameters too, one for every neuron but the inputs.",
            lambda sizes: 2 * weights(sizes),
        ),
        Misconception(
            "one-side",
            "that is one pass for each parameter. A central difference looks to both sides.",
            lambda sizes: parameters(sizes),
        ),
        Misconception(
            "forward-difference",
            "that is right for forward differences, which share the pass in the middle.",
            lambda sizes: parameters(sizes) + 1,
        ),
        Misconception(
            "inputs-have-biases",
            "the inputs were given a bias as well. They are given, and nobody learns them.",
            lambda sizes: 2 * (parameters(sizes) + sizes[0]),
        ),
        Misconception(
            "bias-of-each-input",
            "a layer has as many biases as outputs; here it has as many as inputs.",
            lambda sizes: 2 * (weights(sizes) + sum(sizes[:-1])),
        ),
        Misconception(
            "bias-of-each-layer",
            "one bias for each layer was counted. Every neuron of a layer has its own.",
            lambda sizes: 2 * (weights(sizes) + len(sizes) - 1),
        ),
        Misconception(
            "neurons-counted",
            "that counts the neurons. Every wire between two layers has a weight of its own.",
            lambda sizes: 2 * sum(sizes),
        ),
        Misconception(
            "one-more",
            "the pass in the middle was counted too; a central difference does not need it.",
            lambda sizes: 2 * parameters(sizes) + 1,
        ),
    ),
    hints=(
        "Count the parameters first, weights and biases.",
        "Between widths a and b there are a times b weights, and b biases.",
        "Add that up over neighbouring widths, and take it twice.",
    ),
    after="For 784-256-128-10, a small network, that is 470,292 passes for one step.",
    another="""
def nudging_passes(sizes):
    inputs, outputs = np.array(sizes[:-1]), np.array(sizes[1:])
    return 2 * int((inputs + 1) @ outputs)  # the 1 is the bias
""",
)


def _flops(sizes, m):
    ahead = 2 * m * weights(sizes)
    return ahead, 2 * ahead - 2 * m * sizes[0] * sizes[1]


def _network_and_batch(rng, i):
    return SIZES[i], (7, 3, 11, 32, 6, 64)[i]


def _by_products(sizes, m):
    ahead = back = 0
    for layer, (a, b) in enumerate(pairs(sizes)):
        ahead += 2 * m * a * b
        back += (2 if layer == 0 else 4) * m * a * b
    return ahead, back


dense_flops = Exercise(
    name="dense_flops",
    chapter=7,
    minutes=8,
    statement=(
        "The FLOPs of a training step in its matrix products alone, formula (7.1): sizes are the "
        "widths of a dense network, m is the batch. Return the pair (forward, backward). The data "
        "want no gradient."
    ),
    reference=_flops,
    cases=_network_and_batch,
    case_note=lambda sizes, m: f"sizes {sizes}, m={m}",
    returns=("forward", "backward"),
    equivalents=(
        _by_products,
        lambda sizes, m: (
            2 * m * int(np.dot(sizes[:-1], sizes[1:])),
            4 * m * int(np.dot(sizes[1:-1], sizes[2:])) + 2 * m * sizes[0] * sizes[1],
        ),
        lambda sizes, m: [
            2 * m * weights(sizes), 2 * m * (weights(sizes) + weights(sizes[1:]))
        ],
    ),
    misconceptions=(
        Misconception(
            "multiplications-only",
            "only the multiplications were counted. Each has an addition beside it.",
            lambda sizes, m: tuple(count // 2 for count in _flops(sizes, m)),
        ),
        Misconception(
            "batch-forgotten",
            "that is for one sample. Every one of the m samples goes through.",
            lambda sizes, m: _flops(sizes, 1),
        ),
        Misconception(
            "backward-like-forward",
            "backward has two products in a layer: one for the weights, one to go on back.",
            lambda sizes, m: (_flops(sizes, m)[0], _flops(sizes, m)[0]),
        ),
        Misconception(
            "gradient-of-the-data",
            "the first layer needs no second product: nobody wants the gradient of the data.",
            lambda sizes, m: (_flops(sizes, m)[0], 2 * _flops(sizes, m)[0]),
        ),
        Misconception(
            "last-layer-spared",
            "the product that is left out belongs to the first layer, not to the last.",
            lambda sizes, m: (
                _flops(sizes, m)[0], 2 * _flops(sizes, m)[0] - 2 * m * sizes[-2] * sizes[-1]
            ),
        ),
        Misconception(
            "first-layer-spared-altogether",
            "the first layer has weights, and their gradient is a product. Only the second "
            "product, which would go on to the data, is left out.",
            lambda sizes, m: (
                _flops(sizes, m)[0], 2 * _flops(sizes, m)[0] - 4 * m * sizes[0] * sizes[1]
            ),
        ),
        Misconception(
            "whole-step",
            "the second number is the whole step. Backward alone is asked.",
            lambda sizes, m: (_flops(sizes, m)[0], sum(_flops(sizes, m))),
        ),
        Misconception(
            "swapped",
            "the two numbers are right and stand the wrong way round: forward comes first.",
            lambda sizes, m: _flops(sizes, m)[::-1],
        ),
        Misconception(
            "biases-counted",
            "the biases were counted too. Only the products are asked.",
            lambda sizes, m: (
                2 * m * parameters(sizes),
                4 * m * parameters(sizes) - 2 * m * sizes[0] * sizes[1],
            ),
        ),
    ),
    hints=(
        "A product of (m, a) and (a, b) is 2 m a b FLOPs. Which products does a layer make?",
        "Forward one. Backward two, for the weights and for the layer before; the first layer "
        "makes only the first of these.",
        "Let w be the sum of the a times b over all layers; forward is 2 m w, and backward twice "
        "that, less one product of the first layer.",
    ),
    after="With D layers that is D products there and 2D - 1 back.",
    another="""
def dense_flops(sizes, m):
    products = [2 * m * a * b for a, b in zip(sizes, sizes[1:])]
    return sum(products), sum(products) + sum(products[1:])
""",
)  # fmt: skip
