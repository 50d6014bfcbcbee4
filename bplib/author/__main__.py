"""``python -m bplib.author sync``, as `make sync` calls it: the same as ``bplib author sync``."""

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run one author command; returns the exit code."""
    from bplib.cli import main

    return main(["author", *(sys.argv[1:] if arguments is None else arguments)])


if __name__ == "__main__":
    sys.exit(main())
