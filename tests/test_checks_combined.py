"""More than one thing wrong: what a check says then is true, and names no mistake nobody made."""

import inspect
import itertools
import re

import numpy as np
import pytest
import tiny_exercises as tiny

from bplib.checks.call import in_process
from bplib.checks.chain import decide_chain
from bplib.checks.decide import decide, fixed_seed, make_cases
from bplib.checks.declare import Chain, Exercise, Misconception
from bplib.checks.diagnose import same_behaviour
from bplib.checks.registry import all_exercises
from bplib.checks.verdict import judge

SEVERAL = [
    e
    for e in all_exercises().values()
    if isinstance(e, Exercise) and len(e.returns) > 1 and e.accept is None
]


def tuples(exercise, function):
    """What a function returns in each case, or None where it is not a thing for each name."""
    found = []
    for inputs in make_cases(exercise, fixed_seed(exercise.name)):
        value = in_process(function, inputs, 5.0).value
        if not isinstance(value, tuple | list | np.ndarray) or len(value) != len(exercise.returns):
            return None
        found.append(tuple(value))
    return found


def mixed(exercise):
    """Pairs of mistakes, each made in other parts: the first in one part, the second elsewhere."""
    wrong = [m.wrong for m in exercise.misconceptions if tuples(exercise, m.wrong) is not None]
    for k, (one, other) in enumerate(itertools.pairwise([exercise.reference, *wrong])):
        part = k % len(exercise.returns)

        def answer(*given, one=one, other=other, part=part):
            first, second = tuple(one(*given)), tuple(other(*given))
            return tuple(first[j] if j == part else second[j] for j in range(len(first)))

        yield answer


@pytest.mark.parametrize("exercise", SEVERAL, ids=lambda e: e.name)
def test_mistakes_in_several_parts_are_told_part_by_part(exercise):
    cases = make_cases(exercise, fixed_seed(exercise.name))
    for answer in mixed(exercise):
        result = decide(exercise, answer, fixed_seed(exercise.name), own_work=False)
        outcomes = [in_process(answer, inputs, 5.0) for inputs in cases]
        judged = [
            judge(exercise, i, c, o) for i, (c, o) in enumerate(zip(cases, outcomes, strict=True))
        ]
        assert result.passed == all(one.step is None for one in judged), result.text
        if result.passed:
            continue
        failure = result.failures[0]
        said, here = failure.text, judged[failure.case - 1]
        if result.misconception is not None:  # then it is that mistake, as a whole
            (named,) = [m for m in exercise.misconceptions if m.label == result.misconception]
            again = [in_process(named.wrong, inputs, 5.0) for inputs in cases]
            assert all(map(same_behaviour, again, outcomes)), result.text
        if failure.step == "values" and "order" not in said:
            for part in here.parts:
                right = np.allclose(part.answer, part.expected, rtol=1e-8, atol=0)
                name = f"`{part.name}`"
                assert (name in called_right(said)) <= right, result.text
                assert (name in said.replace(called_right(said), "")) <= (not right), result.text


def called_right(said):
    """The words between the last full stop and "is right", without those about other cases."""
    found = re.findall(r"(?:`\w+`(?:, | and )?)+ (?:is|are) right\.", said)
    return found[-1] if found else ""


def test_a_sign_and_a_size_at_once():
    asks = tiny.exercise()
    result = decide(asks, lambda X, y, t: -2 * X.T @ (X @ t - y), own_work=False)
    assert result.misconception is None
    assert result.text.endswith(
        "every entry has the wrong sign and is 7.00 times too large, and 7 is the batch size."
    )
    result = decide(asks, lambda X, y, t: -X.T @ (X @ t - y) / len(y), own_work=False)
    assert result.misconception is None
    assert result.text.endswith("every entry has the wrong sign and is 2.00 times too small.")


@pytest.mark.parametrize(
    "change",
    [
        lambda v: -v,
        lambda v: 2 * v,
        lambda v: v / 3,
        lambda v: v + 1e-3,
        lambda v: v * (1 + 1e-6),
        lambda v: 1.5 - v,
    ],
)
def test_a_second_mistake_on_top_of_each_named_one(change):
    """Whatever has a name then does what that mistake does, to the last case."""
    for exercise in all_exercises().values():
        if not isinstance(exercise, Exercise) or exercise.accept is not None:
            continue
        cases = make_cases(exercise, fixed_seed(exercise.name))
        for mistake in exercise.misconceptions[:4]:

            def answer(*given, wrong=mistake.wrong):
                value = wrong(*given)
                if isinstance(value, dict):
                    return {name: change(one) for name, one in value.items()}
                if isinstance(value, tuple):
                    return tuple(map(change, value))
                return change(value)

            result = decide(exercise, answer, fixed_seed(exercise.name), own_work=False)
            assert not result.passed or right_everywhere(exercise, answer, cases), result.text
            if result.misconception is not None:
                (named,) = [m for m in exercise.misconceptions if m.label == result.misconception]
                for inputs in cases:
                    mine, theirs = (in_process(f, inputs, 5.0) for f in (answer, named.wrong))
                    assert same_behaviour(mine, theirs), result.text


