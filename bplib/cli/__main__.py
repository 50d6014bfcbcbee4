"""``python -m bplib.cli``: the same as the ``bplib`` command."""

import sys

from bplib.cli import main

if __name__ == "__main__":
    sys.exit(main())
