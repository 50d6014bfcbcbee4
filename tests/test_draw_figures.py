"""matplotlib figures and the player: the same everywhere, described, and small."""

import base64
import json
import re
import sys
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplib import draw
from bplib.draw.compact import keep
from bplib.draw.player import pack, pieces
from bplib.draw.surface import evaluate
from bplib.errors import DomainError, DTypeError, MissingExtraError, ShapeError

X = np.array([-1.0, 0.0, 1.0, 2.0])
Y = np.array([-1.5, 0.5, 2.0, 3.0])
SVG = "{http://www.w3.org/2000/svg}"


def bowl(a, b):
    """A loss that works entry by entry."""
    return (a - 1.0) ** 2 + 4.0 * b**2


PATH = np.array([[-1.0, 0.8], [0.0, 0.1], [1.0, 0.0]])

FIGURES = {
    "surface": lambda: draw.loss_surface(bowl, (-2, 3), (-1, 1), path=PATH, minimum=(1, 0)),
    "two paths": lambda: draw.loss_surface(bowl, (-2, 3), (-1, 1), path={"a": PATH, "b": -PATH}),
    "curves": lambda: draw.learning_curves({"slow": [9.0, 4.0, 1.0], "fast": [9.0, 1.0, 0.01]}),
    "line": lambda: draw.fit_line(X, Y, 1.5, 0.2, squares=True, xlabel="x (m)", ylabel="y (s)"),
    "data": lambda: draw.fit_line(X, Y),
    "slope": lambda: draw.slope(lambda x: x * x, (-1, 3), 1.0, 2.0, h=0.5),
    "errors": lambda: draw.error_curves([0.1, 0.01], {"forward": [0.1, 0.01]},
                                        best={"forward": 0.01}),
}  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_well_formed_labelled_described_and_the_same_each_time(name):
    figure = FIGURES[name]()
    svg = draw.svg_of(figure)
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert len(root.get("aria-label")) > 20
    assert root.find(f"{SVG}title").text == root.get("aria-label")
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in figure.axes)
    assert svg == draw.svg_of(FIGURES[name]()) == draw.svg_of(figure)
    assert set(re.findall(r"https?://[^\"'\s)<]+", svg)) <= {"http://www.w3.org/2000/svg"}
    assert "<metadata" not in svg and "Date" not in svg


@pytest.mark.parametrize("name", FIGURES)
def test_every_reference_in_a_picture_is_met_and_its_own(name):
    svg = draw.svg_of(FIGURES[name]())
    ids = re.findall(r' id="([^"]+)"', svg)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))
    assert set(ids) == used and len(ids) == len(set(ids))
    other = draw.svg_of(draw.learning_curves({"another": [3.0, 2.0, 1.0]}))
    assert not set(ids) & set(re.findall(r' id="([^"]+)"', other))


def test_the_last_bits_of_the_data_leave_no_trace():
    noise = 1 + 1e-14 * np.array([1.0, -1.0, 1.0, -1.0])
    assert draw.svg_of(draw.fit_line(X, Y, 1.5, 0.2)) == draw.svg_of(
        draw.fit_line(X * noise, Y * noise, 1.5 * (1 + 1e-14), 0.2)
    )
    shaky = draw.loss_surface(lambda a, b: bowl(a, b) * (1 + 1e-14), (-2, 3), (-1, 1), path=PATH)
    assert draw.svg_of(shaky) == draw.svg_of(draw.loss_surface(bowl, (-2, 3), (-1, 1), path=PATH))


def test_a_scalar_loss_and_a_vectorised_one_make_the_same_surface():
    def scalar(a, b):
        return float(np.mean((a * X + b - Y) ** 2))

    def entrywise(a, b):
        return sum((a * x + b - y) ** 2 for x, y in zip(X, Y, strict=True)) / len(X)

    a, b = np.linspace(-1, 2, 5), np.linspace(-2, 2, 4)
    assert evaluate(scalar, a, b).shape == (4, 5)
    assert np.allclose(evaluate(scalar, a, b), evaluate(entrywise, a, b))
    # With as many grid points as data, broadcasting gives an array of the right shape by accident.
    a = b = np.linspace(-1, 1, 4)
    wrong = lambda p, q: (p * X + q - Y) ** 2 if np.ndim(p) else scalar(p, q)  # noqa: E731
    assert np.allclose(evaluate(wrong, a, b), evaluate(scalar, a, b))


