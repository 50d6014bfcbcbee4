"""``bplib hint``: one more hint each time, and what to type for the next."""

from __future__ import annotations

from bplib.checks import registry, render
from bplib.checks.hints import hint_lines
from bplib.checks.progress import store


def show_hint(name: str, level: int | None = None) -> None:
    """Show a hint, and note that it was read.

    Arguments:
        name: of the exercise.
        level: 1 to 3; without it the first hint not read yet.

    Raises:
        UnknownNameError: where there is no such exercise; the sentence offers the closest.
    """
    lines = hint_lines(registry.find(name), name, level, _next)
    render.show([*lines, *store().take_notes()])


def _next(name: str, read: int) -> str:
    # With the number, since where progress cannot be kept the next call knows nothing of this one.
    if read < 3:
        return f"`bplib hint {name} {read + 1}`"
    return f'`solution("{name}")`, in a notebook'
