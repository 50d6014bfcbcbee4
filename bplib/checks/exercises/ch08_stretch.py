"""Chapter 8: the way back of broadcasting."""

import numpy as np

from ..declare import Exercise, Misconception


def _axes(dz, shape):
    """The axes that were put in front, and those of length 1 that were repeated."""
    front = dz.ndim - len(shape)
    ones = [front + i for i, size in enumerate(shape) if size == 1 and dz.shape[front + i] != 1]
    return tuple(range(front)), tuple(ones)


def _reduced(how):
    """A way back that puts the copies together by `how` instead of by a sum."""

    def unstretch(dz, shape):
        front, ones = _axes(dz, shape)
        return how(dz, axis=front + ones).reshape(shape)

    return unstretch


_unstretch = _reduced(np.sum)


def _one_axis_after_another(dz, shape):
    while dz.ndim > len(shape):
        dz = dz.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            dz = dz.sum(axis=axis, keepdims=True)
    return dz


def _entry_by_entry(dz, shape):
    out = np.zeros(shape)
    padded = (1,) * (dz.ndim - len(shape)) + tuple(shape)
    for index in np.ndindex(dz.shape):
        place = tuple(0 if size == 1 else i for i, size in zip(index, padded, strict=True))
        out[place[dz.ndim - len(shape) :]] += dz[index]
    return out


def _by_where_it_came_from(dz, shape):
    """Stretch the numbers of the places, and count into them."""
    size = int(np.prod(shape))
    places = np.broadcast_to(np.arange(size).reshape(shape), dz.shape)
    return np.bincount(places.ravel(), weights=dz.ravel(), minlength=size).reshape(shape)


def _front_only(dz, shape):
    return dz.sum(axis=_axes(dz, shape)[0])


def _ones_only(dz, shape):
    ones = _axes(dz, shape)[1]
    return dz.sum(axis=ones, keepdims=True) if ones else dz.copy()


def _axis_dropped(dz, shape):
    front, ones = _axes(dz, shape)
    return dz.sum(axis=front + ones)


def _first_axis(dz, shape):
    return dz.sum(axis=0)


def _everything(dz, shape):
    return np.full(shape, dz.sum())


def _first_copy(dz, shape):
    front, ones = _axes(dz, shape)
    index = tuple(0 if axis in front + ones else slice(None) for axis in range(dz.ndim))
    return dz[index].reshape(shape).copy()


def _last_copy(dz, shape):
    front, ones = _axes(dz, shape)
    index = tuple(-1 if axis in front + ones else slice(None) for axis in range(dz.ndim))
    return dz[index].reshape(shape).copy()


def _cut_off(dz, shape):
    return dz.ravel()[: int(np.prod(shape))].reshape(shape).copy()


def _from_behind(dz, shape):
    while dz.ndim > len(shape):
        dz = dz.sum(axis=-1)
    for axis, size in enumerate(shape):
        if size == 1:
            dz = dz.sum(axis=axis, keepdims=True)
    return dz


def _counted(dz, shape):
    return np.full(shape, dz.size / max(int(np.prod(shape)), 1))


_SHAPES = (
    ((7, 3), (3,)),
    ((7, 3), (7, 1)),
    ((5, 7, 3), (7, 1)),
    ((4, 7, 3), (3,)),
    ((5, 3, 4), (5, 1, 4)),
    ((6, 7, 3), (1, 3)),
    ((7, 5), ()),
)


def _stretched(rng, i):
    full, shape = _SHAPES[i]
    return rng.normal(size=full) * (1e-9 if i == 3 else 1.0), shape


UNSTRETCH = Exercise(
    name="unstretch",
    chapter=8,
    minutes=10,
    statement=(
        "An array of this shape was stretched by broadcasting, and dz is the gradient of the "
        "stretched one. Return the gradient of the array before stretching."
    ),
    reference=_unstretch,
    cases=_stretched,
    n_cases=7,
    case_note=lambda dz, shape: f"from {dz.shape} to {shape}",
    returns=("dx",),
    equivalents=(_one_axis_after_another, _entry_by_entry, _by_where_it_came_from),
    misconceptions=(
        Misconception(
            "averaged",
            "the copies are averaged. Each of them moves by the whole nudge, so they add.",
            _reduced(np.mean),
        ),
        Misconception(
            "front-only",
            "the axes in front are summed, those of length 1 are not.",
            _front_only,
        ),
        Misconception(
            "ones-only",
            "the axes of length 1 are summed, those that were put in front are not.",
            _ones_only,
        ),
        Misconception(
            "axis-dropped",
            "an axis that had length 1 is gone. Keep it, with length 1.",
            _axis_dropped,
        ),
        Misconception(
            "first-axis-always",
            "always the first axis is summed. Which ones were stretched stands in the two shapes.",
            _first_axis,
        ),
        Misconception(
            "everything",
            "every entry gets the sum over all of dz. An entry has its own copies only.",
            _everything,
        ),
        Misconception(
            "first-copy",
            "one copy, the first, is taken for all. Every copy sends a gradient back.",
            _first_copy,
        ),
        Misconception(
            "last-copy",
            "one copy, the last, is left over: later ones replace earlier ones. Add them.",
            _last_copy,
        ),
        Misconception(
            "cut-off",
            "dz is cut to the right number of entries. Which entries belong together stands in the "
            "two shapes.",
            _cut_off,
        ),
        Misconception(
            "from-behind",
            "the missing axes are taken from behind. Broadcasting puts them in front.",
            _from_behind,
        ),
        Misconception(
            "copies-counted",
            "this is how many copies there are. What they send back stands in dz.",
            _counted,
        ),
        Misconception(
            "largest",
            "of the copies the largest is taken. They all send a gradient back: add them.",
            _reduced(np.max),
        ),
    ),
    hints=(
        "Stretching uses a number several times, and over uses gradients add. So it is all sums; "
        "the question is over which axes.",
        "Two kinds: the axes that dz has more than `shape`, which stand in front, and the axes "
        "where `shape` says 1.",
        "First sum away axis 0 as long as dz has too many axes. Then go through `shape`, and where "
        "it says 1, sum over that axis with keepdims=True.",
    ),
    another="""
def unstretch(dz, shape):
    padded = (1,) * (dz.ndim - len(shape)) + tuple(shape)
    axes = tuple(axis for axis, size in enumerate(padded) if size == 1)
    return dz.sum(axis=axes).reshape(shape)  # reshape brings back axes of length 1
""",
    after="With it, a pair written for plain arrays is right for stretched ones too.",
)