def test_figure_show_alt_and_save(tmp_path, capsys):
    figure, axes = draw.figure(1, 2)
    axes[0].plot([1, 2], [3, 4])
    assert draw.alt(axes[0], "Two  points\nand a line.") is figure
    path = draw.save(figure, tmp_path / "figure.svg")
    assert 'aria-label="Two points and a line."' in path.read_text(encoding="utf-8")
    draw.show(figure)
    assert capsys.readouterr().out == "Two points and a line.\n"
    draw.show(figure, alt="Other words.")
    assert capsys.readouterr().out == "Other words.\n"
    draw.show(draw.player(["<svg></svg>"], ["One."], alt="A square"))
    assert capsys.readouterr().out.startswith("A square. One.")


def test_a_figure_without_a_description_is_described_by_its_labels():
    figure, ax = draw.figure()
    ax.set(xlabel="cups", ylabel="price (euro)", title="An order")
    assert 'aria-label="Figure. An order: price (euro) against cups."' in draw.svg_of(figure)


def test_log_axis_is_chosen_by_the_values():
    assert draw.learning_curves({"a": [100.0, 1.0]}).axes[0].get_yscale() == "log"
    assert draw.learning_curves({"a": [2.0, 1.0]}).axes[0].get_yscale() == "linear"
    assert draw.learning_curves({"a": [100.0, -1.0]}).axes[0].get_yscale() == "linear"
    assert draw.learning_curves({"a": [1.0, np.inf, np.nan]}).axes[0].get_yscale() == "linear"


def test_style_sets_the_look_of_the_book():
    import matplotlib

    with matplotlib.rc_context():
        draw.style()
        assert matplotlib.rcParams["svg.hashsalt"] == "bplib"
        assert matplotlib.rcParams["figure.facecolor"] == "#FFFFFF"
        assert tuple(matplotlib.rcParams["figure.figsize"]) == (6.8, 3.8)


def test_jupyter_shows_figures_as_described_svg():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    try:
        import matplotlib

        with matplotlib.rc_context():
            draw.style()
            figure = FIGURES["curves"]()
            bundle, _ = shell.display_formatter.format(figure)
    finally:
        InteractiveShell.clear_instance()
    assert bundle["image/svg+xml"] == draw.svg_of(figure)
    assert bundle["text/plain"].startswith("Loss against step: slow goes from 9 to 1")
    assert "image/png" not in bundle


def read_player(html):
    """The data of a player and the pictures put together as its script does."""
    data = json.loads(re.search(r"var data = (\{.*?\});\n", html).group(1))
    still = base64.b64decode(re.search(r"base64,([^\"]+)", html).group(1)).decode()
    table = pieces(still) + data["extra"]
    pictures = []
    for run in data["runs"]:
        parts = [table[a : b + 1] for a, b in zip(run[::2], run[1::2], strict=True)]
        pictures.append("".join(sum(parts, [])))
    return data, pictures


def test_the_player_gives_back_every_frame_and_stays_small():
    frames = [draw.loss_surface(bowl, (-2, 3), (-1, 1), path=PATH * k) for k in (1.0, 0.8, 0.6)]
    page = draw.player(
        frames, ["One.", "Two.", "Three."], label="scale", values=[1.0, 0.8, 0.6], alt="Paths",
        start=1,
    )  # fmt: skip
    data, pictures = read_player(page.html)
    assert pictures == [draw.svg_of(frame, unique_ids=False) for frame in frames]
    assert data["marks"] == ["1.0", "0.8", "0.6"] and data["start"] == 1
    assert len(page.html) < 2.2 * len(pictures[0])
    assert 'alt="Paths. Two."' in page.html and "<p>Two.</p>" in page.html
    assert page.steps[0] == "scale 1.0: One."
    assert set(re.findall(r"https?://[^\"'\s)<\\]+", page.html)) <= {"http://www.w3.org/2000/svg"}
    assert "<script src" not in page.html
    assert page.html == draw.player(
        frames, ["One.", "Two.", "Three."], label="scale", values=[1.0, 0.8, 0.6], alt="Paths",
        start=1,
    ).html  # fmt: skip


