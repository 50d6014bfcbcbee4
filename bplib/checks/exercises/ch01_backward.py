"""Chapter 1: a whole backward pass of one's own."""

from ..declare import Exercise, Misconception
from .ch01_orders import by_longest_path, depth_first


def _rates(operation, left, right):
    if operation == "add":
        return 1.0, 1.0
    if operation == "multiply":
        return right, left
    return float(left >= right), float(left < right)


def _backward(graph, values, end, *, rates=_rates, order=None, collect=None, start=1.0, others=0.0):
    """A backward pass with parts that can be exchanged for wrong ones."""
    parents = {name: graph[name][1:] if name in graph else () for name in values}
    gradients = dict.fromkeys(values, others)
    gradients[end] = start
    for name in (order or depth_first)(parents)[::-1]:
        if name in graph:
            operation, left, right = graph[name]
            pair = rates(operation, values[left], values[right])
            sent = [(left, gradients[name] * pair[0]), (right, gradients[name] * pair[1])]
            for parent, gradient in sent if collect is None else collect(sent):
                if collect is _replace:
                    gradients[parent] = gradient
                else:
                    gradients[parent] += gradient
    return gradients


def _replace(sent):
    return sent


def _once_per_parent(sent):
    return list(dict(sent).items())


def _graph_gradients(graph, values, end):
    return _backward(graph, values, end)


def _path_by_path(graph, values, end):
    gradients = dict.fromkeys(values, 0.0)

    def travel(name, gradient):
        gradients[name] += gradient
        if name in graph:
            operation, left, right = graph[name]
            to_left, to_right = _rates(operation, values[left], values[right])
            travel(left, gradient * to_left)
            travel(right, gradient * to_right)

    travel(end, 1.0)
    return gradients


def _send_again(graph, values, end):
    """The recursion that passes on all that has arrived so far, every time it is reached."""
    gradients = dict.fromkeys(values, 0.0)
    gradients[end] = 1.0

    def send(name):
        if name in graph:
            operation, left, right = graph[name]
            to_left, to_right = _rates(operation, values[left], values[right])
            gradients[left] += gradients[name] * to_left
            gradients[right] += gradients[name] * to_right
            send(left)
            send(right)

    send(end)
    return gradients


def _rates_alone(graph, values, end):
    gradients = dict.fromkeys(values, 0.0)
    gradients[end] = 1.0
    for operation, left, right in graph.values():
        to_left, to_right = _rates(operation, values[left], values[right])
        gradients[left] += to_left
        gradients[right] += to_right
    return gradients


def _asking_forwards(graph, values, end):
    """Each node asks for its own slope through everyone who uses it, and remembers the answer."""
    known = {}

    def slope(name):
        if name not in known:
            known[name] = 1.0 if name == end else 0.0
            for user, (operation, left, right) in graph.items():
                to_left, to_right = _rates(operation, values[left], values[right])
                if left == name:
                    known[name] += slope(user) * to_left
                if right == name:
                    known[name] += slope(user) * to_right
        return known[name]

    return {name: slope(name) for name in values}


def _longest_first(graph, values, end):
    parents = {name: graph[name][1:] if name in graph else () for name in values}
    return _backward(graph, values, end, order=lambda _: by_longest_path(parents))


def _with_rates(add=None, multiply=None, maximum=None):
    table = {"add": add, "multiply": multiply, "max": maximum}

    def rates(operation, left, right):
        return (table[operation] or (lambda x, y: _rates(operation, x, y)))(left, right)

    return lambda graph, values, end: _backward(graph, values, end, rates=rates)


_OPERATIONS = {
    "add": lambda x, y: x + y,
    "multiply": lambda x, y: x * y,
    "max": lambda x, y: max(x, y),
}


def _evaluate(graph, values):
    values = dict(values)
    for name, (operation, left, right) in graph.items():
        values[name] = _OPERATIONS[operation](values[left], values[right])
    return values


