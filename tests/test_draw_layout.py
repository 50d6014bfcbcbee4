"""The layered layout: nothing overlaps, everything goes one way, and always the same way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplib.draw.layout import Box, arrange, crossings, layers, separate


@st.composite
def graphs(draw):
    """Boxes and edges of a directed graph without cycles, numbered along its edges."""
    n = draw(st.integers(1, 24))
    sizes = st.floats(2, 60)
    boxes = [Box(draw(sizes), draw(sizes)) for _ in range(n)]
    edges = [
        (source, target)
        for target in range(1, n)
        for source in draw(st.lists(st.integers(0, target - 1), max_size=3))
    ]
    return boxes, edges


@given(graphs())
def test_edges_go_one_way_and_routes_fill_the_layers_between(graph):
    boxes, edges = graph
    layout = arrange(boxes, edges)
    for (source, target), route in zip(edges, layout.routes, strict=True):
        assert layout.layer[source] < layout.layer[target]
        assert len(route) == layout.layer[target] - layout.layer[source] - 1


@given(graphs(), st.floats(0, 30))
def test_no_two_boxes_overlap_and_none_leaves_the_picture(graph, gap):
    boxes, edges = graph
    layout = arrange(boxes, edges, gap=gap)
    for i, box in enumerate(boxes):
        assert layout.cross[i] - box.before >= -1e-3
    for level in layout.order:
        for a, b in zip(level, level[1:], strict=False):
            free = layout.cross[b] - boxes[b].before - layout.cross[a] - boxes[a].after
            assert free >= gap - 2e-3


@given(graphs())
def test_wires_keep_clear_of_the_boxes_they_pass(graph):
    boxes, edges = graph
    layout = arrange(boxes, edges, gap=10, wire=4)
    for (source, _), route in zip(edges, layout.routes, strict=True):
        for hop, place in enumerate(route):
            for other in layout.order[layout.layer[source] + 1 + hop]:
                low = layout.cross[other] - boxes[other].before
                high = layout.cross[other] + boxes[other].after
                assert not low < place < high


@given(graphs())
def test_the_same_graph_is_laid_out_the_same_way(graph):
    boxes, edges = graph
    assert arrange(boxes, edges) == arrange(list(boxes), list(edges))


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=12), st.floats(0, 20))
def test_separate_keeps_its_distances_and_moves_nothing_without_need(wanted, distance):
    places = separate(wanted, [distance] * (len(wanted) - 1))
    assert all(b - a >= distance - 1e-9 for a, b in zip(places, places[1:], strict=False))
    if all(b - a >= distance for a, b in zip(wanted, wanted[1:], strict=False)):
        assert places == pytest.approx(wanted)
    assert sum(places) == pytest.approx(sum(wanted), abs=1e-6)


def test_a_node_stands_behind_its_longest_path_and_a_source_beside_its_use():
    # 0 -> 1 -> 2 -> 4, and the source 3 is needed only at 4.
    assert layers(5, [(0, 1), (1, 2), (2, 4), (3, 4)]) == [0, 1, 2, 2, 3]


def test_two_wires_that_cross_are_untangled():
    boxes = [Box(10, 10)] * 4
    layout = arrange(boxes, [(0, 3), (1, 2)])
    edges = [(0, 3, 0.0), (1, 2, 0.0)]
    assert crossings(layout.order, edges) == 0
    assert crossings([[0, 1], [2, 3]], edges) == 1


def test_a_chain_runs_straight_past_its_constants():
    # 0 is the start, 2, 4, 6 the operations, 1, 3, 5 their constants.
    edges = [(0, 2), (1, 2), (2, 4), (3, 4), (4, 6), (5, 6)]
    weak = [1.0, 1e-6, 1.0, 1e-6, 1.0, 1e-6, 1.0]
    layout = arrange([Box(20, 20)] * 7, edges, pull=weak)
    chain = [layout.cross[i] for i in (0, 2, 4, 6)]
    assert max(chain) - min(chain) < 0.1


def test_nothing_to_lay_out_and_an_edge_that_goes_back():
    assert arrange([], []).cross == []
    with pytest.raises(ValueError, match=r"edge 1 -> 0 does not go from a smaller to a larger"):
        arrange([Box(1, 1)] * 2, [(1, 0)])
