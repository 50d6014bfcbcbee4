"""In the worker: runs one submission's cells, then calls its functions when asked to.

It judges nothing and knows nothing of the right answers.  What it says is believed to be what the
submission says, and no more.
"""

from __future__ import annotations

import builtins
import gc
import inspect
import json
import os
import random
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bplib.grading import stand_in
from bplib.grading.cells import fresh_main, run_cell
from bplib.grading.channel import TOKEN, Channel, Closed, forever
from bplib.grading.moments import Moment, moment_of

Message = dict[str, Any]
_REGISTERED = 1000  # names that may be checked; nobody has that many exercises


def serve(connection: socket.socket) -> None:
    """Answers the grader until it has no more questions."""
    connection.setblocking(True)
    token = b""
    while len(token) < TOKEN:
        part = connection.recv(TOKEN - len(token))
        if not part:
            return
        token += part
    if hasattr(os, "register_at_fork"):  # what the learner forks has no part in the conversation
        os.register_at_fork(after_in_child=connection.close)
    gc.freeze()
    worker = _Worker(Channel(connection, token))
    try:
        while True:
            worker.answer(worker.channel.receive(forever(), worker.function_of))
    except Closed:
        return


class _Worker:
    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.namespace: dict[str, Any] = {}
        self.registered: dict[str, Any] = {}
        self.moments: dict[str, Moment | None] = {}
        self.question = -1
        self.call = stand_in.needed["call"]
        stand_in.listen(self._register)

    def answer(self, message: Message) -> None:
        self.question = message["question"]
        getattr(self, f"do_{message['do']}")(message)

    def say(self, **message: Any) -> None:
        self.channel.send({"to": self.question, **message}, forever())

    def _register(self, name: str, answer: Any) -> None:
        if len(self.registered) < _REGISTERED:
            self.registered[name] = answer
            self.moments[name] = moment_of(answer, self.namespace)

    # ── the notebook ─────────────────────────────────────────────────────────────────────────────

    def do_run(self, message: Message) -> None:
        """Runs the cells; says which one begins, what it raised, and that all is done."""
        file = message["file"]
        if message["folder"]:  # a reader's own notebook, with the files beside it
            os.chdir(message["folder"])
            sys.path.insert(0, message["folder"])
        else:
            sys.path.insert(0, "")  # as in Jupyter: modules beside the notebook
            random.seed(0)  # what is drawn without a seed is the same in every run
            np.random.seed(0)  # noqa: NPY002 (what notebooks call when they name no generator)
        for name, content in message["files"].items():
            Path(name).write_bytes(content.tobytes())
        cells = json.loads(message["cells"].tobytes().decode("utf-8", "surrogatepass"))
        self.namespace = fresh_main()
        for number, source in enumerate(cells, start=1):
            if number in message["skip"] or not source.strip():
                continue
            self.say(at=number)
            problem = self._run(source, f"<cell {number} of {file}>", message["seconds"])
            if problem is not None:
                self.say(raised=problem[:500], cell=number)
        self.say(ran=True)

    def _run(self, source: str, name: str, seconds: float) -> str | None:
        limit = self.call.time_limit(seconds)
        try:
            with limit:
                return run_cell(source, name, self.namespace)
        except self.call.TimeLimit:
            return f"did not end within {seconds:g} s; is there a loop without an end?"
        except KeyboardInterrupt:
            return "KeyboardInterrupt"

    # ── what the notebook holds ──────────────────────────────────────────────────────────────────

    def _found(self, name: str, then: bool = False) -> Any:
        """The answer to an exercise: the function of its name, else what was checked under it.

        With `then`, the same function among the names as they were when it was checked, where
        these mean something else by now.
        """
        named = self.namespace.get(name, _MISSING)
        if then:
            moment = self.moments.get(name)
            if moment is None or (callable(named) and named is not moment.original):
                return _MISSING
            return moment.function if moment.outdated(self.namespace) else _MISSING
        if callable(named) or name not in self.registered:
            return named
        return self.registered[name]

    def do_describe(self, message: Message) -> None:
        """Says what stands under a name: a function and how it is called, a value, or nothing."""
        found = self._found(message["name"], message["then"])
        if found is _MISSING:
            self.say(kind="missing")
        elif not callable(found) or inspect.isclass(found):
            self.say(kind="value", value=found)
        else:
            stub = self.call.is_stub(found)
            self.say(kind="function", stub=stub, signature=_signature(found))

    def do_reached(self, message: Message) -> None:
        """Says what was checked, and a short hash of each answer."""
        key = stand_in.needed["progress"].answer_key
        self.say(reached=[[name, key(one)] for name, one in self.registered.items()])

    def do_value(self, message: Message) -> None:
        """Says the value that was checked under a name, or that stands under it."""
        name = message["name"]
        value = self.registered.get(name, self.namespace.get(name, _MISSING))
        if value is _MISSING:
            self.say(kind="missing")
        else:
            self.say(kind="value", value=value)

    def do_values(self, message: Message) -> None:
        """Says the values of a chain's names, as they were when they were checked."""
        checked = self.registered.get(message["name"])
        space = checked if isinstance(checked, dict) else self.namespace
        self.say(values={name: space[name] for name in message["names"] if name in space})

    # ── calls ────────────────────────────────────────────────────────────────────────────────────

    def do_call(self, message: Message) -> None:
        """Calls a function and says all that happened."""
        function = self._found(message["name"], message["then"])
        made = self.call.in_process(function, message["inputs"], message["seconds"])
        raised = made.raised
        told = {
            "raised": raised and [raised.kind, raised.text, raised.line, raised.source],
            "timed_out": made.timed_out,
            "changed": list(made.changed),
            "aliased": list(made.aliased),
            "printed": made.printed,
        }
        try:
            self.say(value=made.value, **told)
        except Closed:
            raise
        except Exception as error:  # an object that breaks when it is looked at
            text = "what is returned cannot be read"
            told["raised"] = [type(error).__name__, text, None, ""]
            self.say(value=None, **told)

    def do_watch(self, message: Message) -> None:
        """Calls a function and says which of bplib's own functions it rests on, if any."""
        function = self._found(message["name"], message["then"])
        name = stand_in.needed["library"].first_call(
            function, message["cases"], message["uses"], message["seconds"]
        )
        self.say(library=name)

    def function_of(self, number: int) -> Callable[..., Any]:
        """A function that lives with the grader: it is called there."""

        def ask(*given: Any) -> Any:
            self.say(ask=number, given=given)
            answered = self.channel.receive(forever())
            if "raised" in answered:
                kind, text = answered["raised"]
                error = getattr(builtins, kind, RuntimeError)
                raise error(text)
            return answered["answer"]

        return ask


class _Missing:
    """Stands for a name that the notebook does not have."""


_MISSING = _Missing()


def _signature(function: Any) -> list | None:
    """The parameters in words: name, kind, and how the default is written."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except Exception:  # built-in functions may have none
        return None
    return [
        [one.name, int(one.kind), None if one.default is one.empty else repr(one.default)[:40]]
        for one in parameters[:50]
    ]
