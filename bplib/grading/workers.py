"""Where workers come from: a fork server where there is one, a fresh Python elsewhere."""

from __future__ import annotations

import json
import os
import secrets
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bplib.errors import BplibError
from bplib.grading.channel import TOKEN, Channel
from bplib.grading.contain import LEVELS, Limits, adopt_orphans, end_descendants
from bplib.grading.secrets import out_of_sight
from bplib.grading.template import (
    ALL_RIGHTS,
    ENDED,
    LEVEL,
    RECORD,
    START,
    STARTED,
    STOP,
    STOPPED,
    remove,
)

_START_SECONDS = 60.0  # for Python, NumPy and matplotlib on a machine that is busy
_STOP_SECONDS = 15.0
_CRASHES = (4, 6, 7, 8, 10, 11)  # SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGBUS of macOS, SIGSEGV
_KEPT = (
    "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "USERPROFILE",
    "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR", "PYTHONPATH", "LD_LIBRARY_PATH",
    "BPLIB_DATA",
)  # fmt: skip
"""What a worker's Python needs of the grader's environment; passwords and keys are not among it."""


class GradingError(BplibError, RuntimeError):
    """One plain sentence about something that grading cannot go on with."""


def can_fork() -> bool:
    """Whether this system makes workers by forking."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds")


def apart() -> dict[str, Any]:
    """Options with which Ctrl-C at the keyboard does not reach a process that is started."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


