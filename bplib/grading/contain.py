"""What a worker may not do: limits of the system, and on Linux a world of its own.

On every POSIX system a worker has limits (time, memory, files, processes), a session and a folder
of its own, and nothing on its standard streams.  Where Linux permits it, it also lives in name
spaces of its own: no network, no processes but its own (all of which end with it), every file
read-only but those in its folder, and the references, the other submissions and the settings out of
sight.  Where the grader is root, the worker is a user without any rights first.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Fields:
        seconds: for the whole of it, by the clock.
        cell_seconds: for one cell.
        call_seconds: for one call of a function; an exercise that allows less keeps its own.
        memory_mb: beyond what Python, NumPy and matplotlib take.
        file_mb: of all files in its folder.
        processes: processes and threads.
        notebook_mb: of the notebook itself; a larger one is not read.
    """

    seconds: float = 60.0
    cell_seconds: float = 20.0
    call_seconds: float = 5.0
    memory_mb: int = 1024
    file_mb: int = 64
    processes: int = 64
    notebook_mb: int = 20

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


LEVELS = {
    "namespaces": "no network, no file outside its own folder to write, no other process in sight",
    "user": "a user without rights, limits on time, memory, files and processes",
    "limits": "limits on time, memory, files and processes; files of the same user are in reach",
    "process": "a process of its own and a limit on time",
    "own": "a process of its own and a limit on time",
}
"""What a worker is kept from, from the strictest to the least; `own` is for code of one's own."""


class AllRights(Exception):
    """Workers would have the rights of root over every file and process of this machine."""


_NEWNS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REC, _PRIVATE, _BIND = 1, 2, 4, 8, 0x4000, 1 << 18, 0x1000
_SET_PDEATHSIG, _SET_DUMPABLE, _SET_SUBREAPER, _NO_NEW_PRIVS = 1, 4, 36, 38
_MOUNT_SETATTR, _AT_RECURSIVE, _AT_FDCWD = 442, 0x8000, -100
_CAPSET = {"x86_64": 126, "aarch64": 91}  # numbers of the system call
_NOBODYS = 61200  # user numbers that no system gives to anybody


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _done(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def prctl(option: int, value: int) -> bool:
    """Sets a property of this process; False where the system has none of that kind."""
    if sys.platform != "linux":
        return False
    return _libc().prctl(option, value, 0, 0, 0) == 0


def keep_secrets() -> None:
    """Other processes of the same user may no longer read this one's memory and environment."""
    prctl(_SET_DUMPABLE, 0)


def adopt_orphans() -> None:
    """Processes whose parent ended become children of this one, so that they can be ended too."""
    prctl(_SET_SUBREAPER, 1)


def end_with_parent() -> None:
    prctl(_SET_PDEATHSIG, signal.SIGKILL)


# ── once, before the first worker ────────────────────────────────────────────────────────────────


def withdraw(hidden: Sequence[str], folder: str, wanted: str = "namespaces") -> str:
    """Gives up what workers must not have; returns the level reached, a key of `LEVELS`.

    Arguments:
        hidden: files and folders that workers must not see.
        folder: where workers get a folder each.
        wanted: the strictest level to try.

    Returns:
        "namespaces", "user" or "limits".

    Raises:
        AllRights: where root would run the code with nothing but limits, which was not asked for.
    """
    if wanted == "own":
        adopt_orphans()
        return wanted
    level = "limits"
    if wanted != "limits" and os.getuid() == 0 and _readable_by_all():
        stranger = _NOBODYS + os.getpid() % 4000
        try:
            os.chown(folder, stranger, stranger)
            os.setgroups([])
            os.setresgid(stranger, stranger, stranger)
            os.setresuid(stranger, stranger, stranger)
            level = "user"
        except OSError:  # a container that knows no such user
            pass
    if wanted == "namespaces" and sys.platform == "linux" and os.uname().machine in _CAPSET:
        try:
            _own_world(hidden, folder)
            level = "namespaces"
        except OSError:
            pass
    if level == "limits" != wanted and os.getuid() == 0:
        raise AllRights
    adopt_orphans()
    keep_secrets()
    return level


def _readable_by_all() -> bool:
    """Whether a user without rights can read Python and what is installed."""
    import numpy

    for file in (os.__file__, numpy.__file__, __file__, sys.executable):
        path = Path(file).resolve()
        if not all(one.stat().st_mode & 0o005 for one in (path, *path.parents)):
            return False
    return True


def _own_world(hidden: Sequence[str], folder: str) -> None:
    """New name spaces for users, files, network and messages; the hidden things go out of sight."""
    # A half-made world is worse than none, so all of it is tried in a child first.
    tried = os.fork()
    if tried == 0:
        try:
            _make_world(hidden)
            _make_processes_own(folder, 1)
            os._exit(0)
        except BaseException:
            os._exit(1)
    if os.waitpid(tried, 0)[1] != 0:
        raise OSError("no name spaces")
    _make_world(hidden)


def _make_world(hidden: Sequence[str]) -> None:
    libc, user, group = _libc(), os.getuid(), os.getgid()
    prctl(_SET_DUMPABLE, 1)  # else the maps below belong to root
    _done(libc.unshare(_NEWUSER | _NEWNS | _NEWNET | _NEWIPC))
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        Path(f"/proc/self/{name}").write_text(text)
    _done(libc.mount(b"none", b"/", None, _REC | _PRIVATE, None))
    for path in hidden:
        _hide(os.fsencode(path))
    # struct mount_attr: set, clear, propagation, user name space
    attributes = (ctypes.c_uint64 * 4)(_RDONLY, 0, 0, 0)
    _done(
        libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, b"/", _AT_RECURSIVE, ctypes.byref(attributes), 32)
    )