def right_everywhere(exercise, answer, cases):
    """Two mistakes may undo each other: a sign that is flipped twice is right."""
    return all(
        same_behaviour(in_process(answer, c, 5.0), in_process(exercise.reference, c, 5.0))
        for c in cases
    )


# ── a calculation in steps ───────────────────────────────────────────────────────────────────────


def given(step, space):
    return [space[name] for name in inspect.signature(step).parameters]


NORM = Chain(
    name="tiny_norm",
    chapter=2,
    statement="Normalise and walk back.",
    hints=tiny.HINTS,
    after="Six steps.",
    steps=(
        ("mean", lambda x: x.mean(axis=0)),
        ("centred", lambda x, mean: x - mean),
        (
            "var",
            lambda centred: np.mean(centred**2, axis=0),
            (Misconception("sample", "m - 1.", lambda centred: centred.var(axis=0, ddof=1)),),
        ),
        ("out", lambda centred, var, gamma: gamma * centred / np.sqrt(var)),
        ("dout", lambda out: 2 * out),
        (
            "dgamma",
            lambda dout, centred, var: (dout * centred / np.sqrt(var)).sum(axis=0),
            (
                Misconception(
                    "unsummed",
                    "unsummed.",
                    lambda dout, centred, var: dout * centred / np.sqrt(var),
                ),
            ),
        ),
    ),
)
NAMES = [step[0] for step in NORM.steps]


def numbers():
    rng = np.random.default_rng(3)
    space = {"x": rng.normal(2, 3, size=(7, 3)), "gamma": rng.uniform(1, 2, size=3)}
    for name, step, *_ in NORM.steps:
        space[name] = step(*given(step, space))
    return space


def test_every_step_right_is_a_pass_and_each_missing_one_is_the_next():
    assert decide_chain(NORM, numbers()).passed
    for k, name in enumerate(NAMES):
        space = {one: value for one, value in numbers().items() if one not in NAMES[k:]}
        result = decide_chain(NORM, space)
        assert result.status == "not_attempted"
        assert f"`{name}` comes " in result.text and not any(
            f"`{n}`" in result.text for n in NAMES[k + 1 :]
        )


@pytest.mark.parametrize("k", range(len(NAMES)))
def test_the_first_wrong_step_is_told_and_no_later_one(k):
    """Everything from step k on is wrong, each in its own way; only step k is spoken of."""
    space = numbers()
    for j, name in enumerate(NAMES[k:], start=2):
        space[name] = space[name] * -j
    result = decide_chain(NORM, space)
    assert result.failures[0].case == k + 1 and result.failures[0].note == NAMES[k]
    assert f"step {k + 1} of 6: `{NAMES[k]}`" in result.text
    assert "every entry has the wrong sign and is 2.00 times too large" in result.text
    assert not any(f"`{name}`" in result.text for name in NAMES[k + 1 :])


@pytest.mark.parametrize("k", range(len(NAMES)))
def test_a_step_is_judged_by_what_the_learner_has_calculated_it_from(k):
    """One slip, carried on correctly, is one mistake and not six."""
    space = numbers()
    space[NAMES[k]] = space[NAMES[k]] * 3
    for name, step, *_ in NORM.steps[k + 1 :]:
        space[name] = step(*given(step, space))
    assert decide_chain(NORM, space).failures[0].note == NAMES[k]
    space[NAMES[k]] = numbers()[NAMES[k]]
    result = decide_chain(NORM, space)
    assert k == len(NAMES) - 1 or result.failures[0].case > k + 1


def test_a_mistake_in_a_step_has_its_name():
    space = numbers()
    space["var"] = space["x"].var(axis=0, ddof=1)
    result = decide_chain(NORM, space)
    assert result.misconception == "sample" and result.failures[0].note == "var"
    space = numbers()
    space["dgamma"] = space["dout"] * space["centred"] / np.sqrt(space["var"])
    result = decide_chain(NORM, space)
    assert result.misconception == "unsummed" and result.failures[0].step == "shape"


def test_one_array_under_two_names_is_seen():
    space = numbers()
    space["dout"] = space["out"]
    space["dout"] *= 2  # and out is changed with it
    result = decide_chain(NORM, space)
    assert result.failures[0].note == "out"
    assert "`out` and `dout` share their memory: what changes one changes the other" in result.text
    space = numbers()
    space["copy"] = space["dout"]
    assert decide_chain(NORM, space).passed, "two names for one array are no mistake of their own"
