"""What the learner's code may do: raise, print, loop for ever, call the library."""

import signal
import threading
import time

import numpy as np
import pytest
import tiny_exercises as tiny

from bplib.checks.decide import decide
from bplib.checks.limit import TimeLimit, available, time_limit

E = tiny.exercise()
right = tiny.gradient
needs_alarm = pytest.mark.skipif(not available(), reason="this system has no alarm")


def verdict(function, exercise=E, seed=None, **options):
    return decide(exercise, function, seed, own_work=options.pop("own_work", False), **options)


def step(result):
    return result.failures[0].step


# ── the learner's exceptions, prints and loops ──────────────────────────────────────────────────


def test_an_exception_is_one_sentence_with_line_and_shapes():
    def breaks(X, y, theta):
        return right(X, y, theta)[7]

    result = verdict(breaks)
    assert result.status == "error"
    assert result.text.startswith(
        "✗ tiny_gradient · case 1 of 6 (m=7, n=3): your code stops at line "
    )
    assert "`return right(X, y, theta)[7]` with IndexError: " in result.text
    assert result.text.endswith("It was given X (7, 3), y (7,), theta (3,).")


@pytest.mark.parametrize(
    "error", [SystemExit, RecursionError, MemoryError, KeyError, StopIteration]
)
def test_no_exception_escapes(error):
    def breaks(X, y, theta):
        raise error("out")

    result = verdict(breaks)
    assert result.status == "error" and error.__name__ in result.text


def test_an_interrupt_is_the_learners_and_goes_through():
    def interrupted(X, y, theta):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verdict(interrupted)


def test_a_half_written_function_is_not_attempted():
    def half(X, y, theta):
        m = len(y)
        raise NotImplementedError(m)

    assert verdict(half).status == "not_attempted"


def test_prints_are_kept_back_and_shown_with_the_case(capsys):
    def chatty(X, y, theta):
        print("shapes", X.shape)
        print("x" * 100_000)
        return right(X, y, theta) * 2

    result = verdict(chatty)
    assert capsys.readouterr() == ("", "")
    printed = dict(result.details)["your function printed"]
    assert printed.startswith("shapes (7, 3)") and len(printed) <= 2000


def test_warnings_of_the_learner_reach_nobody(recwarn):
    def warns(X, y, theta):
        np.exp(np.array([1e4]))
        np.log(-np.ones(2))
        return right(X, y, theta)

    assert verdict(warns).passed
    assert not recwarn.list


@needs_alarm
def test_an_endless_loop_is_stopped_in_time():
    def endless(X, y, theta):
        while True:
            try:
                time.sleep(0.001)
            except Exception:
                continue

    started = time.monotonic()
    result = verdict(endless, tiny.exercise(seconds=0.2))
    assert time.monotonic() - started < 2
    assert result.status == "timeout" and result.misconception is None
    assert "no answer after 0.2 s" in result.text


@needs_alarm
def test_a_caught_alarm_rings_again():
    rings = []
    with pytest.raises(TimeLimit), time_limit(0.05):
        try:
            time.sleep(5)
        except TimeLimit:
            rings.append(1)
        time.sleep(5)
    assert rings


@needs_alarm
def test_alarms_set_before_are_restored():
    def mine(signum, frame):
        raise AssertionError

    before = signal.signal(signal.SIGALRM, mine)
    try:
        signal.setitimer(signal.ITIMER_REAL, 60, 7)
        with time_limit(0.5):
            pass
        remaining, interval = signal.getitimer(signal.ITIMER_REAL)
        assert 50 < remaining <= 60 and interval == 7
        assert signal.getsignal(signal.SIGALRM) is mine
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_without_an_alarm_checks_work_all_the_same():
    results = []

    def elsewhere():
        assert not available()
        results.append(verdict(right))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert results[0].passed


@pytest.fixture
def no_alarm(monkeypatch):
    """Windows, as far as a time limit can tell."""
    monkeypatch.delattr(signal, "setitimer", raising=False)
    monkeypatch.delattr(signal, "SIGALRM", raising=False)
    assert not available()


def endless(X, y, theta):
    while True:
        X = X + 1


def swallows(X, y, theta):
    while True:
        try:
            X = X + 1
        except:  # noqa: E722
            continue


@pytest.mark.parametrize("loop", [endless, swallows])
def test_without_an_alarm_an_endless_loop_is_stopped_too(no_alarm, loop):
    started = time.monotonic()
    result = verdict(loop, tiny.exercise(seconds=0.2))
    assert time.monotonic() - started < 8
    assert result.status == "timeout" and "no answer after 0.2 s, so it was stopped" in result.text
    for _ in range(20_000):
        pass  # nothing rings any more
    time.sleep(0.3)


def test_a_loop_in_another_thread_is_stopped_and_only_there():
    results = []
    thread = threading.Thread(
        target=lambda: results.append(verdict(endless, tiny.exercise(seconds=0.1)))
    )
    thread.start()
    thread.join(10)
    assert results[0].status == "timeout"


def test_without_an_alarm_nothing_rings_after_the_block(no_alarm):
    for _ in range(200):  # the end of the block and the ring come at the same time
        try:
            with time_limit(0.001):
                until = time.monotonic() + 0.001
                while time.monotonic() < until:
                    pass
        except TimeLimit:
            pass
    time.sleep(0.3)
    assert threading.active_count() < 50


def test_where_no_thread_can_be_begun_there_is_no_limit(no_alarm, monkeypatch):
    def refused(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    assert verdict(right).passed


# ── the library's own answer ─────────────────────────────────────────────────────────────────────


def by_library(X, y, theta):
    from bplib import losses

    _, cache = losses.mse(X @ theta, y)
    return X.T @ losses.mse_backward(cache)


def test_the_librarys_own_answer_is_recognised():
    result = decide(E, by_library)
    assert result.status == "failed" and result.misconception == "library"
    assert result.text == (
        "✗ tiny_gradient · right values, but it calls `bplib.losses.mse`, the library's own "
        "answer. Good to know where it lives; the exercise counts as done when the calculation "
        "is yours."
    )


def test_an_exercise_may_ask_for_the_library():
    assert decide(tiny.exercise(uses=("losses.mse", "mse_backward")), by_library).passed
    result = decide(tiny.exercise(uses=("losses.mse",)), by_library)
    assert "`bplib.losses.mse_backward`" in result.text


def test_a_wrong_answer_from_the_library_is_a_wrong_answer():
    assert step(decide(E, lambda X, y, t: by_library(X, y, t) * 2)) == "values"


def test_the_reference_handed_over_as_an_answer_is_recognised():
    assert decide(E, by_library.__class__(by_library.__code__, {})).misconception == "library"
    from bplib import losses

    pair = tiny.exercise(
        reference=lambda prediction, target: losses.mse(prediction, target)[0],
        cases=lambda rng, i: (rng.normal(size=5), rng.normal(size=5)),
        misconceptions=(),
        returns=("loss",),
    )
    assert decide(pair, lambda p, t: losses.mse(p, t)[0]).misconception == "library"
    assert decide(pair, lambda p, t: np.mean((p - t) ** 2)).passed


def test_a_profiler_that_was_running_runs_on():
    import sys

    def profiler(frame, event, argument):
        return None

    sys.setprofile(profiler)
    try:
        decide(E, right)
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(None)
