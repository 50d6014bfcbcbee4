"""Values as bytes and back, between a grader and a worker; never pickle.

What a learner may hand over is numbers, words, arrays and lists, tuples, dicts and sets of them.
These arrive as they were.  Anything else (a generator, a module, an object of a class of their own)
arrives as a stand-in of the same kind, so that the check can say what it was.  Reading trusts
nothing: sizes, kinds and depth are held against limits, and what does not fit is a `WireError`.
"""

from __future__ import annotations

import decimal
import json
import math
import numbers
import re
import types
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np

HEADER_LIMIT = 2 * 2**20
"""Bytes of JSON in one message; lists and words are in it, arrays are not."""
BLOB_LIMIT = 32 * 2**20
"""Bytes of arrays in one message."""

_NODES = 50_000  # values in one message, so that a list of lists of lists ends somewhere
_COST = HEADER_LIMIT - 2**17  # bytes of JSON, estimated from above while it is made
_DEPTH = 40
_LETTERS = 50_000  # of one word
_BIG = 1000  # bits; a larger whole number is told by its sign
_SHOWN = 10**6  # entries of a list that stands in for a longer one
_CONTAINERS = (dict, list, tuple, set, frozenset)
_DTYPE = re.compile(r"[<>|=]?[biufcUS]\d{1,6}\Z")
_NAME = re.compile(r"[^\W\d]\w{0,79}\Z")


class WireError(Exception):
    """Bytes that are no message, or a message that is none of ours."""


def encode(value: Any, function_id: Callable[[Any], int] | None = None) -> tuple[bytes, bytes]:
    """A value as a header of JSON and the bytes of its arrays.

    Arguments:
        value: anything at all.
        function_id: gives a function the number by which the other side may call it; without it a
            function arrives as a stand-in.

    Returns:
        Header and blob, each within its limit: what is too large is told by its size.
    """
    writer = _Writer(function_id)
    header = json.dumps(writer.tree(value, 0)).encode("ascii")
    if len(header) > HEADER_LIMIT:  # the estimate was wrong
        raise WireError("a message that is too long")
    return header, b"".join(writer.blob)


