"""Exercises that know what went wrong.

>>> from bplib.checks import check, hint, solution, progress

`check(f)` says whether an answer is right and, when it is wrong, which mistake it is; `hint(f)`
gives one more hint each time; `solution(f)` the worked answer; `progress()` what is done.
"""

from .api import check, check_all, hint, progress, run_check, solution
from .result import CheckFailed, Result
from .undefined import listen as _listen

__all__ = [
    "CheckFailed",
    "Result",
    "check",
    "check_all",
    "hint",
    "progress",
    "run_check",
    "solution",
]

_listen()
