"""Saving what was learned, and getting it back: safetensors files, in which nothing can run.

    io.save("digits.safetensors", net, accuracy=0.97, epochs=20)
    saved = io.load("digits.safetensors", into=net)     # net has the weights, or nothing happened
    saved.metadata["accuracy"]

    io.save("adam.safetensors", optimizer)              # its settings, its steps, its running means
    io.save("run.safetensors", {"net": net.state_dict(), "rng": rng.bit_generator.state})
    io.load("run.safetensors", into={"net": net}).state["rng"]

A file carries a format version, the architecture's repr, every array's name, shape and dtype in
order, and a SHA-256 over all of it. It is never pickle: loading a file runs no code of whoever
wrote it.
"""

from typing import TYPE_CHECKING

from bplib.errors import misspelt
from bplib.io.loading import Saved, load
from bplib.io.saving import save

__all__ = ["Saved", "load", "save"]

if not TYPE_CHECKING:  # with it, a checker of types would let every name pass
    __getattr__ = misspelt("io", __all__)
