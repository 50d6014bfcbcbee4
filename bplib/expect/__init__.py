"""What a function expects of its arguments, and the sentence when it gets something else.

The checks cost about a microsecond for each call: they look at shapes and dtypes, which Python
holds in hand, and never at the numbers, except where a function is not defined everywhere.
"""

from bplib.expect.arrays import (
    everywhere,
    floats,
    number_like,
    operands,
    plain,
    reals,
    stretches,
    together,
    upstream,
)
from bplib.expect.settings import count, flag, generator, number, positive, precision, whole

__all__ = [
    "count",
    "everywhere",
    "flag",
    "floats",
    "generator",
    "number",
    "number_like",
    "operands",
    "plain",
    "positive",
    "precision",
    "reals",
    "stretches",
    "together",
    "upstream",
    "whole",
]
