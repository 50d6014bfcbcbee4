"""Times matrix products with the kernels that were picked and with the alternatives.

Every choice of kernels has a process of its own, since OpenBLAS chooses once, when it is loaded.
The processes take turns, one product at a time, and a ratio is always that of two neighbours in
time: a busy moment meets both. One thread each, because it is the kernels that are compared; with
a thread for every core, anything else that runs would be measured too.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bplib.blas.kernels import VARIABLE, alternatives, extensions

CHILD = Path(__file__).with_name("child.py")
PRODUCTS = 3 * 2 * 128 * 384 * 384
"""Floating-point operations between two readings of the clock in the child."""
DTYPES = ("float32", "float64")
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
LEAST, MOST = 5, 15
"""Rounds: at least so many, and no more than this."""
BUDGET = 0.6
"""Seconds after which no round begins, once there are enough."""
PATIENCE = 10.0
"""Seconds after which every child is ended, whatever it does."""


class Failed(Exception):
    """A child that did not answer; the text says what became of it."""


@dataclass(frozen=True)
class Speedup:
    """How many times as fast: the median of the rounds, and the middle half of them."""

    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Alternative:
    """Other kernels, and what became of them in the comparison.

    Fields:
        kernels: their name.
        speedups: how many times as fast as the picked ones, by dtype; empty where it failed.
        failed: what became of the child that could not be timed; empty where it could.
    """

    kernels: str
    speedups: dict[str, Speedup] = field(default_factory=dict)
    failed: str = ""


@dataclass(frozen=True)
class Comparison:
    """What was measured.

    Fields:
        picked: the kernels in use, "" where the library is not OpenBLAS.
        gflops: with them, by dtype: billions of operations a second on one core, in the best round.
        alternatives: the others that this processor can run.
    """

    picked: str
    gflops: dict[str, float]
    alternatives: tuple[Alternative, ...] = ()


class Child:
    """A process that multiplies matrices with the kernels that its environment asks for."""

    def __init__(self, environment: dict[str, str]) -> None:
        environment = {**environment, "OPENBLAS_VERBOSE": "2", **ONE_THREAD}
        # -P: what lies beside the program is not importable by accident.
        command = [sys.executable, "-P", str(CHILD)]
        try:
            self.process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        except OSError as error:  # in the browser, for one, there are no processes
            raise Failed(f"its process could not be started ({error.strerror})") from error
        self.kernels = ""
        self.late = False
        self.timer = threading.Timer(PATIENCE, self._give_up)
        self.timer.daemon = True
        self.timer.start()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *raised: object) -> None:
        self.timer.cancel()
        self.process.kill()
        self.process.communicate()

    def started(self) -> Child:
        """Waits until the child is ready, and reads which kernels OpenBLAS says that it uses."""
        while (line := self._line()) != "ready":
            if line.startswith("Core: "):
                self.kernels = line.removeprefix("Core: ")
        return self

    def seconds(self) -> tuple[float, ...]:
        """One turn: the seconds that the products take, one number for each dtype."""
        try:
            print(file=self.process.stdin, flush=True)
        except OSError:
            pass  # it has ended; reading says how
        line = self._line()
        try:
            taken = tuple(map(float, line.split()))
        except ValueError:
            taken = ()
        if len(taken) != len(DTYPES) or min(taken) <= 0:
            raise Failed(f"its process said {line!r}")
        return taken

    def _give_up(self) -> None:
        self.late = True
        self.process.kill()

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if line:
            return line.strip()
        code = self.process.wait()
        if self.late:
            raise Failed(f"its process gave no answer within {PATIENCE:.0f} s")
        raise Failed(f"its process ended with code {code}")


def compare(
    child: Callable[[dict[str, str]], Child] = Child, found: set[str] | None = None
) -> Comparison:
    """Times the kernels in use, and each alternative beside them.

    Arguments:
        child: makes the process for an environment; another one in tests.
        found: the processor's instruction sets; NumPy is asked where it is None.

    Returns:
        What was measured. An alternative that ends or answers nonsense is in it, with what became
        of it.

    Raises:
        Failed: where the kernels in use could not be timed, or a process hangs.
    """
    found = extensions() if found is None else found
    with ExitStack() as stack:
        now = stack.enter_context(child(dict(os.environ))).started()
        failed: list[Alternative] = []
        others: dict[str, Child] = {}
        for name in alternatives(now.kernels, found):
            try:
                other = stack.enter_context(child({**os.environ, VARIABLE: name})).started()
            except Failed as error:
                failed.append(Alternative(name, failed=str(error)))
                continue
            if other.kernels == name:  # OpenBLAS answers with others where it has not got these
                others[name] = other
        turns = _rounds(now, others, failed)
    picked = [turn[""] for turn in turns]
    gflops = {
        dtype: PRODUCTS / min(seconds[i] for seconds in picked) / 1e9
        for i, dtype in enumerate(DTYPES)
    }
    compared = [Alternative(name, _speedups(turns, name)) for name in others]
    return Comparison(now.kernels, gflops, (*compared, *failed))


def _rounds(
    now: Child, others: dict[str, Child], failed: list[Alternative]
) -> list[dict[str, tuple[float, ...]]]:
    """The seconds of every round, by kernels, those in use as ""; who fails leaves `others`."""
    turns: list[dict[str, tuple[float, ...]]] = []
    start = time.monotonic()
    while len(turns) < (MOST if others else LEAST):
        if len(turns) >= LEAST and time.monotonic() - start > BUDGET:
            break
        turn = {}
        order = [("", now), *others.items()]
        for name, child in order if len(turns) % 2 else reversed(order):
            try:
                turn[name] = child.seconds()
            except Failed as error:
                if not name:
                    raise
                failed.append(Alternative(name, failed=str(error)))
                del others[name]
        turns.append(turn)
    return turns


def _speedups(turns: list[dict[str, tuple[float, ...]]], name: str) -> dict[str, Speedup]:
    found = {}
    for i, dtype in enumerate(DTYPES):
        ratios = [turn[""][i] / turn[name][i] for turn in turns]
        found[dtype] = Speedup(*statistics.quantiles(ratios, n=4, method="inclusive"))
    return found
