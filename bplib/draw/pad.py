"""A pad to draw on with a mouse, a finger or keys, and a network that says what it reads."""

from __future__ import annotations

import html
import importlib
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from bplib.draw.strokes import as_strokes, stroke_image
from bplib.draw.style import BLUE, BORDER, INK, MIST, ORANGE, PAPER
from bplib.errors import DomainError, DTypeError, ShapeError, kind_of

SIDE = 256
"""Sides of the pad in pixels of the screen."""
PEN_WIDTH = 18
"""Width of the line on the screen."""
STEP = SIDE / 16
"""How far an arrow moves the pen."""
ARROWS = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, -1), "ArrowDown": (0, 1)}
MISSING = (
    "The drawing pad needs ipycanvas: pip install 'bplib[book]', then start JupyterLab again. "
    "Everything else in this notebook works without it."
)
STILL = (
    "Here stands the drawing pad, as soon as this cell is run in JupyterLab: draw with the mouse, "
    "a finger or the arrow keys, and ten bars say what the network reads."
)


def _point(x: Any, y: Any) -> tuple[float, float]:
    """A place that can be drawn at; one that cannot would stay among the strokes."""
    ((across, down),) = as_strokes("draw.pad", [[(x, y)]])[0]
    return float(across), float(down)


class DrawingPad:
    """What is drawn, the image that is made of it, and what a network reads in it.

    In Jupyter, with ipycanvas, it is shown as a pad to draw on. Without either it can be given
    strokes all the same: `pad.draw([[(0, 0), (0, 9)]])`.

    Arguments:
        predict: function from pixels (1, 64), 0 to 1, to the probabilities of the classes, (1, k).
        class_names: what to write beside the bars; 0, 1, 2 … when left out.

    Attributes:
        strokes: a list of strokes, each a list of points (x, y), y down.
        probabilities: (k,), what the network says of them; None while nothing is drawn.

    Raises:
        DTypeError: where predict cannot be called, or class_names are no names.
    """

    def __init__(self, predict: Callable[[np.ndarray], Any], class_names: Any = None) -> None:
        if not callable(predict):
            raise DTypeError(f"draw.pad: predict is {kind_of(predict)}; a function is needed.")
        self._predict = predict
        if class_names is not None and not isinstance(class_names, Iterable):
            raise DTypeError(
                f"draw.pad: class_names is {kind_of(class_names)}; a name for each class is needed."
            )
        self._names = None if class_names is None else [str(name) for name in class_names]
        self.strokes: list[list[tuple[float, float]]] = []
        self.probabilities: np.ndarray | None = None

    @property
    def image(self) -> np.ndarray:
        """What is drawn as (8, 8) counts of dark pixels, 0 to 16."""
        return stroke_image(self.strokes)

    @property
    def reading(self) -> str:
        """What the network reads, in a sentence."""
        if self.probabilities is None:
            return "It has not been read." if self.strokes else "Nothing is drawn yet."
        order = np.argsort(-self.probabilities, kind="stable")
        first, second = (
            f"{self._name(k)} with probability {self.probabilities[k]:.2f}" for k in order[:2]
        )
        return f"It reads {first}; next comes {second}."

    def _name(self, k: int) -> str:
        return str(k) if self._names is None else self._names[k]

    def draw(self, strokes: Any) -> DrawingPad:
        """Put strokes in the place of what is drawn.

        Arguments:
            strokes: a sequence of strokes, each (n, 2), x to the right, y down.

        Returns:
            The pad itself.

        Raises:
            DTypeError, ShapeError, DomainError: for strokes that are not lists of finite points,
                or a predict that does not return probabilities.
        """
        kept = as_strokes("draw.pad", strokes)
        self.strokes = [[(float(x), float(y)) for x, y in stroke] for stroke in kept]
        return self._changed()

    def begin(self, x: float, y: float) -> DrawingPad:
        """Put the pen down: a new stroke begins."""
        self.strokes.append([_point(x, y)])
        return self._changed()

    def extend(self, x: float, y: float) -> DrawingPad:
        """Move the pen that is down."""
        if not self.strokes:
            return self.begin(x, y)
        self.strokes[-1].append(_point(x, y))
        return self._changed()

    def undo(self) -> DrawingPad:
        """Take the last stroke back."""
        self.strokes = self.strokes[:-1]
        return self._changed()

    def clear(self) -> DrawingPad:
        """An empty pad."""
        self.strokes = []
        return self._changed()

    def _changed(self) -> DrawingPad:
        self.probabilities = None  # and stays so where predict fails: what was said is of before
        if self.strokes:
            self.probabilities = self._read()
        return self

    def _read(self) -> np.ndarray:
        answer = self._predict(self.image.reshape(1, -1) / 16)
        try:
            said = np.asarray(answer, dtype=np.float64)
        except (TypeError, ValueError):
            raise DTypeError(
                f"draw.pad: predict returned {kind_of(answer)}; the probabilities of the classes "
                "are needed, (1, classes)."
            ) from None
        if said.ndim not in (1, 2) or (said.ndim == 2 and len(said) != 1) or said.size < 2:
            raise ShapeError(f"draw.pad: predict returned shape {said.shape}; it is (1, classes).")
        said = said.reshape(-1)
        if self._names is not None and len(self._names) != said.size:
            raise ShapeError(
                f"draw.pad: predict knows {said.size} classes, class_names {len(self._names)}."
            )
        if not (said >= 0).all() or abs(said.sum() - 1) > 1e-4:
            raise DomainError(
                "draw.pad: predict returned numbers that are no probabilities; "
                "take the softmax of the scores."
            )
        return said

    def widget(self) -> Any:
        """The pad as a widget of Jupyter, a new one at every call.

        Returns:
            An ipywidgets Box, or None where ipycanvas or ipywidgets is not installed.
        """
        try:
            canvas, widgets = map(importlib.import_module, ("ipycanvas", "ipywidgets"))
        except ImportError:
            return None
        colab = sys.modules.get("google.colab")
        if colab is not None:  # which shows no widget of others unless it is asked to
            colab.output.enable_custom_widget_manager()
        return _View(self, canvas, widgets).box

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        # Where nobody looks (`make test`, `make sync`) the saved page gets a sentence instead of a
        # widget that nobody could move.
        if os.environ.get("BPLIB_PROGRESS") == "memory":
            return {"text/html": f"<p><em>{STILL}</em></p>", "text/plain": STILL}
        box = self.widget()
        if box is None:
            return {"text/html": f"<p>{MISSING}</p>", "text/plain": MISSING}
        # Written out, because ipywidgets 7, which Colab has, offers no bundle.
        view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
        return {"application/vnd.jupyter.widget-view+json": view, "text/plain": STILL}

    def __repr__(self) -> str:
        return f"DrawingPad({len(self.strokes)} strokes). {self.reading}"