class Workers:
    """A source of workers, one at a time; use it in a `with`.

    Arguments:
        limits: of every worker.
        hidden: files and folders that no worker may see, where the system can hide them.
        level: the strictest containment to try, a key of `contain.LEVELS`; "process" starts a fresh
            Python for every worker, as on systems that cannot fork; "own" is for a reader's own
            code, which keeps its environment and may do what the reader may.
        inside: the folder in which the workers get theirs.
        alone: whether every process that descends from this one is a worker's, to be ended with it.
    """

    def __init__(
        self,
        limits: Limits,
        hidden: Sequence[Path] = (),
        level: str = "namespaces",
        inside: Path | None = None,
        alone: bool = False,
    ) -> None:
        self.alone = alone and can_fork()
        if self.alone:
            adopt_orphans()
        self.limits = limits
        self.wanted = level if can_fork() else "process"
        self.own = level == "own"
        self.level = self.wanted
        self.folder = Path(tempfile.mkdtemp(prefix="bplib-grading-", dir=inside)).resolve()
        self.hidden = [str(one) for one in out_of_sight(hidden, self.folder)]
        self._server: subprocess.Popen | None = None
        self._control: socket.socket | None = None
        self._running = False
        self._ended: int | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *given: Any) -> None:
        self.close()

    # ── one worker ───────────────────────────────────────────────────────────────────────────────

    def start(self) -> Channel:
        """A fresh worker's channel; the worker before it, if any, is ended."""
        self.stop()
        token = secrets.token_bytes(TOKEN)
        connection = self._spawn() if self.wanted == "process" else self._fork()
        connection.sendall(token)
        self._running, self._ended = True, None
        return Channel(connection, token)

    def stop(self) -> None:
        """Ends the worker and whatever it started."""
        if not self._running:
            return
        self._running = False
        if self.wanted == "process":
            self._end_server()
            remove(str(self.folder / "worker"))
        elif not self._ask_to_stop():
            self._end_server()  # it does not answer; the next worker gets a new one

    def ended(self) -> bool:
        """Whether the worker has ended; then `ending` says how."""
        if self._server is None:
            return True
        if self.wanted == "process":
            self._ended = self._server.poll()
        elif self._ended is None:
            found = self._record(0)
            if found is not None and found[0] == ENDED:
                self._ended = found[1]
            elif self._server.poll() is not None:
                self._ended = -1
        return self._ended is not None

    def ending(self) -> str:
        """How the worker ended, as far as that is known: "with exit code 0"."""
        until = time.monotonic() + 1.0
        while not self.ended() and time.monotonic() < until:
            time.sleep(0.01)
        code = self._ended
        if code is None or code < 0:
            return ""
        if code in (128 + 24, 128 + 9):  # SIGXCPU, or SIGKILL as its second part
            return " by a kill, as happens at a limit of processor time or memory"
        if code == 128 + 25:
            return " at its limit of file size"
        crash = ", a crash outside of Python" if code - 128 in _CRASHES else ""
        return f" with exit code {code}" if code < 128 else f" by signal {code - 128}{crash}"

    def close(self) -> None:
        """Ends everything and removes what was written."""
        self.stop()
        self._end_server()
        remove(str(self.folder))

    # ── by a fork server ─────────────────────────────────────────────────────────────────────────

    def _fork(self) -> socket.socket:
        for _ in (1, 2):
            mine, theirs = socket.socketpair()
            try:
                if self._server is None or self._server.poll() is not None:
                    self._start_server()
                assert self._control is not None
                socket.send_fds(self._control, [START], [theirs.fileno()])
                if self._await(STARTED, _START_SECONDS) is not None:
                    return mine
            except OSError:
                pass
            except GradingError:
                mine.close()
                raise
            finally:
                theirs.close()
            mine.close()
            self._end_server()
        raise GradingError("no worker can be started; is there memory left on this machine?")

    def _start_server(self) -> None:
        self._end_server()
        mine, theirs = socket.socketpair()
        settings = {
            "hidden": self.hidden,
            "folder": str(self.folder),
            "level": self.wanted,
            "limits": self.limits.as_dict(),
        }
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-P", "-m", "bplib.grading.template"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment(own=self.own),
                cwd=self.folder,
                **apart(),
            )
        self._control = mine
        mine.sendall(json.dumps(settings).encode() + b"\n")
        found = self._await(LEVEL, _START_SECONDS)
        if found is None:
            self._end_server()
            raise GradingError(
                "the workers' Python does not start; does `python -c 'import bplib.draw'` work?"
            )
        if found == ALL_RIGHTS:
            self._end_server()
            raise GradingError(
                "you are root, and this system lets the submissions be neither another user nor "
                "in name spaces: they could end every process and remove every file. Grade as a "
                "user without such rights, or with a Python that every user may read."
            )
        self.level = list(LEVELS)[found]

    def _record(self, seconds: float) -> tuple[bytes, int] | None:
        """The next thing the fork server says, or None."""
        control = self._control
        if control is None or not select.select([control], [], [], seconds)[0]:
            return None
        try:
            control.settimeout(2.0)
            found = b""
            while len(found) < RECORD.size:
                part = control.recv(RECORD.size - len(found))
                if not part:
                    return None
                found += part
        except OSError:
            return None
        return RECORD.unpack(found)

    def _await(self, letter: bytes, seconds: float) -> int | None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            found = self._record(min(left, 1.0))
            if found is not None and found[0] == letter:
                return found[1]
            if found is None and (self._server is None or self._server.poll() is not None):
                return None
        return None

    def _ask_to_stop(self) -> bool:
        try:
            assert self._control is not None
            self._control.sendall(STOP)
        except OSError:
            return False
        return self._await(STOPPED, _STOP_SECONDS) is not None

    # ── by a fresh Python ────────────────────────────────────────────────────────────────────────

    def _spawn(self) -> socket.socket:
        folder = self.folder / "worker"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        with socket.create_server(("127.0.0.1", 0)) as door:
            pass_word = secrets.token_hex(TOKEN)
            self._server = subprocess.Popen(
                [sys.executable, "-P", "-m", "bplib.grading.spawned", str(door.getsockname()[1])]
                + ["own"] * self.own,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment(own=self.own),
                cwd=folder,
                **apart(),
            )
            assert self._server.stdin is not None
            with self._server.stdin as told:
                told.write(pass_word.encode())
            try:
                connection = self._who_knocks(door)
                connection.settimeout(_START_SECONDS)
                said = connection.recv(len(pass_word), socket.MSG_WAITALL)
            except OSError as error:
                self._end_server()
                raise GradingError("a worker's Python does not start.") from error
        if said != pass_word.encode():
            connection.close()
            self._end_server()
            raise GradingError("something else than the worker answered.")
        return connection

    def _who_knocks(self, door: socket.socket) -> socket.socket:
        door.settimeout(0.25)
        until = time.monotonic() + _START_SECONDS
        while True:
            try:
                return door.accept()[0]
            except TimeoutError:
                if time.monotonic() > until or self._server is None or self._server.poll():
                    raise

    def _end_server(self) -> None:
        server, self._server = self._server, None
        if self._control is not None:
            self._control.close()
            self._control = None
        if server is None:
            return
        if server.poll() is None:
            try:
                if hasattr(os, "killpg"):
                    os.killpg(server.pid, 9)
                else:
                    server.kill()
            except OSError:  # it has ended in the meantime
                pass
        server.wait()
        if self.alone:  # what a fork server that was taken down has left
            end_descendants()


def environment(own: bool = False) -> dict[str, str]:
    """What a worker's Python starts with: it finds the same bplib, and nothing personal."""
    import bplib

    kept = {name: os.environ[name] for name in os.environ if own or name in _KEPT}
    paths = [str(Path(bplib.__file__).parents[1]), *filter(None, [kept.get("PYTHONPATH")])]
    kept |= {
        "PYTHONPATH": os.pathsep.join(paths),
        "MPLBACKEND": "Agg",
        "BPLIB_PROGRESS": "memory",
    }
    if not own:  # the same bytes on every run, and one processor for each of many
        kept |= {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return kept
