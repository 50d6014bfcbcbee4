"""The grader's side of one submission: runs its cells in a worker, asks, calls, and judges nothing.

A worker that hangs, ends or talks out of turn is replaced by a fresh one that runs the cells again,
without the cell that did it.  One bad function or one bad cell therefore costs itself alone, as
long as the time of the whole submission lasts.
"""

from __future__ import annotations

import inspect
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from bplib.checks.call import Outcome, Raised
from bplib.checks.declare import Exercise
from bplib.grading.channel import Channel, Closed, Late
from bplib.grading.contain import Limits
from bplib.grading.wire import WireError
from bplib.grading.workers import Workers

_GRACE = 1.0  # seconds for a call's own alarm to be heard before the worker is ended
_EVENTS = 20_000  # messages of one run; a notebook of a thousand cells needs two thousand
_RERUNS = 12
_SAID = 12  # cells that stopped; after the first, the others often follow from it
_COPIED = 10 * 2**20  # bytes of a notebook; with its code it fits into one message
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PREPOSITION = re.compile(r"\A (with|by|at) ")
_LIBRARY = re.compile(r"(bplib(\.\w{1,40}){1,6}|the reference of the checks)\Z")


class OutOfTime(Exception):
    """The time of the whole submission is up."""


class Disturbed(Exception):
    """The notebook's code comes between the questions and the answers."""


class RemoteFunction:
    """Stands here for a function of the worker's; it is called through a session only.

    Arguments:
        name: under which the worker has it.
        signature: its parameters, where they are known.
        then: whether it is meant as it was when it was checked.
    """

    def __init__(self, name: str, signature: inspect.Signature | None, then: bool = False) -> None:
        self.__name__ = name
        self.then = then
        if signature is not None:
            self.__signature__ = signature

    def __call__(self, *given: Any) -> Any:
        raise RuntimeError("this function lives in a worker")