@given(st.lists(st.text("<>ab\n ", max_size=40), min_size=1, max_size=5), st.data())
def test_packing_loses_nothing(pictures, data):
    start = data.draw(st.integers(0, len(pictures) - 1))
    extra, runs = pack(pictures, start)
    table = pieces(pictures[start]) + extra
    for picture, run in zip(pictures, runs, strict=True):
        parts = ["".join(table[a : b + 1]) for a, b in zip(run[::2], run[1::2], strict=True)]
        assert "".join(parts) == picture


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: draw.loss_surface(3.0, (0, 1), (0, 1)), DTypeError,
         "draw.loss_surface: loss is a function of two numbers, not a float."),
        (lambda: draw.loss_surface(bowl, (1, 0), (0, 1)), ValueError,
         "draw.loss_surface: theta0_range is (1, 0); it needs (low, high), low < high."),
        (lambda: draw.loss_surface(bowl, (0, 1), (2, 2)), ValueError,
         "draw.loss_surface: theta1_range is (2, 2); it needs (low, high), low < high."),
        (lambda: draw.loss_surface(bowl, (0, 1), (0, 1), path=[1.0, 2.0]), ShapeError,
         "draw.loss_surface: path has shape (2,); it needs (steps, 2), one row (θ₀, θ₁) for each "
         "step."),
        (lambda: draw.loss_surface(bowl, (0, 1), (0, 1), minimum=[1.0]), ShapeError,
         "draw.loss_surface: minimum has shape (1,); it is a pair (θ₀, θ₁)."),
        (lambda: draw.loss_surface(lambda a, b: 0 * a, (0, 1), (0, 1)), ValueError,
         "draw.loss_surface: the loss is the same everywhere in these ranges."),
        (lambda: draw.loss_surface(lambda a, b: a * np.nan, (0, 1), (0, 1)), ValueError,
         "draw.loss_surface: the loss is nowhere a finite number in these ranges."),
        (lambda: draw.learning_curves({}), ShapeError,
         "draw.learning_curves: there is no curve to draw."),
        (lambda: draw.learning_curves({"a": []}), ShapeError,
         "draw.learning_curves: curve 'a' has shape (0,); it needs (steps,)."),
        (lambda: draw.learning_curves({"a": ["x"]}), DTypeError,
         "draw.learning_curves: curve 'a' holds no numbers."),
        (lambda: draw.fit_line(X, Y[:3]), ShapeError,
         "draw.fit_line: x has shape (4,) and y (3,); both need the same (m,), m ≥ 1."),
        (lambda: draw.fit_line(X, ["a", "b", "c", "d"]), DTypeError,
         "draw.fit_line: y holds no numbers."),
        (lambda: draw.fit_line(X * np.nan, Y), DomainError,
         "draw.fit_line: x holds values that are not finite."),
        (lambda: draw.fit_line(X, Y, 1.0), ShapeError,
         "draw.fit_line: a line needs both theta0 and theta1."),
        (lambda: draw.slope(np.sin, (1, 1), 1.0), ValueError,
         "draw.slope: x_range is (1, 1); it needs (low, high), low < high."),
        (lambda: draw.error_curves([0.0, 1.0], {"a": [1.0, 1.0]}), ValueError,
         "draw.error_curves: every step h must be positive."),
        (lambda: draw.error_curves([0.1], {"a": [1.0, 1.0]}), ShapeError,
         "draw.error_curves: 'a' has 2 errors for 1 steps."),
        (lambda: draw.player([], []), ShapeError,
         "draw.player: there are no frames; it needs at least one."),
        (lambda: draw.player(["<svg/>"], []), ShapeError,
         "draw.player: 0 captions for 1 frames; each frame needs one."),
        (lambda: draw.player(["<svg/>"], ["a"], start=1), ShapeError,
         "draw.player: start is 1; there are frames 0 to 0."),
        (lambda: draw.player([3], ["a"]), DTypeError,
         "draw.player: frame 0 is of type int; it must be a matplotlib figure, a Drawing, or SVG "
         "text."),
        (lambda: draw.alt(3, "a"), DTypeError,
         "draw.alt: a matplotlib Figure or Axes is needed, not a int."),
    ],
)  # fmt: skip
def test_bad_input_gets_one_plain_sentence(call, error, sentence):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == sentence


