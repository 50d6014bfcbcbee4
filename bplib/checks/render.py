"""Shows a message: one small card in Jupyter, the same lines as text anywhere else.

Messages are lines of light markup: `**bold**` and `` `code` ``.  The card takes its text colour
from the theme around it and lays half-transparent greys below, so it reads on light and on dark.
"""

from __future__ import annotations

import html
import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

from .letters import PLAIN
from .result import BOLD, without_bold

_CODE = re.compile(r"`([^`]+)`")

_EDGES = {"✓": "#009E73", "✗": "#D55E00"}
_NEUTRAL = "#7F8B95"
_CARD = (
    "border-left:4px solid {edge};background:rgba(127,127,127,0.09);color:inherit;"
    "padding:0.45em 0.8em;margin:0.2em 0;border-radius:3px;line-height:1.5;max-width:52em"
)
_CODE_STYLE = "background:rgba(127,127,127,0.16);color:inherit;padding:0 0.25em;border-radius:3px"
_PRE_STYLE = (
    "background:rgba(127,127,127,0.12);color:inherit;padding:0.4em 0.7em;margin:0.2em 0;"
    "overflow-x:auto;font-size:0.92em"
)

Details = Sequence[tuple[str, str]]


def to_text(lines: Sequence[str], details: Details = ()) -> str:
    """The message for a terminal."""
    text = [without_bold(line) for line in lines if line]
    for title, body in details:
        text.append(f"  {title}:")
        text.extend(f"    {line}" for line in body.split("\n"))
    return "\n".join(text)


def to_html(lines: Sequence[str], details: Details = (), *, opened: bool = False) -> str:
    """The message as one card: no scripts, no addresses, the same bytes every time."""
    shown = [line for line in lines if line]
    edge = _EDGES.get(shown[0][:1], _NEUTRAL)
    rows = "".join(f"<div>{_marked(_inline(line), edge)}</div>" for line in shown)
    folded = "".join(
        ("" if len(details) == 1 else f"<div>{html.escape(title)}</div>")
        + f"<pre style='{_PRE_STYLE}'>{html.escape(body)}</pre>"
        for title, body in details
    )
    if folded:
        attribute = " open" if opened else ""
        title = "the numbers of this case" if len(details) > 1 else html.escape(details[0][0])
        rows += f"<details{attribute}><summary>{title}</summary>{folded}</details>"
    return f"<div style='{_CARD.format(edge=edge)}'>{rows}</div>"


def _inline(line: str) -> str:
    text = html.escape(line)
    text = _CODE.sub(rf"<code style='{_CODE_STYLE}'>\1</code>", text)
    text = BOLD.sub(r"<strong>\1</strong>", text)
    text = text.replace("  ", " &nbsp;")
    return text.replace("○ ", "○&nbsp;").replace("✓ ", "✓&nbsp;")  # a mark stays with its name


def _marked(line: str, edge: str) -> str:
    """The verdict's mark in its colour."""
    if line[:1] not in _EDGES:
        return line
    return f"<span style='color:{edge};font-weight:bold'>{line[0]}</span>{line[1:]}"


def show(lines: Sequence[str], details: Details = (), *, opened: bool = False) -> None:
    """Displays a message where the reader is."""
    lines = [_sendable(line) for line in lines]
    details = [(title, _sendable(body)) for title, body in details]
    text = to_text(lines, details)
    if not _in_notebook():
        _print(text)
        return
    from IPython.display import display

    bundle = {"text/plain": text, "text/html": to_html(lines, details, opened=opened)}
    display(bundle, raw=True)


def _fitted(line: str, width: int) -> str:
    """A line broken between words; a mark stays with its name, and arrays stay as they are."""
    if len(line) <= width or line.startswith(" "):
        return line
    broken = textwrap.fill(
        re.sub(r"([✓✗○]) ", "\\1\xa0", line),
        max(width, 20),
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return broken.replace("\xa0", " ")


def _sendable(text: str) -> str:
    """Text as UTF-8 can carry it: an exception's words may hold half a character."""
    return text.encode("utf-8", "replace").decode()


def _in_notebook() -> bool:
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and getattr(shell, "kernel", None) is not None


def _print(text: str) -> None:
    """Prints, also where the terminal has no ✓ (an old Windows console), or is narrow."""
    if getattr(sys.stdout, "isatty", bool)():
        width = shutil.get_terminal_size().columns
        text = "\n".join(_fitted(line, width) for line in text.split("\n"))
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, PLAIN).decode(encoding))
