"""The decision: its order, step by step, and that nothing but values decides."""

import functools
import signal
import threading
import time

import numpy as np
import pytest
import tiny_exercises as tiny

from bplib.checks.decide import decide, fixed_seed
from bplib.checks.limit import TimeLimit, available, time_limit

E = tiny.exercise()
right = tiny.gradient
needs_alarm = pytest.mark.skipif(not available(), reason="this system has no alarm")


def verdict(function, exercise=E, seed=None, **options):
    return decide(exercise, function, seed, own_work=options.pop("own_work", False), **options)


def step(result):
    return result.failures[0].step


# ── the order ────────────────────────────────────────────────────────────────────────────────────


def test_not_defined_yet():
    for nothing in (..., None):
        assert verdict(nothing).status == "not_attempted"


def test_a_value_is_no_function():
    result = verdict(3.0)
    assert result.text == (
        "✗ tiny_gradient · the answer is a function of (X, y, theta); this is a value of type "
        "float. Hand over the function itself, without calling it."
    )


def test_signature_comes_before_everything_that_is_called():
    def too_few(X, y):
        raise RuntimeError

    result = verdict(too_few)
    assert step(result) == "signature" and result.failures[0].case is None
    assert result.text == (
        "✗ tiny_gradient · it is called with (X, y, theta), 3 arguments; yours takes (X, y)."
    )

    def other_order(theta, X, y):
        return right(X, y, theta)

    assert verdict(other_order).text == (
        "✗ tiny_gradient · the arguments come in the order (X, y, theta); yours takes "
        "(theta, X, y)."
    )


def test_other_names_defaults_and_starred_arguments_are_fine():
    assert verdict(lambda A, b, t, extra=3: right(A, b, t)).passed
    assert verdict(lambda *given: right(*given)).passed
    assert verdict(functools.partial(lambda k, X, y, t: right(X, y, t), 1)).passed


def test_an_object_that_can_be_called_is_fine():
    class Gradient:
        def __call__(self, X, y, theta):
            return right(X, y, theta)

    assert verdict(Gradient()).passed
    assert verdict(Gradient().__call__).passed


def test_returned_comes_before_type_before_shape_before_finite_before_values():
    def late(X, y, theta):
        """Wrong in another way in each case; the earliest step wins, not the earliest case."""
        late.calls += 1
        answer = right(X, y, theta) * 2
        return (answer, answer[:, None], answer.tolist(), None)[min(late.calls - 1, late.last)]

    expected = ["values", "shape", "type", "returned"]
    for last, name in enumerate(expected):
        late.calls, late.last = 0, last
        result = verdict(late)
        assert step(result) == name, result.text
        assert result.failures[0].case == last + 1

    def with_nan(X, y, theta):
        with_nan.calls += 1
        return right(X, y, theta) * (2 if with_nan.calls < 3 else np.nan)

    with_nan.calls = 0
    result = verdict(with_nan)
    assert step(result) == "finite" and "every entry is NaN" in result.text


def test_values_come_before_modified_inputs_before_aliases():
    def all_of_it(X, y, theta):
        answer = right(X, y, theta) * all_of_it.factor
        theta[:] = answer
        return theta

    all_of_it.factor = 2
    assert step(verdict(all_of_it)) == "values"
    all_of_it.factor = 1
    result = verdict(all_of_it)
    assert step(result) == "inputs"
    assert "the values are right, but `theta` is not the same after the call" in result.text


def test_an_alias_is_found_though_nothing_was_changed():
    same = tiny.exercise(
        reference=lambda dz: dz * 1.0,
        cases=lambda rng, i: (rng.normal(size=(4, 3)),),
        misconceptions=(),
    )
    for function in (lambda dz: dz, lambda dz: dz[:], lambda dz: dz.reshape(4, 3)):
        result = verdict(function, same)
        assert step(result) == "alias"
        assert "shares its memory with `dz`" in result.text
    assert verdict(lambda dz: dz.copy(), same).passed


def test_fresh_random_cases_come_last():
    seen = []

    def remembers(X, y, theta):
        """Right on the six fixed cases, wrong on all that come after them."""
        seen.append(None)
        return right(X, y, theta) * (1 if len(seen) <= E.n_cases else 2)

    result = verdict(remembers)
    assert step(result) == "fresh" and "the fixed cases pass, but this random one" in result.text
    assert result.seed != fixed_seed(E.name)
    assert verdict(lambda X, y, t: right(X, y, t) * 2, seed=result.seed).failures[0].case == 1


