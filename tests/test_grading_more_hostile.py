"""More of what a submission may try; each is tried in a cell and inside of an answer."""

import os
import sys

import pytest
from test_grading_hostile import (
    SHORT,
    body,
    cell,
    graded,
    hall,
    little_grace,
    session_processes,
    statuses,
    workers,
)

from bplib.grading.workers import can_fork

__all__ = ["graded", "hall", "little_grace", "workers"]
pytestmark = pytest.mark.skipif(not can_fork(), reason="workers are forked, where that exists")

TRICKS = {
    "a deep recursion": "def f():\n    return f()\nf()",
    "a recursion without a limit": "import sys\nsys.setrecursionlimit(10**9)\n"
    "def f():\n    return f()\nf()",
    "a stack that overflows in C": "import sys\nsys.setrecursionlimit(10**9)\nimport ctypes\n"
    "@ctypes.CFUNCTYPE(ctypes.c_int)\ndef f():\n    return f()\nf()",
    "memory, and never giving up": "x = []\nwhile True:\n    try:\n        "
    "x.append(bytearray(10**7))\n    except MemoryError:\n        pass",
    "memory that is shared": "from multiprocessing import shared_memory\n"
    "x = [shared_memory.SharedMemory(create=True, size=10**9) for k in range(8)]",
    "threads that go on": "import threading\ndef go():\n    while True:\n        pass\n"
    "for k in range(4):\n    threading.Thread(target=go).start()",
    "more threads than there may be": "import threading, time\nwhile True:\n"
    "    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
    "what runs at the end": "import atexit, time\natexit.register(time.sleep, 60)",
    "a program of its own": "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', "
    "'import time; time.sleep(300)'], start_new_session=True)",
    "a shell": "import os\nos.system('(setsid sleep 300 &) ; nohup sleep 300 >/dev/null 2>&1 &')",
    "deaf to signals": "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))\n"
    "signal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True:\n    pass",
    "asleep for good": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "other streams": "import os, sys\nsys.stdout = sys.stderr = sys.stdin = None\nos.close(1)",
    "json and print": "import builtins, json\njson.dumps = lambda *a, **k: 'passed'\n"
    "json.loads = lambda *a, **k: {}\nbuiltins.print = lambda *a, **k: None",
    "a file of a terabyte": "with open('x', 'wb') as file:\n    file.seek(10**12)\n"
    "    file.write(b'x')",
    "folders in folders": "import os\nfor k in range(2000):\n    os.mkdir('d')\n    os.chdir('d')",
    "links": "import os\nos.symlink('/', 'everything')\nos.symlink('/etc/passwd', 'x')",
    "no place to be": "import os\nos.mkdir('z')\nos.chdir('z')\nos.rmdir('../z')",
    "an error without a word": "class E(Exception):\n    def __str__(self):\n"
    "        raise ValueError\nraise E",
    "an error of a novel": "raise ValueError('x' * 10**7)",
    "no built-in functions": "import builtins\n"
    "for name in ('len', 'isinstance', 'type', 'range'):\n    delattr(builtins, name)",
    "more rights": "import resource\nfor name in ('RLIMIT_CPU', 'RLIMIT_NPROC', 'RLIMIT_FSIZE'):\n"
    "    resource.setrlimit(getattr(resource, name), (-1, -1))",
}


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_costs_itself_alone(graded, trick):
    report = graded(cell(TRICKS[trick]), **SHORT)
    assert statuses(report) == ["passed", "passed"], report
    assert len(report.problems) <= 1
    report = graded(body(TRICKS[trick] + "\nreturn 0.0"), **SHORT)
    first, second = statuses(report)
    assert first in ("failed", "error", "timeout") and second == "passed", report
    assert len(report.marks[0].message) < 1000
    assert len(session_processes()) == 1  # the fork server


ABOVE = {
    "kill": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "stop": "import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)",
    "read": "import os\nfor name in ('mem', 'environ', 'maps'):\n    try:\n"
    "        open(f'/proc/{os.getppid()}/{name}', 'rb').read(1)\n        raise SystemError(name)\n"
    "    except OSError:\n        pass",
    "trace": "import ctypes, os\nif ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0:\n"
    "    raise SystemError('traced')",
}


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's own calls")
@pytest.mark.parametrize("what", ABOVE)
def test_who_started_it_is_out_of_reach(graded, workers, what):
    if workers.level == "limits":
        pytest.skip("the processes of the same user are in reach")
    report = graded(cell(ABOVE[what]), **SHORT)
    assert statuses(report) == ["passed", "passed"]
    assert not any("SystemError" in one for one in report.problems)


def test_limits_cannot_be_raised(graded):
    raise_all = (
        "import resource\nraised = []\n"
        "for name in ('RLIMIT_AS', 'RLIMIT_CPU', 'RLIMIT_NPROC', 'RLIMIT_FSIZE', 'RLIMIT_NOFILE'):"
        "\n    hard = resource.getrlimit(getattr(resource, name))[1]\n    try:\n"
        "        resource.setrlimit(getattr(resource, name), (hard + 1, hard + 1))\n"
        "        raised.append(name)\n    except ValueError:\n        pass"
    )
    if os.getuid() == 0 and os.environ.get("GRADING_LEVEL") == "limits":
        pytest.skip("root may do anything")
    show = "def slope_between_points(x0, y0, x1, y1):\n    print(raised)\n    return 0.0"
    report = graded([raise_all, show])
    assert dict(report.marks[0].details)["your function printed"].strip() == "[]"
