"""matplotlib's SVG made small, and the same on every processor.

Coordinates are rounded first; whatever is left out afterwards is chosen by the rounded numbers, so
that the last bits of a computation decide nothing.
"""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal

Point = tuple[float, float]

# A scale is a small factor, of which every digit counts; everything else is a length.
_NUMBER = re.compile(r"scale\([^)]*\)|-?\d+\.\d+(?:e-?\d+)?")
_MARKERS = re.compile(
    r'(<g [^>]*)>\s*((?:<use href="[^"]*" x="[^"]*" y="[^"]*" style="([^"]*)"/>\s*){3,})</g>'
)
_CENT = Decimal("0.01")
# A path of straight lines: M x y, then L x y again and again, at the end perhaps z.
_POLYLINE = re.compile(r"M (-?[\d.]+) (-?[\d.]+) \n((?:L -?[\d.]+ -?[\d.]+ \n){6,})")
TOLERANCE = 0.06
"""How far a line may move when points are left out, in 1/72 inch: a twelfth of a pixel."""


def compact(svg: str) -> str:
    """Round the coordinates, leave out points on straight stretches, share marker styles."""
    svg = _NUMBER.sub(_short, svg)
    svg = _POLYLINE.sub(_fewer_points, svg)
    return _MARKERS.sub(_share_style, svg)


def _fewer_points(match: re.Match[str]) -> str:
    lines = match.group(3).splitlines()
    start = (float(match.group(1)), float(match.group(2)))
    points = [start] + [(float(x), float(y)) for _, x, y in (line.split() for line in lines)]
    kept = "\n".join(lines[i - 1] for i in keep(points, TOLERANCE)[1:])
    return f"M {match.group(1)} {match.group(2)} \n{kept}\n"


def keep(points: list[Point], tolerance: float) -> list[int]:
    """Indices of the points that a line needs to stay within `tolerance` of its course.

    Arguments:
        points: corners of the line, in order.
        tolerance: how far the line may stray, in the unit of the points.

    Returns:
        The indices in order, the first and the last point among them.

    Source: D. Douglas, T. Peucker (1973), Algorithms for the reduction of the number of points
        required to represent a digitized line or its caricature, Cartographica 10.
    """
    kept = {0, len(points) - 1}
    open_ends = [(0, len(points) - 1)]
    while open_ends:
        first, last = open_ends.pop()
        farthest, worst = first, tolerance
        for i in range(first + 1, last):
            away = _distance(points[i], points[first], points[last])
            if away > worst:
                farthest, worst = i, away
        if farthest > first:
            kept.add(farthest)
            open_ends += [(first, farthest), (farthest, last)]
    return sorted(kept)


def _distance(point: Point, start: Point, end: Point) -> float:
    """Distance of a point from the stretch between two others."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    px, py = point[0] - start[0], point[1] - start[1]
    length = dx * dx + dy * dy
    along = min(1.0, max(0.0, (px * dx + py * dy) / length)) if length else 0.0
    return ((px - along * dx) ** 2 + (py - along * dy) ** 2) ** 0.5


def own_ids(svg: str, unique: bool = True) -> str:
    """Rename the ids of a picture so that they depend on what it shows and on nothing else.

    matplotlib makes some of them from unrounded coordinates. Ids that nothing refers to go.
    """
    used = list(dict.fromkeys(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)))
    # The shapes of letters keep their names: they are the same in every picture.
    letters = [name for name in used if re.fullmatch(r".+-[0-9a-f]+", name)]
    others = [name for name in used if name not in letters]
    names = {name: name for name in letters} | {name: f"i{i}" for i, name in enumerate(others)}

    def rename(match: re.Match[str], salt: str) -> str:
        name = match.group(2)
        return f"{match.group(1)}{salt}{names[name]}{match.group(3)}" if name in names else ""

    def renamed(salt: str) -> str:
        out = re.sub(r'( id=")([^"]*)(")', lambda m: rename(m, salt), svg)
        return re.sub(
            r'((?:href="#|url\(#))([^")]+)([")])', lambda m: rename(m, salt) or m.group(), out
        )

    if not unique:
        return renamed("")
    return renamed("b" + hashlib.sha256(renamed("").encode()).hexdigest()[:8] + "-")


def _short(match: re.Match[str]) -> str:
    """Two decimals, taken from the text: what differs in the last bits is gone already there."""
    if match.group().startswith("scale"):
        return match.group()
    value = f"{Decimal(match.group()).quantize(_CENT):f}".rstrip("0").rstrip(".")
    return "0" if value in ("-0", "") else value


def _share_style(match: re.Match[str]) -> str:
    """One style for a group of markers in the place of one for each."""
    opening, markers, look = match.groups()
    if markers.count(f' style="{look}"') != markers.count("<use "):
        return match.group()
    markers = markers.replace(f' style="{look}"', "")
    return f'{opening} style="{look}">{markers}</g>'
