"""Several judges side by side, each a process with a fork server of its own.

`python -m bplib.grading.judges`: the first line on standard input says what is asked, every further
line is a submission, and every answer is one line.  A judge that a submission manages to take down
is replaced; that submission could not be graded, and the others are.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from bplib.grading.contain import keep_secrets
from bplib.grading.judge import Report, grade, refused
from bplib.grading.plan import Plan
from bplib.grading.submissions import Submission
from bplib.grading.template import remove
from bplib.grading.workers import GradingError, Workers, apart, environment

_PATIENCE = 60.0  # seconds beyond what the workers of one submission may take


class Stopped(KeyboardInterrupt):
    """Grading was stopped from the keyboard.

    Arguments:
        reports: one for each submission that was graded before, by its number.
    """

    def __init__(self, reports: dict[int, Report]) -> None:
        super().__init__()
        self.reports = reports


def grade_all(
    submissions: Sequence[Submission],
    folder: Path,
    plan: Plan,
    *,
    jobs: int,
    hidden: Iterable[Path] = (),
    level: str = "namespaces",
    done: Callable[[Report], None] = lambda report: None,
) -> list[Report]:
    """The reports on all submissions, in their order.

    Arguments:
        submissions: what was handed in.
        folder: of all of them.
        plan: what counts.
        jobs: how many are graded side by side.
        hidden: files and folders that no worker may see.
        level: the strictest containment to try.
        done: called with every report when it is there.

    Returns:
        The reports.

    Raises:
        GradingError: where not even the first submission gets a worker.
        Stopped: on the keyboard's Ctrl-C, with what was graded before.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(len(submissions)):
        waiting.put(number)
    reports: dict[int, Report] = {}
    broken: list[GradingError] = []
    inside = Path(tempfile.mkdtemp(prefix="bplib-grading-"))
    inside.chmod(0o711)  # a worker may be another user
    brief = {
        "inside": str(inside),
        "folder": str(folder.resolve()),
        "plan": plan.to_json(),
        "hidden": [str(path) for path in hidden],
        "level": level,
    }
    judges = [_Judge(json.dumps(brief), plan) for _ in range(min(jobs, len(submissions)))]

    def work(judge: _Judge) -> None:
        try:
            one_after_the_other(judge)
        finally:
            at_home.put(judge)

    def one_after_the_other(judge: _Judge) -> None:
        while not judge.stopped:
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                report = judge.grade(submissions[number])
            except GradingError as error:
                if not reports:  # nothing works here; the others need not try
                    broken.append(error)
                    for one in judges:
                        one.stop()
                    return
                report = refused(submissions[number], plan, f"could not be graded: {error}")
            if judge.stopped:  # it was taken down, and its last word says nothing
                return
            reports[number] = report
            done(report)

    # Not joined: a join that Ctrl-C interrupts may take a running thread for one that has ended.
    at_home: queue.SimpleQueue[_Judge] = queue.SimpleQueue()
    for judge in judges:
        threading.Thread(target=work, args=(judge,), daemon=True).start()
    out = len(judges)
    try:
        while out:
            out -= _one_came_home(at_home, 0.2)
    except KeyboardInterrupt:
        raise Stopped(dict(reports)) from None
    finally:
        for judge in judges:
            judge.stop()
        until = time.monotonic() + 10
        while out and time.monotonic() < until:
            out -= _one_came_home(at_home, 0.2)
        remove(str(inside))  # with what a judge that was taken down has left
    if broken:
        raise broken[0]
    return [reports[number] for number in sorted(reports)]


def _one_came_home(at_home: queue.SimpleQueue[_Judge], seconds: float) -> bool:
    try:
        at_home.get(timeout=seconds)
    except queue.Empty:
        return False
    return True


class _Judge:
    """One process that grades, started when it is first needed and again when it was taken down."""

    def __init__(self, brief: str, plan: Plan) -> None:
        self.brief, self.plan = brief, plan
        self.process: subprocess.Popen[str] | None = None
        self.stopped = self.busy = False

    def grade(self, submission: Submission) -> Report:
        """The report on one submission; while it is awaited, another thread may stop the judge.

        `GradingError` where the judge gets no worker.
        """
        self.busy = True
        try:
            return self._grade(submission)
        finally:
            self.busy = False

    def _grade(self, submission: Submission) -> Report:
        count = max(1, len(submission.notebooks))
        try:
            process = self._running()
            assert process.stdin is not None and process.stdout is not None
            watch = threading.Timer(count * self.plan.limits.seconds + _PATIENCE, process.kill)
            watch.daemon = True
            watch.start()
            try:
                process.stdin.write(json.dumps(asdict(submission)) + "\n")
                process.stdin.flush()
                said = process.stdout.readline()
            finally:
                watch.cancel()
            if said.startswith('{"refused"'):
                problem = json.loads(said)["refused"]
                return refused(submission, self.plan, problem)
            if said.startswith('{"broken"'):
                raise GradingError(json.loads(said)["broken"])
            return Report.from_json(said)
        except (OSError, ValueError, KeyError, TypeError):
            self._end()
            return refused(
                submission, self.plan, "the submission ended the process that graded it."
            )

    def _running(self) -> subprocess.Popen[str]:
        if self.process is None or self.process.poll() is not None:
            self._end()
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "bplib.grading.judges"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
                text=True,
                encoding="ascii",
                **apart(),
            )
            assert self.process.stdin is not None
            self.process.stdin.write(self.brief + "\n")
            self.process.stdin.flush()
        return self.process

    def stop(self) -> None:
        """Ends the judge; its worker ends with it."""
        self.stopped = True
        process = self.process
        if self.busy and process is not None:
            process.kill()  # the thread that reads its answers sees their end, and tidies up
        else:
            self._end()

    def _end(self) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:  # what could not be written any more
                    pass
        try:
            process.wait(10 if self.stopped else 2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> None:
    """Grade what standard input asks for, until it ends."""
    keep_secrets()
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # what anything else prints is no report
    brief = json.loads(sys.stdin.readline())
    plan, folder = Plan.from_json(brief["plan"]), Path(brief["folder"])
    hidden = [Path(one) for one in brief["hidden"]]
    inside = Path(brief["inside"])
    with Workers(plan.limits, hidden, brief["level"], inside, alone=True) as workers:
        for line in sys.stdin:
            found = json.loads(line)
            found["notebooks"] = tuple(found["notebooks"])
            found["problems"] = tuple(found["problems"])
            said = _said(Submission(**found), folder, plan, workers)
            try:
                out.write(said + "\n")
                out.flush()
            except OSError:  # nobody waits for it any more
                break


def _said(submission: Submission, folder: Path, plan: Plan, workers: Workers) -> str:
    try:
        return grade(submission, folder, plan, workers).to_json()
    except GradingError as error:  # it is not the submission's doing
        return json.dumps({"broken": str(error)})
    except Exception as error:  # one bad submission never stops the others
        return json.dumps({"refused": f"could not be graded: {error}"})


if __name__ == "__main__":
    main()
