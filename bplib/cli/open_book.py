"""``bplib book``: lay out a working copy and open it in JupyterLab."""

from __future__ import annotations

import importlib.util
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bplib import course
from bplib.blas import decision
from bplib.course import CourseError

DEFAULT = "backprop-book"
FIRST = "book/00_welcome.ipynb"
PORTS = range(8888, 8988)
PATIENCE = 60  # seconds until the server must answer
# A reader's JupyterLab: no question about news, and none of the author's extensions.
READING = Path(__file__).parent / "jupyter"


def open_book(
    directory: Path | None,
    *,
    here: bool = False,
    port: int | None = None,
    browser: bool = True,
    serve: bool = True,
    with_solutions: bool = False,
) -> int:
    """Lay out or update the working copy, then serve it until it is stopped.

    Arguments:
        directory: the working copy; ``backprop-book`` where it is None.
        here: serve the folders of the clone instead, and lay nothing out.
        port: the port to serve on; 8888, or the next free one, where it is None.
        browser: whether to open one, where there is a screen.
        serve: whether to serve at all.
        with_solutions: whether to lay out the worked answers as well.

    Returns:
        The exit code.

    Raises:
        CourseError: for anything that a reader can put right.
    """
    root = _clone(directory) if here else _working_copy(directory, with_solutions)
    if not serve:
        return 0
    if importlib.util.find_spec("jupyterlab") is None:
        raise CourseError(
            f"JupyterLab is not installed, so the book in {root} cannot be opened yet: "
            "pip install 'bplib[book]'"
        )
    course.trust(root)
    return _serve(root, _free_port(port), browser and has_screen())


def _clone(directory: Path | None) -> Path:
    if directory is not None:
        raise CourseError(
            "--here opens this clone's own folders; leave out DIR, or leave out --here."
        )
    if not course.is_clone():
        raise CourseError(
            "--here is for a clone of the repository, and this bplib is an installed package; "
            "use: bplib book DIR"
        )
    return course.files()


def _working_copy(directory: Path | None, with_solutions: bool) -> Path:
    done = course.lay_out(directory or DEFAULT, with_solutions=with_solutions)
    for sentence in done.sentences():
        print(sentence)
    return done.directory.resolve()


def _free_port(asked: int | None) -> int:
    """The port that was asked for, or the first free one from 8888."""
    for port in PORTS if asked is None else [asked]:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
            return probe.getsockname()[1]
    if asked is None:
        raise CourseError(f"no port from {PORTS[0]} to {PORTS[-1]} is free; choose one: --port N")
    raise CourseError(f"port {asked} cannot be used; leave out --port to get a free one.")


def has_screen() -> bool:
    """Whether a browser opened here would be seen: a desktop, and not a remote shell."""
    if os.environ.get("SSH_CONNECTION"):
        return False
    if sys.platform.startswith(("win", "darwin")):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def server_command(root: Path, port: int) -> list[str]:
    """The command that serves ``root``; the token goes through the environment."""
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{FIRST}",
        # Ctrl-C stops at once: notebooks are saved files, and a question would only be in the way.
        "--ServerApp.answer_yes=True",
        "--Application.log_level=ERROR",
        # The book asks nothing of the network.
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
    ]
    # Jupyter refuses to run as root unless told; in a container that is the usual user, and the
    # server listens to this machine only and asks for a token.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command


def _serve(root: Path, port: int, browser: bool) -> int:
    """Start the server, say the address, wait until it ends."""
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_urlsafe(24)
    address = f"http://127.0.0.1:{port}/lab/tree/{FIRST}?token={token}"
    before = os.environ.get("JUPYTER_CONFIG_PATH")
    config = os.pathsep.join([str(READING), *([before] if before else [])])
    env = {**os.environ, "JUPYTER_TOKEN": token, "JUPYTER_CONFIG_PATH": config}
    env |= _faster_products()
    server = subprocess.Popen(server_command(root, port), env=env, cwd=root)
    with _passing_signals_on(server):
        if not _answers(server, port):
            server.terminate()
            server.wait()
            raise CourseError(
                "JupyterLab did not start; its messages are above, and "
                "`bplib doctor` says what is missing."
            )
        print(f"The book is open at\n\n    {address}\n\nStop it with Ctrl-C.", flush=True)
        if browser:
            webbrowser.open(address)
        code = server.wait()
    return 0 if code <= 0 else code


def _faster_products() -> dict[str, str]:
    """What the environment needs for the matrix products to be as fast as this machine can."""
    found = decision.assignment(os.environ)
    for variable, kernels in found.items():
        print(f"Matrix products are faster here with {variable}={kernels}, so the book has it set.")
    return found


def _answers(server: subprocess.Popen, port: int) -> bool:
    """Whether the server answers before it dies or patience ends."""
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=2):
                return True
        except (OSError, urllib.error.URLError):
            time.sleep(0.2)
    return False


@contextmanager
def _passing_signals_on(server: subprocess.Popen) -> Iterator[None]:
    """Ctrl-C reaches the server by itself; a request to end is handed on; nothing stays behind."""

    def hand_on(number: int, frame: object) -> None:
        server.terminate()

    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, lambda number, frame: None),
        signal.SIGTERM: signal.signal(signal.SIGTERM, hand_on),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if server.poll() is None:
            server.terminate()
            server.wait()
