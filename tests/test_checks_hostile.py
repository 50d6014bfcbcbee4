"""Answers that misbehave: nothing they do ends the notebook, stays behind, or makes them right."""

import random
import signal
import subprocess
import sys
import threading
import time
import warnings

import numpy as np
import pytest
import tiny_exercises as tiny

from bplib.checks import check
from bplib.checks.decide import decide
from bplib.checks.limit import available
from bplib.checks.result import Stopped

E = tiny.exercise(misconceptions=())
right = tiny.gradient
needs_alarm = pytest.mark.skipif(not available(), reason="this system has no alarm")


class BrokenText(Exception):
    def __str__(self):
        raise ValueError


class FromTheRoot(BaseException):
    pass


class Broken:
    """Nothing that is usually asked of an object works."""

    def __repr__(self):
        raise ValueError

    def __array__(self, *arguments, **options):
        raise RuntimeError

    def __deepcopy__(self, memo):
        raise RuntimeError


class AlwaysEqual(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, dtype=bool)

    def __sub__(self, other):
        return np.zeros(self.shape)

    __rsub__ = __sub__


def holds_itself():
    found = []
    found.append(found)
    return found


def nested(depth):
    found = []
    for _ in range(depth):
        found = [found]
    return found


@pytest.mark.parametrize("error", [BrokenText(), FromTheRoot("x"), SystemExit(3), GeneratorExit()])
def test_every_exception_is_a_sentence(error):
    def raises(X, y, theta):
        raise error

    result = decide(E, raises)
    assert result.status == "error" and type(error).__name__ in result.text


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (Broken(), "returns a Broken; an array of shape (3,) is due."),
        ([Broken()], "returns a list of 1; an array of shape (3,) is due."),
        ({"a": Broken()}, "returns a dict; an array of shape (3,) is due."),
        (holds_itself(), "returns a list of 1; an array of shape (3,) is due."),
        (nested(5000), "returns a list of 1; an array of shape (3,) is due."),
        (np, "returns the module `numpy`; an array of shape (3,) is due."),
        (Broken, "returns the class `Broken`; an array of shape (3,) is due."),
        (np.broadcast_to(1.0, (10**5, 10**7)), "returns an array of shape (100000, 10000000); "),
        (np.zeros((0, 3)), "returns shape (0, 3); shape (3,) is due."),
        (np.array(["a", "b", "c"]), "returns an array of words; an array of shape (3,) is due."),
    ],
    ids=str.__class__,
)
def test_every_value_is_a_sentence(value, sentence):
    result = decide(E, lambda X, y, t: value)
    assert result.status == "failed" and sentence in result.text


def test_numbers_of_other_kinds_are_named():
    from decimal import Decimal
    from fractions import Fraction

    square = tiny.number()
    for kind in (Fraction, Decimal):
        text = decide(square, lambda x, kind=kind: kind(x * x)).text
        assert f"returns a {kind.__name__}; an ordinary number is due: `float(...)`" in text
    assert "in float16, which keeps three digits" in decide(square, lambda x: np.float16(x)).text
    assert "too large for a float" in decide(square, lambda x: 10**400).text
    large = tiny.number(reference=lambda x: 1e25)
    assert decide(large, lambda x: 10**25).passed


def test_matrices_and_masked_arrays_are_no_plain_arrays():
    pair = tiny.two_gradients()
    refused = decide(pair, lambda X, d: (np.matrix(X.T @ d), d.sum(axis=0)))
    assert "`dW` is an `np.matrix`; an array of shape (3, 5) is due" in refused.text
    masked = decide(E, lambda X, y, t: np.ma.array(right(X, y, t), mask=t > 0))
    assert "a masked array with entries left out" in masked.text
    assert decide(E, lambda X, y, t: np.ma.array(right(X, y, t))).passed


def test_a_subclass_cannot_say_that_it_is_equal():
    assert not decide(E, lambda X, y, t: (2 * right(X, y, t)).view(AlwaysEqual)).passed
    assert decide(E, lambda X, y, t: right(X, y, t).view(AlwaysEqual)).passed


def test_a_complex_answer_is_taken_for_no_mistake():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = decide(tiny.exercise(), lambda X, y, t: -right(X, y, t) + 0j)
    assert "complex; a real number is due" in result.text and result.misconception is None


def test_generators_and_coroutines_are_named(recwarn):
    def yields(X, y, theta):
        yield right(X, y, theta)

    async def awaits(X, y, theta):
        return right(X, y, theta)

    assert "a generator (is a `yield` where a `return` should be?)" in decide(E, yields).text
    assert "a coroutine, because its `def` is an `async def`" in decide(E, awaits).text
    assert not recwarn.list


# ── nothing stays behind ─────────────────────────────────────────────────────────────────────────


def surroundings():
    return (
        signal.getsignal(signal.SIGALRM) if available() else None,
        list(warnings.filters),
        np.geterr(),
        np.random.get_state()[1].tobytes(),  # noqa: NPY002
        random.getstate(),
        sys.stdout,
        sys.getprofile(),
        sys.gettrace(),
        np.mean,
        np.linalg.norm,
    )


