"""A loss that takes logits, after a network that has made probabilities of them already."""

from __future__ import annotations

from typing import Any

from bplib import losses
from bplib.errors import DomainError
from bplib.layers import Layer, Sigmoid, Softmax
from bplib.net import Residual, Sequential
from bplib.train.pair import Pair, without_settings

APPLIED: tuple[tuple[Any, type[Layer], str], ...] = (
    (losses.softmax_cross_entropy, Softmax, "softmax"),
    (losses.kl_divergence, Softmax, "softmax"),
    (losses.binary_cross_entropy_with_logits, Sigmoid, "sigmoid"),
)
"""What each of these losses does to the logits itself: the layer, and its function."""


def once(asks: str, net: Layer, pair: Pair) -> None:
    """Softmax or sigmoid is applied once, by the loss, and not a second time by the last layer.

    Twice is a function too, so nothing would stop: the network would learn, slowly, and never be
    sure of anything. Of three classes the surest it could say is 0.58.

    Arguments:
        asks: who asks.
        net: the network.
        pair: the loss.

    Raises:
        DomainError: where the last layer does what the loss does again.
    """
    last = net
    while isinstance(last, Sequential) and not isinstance(last, Residual):
        last = last.layers[-1]
    for loss, kind, function in APPLIED:
        if loss is without_settings(pair.forward) and isinstance(last, kind):
            raise DomainError(
                f"{asks}: the net ends in {last!r}, and {pair.name} applies {function} itself, to "
                f"the numbers before it; leave that layer out, and "
                f"ops.{function}(net.predict(X))[0] are the probabilities."
            )
