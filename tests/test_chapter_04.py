"""Chapter 4: the chain of its exercises, step by step, and the drawn network."""

import math
import re

import numpy as np
import pytest

from bplib import draw, losses, ops
from bplib.checks import run_check
from bplib.checks.registry import find
from bplib.draw.network_stepper import Walk
from bplib.draw.passes import run
from bplib.errors import DTypeError, NotReadyError, ShapeError, UnknownNameError

# --- two_three_one ----------------------------------------------------------------------------

CHAIN = find("two_three_one")
GIVEN = {
    "x1": 0.6, "x2": -0.4, "y": 0.0, "w11": 0.5, "w12": -0.3, "w13": 0.8, "w21": 0.2, "w22": 0.7,
    "w23": -0.6, "b1": 0.1, "b2": -0.2, "b3": 0.3, "v1": 0.4, "v2": -0.5, "v3": 0.9, "c": -0.1,
}  # fmt: skip


def solved() -> dict[str, float]:
    """All names of the chain, worked out by its own references."""
    space: dict[str, float] = dict(GIVEN)
    for name, reference, *_ in CHAIN.steps:
        space[name] = reference(*(space[one] for one in arguments(reference)))
    return space


def arguments(function):
    return list(function.__signature__.parameters)


MISTAKES = [(k, one.label) for k, step in enumerate(CHAIN.steps) for one in step[2]]


def test_the_chain_passes_and_is_that_of_the_pairs():
    space = solved()
    assert run_check("two_three_one", space).passed
    W = np.array([[0.5, -0.3, 0.8], [0.2, 0.7, -0.6]])
    z, cache_z = ops.linear(np.array([[0.6, -0.4]]), W, np.array([0.1, -0.2, 0.3]))
    h, cache_h = ops.sigmoid(z)
    zo, cache_zo = ops.linear(h, np.array([[0.4], [-0.5], [0.9]]), np.array([-0.1]))
    o, cache_o = ops.sigmoid(zo)
    _, cache = losses.mse(o, np.zeros((1, 1)))
    dh, dv, dc = ops.linear_backward(
        ops.sigmoid_backward(losses.mse_backward(cache), cache_o), cache_zo
    )
    _, dW, db = ops.linear_backward(ops.sigmoid_backward(dh, cache_h), cache_z)
    names = [f"dw{i}{j}" for i in (1, 2) for j in (1, 2, 3)]
    names += ["db1", "db2", "db3", "dv1", "dv2", "dv3", "dc"]
    pairs = np.concatenate([dW.ravel(), db, dv.ravel(), dc])
    np.testing.assert_allclose([space[name] for name in names], pairs, rtol=1e-12)
    assert len(names) == 13 and set(names) <= {step[0] for step in CHAIN.steps}


@pytest.mark.parametrize(("place", "label"), MISTAKES)
def test_each_mistake_of_the_chain_is_named(place, label):
    space = solved()
    name, reference, mistakes = CHAIN.steps[place]
    (mistake,) = [one for one in mistakes if one.label == label]
    space[name] = mistake.wrong(*(space[one] for one in arguments(reference)))
    result = run_check("two_three_one", space)
    assert result.status == "failed" and result.misconception == label, result.text
    assert result.failures[0].case == place + 1
    assert mistake.message in result.text


@pytest.mark.parametrize("place", range(len(CHAIN.steps)))
def test_a_chain_may_be_checked_after_any_line(place):
    space = solved()
    for name, *_ in CHAIN.steps[place:]:
        del space[name]
    result = run_check("two_three_one", space)
    assert result.status == "not_attempted"
    due = "first" if place == 0 else "next"
    assert f"`{CHAIN.steps[place][0]}` comes {due}" in result.text


def test_four_digits_from_a_calculator_are_enough():
    space = dict(GIVEN)
    for name, reference, *_ in CHAIN.steps:
        value = reference(*(space[one] for one in arguments(reference)))
        space[name] = float(f"{value:.4g}")
    assert run_check("two_three_one", space).passed


