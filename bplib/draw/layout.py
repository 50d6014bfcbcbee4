"""Layered layout of a directed graph without cycles: layers, crossings, coordinates.

The method is that of K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of
hierarchical system structures", IEEE Transactions on Systems, Man, and Cybernetics 11 (1981):
longest-path layers, barycentre sweeps against crossings, then coordinates. The last step moves
each layer to the least-squares optimum under its minimal distances (pool adjacent violators).
Everything is plain Python and deterministic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """Room that a node needs: across the layers, before and after its anchor line."""

    before: float
    after: float


@dataclass(frozen=True)
class Layout:
    """Where everything stands.

    layer[i] and cross[i] are the layer and the anchor of node i; routes[e] holds the anchors of
    edge e in the layers that it passes between its ends, nearest to its source first.
    """

    layer: list[int]
    cross: list[float]
    routes: list[list[float]]
    order: list[list[int]]


def layers(n: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Layer of each of `n` nodes: longest path from a source; sources stand beside their use.

    Nodes are numbered so that every edge goes from a smaller to a larger number.
    """
    layer = [0] * n
    for source, target in sorted(edges, key=lambda edge: edge[1]):
        if not 0 <= source < target < n:
            raise ValueError(
                f"layout: edge {source} -> {target} does not go from a smaller to a larger "
                f"number below {n}"
            )
        layer[target] = max(layer[target], layer[source] + 1)
    has_input = {target for _, target in edges}
    for node in range(n):
        users = [layer[target] for source, target in edges if source == node]
        if users and node not in has_input:
            layer[node] = min(users) - 1
    return layer


Short = tuple[int, int, float]
"""An edge between neighbouring layers: source, target, and how far from the target's anchor."""


def _with_waypoints(
    layer: list[int], edges: Sequence[tuple[int, int]], ports: Sequence[float]
) -> tuple[list[int], list[Short], list[list[int]]]:
    """Nodes and short edges after every long edge got a waypoint in each layer it passes."""
    all_layers = list(layer)
    short: list[Short] = []
    chains: list[list[int]] = []
    for (source, target), port in zip(edges, ports, strict=True):
        chain = []
        last = source
        for level in range(layer[source] + 1, layer[target]):
            all_layers.append(level)
            waypoint = len(all_layers) - 1
            short.append((last, waypoint, 0.0))
            chain.append(waypoint)
            last = waypoint
        short.append((last, target, port))
        chains.append(chain)
    return all_layers, short, chains


def crossings(order: Sequence[Sequence[int]], edges: Sequence[Short]) -> int:
    """Number of pairs of short edges that cross, for an order of the nodes in each layer."""
    place = {node: i for level in order for i, node in enumerate(level)}
    level_of = {node: k for k, level in enumerate(order) for node in level}
    by_level: dict[int, list[tuple[int, float]]] = {}
    for source, target, port in edges:
        at = place[target] + _small(port)
        by_level.setdefault(level_of[source], []).append((place[source], at))
    count = 0
    for pairs in by_level.values():
        for i, (a, b) in enumerate(pairs):
            count += sum((a - c) * (b - d) < 0 for c, d in pairs[i + 1 :])
    return count


def _small(port: float) -> float:
    """A port as a fraction of the distance between two places, for comparisons of order."""
    return 0.4 * port / (1.0 + abs(port))


def _first_order(levels: int, layer: list[int], edges: list[Short]) -> list[list[int]]:
    """Depth-first order from the outputs, operands first to last: it reads like the formula."""
    inputs: dict[int, list[int]] = {}
    has_user = set()
    for source, target, _ in edges:
        inputs.setdefault(target, []).append(source)
        has_user.add(source)
    order: list[list[int]] = [[] for _ in range(levels)]
    seen: set[int] = set()
    stack = [node for node in reversed(range(len(layer))) if node not in has_user]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        order[layer[node]].append(node)
        stack.extend(reversed(inputs.get(node, [])))
    return order


def _sweep(
    order: list[list[int]], links: dict[int, list[tuple[int, float]]], levels: Sequence[int]
) -> None:
    """Sort each layer of `levels` by the mean place of its neighbours in the fixed layer."""
    for k in levels:
        place = {node: i for level in order for i, node in enumerate(level)}
        means = {
            node: sum(place[other] + _small(port) for other, port in links[node]) / len(links[node])
            if links.get(node)
            else float(place[node])
            for node in order[k]
        }
        order[k].sort(key=lambda node: (round(means[node], 9), place[node]))


def _reduce_crossings(
    order: list[list[int]], edges: list[Short], sweeps: int = 12
) -> list[list[int]]:
    """The best order met in `sweeps` passes up and down; the first order wins ties."""
    inputs: dict[int, list[tuple[int, float]]] = {}
    outputs: dict[int, list[tuple[int, float]]] = {}
    for source, target, port in edges:
        inputs.setdefault(target, []).append((source, 0.0))
        outputs.setdefault(source, []).append((target, port))
    best, fewest = [list(level) for level in order], crossings(order, edges)
    current = [list(level) for level in order]
    for sweep in range(sweeps):
        if fewest == 0:
            break
        if sweep % 2 == 0:
            _sweep(current, outputs, range(len(order) - 2, -1, -1))
        else:
            _sweep(current, inputs, range(1, len(order)))
        count = crossings(current, edges)
        if count < fewest:
            best, fewest = [list(level) for level in current], count
    return best