def _hide(path: bytes) -> None:
    libc = _libc()
    if os.path.isdir(path):
        _done(libc.mount(b"none", path, b"tmpfs", _NOSUID | _NODEV, b"size=4k,mode=755"))
    elif os.path.exists(path):
        _done(libc.mount(b"/dev/null", path, None, _BIND, None))


# ── for each worker ──────────────────────────────────────────────────────────────────────────────


def _make_processes_own(folder: str, file_mb: int) -> None:
    """In a child: processes of its own from its next fork on, and an empty folder to write in."""
    libc = _libc()
    _done(libc.unshare(_NEWPID | _NEWNS))
    size = f"size={file_mb}m,nr_inodes=4k,mode=700".encode()
    _done(libc.mount(b"none", os.fsencode(folder), b"tmpfs", _NOSUID | _NODEV, size))


def fork_worker(level: str, folder: str, limits: Limits) -> int:
    """Forks; returns the child's number here, and 0 in the worker, which is contained then.

    Arguments:
        level: as `withdraw` returned it.
        folder: empty, the worker's own.
        limits: its limits.

    Returns:
        As `os.fork` does.  The child's end is the worker's.
    """
    if level != "namespaces":
        child = os.fork()
        if child == 0:
            end_with_parent()
            if level == "own":
                os.setsid()
            else:
                _settle(folder, limits, _processes_of_this_user())
        return child
    keeper = os.fork()
    if keeper:
        return keeper
    end_with_parent()
    try:
        _make_processes_own(folder, limits.file_mb)
        first = os.fork()
        if first:
            _end_like(first)
        end_with_parent()
        _first_process()
        _settle(folder, limits, 0)
    except BaseException:
        os._exit(70)
    return 0


def _first_process() -> None:
    """The first process of a name space: its end ends all others, so the worker is its child."""
    libc = _libc()
    flags = _RDONLY | _NOSUID | _NODEV | _NOEXEC
    if libc.mount(b"none", b"/proc", b"proc", flags, None) != 0:
        _hide(b"/proc")  # a container does not let us; then there is nothing to see at all
    worker = os.fork()
    if worker:
        _end_like(worker)
    _give_up_rights()


def _end_like(child: int) -> None:
    """Waits for a child, and whatever else is left to this process, and ends as the child did."""
    os.closerange(3, 256)
    while True:
        ended, status = os.wait()
        if ended == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def _give_up_rights() -> None:
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    number = _CAPSET[os.uname().machine]
    _done(_libc().syscall(number, ctypes.byref(header), ctypes.byref(nothing)))


def _settle(folder: str, limits: Limits, already: int) -> None:
    """In the worker: its own session, its limits, its folder, an environment of few words."""
    os.setsid()
    prctl(_NO_NEW_PRIVS, 1)
    os.chdir(folder)
    kept = {name: os.environ[name] for name in ("BPLIB_DATA",) if name in os.environ}
    os.environ.clear()
    os.environ.update(kept)
    path = "/usr/local/bin:/usr/bin:/bin"
    os.environ.update(HOME=folder, TMPDIR=folder, PATH=path, LANG="C.UTF-8", MPLBACKEND="Agg")
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(signum, signal.SIG_DFL)
    _set_limits(limits, already)
    keep_secrets()


def _set_limits(limits: Limits, already: int) -> None:
    import resource

    wanted = {
        "RLIMIT_CPU": int(limits.seconds) + 5,
        "RLIMIT_FSIZE": limits.file_mb * 2**20,
        "RLIMIT_NOFILE": 256,
        "RLIMIT_NPROC": limits.processes + already,
        "RLIMIT_CORE": 0,
        "RLIMIT_MSGQUEUE": 0,
    }
    if sys.platform == "linux":  # elsewhere address space counts what is only reserved
        wanted["RLIMIT_AS"] = _address_space() + limits.memory_mb * 2**20
    for name, value in wanted.items():
        number = getattr(resource, name, None)
        if number is None:
            continue
        hard = resource.getrlimit(number)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(number, (value, value))
        except (OSError, ValueError):  # one limit less is no reason for none
            continue


def _address_space() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):  # no /proc in sight
        return 2**31


# ── ending what is left ──────────────────────────────────────────────────────────────────────────


def _processes() -> list[tuple[int, int, int]]:
    """(number, parent, user) of every process; none where there is no /proc."""
    found = []
    for name in os.listdir("/proc") if os.path.isdir("/proc") else []:
        if not name.isdigit():
            continue
        try:
            stat = Path(f"/proc/{name}/stat").read_bytes()
            owner = os.stat(f"/proc/{name}").st_uid
        except OSError:  # it has ended in the meantime
            continue
        found.append((int(name), int(stat.rpartition(b")")[2].split()[1]), owner))
    return found


def _processes_of_this_user() -> int:
    """How many processes and threads count against the limit before the worker makes any."""
    user, total = os.getuid(), 0
    for number, _, owner in _processes():
        if owner == user:
            try:
                total += len(os.listdir(f"/proc/{number}/task"))
            except OSError:
                continue
    return total


def descendants(root: int) -> list[int]:
    """The processes that `root` started, those that these started, and so on."""
    parents = {number: parent for number, parent, _ in _processes()}
    found = {root}
    while True:
        more = {number for number, parent in parents.items() if parent in found} - found
        if not more:
            return sorted(found - {root})
        found |= more


def end_descendants(patience: float = 5.0) -> None:
    """Ends every descendant of this process, also those that fork while this runs."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        running = descendants(os.getpid())
        for signum in (signal.SIGSTOP, signal.SIGKILL):
            for number in running:
                try:
                    os.kill(number, signum)
                except OSError:
                    continue
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            if not running:
                return
        if running:
            time.sleep(0.002)
