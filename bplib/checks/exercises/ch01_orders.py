"""Chapter 1: putting a graph in order."""

import numpy as np

from ..declare import Exercise, Misconception


def depth_first(parents):
    order, seen = [], set()

    def visit(name):
        if name not in seen:
            seen.add(name)
            for parent in parents[name]:
                visit(parent)
            order.append(name)

    for name in parents:
        visit(name)
    return order


def _take_what_is_ready(parents):
    order: list[str] = []
    while len(order) < len(parents):
        for name in parents:
            if name not in order and all(parent in order for parent in parents[name]):
                order.append(name)
    return order


def _count_down(parents):
    waiting = {name: len(set(above)) for name, above in parents.items()}
    ready = [name for name, count in waiting.items() if count == 0]
    for name in ready:
        for other, above in parents.items():
            if name in above:
                waiting[other] -= 1
                if waiting[other] == 0:
                    ready.append(other)
    return ready


def by_longest_path(parents):
    def depth(name):
        return 1 + max((depth(parent) for parent in parents[name]), default=0)

    return tuple(sorted(parents, key=depth))


def _ends(parents):
    used = {parent for above in parents.values() for parent in above}
    return [name for name in parents if name not in used]


def _nearest_the_end_last(parents):
    """Level by level from the end, turned round: wrong where a name is used near and far."""
    level, seen = _ends(parents), []
    while level:
        seen += level
        above = [parent for name in level for parent in parents[name]]
        level = [name for name in dict.fromkeys(above) if name not in seen]
    return seen[::-1]


def _once_for_every_path(parents):
    order = []

    def visit(name):
        for parent in parents[name]:
            visit(parent)
        order.append(name)

    for name in _ends(parents):
        visit(name)
    return order


def _from_the_first_name(parents):
    order, seen = [], set()

    def visit(name):
        if name not in seen:
            seen.add(name)
            for parent in parents[name]:
                visit(parent)
            order.append(name)

    visit(next(iter(parents)))
    return order


def _parents_first_one_level(parents):
    order = []
    for name, above in parents.items():
        order += [one for one in (*above, name) if one not in order]
    return list(dict.fromkeys(order))


def _itself_first(parents):
    order, seen = [], set()

    def visit(name):
        if name not in seen:
            seen.add(name)
            order.append(name)
            for parent in parents[name]:
                visit(parent)

    for name in parents:
        visit(name)
    return order


def _judge_order(answer, expected, parents):
    """True for any order in which everyone stands once and after their parents."""
    if not isinstance(answer, list | tuple | np.ndarray):
        return f"a list of names is wanted, and you return {type(answer).__name__}."
    names = list(answer)
    for name in names:
        if not isinstance(name, str) or name not in parents:
            return f"{name!r} is in your order, but it is no name of the graph."
    for name in parents:
        if name not in names:
            return f"'{name}' is missing; {len(parents)} names are wanted."
        if names.count(name) > 1:
            often = {2: "twice"}.get(names.count(name), f"{names.count(name)} times")
            return f"'{name}' stands {often} in your order; once is wanted."
    for name in names:
        for parent in parents[name]:
            if names.index(parent) > names.index(name):
                return f"'{name}' stands before '{parent}', which it is made from."
    return True


def _shuffled(parents, rng):
    names = list(parents)
    rng.shuffle(names)
    return {name: parents[name] for name in names}


def _last_first(parents):
    return {name: parents[name] for name in reversed(list(parents))}


_ORDER = {
    "cups": (),
    "per_cup": ("cups",),
    "price": ("per_cup", "cups"),
    "total": ("price",),
}
_SHORTCUT = {
    "p": (),
    "k": ("p",),
    "m": ("k", "k"),
    "c": ("m", "p"),
    "x": (),
    "b": ("x", "c"),
    "a": ("b", "p"),
}


