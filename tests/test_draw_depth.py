"""The figure of signals through depth: every network is there, in pictures and in words."""

import base64
import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from bplib import draw
from bplib.draw.depth import picture, say
from bplib.draw.player import pieces
from bplib.errors import DTypeError, ShapeError

SIZES = {
    (bend, layers): (0.5 ** np.arange(layers), 0.25 ** np.arange(layers)[::-1] * scale)
    for bend, scale in (("sigmoid", 1.0), ("ReLU", 1e20))
    for layers in (1, 4, 30)
}


def read(page):
    """The data of the page and the pictures put together as its script does."""
    data = json.loads(re.search(r"var data = (\{.*?\});\n", page.html).group(1))
    still = base64.b64decode(re.search(r"base64,([^\"]+)", page.html).group(1)).decode()
    table = pieces(still) + data["extra"]
    pictures = []
    for run in data["runs"]:
        parts = [table[a : b + 1] for a, b in zip(run[::2], run[1::2], strict=True)]
        pictures.append("".join(sum(parts, [])))
    return data, pictures


def test_every_network_is_there_in_a_picture_and_in_words():
    page = draw.depth(SIZES, ("bend", "layers"), start=("ReLU", 4), alt="Sizes.")
    data, pictures = read(page)
    assert data["options"] == [["sigmoid", "ReLU"], ["1", "4", "30"]] and data["start"] == [1, 1]
    assert pictures == [picture(*pair, alt="Sizes.") for pair in SIZES.values()]
    assert len(page.steps) == 6 and page.svg == pictures[4]
    assert page.steps[1] == (
        "bend sigmoid · layers 4: the signal goes from 1 in layer 1 to 0.12 in layer 4; the "
        "gradient comes back from 1 in layer 4 to 0.016 in layer 1."
    )
    assert page.alt.startswith("Sizes. bend ReLU · layers 4: ") and page.steps[4] in page.html
    assert page.html == draw.depth(SIZES, ("bend", "layers"), start=("ReLU", 4), alt="Sizes.").html
    assert set(re.findall(r"https?://[^\"'\s)<\\]+", page.html)) <= {"http://www.w3.org/2000/svg"}


def test_the_lists_can_be_reached_with_the_keyboard_and_say_what_they_are():
    html = draw.depth(SIZES, ("bend", "layers")).html
    assert 'make("select", label)' in html and "aria-live" in html and "<script src" not in html


@pytest.mark.parametrize("key", SIZES)
def test_every_picture_is_well_formed_and_inside_its_frame(key):
    svg = picture(*SIZES[key], alt="A < B")
    root = ET.fromstring(svg)
    assert root.get("aria-label") == "A < B"
    for path in root.iter("{http://www.w3.org/2000/svg}path"):
        for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path.get("d")):
            assert 0 <= float(x) <= 460 and 0 <= float(y) <= 316
    circles = len(list(root.iter("{http://www.w3.org/2000/svg}circle")))
    assert circles == (2 * key[1] if key[1] <= 20 else 0)


def test_what_is_zero_or_infinite_is_left_out():
    svg = picture(np.array([1.0, 0.0, 2.0]), np.array([np.inf, 1.0, 0.0]), alt="a")
    assert svg.count("<circle") == 3
    assert picture(np.zeros(2), np.zeros(2), alt="a").count("<circle") == 0


def test_one_layer_alone_is_said():
    assert say(np.array([0.5]), np.array([2.0])) == "one layer, signal 0.5, gradient 2."


@pytest.mark.parametrize(
    ("sizes", "start", "error", "sentence"),
    [
        ({}, None, ShapeError, r"^draw.depth: sizes is empty; it needs at least one network.$"),
        ({("a",): ([1.0], [1.0])}, None, ShapeError, r"the key \('a',\) needs 2 parts: bend, lay"),
        (
            {("a", 1): ([1.0], [1.0]), ("b", 2): ([1.0], [1.0])}, None, ShapeError,
            r"\('a', 2\) is missing; every combination is needed.$",
        ),
        ({("a", 1): ([1.0], [1.0])}, ("b", 1), ShapeError, r"start is \('b', 1\), which is not"),
        ({("a", 1): ([1.0], [1.0, 2.0])}, None, ShapeError, r"arrays of shape \(1,\) and \(2,\)"),
        ({("a", 1): ("one", "two")}, None, DTypeError, r"\('a', 1\) needs two arrays of numbers"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(sizes, start, error, sentence):
    with pytest.raises(error, match=sentence):
        draw.depth(sizes, ("bend", "layers"), start=start)
