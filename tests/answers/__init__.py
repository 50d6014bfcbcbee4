"""Answers in styles that nobody planned for, from all modules here.

RIGHT[exercise][style] is a function that must pass.
WRONG[exercise][style] is (label, function): the misconception that must be named, or None where
nothing may be.
NAMED[exercise][label] are functions that make that mistake; UNNAMED the same, where it is meant and
not recognised.
SAID[exercise] are (function, words, …): no mistake may be named, and the words must be said.
"""

import importlib
import pkgutil


def collected(kind):
    """What all modules have under one of these names, exercise by exercise."""
    found = {}
    for name in sorted(one.name for one in pkgutil.iter_modules(__path__)):
        module = importlib.import_module(f"answers.{name}")
        for exercise, row in getattr(module, kind, {}).items():
            if isinstance(row, list):
                found.setdefault(exercise, []).extend(row)
                continue
            rows = found.setdefault(exercise, {})
            for key, value in row.items():
                if kind in ("NAMED", "UNNAMED"):
                    rows[key] = (*rows.get(key, ()), *value)
                else:
                    rows[f"{key}, {name}" if key in rows else key] = value
    return found
