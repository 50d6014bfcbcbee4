"""What the tape refuses on the way back: a second time, a gradient of nothing, changed numbers."""

import numpy as np
import pytest
from pairs import TABLE

from bplib import optim, tape
from bplib.errors import NotReadyError
from bplib.tape import Tensor
from bplib.tape.stamps import COLUMNS, MOST_ROWS, ROW, _holds


def refused(call):
    with pytest.raises(NotReadyError) as caught:
        call()
    return str(caught.value)


def test_a_second_backward_on_one_result():
    x = Tensor(3.0, "x")
    y = x * x
    y.backward()
    assert refused(y.backward) == (
        "backward: it has been called on this result before and would add the same gradients "
        "again; record it again, or use tape.vjp."
    )
    assert x.grad == 6.0


def test_a_refused_backward_may_be_tried_again():
    x = Tensor([1.0, 2.0])
    y = x * x
    with pytest.raises(ValueError, match="reduce it to one number"):
        y.backward()
    y.backward(np.ones(2))
    np.testing.assert_array_equal(x.grad, [2.0, 4.0])


def test_two_results_of_one_recording_may_both_go_back():
    x = Tensor(3.0)
    shared = x * x
    first, second = shared * 2.0, shared + 1.0
    first.backward()
    second.backward()
    assert x.grad == 2 * 6 + 6 and shared.grad == 3.0


def test_reverse_and_pullbacks_may_be_walked_as_often_as_wanted():
    x = Tensor(3.0)
    y = x * x
    for _ in range(2):
        assert [step.gradient.item() for step in tape.reverse(y)] == [1.0, 6.0]
    y.backward()
    assert [step.gradient.item() for step in tape.reverse(y)] == [1.0, 6.0]


# A gradient from nowhere.


@pytest.mark.parametrize(
    "f",
    [
        lambda x: Tensor(3.0),
        lambda x: Tensor(x.value * x.value),
        lambda x: tape.exp(x.value),
    ],
    ids=["another Tensor", "through the value", "a constant"],
)
def test_the_gradient_of_a_result_that_was_made_without_the_input(f):
    for ask in (tape.grad, tape.value_and_grad):
        assert refused(lambda ask=ask: ask(f)(2.0)) == (
            "grad: the result of f was not made from argument 0; "
            "compute with that Tensor itself, not with its .value."
        )


def test_an_optimizer_without_a_gradient():
    used, unused = Tensor([1.0], "used"), Tensor([1.0], "unused")
    (used * 2.0).sum().backward()
    step = optim.SGD([used, unused], lr=0.1).step
    assert refused(step) == "SGD.step: unused has no gradient yet; call backward first."
    assert used.value == 1.0


# Numbers that were changed between recording and the way back.


def assign(x):
    x.value = x.value + 1.0


def in_place_through_the_tensor(x):
    x.value -= 0.1 * np.ones_like(x.value)


def in_place_through_the_array(x):
    array = x.value
    array *= 1.5


def all_entries(x):
    x.value[...] = 7.0


def by_an_optimizer(x):
    x.grad = np.zeros_like(x.value)
    x.grad.flat[1] = 1.0  # in a place that no sample meets
    optim.SGD([x], lr=0.1).step()
    x.zero_grad()


WAYS = [assign, in_place_through_the_tensor, in_place_through_the_array, all_entries]
SHAPES = [(3,), (4, 5), (16, 8), (200, 300), (128, 128), (64, 1024)]


@pytest.mark.parametrize("change", [*WAYS, by_an_optimizer], ids=lambda way: way.__name__)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_change_of_a_whole_array_is_always_seen(change, shape, rng):
    for dtype in (np.float32, np.float64):
        w = Tensor(rng.standard_normal(shape).astype(dtype), "w")
        y = (w * w).sum()
        change(w)
        assert refused(y.backward) == (
            "backward: w (x of multiply) was changed after it was recorded, so its gradient would "
            "be that of other numbers; record it again after every change."
        )
        assert w.grad is None
        (w * w).sum().backward()  # recorded again
        np.testing.assert_array_equal(w.grad, w.value + w.value)


