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
from bplib.expect.settings import (
    count,
    count_from_zero,
    flag,
    fraction,
    generator,
    not_negative,
    number,
    positive,
    precision,
    share,
    whole,
)

__all__ = [
    "count",
    "count_from_zero",
    "everywhere",
    "flag",
    "floats",
    "fraction",
    "generator",
    "not_negative",
    "number",
    "number_like",
    "operands",
    "plain",
    "positive",
    "precision",
    "reals",
    "share",
    "stretches",
    "together",
    "upstream",
    "whole",
]
