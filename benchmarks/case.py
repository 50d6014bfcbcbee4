"""What is computed: a network, a batch, a loss, an optimizer; the same numbers for every peer."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np

SEED = 7


@dataclass(frozen=True)
class Case:
    """One training step, or a part of it.

    Fields:
        sizes: the widths, from the inputs to the outputs; ReLU after every layer but the last.
        batch: the number of samples.
        loss: "softmax_cross_entropy", "binary_cross_entropy" (one output) or "mse".
        optimizer: "sgd" or "adam".
        part: "step" for the whole training step, "optimizer" for the optimizer's step alone.
    """

    sizes: tuple[int, ...]
    batch: int
    loss: str = "softmax_cross_entropy"
    optimizer: str = "sgd"
    part: str = "step"

    @property
    def lr(self) -> float:
        """Small enough for the network to stay alive through thousands of steps on one batch."""
        return 0.01 if self.optimizer == "sgd" else 1e-4

    @property
    def name(self) -> str:
        """Such as "784-256-10, batch 64"."""
        return f"{'-'.join(map(str, self.sizes))}, batch {self.batch}"

    @property
    def parameters(self) -> int:
        """How many numbers are learned."""
        return sum(a * b + b for a, b in zip(self.sizes, self.sizes[1:], strict=False))

    def weights(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """(W, b) of every layer, float32, W (n_in, n_out); fresh arrays, always the same numbers.

        The widths of a deep network are drawn by He's rule, so that nothing fades on the way.
        """
        rng = np.random.default_rng(SEED)
        return [
            (
                (rng.standard_normal((a, b)) * np.sqrt(2 / a)).astype(np.float32),
                np.zeros(b, np.float32),
            )
            for a, b in zip(self.sizes, self.sizes[1:], strict=False)
        ]

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """The batch: x (batch, n_in), float32, and what is to be predicted.

        Class numbers for the softmax, (batch, 1) zeros and ones for the binary cross-entropy,
        numbers shaped as the output for the squared error.
        """
        rng = np.random.default_rng(SEED + 1)
        x = rng.standard_normal((self.batch, self.sizes[0]), dtype=np.float32)
        if self.loss == "softmax_cross_entropy":
            return x, rng.integers(0, self.sizes[-1], self.batch)
        if self.loss == "binary_cross_entropy":
            return x, rng.integers(0, 2, (self.batch, 1)).astype(np.float32)
        return x, rng.standard_normal((self.batch, self.sizes[-1]), dtype=np.float32)

    def to_json(self) -> str:
        """One line that `from_json` reads."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> Case:
        """The case that `to_json` wrote."""
        fields = json.loads(text)
        return Case(**{**fields, "sizes": tuple(fields["sizes"])})
