"""One notebook after the other in Pyodide, for in_node.mjs, which fetches the packages."""

import json
import re
import sys

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from bplib.checks import registry, run_check
from bplib.checks.declare import Prediction
from bplib.checks.progress import _store, store


class Notebook:
    """A fresh IPython and fresh progress, and what went wrong in a notebook's cells."""

    def __init__(self, path):
        InteractiveShell.clear_instance()
        self.shell = InteractiveShell.instance()
        _store.cache_clear()
        self.path, self.problems = path, []

    def run(self, source, cell):
        """Run one cell; an error is a problem, and so is a warning."""
        cell = json.loads(cell)
        with capture_output() as wrote:
            done = self.shell.run_cell(source, store_history=True)
        error = done.error_before_exec or done.error_in_exec
        first = source.strip().splitlines()[0][:60] if source.strip() else ""
        if error is not None:
            text = re.sub(r"\s+", " ", str(error))[:200]
            self.problems.append(f"{first!r}: {type(error).__name__}: {text}")
            self.problems += wrote.stdout.splitlines()[-20:]
        elif wrote.stderr:
            self.problems.append(f"{first!r}: {wrote.stderr.strip()[-200:]}")

    def verdict(self):
        """The problems, with those that only the progress shows."""
        chapter = int(re.search(r"(\d\d)_", self.path)[1])
        here = [one for one in registry.of_chapter(chapter) if not isinstance(one, Prediction)]
        known = store().read()["exercises"]
        for one in here:
            entry = known.get(one.name, {})
            if self.path.startswith("solutions/") and not entry.get("done"):
                self.problems.append(f"{one.name}: the worked answer does not pass")
            if self.path.startswith("exercises/") and entry.get("attempts"):
                self.problems.append(f"{one.name}: counts as tried, untouched")
        return self.problems


def answers(tests):
    """The answers of the tests that get another verdict here than they should."""
    sys.path.insert(0, tests)
    from answers import collected

    problems = []
    for name, styles in collected("RIGHT").items():
        for style, function in styles.items():
            result = run_check(name, function)
            if not result.passed:
                problems.append(f"{name}, {style}: {result.text[:200]}")
    wrong = [(n, s, *one) for n, row in collected("WRONG").items() for s, one in row.items()]
    for name, row in collected("NAMED").items():
        wrong += [(name, label, label, function) for label, fs in row.items() for function in fs]
    for name, style, label, function in wrong:
        result = run_check(name, function)
        if result.passed or result.misconception != label:
            problems.append(f"{name}, {style}: {label} is due, not {result.misconception}")
    return problems
