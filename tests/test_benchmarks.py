"""The benchmarks compare like with like, take turns, and count and print as they say.

Nothing here depends on how fast anything is.
"""

import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("benchmarks", reason="they are not part of the installed package")

from benchmarks import (
    checkpoint,
    digits,
    growth,
    import_time,
    machine,
    memory,
    paired,
    peers,
    report,
    step,
    worker,
)
from benchmarks.case import Case
from benchmarks.paired import Pace, Ratio
from benchmarks.report import Claim, Section
from benchmarks.worker import Died, Worker

TINY = (
    Case((2, 3, 1), 4, "binary_cross_entropy"),
    Case((2, 3, 1), 4, "mse"),
    Case((5, 7, 3), 6),
    Case((5, 7, 4, 3), 6, optimizer="adam"),
)
TRAINING = [*(name for name in step.PEERS if name != step.LIMIT), "checkpointed"]


def curve(name, case, steps=20):
    one_step, wait = peers.load(name).prepare(case)
    losses = [float(one_step()) for _ in range(steps)]
    wait()
    return losses


@pytest.mark.parametrize("case", TINY, ids=step.title)
@pytest.mark.parametrize("name", TRAINING)
def test_every_peer_computes_the_same_losses(name, case):
    if not peers.installed(name) or not peers.supports(name, case):
        pytest.skip(f"{peers.load(name).TITLE} is not here, or does not do that")
    ours, theirs = curve("layers", case), curve(name, case)
    assert ours[0] > ours[-1]
    assert step.disagreement(ours, theirs) < 1e-3


def test_a_peer_that_computes_something_else_is_found_out():
    case = TINY[2]
    ours = curve("layers", case)
    assert step.disagreement(ours, [loss * 1.01 for loss in ours]) > step.SAME
    other = curve("layers", Case(case.sizes, case.batch, optimizer="adam"))
    assert step.disagreement(ours, other) > step.SAME


def test_the_products_are_those_of_a_training_step(monkeypatch):
    """Three for each layer but the first, whose input's gradient nobody asks for."""
    done = []

    def matmul(a, b, out):
        done.append((a.shape, b.shape, out.shape))
        assert out.dtype == np.float32
        return np.dot(a, b, out)

    one_step, _ = peers.load("matmul").prepare(Case((5, 7, 3), 6))
    monkeypatch.setattr(np, "matmul", matmul)
    one_step()
    assert done == [
        ((6, 5), (5, 7), (6, 7)),
        ((6, 7), (7, 3), (6, 3)),
        ((7, 6), (6, 3), (7, 3)),
        ((6, 3), (3, 7), (6, 7)),
        ((5, 6), (6, 7), (5, 7)),
    ]


def test_a_case_is_the_same_everywhere():
    case = Case((5, 7, 3), 6, optimizer="adam")
    assert Case.from_json(case.to_json()) == case
    assert case.parameters == 5 * 7 + 7 + 7 * 3 + 3
    for first, second in zip(case.weights(), case.weights(), strict=True):
        assert all(np.array_equal(a, b) and a is not b for a, b in zip(first, second, strict=True))
        assert {array.dtype for array in first} == {np.dtype(np.float32)}
    assert step.title(TINY[0]) == "2-3-1, batch 4, binary cross-entropy"


def test_a_ratio_is_paired_and_has_a_spread():
    ours, theirs = [1.0, 4.0, 9.0, 8.0, 5.0], [2.0, 4.0, 6.0, 16.0, 5.0]
    assert paired.ratio(ours, theirs) == Ratio(0.5, 1.0, 1.0)
    # One busy moment, which met both neighbours, changes nothing.
    busy = [a * 50 if i == 1 else a for i, a in enumerate(ours)]
    beside = [b * 50 if i == 1 else b for i, b in enumerate(theirs)]
    assert paired.ratio(busy, beside) == Ratio(0.5, 1.0, 1.0)
    assert str(paired.ratio([1.0], [4.0])) == "0.25 (0.25–0.25)"
    with pytest.raises(ValueError):
        paired.ratio(ours, theirs[1:])


