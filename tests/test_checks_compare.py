"""The comparison and the measured facts: strict, without a floor, and right about what they say."""

import numpy as np
import pytest
import tiny_exercises as tiny
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from bplib.checks.call import unchanged
from bplib.checks.compare import close, relative_error, rounding_scale, same_objects
from bplib.checks.decide import decide
from bplib.checks.sizes import note, number, sizes

shapes = array_shapes(min_dims=0, max_dims=3, max_side=4)
plain = st.floats(-10, 10).filter(lambda v: v == 0 or abs(v) > 1e-3)
values = shapes.flatmap(lambda shape: arrays(np.float64, shape, elements=plain))
scales = st.sampled_from([1e-200, 1e-30, 1e-12, 1.0, 1e12, 1e200])


# ── comparison ───────────────────────────────────────────────────────────────────────────────────


@given(values, scales)
def test_everything_equals_itself_at_any_scale(x, scale):
    assert close(scale * x, scale * x, 1e-12)


@given(values, scales, st.sampled_from([-1.0, 0.0, 0.5, 2.0, 7.0, 1 + 1e-6]))
def test_a_factor_is_wrong_at_any_scale(x, scale, factor):
    assert close(factor * scale * x, scale * x, 1e-9) == (not x.any())


@given(values)
def test_nan_and_infinity_never_pass(x):
    for bad in (np.nan, np.inf, -np.inf):
        spoilt = x.copy()
        spoilt.flat[-1] = bad
        for tolerance in (1e-9, 0.99):
            assert not close(spoilt, x, tolerance, noise=lambda: 1e300)
            assert not close(spoilt, spoilt, tolerance)


@given(values)
def test_no_shape_broadcasts_into_another(x):
    assert not close(x[None], x, 0.9)
    assert not close(x[..., None], x, 0.9)
    assert not close(x, np.broadcast_to(x, (3, *x.shape)), 0.9)


@given(values, scales)
def test_the_error_is_relative_to_the_scale_of_the_array(x, scale):
    wrong = np.array(scale * x)
    wrong.flat[0] += 1e-3 * scale
    largest = np.abs(x).max()
    if largest > 0:
        error = relative_error(wrong, scale * x)
        assert error == pytest.approx(1e-3 / largest, rel=1e-6)
        # One small entry among large ones counts as the large ones do.
        assert close(wrong, scale * x, 1.1e-3 / largest)
        assert not close(wrong, scale * x, 0.9e-3 / largest)


def test_against_zeros_only_zeros_or_rounding_pass():
    zeros = np.zeros(3)
    tiny_answer = np.array([1e-18, 0, 0])
    assert close(zeros, zeros, 1e-9)
    assert not close(tiny_answer, zeros, 1e-9)
    assert close(tiny_answer, zeros, 1e-9, noise=lambda: 1.0)
    assert not close(tiny_answer, zeros, 1e-9, noise=lambda: 1e-6)


def test_rounding_is_asked_for_only_where_numbers_cancel():
    def never():
        raise AssertionError

    x = np.array([1.0, 2.0])
    assert close(x, x, 1e-9, noise=never)
    assert not close(1.1 * x, x, 1e-9, noise=never)


def test_single_precision_has_a_tolerance_of_its_own():
    x = np.array([1.0, 2.0])
    assert close(x * (1 + 1e-6), x, 1e-9, single=True)
    assert not close(x * (1 + 1e-6), x, 1e-9)
    assert not close(x * (1 + 1e-4), x, 1e-9, single=True)


def test_the_scale_of_rounding_is_that_of_the_numbers_before_they_cancelled():
    big = np.array([1e6, -1e6 + 1e-3])
    scale = rounding_scale(lambda x: x.sum(), (big,), None)
    assert 1e5 < scale < 1e7
    assert rounding_scale(lambda x: x * 0.0, (big,), None) == 0.0
    assert rounding_scale(lambda words: 1.0, (["a"],), None) == 0.0


def test_plain_answers():
    assert same_objects(["a", 1.0], ("a", 1.0 + 1e-12), 1e-9)
    assert not same_objects(["a", 1.0], ["a", 1.1], 1e-9)
    assert not same_objects(["a"], ["a", "b"], 1e-9)
    assert not same_objects(1, True, 1e-9)
    assert same_objects({"a": [1.0]}, {"a": [1.0]}, 1e-9)
    assert not same_objects({"a": 1.0}, {"b": 1.0}, 1e-9)
    assert not same_objects({"a": 1.0, "b": 2.0}, {"a": 1.0}, 1e-9)


