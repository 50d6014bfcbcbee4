"""matplotlib figures as SVG that is the same everywhere, with alternative text.

Figures are made without pyplot, so nothing is shown twice and nothing stays in memory.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from bplib.draw import text
from bplib.draw.compact import compact, own_ids
from bplib.draw.style import BORDER, PAPER, RC, SERIES, SIZE
from bplib.errors import DTypeError, need


def figure(
    rows: int = 1,
    columns: int = 1,
    *,
    width: float = SIZE[0],
    height: float = SIZE[1],
    **kwargs: Any,
) -> tuple[Any, Any]:
    """A new figure and its axes in the style of the book.

    It is shown when it is the last line of a cell, or by `show`.

    Arguments:
        rows: of the grid of axes.
        columns: of the grid of axes.
        width: of the figure, in inches.
        height: of the figure, in inches.
        kwargs: passed to `Figure.subplots`.

    Returns:
        (figure, axes), as `plt.subplots` does.

    Raises:
        MissingExtraError: where matplotlib is not installed.
    """
    need("matplotlib", "book", "draw.figure")
    from matplotlib.figure import Figure

    with _look():
        fig = Figure(figsize=(width, height), layout="constrained")
        axes = fig.subplots(rows, columns, **kwargs)
    return fig, axes


def _look() -> Any:
    """The style of the book for one block of code, whatever the global settings are."""
    import matplotlib
    from cycler import cycler

    settings: dict[Any, Any] = {**RC, "axes.prop_cycle": cycler(color=SERIES)}
    return matplotlib.rc_context(settings)


def alt(fig: Any, description: str) -> Any:
    """Give a figure its alternative text: what it shows, for those who do not see it.

    Arguments:
        fig: a matplotlib Figure or Axes.
        description: one or two sentences.

    Returns:
        The Figure, so that a cell may end with `draw.alt(fig, "…")`.

    Raises:
        DTypeError: for anything but a Figure or Axes.
    """
    fig = _figure_of(fig, "alt")
    fig._bplib_alt = " ".join(str(description).split())
    _close(fig)
    return fig


def alt_of(fig: Any) -> str:
    """The alternative text of a figure, or one made from its titles and axis labels."""
    given = getattr(fig, "_bplib_alt", None)
    if given:
        return given
    parts = []
    for axes in fig.axes:
        if axes.get_xlabel() and axes.get_ylabel():
            title = axes.get_title(loc="left") or axes.get_title()
            lead = f"{title}: " if title else ""
            parts.append(f"{lead}{axes.get_ylabel()} against {axes.get_xlabel()}")
    return "Figure. " + "; ".join(parts) + "." if parts else "Figure."


def show(fig: Any, alt: str | None = None) -> None:
    """Show a figure here and now, for cells that show several.

    Outside Jupyter this prints the alternative text.

    Arguments:
        fig: a matplotlib Figure or Axes, or a Drawing.
        alt: the alternative text of a Figure; its own when left out.

    Raises:
        DTypeError: for anything else.
    """
    if hasattr(fig, "_repr_mimebundle_"):
        bundle = fig._repr_mimebundle_()
    else:
        fig = _figure_of(fig, "show")
        if alt:
            fig._bplib_alt = " ".join(alt.split())
        _close(fig)
        bundle = {"image/svg+xml": svg_of(fig), "text/plain": alt_of(fig)}
    shell = _shell()
    if shell is None:
        print(bundle["text/plain"])
        return
    from IPython.display import display

    display(bundle, raw=True)


def svg_of(fig: Any, description: str | None = None, *, unique_ids: bool = True) -> str:
    """A matplotlib figure as SVG: rounded coordinates, no date, title and role for readers.

    Arguments:
        fig: a Figure or Axes.
        description: alternative text; the figure's own when left out.
        unique_ids: whether several pictures may stand in one HTML document.

    Returns:
        The SVG document as text.

    Raises:
        DTypeError: for anything but a Figure or Axes.
    """
    fig = _figure_of(fig, "svg_of")
    description = description or alt_of(fig)
    buffer = io.StringIO()
    with _look():
        fig.savefig(
            buffer,
            format="svg",
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = svg.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    svg = svg.replace("xlink:href", "href")
    svg = compact(svg)
    return own_ids(_with_card(svg, description), unique_ids)


def _with_card(svg: str, description: str) -> str:
    """Add the description and the thin rounded frame on white."""
    head = re.match(r"<svg [^>]*>", svg)
    if head is None:
        return svg
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head.group())
    said = text.escape(description)
    opening = head.group()[:-1] + f' role="img" aria-label="{said}">'
    opening += f"<title>{said}</title><desc>{said}</desc>"
    rest = svg[head.end() :]
    if box:
        width, height = float(box.group(1)), float(box.group(2))
        card = (
            f'<rect x="0.4" y="0.4" width="{width - 0.8:g}" height="{height - 0.8:g}" rx="6" '
            f'fill="{PAPER}" stroke="{BORDER}" stroke-width="0.75"/>'
        )
        # matplotlib's own background would cover the rounded corners.
        rest = re.sub(r'(<g id="patch_1">\s*)<path [^>]*/>', r"\1" + card, rest, count=1)
    return opening + rest.strip()


def save(fig: Any, path: str | Path, alt: str | None = None) -> Path:
    """Write a figure to an .svg file.

    Arguments:
        fig: a matplotlib Figure or Axes.
        path: of the file.
        alt: its alternative text; the figure's own when left out.

    Returns:
        The path of the file.

    Raises:
        DTypeError: for anything but a Figure or Axes.
    """
    path = Path(path)
    path.write_text(svg_of(fig, alt) + "\n", encoding="utf-8")
    return path


def _figure_of(fig: Any, caller: str) -> Any:
    fig = getattr(fig, "figure", None) if hasattr(fig, "get_xlabel") else fig
    if not hasattr(fig, "savefig"):
        raise DTypeError(
            f"draw.{caller}: a matplotlib Figure or Axes is needed, not a {type(fig).__name__}."
        )
    return fig


def _close(fig: Any) -> None:
    """Take a figure out of pyplot's hands, which would show it a second time."""
    import sys

    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(fig)


def _shell() -> Any:
    import sys

    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def register_with_ipython() -> None:
    """Let Jupyter show every matplotlib figure through `svg_of`, with its alternative text."""
    shell = _shell()
    if shell is None or getattr(shell, "display_formatter", None) is None:
        return
    from matplotlib.figure import Figure

    formatters = shell.display_formatter.formatters
    try:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg")
    except (ImportError, AttributeError):  # another front end than Jupyter's
        pass
    formatters["image/svg+xml"].for_type(Figure, svg_of)
    formatters["image/png"].pop(Figure, None)
    formatters["text/plain"].for_type(Figure, lambda fig, p, cycle: p.text(alt_of(fig)))
