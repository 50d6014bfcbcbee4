"""What goes wrong, in one plain sentence that names the argument and what was expected.

Every error that bplib raises on purpose is a `BplibError` and also the built-in error that a
Python programmer would expect in its place, so `except ValueError` works as it always did.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from bplib import browser


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


class FileAccessError(BplibError, OSError):
    """A file cannot be read or written: it is closed to us, or the disk is full."""


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


ELSEWHERE = {
    "batchnorm1d": "BatchNorm",
    "bce": "binary_cross_entropy_with_logits",
    "bcewithlogits": "binary_cross_entropy_with_logits",
    "binarycrossentropy": "binary_cross_entropy_with_logits",
    "cat": "concatenate",
    "crossentropy": "softmax_cross_entropy",
    "crossentropyloss": "softmax_cross_entropy",
    "decay": "weight_decay",
    "dense": "Linear",
    "dot": "matmul",
    "eps": "epsilon",
    "eta": "lr",
    "kaiming": "he_normal",
    "kaimingnormal": "he_normal",
    "kaiminguniform": "he_uniform",
    "kldiv": "kl_divergence",
    "l1": "mae",
    "l1loss": "mae",
    "l2": "mse",
    "learningrate": "lr",
    "module": "Layer",
    "momentum": "beta",
    "nll": "softmax_cross_entropy",
    "nllloss": "softmax_cross_entropy",
    "optimizers": "optim",
    "rho": "beta",
    "rocauc": "auc",
    "rocaucscore": "auc",
    "smoothl1": "huber",
    "stack": "concatenate",
    "xavier": "glorot_uniform",
    "xaviernormal": "glorot_normal",
    "xavieruniform": "glorot_uniform",
}
"""What other libraries call it, without its underscores, and what it is called here."""


def unknown(kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """The error for a name that does not exist, with the close match where there is one.

    Arguments:
        kind: what the name stands for, "exercise".
        name: what was asked for.
        known: the names that exist; "Adam" is compared with the end of "optim.Adam".

    Returns:
        The error; the caller raises it.
    """
    names = sorted(known)
    close = _close(name, names)
    if close:
        meant = " or ".join(f"'{one}'" for one in close)
        return UnknownNameError(f"there is no {kind} '{name}'; did you mean {meant}?")
    names = [one for one in names if not one.endswith("_backward")] or names
    listing = f"{', '.join(names)}." if len(names) <= 12 else f"{', '.join(names[:12])} …"
    return UnknownNameError(
        f"there is no {kind} '{name}'; there is {listing if names else 'none yet.'}"
    )


def misspelt(module: str, known: Iterable[str]) -> Callable[[str], Any]:
    """The `__getattr__` of a module: what it says of a name that it does not have.

    Where types are checked, a module must not have one, or every name would pass:

        if not TYPE_CHECKING:
            __getattr__ = misspelt("losses", __all__)

    Arguments:
        module: what a reader calls it, "losses".
        known: its public names.

    Returns:
        A function that raises an AttributeError with the close match.
    """

    def missing(name: str) -> Any:
        if name.startswith("_"):  # asked for by tools, not by people
            raise AttributeError(f"bplib.{module} has no {name}")
        raise AttributeError(str(unknown(f"name in {module}", name, known)))

    return missing


def _close(name: str, names: list[str]) -> list[str]:
    """The names that were probably meant: the same letters, what other libraries call it, the
    beginning of a name, or nearly its letters."""
    import difflib  # here, because only a mistake needs it and `import bplib` should stay quick

    asked = _letters(name)
    spelled = [_letters(one if "." in name else one.rpartition(".")[2]) for one in names]

    def like(wanted: str) -> list[str]:
        return [one for one, letters in zip(names, spelled, strict=True) if letters == wanted][:3]

    begun = sorted((one for one in spelled if len(asked) > 1 and one.startswith(asked)), key=len)
    nearly = difflib.get_close_matches(asked, spelled, n=1, cutoff=0.6)
    longer = sorted((one for one in spelled if len(one) > 1 and asked.startswith(one)), key=len)[
        -1:
    ]
    wanted = [asked, _letters(ELSEWHERE.get(asked, "")), *begun[:1], *nearly, *longer]
    return next((found for found in map(like, wanted) if found), [])


def _letters(name: str) -> str:
    return name.lower().replace("_", "")


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
        how = f"pip install 'bplib[{extra}]'"
        if browser.here():
            how = f"run `import {package}` in a cell of its own, which fetches it where it can"
        raise MissingExtraError(f"{purpose} needs {package}: {how}") from error
