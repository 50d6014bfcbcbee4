"""The decision: its order, step by step, and that nothing but values decides."""

import functools
import time

import numpy as np
import pytest
import tiny_exercises as tiny

from bplib.checks.decide import decide, fixed_seed
from bplib.checks.limit import available

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
        "✗ tiny_gradient · the answer is a function of (X, y, theta); this is a single number. "
        "Hand over the function itself, without calling it."
    )


def test_signature_comes_before_everything_that_is_called():
    def too_few(X, y):
        raise RuntimeError

    result = verdict(too_few)
    assert step(result) == "signature" and result.failures[0].case is None
    assert result.text == (
        "✗ tiny_gradient · it is called with (X, y, theta), 3 arguments; yours takes (X, y)."
    )

    def other_order(theta, X, y):  # wrong, and the names say why
        return right(X, y, theta)

    assert verdict(other_order).text == (
        "✗ tiny_gradient · the arguments come in the order (X, y, theta); yours takes "
        "(theta, X, y)."
    )


def test_names_in_another_order_harm_nobody_where_the_values_are_right():
    loss = tiny.exercise(
        reference=lambda prediction, target: np.mean((prediction - target) ** 2),
        cases=lambda rng, i: (rng.normal(size=5), rng.normal(size=5)),
        misconceptions=(
            tiny.Misconception(
                "sum", "a sum.", lambda prediction, target: 5 * loss.reference(prediction, target)
            ),
        ),
    )
    assert verdict(lambda target, prediction: np.mean((target - prediction) ** 2), loss).passed
    named = verdict(lambda target, prediction: np.sum((target - prediction) ** 2), loss)
    assert named.misconception == "sum" and step(named) == "values"
    other = verdict(lambda target, prediction: np.mean(target - prediction**2), loss)
    assert "the arguments come in the order (prediction, target)" in other.text
    assert verdict(lambda target, prediction: None, loss).status == "not_attempted"


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


def test_what_fits_the_fresh_cases_alone_has_no_name():
    seen = []

    def remembers(X, y, theta):
        seen.append(None)
        return right(X, y, theta) * (1 if len(seen) <= E.n_cases else len(y))

    result = verdict(remembers)
    assert step(result) == "fresh" and result.misconception is None
    assert "7.00 times too large, and 7 is the batch size" in result.text


def test_a_seed_makes_the_same_cases_again():
    results = [verdict(lambda X, y, t: right(X, y, t) + 1, seed=31) for _ in range(2)]
    assert results[0].message == results[1].message and results[0].details == results[1].details
    other = verdict(lambda X, y, t: right(X, y, t) + 1, seed=32)
    assert other.details != results[0].details


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


PAIR = tiny.two_gradients()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (  # two arrays, two mistakes: both are told
            lambda dW, db: (-dW, 7 * db),
            "`dW`: shape (3, 5) is right; every entry has the wrong sign. `db`: shape (5,) is "
            "right; every entry is 7.00 times too large.",
        ),
        (  # two arrays, one mistake: it is told once
            lambda dW, db: (-dW, -db),
            "`dW`: shape (3, 5) is right; every entry has the wrong sign. The same goes for `db`.",
        ),
        (  # two mistakes in one array
            lambda dW, db: (dW, -db / 7),
            "`db`: shape (5,) is right; every entry has the wrong sign and is 7.00 times too "
            "small. `dW` is right.",
        ),
        (
            lambda dW, db: (dW.T, db[:, None]),
            "`dW`: returns shape (5, 3); shape (3, 5) is due; the values are right once it is "
            "transposed. `db`: returns shape (5, 1); shape (5,) is due; the values are right, but "
            "with an axis too many.",
        ),
        (  # shapes come first, values after them
            lambda dW, db: (-dW, db[:, None]),
            "`db`: returns shape (5, 1); shape (5,) is due; the values are right, but with an "
            "axis too many.",
        ),
        (
            lambda dW, db: (dW * np.nan, db),
            "`dW`: every entry is NaN. `db` is right.",
        ),
        (
            lambda dW, db: (dW[::-1], db + 0.5),
            "`dW`: shape (3, 5) is right; the entries along axis 0 are right but in reverse "
            "order. `db`: shape (5,) is right; every entry is 0.5 too large.",
        ),
    ],
)
def test_of_several_arrays_each_wrong_one_is_told_with_its_mistake(wrong, sentence):
    result = verdict(lambda X, delta: wrong(*PAIR.reference(X, delta)), PAIR)
    assert result.failures[0].text == sentence


def test_beside_a_name_one_fact_is_enough():
    twice = tiny.Misconception(
        "sign", "the sign.", lambda X, d: tuple(-g for g in PAIR.reference(X, d))
    )
    result = verdict(twice.wrong, tiny.two_gradients(misconceptions=(twice,)))
    assert result.misconception == "sign" and result.failures[0].text == (
        "`dW`: shape (3, 5) is right; every entry has the wrong sign."
    )


