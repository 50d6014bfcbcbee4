"""What a thing holds that can be saved: a layer, an optimizer, parameters, or a dict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

from bplib.errors import DTypeError, ShapeError, kind_of


def state_of(op: str, what: Any) -> dict[str, Any]:
    """Everything that a thing would have to get back, by name.

    Arguments:
        op: who asks, "save" or "load".
        what: something with a state_dict; a list of parameters, which get the names "0.W",
            "1.b", … by their places in it; or a dict.

    Returns:
        The names in order; arrays that are not copied where the thing itself is a dict or a list.

    Raises:
        DTypeError: for something that has no such state.
        ShapeError: where there is nothing in it.
    """
    if isinstance(what, Mapping):
        found = dict(what)
    elif has_state(what):
        found = what.state_dict()
    else:
        parameters = _parameters(op, what)
        names = [getattr(parameter, "name", None) for parameter in parameters]
        found = {
            f"{i}.{name}" if name else str(i): parameter.value
            for i, (name, parameter) in enumerate(zip(names, parameters, strict=True))
        }
    if not found:
        raise ShapeError(f"{op}: {called(what)} holds no arrays.")
    return found


def has_state(what: Any) -> bool:
    """Whether a thing says itself what it holds, as layers and optimizers do.

    Arguments:
        what: anything.

    Returns:
        True where it has `state_dict` and `load_state_dict`.
    """
    return all(hasattr(what, name) for name in ("state_dict", "load_state_dict"))


def called(what: Any) -> str:
    """What a sentence calls it.

    Arguments:
        what: anything that can be saved.

    Returns:
        The name of its class, or "the list".
    """
    return "the list" if isinstance(what, list | tuple) else type(what).__name__


def _parameters(op: str, what: Any) -> list[Any]:
    listed = what.parameters() if callable(getattr(what, "parameters", None)) else what
    # The order of a set is another one in every process, and places are in the names.
    no_list = not isinstance(listed, Iterable) or isinstance(listed, str | Set)
    if no_list or hasattr(listed, "shape"):
        raise DTypeError(
            f"{op}: {kind_of(what)} was given; a layer, a network, an optimizer, a list of "
            "parameters or a dict of arrays is needed."
        )
    listed = list(listed)
    for i, parameter in enumerate(listed):
        if not hasattr(parameter, "value"):
            raise DTypeError(f"{op}: entry {i} is {kind_of(parameter)}; a parameter is needed.")
    return listed
