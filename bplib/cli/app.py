"""The commands and their options; what each does is in its own module."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bplib.cli.author import author
from bplib.course import CourseError
from bplib.errors import BplibError


class _Stopped(Exception):
    """Ctrl-C under a name that the parser lets through: of its own it makes a silent exit."""


class _Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        """Runs the command that was asked for."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise _Stopped from None


app = typer.Typer(
    name="bplib",
    cls=_Commands,
    help="Backpropagation from the Ground Up: open the book, check your exercises, see how far "
    "you are.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def run(arguments: list[str] | None = None) -> int:
    """Run the commands; what bplib says on purpose is one sentence on stderr and exit code 2."""
    try:
        code = app(arguments, standalone_mode=False, prog_name="bplib")
    except BplibError as error:
        print(f"bplib: {error}", file=sys.stderr)
        return 2
    except typer.Exit as stop:
        return stop.exit_code
    except (typer.Abort, _Stopped):
        raise KeyboardInterrupt from None
    except Exception as error:
        # Usage errors of the parser have a message of their own; anything else is a bug to see.
        if not hasattr(error, "format_message"):
            raise
        from bplib.cli.usage import sentence

        if said := sentence(error):  # empty where the help was shown instead
            print(f"bplib: {said}", file=sys.stderr)
        return 2
    return code if isinstance(code, int) else 0


def version() -> str:
    """The version of the installed package, or of the folder that is imported."""
    import bplib

    try:
        return importlib.metadata.version("bplib")
    except importlib.metadata.PackageNotFoundError:
        return getattr(bplib, "__version__", "not installed")


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"bplib {version()}")
        raise typer.Exit


@app.callback()
def root(
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Backpropagation from the Ground Up: the book, its exercises, your progress."""


_CHECK = (
    "Check the exercises in your notebooks, as you saved them.\n\n"
    "The exit code is 0 where every exercise passed; 1 where one did not, is not attempted, or a "
    "cell raised; 2 where the request means nothing here; 130 after Ctrl-C.\n\n"
    '--json prints one object: "format", which is 1; "exercises", each with "notebook", '
    '"exercise", "status" ("passed", "failed" or "not_attempted"), "misconception" (or null) and '
    '"text"; "problems", what else went wrong, each with "notebook", "where" and "text"; '
    '"summary", how many of each.'
)


@app.command()
def book(
    directory: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="Your working copy (default: backprop-book)."),
    ] = None,
    here: Annotated[bool, typer.Option("--here", help="In a clone: open its own folders.")] = False,
    port: Annotated[int | None, typer.Option(help="The port to serve on (default: 8888).")] = None,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Serve and print the address; open no browser.")
    ] = False,
    files_only: Annotated[
        bool, typer.Option("--files-only", help="Lay out or update the files and stop.")
    ] = False,
    with_solutions: Annotated[
        bool, typer.Option("--with-solutions", help="Lay out the worked answers too.")
    ] = False,
) -> int:
    """Open the book in JupyterLab, in a working copy that is yours."""
    from bplib.cli.open_book import open_book

    return open_book(
        directory,
        here=here,
        port=port,
        browser=not no_open,
        serve=not files_only,
        with_solutions=with_solutions,
    )


@app.command(help=_CHECK)
def check(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ch02|NAME|NOTEBOOK|FOLDER]...", help="What to check (default: everything)."
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option("--seconds", min=1, help="Time limit for one notebook.")
    ] = 60.0,
    watching: Annotated[
        bool, typer.Option("--watch", help="Check a notebook again whenever it is saved.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, no table.")] = False,
) -> int:
    """Check the exercises in your notebooks, as you saved them."""
    if watching and as_json:
        raise CourseError("--watch is for reading along, and --json for programs; choose one.")
    if watching:
        from bplib.cli.watch import watch

        return watch(what or [], seconds=seconds)
    from bplib.cli.check_saved import check_saved

    return check_saved(what or [], seconds=seconds, as_json=as_json)


@app.command()
def grade(
    submissions: Annotated[
        Path, typer.Argument(help="The folder: NAME.ipynb files, or a folder for each student.")
    ],
    config: Annotated[
        Path | None, typer.Option(help="A TOML file: exercises, points, seeds, limits, due date.")
    ] = None,
    chapter: Annotated[
        list[int] | None, typer.Option(help="Without it: all exercises of this chapter count.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the marks to this file.")] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a feedback page for each into this folder.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Side by side (default: one for each processor).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, no table.")] = False,
) -> int:
    """Grade a class: every submission in a worker of its own, with limits."""
    from bplib.cli.grade import grade as grade_submissions

    return grade_submissions(
        submissions,
        config=config,
        chapters=chapter or (),
        csv=csv,
        html=html,
        jobs=jobs,
        as_json=as_json,
    )


@app.command()
def hint(
    name: Annotated[str, typer.Argument(help="The exercise, such as mse_gradient.")],
    level: Annotated[int | None, typer.Argument(help="1 to 3, for one in particular.")] = None,
) -> None:
    """Show the next of the three hints for an exercise."""
    from bplib.cli.show_hint import show_hint

    show_hint(name, level)


@app.command()
def progress() -> None:
    """Show what is done, chapter by chapter."""
    from bplib import checks

    checks.progress()


@app.command()
def reset(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME|ch02|NOTEBOOK]...", help="What to begin again."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All exercises.")] = False,
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Your working copy (default: found from here).")
    ] = None,
) -> int:
    """Put exercises back as delivered and forget their progress, after a backup of both."""
    from bplib.cli.start_again import start_again

    return start_again(what or [], everything, directory)


export = typer.Typer(no_args_is_help=True, help="Make a course for nbgrader or otter-grader.")
app.add_typer(export, name="export")
app.add_typer(author, name="author")

_Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")]
_Chapters = Annotated[str | None, typer.Option(help="Such as 1,2 or 0-2 (default: all).")]
_Seed = Annotated[int | None, typer.Option(min=0, help="What hidden tests are drawn from.")]


@export.command("nbgrader")
def export_nbgrader(directory: _Folder, chapters: _Chapters = None, seed: _Seed = None) -> int:
    """A course folder for nbgrader: settings and source notebooks, ready to generate."""
    from bplib.cli.export_course import export_course

    return export_course("nbgrader", directory, chapters, seed)


@export.command("otter")
def export_otter(directory: _Folder, chapters: _Chapters = None, seed: _Seed = None) -> int:
    """Assignments for otter-grader: a master notebook each, ready to assign."""
    from bplib.cli.export_course import export_course

    return export_course("otter", directory, chapters, seed)


@app.command()
def doctor() -> int:
    """Look at this machine: what the book needs, what is missing, how to get it."""
    from bplib.doctor import main

    return main()
