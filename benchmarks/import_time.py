"""What `import bplib` costs beside `import numpy`, which it cannot do without.

    python benchmarks/import_time.py [PAIRS]

Each measurement is a fresh process that times one import statement. Processes alternate, so that a
busy moment of the machine meets both, and the answer is the median of the ratios of neighbours.
Exits with 1 when the median is above the limit.
"""

import os
import statistics
import subprocess
import sys
import tempfile

LIMIT = 1.25
TIMED = "import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"


def seconds(module: str, bytecode: str) -> float:
    """The time in seconds that the import takes in a process of its own."""
    environment = {key: v for key, v in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = bytecode
    command = [sys.executable, "-c", TIMED.format(module=module)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(done.stdout)


def main(pairs: int = 25) -> int:
    """Measures, prints one line, and returns the exit status."""
    with tempfile.TemporaryDirectory() as bytecode:  # the same conditions for both
        for module in ("numpy", "bplib"):  # once unmeasured: this compiles, as an installer does
            seconds(module, bytecode)
        measured = [(seconds("numpy", bytecode), seconds("bplib", bytecode)) for _ in range(pairs)]
    numpy, bplib = zip(*measured, strict=True)
    ratios = [ours / theirs for ours, theirs in zip(bplib, numpy, strict=True)]
    ratio = statistics.median(ratios)
    print(
        f"import numpy {1e3 * statistics.median(numpy):.0f} ms, "
        f"import bplib {1e3 * statistics.median(bplib):.0f} ms; median of {pairs} paired ratios "
        f"{ratio:.3f} (limit {LIMIT})"
    )
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