def meddles(X, y, theta):
    np.seterr(all="raise")
    np.random.seed(1)  # noqa: NPY002
    random.seed(1)
    warnings.simplefilter("error")
    sys.stdout.close()
    sys.stdout = None
    sys.setprofile(lambda *given: None)
    np.mean = np.linalg.norm = lambda *given, **options: 0.0
    if available():
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
    return right(X, y, theta)


def test_a_function_that_meddles_leaves_everything_as_it_was():
    before = surroundings()
    decide(E, meddles)
    assert surroundings() == before


def test_a_replaced_numpy_makes_nothing_right(monkeypatch):
    mean = tiny.exercise(
        reference=lambda y: np.mean(y**2),
        cases=lambda rng, i: (rng.normal(size=5),),
        misconceptions=(),
        returns=("loss",),
    )

    def replaces(y):
        np.mean = lambda *given, **options: 0.0
        return 0.0

    assert decide(mean, replaces).status == "failed"
    monkeypatch.setattr(np, "mean", lambda *given, **options: 0.0)
    replaced_before = np.mean
    assert decide(mean, lambda y: 0.0).status == "failed"
    assert decide(mean, lambda y: (y**2).sum() / len(y)).passed
    assert np.mean is replaced_before, "what the reader's notebook had is there again"


def test_an_answer_that_remembers_the_library_is_recognised():
    remembered = {}

    def remembers(X, y, theta):
        from bplib import losses

        key = X.tobytes()
        if key not in remembered:
            _, cache = losses.mse(X @ theta, y)
            remembered[key] = X.T @ losses.mse_backward(cache)
        return remembered[key].copy()

    assert decide(E, remembers).misconception == "library"


def swallow_all(X, y, theta):
    while True:
        try:
            time.sleep(0.001)
        except:  # noqa: E722
            pass


def swallow_in_a_line(X, y, theta):
    k = 0
    while True:
        try:
            while True:
                k += 1
                k -= 1
                k += 1
        except BaseException:
            k = 0
            continue


@needs_alarm
@pytest.mark.parametrize("loop", [swallow_all, swallow_in_a_line])
def test_a_loop_that_swallows_every_exception_ends_too(loop):
    before, started = surroundings(), time.monotonic()
    result = decide(tiny.exercise(seconds=0.2), loop)
    assert result.status == "timeout" and time.monotonic() - started < 8
    assert surroundings() == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_checks_in_several_threads_keep_their_outputs_apart():
    before, results = surroundings(), []

    def slow(X, y, theta):
        print("x")
        time.sleep(0.002)
        return right(X, y, theta)

    threads = [threading.Thread(target=lambda: results.append(decide(E, slow))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one.passed for one in results) and len(results) == 4
    assert surroundings() == before


# ── interrupts, and a check inside a check ───────────────────────────────────────────────────────


def test_an_interrupt_leaves_one_sentence(small_book):
    def interrupted(X, y, theta):
        raise KeyboardInterrupt

    with pytest.raises(Stopped) as caught:
        check(interrupted, "tiny_gradient")
    assert isinstance(caught.value, KeyboardInterrupt) and caught.value.__suppress_context__
    sentence = "tiny_gradient: the check was stopped; there is no verdict."
    assert caught.value._render_traceback_() == [sentence] == [str(caught.value)]


@needs_alarm
def test_ctrl_c_in_a_script_is_short():
    script = (
        "import os, signal, threading, time\n"
        "from bplib.checks import check\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # not in the background\n"
        "def slope_between_points(x0, y0, x1, y1):\n"
        "    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "    time.sleep(4)\n"
        "check(slope_between_points)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    lines = done.stderr.strip().split("\n")
    assert lines[-1].endswith("the check was stopped; there is no verdict."), done.stderr
    assert len(lines) < 10 and done.returncode != 0


def test_a_check_inside_a_check(small_book, capsys):
    def tiny_square(x):
        check(tiny_square)
        return x * x

    def tiny_gradient(X, y, theta):
        check(lambda x: x * x, "tiny_square")
        return right(X, y, theta)

    check(tiny_square)
    assert capsys.readouterr().out.startswith("✓ tiny_square · ")
    check(lambda x: check(tiny_square) or 2 * x, "tiny_square", seed=3)
    assert "is being checked at this very moment" in capsys.readouterr().out
    check(tiny_gradient)
    assert capsys.readouterr().out.startswith("✓ tiny_gradient · ")


def test_a_check_inside_a_check_is_told_so_once(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "bplib.checks.render.show", lambda lines, *rest, **options: shown.append(lines)
    )

    def mse_gradient(X, y, theta):
        check(mse_gradient)
        return 2 * X.T @ (X @ theta - y) / len(y)

    check(mse_gradient)
    told = [lines[0] for lines in shown if "at this very moment" in lines[0]]
    assert len(told) == 1 and shown[-1][0].startswith("✓ **mse_gradient**")