def separate(
    wanted: Sequence[float], distances: Sequence[float], weights: Sequence[float] | None = None
) -> list[float]:
    """Positions nearest to `wanted` (weighted least squares), neighbours `distances` apart or more.

    Subtracting the summed distances turns this into isotonic regression, which pooling adjacent
    violators solves exactly.
    """
    offsets = [0.0]
    for distance in distances:
        offsets.append(offsets[-1] + distance)
    blocks: list[tuple[float, float, int]] = []
    for i, (target, offset) in enumerate(zip(wanted, offsets, strict=True)):
        mean, weight, size = target - offset, 1.0 if weights is None else weights[i], 1
        while blocks and blocks[-1][0] > mean:
            other, heavy, count = blocks.pop()
            mean = (mean * weight + other * heavy) / (weight + heavy)
            weight, size = weight + heavy, size + count
        blocks.append((mean, weight, size))
    flat = [mean for mean, _, size in blocks for _ in range(size)]
    return [mean + offset for mean, offset in zip(flat, offsets, strict=True)]


def _coordinates(
    order: list[list[int]],
    edges: list[Short],
    boxes: Sequence[Box],
    gap: float,
    n: int,
    pull: Sequence[float],
    sweeps: int = 41,
) -> list[float]:
    """Anchor of every node and waypoint across the layers."""
    neighbours: dict[int, list[tuple[int, float, float]]] = {}
    for source, target, shift in edges:
        # A waypoint pulls harder than a node: long wires become straight.
        weight = 3.0 if source >= n or target >= n else 1.0
        strength = weight * (pull[source] if source < n else 1.0)
        neighbours.setdefault(source, []).append((target, shift, weight))
        neighbours.setdefault(target, []).append((source, -shift, strength))
    cross = [0.0] * len(boxes)
    distances = [
        [
            boxes[a].after + boxes[b].before + (gap if a < n or b < n else gap * 0.6)
            for a, b in zip(level, level[1:], strict=False)
        ]
        for level in order
    ]
    for k, level in enumerate(order):
        start = separate([0.0] * len(level), distances[k])
        for node, place in zip(level, start, strict=True):
            cross[node] = place
    held = [[pull[node] if node < n else 2.0 for node in level] for level in order]
    ways = [range(len(order)), range(len(order) - 1, -1, -1)]
    for sweep in range(sweeps):
        for k in ways[sweep % 2]:
            wanted = []
            for node in order[k]:
                pulls = neighbours.get(node, [])
                total = sum(weight for _, _, weight in pulls)
                mean = sum((cross[o] + s) * w for o, s, w in pulls) / total if total else 0.0
                wanted.append(mean if total else cross[node])
            for node, place in zip(order[k], separate(wanted, distances[k], held[k]), strict=True):
                cross[node] = place
    return cross


def arrange(
    boxes: Sequence[Box],
    edges: Sequence[tuple[int, int]],
    *,
    gap: float = 18.0,
    wire: float = 9.0,
    ports: Sequence[float] | None = None,
    pull: Sequence[float] | None = None,
) -> Layout:
    """Layered layout of nodes `0 … len(boxes)-1` with edges from smaller to larger numbers.

    The smallest coordinate of a box is 0.

    Arguments:
        boxes: room of each node across the layers, in pixels.
        edges: pairs (source, target).
        gap: free room between neighbours, in pixels.
        wire: room on either side of a wire that passes a layer, in pixels.
        ports: for each edge how far from the target's anchor it arrives.
        pull: how strongly each node draws those that use it towards itself (1 by default): what
            pulls strongly gets the straight wires.

    Returns:
        A Layout.
    """
    n = len(boxes)
    if n == 0:
        return Layout([], [], [], [])
    layer = layers(n, edges)
    lowest = min(layer)
    layer = [level - lowest for level in layer]
    ports = [0.0] * len(edges) if ports is None else ports
    all_layers, short, chains = _with_waypoints(layer, edges, ports)
    order = _first_order(max(all_layers) + 1, all_layers, short)
    order = _reduce_crossings(order, short)
    every = list(boxes) + [Box(wire, wire)] * (len(all_layers) - n)
    cross = _coordinates(order, short, every, gap, n, [1.0] * n if pull is None else pull)
    low = min(place - box.before for place, box in zip(cross, every, strict=True))
    cross = [round(place - low, 3) for place in cross]
    return Layout(
        layer=layer,
        cross=cross[:n],
        routes=[[cross[waypoint] for waypoint in chain] for chain in chains],
        order=[[node for node in level if node < n] for level in order],
    )