class Yes:
    """Says that it equals everything."""

    def __eq__(self, other):
        return True

    __hash__ = None


class AlsoYes(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


def test_what_is_equal_is_not_for_the_answer_to_say():
    assert not same_objects(Yes(), {1, 2}, 1e-9)
    assert not same_objects([Yes()], [3.0], 1e-9)
    assert not same_objects(AlsoYes("no"), "yes", 1e-9)
    assert same_objects(AlsoYes("yes"), "yes", 1e-9)
    assert same_objects({1, 2}, {2, 1}, 1e-9) and not same_objects({1}, {2, 1}, 1e-9)


@pytest.mark.parametrize("odd", ["3", "3.0", b"3", 3 + 0j, np.array(3 + 5j), np.array("3"), None])
def test_only_numbers_equal_numbers_inside_a_list(odd):
    assert not same_objects([odd], [3.0], 1e-9)


def test_words_and_truths_of_numpy_are_as_good_as_pythons():
    assert same_objects(np.array(["a", "b"]), ["a", "b"], 1e-9)
    assert same_objects([np.True_], [True], 1e-9) and not same_objects([1.0], [True], 1e-9)
    assert not same_objects(np.array("ab"), ["ab"], 1e-9), "an array without an axis is no list"


# ── what is measured ─────────────────────────────────────────────────────────────────────────────

right = tiny.gradient
PLAIN = tiny.exercise(misconceptions=())


def said(wrong, exercise=PLAIN):
    """The sentence after the case, for the first case."""
    result = decide(exercise, wrong, own_work=False)
    assert result.status == "failed" and result.misconception is None
    return result.failures[0].text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            lambda X, y, t: right(X, y, t) * len(y),
            "every entry is 7.00 times too large, and 7 is the batch size.",
        ),
        (
            lambda X, y, t: right(X, y, t) / len(y),
            "every entry is 7.00 times too small, and 7 is the batch size.",
        ),
        (
            lambda X, y, t: -right(X, y, t) * len(y) / 2,
            "every entry has the wrong sign and is 3.50 times too large, and 7 is the batch size.",
        ),
        (
            lambda X, y, t: right(X, y, t) * len(t),
            "every entry is 3.00 times too large, and 3 is n.",
        ),
        (
            lambda X, y, t: right(X, y, t) * len(y) / len(t),
            "every entry is 2.33 times too large, and 7/3 is m/n.",
        ),
        (lambda X, y, t: right(X, y, t) * 2, "every entry is 2.00 times too large."),
        (lambda X, y, t: right(X, y, t) / 2, "every entry is 2.00 times too small."),
        (lambda X, y, t: -right(X, y, t), "every entry has the wrong sign."),
        (lambda X, y, t: right(X, y, t) * (1 + np.abs(t).sum()), " in this case."),
        (lambda X, y, t: right(X, y, t) * 0, "every entry is 0."),
        (lambda X, y, t: right(X, y, t) + 0.5, "every entry is 0.5 too large."),
        (lambda X, y, t: right(X, y, t) - 0.5, "every entry is 0.5 too small."),
        (
            lambda X, y, t: right(X, y, t)[::-1],
            "the entries along axis 0 are right but in reverse order.",
        ),
        (
            lambda X, y, t: np.roll(right(X, y, t), 1),
            "the right values are all there, in other places.",
        ),
    ],
)
def test_facts_about_values(wrong, sentence):
    text = said(wrong)
    assert text.startswith("shape (3,) is right; ") and text.endswith(sentence), text


def spoil_first(X, y, theta):
    answer = right(X, y, theta)
    answer[0] = 0
    return answer


def test_one_wrong_entry_is_pointed_at():
    assert "1 of 3 entries is wrong; at [0] it is 0; " in said(spoil_first)
    assert said(spoil_first).endswith("the others are right.")


MATRIX = tiny.exercise(
    name="tiny_matrix",
    reference=lambda X, D: X.T @ D,
    cases=lambda rng, i: (rng.normal(size=(7, 3)), rng.normal(size=(7, 5))),
    misconceptions=(),
)


def edit(change):
    def wrong(X, D):
        answer = X.T @ D
        change(answer)
        return answer

    return wrong


