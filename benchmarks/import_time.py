"""What `import bplib` costs beside `import numpy`, which it cannot do without.

    python -m benchmarks.import_time [PAIRS]

Each measurement is a fresh process that times one import statement. Processes alternate, so that a
busy moment of the machine meets both, and the answer is the median of the ratios of neighbours.
Exits with 1 when the median is above the limit.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from benchmarks.paired import in_words, ratio
from benchmarks.report import Section, at_most
from benchmarks.worker import ROOT

AT_MOST = 1.25
TIMED = "import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"


def seconds(module: str, bytecode: str) -> float:
    """The time in seconds that the import takes in a process of its own."""
    environment = {key: v for key, v in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = bytecode
    command = [sys.executable, "-c", TIMED.format(module=module)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=environment, cwd=ROOT
    )
    return float(done.stdout)


def run(pairs: int) -> Section:
    """Measures, and says it in one sentence."""
    with tempfile.TemporaryDirectory() as bytecode:  # the same conditions for both
        for module in ("numpy", "bplib"):  # once unmeasured: this compiles, as an installer does
            seconds(module, bytecode)
        measured = [(seconds("numpy", bytecode), seconds("bplib", bytecode)) for _ in range(pairs)]
    numpy, bplib = zip(*measured, strict=True)
    part = ratio(bplib, numpy)
    text = (
        f"`import numpy` takes {in_words(numpy)}, `import bplib` {in_words(bplib)}, with NumPy in "
        f"it: {part} times as long, over {pairs} pairs of fresh processes."
    )
    claim = at_most("import bplib: of import numpy", part.median, AT_MOST, str(part))
    return Section("Importing", text, [claim])


def main(pairs: int = 25) -> int:
    """Prints the sentence, and returns the exit status."""
    section = run(pairs)
    print(section.text)
    return int(not section.claims[0].holds)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
