"""The decision: one order of questions, and the first that fails is the answer.

defined → signature → returned something → type and shape → finite → values → inputs unmodified and
not aliased → fresh random cases → own work.  The verdict comes from values alone; the diagnosis is
asked afterwards what to call a failure.
"""

from __future__ import annotations

import inspect
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from . import words
from .call import Caller, in_process, is_stub
from .compare import FLOAT32_TOLERANCE
from .declare import Exercise
from .diagnose import diagnose
from .library import Watcher, library_call
from .ordinary import ordinary
from .result import Failure, Result, headline
from .sizes import note
from .surroundings import untouched
from .verdict import Judged, details, first_finding, judge

_FRESH_SEEDS = 10**6


def fixed_seed(name: str) -> int:
    """The seed of an exercise's own cases, the same on every machine."""
    return 1000 + zlib.crc32(name.encode()) % 9000


def make_cases(exercise: Exercise, seed: int) -> list[tuple]:
    """The inputs of all cases that belong to one seed."""
    return [
        tuple(exercise.cases(np.random.default_rng([seed, i]), i)) for i in range(exercise.n_cases)
    ]


def decide(
    exercise: Exercise,
    function: Any,
    seed: int | None = None,
    *,
    call: Caller = in_process,
    own_work: bool = True,
    watch: Watcher = library_call,
) -> Result:
    """The verdict on a function; displays nothing and records nothing.

    Arguments:
        exercise: the exercise.
        function: the learner's.
        seed: only the cases of this seed; without it the exercise's own, then fresh random ones.
        call: how the function is called: here, or by a worker process.
        own_work: whether handing in the library's own answer counts as a failure.
        watch: how that is seen: here, or by a worker process.

    Returns:
        A `Result`.
    """
    with untouched():
        return _decide(exercise, function, seed, call, watch if own_work else None)


def _decide(
    exercise: Exercise, function: Any, seed: int | None, call: Caller, watch: Watcher | None
) -> Result:
    used = fixed_seed(exercise.name) if seed is None else int(seed)
    early = _before_calling(exercise, function, used)
    if early is not None:
        return early
    result, judged = _on_cases(exercise, function, used, call)
    if result is not None:
        return _other_order(exercise, function, used, result) or result
    if seed is None:
        result, _ = _on_cases(exercise, function, _fresh_seed(), call, fresh=True)
        if result is not None:
            return result
    if watch is not None:
        # On cases never seen before, so that no answer remembered from an earlier call hides it.
        unseen = _fresh_seed() if seed is None else used + 1
        name = watch(exercise, function, make_cases(exercise, unseen))
        if name is not None:
            failure = Failure(None, "", "library", words.library(name))
            return _failed(exercise, failure, used, label="library")
    single = any(part.single for one in judged for part in one.parts)
    tolerance = max(exercise.tolerance, FLOAT32_TOLERANCE) if single else exercise.tolerance
    text = words.passed(exercise, seed is None, tolerance)
    return Result("passed", exercise.name, headline("passed", exercise.name, text), used)


def _fresh_seed() -> int:
    return int(np.random.default_rng().integers(10_000, _FRESH_SEEDS))


# ── before any case ──────────────────────────────────────────────────────────────────────────────


def _before_calling(exercise: Exercise, function: Any, seed: int) -> Result | None:
    if function is None or function is Ellipsis or is_stub(function):
        return not_attempted(exercise, seed)
    if not callable(function) or inspect.isclass(function):
        failure = Failure(None, "", "defined", words.not_a_function(exercise, function))
        return _failed(exercise, failure, seed)
    problem = _signature_problem(exercise, function)
    if problem is None:
        return None
    return _failed(exercise, Failure(None, "", "signature", problem), seed)


def not_attempted(exercise: Exercise, seed: int | None = None, raised: bool = False) -> Result:
    # Who has written something above or below that line is told why nothing comes of it.
    what = "Write the function"
    if raised:
        what = "Replace `raise NotImplementedError()` by your answer"
    text = f"not attempted yet. {what}, run its cell, then run this one again."
    return Result(
        "not_attempted", exercise.name, headline("not_attempted", exercise.name, text), seed
    )


