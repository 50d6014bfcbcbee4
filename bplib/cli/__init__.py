"""The command line: ``bplib book | check | grade | hint | progress | reset | export | doctor``.

`main` is the console script. It needs typer and rich (the extra ``book``); without them it says so
in one sentence. Each command is a small module beside this one, imported when it is called.
"""

from __future__ import annotations

import importlib
import sys


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Arguments:
        arguments: the words after ``bplib``; those of the process where it is None.

    Returns:
        The exit code: 0 fine, 1 not yet right, 2 a bad request, 130 stopped by Ctrl-C.
    """
    try:
        return _main(arguments)
    except KeyboardInterrupt:  # while the commands are loaded; later it is theirs
        print("bplib: stopped.", file=sys.stderr)
        return 130


def _main(arguments: list[str] | None) -> int:
    from bplib.checks.letters import PLAIN

    for stream in (sys.stdout, sys.stderr):
        # A console with an old encoding shows another letter in the place of ✓, and no traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=PLAIN)
    for package in ("typer", "rich"):
        try:
            importlib.import_module(package)
        except ModuleNotFoundError as error:
            if error.name != package:
                raise
            sentence = f"bplib: the command line needs {package}: pip install 'bplib[book]'."
            print(sentence, file=sys.stderr)
            return 1
    from bplib.cli.app import run

    return run(arguments)
