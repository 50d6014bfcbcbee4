"""Chapter 10: back through batch norm in steps, as a learner types it."""

import json
from pathlib import Path

import numpy as np
import pytest

from bplib import ops
from bplib.checks import check_all, run_check
from bplib.checks.registry import all_exercises

ROOT = Path(__file__).resolve().parents[1]
NAME = "norm_way_back"
CHAIN = all_exercises()[NAME]


def cell(folder):
    path = ROOT / folder / "10_signals.ipynb"
    (found,) = [
        "".join(one["source"])
        for one in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if "".join(one["source"]).startswith(f"# {NAME}:")
    ]
    return found


def values(line=None):
    """What the worked answer defines, with one of its lines typed differently."""
    source = cell("solutions").split("\n")
    name = line.split("=")[0].strip() if line else None
    changed = [line if one.split("=")[0].strip() == name else one for one in source]
    assert line is None or line in changed
    space = {"np": np}
    exec("\n".join(changed), space)
    return space


RIGHT = [
    "dshift = np.add.reduce(dy)",
    "dshift = np.ones(5) @ dy",
    "dscale = np.einsum('ij,ij->j', dy, x_hat)",
    "dx_hat = np.multiply(dy, scale[np.newaxis])",
    "dinverse = np.diag(dx_hat.T @ centred)",
    "droot = -dinverse / root**2",
    "dvar = 0.5 * droot * inverse",
    "dsquares = np.repeat(dvar[np.newaxis] / 5, 5, axis=0)",
    "dsquares = np.broadcast_to(dvar / m, squares.shape).copy()",
    "dcentred = dx_hat / root + (centred + centred) * dsquares",
    "dmean = -5 * dcentred.mean(axis=0)",
    "dmean = -(dx_hat * inverse).sum(axis=0)",
    "dx = dcentred - dcentred.mean(axis=0)",
]


@pytest.mark.parametrize("line", RIGHT)
def test_right_in_another_style(line):
    result = run_check(NAME, values(line))
    assert result.passed, result.text


WRONG = [
    ("dshift = dy", "not-summed"),
    ("dshift = dy.mean(axis=0)", "averaged"),
    ("dshift = dy.sum()", None),
    ("dshift = dy @ np.ones(3)", "along-the-rows"),
    ("dscale = dy.T.sum(axis=1)", "x-hat-forgotten"),
    ("dscale = np.diag(dy.T @ x)", "x-for-x-hat"),
    ("dscale = np.diag(dy.T @ centred)", "centred-for-x-hat"),
    ("dscale = x_hat * dy", "not-summed"),
    ("dscale = (dy * x_hat).mean(axis=0)", "averaged"),
    ("dx_hat = dy", "scale-forgotten"),
    ("dx_hat = dy / scale", "divided-by-scale"),
    ("dx_hat = dshift * scale", "added-up-too-early"),
    ("dinverse = dx_hat * centred", "not-summed"),
    ("dinverse = np.mean(centred * dx_hat, axis=0)", "averaged"),
    ("dinverse = (dx_hat * x_hat).sum(axis=0)", "x-hat-for-centred"),
    ("dinverse = dx_hat.sum(axis=0)", "centred-forgotten"),
    ("droot = dinverse / root**2", "sign-lost"),
    ("droot = -dinverse / root", "not-squared"),
    ("droot = -dinverse * root * root", "turned-round"),
    ("droot = dinverse / root", "sign-lost-and-not-squared"),
    ("dvar = droot * inverse", "factor-2-lost"),
    ("dvar = 2 * root * droot", "slope-of-the-square"),
    ("dvar = droot / 2 / var", "var-for-root"),
    ("dvar = droot * root / 2", "half-the-root"),
    ("dsquares = dvar / 5", "one-row-for-all"),
    ("dsquares = np.tile(dvar, (5, 1))", "missing-1/m"),
    ("dsquares = squares * dvar / 5", "values-for-slopes"),
    ("dsquares = np.tile(dvar / 4, (5, 1))", "unbiased"),
    ("dcentred = dx_hat / root", "first-path-alone"),
    ("dcentred = 2 * dsquares * centred", "second-path-alone"),
    ("dcentred = dx_hat / root + dsquares * centred", "factor-2-lost"),
    ("dcentred = dx_hat + dsquares * centred * 2", "inverse-forgotten"),
    ("dcentred = dx_hat / root - dsquares * centred * 2", "subtracted"),
    ("dmean = np.ones(5) @ dcentred", "sign-lost"),
    ("dmean = 0 - dcentred", "not-summed"),
    ("dmean = np.mean(-dcentred, axis=0)", "averaged"),
    ("dmean = np.zeros(3)", "zero"),
    ("dx = dcentred.copy()", "mean-as-a-constant"),
    ("dx = dx_hat / root", "mean-and-variance-as-constants"),
    ("dx = dcentred + dmean", "missing-1/m"),
    ("dx = dcentred + dcentred.mean(axis=0)", "subtracted"),
    ("dx = np.tile(dmean / 5, (5, 1))", "mean-alone"),
    ("dx = dcentred.T", None),
]


@pytest.mark.parametrize(("line", "label"), WRONG)
def test_wrong_is_stopped_at_its_step(line, label):
    result = run_check(NAME, values(line))
    assert result.status == "failed" and result.misconception == label, result.text
    assert result.failures[0].note == line.split("=")[0].strip()


def test_nearly_every_mistake_is_made_by_somebody_else_too():
    labels = {(step[0], one.label) for step in CHAIN.steps[1:] for one in step[2]}
    made = {(line.split("=")[0].strip(), label) for line, label in WRONG if label}
    assert made <= labels and len(made) >= 0.9 * len(labels)


def test_who_changes_what_is_given_hears_it_at_y():
    result = run_check(NAME, values("mean = np.zeros(3)"))
    assert result.status == "failed" and result.failures[0].note == "y"


def test_the_cells_below_a_blank_run(said):
    space = {"np": np}
    exec(cell("exercises"), space)
    check_all(space, NAME)
    assert said() == [f"○ {NAME}: `y` is right; `dshift` comes next."]


def test_the_worked_answer_is_that_of_the_library():
    v = values()
    _, cache = ops.batch_norm(v["x"], v["scale"], v["shift"], eps=v["eps"])
    for ours, theirs in zip(
        (v["dx"], v["dscale"], v["dshift"]), ops.batch_norm_backward(v["dy"], cache), strict=True
    ):
        assert np.allclose(ours, theirs, rtol=1e-10)