# Each graph in an order in which it can be calculated; learners get it with the last line first.
_BILL = {
    "less": ("multiply", "rebate", "cups"),
    "per_cup": ("add", "list_price", "less"),
    "price": ("multiply", "per_cup", "cups"),
    "due": ("max", "price", "minimum"),
    "taxed": ("multiply", "factor", "due"),
    "bill": ("add", "taxed", "tip"),
}
_DOUBLED = {"b": ("add", "a", "a"), "c": ("multiply", "b", "b"), "d": ("add", "c", "b")}
_DRAW = {"p": ("multiply", "x", "y"), "q": ("max", "p", "p2"), "f": ("multiply", "q", "x")}
_UNUSED = {
    "u": ("add", "x", "y"),
    "v": ("multiply", "u", "z"),
    "w": ("max", "u", "v"),
    "f": ("multiply", "w", "u"),
    "left_over": ("add", "f", "z"),
}


def _bill_values(rng, i):
    cups, minimum = float(rng.uniform(4, 6)), float(rng.uniform(2, 5) if i == 0 else 30)
    return {
        "cups": cups,
        "rebate": -float(rng.uniform(0.1, 0.2)),
        "list_price": float(rng.uniform(3, 4)),
        "minimum": minimum,
        "factor": float(rng.uniform(1.1, 1.4)),
        "tip": float(rng.uniform(0.5, 1.5)),
    }


def _random_graph(rng, n):
    inputs = [f"x{k}" for k in range(3)]
    names, graph = list(inputs), {}
    for k in range(n):
        left = names[-1] if k else names[0]
        right = names[int(rng.integers(0, len(names)))]
        operation = str(rng.choice(["add", "multiply", "max"]))
        if right == left and operation == "max":
            operation = "add"
        graph[f"n{k}"] = (operation, left, right)
        names.append(f"n{k}")
    values = {name: float(v) for name, v in zip(inputs, rng.uniform(0.3, 1.4, 3), strict=True)}
    return graph, values