def pad(predict: Callable[[np.ndarray], Any], class_names: Any = None) -> DrawingPad:
    """A pad to draw on, with a live bar for every class.

    The strokes go the way of the digits: a bitmap of 32 × 32, the dark pixels of every 4 × 4 block
    counted, 8 × 8 numbers, divided by 16. Mouse, finger and pen draw; with the keys, the arrows
    move the pen, the button *Pen down* decides whether it draws.

    Arguments:
        predict: function from pixels (1, 64), 0 to 1, to the probabilities of the classes, (1, k).
        class_names: what to write beside the bars; 0, 1, 2 … when left out.

    Returns:
        A DrawingPad.

    Raises:
        DTypeError: where predict cannot be called.
    """
    return DrawingPad(predict, class_names)


def bars(pad: DrawingPad) -> str:
    """The probabilities as HTML: a name, a bar and a number in every row.

    Arguments:
        pad: what is drawn, and what is said of it.

    Returns:
        A table as HTML text, with the sentence of the pad above it.
    """
    said = pad.probabilities
    k = len(said) if said is not None else len(pad._names or range(10))
    values = np.zeros(k) if said is None else said
    top = -1 if said is None else int(values.argmax())
    rows = "".join(
        f'<tr><td style="padding:0 6px;text-align:right">{html.escape(pad._name(i))}</td>'
        f'<td><div style="background:{MIST};width:150px;height:13px"><div style="height:13px;'
        f"width:{150 * values[i]:.0f}px;background:{ORANGE if i == top else BLUE}"
        f'"></div></div></td><td style="padding:0 6px">{values[i]:.2f}</td></tr>'
        for i in range(k)
    )
    return (
        f'<div role="status" style="background:{PAPER};color:{INK};padding:6px">'
        f'<p style="margin:0 0 4px;width:260px;min-height:3em">{html.escape(pad.reading)}</p>'
        f'<table style="border-spacing:0;line-height:1.3">{rows}</table></div>'
    )


def blocks(pad: DrawingPad) -> str:
    """The 8 × 8 counts as an SVG picture, which is what the network sees.

    Arguments:
        pad: what is drawn.

    Returns:
        SVG text.
    """
    counts, cell = pad.image, 14
    shades = (255 - counts * 255 / 16).round().astype(int)
    cells = "".join(
        f'<rect x="{cell * j}" y="{cell * i}" width="{cell}" height="{cell}" '
        f'fill="rgb({s},{s},{s})"/>'
        for (i, j), s in np.ndenumerate(shades)
    )
    side = cell * 8
    return (
        f'<svg role="img" aria-label="The drawing as 8 by 8 grey pixels" width="{side}" '
        f'height="{side}" style="border:1px solid {BORDER}">{cells}</svg>'
    )


