"""A threshold to move along the scores, with everything that follows from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from bplib import metrics
from bplib.draw import text
from bplib.draw import threshold_panels as panels
from bplib.draw.page import Page, page
from bplib.draw.svg import frame
from bplib.errors import ShapeError

SENTENCES = 9
"""How many positions the folded list says in words."""


def threshold(
    scores: Any,
    labels: Any,
    *,
    names: Sequence[str] = ("0", "1"),
    xlabel: str = "score",
    start: float | None = None,
    alt: str | None = None,
) -> Page:
    """A figure with a slider that moves a threshold τ along the scores of two classes.

    The confusion matrix, precision, recall and the point on the ROC curve move with it. A sample
    is called 1 where its score is at least τ. The reader drags or uses the arrow keys. Every
    number comes from `bplib.metrics` and is computed beforehand; where no script runs, the figure
    stands still at `start`, with some other positions in words.

    Arguments:
        scores: (m,), finite floats; larger means more likely 1.
        labels: (m,), 0 and 1; both occur.
        names: what 0 and 1 stand for.
        xlabel: what the score is.
        start: the τ to begin with, rounded up to the next score; the middle one when left out.
        alt: what the figure shows, in words.

    Returns:
        A Page.

    Raises:
        ShapeError: where the shapes differ, are not (m,), or there are not two names.
        DTypeError, DomainError: as in `metrics.roc_curve`.
    """
    curve = metrics.roc_curve(scores, labels)
    scores, labels = np.asarray(scores), np.asarray(labels).astype(int)
    if len(names) != 2:
        raise ShapeError(f"draw.threshold: there are {len(names)} names; it needs two.")
    order = np.argsort(-scores, kind="stable")
    scores, labels = scores[order], labels[order]
    words = [*map(str, names), str(xlabel)]
    moments = [_moment(scores, labels, curve, k, words) for k in range(len(curve.threshold))]
    reached = curve.threshold >= (np.median(scores) if start is None else start)
    at = max(int(np.count_nonzero(reached)) - 1, 0)
    area = metrics.auc(scores, labels)
    alt = " ".join(
        (alt or f"{len(scores)} scores, a threshold, and the ROC curve they make").split()
    ).rstrip(".")
    now = moments[at]
    here = curve.false_positive_rate[at], curve.true_positive_rate[at]
    left = panels.scores_panel(scores, labels, now["called"], now["x"], words)
    right = panels.roc_panel(curve, here)
    some = np.unique(np.linspace(0, len(moments) - 1, SENTENCES).round().astype(int))
    return page(
        "threshold",
        svg=_still(left, right, now, words, f"{alt}. {now['say']}"),
        alt=f"{alt}. {now['say']}",
        steps=[moments[k]["say"] for k in some],
        caption=now["say"],
        summary="Some thresholds in words",
        data={
            "alt": alt + ". ",
            "names": words[:2],
            "start": at,
            "panels": [
                panels.svg(left, panels.WIDTH, panels.SCORES_HEIGHT),
                panels.svg(right, panels.WIDTH, panels.ROC_HEIGHT),
            ],
            "auc": _share(area),
            "moments": moments,
        },
    )


def _moment(
    scores: np.ndarray, labels: np.ndarray, curve: Any, k: int, words: Sequence[str]
) -> dict[str, Any]:
    """Everything that is true at one threshold, by `bplib.metrics`."""
    tau = float(curve.threshold[k])
    called = (scores >= tau).astype(int)
    cells = metrics.confusion_matrix(called, labels, 2).tolist()
    any_called = bool(called.any())
    share = {
        "accuracy": _share(metrics.accuracy(called, labels)),
        "precision": _share(_of_1(metrics.precision, called, labels)) if any_called else "–",
        "recall": _share(_of_1(metrics.recall, called, labels)),
        "f1": _share(_of_1(metrics.f1, called, labels)) if any_called else "–",
    }
    mark = "above all" if math.isinf(tau) else text.number(tau, 3)
    (_, wrong), (missed, found) = cells
    say = (
        f"τ {mark if math.isinf(tau) else '= ' + mark}: {wrong + found} called {words[1]}, "
        f"{found} of them rightly; {missed} missed. Precision {share['precision']}, recall "
        f"{share['recall']}, accuracy {share['accuracy']}."
    )
    x, y = panels.on_curve(curve.false_positive_rate[k], curve.true_positive_rate[k])
    return {
        "mark": mark,
        "called": int(called.sum()),
        "x": round(panels.Scale(scores).place(tau), 1),
        "here": [round(x, 1), round(y, 1)],
        "cells": cells,
        "shares": share,
        "say": say,
    }


def _of_1(metric: Any, called: np.ndarray, labels: np.ndarray) -> float:
    return float(metric(called, labels, average=None)[1])


def _share(value: float) -> str:
    return f"{value:.3f}"


def _still(left: str, right: str, now: dict[str, Any], words: Sequence[str], alt: str) -> str:
    lines = [f"{'F₁' if name == 'f1' else name} {now['shares'][name]}" for name in now["shares"]]
    table = panels.table_panel(now["cells"], lines, words)
    low = panels.SCORES_HEIGHT + 12
    height = low + 124 + 22 * len(lines)
    inner = (
        f'<g transform="translate(6 8)">{left}</g>'
        f'<g transform="translate(6 {low:g})">{table}</g>'
        f'<g transform="translate({panels.WIDTH + 20:g} 40)">{right}</g>'
    )
    return frame(2 * panels.WIDTH + 30, height, inner, alt)