class _Writer:
    def __init__(self, function_id: Callable[[Any], int] | None) -> None:
        self.function_id = function_id
        self.blob: list[bytes] = []
        self.size = 0
        self.nodes = 0
        self.cost = 0

    def tree(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        self.cost += 32
        if value is None or isinstance(value, bool):
            return value
        if value is Ellipsis:
            return {"k": "ellipsis"}
        if isinstance(value, np.ndarray | np.generic):
            return self.array(value)
        if isinstance(value, str):
            return self.words(str.__str__(value))
        if isinstance(value, int):
            self.cost += int.bit_length(value) // 3
            if int.bit_length(value) > _BIG:
                return {"k": "big", "sign": 1 if value > 0 else -1}
            return int.__int__(value)
        if isinstance(value, float):
            return float.__float__(value)
        if isinstance(value, complex):
            return {"k": "complex", "v": [value.real, value.imag]}
        if isinstance(value, _CONTAINERS):
            return self.container(value, depth)
        self.cost += 600  # a name of 80 letters, in the worst case
        if self.function_id is not None and callable(value):
            return {"k": "function", "id": self.function_id(value)}
        return _opaque(value)

    def words(self, text: str) -> str:
        text = text[:_LETTERS]
        self.cost += 6 * len(text)
        return text

    def container(self, value: Any, depth: int) -> Any:
        before = self.cost
        if depth >= _DEPTH or self.nodes + len(value) > _NODES:
            return self.too_large(value)
        kind = next(one for one in _CONTAINERS if isinstance(value, one))
        if kind is dict:
            entries: Iterable = self.fitting(value.items())
            found = [[self.tree(k, depth + 1), self.tree(v, depth + 1)] for k, v in entries]
        else:
            found = [self.tree(one, depth + 1) for one in self.fitting(value)]
        if self.cost > _COST:  # the fullest container is told by its length; what is around it fits
            self.cost = before + 100
            return self.too_large(value)
        return {"k": kind.__name__, "v": found}

    def fitting(self, entries: Iterable) -> Iterator[Any]:
        """The entries as long as there is room."""
        for one in entries:
            if self.cost > _COST:
                return
            yield one

    def array(self, value: Any) -> Any:
        if not _DTYPE.match(value.dtype.str):
            return {"k": "objects", "shape": list(value.shape)}
        if self.size + value.nbytes > BLOB_LIMIT:
            return self.too_large(value)
        kind = "scalar" if isinstance(value, np.generic) else "array"
        if isinstance(value, np.matrix):
            kind = "matrix"
        elif isinstance(value, np.ma.MaskedArray):
            kind = "masked" if np.ma.getmaskarray(value).any() else "array"
            value = np.ma.getdata(value)
        data = np.asarray(value).tobytes()
        node = {"k": kind, "d": value.dtype.str, "shape": list(value.shape), "at": self.size}
        self.blob.append(data)
        self.size += len(data)
        return node

    def too_large(self, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return {"k": "large", "shape": list(value.shape)}
        if isinstance(value, _CONTAINERS):
            kind = next(one for one in _CONTAINERS if isinstance(value, one))
            return {"k": "long", "of": kind.__name__, "n": len(value)}
        return _opaque(value)


_KINDS: tuple[tuple[str, Any], ...] = (
    ("generator", types.GeneratorType),
    ("coroutine", types.CoroutineType),
    ("module", types.ModuleType),
    ("class", type),
    ("decimal", decimal.Decimal),
    ("fraction", numbers.Rational),
)


def _opaque(value: Any) -> Any:
    kind = next((name for name, one in _KINDS if isinstance(value, one)), None)
    if kind is None:
        kind = "callable" if callable(value) else "object"
    named = value if kind in ("module", "class") else type(value)
    name = str(getattr(named, "__name__", "object"))
    return {"k": "opaque", "kind": kind, "name": name.rpartition(".")[2][:80]}


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def decode(
    header: bytes, blob: bytes, function_of: Callable[[int], Callable[..., Any]] | None = None
) -> Any:
    """The value that `encode` wrote, fresh and writable, or a `WireError`.

    Arguments:
        header: JSON.
        blob: the bytes of the arrays.
        function_of: makes the function that stands for a number.

    Returns:
        The value.
    """
    try:
        return _Reader(memoryview(blob), function_of).value(json.loads(header), 0)
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError) as error:
        raise WireError(f"a damaged message ({type(error).__name__})") from error


class _Reader:
    def __init__(self, blob: memoryview, function_of: Callable[[int], Any] | None) -> None:
        self.blob = blob
        self.function_of = function_of
        self.nodes = 0

    def value(self, node: Any, depth: int) -> Any:
        self.nodes += 1
        if depth > _DEPTH + 1 or self.nodes > 3 * _NODES:
            raise WireError("a message with too much in it")
        if not isinstance(node, dict):
            if isinstance(node, list):
                raise WireError("a list without its kind")
            return node
        read = getattr(self, f"_{node['k']}", None) if isinstance(node["k"], str) else None
        if read is None:
            raise WireError("a kind of value that nobody knows")
        return read(node, depth)

    def _ellipsis(self, node: dict, depth: int) -> Any:
        return Ellipsis

    def _big(self, node: dict, depth: int) -> int:
        return 10**400 * (1 if node["sign"] == 1 else -1)

    def _complex(self, node: dict, depth: int) -> complex:
        real, imaginary = node["v"]
        return complex(real, imaginary)

    def _all(self, node: dict, depth: int) -> list:
        if not isinstance(node["v"], list):
            raise WireError("no list")
        return [self.value(one, depth + 1) for one in node["v"]]

    def _list(self, node: dict, depth: int) -> list:
        return self._all(node, depth)

    def _tuple(self, node: dict, depth: int) -> tuple:
        return tuple(self._all(node, depth))

    def _set(self, node: dict, depth: int) -> set:
        return set(self._all(node, depth))

    def _frozenset(self, node: dict, depth: int) -> frozenset:
        return frozenset(self._all(node, depth))

    def _dict(self, node: dict, depth: int) -> dict:
        pairs = [(self.value(k, depth + 1), self.value(v, depth + 1)) for k, v in node["v"]]
        return dict(pairs)

    def _array(self, node: dict, depth: int) -> np.ndarray:
        if not _DTYPE.match(node["d"]):
            raise WireError("an array of a kind that is not sent")
        dtype, shape, start = np.dtype(node["d"]), _shape(node["shape"]), node["at"]
        size = math.prod(shape) * dtype.itemsize
        if type(start) is not int or not 0 <= start <= start + size <= len(self.blob):
            raise WireError("an array that reaches beyond its message")
        flat = np.frombuffer(self.blob[start : start + size], dtype=dtype)
        return flat.reshape(shape).copy() if dtype.itemsize else np.zeros(shape, dtype)

    def _scalar(self, node: dict, depth: int) -> Any:
        return self._array(node, depth)[()]

    def _matrix(self, node: dict, depth: int) -> Any:
        return self._array(node, depth).view(np.matrix)

    def _masked(self, node: dict, depth: int) -> Any:
        return np.ma.array(self._array(node, depth), mask=True)

    def _objects(self, node: dict, depth: int) -> np.ndarray:
        shape = _shape(node["shape"])
        return np.broadcast_to(np.array(None, dtype=object), shape)

    def _large(self, node: dict, depth: int) -> np.ndarray:
        return np.broadcast_to(np.zeros(()), _shape(node["shape"]))

    def _long(self, node: dict, depth: int) -> Any:
        count = node["n"]
        if type(count) is not int or count < 0:
            raise WireError("a length that is none")
        if node["of"] == "dict":
            return dict.fromkeys(range(min(count, _SHOWN // 10)))
        made = [None] * min(count, _SHOWN)
        return tuple(made) if node["of"] == "tuple" else made

    def _function(self, node: dict, depth: int) -> Any:
        if self.function_of is None or type(node["id"]) is not int:
            raise WireError("a function where none is sent")
        return self.function_of(node["id"])

    def _opaque(self, node: dict, depth: int) -> Any:
        return stand_in(str(node["kind"]), str(node["name"]))


def _shape(found: Any) -> tuple[int, ...]:
    if not isinstance(found, list) or len(found) > 32:
        raise WireError("a shape that is none")
    if not all(type(one) is int and 0 <= one < 2**48 for one in found):
        raise WireError("a shape that is none")
    return tuple(found)


def stand_in(kind: str, name: str) -> Any:
    """Something of a kind, to be named in a sentence: `stand_in("object", "Tensor")`.

    Arguments:
        kind: generator, coroutine, module, class, decimal, fraction, callable or object.
        name: of the module or the class.

    Returns:
        An object without any content.
    """
    name = name if _NAME.match(name) else "object"
    if kind == "generator":
        return (one for one in "")
    if kind == "module":
        return types.ModuleType(name)
    if kind == "class":
        return type(name, (), {})
    if kind == "decimal":
        return decimal.Decimal(0)
    if kind == "fraction":
        return Fraction(0)
    if kind == "callable":
        return lambda *given: None
    if kind == "coroutine":
        return _closed_coroutine()
    return type(name, (), {})()


def _closed_coroutine() -> Any:
    async def nothing() -> None:
        return None

    made = nothing()
    made.close()  # nobody awaits it, and Python need not say so
    return made