class _View:
    """The widgets of one pad, and what they do."""

    def __init__(self, pad: DrawingPad, canvas: Any, widgets: Any) -> None:
        self.pad = pad
        self.at_once = canvas.hold_canvas
        self.layers = canvas.MultiCanvas(2, width=SIDE, height=SIDE)
        self.layers.layout.border = f"1px solid {BORDER}"
        self.down = False
        self.moves = 0
        self.place = (SIDE / 2, STEP * 2)
        self.seen = widgets.HTML()
        self.said = widgets.HTML()
        self.pen = widgets.ToggleButton(description="Pen down", tooltip="whether the arrows draw")
        self.box = widgets.HBox(
            [
                widgets.VBox([self.layers, self._row(widgets)]),
                widgets.VBox([self.said, widgets.HTML("what the network sees"), self.seen]),
            ]
        )
        for event in ("mouse_down", "mouse_move", "mouse_up", "mouse_out"):
            getattr(self.layers, f"on_{event}")(getattr(self, event))
        self.layers.on_touch_start(lambda points: self.mouse_down(*points[0]))
        self.layers.on_touch_move(lambda points: self.mouse_move(*points[0]))
        self.layers.on_touch_end(lambda points: self.mouse_up())
        self.layers.on_key_down(lambda key, *flags: self.arrow(key))
        # A canvas forgets; a page that opens later, or once more, is painted then.
        self.layers.on_client_ready(self.show)
        self.pen.observe(lambda change: self.pressed(change["new"]), names="value")
        self.show()

    def _row(self, widgets: Any) -> Any:
        """Buttons that do with the keyboard what the mouse does."""
        narrow = widgets.Layout(width="38px")
        marks = zip("←→↑↓", ARROWS, strict=True)
        buttons = []
        for mark, key in marks:
            tip = "move the pen " + key.removeprefix("Arrow").lower()
            button = widgets.Button(description=mark, tooltip=tip, layout=narrow)
            button.on_click(lambda _, key=key: self.arrow(key))
            buttons.append(button)
        undo, clear = (widgets.Button(description=name) for name in ("Undo", "Clear"))
        for button in (self.pen, undo, clear):
            button.layout.width = "96px"
        undo.on_click(lambda _: self.again(self.pad.undo))
        clear.on_click(lambda _: self.again(self.pad.clear))
        first = widgets.HBox([*buttons, self.pen])
        return widgets.VBox([first, widgets.HBox([undo, clear])])

    def show(self) -> None:
        """Everything, on an empty screen."""
        self.paint()
        self.mark()

    def again(self, change: Callable[[], Any]) -> None:
        """Change what is drawn, with the pen up, and paint anew."""
        self.pen.value = self.down = False
        change()
        self.paint()

    def mouse_down(self, x: float = 0, y: float = 0) -> None:
        """A stroke begins; the keys go on only where their own pen is put down again."""
        self.pen.value = False
        self.down = True
        self.moves = 0
        self.pad.begin(x, y)
        self.paint()

    def mouse_move(self, x: float = 0, y: float = 0) -> None:
        """The stroke goes on; the network is asked at every third move."""
        if not self.down:
            return
        self.moves += 1
        self.line(self.pad.strokes[-1][-1], (x, y))
        if self.moves % 3:
            self.pad.strokes[-1].append((float(x), float(y)))
        else:
            self.pad.extend(x, y)
            self.say()

    def mouse_up(self, x: float = 0, y: float = 0) -> None:
        """The stroke ends."""
        if self.down:
            self.down = False
            self.pad._changed()
            self.say()

    mouse_out = mouse_up

    def pressed(self, down: bool) -> None:
        """The pen of the keys was put down or lifted."""
        if down:
            self.pad.begin(*self.place)
            self.paint()
        self.mark()

    def arrow(self, key: str) -> None:
        """The pen of the keys moves by a step, and draws where it is down."""
        if key not in ARROWS:
            return
        moved = np.clip(np.add(self.place, STEP * np.array(ARROWS[key])), STEP, SIDE - STEP)
        self.place = (float(moved[0]), float(moved[1]))
        if self.pen.value:
            self.pad.extend(*self.place)
            self.paint()
        self.mark()

    def line(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """One piece of a stroke on the screen."""
        ink = self.layers[0]
        ink.stroke_style, ink.line_width, ink.line_cap = INK, PEN_WIDTH, "round"
        ink.stroke_line(*start, *end)

    def paint(self) -> None:
        """All strokes, and what is said of them."""
        with self.at_once():
            ink = self.layers[0]
            ink.clear()
            ink.fill_style = PAPER
            ink.fill_rect(0, 0, SIDE, SIDE)
            for stroke in self.pad.strokes:
                for start, end in zip(stroke, [*stroke[1:], stroke[-1]], strict=True):
                    self.line(start, end)
        self.say()

    def mark(self) -> None:
        """Where the pen of the keys is."""
        top = self.layers[1]
        top.clear()
        top.fill_style = ORANGE if self.pen.value else BLUE
        top.fill_circle(*self.place, 4)

    def say(self) -> None:
        """The bars and the small picture."""
        self.said.value, self.seen.value = bars(self.pad), blocks(self.pad)
