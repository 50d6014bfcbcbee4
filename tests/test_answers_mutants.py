"""Right answers with one thing in them changed by a machine: whatever passes is right all the same.

Each exercise's other way to write it loses an operator, a sign, a constant, a line or an argument,
a few dozen times.  Most of what comes out is wrong, some of it in ways that nobody thinks of.
"""

import ast
import copy
import dataclasses
import itertools

import numpy as np
import pytest

from bplib.checks.call import Outcome
from bplib.checks.decide import decide, fixed_seed, make_cases
from bplib.checks.declare import Exercise
from bplib.checks.registry import all_exercises
from bplib.checks.verdict import judge

EXERCISES = [e for e in all_exercises().values() if isinstance(e, Exercise) and e.another]
AT_MOST = 30  # mutants of one exercise, spread evenly over all there are
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
OTHER_NAMES = {"mean": "sum", "sum": "mean", "var": "std", "cov": "corrcoef", "vander": "diag"}


def changes(node, arguments):
    """Functions that change one node, each in another way."""
    if isinstance(node, ast.BinOp | ast.AugAssign):
        for one in OPERATORS:
            if not isinstance(node.op, one):
                yield lambda n, one=one: setattr(n, "op", one())
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], COMPARISONS):
        for one in COMPARISONS:
            if not isinstance(node.ops[0], one):
                yield lambda n, one=one: setattr(n, "ops", [one()])
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for value in (node.value + 1, node.value - 1, -node.value, 0, node.value * 1.001):
            if value != node.value:
                yield lambda n, value=value: setattr(n, "value", value)
    if isinstance(node, ast.Name) and node.id in arguments and isinstance(node.ctx, ast.Load):
        for name in arguments:
            if name != node.id:
                yield lambda n, name=name: setattr(n, "id", name)
    if isinstance(node, ast.Attribute) and node.attr in OTHER_NAMES:
        yield lambda n: setattr(n, "attr", OTHER_NAMES[n.attr])
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield lambda n: setattr(n, "attr", "real")
    if isinstance(node, ast.Call):
        for k in range(len(node.keywords)):
            yield lambda n, k=k: n.keywords.pop(k)
    for k in range(len(getattr(node, "body", ())) if isinstance(node, ast.For) else 0):
        yield lambda n, k=k: n.body.__setitem__(k, ast.Pass())


def mutants(exercise):
    tree = ast.parse(exercise.another)
    found = []
    for k, node in enumerate(ast.walk(tree)):
        for change in changes(node, exercise.arguments):
            other = copy.deepcopy(tree)
            change(next(itertools.islice(ast.walk(other), k, None)))
            found.append(ast.unparse(ast.fix_missing_locations(other)))
    return found[:: 1 + len(found) // AT_MOST]


def right_elsewhere(exercise, function):
    """Whether the function is right on cases that its check has not seen."""
    for seed in range(5):
        for i, inputs in enumerate(make_cases(exercise, seed)):
            with np.errstate(all="ignore"):
                outcome = Outcome(value=function(*copy.deepcopy(inputs)))
            if judge(exercise, i, inputs, outcome).step is not None:
                return False
    return True


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_no_small_change_makes_a_wrong_answer_pass(exercise):
    asks = dataclasses.replace(exercise, seconds=0.5)
    refused = 0
    for source in mutants(exercise):
        space = {"np": np}
        exec(source, space)
        function = space[exercise.name]
        result = decide(asks, function, fixed_seed(exercise.name), own_work=False)
        if result.passed:
            assert right_elsewhere(exercise, function), source
        else:
            refused += 1
            named = [m for m in exercise.misconceptions if m.label == result.misconception]
            assert len(named) == (result.misconception is not None), source
    assert refused >= 3, "hardly anything was changed"
