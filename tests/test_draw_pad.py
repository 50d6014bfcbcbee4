"""The drawing pad: strokes into the images that the digits are, and what is said of them."""

import re
import sys
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import numpy as np
import pytest

from bplib import data, draw
from bplib.draw.pad import MISSING, _View, bars, blocks
from bplib.draw.strokes import SIZE, WIDTH
from bplib.errors import DomainError, DTypeError, ShapeError

BAR = [[(50, 10), (50, 90)]]
RING = [[(50 + 30 * np.cos(t), 50 + 40 * np.sin(t)) for t in np.linspace(0, 2 * np.pi, 40)]]


def says(*probabilities):
    return lambda X: np.array([probabilities])


def ink_says(X):
    """The more ink, the more it is the last of three classes."""
    assert X.shape == (1, 64) and X.min() >= 0 and X.max() <= 1
    share = X.mean()
    return np.array([[(1 - share) / 2, (1 - share) / 2, share]])


# ── strokes into an image ────────────────────────────────────────────────────────────────────────


def test_blocks_are_counted_one_by_one():
    rng = np.random.default_rng(0)
    bitmap = rng.uniform(size=(32, 32)) < 0.3
    by_hand = np.zeros((8, 8))
    for i, j in np.argwhere(bitmap):
        by_hand[i // 4, j // 4] += 1
    counts = draw.block_counts(bitmap)
    assert np.array_equal(counts, by_hand) and counts.dtype == np.float64
    assert draw.block_counts(np.ones((8, 12))).tolist() == [[16] * 3] * 2


@pytest.mark.parametrize("scale", [1e-310, 1e-200, 1e-3, 1.0, 250.0, 1e200, 5e305])
@pytest.mark.parametrize("shift", [(0, 0), (-7, 120)])
def test_size_and_place_of_a_drawing_do_not_matter(scale, shift):
    for strokes in (BAR, RING):
        moved = [np.array(stroke) * scale + np.array(shift) * scale for stroke in strokes]
        assert np.abs(draw.stroke_image(moved) - draw.stroke_image(strokes)).max() <= 1


def test_a_drawing_lies_as_the_digits_do():
    """In the data every row holds ink and nearly all digits lie in the six middle columns."""
    images = data.digits().images
    assert images.max(axis=2).min() > 0
    assert np.quantile(images[:, :, [0, 7]], 0.85) == 0
    bitmap = draw.stroke_bitmap(RING)
    assert bitmap.shape == (SIZE, SIZE) and bitmap.any(axis=1).all()
    columns = np.flatnonzero(bitmap.any(axis=0))
    assert np.ptp(columns) + 1 == WIDTH and columns.sum() == WIDTH * (SIZE - 1) / 2
    ring = draw.stroke_image(RING)
    assert abs(ring.mean() - images.mean()) < 1
    assert ring[3:5, 3:5].max() == 0, "a zero is empty inside"
    bar = draw.stroke_image(BAR)
    assert bar[:, [0, 1, 6, 7]].sum() == 0 and bar[2:6, 3:5].min() > 8, "a one stays slim"


def test_the_middle_of_a_symmetric_drawing_is_the_middle_of_the_image():
    for strokes in (BAR, RING):
        image = draw.stroke_image(strokes)
        assert np.array_equal(image, image[:, ::-1]) and np.array_equal(image, image[::-1])


def test_flat_drawings_and_dots_fit_too():
    flat = draw.stroke_bitmap([[(0, 0), (100, 0)]])
    assert flat.any(axis=0).all() and not flat[[0, -1]].any()
    dot = draw.stroke_image([[(3, 3)]])
    assert dot.sum() > 200 and np.array_equal(dot, dot[::-1, ::-1])
    assert np.array_equal(dot, draw.stroke_image([[(3, 3), (3, 3)]]))
    assert not draw.stroke_image([]).any() and not draw.stroke_image([[], []]).any()


def test_one_stroke_in_pieces_is_one_stroke():
    whole = [[(0, 0), (10, 50), (40, 60)]]
    pieces = [[(0, 0), (10, 50)], [], [(10, 50), (40, 60)]]
    assert np.array_equal(draw.stroke_image(whole), draw.stroke_image(pieces))


@pytest.mark.parametrize(
    ("strokes", "error", "words"),
    [
        ("abc", DTypeError, "a list of strokes is needed"),
        (5, DTypeError, "a list of strokes is needed"),
        ([[("a", 1)]], DTypeError, "stroke 0 is not a list of points"),
        ([[(1, 2, 3)]], ShapeError, r"stroke 0 has shape \(1, 3\)"),
        ([[(1, 2)], [1, 2]], ShapeError, r"stroke 1 has shape \(2,\)"),
        ([[(1, np.nan)]], DomainError, "not finite"),
    ],
)
def test_strokes_that_are_none_are_said(strokes, error, words):
    with pytest.raises(error, match=words):
        draw.stroke_image(strokes)


@pytest.mark.parametrize("shape", [(7, 8), (8,), (0, 4), (4, 4, 4)])
def test_blocks_of_other_tables_are_refused(shape):
    with pytest.raises(ShapeError, match="multiples of 4"):
        draw.block_counts(np.ones(shape))


# ── what is said of it ───────────────────────────────────────────────────────────────────────────


def test_a_pad_without_a_screen_reads_strokes():
    pad = draw.pad(ink_says)
    assert pad.probabilities is None and pad.reading == "Nothing is drawn yet."
    assert pad.draw(RING) is pad
    assert np.isclose(pad.probabilities.sum(), 1) and len(pad.strokes) == 1
    assert pad.reading.startswith("It reads ") and "probability 0." in repr(pad)
    pad.begin(0, 0).extend(3, 3)
    assert pad.strokes[-1] == [(0, 0), (3, 3)]
    assert len(pad.undo().strokes) == 1 and pad.clear().probabilities is None
    assert pad.extend(1, 1).strokes == [[(1, 1)]]


def test_classes_have_their_names():
    pad = draw.pad(says(0.25, 0.75), ["a ring", "a bar"]).draw(BAR)
    assert pad.reading == (
        "It reads a bar with probability 0.75; next comes a ring with probability 0.25."
    )
    assert "a ring" in bars(pad) and ">0.75<" in bars(pad)


@pytest.mark.parametrize(
    ("predict", "names", "error", "words"),
    [
        (3, None, DTypeError, "a function is needed"),
        (lambda X: np.ones((2, 3)), None, ShapeError, r"returned shape \(2, 3\)"),
        (says(2.0, -1.0), None, DomainError, "softmax"),
        (says(0.5, 0.6), None, DomainError, "softmax"),
        (says(0.5, 0.5), ["a"], ShapeError, "2 classes, class_names 1"),
    ],
)
def test_a_predict_that_is_none_is_said(predict, names, error, words):
    with pytest.raises(error, match=words):
        draw.pad(predict, names).draw(BAR)


def test_the_bars_and_the_small_picture_say_what_is_there():
    pad = draw.pad(says(*[0.1] * 10))
    empty = bars(pad)
    assert (
        empty.count("<tr>") == 10 and "Nothing is drawn yet." in empty and 'role="status"' in empty
    )
    svg = ET.fromstring(blocks(pad.draw(BAR)))
    assert svg.get("role") == "img" and len(list(svg)) == 64
    shades = {rect.get("fill") for rect in svg}
    assert "rgb(255,255,255)" in shades and "rgb(0,0,0)" in shades


def test_a_place_that_is_none_is_not_kept():
    pad = draw.pad(says(0.5, 0.5)).begin(1, 1)
    for place, error in (((np.nan, 0), DomainError), (("left", 0), DTypeError)):
        for move in (pad.begin, pad.extend):
            with pytest.raises(error, match=r"draw\.pad: stroke 0"):
                move(*place)
    assert pad.strokes == [[(1.0, 1.0)]] and pad.extend(2, 2).probabilities is not None


def test_where_predict_fails_nothing_is_said_of_before():
    answers = iter(([[0.1, 0.9]], "seven", [[0.2, 0.8]]))
    pad = draw.pad(lambda X: next(answers)).draw(BAR)
    with pytest.raises(DTypeError, match=r"predict returned a str.*\(1, classes\)"):
        pad.draw(RING)
    assert pad.probabilities is None and pad.reading == "It has not been read."
    assert pad.draw(RING).probabilities.tolist() == [0.2, 0.8]


def test_names_are_text_and_no_markup():
    said = bars(draw.pad(says(0.5, 0.5), ["a<b", "<script>"]).draw(BAR))
    assert "<script>" not in said and "a&lt;b" in said
    with pytest.raises(DTypeError, match="class_names is"):
        draw.pad(says(0.5, 0.5), 3)


def test_a_saved_page_gets_a_sentence(monkeypatch):
    bundle = draw.pad(ink_says)._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"} and "arrow keys" in bundle["text/plain"]


def test_without_the_extra_a_plain_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setenv("BPLIB_PROGRESS", "")
    monkeypatch.setitem(sys.modules, "ipycanvas", None)
    pad = draw.pad(ink_says)
    assert pad.widget() is None
    bundle = pad._repr_mimebundle_()
    assert bundle["text/plain"] == MISSING and "pip install 'bplib[book]'" in MISSING
    assert not any("widget" in kind for kind in bundle)
    assert pad.draw(BAR).probabilities is not None, "it reads all the same"


# ── with a screen ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def view():
    """A pad, and its widgets."""
    canvas = pytest.importorskip("ipycanvas", reason="the pad's widgets need ipycanvas")
    import ipywidgets

    pad = draw.pad(ink_says)
    return pad, _View(pad, canvas, ipywidgets)


def test_colab_is_asked_to_show_widgets_of_others(view, monkeypatch):
    pad, _ = view
    asked = []
    output = SimpleNamespace(enable_custom_widget_manager=lambda: asked.append(True))
    monkeypatch.setitem(sys.modules, "google.colab", SimpleNamespace(output=output))
    assert pad.widget() is not None and asked == [True]
    monkeypatch.delitem(sys.modules, "google.colab")
    assert pad.widget() is not None and asked == [True], "and nobody else is"


def happens(view, event, **where):
    view.layers[1]._handle_frontend_event(view.layers[1], {"event": event, **where}, [])


def test_the_mouse_draws_a_stroke(view):
    pad, widgets = view
    happens(widgets, "mouse_move", x=5, y=5)
    assert pad.strokes == [], "nothing is drawn while the button is up"
    happens(widgets, "mouse_down", x=100, y=20)
    for y in range(30, 230, 10):
        happens(widgets, "mouse_move", x=100, y=y)
    happens(widgets, "mouse_up", x=100, y=230)
    happens(widgets, "mouse_move", x=0, y=0)
    assert pad.strokes == [[(100, float(y)) for y in range(20, 230, 10)]]
    assert np.array_equal(pad.image, draw.stroke_image(BAR))
    assert pad.reading in widgets.said.value and "rgb(0,0,0)" in widgets.seen.value
    assert np.array_equal(pad.probabilities, ink_says(pad.image.reshape(1, -1) / 16)[0])


def test_a_finger_draws_too(view):
    pad, widgets = view
    happens(widgets, "touch_start", touches=[{"x": 10, "y": 10}])
    happens(widgets, "touch_move", touches=[{"x": 10, "y": 90}])
    happens(widgets, "touch_end", touches=[])
    assert pad.strokes == [[(10, 10), (10, 90)]]


def buttons(box):
    for child in box.children:
        if hasattr(child, "children"):
            yield from buttons(child)
        elif hasattr(child, "click"):
            yield child


def test_keys_and_buttons_draw_without_a_mouse(view):
    pad, widgets = view
    by_name = {button.description: button for button in buttons(widgets.box)}
    assert set(by_name) == {"←", "→", "↑", "↓", "Undo", "Clear"}
    by_name["→"].click()
    assert pad.strokes == [], "the pen is up"
    widgets.pen.value = True
    for _ in range(20):  # further than the pad: the pen stays on it
        by_name["↓"].click()
    happens(widgets, "key_down", key="ArrowLeft", shift_key=False, ctrl_key=False, meta_key=False)
    happens(widgets, "key_down", key="q", shift_key=False, ctrl_key=False, meta_key=False)
    (stroke,) = pad.strokes
    assert stroke[0] == (144, 32) and stroke[-1] == (128, 240) and max(y for _, y in stroke) == 240
    assert pad.probabilities is not None and pad.reading in widgets.said.value
    by_name["Undo"].click()
    assert pad.strokes == [] and widgets.pen.value is False
    by_name["Clear"].click()
    assert "Nothing is drawn yet." in widgets.said.value


def test_a_mouse_lifts_the_pen_of_the_keys(view):
    pad, widgets = view
    widgets.pen.value = True
    happens(widgets, "mouse_down", x=10, y=10)
    happens(widgets, "mouse_up", x=10, y=10)
    widgets.arrow("ArrowDown")
    assert widgets.pen.value is False and pad.strokes[-1] == [(10, 10)]
    happens(widgets, "mouse_down", x=20, y=20)
    widgets.again(pad.clear)  # with another finger
    happens(widgets, "mouse_move", x=30, y=30)
    assert pad.strokes == []


def test_in_jupyter_it_is_a_widget(view, monkeypatch):
    monkeypatch.setenv("BPLIB_PROGRESS", "")
    bundle = view[0]._repr_mimebundle_()
    shown = bundle["application/vnd.jupyter.widget-view+json"]
    # Newer ipywidgets say it themselves; the same, of another box.
    itself = view[1].box._repr_mimebundle_()["application/vnd.jupyter.widget-view+json"]
    assert shown == {**itself, "model_id": shown["model_id"]}
    assert re.match("Here stands the drawing pad", bundle["text/plain"])
