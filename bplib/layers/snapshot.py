"""What steers a forward pass besides its input and its parameters, taken down and put back."""

from __future__ import annotations

from bplib.layers.base import Layer
from bplib.layers.held import collected
from bplib.layers.mode import Modes


class Snapshot:
    """The modes, buffers and random generators of a layer and of all layers inside it.

    A forward pass that starts from the same snapshot, input and parameters makes the same numbers:
    Dropout draws the same masks, BatchNorm starts from the same running values.

    Arguments:
        layer: whose state is taken down.
    """

    def __init__(self, layer: Layer) -> None:
        self._modes = Modes(layer)
        self._buffers = [(one, one.value.copy()) for one in collected(layer, "own_buffers")]
        generators = collected(layer, "own_generators")
        self._states = [(one, one.bit_generator.state) for one in generators]

    def restore(self) -> None:
        """Put everything back as it was when the snapshot was taken."""
        self._modes.restore()
        for buffer, value in self._buffers:
            buffer.value[...] = value
        for generator, state in self._states:
            generator.bit_generator.state = state
