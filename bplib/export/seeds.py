"""Seeds of hidden tests: drawn from one number that the teacher keeps."""

from __future__ import annotations

import hashlib

COUNT = 3


def hidden_seeds(seed: int, name: str) -> tuple[int, ...]:
    """The seeds whose cases a learner does not see.

    Arguments:
        seed: the teacher's number.
        name: the exercise's name.

    Returns:
        Three whole numbers, the same for the same seed and name.
    """
    return tuple(
        int.from_bytes(hashlib.sha256(f"{seed} {name} {k}".encode()).digest()[:3], "big")
        for k in range(COUNT)
    )
