"""Answers in styles that nobody planned for, chapter by chapter: RIGHT and WRONG of each exercise.

RIGHT[exercise][style] is a function that must pass.  WRONG[exercise][style] is (label, function):
the misconception that must be named, or None where nothing may be.  They are collected from every
module of this folder.
"""

import importlib
import pkgutil

_CHAPTERS = [
    importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)
]

RIGHT = {name: styles for each in _CHAPTERS for name, styles in getattr(each, "RIGHT", {}).items()}
WRONG = {name: styles for each in _CHAPTERS for name, styles in getattr(each, "WRONG", {}).items()}
