"""The race of optimizers: its page holds what was run, and speaks where no script runs."""

import base64
import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from bplib import draw
from bplib.draw.race import _loss_text, _stops
from bplib.draw.racecourse import HEIGHT, WIDTH, _ticks, places
from bplib.errors import DTypeError, MissingExtraError, ShapeError, UnknownNameError


def bowl(a, b):
    return a * a + 4 * b * b


def descent(rate, steps=20, start=(2.0, 1.0)):
    path = [np.array(start)]
    while len(path) <= steps and np.abs(path[-1]).max() < 1e3:
        path.append(path[-1] - rate * np.array([2.0, 8.0]) * path[-1])
    return np.array(path)


def course(**changes):
    runs = {
        "plain": {"0.1": descent(0.1), "0.5": descent(0.5)},
        "other": {"0.01": descent(0.01), "0.05": descent(0.05)},
    }
    given = {"runs": runs, "minima": [(0, 0)], "about": "Four times as steep."} | changes
    return draw.Course(bowl, (-3, 3), (-2, 2), **given)


def page(courses=None, chosen=None, **options):
    courses = {"Bowl": course(), "Again": course(about="")} if courses is None else courses
    return draw.race(courses, chosen=chosen or {"plain": "0.1"}, **options)


def data_of(made):
    return json.loads(re.search(r"var data = (\{.*?\});\n", made.html).group(1))


def still_of(made):
    return base64.b64decode(re.search(r"base64,([^\"]+)", made.html).group(1)).decode()


def test_the_page_holds_what_was_run():
    data = data_of(page(stops=[0, 1, 5, 20]))
    assert data["names"] == ["plain", "other"] and data["picked"] == [0, -1]
    run = data["courses"][0]["runs"][0][0]
    path = descent(0.1)
    at = [value for pair in places(path, (-3, 3), (-2, 2)) for value in pair]
    assert at[: len(run["at"])] == run["at"]
    # What is left out at the end stands where the last point stands.
    assert set(zip(at[len(run["at"]) :: 2], at[len(run["at"]) + 1 :: 2], strict=True)) <= {
        tuple(run["at"][-2:])
    }
    assert run["loss"] == ["8", "2.7", "0.43", "0.00053"]
    assert bowl(*path[1]) == pytest.approx(2.72)


def test_who_leaves_the_map_is_said_to_have_left():
    made = page(chosen={"plain": "0.5"})
    run = data_of(made)["courses"][0]["runs"][0][1]
    gone = len(descent(0.5)) - 1
    stops = data_of(made)["stops"]
    assert gone < 20
    assert [one == "off the map" for one in run["loss"]] == [stop >= gone for stop in stops]
    assert made.steps[0].endswith("After 20 steps, plain at 0.5: off the map.")


def test_the_still_picture_and_the_words_say_something():
    made = page(alt="Two paths.")
    root = ET.fromstring(still_of(made))
    assert root.get("aria-label") == made.alt
    assert made.alt.startswith("Two paths. Bowl. Four times as steep. After 20 steps, plain at 0.1")
    words = "".join(root.itertext())
    assert "plain, rate 0.1: loss 0.00053 after 20 steps" in words and "θ₀" in words
    assert [step.split(".")[0] for step in made.steps] == ["Bowl", "Again"]
    assert "<details><summary>Every surface in words" in made.html


def test_the_page_needs_nothing_from_outside_and_is_the_same_each_time():
    made = page()
    found = set(re.findall(r"https?://[^\"'\s)<\\]+", made.html))
    assert found <= {"http://www.w3.org/2000/svg"} and "<script src" not in made.html
    assert made.html == page().html and len(made.html) < 60_000
    for word in ("aria-live", "aria-label", "ArrowRight", "aria-valuetext"):
        assert word in made.html


def test_the_map_is_well_formed_and_inside_its_frame():
    behind, front = data_of(page())["courses"][0]["back"]
    root = ET.fromstring(f'<svg viewBox="0 0 {WIDTH} {HEIGHT}">{behind}<g/>{front}</svg>')
    lines = [one.get("d") for one in root.iter("path") if one.get("stroke") == "#93A5B5"]
    assert len(lines) >= 8
    numbers = [float(one) for d in lines for one in re.findall(r"[\d.]+", d)]
    assert min(numbers) >= 0 and max(numbers) <= WIDTH


