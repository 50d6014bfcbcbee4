"""Chapter 8: a whole tape, for programs on arrays."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..declare import Exercise, Misconception

_FORWARD: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "multiply": lambda x, y: x * y,
    "matmul": lambda x, y: x @ y,
    "tanh": np.tanh,
    "sum": np.sum,
}


def _sum_to(dz, shape, how=np.sum):
    front = dz.ndim - len(shape)
    ones = [front + i for i, size in enumerate(shape) if size == 1 and dz.shape[front + i] != 1]
    axes = tuple(range(front)) + tuple(ones)
    return how(dz, axis=axes).reshape(shape) if axes else dz


_BACKWARD: dict[str, Callable[..., tuple]] = {
    "add": lambda dz, z, x, y: (dz, dz),
    "multiply": lambda dz, z, x, y: (dz * y, dz * x),
    "matmul": lambda dz, z, x, y: (dz @ y.T, x.T @ dz),
    "tanh": lambda dz, z, x: (dz * (1 - z**2),),
    "sum": lambda dz, z, x: (dz * np.ones(x.shape),),
}


def _walk(
    program,
    inputs,
    *,
    rules=None,
    unstretch=_sum_to,
    latest_values=False,
    by_name=False,
    latest_gradients=False,
    collect="add",
    start=lambda end: np.ones(()),
):
    """A tape with parts that can be exchanged for wrong ones."""
    backward = {**_BACKWARD, **(rules or {})}
    values = {name: np.asarray(value) for name, value in inputs.items()}
    current = {name: name for name in inputs}  # which note a name stands for at the moment
    notes = []
    for step, (result, operation, arguments) in enumerate(program):
        origins = [current[name] for name in arguments]
        given = [values[name] for name in arguments]
        values[result] = _FORWARD[operation](*given)
        current[result] = result if by_name else step
        note = result, current[result], operation, arguments, origins, given, values[result]
        notes.append(note)
    found = {notes[-1][1]: start(notes[-1][-1])}
    for result, place, operation, arguments, origins, given, value in reversed(notes):
        if place not in found:
            continue
        if latest_values:
            given, value = [values[name] for name in arguments], values[result]
        sent = backward[operation](found[place], value, *given)
        sent = [unstretch(one, x.shape) for one, x in zip(sent, given, strict=True)]
        pairs = list(zip(origins, sent, strict=True))
        if collect == "once":
            pairs = list(dict(pairs).items())
        for origin, one in pairs:
            if origin not in found or collect == "replace":
                found[origin] = one
            elif collect == "in place":
                found[origin] += one
            else:
                found[origin] = found[origin] + one
    keys = {name: current[name] if latest_gradients else name for name in inputs}
    return {
        name: np.array(found.get(keys[name], np.zeros(np.shape(value))))
        for name, value in inputs.items()
    }


def _tape_gradients(program, inputs):
    return _walk(program, inputs)


def _with(**parts):
    return lambda program, inputs: _walk(program, inputs, **parts)


class _Noted:
    def __init__(self, value, parents=(), back=None):
        self.value, self.parents, self.back = value, parents, back


def _with_objects(program, inputs):
    """Numbers that remember, and a recursion that asks each one for its gradient."""
    leaves = {name: _Noted(np.asarray(value)) for name, value in inputs.items()}
    names = dict(leaves)
    users: dict[_Noted, list] = {}
    for result, operation, arguments in program:
        parents = [names[name] for name in arguments]
        node = _Noted(_FORWARD[operation](*[p.value for p in parents]), parents, operation)
        for place, parent in enumerate(parents):
            users.setdefault(parent, []).append((node, place))
        names[result] = end = node
    known = {end: np.ones(())}

    def gradient(node):
        if node not in known:
            known[node] = np.zeros(node.value.shape)
            for user, place in users.get(node, []):
                given = [parent.value for parent in user.parents]
                sent = _BACKWARD[user.back](gradient(user), user.value, *given)[place]
                known[node] = known[node] + _sum_to(sent, node.value.shape)
        return known[node]

    return {name: gradient(leaf) for name, leaf in leaves.items()}


def _renamed(program, inputs):
    """Give every result a name of its own first; then names and values are one."""
    latest, single = {name: (name, -1) for name in inputs}, []
    for step, (result, operation, arguments) in enumerate(program):
        single.append(((result, step), operation, tuple(latest[name] for name in arguments)))
        latest[result] = (result, step)
    return {
        name: gradient
        for (name, _), gradient in _walk(
            single, {(name, -1): value for name, value in inputs.items()}
        ).items()
    }


def _nudged(program, inputs):
    """The complex step, entry by entry: slow, and it knows nothing of tapes."""
    found = {}
    for name, value in inputs.items():
        found[name] = np.zeros(np.shape(value))
        for index in np.ndindex(np.shape(value)):
            values = {other: np.asarray(one, dtype=complex) for other, one in inputs.items()}
            values[name][index] += 1e-30j
            for result, operation, arguments in program:
                values[result] = _FORWARD[operation](*[values[each] for each in arguments])
            found[name][index] = np.imag(values[result]) / 1e-30
    return found


_LAYER = [
    ("z", "matmul", ("x", "W")),
    ("z", "add", ("z", "b")),
    ("a", "tanh", ("z",)),
    ("q", "multiply", ("a", "a")),
    ("loss", "sum", ("q",)),
]
_NAME_TAKEN = [
    ("x", "multiply", ("x", "x")),
    ("x", "tanh", ("x",)),
    ("y", "multiply", ("x", "w")),
    ("y", "add", ("y", "x")),
    ("y", "sum", ("y",)),
]
_RESIDUAL = [
    ("h", "matmul", ("x", "W")),
    ("h", "tanh", ("h",)),
    ("h", "add", ("h", "x")),
    ("r", "multiply", ("h", "x")),
    ("h", "add", ("r", "h")),
    ("loss", "sum", ("h",)),
]
_STRETCHED = [
    ("p", "multiply", ("column", "row")),
    ("p", "add", ("p", "one")),
    ("q", "tanh", ("p",)),
    ("p", "multiply", ("q", "p")),
    ("end", "sum", ("p",)),
]
_SHARED = [
    ("w", "multiply", ("a", "c")),
    ("y", "add", ("a", "b")),
    ("y", "add", ("w", "y")),
    ("y", "sum", ("y",)),
]


def _normal(rng, **shapes):
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def _random_program(rng, steps):
    names, program = ["a", "b", "c"], []
    for _ in range(steps):
        operation = str(rng.choice(["add", "multiply", "tanh"]))
        count = 1 if operation == "tanh" else 2
        arguments = tuple(str(name) for name in rng.choice(names, size=count))
        program.append((str(rng.choice(["a", "b", "c", "d"])), operation, arguments))
        names = sorted({*names, program[-1][0]})
    for name in names[1:]:
        program.append(("d" if "d" in names else "a", "add", (names[0], name)))
        names[0] = program[-1][0]
    return [*program, ("d", "sum", (names[0],))]


def _program(rng, i):
    if i == 0:
        return _LAYER, _normal(rng, x=(7, 3), W=(3, 5), b=5)
    if i == 1:
        return _NAME_TAKEN, _normal(rng, x=(4, 3), w=3)
    if i == 2:
        return _RESIDUAL, _normal(rng, x=(5, 3), W=(3, 3))
    if i == 3:
        return _STRETCHED, _normal(rng, column=(7, 1), row=3, one=(), unused=4)
    if i == 4:
        return _SHARED, _normal(rng, a=(4, 3), b=(4, 3), c=(4, 3))
    return _random_program(rng, 6), _normal(rng, a=(5, 3), b=(5, 3), c=3)


TAPE_GRADIENTS = Exercise(
    name="tape_gradients",
    chapter=8,
    minutes=90,
    statement=(
        "program is a list of steps (result, operation, arguments), to be run in this order: "
        "result is a name, arguments a tuple of names. The operations are 'add' and 'multiply', "
        "which may stretch, 'matmul', 'tanh' and 'sum', of all entries. inputs maps names to "
        "arrays. A step may give a name to something new, also that of an input. The last step "
        "makes one number. Return its gradient with respect to every input, under its name, of "
        "its shape; zeros where no path leads to the end."
    ),
    reference=_tape_gradients,
    cases=_program,
    case_note=lambda program, inputs: f"{len(program)} steps, the last {program[-1][1]}",
    returns=("gradients",),
    equivalents=(_with_objects, _renamed, _nudged),
    misconceptions=(
        Misconception(
            "latest-values",
            "where a name was given to something new, the way back works with the new value. Keep, "
            "with each step, the values that it worked with.",
            _with(latest_values=True),
        ),
        Misconception(
            "gradients-by-name",
            "where a name was given to something new, the gradients of the old and the new are one "
            "heap. They are two things that share a name.",
            _with(by_name=True),
        ),
        Misconception(
            "latest-gradients",
            "where an input's name was given to something new, the gradient of the new one is "
            "returned. The input itself is asked for.",
            _with(latest_gradients=True),
        ),
        Misconception(
            "overwritten",
            "where a value is used twice, the second gradient replaces the first. Add them.",
            _with(collect="replace"),
        ),
        Misconception(
            "same-argument-once",
            "where a step uses the same argument on both sides, one of the two is lost.",
            _with(collect="once"),
        ),
        Misconception(
            "added-in-place",
            "+= writes into an array that somebody else was given too: an add sends one and the "
            "same array to both sides.",
            _with(collect="in place"),
        ),
        Misconception(
            "stretch-forgotten",
            "a gradient has the shape after stretching. Sum it to the shape of what it belongs to.",
            _with(unstretch=lambda dz, shape: dz),
        ),
        Misconception(
            "stretch-averaged",
            "where something was stretched, the copies' gradients are averaged. They add.",
            _with(unstretch=lambda dz, shape: _sum_to(dz, shape, how=np.mean)),
        ),
        Misconception(
            "slope-from-z",
            "the slope of the tanh is 1 − a², from its output; here its input is squared.",
            _with(rules={"tanh": lambda dz, z, x: (dz * (1 - x**2),)}),
        ),
        Misconception(
            "slope-forgotten",
            "the gradient passes through the tanh as if it were not there.",
            _with(rules={"tanh": lambda dz, z, x: (dz + 0.0,)}),
        ),
        Misconception(
            "multiply-not-swapped",
            "each factor got its own value back. A product sends each factor the other one.",
            _with(
                rules={
                    "multiply": lambda dz, z, x, y: (
                        dz * np.broadcast_to(x, dz.shape),
                        dz * np.broadcast_to(y, dz.shape),
                    )
                }
            ),
        ),
        Misconception(
            "add-splits",
            "an add shares its gradient out in halves. Each side gets the whole of it.",
            _with(rules={"add": lambda dz, z, x, y: (dz / 2, dz / 2)}),
        ),
        Misconception(
            "sum-averages",
            "the way back of a sum is divided by the number of entries. Each entry counts in full.",
            _with(rules={"sum": lambda dz, z, x: (dz * np.ones(x.shape) / x.size,)}),
        ),
        Misconception(
            "starts-with-its-value",
            "the way back starts with the end's value. It starts with the end's slope with "
            "respect to itself.",
            _with(start=lambda end: end),
        ),
        Misconception(
            "nothing-to-start-from",
            "every gradient is 0: nothing was put in at the end. How far does the end move for "
            "one unit of itself?",
            _with(start=lambda end: np.zeros(())),
        ),
    ),
    hints=(
        "Two loops. Forward through the program, with a note of each step that holds all the way "
        "back will need; then backward through the notes.",
        "A name may stand for different things at different times. Let each note say which things "
        "went in: the number of the step that made them, or the input's name, and their values.",
        "Per note, from the last: take what arrived for its result; work out what goes to each "
        "argument, with the values of the note; sum it to that argument's shape; and add it, in a "
        "new array, to what has arrived for that thing.",
    ),
    another="""
def tape_gradients(program, inputs):
    slopes = {}
    for name in inputs:  # the complex step: no tape, and one run an entry
        slopes[name] = np.zeros(np.shape(inputs[name]))
        for index in np.ndindex(slopes[name].shape):
            v = {key: np.array(value, complex) for key, value in inputs.items()}
            v[name][index] += 1e-30j
            for result, operation, names in program:
                x, y = v[names[0]], v[names[-1]]
                if operation == "matmul":
                    v[result] = x @ y
                elif operation in ("add", "multiply"):
                    v[result] = x + y if operation == "add" else x * y
                else:
                    v[result] = x.sum() if operation == "sum" else np.tanh(x)
            slopes[name][index] = v[result].imag / 1e-30
    return slopes
""",
    after=(
        "A tape for real programs, names that change hands included. What bplib.tape adds is more "
        "pairs, and sentences."
    ),
)
