"""A library in a process of its own, which works only when it is its turn.

    python -m benchmarks.worker PEER CASE

Libraries that share a process slow each other down: each has a pool of threads, and an idle pool
spins for a while before it sleeps. Here only one process works at any time, and the others are
stopped by the system, pools and all, where the system can do that.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import peers
from benchmarks.case import Case

ROOT = Path(__file__).resolve().parent.parent
THREADS = int(os.environ.get("BENCH_THREADS", "2"))
"""For each library. With 1, what is read is the processor's time and not the clock's: on a machine
that is not quiet, these are the numbers to trust."""
now = time.process_time if THREADS == 1 else time.perf_counter
LIMITS = {
    name: str(THREADS)
    for name in (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
    )
}
BLOCK = 0.002
"""Seconds between two readings of the clock, at least: what is quicker is repeated."""
CAN_STOP = hasattr(signal, "SIGSTOP")


class Died(Exception):
    """A worker that ended before it answered."""


class Worker:
    """A process with one peer, ready to train one case.

    Arguments:
        peer: the name of a module in `peers`.
        case: what it computes.
        environment: what to set beside the limits on threads.
    """

    def __init__(self, peer: str, case: Case, environment: Mapping[str, str] | None = None) -> None:
        self.peer = peer
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", peer, case.to_json()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **LIMITS, **(environment or {})},
        )
        try:
            self._answer()
        except Died:
            self.__exit__()
            raise
        self._stop()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *raised: object) -> None:
        self.process.kill()
        self.process.communicate()

    def losses(self, steps: int) -> list[float]:
        """The losses of the next steps."""
        return self._ask({"losses": steps})

    def seconds(self, turn: float) -> float:
        """The seconds that one step takes, measured for about `turn` seconds."""
        return self._ask({"seconds": turn})

    def _ask(self, question: dict) -> object:
        self._go_on()
        assert self.process.stdin is not None
        try:
            print(json.dumps(question), file=self.process.stdin, flush=True)
        except OSError:
            pass  # it has ended, and reading says so
        answer = self._answer()
        self._stop()
        return answer

    def _answer(self) -> object:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise Died(f"{self.peer}: its process ended with code {self.process.wait()}")
        return json.loads(line)

    def _stop(self) -> None:
        if CAN_STOP:
            self.process.send_signal(signal.SIGSTOP)
            if hasattr(os, "waitid"):  # until it rests, or has ended; either stays to be read
                os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def _go_on(self) -> None:
        if CAN_STOP:
            self.process.send_signal(signal.SIGCONT)


def time_steps(step: Callable[[], object], wait: Callable[[], object], turn: float) -> float:
    """The median time of a step, in blocks that are long enough for the clock.

    Arguments:
        step: one step.
        wait: returns when all steps are done.
        turn: seconds to measure for, after a warm-up of a fifth of it.

    Returns:
        Seconds for one step.
    """
    start = now()
    warm = 0
    while warm < 2 or now() - start < turn / 5:
        step()
        wait()
        warm += 1
    block = max(1, round(BLOCK * warm / (now() - start)))
    blocks = []
    start = now()
    while len(blocks) < 3 or now() - start < turn:
        begin = now()
        for _ in range(block):
            step()
        wait()
        blocks.append((now() - begin) / block)
    return statistics.median(blocks)


def stay_on_cores(count: int) -> None:
    """Keeps this process on so many cores, where the system lets it: XLA has no other limit."""
    if hasattr(os, "sched_setaffinity"):
        cores: dict[str, int] = {}
        for cpu in sorted(os.sched_getaffinity(0)):
            siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
            cores.setdefault(siblings.read_text() if siblings.exists() else str(cpu), cpu)
        os.sched_setaffinity(0, list(cores.values())[:count])


def serve(peer: str, case: Case) -> None:
    """Answers questions on the standard input until it ends."""
    # What a library prints goes to the error stream; the answers have the output to themselves.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    stay_on_cores(THREADS)
    step, wait = peers.load(peer).prepare(case)
    print(json.dumps("ready"), file=answers, flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        if "losses" in question:
            answer: object = [float(step()) for _ in range(question["losses"])]
        else:
            answer = time_steps(step, wait, question["seconds"])
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    serve(sys.argv[1], Case.from_json(sys.argv[2]))