def test_without_matplotlib_the_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"^draw.learning_curves needs matplotlib: "
                       r"pip install 'bplib\[book\]'$"):  # fmt: skip
        draw.learning_curves({"a": [2.0, 1.0]})


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=2, max_size=60),
    st.floats(0.05, 20),
)
def test_a_line_with_fewer_points_keeps_its_course(points, tolerance):
    points = [(x / 10, y / 10) for x, y in points]
    kept = keep(points, tolerance)
    assert kept[0] == 0 and kept[-1] == len(points) - 1 and kept == sorted(set(kept))
    for first, last in pairwise(kept):
        for between in points[first + 1 : last]:
            assert distance(between, points[first], points[last]) <= tolerance + 1e-9


def distance(point, start, end):
    """Distance of a point from a stretch, by trying many places on it."""
    at = np.linspace(0, 1, 2001)[:, None]
    places = np.array(start) + at * (np.array(end) - np.array(start))
    step = np.hypot(*(np.array(end) - np.array(start))) / 2000
    return np.hypot(*(places - np.array(point)).T).min() - step


def test_long_curves_and_paths_stay_small():
    t = np.linspace(0, 1, 20_000)
    spiral = np.column_stack([1 + 2 * t * np.cos(9 * t), t * np.sin(9 * t)])
    figure = draw.loss_surface(bowl, (-2, 3), (-1, 1), path=spiral)
    assert len(draw.svg_of(figure)) < 100_000
    wavy = 2.0 + np.sin(300 * t)
    figure = draw.learning_curves({"wavy": wavy})
    assert len(draw.svg_of(figure)) < 40_000
    (line,) = figure.axes[0].get_lines()
    assert line.get_ydata().min() == wavy.min() and line.get_ydata().max() == wavy.max()


KINDS = ["player", "stepper", "race", "depth", "threshold"]


@pytest.mark.parametrize("name", KINDS)
def test_no_plain_key_of_a_live_figure_reaches_jupyterlab(name):
    # JupyterLab would move to another cell in the place of the slider that has the focus.
    html = draw.page.page(name, svg="<svg/>", alt="A", steps=[], data={}).html
    assert (
        'root.addEventListener("keydown", function (event) {\n'
        "if (!event.altKey && !event.ctrlKey && !event.metaKey) event.stopPropagation();"
    ) in html


@pytest.mark.parametrize("name", KINDS)
def test_a_figure_leaves_no_name_on_the_page_that_holds_it(name):
    html = draw.page.page(name, svg="<svg/>", alt="A", steps=[], data={"a": 1}).html
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert script.startswith('(function () {\nvar key = "') and script.endswith("\n})();")
    # One function around everything: it is closed where the script ends, and nowhere before.
    code = re.sub(r"\"(\\.|[^\"\\\n])*\"|'[^'\n]*'|/(?![/*])(\\.|[^/\n])+/", "", script[1:-4])
    depth = [0]
    for sign in re.findall(r"[{}]", code):
        depth.append(depth[-1] + (1 if sign == "{" else -1))
    assert depth[-1] == 0 and min(depth[1:-1]) >= 1


@pytest.mark.parametrize("name", ["card", *KINDS])
def test_the_scripts_do_no_mathematics(name):
    # They clamp a step and, in the stepper, compare an answer with the number that Python wrote.
    allowed = {"max", "min"} | ({"abs"} if name == "stepper" else set())
    script = draw.page.asset(f"{name}.js")
    assert set(re.findall(r"Math\.(\w+)", script)) <= allowed and "**" not in script
