"""A race of optimizers on surfaces of two parameters, run beforehand and handed over as points."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplib.draw import text
from bplib.draw.page import Page, asset, page
from bplib.draw.racecourse import HEIGHT, WIDTH, background, places
from bplib.draw.style import BLUE, GREEN, INK, ORANGE, PURPLE, RED, SKY
from bplib.draw.svg import frame
from bplib.errors import DTypeError, ShapeError, UnknownNameError, need

Range = tuple[float, float]
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED)
SIGNS = ("●", "■", "▲", "◆", "▼", "✚")
ROW = 26
TINY = 1e-9
"""A loss that is closer to 0 than this is said to be below it."""


@dataclass(frozen=True)
class Course:
    """One surface to race on, with the runs that were made on it.

    Arguments:
        loss: loss(theta0, theta1) of two numbers, or of two arrays entry by entry.
        theta0_range: (low, high), what the map shows.
        theta1_range: (low, high).
        runs: by optimizer, then by learning rate as text, an array (steps + 1, 2) of every
            (θ₀, θ₁) from the start on. One with fewer rows than the longest has left the map for
            good, and is said to have done so.
        minima: pairs (θ₀, θ₁), marked with a cross.
        about: one sentence that says what is hard here.
    """

    loss: Callable[[Any, Any], Any]
    theta0_range: Range
    theta1_range: Range
    runs: Mapping[str, Mapping[str, Any]]
    minima: Sequence[Sequence[float]] = ()
    about: str = ""


def race(
    courses: Mapping[str, Course],
    *,
    chosen: Mapping[str, str],
    stops: Sequence[int] | None = None,
    alt: str | None = None,
) -> Page:
    """An interactive figure: pick a surface, optimizers and their rates, and let them run.

    Everything was computed beforehand: the page holds the points of every run and the losses at
    the stops, and its script does no mathematics. Where no script runs, the first course is shown
    with the chosen runs at the end, and a folded list says how they fare on all courses.

    Arguments:
        courses: by name; all with the same optimizers and numbers of rates, six optimizers at most.
        chosen: the optimizers that run at the beginning, each with its rate on the first course;
            on the other courses it is the rate in the same place.
        stops: the numbers of steps at which the race can be halted, from 0 on; a dozen and a half
            places, close together at first, when left out.
        alt: what the figure shows, in words.

    Returns:
        A Page.

    Raises:
        ShapeError: for no courses, more than six optimizers, or a run that is not (steps + 1, 2).
        DTypeError: where a course is not a Course.
        UnknownNameError: for an optimizer or a rate that is not there.
        MissingExtraError: where matplotlib, which draws the contour lines, is not installed.
    """
    need("matplotlib", "book", "draw.race")
    names = _optimizers(courses)
    steps = max(len(p) for c in courses.values() for p in _runs(c)) - 1
    marks = list(stops) if stops is not None else _stops(steps)
    if not marks or marks[0] < 0 or sorted(set(marks)) != marks or marks[-1] > steps:
        raise ShapeError(
            f"draw.race: stops are {marks}; they rise from 0 or more to {steps} at most."
        )
    first = next(iter(courses.values()))
    picked = {name: _index(first, name, rate) for name, rate in chosen.items()}
    tables = [_data(name, course, names, marks) for name, course in courses.items()]
    words = [_in_words(table, names, picked, marks[-1]) for table in tables]
    said = " ".join((alt or "Contour lines with the paths of optimizers").split()).rstrip(".")
    return page(
        "race",
        svg=_still(tables[0], names, picked, f"{said}. {words[0]}", marks[-1]),
        alt=f"{said}. {words[0]}",
        steps=words,
        caption=words[0],
        summary="Every surface in words",
        data={
            "alt": said + ". ",
            "css": asset("race.css"),
            "names": names,
            "colours": COLOURS[: len(names)],
            "signs": SIGNS[: len(names)],
            "picked": [picked.get(name, -1) for name in names],
            "stops": marks,
            "size": [WIDTH, HEIGHT],
            "courses": tables,
        },
    )


def _optimizers(courses: Mapping[str, Course]) -> list[str]:
    """The names of the optimizers, the same on all courses."""
    if not courses:
        raise ShapeError("draw.race: there are no courses; it needs at least one.")
    for name, course in courses.items():
        if not isinstance(course, Course):
            raise DTypeError(
                f"draw.race: course '{name}' is of type {type(course).__name__}; it must be a "
                "draw.Course."
            )
    first, *others = courses.values()
    names, rates = list(first.runs), [len(runs) for runs in first.runs.values()]
    if not 0 < len(names) <= len(COLOURS) or not all(rates):
        raise ShapeError(
            f"draw.race: there are {len(names)} optimizers; it needs one to {len(COLOURS)}, each "
            "with a rate."
        )
    for course in others:
        if list(course.runs) != names or [len(runs) for runs in course.runs.values()] != rates:
            raise ShapeError(
                "draw.race: every course needs the same optimizers, with as many rates each."
            )
    return names


def _runs(course: Course) -> list[Any]:
    """Every run of a course, each checked."""
    found = []
    for name, runs in course.runs.items():
        for rate, path in runs.items():
            points = np.asarray(path, dtype=float)
            if points.ndim != 2 or points.shape[1] != 2 or not len(points):
                raise ShapeError(
                    f"draw.race: the run of {name} at {rate} has shape {points.shape}; it needs "
                    "(steps + 1, 2), one row (θ₀, θ₁) for each step and one for the start."
                )
            found.append(points)
    return found


def _stops(steps: int) -> list[int]:
    """0 to 5, then further and further apart, up to the last step."""
    marks = [k for k in range(6) if k < steps]
    while marks and marks[-1] + max(1, marks[-1] // 4) < steps:
        marks.append(marks[-1] + max(1, marks[-1] // 4))
    return [*marks, steps]


def _index(course: Course, name: str, rate: str) -> int:
    if name not in course.runs:
        raise UnknownNameError(
            f"draw.race: chosen names {name!r}; there are {', '.join(course.runs)}."
        )
    rates = list(course.runs[name])
    if rate not in rates:
        raise UnknownNameError(
            f"draw.race: {name} has no run at {rate!r} on the first course; there are "
            f"{', '.join(rates)}."
        )
    return rates.index(rate)


def _data(title: str, course: Course, names: list[str], stops: list[int]) -> dict[str, Any]:
    """What the script needs of a course."""
    runs = iter(_runs(course))
    return {
        "name": title,
        "about": course.about,
        "back": background(course.loss, course.theta0_range, course.theta1_range, course.minima),
        "runs": [
            [_run(course, rate, next(runs), stops) for rate in course.runs[name]] for name in names
        ],
    }


def _run(course: Course, rate: str, points: Any, stops: list[int]) -> dict[str, Any]:
    """Its places on the map as whole numbers, and its loss at every stop as text."""
    at = places(points, course.theta0_range, course.theta1_range)
    gone = len(points) - 1 if len(points) <= stops[-1] else None
    last = len(at) - 1
    while last and at[last] == at[last - 1]:  # what stands still is not repeated
        last -= 1
    losses = []
    for stop in stops:
        if gone is not None and stop >= gone:
            losses.append("off the map")
        else:
            losses.append(_loss_text(float(course.loss(*(float(v) for v in points[stop])))))
    return {"rate": rate, "at": [v for pair in at[: last + 1] for v in pair], "loss": losses}


def _loss_text(value: float) -> str:
    if abs(value) < TINY:
        return "below 10⁻⁹"
    return text.number(value, 2)


def _in_words(table: dict[str, Any], names: list[str], picked: dict[str, int], steps: int) -> str:
    """One sentence on a course: how the chosen runs stand at the end."""
    parts = []
    for name, runs in zip(names, table["runs"], strict=True):
        if name in picked:
            run = runs[picked[name]]
            how = run["loss"][-1]
            ends = how if how == "off the map" else f"loss {how}"
            parts.append(f"{name} at {run['rate']}: {ends}")
    about = f"{table['about']} " if table["about"] else ""
    return f"{table['name']}. {about}After {steps} steps, {'; '.join(parts)}."


def _still(
    table: dict[str, Any], names: list[str], picked: dict[str, int], alt: str, steps: int
) -> str:
    """The map with the chosen runs at the end, and below it who they are."""
    lines: list[str] = []
    rows: list[str] = []
    for i, name in enumerate(names):
        if name not in picked:
            continue
        run = table["runs"][i][picked[name]]
        at = run["at"]
        points = " ".join(f"{at[k]},{at[k + 1]}" for k in range(0, len(at), 2))
        lines.append(
            f'<polyline points="{points}" fill="none" stroke="{COLOURS[i]}" stroke-width="2.5" '
            'stroke-linejoin="round"/>'
            f'<text x="{at[-2]}" y="{at[-1] + 6}" text-anchor="middle" fill="{COLOURS[i]}" '
            f'stroke="#fff" stroke-width="1">{SIGNS[i]}</text>'
        )
        y = HEIGHT + ROW * (len(rows) + 1)
        rows.append(
            f'<text x="16" y="{y}" fill="{COLOURS[i]}">{SIGNS[i]}</text>'
            f'<text x="40" y="{y}" fill="{INK}">{text.escape(name)}, rate '
            f"{text.escape(run['rate'])}: {_after(run['loss'][-1], steps)}</text>"
        )
    map_ = f'<svg x="0" y="0" width="{WIDTH}" height="{HEIGHT}">{table["back"][0]}'
    inner = f"{map_}{''.join(lines)}{table['back'][1]}</svg>{''.join(rows)}"
    return frame(WIDTH, HEIGHT + ROW * (len(rows) + 1) - 8, inner, alt, size=16)


def _after(loss: str, steps: int) -> str:
    return loss if loss == "off the map" else f"loss {loss} after {steps} steps"
