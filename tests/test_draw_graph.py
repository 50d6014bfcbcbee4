"""Drawn graphs and the stepper: what they show is what the tape computed."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplib import draw, tape
from bplib.draw import text
from bplib.draw.expression import read
from bplib.draw.geometry import place
from bplib.draw.shapes import Shape, Text
from bplib.draw.stepper import walk
from bplib.errors import DTypeError, NotReadyError, ShapeError, UnknownNameError
from bplib.tape import Tensor

SVG = "{http://www.w3.org/2000/svg}"


def coffee():
    """The price of a coffee order with a discount: cups is used twice."""
    cups = Tensor(4.0, "cups")
    price = (3 * cups).named("price")
    factor = (1 - 0.1 * cups).named("factor")
    return (price * factor).named("total")


def chain(n):
    """An expression of n operations in a row."""
    t = Tensor(1.5, "x")
    for i in range(n):
        t = t * 1.01 if i % 2 else t + 0.25
    return t


@st.composite
def expressions(draw_):
    """A random expression of numbers, with shared nodes, names and constants."""
    number = st.floats(0.5, 3.0).map(lambda v: round(v, 3))
    pool = [Tensor(draw_(number), f"x{i}") for i in range(draw_(st.integers(1, 4)))]
    for step in range(draw_(st.integers(1, 12))):
        one, two = (draw_(st.sampled_from(pool)) for _ in range(2))
        kind = draw_(st.sampled_from(["add", "multiply", "subtract", "max", "square", "constant"]))
        made = {
            "add": lambda a=one, b=two: a + b,
            "multiply": lambda a=one, b=two: a * b,
            "subtract": lambda a=one, b=two: a - b,
            "max": lambda a=one, b=two: tape.maximum(a, b),
            "square": lambda a=one: a**2,
            "constant": lambda a=one: 0.5 * a + 1.0,
        }[kind]()
        pool.append(made.named(f"n{step}") if draw_(st.booleans()) else made)
    return pool[-1]


def texts(svg):
    """Every text of a picture."""
    return [node.text for node in ET.fromstring(svg).iter(f"{SVG}text")]


@given(expressions())
def test_the_picture_is_well_formed_and_shows_the_tape_s_numbers(y):
    drawing = draw.graph(y)
    shown = texts(drawing.svg)
    for step in tape.reverse(y):
        assert text.number(step.node.value) in shown
        assert text.number(step.gradient) in shown
    assert not any("nan" in content for content in shown)


@given(expressions(), st.sampled_from(["right", "down"]))
def test_shapes_do_not_overlap_and_texts_stay_inside(y, direction):
    picture = place(read(y), direction)
    shapes = [item for item in picture.items if isinstance(item, Shape)]
    for i, a in enumerate(shapes):
        for b in shapes[i + 1 :]:
            apart = a.x + a.w <= b.x or b.x + b.w <= a.x or a.y + a.h <= b.y or b.y + b.h <= a.y
            assert apart
    for item in picture.items:
        if isinstance(item, Text):
            left, right = extent(item)
            assert left >= 0 and right <= picture.width and 10 <= item.y <= picture.height


def extent(item):
    """Left and right end of a text."""
    wide = text.width(item.content, item.size, item.bold)
    start = item.x - {"start": 0, "middle": wide / 2, "end": wide}[item.anchor]
    return start, start + wide


@given(expressions(), st.sampled_from(["right", "down"]), st.booleans())
def test_no_two_texts_overlap(y, direction, rates):
    picture = place(read(y), direction, rates=rates)
    boxes = [(*extent(t), t.y - 11, t.y + 3) for t in picture.items if isinstance(t, Text)]
    for i, (l1, r1, t1, b1) in enumerate(boxes):
        for l2, r2, t2, b2 in boxes[i + 1 :]:
            assert r1 <= l2 or r2 <= l1 or b1 <= t2 or b2 <= t1


def test_a_shared_node_is_drawn_once_with_what_each_use_sends_back():
    svg = draw.graph(coffee()).svg
    shown = texts(svg)
    assert shown.count("cups") == 1
    # d(total)/d(cups) = 3 * 0.6 + 12 * (-0.1) = 1.8 - 1.2
    assert {"0.6", "1.8", "−1.2"} <= set(shown)


def test_rates_are_the_local_derivatives():
    cups = Tensor(4.0, "cups")
    shown = texts(draw.graph(1.2 * (3 * cups), rates=True).svg)
    assert "×3" in shown and "×1.2" in shown


def test_the_drawing_changes_nothing_in_the_tape():
    y = coffee()
    draw.graph(y)
    draw.stepper(y)
    assert all(node.grad is None for node in tape.topological_order(y))


def network():
    """A network 2-3-1 number by number: many inputs side by side."""
    x = [Tensor(1.0, "x₁"), Tensor(2.0, "x₂")]
    out = Tensor(0.5, "c")
    for j in range(3):
        w = [Tensor(0.1234 * (i + j + 1), f"w{i}{j}") for i in range(2)]
        h = tape.exp(w[0] * x[0] + w[1] * x[1] + Tensor(0.3333, f"b{j}")).named(f"h{j}")
        out = out + h * Tensor(0.25 * (j + 1), f"v{j}")
    return (out - 1.0) ** 2


@pytest.mark.parametrize(
    ("y", "least"), [*((chain(n), 13) for n in (3, 8, 20, 60)), (coffee(), 13), (network(), 11)]
)
def test_long_and_wide_graphs_stay_readable(y, least):
    root = ET.fromstring(draw.graph(y).svg)
    scale = min(1.0, 700 / float(root.get("width")))
    sizes = [float(node.get("font-size", 15)) for node in root.iter(f"{SVG}text")]
    assert min(sizes) * scale >= least


def test_direction_auto_turns_down_when_the_graph_gets_too_wide():
    assert draw.graph(chain(2)).svg == draw.graph(chain(2), direction="right").svg
    assert draw.graph(chain(12)).svg == draw.graph(chain(12), direction="down").svg


def test_arrays_are_shown_by_shape_and_when_small_by_value():
    X, theta = Tensor(np.arange(6.0).reshape(3, 2), "X"), Tensor([1.0, 2.0], "θ")
    big = Tensor(np.ones((442, 10)), "big")
    shown = texts(draw.graph(tape.mse(X @ theta, np.array([1.0, 2.0, 3.0]))).svg)
    assert {"(3, 2)", "[1, 2]", "(3,)", "[2, 8, 14]"} <= set(shown)
    assert "(442, 10)" in texts(draw.graph(big.mean()).svg)
    shown = texts(draw.graph(2 * theta, dy=np.array([1.0, 10.0])).svg)
    assert "[2, 20]" in shown


def test_values_and_gradients_can_be_left_out():
    y = coffee()
    plain = texts(draw.graph(y, values=False, gradients=False).svg)
    assert "7.2" not in plain and "price" in plain
    assert draw.graph(y, gradients=False).alt.endswith("total = 7.2.")


def test_the_picture_is_the_same_every_time_and_asks_nothing_of_the_network():
    for html in (draw.graph(coffee()).svg, draw.stepper(coffee()).html):
        addresses = set(re.findall(r"https?://[^\"'\s)<]+", html))
        assert addresses <= {"http://www.w3.org/2000/svg"}
        assert "<script src" not in html and "@import" not in html
    assert draw.graph(coffee()).svg == draw.graph(coffee()).svg
    assert draw.stepper(coffee()).html == draw.stepper(coffee()).html


def test_the_picture_says_what_it_shows():
    drawing = draw.graph(coffee(), title="An order")
    root = ET.fromstring(drawing.svg)
    assert root.get("role") == "img" and root.get("aria-label") == drawing.alt
    assert root.find(f"{SVG}title").text == root.find(f"{SVG}desc").text == drawing.alt
    assert "cups = 4" in drawing.alt and "0.6 for cups" in drawing.alt
    assert repr(drawing) == drawing.alt == drawing._repr_mimebundle_()["text/plain"]
    assert drawing._repr_mimebundle_()["image/svg+xml"] == drawing.svg
    assert "An order" in texts(drawing.svg)


def test_only_presentation_attributes_are_used():
    assert "style=" not in draw.graph(coffee()).svg and "<style" not in draw.graph(coffee()).svg


def test_saving(tmp_path):
    path = draw.graph(coffee()).save(tmp_path / "graph.svg")
    assert ET.parse(path).getroot().tag == f"{SVG}svg"
    path = draw.stepper(coffee()).save(tmp_path / "stepper.html")
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_name_cannot_break_out_of_the_picture():
    x = Tensor(1.0, '</script><b a="1">&')
    html = draw.stepper((2 * x).named("y<")).html
    assert "</script><b" not in html and html.count("</script>") == 1
    ET.fromstring(draw.graph(2 * x).svg)


@given(expressions())
def test_the_stepper_shows_everything_once_and_asks_for_the_tape_s_numbers(y):
    expression = read(y)
    if not expression.reverse:
        return
    moments = walk(expression)
    shown = [key for moment in moments for key in moment.show]
    assert len(shown) == len(set(shown))
    reached = {f"g{node.index}" for node in expression.nodes if node.gradient is not None}
    assert reached <= set(shown)
    sent = [
        float(contribution)
        for step in tape.reverse(y)
        for contribution in step.contributions
        if contribution is not None
    ]
    assert [moment.answer for moment in moments if moment.ask] == pytest.approx(sent)
    phases = [moment.phase for moment in moments]
    order = ["start", "forward", "turn", "backward", "end"]
    assert all(order.index(a) <= order.index(b) for a, b in pairwise(phases))
    assert all(moment.say.endswith(".") and moment.say[0] != " " for moment in moments)


def test_the_stepper_tells_the_story_in_words():
    steps = draw.stepper(coffee()).steps
    assert steps[0] == "Going in: cups = 4."
    assert "price = 3 × 4 = 12." in steps and "total = 12 × 0.6 = 7.2." in steps
    assert any("cups is used twice" in step and "= 0.6." in step for step in steps)
    assert steps[-1] == "Done. One walk back gave the gradient: 0.6 for cups."


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda a, b: a + b, "+ at y passes on to a what arrives, unchanged: 1."),
        (lambda a, b: a - b, "b is subtracted, so − turns the sign: −1 × 1 = −1."),
        (lambda a, b: a * b, "× at y sends a the other factor times what arrives: 2 × 1 = 2."),
        (lambda a, b: a / b, "÷ at y sends a what arrives, divided by 2: 1 ÷ 2 = 0.5."),
        (lambda a, b: a / b, "÷ at y sends b its slope times what arrives: −0.75 × 1 = −0.75."),
        (lambda a, b: -a + 0 * b, "The minus turns the sign for a: −1 × 1 = −1."),
        (lambda a, b: a**2 + 0 * b, "x² sends a its slope times what arrives: 2 × 3 × 1 = 6."),
        (lambda a, b: a**3 + 0 * b, "x³ sends a its slope times what arrives: 27 × 1 = 27."),
        (lambda a, b: tape.maximum(a, b), "max at y sends all that arrives to a, the winner: 1."),
        (lambda a, b: tape.maximum(a, b), "max at y sends nothing to b, which did not win: 0."),
        (lambda a, b: tape.exp(a - 3) + 0 * b, "exp sends the − node before it its own output"),
        (lambda a, b: tape.log(b) + 0 * a, "log sends b what arrives, divided by its input: 1 ÷ 2"),
    ],
)
def test_each_operation_has_its_sentence(build, sentence):
    y = build(Tensor(3.0, "a"), Tensor(2.0, "b")).named("y")
    assert any(step.startswith(sentence) for step in draw.stepper(y).steps)


def test_arrays_have_sentences_and_no_questions():
    x = Tensor([1.0, 2.0, 3.0], "x")
    moments = walk(read((x * x).mean().named("y")))
    assert not any(moment.ask for moment in moments)
    said = " ".join(moment.say for moment in moments)
    assert "an equal share of what arrives" in said and "x is used twice" in said


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (3.0, "3"),
        (-1.5, "−1.5"),
        (0.12500000000000003, "0.125"),
        (1e-7, "1·10⁻⁷"),
        (123456.0, "1.235·10⁵"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_as_text(value, shown):
    assert text.number(value) == shown


def test_bad_input_gets_one_plain_sentence():
    x = Tensor([1.0, 2.0, 3.0], "x")
    with pytest.raises(DTypeError, match=r"^draw: the graph is drawn of a bplib.tape.Tensor; "
                       r"this is of type float\.$"):  # fmt: skip
        draw.graph(3.0)
    with pytest.raises(ShapeError) as caught:
        draw.graph(2 * x)
    assert str(caught.value) == (
        "draw: the result has shape (3,); draw the graph of one number, "
        "or pass dy, the gradient that arrives at the result."
    )
    with pytest.raises(UnknownNameError, match=r"^draw.graph: there is no direction 'left'; "
                       r"there is auto, right, down\.$"):  # fmt: skip
        draw.graph(coffee(), direction="left")
    with pytest.raises(NotReadyError, match=r"^draw.stepper: there is nothing to step through; "):
        draw.stepper(Tensor(1.0, "x"))