def test_a_slip_in_the_last_digits_is_not_enough():
    for name, *_ in CHAIN.steps:
        space = solved()
        space[name] *= 1.01
        assert run_check("two_three_one", space).status == "failed"


# --- the drawn network ------------------------------------------------------------------------

X = np.array([0.1, 0.2])
LAYERS = [
    (np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]), np.array([0.1, 0.2, 0.3])),
    (np.array([[0.1], [0.2], [0.3]]), np.array([0.2])),
]


def passes(**changes):
    given = {
        "x": X, "layers": LAYERS, "target": 1.0, "activation": "sigmoid",
        "letters": ("x", "h", "o"), "weights": ("w", "v"), "biases": ("b", "c"), "caller": "test",
    }  # fmt: skip
    return run(**{**given, **changes})


def test_a_pass_has_the_published_examples_right_numbers():
    first, last = passes().layers
    np.testing.assert_allclose(first.z, [0.19, 0.32, 0.45])
    np.testing.assert_allclose(first.outputs, [0.5474, 0.5793, 0.6106], atol=5e-5)
    np.testing.assert_allclose(last.z, [0.5538], atol=5e-5)
    np.testing.assert_allclose(last.dW[:, 0], [-0.0926, -0.0980, -0.1033], atol=5e-5)
    np.testing.assert_allclose(last.db, [-0.1692], atol=5e-5)
    assert first.row(0, 1)[0] == "w21" and first.row(2, 2)[0] == "b3"
    assert last.row(0, 2)[0] == "v3" and last.row(0, 3)[0] == "c"
    assert first.delta_names == ("δ1", "δ2", "δ3") and last.delta_names == ("δo",)


def test_gradients_of_a_pass_are_slopes_of_its_loss():
    rng = np.random.default_rng(3)
    layers = [(rng.normal(size=(3, 4)), rng.normal(size=4)), (rng.normal(size=(4, 2)), np.ones(2))]
    x, target, kinds = rng.normal(size=3), np.array([0.3, -0.7]), ("tanh", "identity")

    def loss():
        return passes(x=x, layers=layers, target=target, activation=kinds).loss

    found = passes(x=x, layers=layers, target=target, activation=kinds)
    for layer, (W, b) in zip(found.layers, layers, strict=True):
        for parameter, gradient in ((W, layer.dW), (b, layer.db)):
            for place in np.ndindex(parameter.shape):
                kept = parameter[place]
                parameter[place] = kept + 1e-6
                above = loss()
                parameter[place] = kept - 1e-6
                below = loss()
                parameter[place] = kept
                assert math.isclose((above - below) / 2e-6, gradient[place], abs_tol=1e-7)


def test_the_drawing_has_every_number_on_it():
    drawing = draw.network(X, LAYERS, 1.0)
    for name in ("w11", "w23", "b1", "v3", "c", "x2", "h3 = σ(z3)", "o = σ(zo)"):
        assert f">{name}<" in drawing.svg
    found = passes()
    for layer in found.layers:
        for numbers in (layer.outputs, layer.doutputs, layer.dW, layer.db, layer.W):
            for number in np.ravel(numbers):
                assert f">{_text(number)}<" in drawing.svg
    assert "0.1332" in drawing.alt and drawing.svg.count("δ") >= 4


def _text(number):
    from bplib.draw.text import number as shown

    return shown(number)


def test_without_gradients_or_target_there_is_no_red():
    for drawing in (draw.network(X, LAYERS, 1.0, gradients=False), draw.network(X, LAYERS)):
        assert "#D55E00" not in drawing.svg and "Deltas" not in drawing.alt
    assert "L = (o − y)²" not in draw.network(X, LAYERS).svg