def _signature_problem(exercise: Exercise, function: Callable[..., Any]) -> str | None:
    try:
        signature = inspect.signature(function)
    except Exception:  # built-in functions may have none: the call will tell
        return None
    wanted = exercise.arguments
    try:
        signature.bind(*wanted)
    except TypeError:
        return words.signature(wanted, _as_written(signature))
    return None


def _other_order(exercise: Exercise, function: Any, seed: int, result: Result) -> Result | None:
    """Names in another order, which explain why an attempt is not right.

    Where it is right they do no harm: the mean of (target - prediction)**2 is the same in either
    order.  And a mistake with a name, which fits every case, was not made by the order.
    """
    if not result.attempted or result.misconception is not None:
        return None
    try:
        given = tuple(inspect.signature(function).parameters)[: len(exercise.arguments)]
    except Exception:  # as above
        return None
    if given == exercise.arguments or sorted(given) != sorted(exercise.arguments):
        return None
    text = words.argument_order(exercise.arguments, given)
    return _failed(exercise, Failure(None, "", "signature", text), seed)


def _as_written(signature: inspect.Signature) -> tuple[str, ...]:
    """The parameters with the marks that matter: (X, *, y) or (X, *rest)."""
    bare = [
        one.replace(annotation=inspect.Parameter.empty) for one in signature.parameters.values()
    ]
    text = str(inspect.Signature(bare))[1:-1]
    return tuple(part.strip() for part in text.split(",") if part.strip())


# ── the cases ────────────────────────────────────────────────────────────────────────────────────


def _on_cases(
    exercise: Exercise, function: Any, seed: int, call: Caller, fresh: bool = False
) -> tuple[Result | None, list[Judged]]:
    """Calls the function on all cases of a seed; a Result as soon as something is wrong."""
    judged: list[Judged] = []
    cases = make_cases(exercise, seed)
    started = time.monotonic()
    for i, inputs in enumerate(cases):
        if fresh and judged and time.monotonic() - started > exercise.seconds / 2:
            break  # slow but right: one fresh case has to do
        with untouched():
            outcome = call(function, inputs, exercise.seconds)
        outcome = replace(outcome, value=ordinary(outcome.value))
        judged.append(judge(exercise, i, inputs, outcome))
        if not outcome.returned:
            break
    first = judged[0].outcome.raised
    if first is not None and first.unfinished:
        return not_attempted(exercise, seed, raised=True), judged
    last = judged[-1]
    if not last.outcome.returned:
        return _broken(exercise, last, judged, seed), judged
    failure = first_finding(exercise, judged)
    if failure is None:
        return None, judged
    if fresh:
        # No mistake has a name that was not made in the fixed cases.
        failure = Failure(failure.case, failure.note, "fresh", words.fresh(failure.text))
    return _failed(exercise, failure, seed, judged), judged


def _broken(exercise: Exercise, last: Judged, judged: Sequence[Judged], seed: int) -> Result:
    """The function raised, or never came back."""
    outcome, case = last.outcome, last.index
    failure = Failure(
        case + 1,
        note(exercise, last.inputs),
        "returned",
        words.timed_out(exercise.seconds, last.inputs)
        if outcome.timed_out
        else words.raised(exercise, outcome, last.inputs),
    )
    status = "timeout" if outcome.timed_out else "error"
    return _failed(exercise, failure, seed, judged, status=status)


def _failed(
    exercise: Exercise,
    failure: Failure,
    seed: int,
    judged: Sequence[Judged] = (),
    *,
    status: str = "failed",
    label: str | None = None,
) -> Result:
    named = None
    if status != "timeout" and failure.step != "fresh" and judged:
        named = diagnose(
            exercise,
            [one.inputs for one in judged],
            [one.outcome for one in judged],
            effects=failure.step in ("inputs", "alias"),
        )
    if named is not None and failure.step in ("shape", "values"):
        # One fact is enough beside a name, and values that would be right in another order are a
        # coincidence then.
        failure = first_finding(exercise, judged, named=True) or failure
    text = failure.text
    if failure.case is not None:
        where = f"case {failure.case} of {exercise.n_cases}"
        text = f"{where} ({failure.note}): {text}" if failure.note else f"{where}: {text}"
    message = headline(status, exercise.name, text)
    if named is not None:
        label = named.label
        message += f"\n**Likely mistake:** {named.message}"
    folded = details(exercise, failure, judged)
    return Result(status, exercise.name, message, seed, (failure,), label, folded)
