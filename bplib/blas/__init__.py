"""Which kernels multiply matrices, and whether others would be faster on this processor.

OpenBLAS, which NumPy's wheels bring, picks its kernels by the processor's model when it is loaded.
On a model that it does not know well, the pick may take two or three times as long as the best
kernels that the processor can run. Only measuring tells, and only the environment variable
OPENBLAS_CORETYPE, set before Python starts, changes the pick.

`kernels` says what the processor can run, `measure` times it in child processes, `advice` decides,
and `decision` remembers, so that `bplib book` and the make targets start with the advice and lose
no time. `import bplib` changes nothing.
"""