def test_everybody_has_a_turn_in_every_round_and_a_new_neighbour():
    names = ["a", "b", "c", "d"]
    rounds = [paired.order(names, turn) for turn in range(8)]
    assert all(sorted(one) == names for one in rounds)
    assert {one[0] for one in rounds} == set(names)
    before = {(one[i], one[i + 1]) for one in rounds for i in range(3)}
    assert ("a", "b") in before and ("b", "a") in before


class Invented:
    """A worker without a process: each step takes one unit more than the last."""

    def __init__(self, log, name, start):
        self.log, self.name, self.now = log, name, start

    def seconds(self, turn):
        self.log.append(self.name)
        self.now += 1.0
        return self.now


def test_taking_turns():
    log = []
    workers = {name: Invented(log, name, start) for name, start in (("a", 0.0), ("b", 10.0))}
    seconds = paired.alternate(workers, Pace(rounds=3, turn=0.1))
    assert seconds == {"a": [1.0, 2.0, 3.0], "b": [11.0, 12.0, 13.0]}
    assert log == ["a", "b", "b", "a", "b", "a"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(2.5, "2.5 s"), (0.25, "250 ms"), (0.0125, "12.5 ms"), (1e-3, "1 ms"), (16.04e-6, "16 µs"),
     (2e-7, "0.2 µs")],
)  # fmt: skip
def test_times_in_words(seconds, words):
    assert paired.in_words([seconds, seconds, seconds * 9]) == words


def test_a_step_is_repeated_until_the_clock_can_read_it(monkeypatch):
    clock = [0.0]

    def one_step():
        clock[0] += 1e-4

    monkeypatch.setattr(worker, "now", lambda: clock[0])
    assert worker.time_steps(one_step, lambda: None, turn=0.1) == pytest.approx(1e-4)
    assert clock[0] == pytest.approx(0.12, rel=0.05)


def test_a_worker_has_a_process_that_rests_between_its_turns():
    with Worker("layers", TINY[2]) as one:
        assert one.losses(20) == pytest.approx(curve("layers", TINY[2]), rel=1e-5)
        assert one.seconds(0.01) > 0
        status = Path(f"/proc/{one.process.pid}/status")
        if status.exists():
            assert "State:\tT (stopped)" in status.read_text()
    assert one.process.returncode is not None


def test_a_worker_that_dies_is_said(capfd):
    with pytest.raises(Died, match="layers: its process ended with code 1"):
        Worker("layers", Case((5, 7, 3), 6, loss="no such loss"))
    assert "no such loss" in capfd.readouterr().err


def test_a_worker_has_its_threads_and_no_more():
    with Worker("layers", TINY[2]) as one:
        if hasattr(os, "sched_getaffinity"):
            assert len(os.sched_getaffinity(one.process.pid)) <= worker.THREADS
    assert set(worker.LIMITS.values()) == {str(worker.THREADS)}


class Started(Worker):
    """A worker whose losses are made up."""

    curves = {"layers": [3.0, 2.0], "tape": [3.0, 2.0], "plain": [3.0, 2.5]}

    def __init__(self, peer, case, environment=None):
        self.peer = peer
        if peer == "torch_eager":
            raise Died("torch_eager: its process ended with code 1")

    def __exit__(self, *raised):
        pass

    def losses(self, steps):
        return self.curves[self.peer]

    def seconds(self, turn):
        return {"layers": 2.0, "tape": 3.0, "matmul": 1.0}[self.peer]


