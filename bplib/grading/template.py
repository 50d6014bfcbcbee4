"""The fork server: loads NumPy, bplib and matplotlib once, then makes a worker in milliseconds.

`python -m bplib.grading.template`: standard input is a socket on which one letter with a file
descriptor asks for a worker that talks there, and another letter for its end.  This process has
never imported the exercises, so no worker can find them in its memory.
"""

from __future__ import annotations

import json
import os
import secrets
import select
import shutil
import signal
import socket
import struct
import tempfile
from typing import Any

RECORD = struct.Struct(">ci")
"""What this process says: a letter and a number."""
ALL_RIGHTS = -1
"""In the place of a level: workers would be root, so there are none."""
_FLOORS = 20_000
START, STOP = b"S", b"K"
STARTED, STOPPED, ENDED, LEVEL = b"s", b"k", b"e", b"l"


def preload() -> None:
    """Loads what notebooks load, with stand-ins for the checks."""
    from bplib.grading import stand_in

    stand_in.install()
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot

    try:
        import IPython.display  # noqa: F401
    except ImportError:  # a notebook that asks for it will say so
        pass
    import bplib.draw  # noqa: F401
    from bplib import data, losses, metrics, optim, tape  # noqa: F401
    from bplib.grading import worker  # noqa: F401


def main() -> None:
    """Serve until the grader closes its end."""
    from bplib.grading.contain import LEVELS, AllRights, Limits, withdraw

    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    settings: dict[str, Any] = json.loads(_line(control))
    preload()
    try:
        level = withdraw(settings.pop("hidden"), settings["folder"], settings["level"])
    except AllRights:
        control.sendall(RECORD.pack(LEVEL, ALL_RIGHTS))
        return
    control.sendall(RECORD.pack(LEVEL, list(LEVELS).index(level)))
    _Server(control, level, settings["folder"], Limits(**settings["limits"])).serve()


def _line(control: socket.socket) -> bytes:
    """The first line that the grader says; it holds what no list of processes should show."""
    found = b""
    while not found.endswith(b"\n"):
        part = control.recv(1)
        if not part:
            raise SystemExit("nobody there")
        found += part
    return found


def remove(place: str) -> None:
    """Removes a folder, whatever its maker set inside, or a file; no link is followed."""
    try:
        if os.path.islink(place) or not os.path.isdir(place):
            os.unlink(place)
            return
        try:
            shutil.rmtree(place, ignore_errors=True)
        except RecursionError:  # folders in folders in folders
            pass
        if os.path.isdir(place):
            os.chmod(place, 0o700)
            for _ in range(_FLOORS):
                if not _remove_a_floor(place):
                    break
            os.rmdir(place)
    except OSError:  # not there, not ours, or in use
        return


def _remove_a_floor(folder: str) -> bool:
    """Removes what is inside, and moves what is deeper up, where a path reaches it; says whether
    anything was done."""
    done = False
    for entry in list(os.scandir(folder)):
        try:
            if entry.is_dir(follow_symlinks=False):
                os.chmod(entry.path, 0o700)
                for one in list(os.scandir(entry.path)):
                    if one.is_dir(follow_symlinks=False):
                        os.chmod(one.path, 0o700)
                        os.rename(one.path, os.path.join(folder, secrets.token_hex(8)))
                    else:
                        os.unlink(one.path)
                os.rmdir(entry.path)
            else:
                os.unlink(entry.path)
            done = True
        except OSError:  # not ours, or in use
            continue
    return done


class _Server:
    def __init__(self, control: socket.socket, level: str, folder: str, limits: Any) -> None:
        self.control, self.level, self.folder, self.limits = control, level, folder, limits
        self.child: int | None = None
        self.bell, rung = os.pipe()
        for end in (self.bell, rung):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(rung, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *given: None)

    def serve(self) -> None:
        while True:
            ready = select.select([self.control.fileno(), self.bell], [], [])[0]
            if self.bell in ready:
                os.read(self.bell, 4096)
                self._reap()
            if self.control.fileno() in ready:
                letter, descriptors, _, _ = socket.recv_fds(self.control, 1, 1)
                if not letter:
                    break
                self._stop()
                if letter == START:
                    self._start(descriptors[0])
                else:
                    self.control.sendall(RECORD.pack(STOPPED, 0))
        self._stop()

    def _start(self, descriptor: int) -> None:
        from bplib.grading.contain import fork_worker

        folder = self.folder
        if self.level != "namespaces":
            folder = tempfile.mkdtemp(dir=self.folder)
        self.child = fork_worker(self.level, folder, self.limits)
        if self.child == 0:
            self._become_worker(descriptor)
        os.close(descriptor)
        self.control.sendall(RECORD.pack(STARTED, self.child))

    def _become_worker(self, descriptor: int) -> None:
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            self.control.detach()
            os.dup2(descriptor, 3)
            os.closerange(4, 256)
            from bplib.grading.worker import serve

            serve(socket.socket(fileno=3))
            code = 0
        finally:
            os._exit(code)

    def _reap(self) -> None:
        """Takes note of what has ended, and says so when it is the worker."""
        while True:
            try:
                ended, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not ended:
                return
            if ended == self.child:
                self.child = None
                code = os.waitstatus_to_exitcode(status)
                self._end_the_rest()
                self.control.sendall(RECORD.pack(ENDED, code if code >= 0 else 128 - code))

    def _stop(self) -> None:
        if self.child is not None:
            try:
                os.kill(self.child, signal.SIGKILL)
                if self.level != "namespaces":
                    os.killpg(self.child, signal.SIGKILL)
            except OSError:  # ended on its own, or not yet a session
                pass
            try:
                os.waitpid(self.child, 0)
            except ChildProcessError:
                pass
            self.child = None
        self._end_the_rest()

    def _end_the_rest(self) -> None:
        from bplib.grading.contain import end_descendants

        end_descendants()
        if self.level != "namespaces":
            for left in os.scandir(self.folder):
                remove(left.path)


if __name__ == "__main__":
    main()