def test_a_seed_makes_the_same_cases_again():
    results = [verdict(lambda X, y, t: right(X, y, t) + 1, seed=31) for _ in range(2)]
    assert results[0].message == results[1].message and results[0].details == results[1].details
    other = verdict(lambda X, y, t: right(X, y, t) + 1, seed=32)
    assert other.details != results[0].details


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


# ── the diagnosis ────────────────────────────────────────────────────────────────────────────────


def test_exactly_one_match_is_named():
    result = verdict(lambda X, y, t: 2 * X.T @ (X @ t - y))
    assert result.misconception == "missing-1/m"
    assert result.message.split("\n")[1] == "**Likely mistake:** the 1/m is missing."


def test_two_matches_name_nothing():
    twins = (
        *tiny.mistakes(),
        *(tiny.Misconception("twin", "t.", m.wrong) for m in tiny.mistakes()[:1]),
    )
    result = verdict(lambda X, y, t: right(X, y, t) * len(y), tiny.exercise(misconceptions=twins))
    assert result.status == "failed" and result.misconception is None
    assert "Likely" not in result.text


def test_a_match_on_some_cases_only_is_not_named():
    def mixed(X, y, theta):
        return right(X, y, theta) * (len(y) if len(y) == 7 else 2)

    result = verdict(mixed)
    assert result.status == "failed" and result.misconception is None


def test_a_broken_misconception_changes_no_verdict():
    def broken(X, y, theta):
        raise ValueError

    also = (tiny.Misconception("broken", "b.", broken),)
    assert verdict(right, tiny.exercise(misconceptions=also)).passed
    assert (
        verdict(lambda X, y, t: -right(X, y, t), tiny.exercise(misconceptions=also)).status
        == "failed"
    )


def test_a_misconception_equal_to_the_reference_refuses_nothing():
    same = (tiny.Misconception("same", "s.", right),)
    assert verdict(right, tiny.exercise(misconceptions=same)).passed


def test_a_mistake_that_shows_in_the_inputs_alone_is_named():
    def in_place(X, y, theta):
        y -= X @ theta
        return -2 * X.T @ y / len(y)

    named = (*tiny.mistakes(), tiny.Misconception("in-place", "y is overwritten.", in_place))
    result = verdict(in_place, tiny.exercise(misconceptions=named))
    assert step(result) == "inputs" and result.misconception == "in-place"


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


# ── several answers, dicts, words, and judges ───────────────────────────────────────────────────


def test_several_returned_arrays():
    pair = tiny.two_gradients()
    reference = pair.reference
    assert verdict(lambda X, d: list(reference(X, d)), pair).passed

    result = verdict(lambda X, d: (X.T @ d, 7 * d.mean(axis=0) * 2), pair)
    assert "`db`: shape (5,) is right; every entry is 2.00 times too large. `dW` is right." in (
        result.text
    )
    swapped = verdict(lambda X, d: reference(X, d)[::-1], pair)
    assert "the values are right, but not in this order: `return dW, db`" in swapped.text
    assert (
        "2 things are due, in this order: `return dW, db`"
        in verdict(lambda X, d: X.T @ d, pair).text
    )
    assert "returns a tuple of 3" in verdict(lambda X, d: (*reference(X, d), 1), pair).text
    assert "`dW` is None" in verdict(lambda X, d: (None, d.sum(axis=0)), pair).text


def test_a_dict_is_compared_by_its_keys():
    asks = tiny.exercise(
        reference=lambda x: {"a": x, "b": 2 * x},
        cases=lambda rng, i: (float(rng.uniform(1, 2)),),
        misconceptions=(),
    )
    assert verdict(lambda x: {"b": 2 * x, "a": x}, asks).passed
    assert "returns a dict without `b`" in verdict(lambda x: {"a": x}, asks).text
    assert "with `c` in it" in verdict(lambda x: {"a": x, "b": 2 * x, "c": 1}, asks).text
    assert "`b`: returns" in verdict(lambda x: {"a": x, "b": x}, asks).text
    assert "`a` is right" in verdict(lambda x: {"a": x, "b": x}, asks).text