class _Default:
    """A parameter's default, of which only the spelling is known."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class Session:
    """One submission in a worker.

    Arguments:
        workers: where workers come from.
        cells: the sources of the notebook's code cells.
        file: the notebook's name.
        notebook: its bytes, put into the worker's folder.
        beside: other files that are put there, by name.
        folder: where the cells run, instead of a folder of the worker's own.

    Attributes:
        problems: one line for each cell that raised, hung or ended the process, in order.
    """

    def __init__(
        self,
        workers: Workers,
        cells: Sequence[str],
        file: str,
        notebook: bytes = b"",
        beside: Mapping[str, bytes] | None = None,
        folder: str = "",
    ) -> None:
        self.workers = workers
        self.limits: Limits = workers.limits
        text = json.dumps(list(cells), ensure_ascii=False).encode("utf-8", "surrogatepass")
        self.cells = np.frombuffer(text, dtype=np.uint8)
        self.count = len(cells)
        self.file, self.folder = file, folder
        # A copy for code that looks for it; of one that is mostly pictures there is none.
        copied = {file: notebook} if 0 < len(notebook) <= _COPIED else {}
        self.files = {
            name: np.frombuffer(content, dtype=np.uint8)
            for name, content in {**(beside or {}), **copied}.items()
        }
        self.until = time.monotonic() + self.limits.seconds
        self.found: dict[int, str] = {}
        self.skip: set[int] = set()
        self.reruns = 0
        self.questions = 0
        self._channel: Channel | None = None
        self._functions: list[Callable[..., Any]] = []

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *given: Any) -> None:
        self._drop()

    @property
    def problems(self) -> list[str]:
        """What went wrong in cells, in their order; of very many, the first."""
        said = [
            f"{f'code cell {at}' if at else 'the notebook'}: {self.found[at]}"
            for at in sorted(self.found)[:_SAID]
        ]
        more = len(self.found) - len(said)
        return [*said, f"{more} more code cells stopped too."] if more > 0 else said

    # ── running ──────────────────────────────────────────────────────────────────────────────────

    def ready(self) -> Channel:
        """The channel to a worker that has run the cells; `OutOfTime` where none can any more."""
        while self._channel is None:
            if self.reruns >= _RERUNS or time.monotonic() >= self.until:
                raise OutOfTime
            self.reruns += 1
            self._functions.clear()
            began = time.monotonic()
            self._channel = self.workers.start()
            self.until += time.monotonic() - began  # a fork server that starts again is our time
            self._run(self._channel)
        return self._channel

    def _run(self, channel: Channel) -> None:
        at, events = 0, 0
        cell_until = self.until
        try:
            self.questions += 1
            channel.send(
                {
                    "do": "run",
                    "question": self.questions,
                    "file": self.file,
                    "folder": self.folder,
                    "files": self.files,
                    "cells": self.cells,
                    "skip": tuple(self.skip),
                    "seconds": self.limits.cell_seconds,
                },
                self.until,
            )
            while True:
                said = self._said(channel, min(cell_until, self.until))
                events += 1
                if events > _EVENTS:
                    raise WireError("more messages than a notebook has cells")
                match said:
                    case {"at": int(number)} if 0 < number <= self.count:
                        at = number
                        cell_until = time.monotonic() + self.limits.cell_seconds + _GRACE
                    case {"raised": str(text), "cell": int(number)} if 0 < number <= self.count:
                        self.found[number] = clean(text)
                    case {"ran": True}:
                        return
                    case _:
                        raise WireError("a message out of turn")
        except (Late, Closed, WireError) as error:
            if at not in self.found or isinstance(error, Late):
                self.found[at] = self._what(error, self.limits.cell_seconds)
            self.skip.add(at)
            self._drop()
            if at == 0:
                raise OutOfTime from error

    def _what(self, error: Exception, seconds: float) -> str:
        """A worker's end in words; the worker may still be asked how it ended."""
        if isinstance(error, Late):
            if time.monotonic() >= self.until:
                return f"did not end within the {self.limits.seconds:g} s of the whole notebook."
            return f"did not end within {seconds:g} s; is there a loop without an end?"
        if isinstance(error, Closed):
            return f"ended the process{self.workers.ending()}."
        return f"disturbed the grading: {error}."

    def _drop(self) -> None:
        if self._channel is not None:
            self._channel.socket.close()
            self._channel = None
        self.workers.stop()

    def _ask(self, question: dict[str, Any], seconds: float) -> dict[str, Any]:
        """One question and its answer; calls back into functions of ours on the way."""
        channel = self.ready()
        until = min(self.until, time.monotonic() + seconds)
        self.questions += 1
        channel.send({**question, "question": self.questions}, until, self._function_id)
        while True:
            said = self._said(channel, until)
            if "ask" not in said:
                return said
            channel.send(self._asked(said), until)

    def _said(self, channel: Channel, until: float) -> dict[str, Any]:
        """What the worker says to the question that was asked last."""
        said = channel.receive(until, also=self.workers.ended)
        if said.get("to") != self.questions:
            raise WireError("an answer that nobody asked for")
        return said

    def _function_id(self, function: Callable[..., Any]) -> int:
        self._functions.append(function)
        return len(self._functions) - 1

    def _asked(self, said: dict[str, Any]) -> dict[str, Any]:
        match said:
            case {"ask": int(number), "given": tuple(given)} if 0 <= number < len(self._functions):
                try:
                    with np.errstate(all="ignore"):
                        return {"answer": self._functions[number](*given)}
                except Exception as error:
                    return {"raised": [type(error).__name__, str(error)[:300]]}
        raise WireError("a question that makes no sense")

    # ── asking ───────────────────────────────────────────────────────────────────────────────────

    def _plainly(self, question: dict[str, Any]) -> dict[str, Any]:
        """The answer to a question that calls none of the learner's functions."""
        for last in (False, True):
            try:
                return self._ask(question, self.limits.call_seconds + _GRACE)
            except (Late, Closed, WireError) as error:  # something of the learner's still runs
                text = self._what(error, self.limits.call_seconds)
                self._drop()
                if last:
                    self.found.setdefault(0, text)
                    raise Disturbed(text) from error
        raise AssertionError

    def answer_to(self, name: str, then: bool = False) -> Any:
        """The learner's answer: a `RemoteFunction`, a value, `...` for a stub, or `MISSING`.

        With `then`, the function as it was when it was checked, where a later cell changed that.
        """
        said = self._plainly({"do": "describe", "name": name, "then": then})
        match said:
            case {"kind": "function", "stub": True}:
                return Ellipsis
            case {"kind": "function", "signature": signature}:
                return RemoteFunction(name, _signature(signature), then)
            case {"kind": "value", "value": value}:
                return value
        return MISSING

    def reached(self) -> dict[str, str]:
        """The names that were checked, each with a short hash of the answer."""
        match self._plainly({"do": "reached"}):
            case {"reached": list(found)}:
                return {str(name): str(key) for name, key in found}
        return {}

    def value_of(self, name: str) -> Any:
        """The value checked under a name, or `MISSING`."""
        said = self._plainly({"do": "value", "name": name})
        return said["value"] if said.get("kind") == "value" and "value" in said else MISSING

    def values_of(self, name: str, names: Sequence[str]) -> dict[str, Any]:
        """The values of a chain's names, those that are there."""
        said = self._plainly({"do": "values", "name": name, "names": tuple(names)})
        values = said.get("values")
        return values if isinstance(values, dict) else {}

    def call(self, function: Any, inputs: tuple, seconds: float) -> Outcome:
        """Calls a function in the worker: a `Caller` for `bplib.checks.decide`."""
        seconds = min(seconds, self.limits.call_seconds)
        question = {
            "do": "call",
            "name": function.__name__,
            "then": function.then,
            "inputs": inputs,
            "seconds": seconds,
        }
        try:
            return _outcome(self._ask(question, seconds + _GRACE))
        except Late:
            self._drop()
            return Outcome(timed_out=True)
        except WireError as error:
            self._drop()
            return Outcome(raised=Raised("a disturbance of the grading", str(error)))
        except Closed:
            how = _PREPOSITION.sub("", self.workers.ending())
            self._drop()
            return Outcome(raised=Raised("the end of its whole process", how))

    def library_call(self, exercise: Exercise, function: Any, cases: Sequence[tuple]) -> str | None:
        """Which function of bplib's the answer rests on: a `Watcher` for `bplib.checks.decide`."""
        question = {
            "do": "watch",
            "name": function.__name__,
            "then": function.then,
            "cases": list(cases),
            "uses": exercise.uses,
            "seconds": min(exercise.seconds, self.limits.call_seconds),
        }
        try:
            name = self._ask(question, 2 * self.limits.call_seconds + _GRACE).get("library")
        except (Late, Closed, WireError):
            self._drop()
            return None
        return name if isinstance(name, str) and _LIBRARY.match(name) else None


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Any = _Missing()
"""Stands for an answer that is not there."""


