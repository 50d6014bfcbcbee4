"""What to call a case: its sizes with the letters of the text, "m=7, n=3"."""

from __future__ import annotations

import inspect
import re
from typing import Any

import numpy as np

from .declare import Exercise

_SHAPE_IN_TEXT = re.compile(r"`?\b([A-Za-z_]\w*)`?\s*\(([^()]*)\)")
_LETTER = re.compile(r"[A-Za-z_]\w*\Z")
_NOTE = re.compile(r"([A-Za-z_]\w*)\s*=\s*([1-9]\d*)(?![\w.])")  # a size, never 0 or 0.01
_WORDS = {"m": "the batch size"}


def sizes(exercise: Exercise, inputs: tuple) -> dict[str, int]:
    """Letters to sizes, {"m": 7, "n": 3}: from the case note, or from shapes named in the text."""
    if exercise.case_note is not None:
        note = str(exercise.case_note(*inputs))
        return {letter: int(size) for letter, size in _NOTE.findall(note)}
    text = f"{inspect.getdoc(exercise.reference) or ''}\n{exercise.statement}"
    shapes = dict(reversed(_SHAPE_IN_TEXT.findall(text)))  # the first mention counts
    found: dict[str, int] = {}
    for name, value in zip(exercise.arguments, inputs, strict=False):
        letters = [part.strip() for part in shapes.get(name, "").split(",") if part.strip()]
        if isinstance(value, np.ndarray) and len(letters) == value.ndim:
            for letter, size in zip(letters, value.shape, strict=True):
                if _LETTER.match(letter) and found.setdefault(letter, size) != size:
                    return {}
    return found


def note(exercise: Exercise, inputs: tuple) -> str:
    """The words in brackets after "case 2 of 6"."""
    if exercise.case_note is not None:
        return str(exercise.case_note(*inputs))
    letters = sizes(exercise, inputs)
    if letters:
        return ", ".join(f"{letter}={size}" for letter, size in letters.items())
    return shapes_in_words(exercise, inputs)


def shapes_in_words(exercise: Exercise, inputs: tuple) -> str:
    """The inputs in a few words: shapes of arrays, short numbers as they are."""
    words = []
    for name, value in zip(exercise.arguments, inputs, strict=False):
        if isinstance(value, np.ndarray):
            words.append(f"{name} {value.shape}")
        elif isinstance(value, bool | int | float | np.number):
            words.append(f"{name} = {number(value)}")
    return ", ".join(words)


def what_is(size: int, letter: str) -> str:
    """Why this number is no accident: "7 is the batch size"."""
    return f"{size} is {_WORDS.get(letter, letter)}"


def number(value: Any) -> str:
    """A number in four significant digits with a real minus sign."""
    return f"{float(value):.4g}".replace("-", "−").replace("e−0", "e−").replace("e+0", "e")