def test_rows_and_columns():
    assert "row 1 is wrong, the other rows are right" in said(
        edit(lambda a: a.__setitem__(1, [3, 1, 4, 1, 5])), MATRIX
    )
    assert "columns 0, 2 are wrong, the other columns are right" in said(
        edit(lambda a: a.__setitem__((slice(None), [0, 2]), 9.5)), MATRIX
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            lambda X, D: D.T @ X,
            "shape (3, 5) is due; the values are right once it is transposed.",
        ),
        (lambda X, D: (X.T @ D).reshape(-1), "but with an axis too few."),
        (lambda X, D: (X.T @ D)[None], "but with an axis too many."),
        (
            lambda X, D: X[:, :, None] * D[:, None],
            "summed over axis 0, of length 7, the values are right.",
        ),
        (
            lambda X, D: X[:, :, None] * D[:, None] * 7,
            "averaged over axis 0, of length 7, the values are right.",
        ),
        (lambda X, D: (X.T @ D).sum(), "it is the sum of the right entries."),
        (lambda X, D: X, "returns shape (7, 3); shape (3, 5) is due."),
    ],
)
def test_facts_about_shapes(wrong, sentence):
    assert said(wrong, MATRIX).endswith(sentence)


def test_a_column_that_met_a_row_is_asked_about():
    text = said(lambda X, y, t: 2 * X.T @ ((X @ t)[:, None] - y) / len(y))
    assert text == (
        "returns shape (3, 7); shape (3,) is due. Did shapes (7, 1) and (7,) meet on the way and "
        "broadcast to (7, 7)?"
    )
    text = said(lambda X, y, t: right(X, y, t)[:, None] - t)
    assert text.endswith("shape (3,) is due. Did shapes (3, 1) and (3,) meet and broadcast?")


def test_facts_about_numbers():
    square = tiny.number()
    assert ", 2.00 times too large; " in said(lambda x: 2 * x * x, square)
    assert ", with the wrong sign; " in said(lambda x: -x * x, square)
    assert "due." in said(lambda x: x + 1, square)
    assert "only the last digits differ" in said(lambda x: x * x * (1 + 1e-6), square)
    assert "shape (1,); a single number is due" in said(lambda x: np.array([x * x]), square)
    summed = tiny.exercise(reference=lambda X, y, t: (y**2).sum(), misconceptions=())
    assert "the sum of its entries is the right number" in said(lambda X, y, t: y**2, summed)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda x: 1 / (x * x), " is due: yours is one over it."),
        (lambda x: x**4, " is due: yours is its square."),
        (lambda x: x, " is due: yours is its root."),
        (lambda x: x * x * (1 + 1e-4), ": the first digits agree, the later ones do not."),
        (lambda x: x * x * (1 + 1e-7), ", so only the last digits differ."),
        (lambda x: x * x + 1, " is due."),
    ],
)
def test_how_a_wrong_number_is_made_from_the_right_one(wrong, sentence):
    text = said(wrong, tiny.number())
    assert text.endswith(sentence) and (" is due." not in text or sentence == " is due."), text


def test_what_holds_by_chance_in_one_case_is_not_said():
    """4 for 2 is no square, and 0.8 for 0.83 not rounded, where the other cases say otherwise."""
    cases = tiny.number(cases=lambda rng, i: (1.5 - 0.1 * i,))  # 2.25, 1.96 …
    assert said(lambda x: x if x == 1.5 else x * x, cases).endswith(" 2.25 is due.")
    assert said(lambda x: x if x == 1.5 else 7.0, cases).endswith(" 2.25 is due.")
    assert said(lambda x: 2.2 if x == 1.5 else 7.0, cases).endswith(" 2.25 is due.")
    assert "so yours is rounded" in said(lambda x: round(x * x, 1), cases)


def test_a_sign_that_is_wrong_in_one_case_only():
    either = tiny.number(reference=lambda x: -x, cases=lambda rng, i: ((-1.5) ** (i + 1),))
    text = said(lambda x: abs(x), either)
    assert text.endswith("−2.25 is due: the size is right, the sign is not. Case 1 is right."), text


def test_one_less_than_a_size_is_recognised():
    wrong = PLAIN, lambda X, y, t: right(X, y, t) * len(y) / (len(y) - 1)
    assert said(*wrong[::-1]).endswith("is 1.17 times too large, and 7/6 is m/(m − 1).")


