"""What the parser of the command line refuses, said as the rest of bplib says it."""

from __future__ import annotations

import re
from typing import Any

from bplib import errors

_COMMAND = re.compile(r"No such command '(.*?)'")
_EXTRA = re.compile(r"unexpected extra argument\S* \((.*)\)")


def sentence(error: Any) -> str:
    """A usage error in one sentence that says what to write instead.

    Arguments:
        error: of the parser: it has `format_message()` and, where it is known, a context `ctx`.

    Returns:
        The sentence; empty where the help was shown in its place.
    """
    said = error.format_message()
    context = error.ctx if getattr(error, "ctx", None) is not None else None
    if context is None or not said:
        return said
    path, command = context.command_path, context.command
    name = path.partition(" ")[2] or path
    if found := _COMMAND.match(said):
        return str(errors.unknown("command", found[1], command.list_commands(context)))
    if hasattr(error, "possibilities"):
        known = {name for one in command.params for name in one.opts if name.startswith("--")}
        return str(errors.unknown("option", error.option_name, known | {"--help"}))
    if found := _EXTRA.search(said):
        return f"{name} takes no '{found[1]}'; {path} --help says what it takes."
    wanted = getattr(error, "param", None)
    if wanted is not None and type(error).__name__ == "MissingParameter":
        due = next((one for one in wanted.opts if one.startswith("--")), str(wanted.name).upper())
        text = (getattr(wanted, "help", None) or "").rstrip(".")
        meaning = f", {text[:1].lower()}{text[1:]}" if text else ""
        return f"{name} wants {due}{meaning}; {path} --help says more."
    said = said[:1].lower() + said[1:].rstrip(".")
    return f"{said}; {path} --help says more."