def test_texts_do_not_meet():
    """Boxes measured with the widest face, for three sizes of network."""
    rng = np.random.default_rng(4)
    for sizes in ((2, 3, 1), (3, 4, 2), (4, 2, 3)):
        n, h, k = sizes
        layers = [(rng.normal(size=(n, h)), rng.normal(size=h)),
                  (rng.normal(size=(h, k)), rng.normal(size=k))]  # fmt: skip
        svg = draw.network(rng.normal(size=n), layers, rng.normal(size=k)).svg
        boxes = [_box(tag) for tag in re.findall(r"<text[^>]*>[^<]*</text>", _without_titles(svg))]
        for i, one in enumerate(boxes):
            for other in boxes[:i]:
                apart = (one[0] >= other[1] - 1, one[1] <= other[0] + 1,
                         one[2] >= other[3] - 1, one[3] <= other[2] + 1)  # fmt: skip
                assert any(apart), (one, other)


def _without_titles(svg):
    return re.sub(r"(?<=>)<title>[^<]*</title>", "", svg)


def test_a_number_has_ten_digits_under_the_pointer():
    svg = draw.network(X, LAYERS, 1.0).svg
    assert "<title>−0.09260515696</title>−0.09261</text>" in svg
    assert "<title>−0.004191701882</title>δ1 = −0.004192</text>" in svg
    assert "<title>0.1</title>" not in svg  # all of it is shown already


def _box(tag):
    from bplib.draw.text import width

    x, y = (float(re.search(rf' {one}="([\d.]+)"', tag).group(1)) for one in "xy")
    content = re.search(r">([^<]*)<", tag).group(1)
    wide = width(content, 14, "bold" in tag) * 0.93
    left = x - wide / 2 if "middle" in tag else x
    return left, left + wide, y - 10, y + 2, content


def test_the_walk_asks_for_every_gradient_once():
    page = draw.network_stepper(X, LAYERS, 1.0)
    moments = Walk(passes(), 4).moments()
    asked = [moment for moment in moments if moment.ask]
    assert len(asked) == 13 + 4 + 4  # weights and biases, deltas, outputs
    gradients = [one.answer for one in asked if re.search(r"What is d[wbvc]", one.ask)]
    found = passes()
    due = [g for layer in found.layers for g in np.concatenate([layer.dW.ravel(), layer.db])]
    np.testing.assert_allclose(sorted(gradients), sorted(due))
    assert "δo = −0.73 × 0.2318 = −0.1692" in repr(page) and "−0.001207" in page.svg
    shown = [key for moment in moments for key in moment.show]
    assert len(shown) == len(set(shown))
    assert all(f'data-k="{key}"' in page.svg for key in shown)
    assert page.html == draw.network_stepper(X, LAYERS, 1.0).html


def test_a_walk_through_other_networks():
    rng = np.random.default_rng(5)
    layers = [(rng.normal(size=(2, 3)), rng.normal(size=3)),
              (rng.normal(size=(3, 2)), rng.normal(size=2))]  # fmt: skip
    page = draw.network_stepper(X, layers, [0.5, 0.1], activation=["tanh", "identity"])
    assert "2/2 × (" in repr(page) and "Back along all its wires, added" in repr(page)
    relu = draw.network_stepper(X, LAYERS, 1.0, activation="relu", predict=False)
    assert "Through relu" in repr(relu) and '"predict":false' in relu.html


def test_bad_input_is_one_sentence():
    with pytest.raises(ShapeError, match=r"draw.network: x has shape \(1, 2\)"):
        draw.network(X[None], LAYERS)
    with pytest.raises(DTypeError, match="x holds int64"):
        draw.network(np.array([1, 2]), LAYERS)
    with pytest.raises(ShapeError, match="there is no layer"):
        draw.network(X, [])
    with pytest.raises(ShapeError, match="2 letters for 2 layers; it needs 3"):
        draw.network(X, LAYERS, letters="xo")
    with pytest.raises(ShapeError, match="1 activations for 2 layers"):
        draw.network(X, LAYERS, activation=["tanh"])
    with pytest.raises(UnknownNameError, match="sigmoid"):
        draw.network(X, LAYERS, activation="sigmod")
    with pytest.raises(ShapeError, match=r"target has shape \(2,\)"):
        draw.network(X, LAYERS, [1.0, 0.0])
    with pytest.raises(NotReadyError, match="without a target"):
        draw.network_stepper(X, LAYERS, None)