def test_of_many_things_those_that_are_right_are_counted():
    names = [f"node_{k}" for k in range(9)]

    def reference(x):
        return {name: x * k for k, name in enumerate(names, start=1)}

    asks = tiny.exercise(
        reference=reference, cases=lambda rng, i: (float(rng.uniform(1, 2)),), misconceptions=()
    )
    one = verdict(lambda x: {**reference(x), "node_3": 0.0}, asks)
    assert one.text.endswith(" The other 8 are right.")
    two = verdict(lambda x: {**reference(x), "node_3": 0.0, "node_4": 0.0}, asks)
    assert two.text.endswith(" 7 of 9 are right.")
    swapped = {"node_0": "node_1", "node_1": "node_0"}
    other = verdict(lambda x: {n: reference(x)[swapped.get(n, n)] for n in names}, asks)
    assert "order" not in other.text


def test_words_and_lists_are_compared_by_equality():
    asks = tiny.exercise(
        reference=lambda x: ["b", "a"], cases=lambda rng, i: (1.0,), misconceptions=()
    )
    assert verdict(lambda x: ("b", "a"), asks).passed
    assert "a list is due" in verdict(lambda x: "ba", asks).text
    assert "you return `['a', 'b']`; that is not it." in verdict(lambda x: ["a", "b"], asks).text


def test_an_exercise_may_bring_its_own_judge():
    def judge(answer, expected, x):
        if answer < 0:
            return "a root below zero is a root as well, but the positive one was asked for."
        return abs(answer**2 - x) < 1e-6

    asks = tiny.number(reference=lambda x: x**0.5, accept=judge)
    assert verdict(lambda x: x**0.5 + 1e-9, asks).passed
    assert "the positive one was asked for" in verdict(lambda x: -(x**0.5), asks).text
    assert "that is not it" in verdict(lambda x: x, asks).text
    assert step(verdict(lambda x: np.array([x, x, x]), asks)) == "shape"

    def stumbles(answer, expected, x):
        raise KeyError

    assert verdict(lambda x: x, tiny.number(accept=stumbles)).status == "failed"


# ── numbers in all their types ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [float, np.float64, np.array, np.float32, np.longdouble])
def test_every_kind_of_number_is_a_number(kind):
    assert verdict(lambda x: kind(x * x), tiny.number()).passed


def test_float32_is_accepted_and_no_less_exact():
    assert verdict(lambda X, y, t: right(X, y, t).astype(np.float32)).passed
    assert not verdict(lambda X, y, t: right(X, y, t).astype(np.float16)).passed
    assert not verdict(lambda X, y, t: (right(X, y, t) * 1.0001).astype(np.float32)).passed
    assert not verdict(lambda X, y, t: right(X, y, t) * (1 + 1e-7)).passed


def test_types_that_are_no_numbers():
    square = tiny.number()
    assert "a list of 1; a number is due" in verdict(lambda x: [x * x], square).text
    assert "complex; a real number" in verdict(lambda x: x * x + 0j, square).text
    assert "a string; a number" in verdict(lambda x: str(x * x), square).text
    assert "a function (is it missing its brackets?)" in verdict(lambda x: lambda: x, square).text
    assert "a generator" in verdict(lambda x: (x for _ in "a"), square).text
    assert "an array of Python objects" in (
        verdict(lambda X, y, t: np.array([right(X, y, t)], dtype=object)).text
    )


def test_zeros_are_compared_with_what_rounding_leaves():
    at_minimum = tiny.exercise(
        cases=lambda rng, i: (lambda X, t: (X, X @ t, t))(
            rng.normal(size=(7, 3)), rng.normal(size=3)
        ),
    )
    assert verdict(right, at_minimum).passed
    by_normal_equations = verdict(
        lambda X, y, t: 2 / len(y) * ((X.T @ X) @ t - X.T @ y), at_minimum
    )
    assert by_normal_equations.passed, by_normal_equations.text
    assert not verdict(lambda X, y, t: right(X, y, t) + 1e-10, at_minimum).passed


def test_small_gradients_hide_nothing():
    small = tiny.exercise(
        cases=lambda rng, i: tuple(1e-9 * one for one in gradient_of(rng)), misconceptions=()
    )
    assert verdict(right, small).passed
    assert not verdict(lambda X, y, t: 2 * right(X, y, t), small).passed
    assert not verdict(lambda X, y, t: 0 * right(X, y, t), small).passed


def gradient_of(rng):
    return tiny.gradient_cases(rng, 0)
