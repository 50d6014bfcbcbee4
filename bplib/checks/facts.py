"""What can be measured about a wrong answer: a ratio, a sign, a transpose, the row that is wrong.

Facts describe; they never decide.  A fact is stated with its cause ("7 is the batch size") only if
it holds in every case.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from .compare import FLOAT32_TOLERANCE, relative_error
from .kinds import Part
from .sizes import number, what_is

_MATCH = 1e-6  # relative error within which a measured relation counts as exact
_NEARLY_ONE = 5e-3
_LAST_OF_A_NUMBER = 1e-5
_LAST_DIGITS = 1e-4  # relative error of each entry up to which "the last digits" is fair
_ENTRY_RIGHT = 1e-8  # of the array's scale, up to which an entry is called right

Sizes = dict[str, int]


def _same(answer: np.ndarray, expected: np.ndarray) -> bool:
    return answer.shape == expected.shape and relative_error(answer, expected) <= _MATCH


def shape_fact(part: Part, sizes: Sizes) -> str:
    """What is wrong with a shape."""
    a, e = part.answer, part.expected
    if e.shape == ():
        text = f"returns shape {a.shape}; a single number is due"
        if a.size == 1 and _same(a.reshape(()), e):
            return text + "; the number inside is right (`.item()` takes it out)"
        if a.size and _same(a.sum().reshape(()), e):
            return text + "; the sum of its entries is the right number"
        if a.size and _same(a.mean().reshape(()), e):
            return text + "; the mean of its entries is the right number"
        return text
    if a.shape == ():
        text = f"returns a single number; shape {e.shape} is due"
        for word, collapsed in (("sum", e.sum()), ("mean", e.mean())):
            if _same(a, np.asarray(collapsed)):
                return text + f"; it is the {word} of the right entries"
        return text
    text = f"returns shape {a.shape}; shape {e.shape} is due"
    return text + _relation_of_shapes(a, e, sizes)


def _relation_of_shapes(a: np.ndarray, e: np.ndarray, sizes: Sizes) -> str:
    if a.ndim > 1 and _same(a.T, e):
        return "; the values are right once it is transposed"
    if a.size == e.size and _same(a.reshape(e.shape), e):
        return f"; the values are right, but {_axes(a.ndim - e.ndim)}"
    for axis in range(a.ndim if a.size else 0):
        if a.ndim == e.ndim + 1 and a.shape[:axis] + a.shape[axis + 1 :] == e.shape:
            length = f"axis {axis}, of length {_size(a.shape[axis], sizes)}"
            if _same(a.sum(axis=axis), e):
                return f"; summed over {length}, the values are right"
            if _same(a.mean(axis=axis), e):
                return f"; averaged over {length}, the values are right"
    if a.ndim == 2 and e.ndim == 1 and a.shape == (len(e), len(e)):
        return f". Did shapes {(len(e), 1)} and {e.shape} meet and broadcast?"
    m = sizes.get("m")
    if a.shape == (*e.shape, m):
        return f". Did shapes {(m, 1)} and {(m,)} meet on the way and broadcast to {(m, m)}?"
    return ""


def _axes(surplus: int) -> str:
    """What is wrong with an answer that is right once it is reshaped."""
    if surplus == 0:
        return "laid out in another shape"
    return "with an axis too many" if surplus > 0 else "with an axis too few"


def _size(length: int, sizes: Sizes) -> str:
    letters = [letter for letter, size in sizes.items() if size == length]
    if len(letters) != 1:
        return str(length)
    return f"{length}, which is {what_is(length, letters[0]).split(' is ', 1)[1]}"


def order_fact(cases: Sequence[Sequence[Part]]) -> str | None:
    """Whether the returned things are right in another order, the same one in every case."""
    parts = cases[0]
    if not 2 <= len(parts) <= 5 or not all(isinstance(part.key, int) for part in parts):
        return None
    as_given = tuple(range(len(parts)))
    if all(_in_order(one, as_given) for one in cases):  # what differs is smaller than any order
        return None
    for order in itertools.permutations(as_given):
        if order != as_given and all(_in_order(one, order) for one in cases):
            names = ", ".join(str(part.name) for part in parts)
            return f"the values are right, but not in this order: `return {names}`"
    return None


def _in_order(parts: Sequence[Part], order: tuple[int, ...]) -> bool:
    return len(parts) == len(order) and all(
        _same(parts[j].answer, part.expected) for j, part in zip(order, parts, strict=True)
    )


def finite_fact(part: Part) -> str:
    """Where the answer is NaN or infinite."""
    a = part.answer
    bad = ~np.isfinite(a)
    what = "NaN" if np.isnan(a[bad]).any() else "infinity"
    if a.shape == ():
        return f"returns {what}"
    if bad.all():
        return f"every entry is {what}"
    first = tuple(int(i) for i in np.argwhere(bad)[0])
    if bad.sum() == 1:
        return f"1 of {a.size} entries is {what}, at {index(first)}"
    return f"{int(bad.sum())} of {a.size} entries are {what}, the first at {index(first)}"


def sentence(fact: str) -> str:
    """The fact with its full stop, where it does not end in a question."""
    return fact if fact.endswith((".", "?")) else f"{fact}."


def value_fact(part: Part, case: int, history: Sequence[tuple[Part, Sizes]]) -> str:
    """What is wrong with the values in this case; `history` has the same part of every case."""
    a, e = part.answer, part.expected
    sizes = history[case][1]
    if a.ndim and part.integers and not _same(a, e) and np.any(e != np.round(e)):
        return (
            "the values are whole numbers, the right ones are not: is an array of integers made, "
            "or a mask returned?"
        )
    if a.shape == ():
        return _scalar_fact(part, case, history)
    start = f"shape {a.shape} is right; "
    return start + (_ratio_fact(part, sizes, history) or _array_fact(a, e, part.single))


def _scalar_fact(part: Part, case: int, history: Sequence[tuple[Part, Sizes]]) -> str:
    a, e = float(part.answer), float(part.expected)
    cause = _cause(part, history[case][1], history)
    text = f"returns {number(a)}; {number(e)} is due"
    if cause is not None:
        what = cause.removeprefix("is ").replace("has the", "with the", 1)
        return f"returns {number(a)}, {what}; {number(e)} is due"
    alike = number(a) == number(e)
    if alike:
        text = f"returns {a!r}; {e!r} is due".replace("-", "−")
    pairs = _numbers(history)
    if all(rounded(x, y) or x == y for x, y in pairs):
        return text + ", so yours is rounded: return all its digits"
    if abs(a - e) <= _LAST_OF_A_NUMBER * abs(e):
        return text + ", so only the last digits differ"
    return text + (
        ": the first digits agree, the later ones do not" if alike else _kinship(a, e, pairs)
    )


def _numbers(history: Sequence[tuple[Part, Sizes]]) -> list[tuple[float, float]]:
    """(answer, right one) of every case in which both are a number."""
    parts = [part for part, _ in history if part.answer.shape == part.expected.shape == ()]
    return [(float(part.answer), float(part.expected)) for part in parts]


def _kinship(a: float, e: float, pairs: Sequence[tuple[float, float]]) -> str:
    """How a wrong number is made from the right one, where that is plain to see.

    4 is due, and 2 is said: that is a root by chance, unless the other wrong ones are roots too.
    """
    wrong = [(x, y) for x, y in pairs if x != y and y not in (0.0, 1.0)]
    for made, least, words in (
        (lambda y: -y, 1, "the size is right, the sign is not"),
        (lambda y: 1 / y, 1, "yours is one over it"),
        (lambda y: y * y, 2, "yours is its square"),
        (lambda y: y**0.5 if y > 0 else np.nan, 2, "yours is its root"),
    ):
        if len(wrong) >= least and all(abs(x - made(y)) <= _MATCH * abs(x) for x, y in wrong):
            return f": {words}"
    return ""


def rounded(a: float, e: float) -> bool:
    """Whether a is e with fewer digits after the point, one at least: 33.2 for 33.213."""
    if not np.isfinite([a, e]).all() or a == e:
        return False
    digits = len(repr(a).partition(".")[2])
    return "e" not in repr(a) and digits <= 6 and a != 0 and round(e, digits) == a


def _ratio(a: np.ndarray, e: np.ndarray) -> float | None:
    """The number r with a = r·e, if there is one."""
    scale = float(np.abs(e).max(initial=0.0))
    if scale == 0.0 or not np.isfinite(a).all():
        return None
    unit = e / scale
    r = float((a / scale * unit).sum() / (unit * unit).sum())
    if r == 0.0 or abs(r - 1) < _NEARLY_ONE:  # a ratio of "1.00" would say nothing
        return None
    return r if relative_error(a, r * e) <= _MATCH else None


def _ratio_fact(part: Part, sizes: Sizes, history: Sequence[tuple[Part, Sizes]]) -> str | None:
    if not np.any(part.answer) and np.any(part.expected):
        return "every entry is 0"
    r = _ratio(part.answer, part.expected)
    if r is None:
        return None
    cause = _cause(part, sizes, history)
    return f"every entry {cause}" if cause else f"every entry {_times(r)} in this case"


def _cause(part: Part, sizes: Sizes, history: Sequence[tuple[Part, Sizes]]) -> str | None:
    """The ratio in words, if one rule explains it in every case."""
    ratios = [
        (_ratio(one.answer, one.expected), letters)
        for one, letters in history
        if one.answer.shape == one.expected.shape and np.any(one.expected)
    ]
    if len(ratios) < 2 or any(r is None for r, _ in ratios):
        return None
    here = _ratio(part.answer, part.expected)
    if here is None:
        return None
    if all(abs(r / here - 1) <= _MATCH for r, _ in ratios):  # type: ignore[operator]
        return _times(here)
    for rule, words in _rules(sizes):
        if all(rule(letters) and abs(r / rule(letters) - 1) <= _MATCH for r, letters in ratios):  # type: ignore[operator]
            return f"{_times(here)}, and {words}"
    return None


def _rules(sizes: Sizes) -> Iterator[tuple[Callable[[Sizes], float], str]]:
    """Ratios that a size or two explain, as functions of a case's sizes, with their words."""
    factors = (1.0, 2.0, 0.5, -1.0, -2.0, -0.5)
    for letter, power, factor in itertools.product(sizes, (1, -1, 2, -2), factors):
        yield partial(_power, factor, letter, power), what_is(sizes[letter], letter)
    for letter, power in itertools.product(sizes, (1, -1)):
        m = sizes[letter]
        yield partial(_less_one, letter, power), f"{m}/{m - 1} is {letter}/({letter} − 1)"
    for upper, lower in itertools.permutations(sizes, 2):
        yield partial(_quotient, upper, lower), f"{sizes[upper]}/{sizes[lower]} is {upper}/{lower}"


