"""What goes wrong, in one plain sentence that names the argument and what was expected.

Every error that bplib raises on purpose is a `BplibError` and also the built-in error that a
Python programmer would expect in its place, so `except ValueError` works as it always did.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from types import ModuleType
from typing import Any


class BplibError(Exception):
    """Base of every error that bplib raises on purpose."""


class ShapeError(BplibError, ValueError):
    """An array has the wrong number of dimensions, or sizes that do not fit together."""


class DTypeError(BplibError, TypeError):
    """Something is not an array of floats, or float32 and float64 are mixed."""


class DomainError(BplibError, ValueError):
    """A value lies where the function is not defined, such as log(0) or a learning rate of -1."""


class NotReadyError(BplibError, RuntimeError):
    """Something was asked for before it exists, such as backward before forward."""


class UnknownNameError(BplibError, LookupError):
    """A name that nobody has defined; the sentence offers the closest one that exists."""


class MissingExtraError(BplibError, ImportError):
    """An optional package is needed here and is not installed."""


class MissingFileError(BplibError, FileNotFoundError):
    """A file is needed and is in none of the places where it was looked for."""


class FormatError(BplibError, ValueError):
    """A file is damaged, cut off, or of another kind than was expected."""


class DivergedError(BplibError, ArithmeticError):
    """Training met a number that is not finite.

    Arguments:
        sentence: what was met, and where.
        history: what was recorded until then.
    """

    def __init__(self, sentence: str, history: Any = None) -> None:
        super().__init__(sentence)
        self.history = history


def unknown(kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """The error for a name that does not exist, with the close match where there is one.

    Arguments:
        kind: what the name stands for, "exercise".
        name: what was asked for.
        known: the names that exist.

    Returns:
        The error; the caller raises it.
    """
    import difflib  # here, because only a mistake needs it and `import bplib` should stay quick

    names = sorted(known)
    spelled = {known_name.lower(): known_name for known_name in names}
    close = difflib.get_close_matches(name.lower(), spelled, n=1, cutoff=0.6)
    if close:
        return UnknownNameError(f"there is no {kind} '{name}'; did you mean '{spelled[close[0]]}'?")
    listing = f"{', '.join(names)}." if len(names) <= 12 else f"{', '.join(names[:12])} …"
    return UnknownNameError(
        f"there is no {kind} '{name}'; there is {listing if names else 'none yet.'}"
    )


def kind_of(value: object) -> str:
    """What a value is, for a sentence: "a list", "an int", "None".

    Arguments:
        value: anything.

    Returns:
        The name of its type, with its article.
    """
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeioAEIO' or name == 'ndarray' else 'a'} {name}"


def need(module: str, extra: str, purpose: str) -> ModuleType:
    """Import an optional package, or say in one sentence how to get it.

    Arguments:
        module: the name to import.
        extra: the extra of bplib that brings it.
        purpose: who needs it, "draw.loss_surface".

    Returns:
        The module.

    Raises:
        MissingExtraError: where it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and not module.startswith(error.name):
            raise
        package = module.partition(".")[0]
        raise MissingExtraError(
            f"{purpose} needs {package}: pip install 'bplib[{extra}]'"
        ) from error
