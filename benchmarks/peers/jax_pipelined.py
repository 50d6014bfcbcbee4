"""JAX again: the next step is started before the last one is done, and nobody looks at a loss."""

from benchmarks.peers.jax_jit import NEEDS, SUPPORTS, pipelined

TITLE = "JAX jit, not waiting"
prepare = pipelined

__all__ = ["NEEDS", "SUPPORTS", "TITLE", "prepare"]