def _power(factor: float, letter: str, power: int, sizes: Sizes) -> float:
    return factor * float(sizes.get(letter, 0) or np.inf) ** power


def _less_one(letter: str, power: int, sizes: Sizes) -> float:
    m = sizes.get(letter, 0)
    return (m / (m - 1)) ** power if m > 1 else np.inf


def _quotient(upper: str, lower: str, sizes: Sizes) -> float:
    return sizes.get(upper, 0) / (sizes.get(lower, 0) or np.inf)


def _times(r: float) -> str:
    """A ratio in words: "is 7.00 times too large", "has the wrong sign"."""
    size = abs(r)
    if abs(size - 1) <= _MATCH:
        return "has the wrong sign"
    times = max(size, 1 / size)
    count = f"{times:.2f}" if times < 1000 else number(times)
    much = f"{count} times too {'large' if size > 1 else 'small'}"
    return f"has the wrong sign and is {much}" if r < 0 else f"is {much}"


def _array_fact(a: np.ndarray, e: np.ndarray, single: bool) -> str:
    if all(rounded(float(x), float(y)) or x == y for x, y in zip(a.flat, e.flat, strict=True)):
        return f"its entries are rounded: return all their digits; {_worst(a, e)}"
    if np.all(np.abs(a - e) <= _LAST_DIGITS * np.abs(e)):
        return f"only the last digits differ; {_worst(a, e)}"
    if a.ndim == 2 and a.shape[0] == a.shape[1] and _same(a.T, e):
        return "the values are right once it is transposed"
    for axis in range(a.ndim):
        if _same(np.flip(a, axis), e):
            return f"the entries along axis {axis} are right but in reverse order"
    if _same(np.sort(a, axis=None), np.sort(e, axis=None)):
        return "the right values are all there, in other places"
    if _same(np.abs(a), np.abs(e)):
        wrong = np.sign(a) != np.sign(e)
        return f"{int(wrong.sum())} of {a.size} entries have the wrong sign, the others are right"
    offset = a - e
    if _same(offset, np.full_like(offset, offset.flat[0])):
        much = number(abs(offset.flat[0]))
        return f"every entry is {much} too {'large' if offset.flat[0] > 0 else 'small'}"
    return _place_fact(a, e, FLOAT32_TOLERANCE if single else _ENTRY_RIGHT)