def _random_parents(rng, n, letters):
    names = [str(name) for name in rng.permutation(list(letters))[:n]]
    parents: dict[str, tuple[str, ...]] = {names[0]: (), names[1]: ()}
    for k in range(2, n):
        far = names[int(rng.integers(0, k - 1))]
        parents[names[k]] = (names[k - 1], far) if rng.random() < 0.5 else (far, names[k - 1])
    return parents


def _graph_to_order(rng, i):
    if i == 0:
        return (_last_first(_ORDER),)
    if i == 1:
        return (_last_first(_SHORTCUT),)
    sizes = (0, 0, 5, 8, 9, 12)
    return (_shuffled(_random_parents(rng, sizes[i], "abcdefghjklmnpqrstuvwxyz"), rng),)


TOPOLOGICAL_ORDER = Exercise(
    name="topological_order",
    chapter=1,
    minutes=20,
    statement=(
        "parents maps the name of every node to the names of its parents, which is an empty tuple "
        "for an input. Return a list of all names, each once and each after its parents. Any such "
        "order is right."
    ),
    reference=depth_first,
    cases=_graph_to_order,
    case_note=lambda parents: f"{len(parents)} nodes",
    returns=("order",),
    accept=_judge_order,
    equivalents=(_take_what_is_ready, _count_down, by_longest_path),
    misconceptions=(
        Misconception(
            "order-of-the-dictionary",
            "this is the order in which the dictionary happens to hold the names.",
            lambda parents: list(parents),
        ),
        Misconception(
            "ends-first",
            "this is the order of the way back. Turn it round.",
            lambda parents: depth_first(parents)[::-1],
        ),
        Misconception(
            "alphabetical",
            "the names are sorted by the alphabet, which knows nothing of the graph.",
            lambda parents: sorted(parents),
        ),
        Misconception(
            "fewest-parents-first",
            "the names are sorted by how many parents they have. A node with one parent may still "
            "come late.",
            lambda parents: sorted(parents, key=lambda name: len(parents[name])),
        ),
        Misconception(
            "nearest-the-end-last",
            "the names are sorted by their shortest way to the end. A name that is used near the "
            "end and far from it has to come before both.",
            _nearest_the_end_last,
        ),
        Misconception(
            "once-for-every-path",
            "a name is written down every time it is met. Remember who was visited.",
            _once_for_every_path,
        ),
        Misconception(
            "itself-before-its-parents",
            "each name is written down before its parents are visited instead of after.",
            _itself_first,
        ),
        Misconception(
            "parents-but-not-theirs",
            "the parents of each name are written down before it, but whether their own parents "
            "are there already was not asked.",
            _parents_first_one_level,
        ),
        Misconception(
            "inputs-left-out",
            "the inputs, which have no parents, are left out.",
            lambda parents: [name for name in depth_first(parents) if parents[name]],
        ),
        Misconception(
            "dictionary-turned-round",
            "this is the order of the dictionary turned round, which fits by luck where the end "
            "stands first.",
            lambda parents: list(parents)[::-1],
        ),
        Misconception(
            "one-start-only",
            "the walk starts at the first name alone and misses whoever does not lead there. Start "
            "it at every name.",
            _from_the_first_name,
        ),
    ),
    hints=(
        "Nobody may be written down before all of their parents are.",
        "Two ways that work: visit parents first and write a name down on leaving it; or write "
        "down, again and again, whoever has all parents written down already.",
        "For the first way you need a set of names already visited, a function that calls itself "
        "for each parent and only then appends its own name, and a loop that starts it for "
        "every name.",
    ),
    another="""
def topological_order(parents):
    order, waiting = [], dict(parents)
    while waiting:
        ready = [name for name in waiting if all(p in order for p in waiting[name])]
        order += ready
        for name in ready:
            del waiting[name]
    return order
""",
    after=(
        "A depth-first search, or Kahn's method of 1962 if you took whoever was ready: both look "
        "at each wire once."
    ),
)