def test_who_is_missing_or_wrong_is_left_out_and_said(monkeypatch):
    monkeypatch.setattr(step, "Worker", Started)
    here = {"layers", "tape", "matmul", "plain", "torch_eager"}
    monkeypatch.setattr(peers, "installed", lambda name: name in here)
    section = step.run(Pace(3, 0.1), {}, [step.Wanted(Case((784, 256, 128, 10), 64), {})])
    assert "and-written NumPy computes another loss (50.0% off) and is left out" in section.text
    assert "PyTorch eager is left out (torch_eager: its process ended with code 1)" in section.text
    assert "JAX jit is not installed and left out" in section.text
    (tape,) = section.claims
    assert tape == Claim(
        "tape, 784-256-128-10, batch 64: of layers", "1.50 (1.50–1.50)", "≤ 1.25", False
    )
    assert "| 784-256-128-10, batch 64 | 2 s | 3 s | 1 s |" in section.text
    assert "| 784-256-128-10, batch 64 | 0.67 (0.67–0.67) | 50% |" in section.text


def test_the_limits_of_every_case_are_claimed():
    everyone = {name: [1.0, 1.0] for name in step.PEERS}
    claims = [claim for wanted in step.WANTED for claim in step.claims_of(wanted, everyone)]
    assert len(claims) == 6 + 4 + 2 + 1
    assert claims[-1].what.endswith("share of matrix products") and claims[-1].holds
    assert not any(claim.holds for claim in claims if "of PyTorch" in claim.what)


def test_what_numpy_can_reach_stands_beside_the_peers():
    times = {"a": {"layers": [3.0, 3.0], "plain": [2.0, 2.0], "matmul": [1.0, 1.0],
                   "torch_eager": [4.0, 4.0]}, "b": {"layers": [1.0, 1.0]}}  # fmt: skip
    text = step.within_reach("torch_eager", times)
    assert text.startswith("As a part of PyTorch eager's time")
    assert text.endswith("| a | 0.75 | 0.50 | 0.25 |")


@pytest.mark.parametrize(
    ("environment", "by_hand", "said"),
    [
        ({"OPENBLAS_CORETYPE": "SkylakeX"}, None, "timed again with nothing set"),
        ({}, None, "bplib doctor advises nothing"),
        ({}, "Haswell", "OPENBLAS_CORETYPE=Haswell was set by hand"),
    ],
)
def test_the_steps_without_advice(monkeypatch, environment, by_hand, said):
    from benchmarks import __main__ as program

    def run(pace, environment, heading):
        assert environment == {}
        return Section(heading, "timed again with nothing set")

    monkeypatch.setattr(step, "run", run)
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    if by_hand:
        monkeypatch.setenv("OPENBLAS_CORETYPE", by_hand)
    assert said in program.without_advice(paired.QUICK, environment).text


def test_a_part_that_fails_does_not_take_the_others_along(capsys):
    from benchmarks import __main__ as program

    def broken():
        raise RuntimeError("a trace\nand its last line\n")

    section = program.answered("memory", broken)
    assert section.text == "RuntimeError: and its last line"
    assert section.claims == [Claim("memory", "failed", "", False)]
    assert "a trace" in capsys.readouterr().err
    assert program.answered("memory", lambda: section) is section


def test_the_page():
    sections = [
        Section("One", "Text.", [report.at_most("a", 0.5, 0.5), report.at_least("b", 0.5, 0.6)]),
        Section("Two", report.table(["", "x"], [["y", "1"]])),
    ]
    text = report.page([("processor", "some")], sections, "A note.")
    start = (
        "# What bplib costs, beside its peers\n\nA note.\n\n1 of 2 limits are kept.\n\n"
        "|  | measured | wanted |  |\n| --- | ---: | ---: | ---: |\n"
        "| a | 0.50 | ≤ 0.5 | ✓ |\n| b | 0.50 | ≥ 0.6 | ✗ |\n\n## The machine\n"
    )
    assert text.startswith(start)
    assert "| processor | some |" in text
    assert text.endswith("## One\n\nText.\n\n## Two\n\n|  | x |\n| --- | ---: |\n| y | 1 |\n")