def _worst(a: np.ndarray, e: np.ndarray) -> str:
    """The entry that is furthest off, with as many digits as show it."""
    place = tuple(int(i) for i in np.unravel_index(np.abs(a - e).argmax(), a.shape))
    mine, due = number(a[place]), number(e[place])
    if mine == due:
        mine, due = (f"{float(one):.12g}".replace("-", "−") for one in (a[place], e[place]))
    return f"at {index(place)} it is {mine}; {due} is due"


def _place_fact(a: np.ndarray, e: np.ndarray, tolerance: float) -> str:
    """Which entries are wrong: a row, a column, one entry, or most of them."""
    wrong = np.abs(a - e) > tolerance * np.abs(e).max()
    for axis, word in ((1, "row"), (0, "column")):
        lines = wrong.any(axis=axis) if a.ndim == 2 else np.ones(1, dtype=bool)
        if not lines.all() and wrong.all(axis=axis).sum() == lines.sum():
            places = ", ".join(str(i) for i in np.flatnonzero(lines)[:6])
            one = lines.sum() == 1
            which = f"{word} {places} is wrong" if one else f"{word}s {places} are wrong"
            return f"{which}, the other {word}s are right"
    at = _worst(a, e)
    count = int(wrong.sum())
    if count == a.size:
        return f"every entry is wrong; {at}"
    if count == 0:
        return f"only the last digits differ; {at}"
    others = "the others are right" if a.size - count > 1 else "the other one is right"
    return f"{count} of {a.size} entries {'is' if count == 1 else 'are'} wrong; {at}; {others}"


def index(place: tuple[int, ...]) -> str:
    """An index as one writes it: [3] or [0, 2]."""
    return f"[{', '.join(str(i) for i in place)}]"