def clean(text: str, most: int = 400) -> str:
    """Text of a learner's as one may show it: no control characters, not endless."""
    text = _CONTROL.sub("�", text.encode("utf-8", "replace").decode())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _outcome(said: dict[str, Any]) -> Outcome:
    """What a worker says a call did, each part of its kind."""
    match said:
        case {"value": value, "raised": None, "timed_out": bool(late), "printed": str(printed)}:
            return Outcome(
                value=value,
                timed_out=late,
                changed=_places(said.get("changed")),
                aliased=_places(said.get("aliased")),
                printed=clean(printed, 2000),
            )
        case {
            "raised": [str(kind), str(text), int() | None as line, str(source)],
            "printed": str(printed),
        }:
            raised = Raised(clean(kind, 80), clean(text, 300), line, clean(source, 120))
            return Outcome(raised=raised, printed=clean(printed, 2000))
    raise WireError("an outcome that is none")


def _places(found: Any) -> tuple[int, ...]:
    if not isinstance(found, list) or not all(type(i) is int and 0 <= i < 50 for i in found):
        raise WireError("an outcome that is none")
    return tuple(found)


def _signature(found: Any) -> inspect.Signature | None:
    """A signature from its parts; None where they make none."""
    try:
        return inspect.Signature(
            [
                inspect.Parameter(
                    name,
                    inspect._ParameterKind(kind),
                    default=inspect.Parameter.empty
                    if default is None
                    else _Default(clean(default, 40)),
                )
                for name, kind, default in found
            ]
        )
    except (TypeError, ValueError, AttributeError):
        return None
