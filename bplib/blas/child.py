"""Times matrix products whenever it is asked to: the program that a child process runs.

Run by its path, so that NumPy is all it loads. It says "ready", and from then on answers every
line with the seconds that the three products of a dense layer took, in float32 and in float64.
"""

import sys
import time

import numpy as np

m, n = 128, 384
REPETITIONS = 5


def seconds(x, W, dy):
    """The shortest of a few repetitions: what disturbs a product can only lengthen it.

    They are short enough to fit between two interruptions, also on a busy machine.
    """
    taken = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        x @ W
        dy @ W.T
        x.T @ dy
        taken.append(time.perf_counter() - start)
    return min(taken)


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    operands = []
    for dtype in (np.float32, np.float64):
        operands.append([rng.standard_normal(s, dtype=dtype) for s in ((m, n), (n, n), (m, n))])
        seconds(*operands[-1])  # the first time, buffers are made
    print("ready", flush=True)
    for _ in sys.stdin:
        print(*(seconds(*three) for three in operands), flush=True)
