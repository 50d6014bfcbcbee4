"""Every exercise of the book, held to all that an exercise promises.

The promises are those of `bplib author check`, which says in sentences what breaks one.
"""

from pathlib import Path

import pytest

from bplib.author.promises import DoesNotApply, promises
from bplib.checks import run_check
from bplib.checks.registry import all_exercises

ROOT = Path(__file__).resolve().parents[1]
ASKED = {
    f"{name}-{exercise.name}": promise
    for exercise in all_exercises().values()
    for name, promise in promises(exercise, ROOT).items()
}


@pytest.mark.parametrize("asked", ASKED)
def test_a_promise_is_kept(asked):
    try:
        found = list(ASKED[asked]())
    except DoesNotApply as reason:
        pytest.skip(str(reason))
    assert found == []


def test_whoever_leaves_the_raise_standing_is_told():
    def above(cups):
        spoons = 3 * cups + 1
        raise NotImplementedError()
        return 3 * spoons

    result = run_check("bitterness_slope", above)
    assert result.text == (
        "○ bitterness_slope: not attempted yet. Replace `raise NotImplementedError()` by your "
        "answer, run its cell, then run this one again."
    )
