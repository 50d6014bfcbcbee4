"""A check of a function that is not defined: one sentence in the notebook, no traceback."""

import subprocess
import sys

import pytest

from bplib.checks.undefined import sentence

NOT_YET = (
    "✗ mse_gradient · not defined in this notebook yet: run the cell with `def mse_gradient`, "
    "then this one again."
)
SAID = [
    ("mse_gradient", "check(mse_gradient)", NOT_YET),
    ("mse_gradient", "hint( mse_gradient, 2)", NOT_YET),
    ("mse_gradeint", "check(mse_gradeint)",
     "✗ there is no 'mse_gradeint' in this notebook; did you mean 'mse_gradient'?"),
    ("my_gradeint", 'check(my_gradeint, "mse_gradient")',
     "✗ there is no 'my_gradeint' in this notebook; did you mean 'my_gradient'?"),
    ("one_more_cup", "check(3.6, one_more_cup)",
     '✗ one_more_cup · no function has this name; it goes in quotes, "one_more_cup".'),
    ("line_with_penalty", "check_all(locals(), line_with_penalty)",
     '✗ line_with_penalty · no function has this name; it goes in quotes, "line_with_penalty".'),
    ("one_more_cup", "one_more_cup + 1", ""),
    ("xyz", "check(xyz)", ""),
    ("X", "check(mse_gradient(X, y, theta))", ""),
    ("mse_gradient", "mse_gradient(X, y, theta)", ""),
]  # fmt: skip


@pytest.mark.parametrize("missing, line, said", SAID)
def test_what_is_said(missing, line, said):
    assert sentence(missing, line, ["X2", "my_gradient"]) == said


def test_in_a_shell_the_way_it_came_is_left_out():
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance(colors="nocolor")
shell.kernel = object()
shell.run_cell("from bplib.checks import check")
done = shell.run_cell("check(mse_gradient)")
print("cell failed:", type(done.error_in_exec).__name__)
shell.run_cell("other")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", timeout=60
    )
    first, _, second = done.stdout.partition("cell failed: NameError\n")
    assert first.strip() == NOT_YET
    assert "Traceback" in second and "name 'other' is not defined" in second


def test_somebody_elses_handler_stays():
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.kernel = object()
shell.set_custom_exc((ZeroDivisionError,), lambda *given, **options: print("mine"))
shell.run_cell("from bplib.checks import check")
shell.run_cell("1 / 0")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "mine"