def test_places():
    corners = np.array([[-3.0, 2.0], [3.0, -2.0], [np.inf, np.nan], [-1e300, 0.0]])
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = places(corners, (-3, 3), (-2, 2))
    assert x0 < x1 < x2 < 4 * WIDTH and y0 < y1 < y2 and -4 * WIDTH < x3 < 0 and y3 < y1


@pytest.mark.parametrize(
    ("steps", "marks"),
    [(1, [0, 1]), (3, [0, 1, 2, 3]), (8, [0, 1, 2, 3, 4, 5, 6, 7, 8])],
)
def test_short_races_stop_everywhere(steps, marks):
    assert _stops(steps) == marks


def test_long_races_stop_less_and_less_often():
    marks = _stops(1000)
    gaps = np.diff(marks)
    assert marks[0] == 0 and marks[-1] == 1000 and len(marks) < 35
    assert gaps.min() == 1 and np.all(np.diff(gaps[:-1]) >= 0)


def test_losses_as_text():
    assert [_loss_text(v) for v in (0.0, 1e-12, -1.0, 1234.5)] == [
        "below 10⁻⁹", "below 10⁻⁹", "−1", "1.2·10³",
    ]  # fmt: skip


@pytest.mark.parametrize("span", [(-5.5, 5.5), (-2, 2), (0, 1), (-0.01, 0.03), (10, 1000)])
def test_ticks_are_few_and_inside(span):
    marks = _ticks(span)
    assert 3 <= len(marks) <= 8 and span[0] <= marks[0] and marks[-1] <= span[1]


LEFT_OUT = {"plain": {"0.1": descent(0.1)}}
SEVEN = {f"rule {k}": {"0.1": descent(0.1)} for k in range(7)}


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: page({}), ShapeError, "draw.race: there are no courses; it needs at least one."),
        (lambda: page({"a": 3}), DTypeError,
         "draw.race: course 'a' is of type int; it must be a draw.Course."),
        (lambda: page({"a": course(runs=SEVEN)}), ShapeError,
         "draw.race: there are 7 optimizers; it needs one to 6, each with a rate."),
        (lambda: page({"a": course(), "b": course(runs=LEFT_OUT)}), ShapeError,
         "draw.race: every course needs the same optimizers, with as many rates each."),
        (lambda: page({"a": course(runs={"plain": {"0.1": [1.0, 2.0]}})}), ShapeError,
         "draw.race: the run of plain at 0.1 has shape (2,); it needs (steps + 1, 2), one row "
         "(θ₀, θ₁) for each step and one for the start."),
        (lambda: page(chosen={"nobody": "0.1"}), UnknownNameError,
         "draw.race: chosen names 'nobody'; there are plain, other."),
        (lambda: page(chosen={"plain": "7"}), UnknownNameError,
         "draw.race: plain has no run at '7' on the first course; there are 0.1, 0.5."),
        (lambda: page(stops=[3, 1]), ShapeError,
         "draw.race: stops are [3, 1]; they rise from 0 or more to 20 at most."),
        (lambda: page({"a": course(minima=[(1, 2, 3)])}), ShapeError,
         "draw.race: a minimum has shape (3,); it is a pair (θ₀, θ₁)."),
        (lambda: page({"a": draw.Course(bowl, (1, 1), (0, 1), course().runs)}), ValueError,
         "draw.race: theta0_range is (1, 1); it needs (low, high), low < high."),
        (lambda: page({"a": draw.Course(lambda a, b: 0 * a, (0, 1), (0, 1), course().runs)}),
         ValueError, "draw.race: the loss is the same everywhere here, or not a number."),
    ],
)  # fmt: skip
def test_bad_input_gets_one_plain_sentence(call, error, sentence):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == sentence


def test_without_matplotlib_the_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"^draw.race needs matplotlib"):
        page()
