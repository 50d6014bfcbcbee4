"""The figure with a threshold says what `bplib.metrics` says, at every threshold."""

import json
import re
import xml.dom.minidom

import numpy as np
import pytest

from bplib import draw, metrics
from bplib.draw import threshold_panels
from bplib.errors import DomainError, DTypeError, ShapeError

LABELS = np.array([0, 1, 0, 0, 1, 0, 1, 0, 1, 0])
SCORES = np.array([0.1, 0.8, 0.3, 0.3, 0.3, -0.2, 0.6, 0.7, 0.9, 0.2])


def data_of(page):
    return json.loads(re.search(r"var data = (\{.*?\});\n", page.html).group(1))


def test_every_moment_is_what_the_metrics_say():
    moments = data_of(draw.threshold(SCORES, LABELS))["moments"]
    curve = metrics.roc_curve(SCORES, LABELS)
    assert len(moments) == len(curve.threshold) == 9  # three scores are equal
    for moment, fpr, tpr, tau in zip(moments, *curve, strict=True):
        called = SCORES >= tau
        cells = [[int(np.sum((LABELS == i) & (called == j))) for j in (0, 1)] for i in (0, 1)]
        assert moment["cells"] == cells and moment["called"] == called.sum()
        shares = moment["shares"]
        assert shares["accuracy"] == f"{np.mean(called == LABELS):.3f}"
        assert shares["recall"] == f"{tpr:.3f}"
        (_, wrong), (missed, found) = cells
        if called.any():
            assert shares["precision"] == f"{found / called.sum():.3f}"
            assert shares["f1"] == f"{2 * found / (2 * found + wrong + missed):.3f}"
        else:
            assert shares["precision"] == shares["f1"] == "–"
        assert moment["here"] == [round(v, 1) for v in threshold_panels.on_curve(fpr, tpr)]
        assert f"{missed} missed" in moment["say"]
    assert moments[0]["mark"] == "above all" and moments[1]["mark"] == "0.9"
    assert data_of(draw.threshold(SCORES, LABELS))["auc"] == f"{metrics.auc(SCORES, LABELS):.3f}"


def test_filled_marks_are_the_first_ones_of_the_falling_scores():
    page = draw.threshold(SCORES, LABELS, start=0.65)
    data = data_of(page)
    now = data["moments"][data["start"]]
    assert now["mark"] == "0.7" and now["called"] == 3
    filled = re.findall(r'data-i="(\d+)"[^>]* fill="#(?!FFFFFF)', data["panels"][0])
    assert sorted(map(int, filled)) == [0, 1, 2]


def test_it_needs_nothing_from_outside_and_says_something_without_a_script():
    page = draw.threshold(SCORES, LABELS, names=("benign", "malignant"), alt="Ten lumps.")
    assert set(re.findall(r"https?://[^\"'\s)<\\]+", page.html)) <= {"http://www.w3.org/2000/svg"}
    assert "<script src" not in page.html and 'alt="Ten lumps. τ = 0.3: 7 called' in page.html
    for svg in (page.svg, *data_of(page)["panels"]):
        xml.dom.minidom.parseString(svg)
    assert "called malignant" in page.svg and page.steps[0].startswith("τ above all: 0 called")
    assert page.steps[-1].startswith("τ = −0.2: 10 called malignant, 4 of them rightly")
    assert "ArrowRight" in page.html and "aria-live" in page.html and "aria-valuetext" in page.html
    assert page.html == draw.threshold(
        SCORES, LABELS, names=("benign", "malignant"), alt="Ten lumps."
    ).html  # fmt: skip


def test_names_are_escaped_and_equal_scores_have_a_place():
    page = draw.threshold(np.ones(4), np.array([0, 1, 0, 1]), names=("<b>", "&"), xlabel='"x"')
    xml.dom.minidom.parseString(page.svg)
    assert len(data_of(page)["moments"]) == 2 and "<b>" not in page.svg


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_every_mark_lies_on_the_line_and_ticks_are_few(scale):
    page = draw.threshold(scale * SCORES, LABELS)
    for moment in data_of(page)["moments"]:
        assert threshold_panels.LEFT <= moment["x"] <= threshold_panels.RIGHT
    assert 2 <= data_of(page)["panels"][0].count('text-anchor="middle"') - 1 <= 7


def test_what_it_refuses():
    with pytest.raises(ShapeError, match="draw.threshold: there are 3 names; it needs two."):
        draw.threshold(SCORES, LABELS, names=("a", "b", "c"))
    with pytest.raises(ShapeError, match="scores has shape"):
        draw.threshold(SCORES[:, None], LABELS)
    with pytest.raises(DTypeError):
        draw.threshold(LABELS, LABELS)
    with pytest.raises(DomainError, match="no label is 1"):
        draw.threshold(SCORES, np.zeros(10, int))
