"""``python -m bplib.author sync`` (what `make sync` runs) and ``python -m bplib.author lint``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bplib.author.problem import AuthorError
from bplib.author.rules import RULES
from bplib.author.sync import from_notebook, out_of_step, sync


def main(arguments: list[str] | None = None) -> int:
    """Run one author command; returns the exit code."""
    options = _parser().parse_args(arguments)
    root = (options.root or default_root()).resolve()
    try:
        if options.command == "lint":
            return lint(root)
        if options.from_notebook:
            path = from_notebook(root, options.from_notebook)
            print(f"✓ {path.relative_to(root)} written from its notebook")
            return 0
        if options.check:
            problems = out_of_step(root, options.names)
            for problem in problems:
                print(f"✗ {problem}")
            return 1 if problems else 0
        problems = sync(
            root, options.names, quick=options.quick, fresh=options.fresh, jobs=options.jobs
        )
    except AuthorError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; every file is whole, and the next sync does the rest.", file=sys.stderr)
        return 130
    if problems:
        print(f"{len(problems)} of the notebooks could not be synced; the rest is done.")
    return 1 if problems else 0


def lint(root: Path) -> int:
    """Print what breaks a rule, without executing anything; returns the exit code."""
    broken = 0
    for name, rule in RULES.items():
        for problem in rule(root):
            print(f"✗ {name}: {problem}")
            broken += 1
    print(f"{len(RULES)} rules, {broken} findings.")
    return 1 if broken else 0


def default_root() -> Path:
    """The repository: the working directory when it holds the texts, else around this package."""
    here = Path.cwd()
    if (here / "book" / "text").is_dir() or (here / "solutions" / "text").is_dir():
        return here
    return Path(__file__).resolve().parents[2]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bplib.author", description=__doc__)
    parser.set_defaults(root=None)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    rules = commands.add_parser("lint", help="read every notebook against the house rules")
    rules.add_argument("--root", type=Path, help="the repository (default: here)")
    command = commands.add_parser("sync", help="make notebooks and exercises from their texts")
    command.add_argument("names", nargs="*", help="01, 01_chain_rule, book/01_chain_rule …")
    command.add_argument("--check", action="store_true", help="only say what is out of step")
    command.add_argument("--quick", action="store_true", help="execute only what changed")
    command.add_argument("--fresh", action="store_true", help="also renew ignored outputs")
    command.add_argument("--jobs", type=int, default=2, help="kernels side by side (2)")
    command.add_argument("--from-notebook", metavar="NAME", help="take over edits from Jupyter")
    command.add_argument("--root", type=Path, help="the repository (default: here)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