def test_nan_is_pointed_at():
    def wrong(X, y, theta):
        answer = right(X, y, theta)
        answer[1] = np.inf
        return answer

    assert said(wrong) == "1 of 3 entries is infinity, at [1]."


def test_what_was_right_before_is_said():
    def wrong(X, y, theta):
        return right(X, y, theta) * (1 if X.shape == (7, 3) else 2)

    result = decide(PLAIN, wrong)
    assert result.text.startswith("✗ tiny_gradient · case 2 of 6 (m=9, n=4): ")
    assert result.text.endswith(" Case 1 is right.")


def test_whole_numbers_are_recognised():
    text = said(lambda X, y, t: right(X, y, t).astype(int))
    assert "whole numbers" in text and "array of integers" in text


# ── what a case is called ────────────────────────────────────────────────────────────────────────


def test_sizes_come_from_the_docstring_the_statement_or_the_note():
    inputs = tiny.gradient_cases(np.random.default_rng(0), 0)
    assert sizes(PLAIN, inputs) == {"m": 7, "n": 3} and note(PLAIN, inputs) == "m=7, n=3"
    stated = tiny.exercise(reference=lambda X, y, t: 0.0, statement="X (rows, columns), y (rows,)")
    assert sizes(stated, inputs) == {"rows": 7, "columns": 3}
    noted = tiny.exercise(case_note=lambda X, y, t: f"m={len(y)}, price=4.5, k=3")
    assert sizes(noted, inputs) == {"m": 7, "k": 3}
    bare = tiny.exercise(reference=lambda X, y, t: 0.0, statement="No shapes here.")
    assert sizes(bare, inputs) == {} and note(bare, inputs) == "X (7, 3), y (7,), t (3,)"
    contradicting = tiny.exercise(reference=lambda X, y, t: 0.0, statement="X (m, n), y (n,)")
    assert sizes(contradicting, inputs) == {}


def test_numbers_are_written_with_a_real_minus():
    assert [number(v) for v in (-2.0, 1e-9, 123456.0, 0.1)] == [
        "−2",
        "1e−9",
        "1.235e5",
        "0.1",
    ]


@pytest.mark.parametrize("error", [1e-8, 1e-7, 9e-7, 2e-6, 1e-5])
def test_small_errors_are_not_taken_for_another_order(error):
    text = said(lambda X, y, t: right(X, y, t) * (1 + error))
    mine, due = text.partition(" it is ")[2].removesuffix(" is due.").split("; ")
    assert "only the last digits differ; at [" in text and mine != due
    twice = tiny.exercise(
        reference=lambda x: (x, x, 2 * x),
        cases=lambda rng, i: (float(rng.uniform(1, 2)),),
        misconceptions=(),
        returns=("a", "b", "c"),
    )
    for text in (
        said(lambda X, y, t: right(X, y, t) * (1 + error)),
        said(lambda x: (x, x, 2 * x * (1 + error)), twice),
    ):
        assert "order" not in text and "places" not in text


def test_a_cause_is_named_only_if_it_holds_in_every_case():
    text = said(lambda X, y, t: right(X, y, t) * (7 if len(y) == 7 else 2))
    assert text.endswith("every entry is 7.00 times too large in this case.")


def test_another_order_is_said_only_if_it_is_the_same_in_every_case():
    pair = tiny.exercise(
        reference=lambda x: (x, 3 * x),
        cases=lambda rng, i: (i + 1.0 + float(rng.uniform(0, 0.1)),),
        misconceptions=(),
        returns=("a", "b"),
    )
    assert "not in this order" in said(lambda x: (3 * x, x), pair)
    assert "order" not in said(lambda x: (3 * x, x) if x < 2 else (x, x), pair)


def test_a_nan_that_was_replaced_is_a_change():
    nan = float("nan")
    assert unchanged([nan, 1.0], [nan, 1.0]) and unchanged({"a": nan}, {"a": nan})
    assert not unchanged(np.ones(3), np.ones(3).view(np.int64)), "the same bytes, other numbers"
    assert not unchanged([nan, 1.0], [5.0, 1.0]) and not unchanged([5.0], [nan])


def test_an_axis_in_reverse_is_named():
    for axis in (0, 1):
        text = said(lambda X, D, axis=axis: np.flip(X.T @ D, axis), MATRIX)
        assert text.endswith(f"the entries along axis {axis} are right but in reverse order.")