@pytest.mark.parametrize("change", [assign, in_place_through_the_tensor, by_an_optimizer])
def test_changes_on_a_device_are_seen_where_the_tensor_is_told(change, xp):
    w = Tensor(xp.asarray(np.ones((20, 30))), "w")
    y = (w * w).sum()
    if change is by_an_optimizer:
        w.grad = xp.zeros_like(w.value)
        optim.Adam([w], lr=0.1).step()
    elif change is assign:
        change(w)
    else:
        w.value -= 0.1 * w.value
    assert "w (x of multiply) was changed" in refused(y.backward)


@pytest.mark.parametrize("order", ["C", "F", "every second column"])
def test_changes_of_arrays_in_every_memory_order(order, rng):
    x = rng.standard_normal((40, 30))
    x = x[:, ::2] if order.startswith("every") else np.asarray(x, order=order)
    w = Tensor(x)
    y = tape.exp(w).sum()
    w.value[...] += 1.0
    assert "x of exp was changed" in refused(y.backward)


SIZES = (1, 10, COLUMNS, COLUMNS + 1, 2 * COLUMNS, 2 * COLUMNS + 1, 3 * COLUMNS + 7, 4000)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_entry_wherever_it_stands(dtype):
    for size in SIZES:
        x = Tensor(np.arange(1.0, size + 1).astype(dtype))
        y = (x * x).sum()
        for place in range(0, size, 1 + size // 60):
            before = x.value[place]
            x.value[place] = np.nextafter(before, dtype(0))  # as little as can be
            assert "x of multiply was changed" in refused(y.backward), (size, place)
            x.value[place] = before
        y.backward()  # as it was: nothing to refuse


@pytest.mark.parametrize("shape", [(1024, 1024), (784, 128), (100, 64), (60_000,)], ids=str)
def test_one_row_or_column_in_sixteen_of_a_large_array(shape):
    for place in [np.s_[::16], np.s_[3::16], np.s_[..., ::16], np.s_[..., 7::16]]:
        x = Tensor(np.zeros(shape))
        y = x.sum()
        x.value[place] = 1.0
        assert "x of sum was changed" in refused(y.backward)


REARRANGEMENTS = {
    "the other sign": lambda x: np.negative(x, out=x),
    "twice as much": lambda x: np.multiply(x, 2.0, out=x),
    "sorted": lambda x: x.sort(axis=0),
    "turned round": lambda x: x.__setitem__(..., x[::-1].copy()),
    "the first two rows swapped": lambda x: x.__setitem__([0, 1], x[[1, 0]]),
    "the first and the last row swapped": lambda x: x.__setitem__([0, -1], x[[-1, 0]]),
    "shuffled": lambda x: np.random.default_rng(3).shuffle(x),
}


@pytest.mark.parametrize("name", REARRANGEMENTS)
def test_the_same_numbers_in_another_order_or_with_another_sign(name, rng):
    """What a single sum would not see."""
    for shape in [(64, 64), (512, 64), (2 * COLUMNS, 10), (784, 256), (4096,), (6 * COLUMNS,)]:
        for dtype in (np.float32, np.float64):
            x = Tensor(rng.standard_normal(shape).astype(dtype))
            y = x.sum()
            REARRANGEMENTS[name](x.value)
            assert "x of sum was changed" in refused(y.backward), shape


def test_what_is_not_seen_is_what_the_page_says():
    """Honest limits: changes behind the Tensor's back that cancel out in every sum."""
    x = Tensor(np.arange(1.0, 5 * COLUMNS))
    y = x.sum()
    x.value[[7, 7 + COLUMNS]] = x.value[[7 + COLUMNS, 7]]
    y.backward()
    np.testing.assert_array_equal(x.grad, np.ones(5 * COLUMNS - 1))


def test_every_second_row_of_a_large_array():
    """Above 15 rows a stamp looks at some of them: one entry may change unseen, many may not."""
    x = Tensor(np.zeros(2 * MOST_ROWS * COLUMNS))
    y = x.sum()
    x.value[COLUMNS + 1] = 1.0  # in the second row
    y.backward()
    x.value[COLUMNS + 1] = 0.0
    y = x.sum()
    x.value[2 * COLUMNS + 1] = 1.0
    assert "x of sum was changed" in refused(y.backward)


def test_a_stamp_stays_small():
    for size in (1, 100, 10_000, 1_000_000):
        ((_, seen), *_) = tape.exp(Tensor(np.zeros(size)))._stamps
        assert len(seen) <= min(8 * size, 3 * ROW)


def test_results_and_constants_are_looked_at_too():
    x, batch = Tensor(np.ones((2, 3))), np.ones((3, 4))
    y = (x @ batch).sum()
    batch[...] = 2.0
    assert "B of matmul was changed" in refused(y.backward)
    h = tape.exp(x).named("h")
    h.value[0, 0] = 0.0  # before it is used: exp keeps its output
    y = h.sum()
    assert "h (the result of exp) was changed" in refused(y.backward)
    h = tape.exp(x)
    y = h.sum()
    h.value[0, 0] = 0.0  # and after
    assert "the result of exp was changed" in refused(y.backward)
    y = tape.concatenate(x, x.value[:1])
    x.value[1, 1] = 0.0
    assert "arrays[0] of concatenate was changed" in refused(lambda: y.backward(np.ones((3, 3))))


def test_a_result_that_no_cache_refers_to_may_change(rng):
    """The gradient does not depend on it, so there is nothing to refuse."""
    x, W, b = (Tensor(rng.standard_normal(shape)) for shape in [(4, 3), (3, 5), (5,)])
    y = tape.relu(tape.linear(x, W, b))
    y.parents[0].value[...] = -1.0  # relu keeps its output, linear its inputs
    y.sum().backward()
    on = (x.value @ W.value + b.value > 0).astype(float)
    np.testing.assert_array_equal(b.grad, on.sum(axis=0))
    np.testing.assert_array_equal(W.grad, x.value.T @ on)


def test_a_result_that_another_pair_refers_to_may_not(rng):
    x = Tensor(rng.standard_normal((4, 6)))
    for result in (x * 1.0, tape.linear(x, Tensor(np.ones((6, 2))), Tensor(np.ones(2)))):
        y = (result * result).sum()
        result.value[0, 0] += 1.0
        assert "x of multiply was changed" in refused(y.backward)


@pytest.mark.parametrize(
    "cache",
    [
        lambda a: a,
        lambda a: (None, 2, (a.shape, a)),
        lambda a: a[1:],
        lambda a: {"something": "else"},
    ],
    ids=["itself", "deep inside", "a view", "who knows"],
)
def test_which_caches_refer_to_an_array(cache):
    array = np.ones((3, 4))
    assert _holds(cache(array), array) and _holds(cache(array[:]), array[:])
    for other in (np.ones((3, 4)), array.copy()[1:], (array.shape, None, 1.5, "x", np.float64(2))):
        assert not _holds(other, array)


def test_pullbacks_look_too_and_changes_before_recording_do_not_matter():
    x = np.ones(3)
    _, pullback = tape.vjp(lambda t: t * t, x)
    x += 1.0
    assert "x of multiply was changed" in refused(lambda: pullback(np.ones(3)))
    w = Tensor(np.ones(3))
    for _ in range(3):
        y = (w * w).sum()
        y.backward()
        w.value -= 0.1 * w.grad
        w.zero_grad()


def test_all_gradients_or_none():
    """A change that is met on the way leaves nothing half done, not even near the result."""
    W, V = Tensor(np.ones((3, 3)), "W"), Tensor(np.ones((3, 3)), "V")
    h = np.ones((2, 3)) @ W
    y = (h @ V).sum()
    W.value *= 2.0
    assert "W (B of matmul) was changed" in refused(y.backward)
    assert W.grad is None and V.grad is None and h.grad is None and y.grad is None


def test_the_value_takes_what_a_tensor_takes():
    x = Tensor([1.0, 2.0])
    x.value = [3, 4]
    assert x.value.dtype == np.float64
    with pytest.raises(TypeError, match=r"^Tensor: value is None; a number, a list of numbers"):
        x.value = None


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.label)
def test_no_pair_changes_what_it_was_given(row):
    """Recording and going back leave every stamp as it was, whatever the operation."""
    inputs = row.inputs(7)
    wanted = len(row.wanted(inputs))
    tensors = [Tensor(x) for x in inputs[:wanted]]
    y = row.call(getattr(tape, row.name), [*tensors, *inputs[wanted:]], inputs)
    for _ in range(2):
        assert list(tape.reverse(y, np.ones(y.shape)))