def test_of_many_wrong_numbers_the_others_are_named():
    four = tiny.exercise(
        reference=lambda x: (x, 2 * x, 3 * x, 5 * x),
        cases=lambda rng, i: (float(rng.uniform(1, 2)),),
        misconceptions=(),
        returns=("a", "b", "c", "d"),
    )
    text = verdict(lambda x: (x, x + 9, -3 * x, 7.5), four).text
    assert " `c`: returns −" in text and text.endswith(" `d` is wrong too. `a` is right.")
    assert "too" not in verdict(lambda x: (9.5, 9.6, 9.7, 9.8), four).text, "one of four is told"


def test_an_array_that_comes_apart_as_a_tuple_does():
    twins = tiny.exercise(
        reference=lambda x: (x, 2 * x),
        cases=lambda rng, i: (rng.normal(size=3),),
        misconceptions=(),
        returns=("a", "b"),
    )
    assert verdict(lambda x: np.stack([x, 2 * x]), twins).passed
    assert "`b`: shape (3,)" in verdict(lambda x: np.stack([x, x]), twins).text
    assert "2 things are due" in verdict(lambda x: np.ones((2, 4)), twins).text


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


def test_truths_and_words_of_numpy():
    asks = tiny.number(reference=lambda x: bool(x > 2))
    assert verdict(lambda x: np.float64(x) > 2, asks).passed
    assert "a single number; True or False is due" in verdict(lambda x: float(x > 2), asks).text
    word = tiny.number(reference=lambda x: "up" if x > 2 else "down")
    assert verdict(lambda x: np.where(x > 2, ["up"], ["down"])[0], word).passed


def test_a_dict_with_words_and_arrays_in_it():
    asks = tiny.number(reference=lambda x: {"word": "up", "array": x * np.ones(3)})
    assert verdict(lambda x: {"word": "up", "array": x * np.ones(3)}, asks).passed
    text = verdict(lambda x: {"word": "up", "array": np.ones(4)}, asks).text
    assert "at key 'array' you return" in text


def test_words_in_an_array_are_the_mistake_they_are_in_a_list():
    asks = tiny.number(
        reference=lambda x: ["b", "a"],
        misconceptions=(tiny.Misconception("sorted", "s.", lambda x: ["a", "b"]),),
    )
    for wrong in (["a", "b"], ("a", "b"), np.array(["a", "b"]), [np.str_("a"), "b"]):
        assert verdict(lambda x, wrong=wrong: wrong, asks).misconception == "sorted"


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


def test_a_zero_in_a_dict_may_be_rounded_as_its_neighbours_are():
    asks = tiny.exercise(
        reference=lambda x: {"a": x, "b": 0.0},
        cases=lambda rng, i: (float(rng.uniform(1, 2)),),
        misconceptions=(),
    )
    assert verdict(lambda x: {"a": x, "b": 1e-16}, asks).passed
    assert not verdict(lambda x: {"a": x, "b": 1e-13}, asks).passed
    in_a_tuple = tiny.exercise(
        reference=lambda x: (x, 0.0), cases=asks.cases, misconceptions=(), returns=("a", "b")
    )
    assert not verdict(lambda x: (x, 1e-16), in_a_tuple).passed


def test_another_exception_than_the_mistakes_own_is_not_the_mistake():
    def raises(kind):
        def wrong(X, y, theta):
            raise kind

        return wrong

    named = tiny.exercise(
        misconceptions=(tiny.Misconception("key", "k.", raises(KeyError)), *tiny.mistakes())
    )
    assert verdict(raises(KeyError), named).misconception == "key"
    assert verdict(raises(ValueError), named).misconception is None


def test_a_slow_right_answer_is_asked_for_one_fresh_case_only():
    calls = []

    def slow(X, y, theta):
        calls.append(None)
        time.sleep(0.06)
        return right(X, y, theta)

    assert verdict(slow, tiny.exercise(seconds=0.1)).passed
    assert len(calls) == E.n_cases + 1


def test_a_mistake_made_in_single_precision_has_its_name():
    def wrong(X, y, theta):
        return (right(X, y, theta) * len(y) * (1 + 2e-5)).astype(np.float32)

    assert verdict(wrong).misconception == "missing-1/m"
    assert verdict(lambda *given: wrong(*given).astype(float)).misconception is None


def test_which_input_was_changed_tells_two_mistakes_apart():
    def over_y(X, y, theta):
        answer = right(X, y, theta)
        y[:] = 0
        return answer

    def over_theta(X, y, theta):
        answer = right(X, y, theta)
        theta[:] = 0
        return answer

    both = tiny.exercise(
        misconceptions=(
            tiny.Misconception("over-y", "y.", over_y),
            tiny.Misconception("over-theta", "t.", over_theta),
        )
    )
    assert verdict(over_y, both).misconception == "over-y"
    assert verdict(over_theta, both).misconception == "over-theta"


def test_nan_and_infinity_are_not_the_same_mistake():
    def first(value):
        def wrong(X, y, theta):
            answer = right(X, y, theta)
            answer[0] = value
            return answer

        return wrong

    named = tiny.exercise(misconceptions=(tiny.Misconception("inf", "i.", first(np.inf)),))
    assert verdict(first(np.inf), named).misconception == "inf"
    for other in (np.nan, -np.inf, 0.0):
        assert verdict(first(other), named).misconception is None