def test_exponents_of_power_laws():
    sizes = [3, 10, 50]
    assert growth.exponent(sizes, [2.0 * n**1.5 for n in sizes]) == pytest.approx(1.5)
    points = [[2.0 * n, 3.0 * n] for n in sizes]
    assert growth.fitted(sizes, points).median == pytest.approx(1.0)
    assert growth.above([1.0, 1.0], [[3.0, 5.0], [9.0, 12.0], [20.0, 8.0]]) == [1, 2]


def test_the_growth_is_measured_and_drawn(monkeypatch, tmp_path):
    def measured(sweep, pace, environment):
        return [[1e-5] * 3, *([1e-6 * sweep.size(case)] * 3 for case in sweep.cases)]

    monkeypatch.setattr(growth, "measure", measured)
    monkeypatch.setattr(growth, "ABOVE_FLOOR", 1e-3)
    picture = tmp_path / "growth.svg"
    section = growth.run(Pace(3, 0.1), {}, picture)
    assert [claim.measured for claim in section.claims] == ["1.00 (1.00–1.00)"] * 3
    assert all(claim.holds for claim in section.claims)
    assert "](growth.svg)" in section.text
    drawn = picture.read_text()
    assert drawn.count("<path") > 30 and "<dc:date>" not in drawn
    monkeypatch.setattr(growth, "ABOVE_FLOOR", 1e9)
    assert "too few points" in growth.run(Pace(3, 0.1), {}, None).text


def test_memory_is_counted_where_numpy_takes_it():
    case = Case((50, 40, 30), 200)
    found = memory.in_a_process(case)
    assert found.gradients == 4 * case.parameters
    assert found.cache >= 4 * 200 * 40
    assert found.peak >= found.kept + found.gradients - 4 * 200 * 30
    assert not tracemalloc.is_tracing()
    with pytest.raises(RuntimeError, match="no such loss"):
        memory.in_a_process(Case((5, 7, 3), 6, loss="no such loss"))


def test_what_is_computed_again_is_not_kept():
    deep = Case((16,) * 16 + (10,), 256)
    plain, saving = (memory.in_a_process(deep, peer) for peer in checkpoint.PEERS)
    assert saving.peak < plain.cache
    assert plain.needed == plain.cache + plain.gradients + plain.state


def test_the_classifier_learns_the_digits(monkeypatch):
    monkeypatch.setitem(digits.EPOCHS, 64, 4)
    case = Case(digits.SIZES, 64, optimizer="adam", part="fit")
    fit, _ = peers.load("digits_layers").prepare(case)
    first, second = fit(), fit()
    assert 0.75 < first < 1 and 0.75 < second < 1
    assert first != second  # another seed


def test_the_digits_are_split_once_and_for_all():
    (X, y), (X_test, y_test) = digits.parts()
    assert X.dtype == np.float32 and X.max() == 1
    assert len(X) == len(y) > 1400 and len(X_test) == len(y_test) == 1797 - len(X)


def test_importing_is_timed_in_pairs(monkeypatch):
    taken = {"numpy": 0.1, "bplib": 0.12}
    monkeypatch.setattr(import_time, "seconds", lambda module, bytecode: taken[module])
    section = import_time.run(pairs=3)
    assert section.text.startswith("`import numpy` takes 100 ms, `import bplib` 120 ms")
    assert section.claims == [
        Claim("import bplib: of import numpy", "1.20 (1.20–1.20)", "≤ 1.25", True)
    ]


def test_the_machine_is_described():
    facts = dict(machine.facts({}, 0.25))
    assert facts["load before"] == "0.2"
    assert facts["NumPy"] == np.__version__
    assert "cores" in facts["processor"]
    assert facts["threads"] == str(worker.THREADS)


def test_limits_and_units():
    assert memory.megabytes(1234567) == "1.23"
    assert checkpoint.MEMORY_AT_MOST == pytest.approx(2 * 8 / 64)