def _graph_to_walk(rng, i):
    if i in (0, 1):
        graph, inputs = _BILL, _bill_values(rng, i)
    elif i == 2:
        graph, inputs = _DOUBLED, {"a": float(rng.uniform(1.5, 3))}
    elif i == 3:
        x, y = rng.uniform(1.5, 3, size=2)
        graph, inputs = _DRAW, {"x": float(x), "y": float(y), "p2": float(x) * float(y)}
    elif i == 4:
        x, y, z = rng.uniform(1.5, 3, size=3)
        graph, inputs = _UNUSED, {"x": float(x), "y": float(-y / 4), "z": float(-z)}
    else:
        graph, inputs = _random_graph(rng, 9)
    values = _evaluate(graph, inputs)
    end = "f" if i == 4 else list(graph)[-1]
    order = list(graph)[::-1]  # works on the way back by luck; the middle first never does
    if i % 2:
        order = order[len(order) // 2 :] + order[: len(order) // 2]
    names = [str(name) for name in rng.permutation(list(values))]
    return {name: graph[name] for name in order}, {name: values[name] for name in names}, end


GRAPH_GRADIENTS = Exercise(
    name="graph_gradients",
    chapter=1,
    minutes=90,
    statement=(
        "graph maps the name of each calculated node to (operation, left, right), where operation "
        "is 'add', 'multiply' or 'max' and left and right are names; in no particular order. "
        "values maps the name of every node, inputs included, to its value. Return a dictionary "
        "that maps the name of every node to the slope of values[end] with respect to it; 0 for "
        "a node that does not reach the end. In a draw, the left side of a max wins."
    ),
    reference=_graph_gradients,
    cases=_graph_to_walk,
    case_note=lambda graph, values, end: f"{len(values)} nodes, end '{end}'",
    returns=("gradients",),
    equivalents=(_path_by_path, _asking_forwards, _longest_first),
    misconceptions=(
        Misconception(
            "overwritten",
            "where a node is used twice, the second gradient replaces the first. Add them.",
            lambda graph, values, end: _backward(graph, values, end, collect=_replace),
        ),
        Misconception(
            "sent-again",
            "a node that is used twice passes on, twice, all that has arrived. Wait until its "
            "gradient is complete, then pass it on once.",
            _send_again,
        ),
        Misconception(
            "same-parent-once",
            "where a node uses the same parent on both sides, one of the two is lost.",
            lambda graph, values, end: _backward(graph, values, end, collect=_once_per_parent),
        ),
        Misconception(
            "order-of-the-dictionary",
            "the way back follows the order of the dictionary, which knows nothing of the graph.",
            lambda graph, values, end: _backward(
                graph, values, end, order=lambda parents: list(graph)[::-1]
            ),
        ),
        Misconception(
            "order-of-the-dictionary-reversed",
            "the way back follows the reversed order of the dictionary, which knows nothing of "
            "the graph.",
            lambda graph, values, end: _backward(
                graph, values, end, order=lambda parents: list(graph)
            ),
        ),
        Misconception(
            "order-of-the-values",
            "the walk goes in the order of the values, so the end comes last and nothing gets "
            "further than its own two sides. Walk the other way.",
            lambda graph, values, end: _backward(
                graph, values, end, order=lambda parents: depth_first(parents)[::-1]
            ),
        ),
        Misconception(
            "multiply-not-swapped",
            "each factor got its own value back. A product sends each factor the other one.",
            _with_rates(multiply=lambda x, y: (x, y)),
        ),
        Misconception(
            "add-splits",
            "an add shares its gradient out in halves. Each side gets the whole of it.",
            _with_rates(add=lambda x, y: (0.5, 0.5)),
        ),
        Misconception(
            "max-distributes",
            "both sides of a max get the gradient. Only the larger one does.",
            _with_rates(maximum=lambda x, y: (1.0, 1.0)),
        ),
        Misconception(
            "draw-paid-twice",
            "in a draw both sides of the max get the gradient. One winner: the left.",
            _with_rates(maximum=lambda x, y: (float(x >= y), float(y >= x))),
        ),
        Misconception(
            "draw-to-the-right",
            "in a draw the right side of the max wins. Here the left does.",
            _with_rates(maximum=lambda x, y: (float(x > y), float(y >= x))),
        ),
        Misconception(
            "loser-wins",
            "the gradient of a max went to the smaller side.",
            _with_rates(maximum=lambda x, y: (float(x < y), float(x >= y))),
        ),
        Misconception(
            "nothing-to-start-from",
            "every gradient is 0: nothing was put in at the end. How far does the end move for "
            "one unit of itself?",
            lambda graph, values, end: _backward(graph, values, end, start=0.0),
        ),
        Misconception(
            "starts-with-its-value",
            "the way back starts with the end's value. It starts with the end's slope with "
            "respect to itself.",
            lambda graph, values, end: _backward(graph, values, end, start=values[end]),
        ),
        Misconception(
            "max-skipped",
            "nothing comes back through a max. Is it called 'max' in your code, as in the graph?",
            _with_rates(maximum=lambda x, y: (0.0, 0.0)),
        ),
        Misconception(
            "rates-for-gradients",
            "each node sends back its rate alone. Multiply it by the gradient that arrived at the "
            "node.",
            _rates_alone,
        ),
        Misconception(
            "ones-to-start-from",
            "every gradient starts at 1. Only the end's does; all others start at 0.",
            lambda graph, values, end: _backward(graph, values, end, others=1.0),
        ),
    ),
    hints=(
        "Start with gradient 1 at the end and 0 everywhere else. Walk the graph backwards; each "
        "node multiplies what it has by its rate for each side and adds it there.",
        "The order: a node's gradient must be complete before it is passed on. Your "
        "`topological_order` gives the order once you have written down everyone's parents.",
        "Reversed order; skip the inputs; unpack the operation and its two sides; find the two "
        "rates (1 and 1, or swapped values, or 1 for the winner of a comparison and 0 for the "
        "other); add gradient × rate to each side, also when both sides are the same node.",
    ),
    another="""
def graph_gradients(graph, values, end):
    memory = {}

    def slope(node):  # asked from the inputs' side: a sum over all who use it
        if node not in memory:
            memory[node] = float(node == end)
            for user, (operation, left, right) in graph.items():
                wins = float(values[left] >= values[right])
                rates = {
                    "add": (1.0, 1.0),
                    "multiply": (values[right], values[left]),
                    "max": (wins, 1.0 - wins),
                }[operation]
                for parent, rate in zip((left, right), rates):
                    if parent == node:
                        memory[node] += rate * slope(user)
        return memory[node]

    return {node: slope(node) for node in values}
""",
    after=(
        "This is a whole reverse-mode automatic differentiation. What bplib.tape adds is arrays, "
        "more operations, and writing the graph down for you."
    ),
)
