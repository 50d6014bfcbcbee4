"""Which kernels multiply matrices: what is measured, what follows, and what is remembered."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bplib.blas import advice, decision, kernels, measure
from bplib.blas.advice import Advice, advise
from bplib.blas.measure import Alternative, Child, Comparison, Failed, Speedup, compare

ROOT = Path(__file__).resolve().parent.parent
CHOICE = platform.machine().lower() in ("x86_64", "amd64")
OLD_NAMES = {"AVX2", "FMA3", "AVX512F", "AVX512_SKX"}
NEW_NAMES = {"X86_V3", "X86_V4"}


@pytest.fixture(autouse=True)
def kept(monkeypatch, tmp_path):
    """A cache of its own, and an environment that sets nothing."""
    path = tmp_path / "cache/blas.json"
    monkeypatch.setattr(decision, "file", lambda: path)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.delenv(kernels.VARIABLE, raising=False)
    return path


@pytest.mark.parametrize(
    ("picked", "found", "expected"),
    [
        ("Haswell", NEW_NAMES, ["SkylakeX"]),
        ("Haswell", OLD_NAMES, ["SkylakeX"]),
        ("Zen", NEW_NAMES, ["SkylakeX"]),
        ("SkylakeX", NEW_NAMES, ["Haswell"]),
        ("Cooperlake", NEW_NAMES, ["Haswell"]),
        ("SapphireRapids", NEW_NAMES, ["Haswell", "SkylakeX"]),
        ("Prescott", {"X86_V3"}, ["Haswell"]),
        ("Prescott", {"AVX2", "AVX512F"}, []),  # without FMA3, and without the rest of AVX-512
        ("Haswell", {"X86_V3"}, []),
        ("Zen", {"AVX2", "FMA3"}, []),
        ("Nehalem", set(), []),
        ("", NEW_NAMES, []),
    ],
)
def test_only_kernels_that_the_processor_can_run_are_proposed(picked, found, expected):
    assert kernels.alternatives(picked, found) == expected


def test_other_families_have_no_choice(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert kernels.alternatives("neoversen1", NEW_NAMES) == []
    assert decision.assignment({}, measure=pytest.fail) == {}


def compared(*alternatives):
    return Comparison("Haswell", {"float32": 101.4, "float64": 50.2}, alternatives)


def gains(single, double, spread=0.01):
    return {
        "float32": Speedup(single - spread, single, single + spread),
        "float64": Speedup(double - spread, double, double + spread),
    }


SPEED = "101 in float32 and 50 in float64 (GFLOP/s on one core)"
SET = "set OPENBLAS_CORETYPE={} before Python starts (bplib book and the make targets do)"


def test_advice_where_it_pays():
    found = (
        f"{SPEED}; SkylakeX kernels are 1.93 (1.92 to 1.94) times as fast in float32, "
        "1.60 (1.59 to 1.61) in float64"
    )
    answer = advise(compared(Alternative("SkylakeX", gains(1.93, 1.6))))
    assert answer == Advice("SkylakeX", found, SET.format("SkylakeX"))


@pytest.mark.parametrize(("single", "double"), [(1.1, 1.1), (2.0, 1.0), (0.5, 2.0), (0.9, 0.8)])
def test_no_advice_where_one_dtype_gains_too_little(single, double):
    answer = advise(compared(Alternative("SkylakeX", gains(single, double, spread=0.0))))
    sentence = (
        f"SkylakeX kernels are {single:.2f} times as fast in float32, {double:.2f} in float64"
    )
    assert answer == Advice("", f"{SPEED}; {sentence}; nothing to set")


def test_a_gain_within_the_noise_is_no_advice():
    answer = advise(compared(Alternative("SkylakeX", gains(1.5, 1.4, spread=0.4))))
    assert (answer.kernels, answer.certain) == ("", False)
    assert answer.remedy == (
        "SkylakeX kernels may be faster, but the machine is too busy to tell; "
        "repeat this when it is quiet"
    )


def test_the_best_of_several_is_advised():
    two = Alternative("Haswell", gains(3.7, 3.4)), Alternative("SkylakeX", gains(3.9, 2.8))
    assert advise(compared(*two)).kernels == "Haswell"
    assert advise(compared(*two[::-1])).kernels == "Haswell"


def test_what_failed_is_said_and_does_not_count():
    failed = Alternative("SkylakeX", failed="its process ended with code -4")
    said = "SkylakeX kernels could not be timed: its process ended with code -4"
    assert advise(compared(failed)) == Advice("", f"{SPEED}; {said}; nothing to set")
    both = compared(failed, Alternative("Haswell", gains(2, 2)))
    assert advise(both).kernels == "Haswell"
    assert said in advise(both).found


def test_nothing_to_compare_with():
    assert advise(compared()) == Advice("", SPEED)


class Invented(Child):
    """A child without a process: takes made-up seconds and may die in any turn."""

    seconds_of = {"": (0.004, 0.008), "SkylakeX": (0.002, 0.005)}
    dies_in_turn = {}
    names = {"": "Haswell"}

    def __init__(self, environment):
        self.wanted = environment.get(kernels.VARIABLE, "")
        self.turns = 0

    def __exit__(self, *raised):
        pass

    def started(self):
        if self.dies_in_turn.get(self.wanted) == 0:
            raise Failed("its process ended with code -4")
        self.kernels = self.names.get(self.wanted, self.wanted)
        return self

    def seconds(self):
        self.turns += 1
        if self.dies_in_turn.get(self.wanted) == self.turns:
            raise Failed("its process gave no answer within 10 s")
        return self.seconds_of[self.wanted]


def test_the_comparison_of_made_up_seconds():
    found = compare(Invented, NEW_NAMES)
    assert found.picked == "Haswell"
    operations = 3 * 2 * 128 * 384 * 384
    assert found.gflops == {"float32": operations / 4e6, "float64": operations / 8e6}
    twice, more = Speedup(2.0, 2.0, 2.0), Speedup(1.6, 1.6, 1.6)
    assert found.alternatives == (Alternative("SkylakeX", {"float32": twice, "float64": more}),)


@pytest.mark.parametrize("turn", [0, 1, 3])
def test_an_alternative_that_dies_leaves_the_comparison(turn):
    class Dying(Invented):
        dies_in_turn = {"SkylakeX": turn}

    (found,) = compare(Dying, NEW_NAMES).alternatives
    assert (found.kernels, found.speedups) == ("SkylakeX", {})
    assert found.failed.startswith("its process ")


@pytest.mark.parametrize("turn", [0, 2])
def test_where_the_kernels_in_use_cannot_be_timed_there_is_nothing_to_say(turn):
    class Dying(Invented):
        dies_in_turn = {"": turn}

    with pytest.raises(Failed, match="its process"):
        compare(Dying, NEW_NAMES)


def test_kernels_that_openblas_has_not_got_are_left_out():
    class Without(Invented):
        names = {"": "Haswell", "SkylakeX": "Haswell"}

    assert compare(Without, NEW_NAMES).alternatives == ()


def test_real_children(monkeypatch):
    """The kernels in use are timed, and whatever the processor offers beside them."""
    monkeypatch.undo()  # the machine as it is
    started = time.monotonic()
    found = compare()
    assert time.monotonic() - started < 20
    assert all(speed > 0 for speed in found.gflops.values())
    possible = kernels.alternatives(found.picked, kernels.extensions())
    assert {other.kernels for other in found.alternatives} <= set(possible)
    for other in found.alternatives:
        assert not other.failed
        assert all(0 < gain.low <= gain.median <= gain.high for gain in other.speedups.values())
    assert advise(found).found.startswith(f"{found.gflops['float32']:.0f} in float32")


@pytest.mark.skipif(not CHOICE, reason="this processor has one set of kernels")
def test_a_poor_pick_is_found_out(monkeypatch):
    """OpenBLAS made to pick kernels for processors of 2008 is told of better ones."""
    monkeypatch.setenv(kernels.VARIABLE, "Nehalem")
    found = compare()
    if not found.alternatives:
        pytest.skip("not OpenBLAS, or a processor without AVX2")
    assert found.picked == "Nehalem"
    assert min(gain.median for gain in found.alternatives[0].speedups.values()) > 1
    assert advise(found).found.count("times as fast") == len(found.alternatives)


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("raise SystemExit(3)", "its process ended with code 3"),
        ("print('ready', flush=True); input(); print('what?')", "its process said 'what?'"),
        ("print('ready', flush=True); input(); print('1 -1')", "its process said '1 -1'"),
        ("import time; time.sleep(60)", "its process gave no answer within 0 s"),
        ("print('ready', flush=True); import time; time.sleep(60)",
         "its process gave no answer within 0 s"),
    ],
)  # fmt: skip
def test_a_child_that_fails_says_how_and_never_hangs(monkeypatch, tmp_path, program, sentence):
    monkeypatch.setattr(measure, "CHILD", tmp_path / "child.py")
    monkeypatch.setattr(measure, "PATIENCE", 0.4)
    (tmp_path / "child.py").write_text(program)
    with Child(dict(os.environ)) as child, pytest.raises(Failed) as caught:
        child.started().seconds()
    assert str(caught.value) == sentence
    assert child.process.returncode is not None


def test_where_no_process_can_be_started(monkeypatch):
    monkeypatch.setattr(sys, "executable", str(ROOT / "no such python"))
    with pytest.raises(Failed, match=r"its process could not be started \(No such file"):
        compare()


def test_a_decision_is_measured_once(kept):
    measured = []

    def measure_now():
        measured.append(1)
        decision.remember("SkylakeX")

    for _ in range(3):
        assert decision.assignment({}, measure_now) == {"OPENBLAS_CORETYPE": "SkylakeX"}
    assert measured == [1]
    assert json.loads(kept.read_text()) == {decision.key(): "SkylakeX"}


def test_nothing_to_set_is_remembered_too():
    decision.remember("")
    assert decision.assignment({}, pytest.fail) == {}


@pytest.mark.parametrize("value", ["Haswell", ""])
def test_what_the_user_has_set_is_respected(value):
    decision.remember("SkylakeX")
    assert decision.assignment({"OPENBLAS_CORETYPE": value}, pytest.fail) == {}


def test_another_processor_or_numpy_is_another_decision(monkeypatch, kept):
    decision.remember("SkylakeX")
    before = decision.key()
    monkeypatch.setattr(decision, "processor", lambda: "another")
    assert decision.remembered() is None
    decision.remember("")
    monkeypatch.setattr(decision, "_numpy_version", lambda: "99.0")
    assert decision.remembered() is None
    assert list(json.loads(kept.read_text()).items())[0] == (before, "SkylakeX")


@pytest.mark.parametrize("content", ["", "{", "[]", '"x"', '{"%s": 3}', '{"%s": "a; rm -r ~"}'])
def test_a_damaged_file_is_no_decision(kept, content):
    kept.parent.mkdir()
    kept.write_text(content.replace("%s", decision.key()))
    assert decision.remembered() is None
    decision.remember("Haswell")
    assert decision.remembered() == "Haswell"


def test_where_nothing_can_be_kept_nothing_breaks(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setattr(decision, "file", lambda: tmp_path / "file/blas.json")
    decision.remember("SkylakeX")
    assert decision.remembered() is None
    assert decision.assignment({}, lambda: None) == {}


def test_without_a_home_nothing_breaks(monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(decision, "file", homeless)
    decision.remember("SkylakeX")
    assert decision.assignment({}, lambda: None) == {}


def test_a_measurement_that_fails_is_not_repeated_at_every_start(monkeypatch, capsys):
    monkeypatch.setattr(sys, "executable", str(ROOT / "no such python"))
    assert decision.assignment({}) == {}
    assert "once" in capsys.readouterr().err
    monkeypatch.setattr(decision, "measure_in_a_child", pytest.fail)
    assert decision.assignment({}) == {}


def test_the_processor_and_numpy_are_named():
    import numpy as np

    assert np.__version__ in decision.key()
    assert decision.processor()


@pytest.mark.parametrize(
    ("system", "variables", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/bplib/blas.json"),
        ("linux", {}, "~/.cache/bplib/blas.json"),
        ("darwin", {}, "~/Library/Caches/bplib/blas.json"),
        ("win32", {"LOCALAPPDATA": "/l"}, "/l/bplib/bplib/Cache/blas.json"),
    ],
)
def test_decisions_lie_in_the_users_cache(monkeypatch, system, variables, expected):
    monkeypatch.undo()
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", system)
    assert decision.file() == Path(expected).expanduser()


@pytest.mark.skipif(not CHOICE, reason="this processor has one set of kernels")
def test_the_program_prints_the_assignment_without_loading_numpy(tmp_path, kept):
    """What a make target runs: prints what is remembered, loads the standard library alone."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    asked = "import bplib.blas.decision as d; d.remember('SkylakeX'); print(d.file())"
    subprocess.run([sys.executable, "-c", asked], env=environment, check=True, cwd=ROOT)
    program = ROOT / "bplib/blas/decision.py"
    done = subprocess.run(
        [sys.executable, "-P", "-X", "importtime", str(program)],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "OPENBLAS_CORETYPE=SkylakeX\n"
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not {"numpy", "bplib", "subprocess"} & loaded


def test_importing_the_library_sets_nothing_and_times_nothing():
    code = (
        "import os, sys, bplib\n"
        "print('OPENBLAS_CORETYPE' in os.environ, 'bplib.blas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.split() == ["False", "False"]


def test_the_threshold_is_what_the_advice_says():
    at = advice.WORTH
    assert advise(compared(Alternative("SkylakeX", gains(at, at, spread=0.0)))).kernels
    assert not advise(compared(Alternative("SkylakeX", gains(at, at - 0.001, spread=0.0)))).kernels
