"""``bplib author``: the tools of those who write chapters and exercises, which `make` calls too."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

author = typer.Typer(no_args_is_help=True, help="Write exercises and chapters.")
_Root = Annotated[Path | None, typer.Option(help="The repository (default: here).")]


def _said(command: Callable[[Path], int], root: Path | None) -> int:
    """Runs a command in the repository; what stops it is one sentence and exit code 1."""
    from bplib.author import AuthorError
    from bplib.author.shelf import default_root

    try:
        return command((root or default_root()).resolve())
    except AuthorError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Every file is whole; the next sync does the rest.", file=sys.stderr)
        raise


@author.command()
def new(
    name: Annotated[str, typer.Argument(help="The function to write, such as mse_gradient.")],
    chapter: Annotated[int, typer.Option(min=0, max=99, help="The chapter's number.")],
    arguments: Annotated[str, typer.Option(help="The function's inputs, such as X,y,theta.")] = "x",
    root: _Root = None,
) -> int:
    """Begin an exercise: a declaration to fill in, and its three cells."""

    def run(root: Path) -> int:
        from bplib.author.new import new

        declaration, listed, text = (
            path.relative_to(root).as_posix() for path in new(root, name, chapter, arguments)
        )
        print(f"✓ {declaration}: the declaration; each (to write) is yours")
        print(f"✓ {listed}: it is the last; move its line to its place")
        print(f"✓ {text}: its three cells; move them to the same place")
        print(f"Next: bplib author check {name} says what is missing.")
        return 0

    return _said(run, root)


@author.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="Exercises (default: all).")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Seeds for the search of mix-ups.")] = 200,
    root: _Root = None,
) -> int:
    """Hold exercises to all that the checks promise, and say what breaks it."""

    def run(root: Path) -> int:
        from bplib.author.examine import examine

        return 1 if examine(names or [], root, seeds=seeds) else 0

    return _said(run, root)


@author.command()
def sync(
    names: Annotated[
        list[str] | None, typer.Argument(help="01, 01_chain_rule, book/01_chain_rule …")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say what is out of step.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Execute only what changed.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Also renew ignored outputs.")] = False,
    jobs: Annotated[int, typer.Option(min=1, help="Kernels side by side.")] = 2,
    from_notebook: Annotated[
        str | None, typer.Option(metavar="NAME", help="Take over edits from Jupyter.")
    ] = None,
    root: _Root = None,
) -> int:
    """Make notebooks and exercises from their texts."""

    def run(root: Path) -> int:
        from bplib.author import sync as module
        from bplib.author import tour as page

        whole = not names and page.has_place(root)
        if from_notebook:
            path = module.from_notebook(root, from_notebook)
            print(f"✓ {path.relative_to(root)} written from its notebook")
            return 0
        if check:
            problems = module.out_of_step(root, names or [])
            problems += page.out_of_date(root) if whole else []
            if not problems and not module.pairs(root):
                problems = [module.nothing_in(root)]
            for problem in problems:
                print(f"✗ {problem}")
            return 1 if problems else 0
        problems = module.sync(root, names or [], quick=quick, fresh=fresh, jobs=jobs)
        if problems:
            print(f"{len(problems)} of the notebooks could not be synced; the rest is done.")
        if whole and page.write(root):
            print(f"✓ {page.PAGE.as_posix()}: written")
        return 1 if problems else 0

    return _said(run, root)


@author.command()
def tour(root: _Root = None) -> int:
    """Write down what the checks say to ten learners, by running what they type."""

    def run(root: Path) -> int:
        from bplib.author import tour as page

        done = "written" if page.write(root) else "nothing changed"
        print(f"✓ {page.PAGE.as_posix()}: {done}")
        return 0

    return _said(run, root)


@author.command()
def lint(root: _Root = None) -> int:
    """Read every notebook against the house rules, without running any."""

    def run(root: Path) -> int:
        from bplib.author import AuthorError
        from bplib.author.rules import RULES
        from bplib.author.shelf import shelf

        if not shelf(root):
            raise AuthorError(f"there is nothing to read: {root} has no notebooks.")
        broken = 0
        for name, rule in RULES.items():
            for problem in rule(root):
                print(f"✗ {name}: {problem}")
                broken += 1
        print(f"{len(RULES)} rules, {broken} findings.")
        return 1 if broken else 0

    return _said(run, root)
