"""The same training step as each library has it written: one module for each, all of one form.

    TITLE            what the table calls it
    NEEDS            the packages it imports; where one is missing, the peer is left out
    SUPPORTS(case)   whether it can compute the case (all of them where there is no such name)
    prepare(case)    returns (step, wait): step() does one training step and returns its loss,
                     wait() returns when everything that was started is done

Each is written as its own documentation writes a training step, with what makes it fastest there.
"""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

from benchmarks.case import Case


def load(name: str) -> ModuleType:
    """The module of a peer, such as "torch_eager"."""
    return importlib.import_module(f"benchmarks.peers.{name}")


def installed(name: str) -> bool:
    """Whether the peer's packages are there."""
    return all(importlib.util.find_spec(package) for package in load(name).NEEDS)


def supports(name: str, case: Case) -> bool:
    """Whether the peer can compute the case."""
    return getattr(load(name), "SUPPORTS", lambda case: True)(case)
