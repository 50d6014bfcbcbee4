"""What all tests share: the devices, and nothing of the reader's own."""

import os
import signal

# Before anything imports matplotlib or bplib.checks: no window, and never the reader's progress.
os.environ["MPLBACKEND"] = "Agg"
os.environ["BPLIB_PROGRESS"] = "memory"

import fake_device
import hypothesis
import numpy as np
import pytest

from bplib.backend import gpu_available

# A shell starts its background jobs deaf to Ctrl-C, and tests would wait for what is never heard.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples on every machine and every run; a slow machine is no failure.
hypothesis.settings.register_profile(
    "book", deadline=None, derandomize=True, max_examples=60, database=None
)
hypothesis.settings.load_profile("book")

DEVICES = ["numpy", "fake", *(["cupy"] if gpu_available() else [])]


def array_module(name):
    """The array module of a device by its name; CuPy is imported only where it is usable."""
    if name == "fake":
        return fake_device.module
    if name == "cupy":
        import cupy

        return cupy
    return np


@pytest.fixture(params=DEVICES)
def xp(request):
    """The array module of every device there is: NumPy, the strict fake, CuPy on a GPU.

    ``xp.asarray(host_array)`` brings numbers there, ``bplib.backend.to_numpy`` brings them back.
    """
    return array_module(request.param)


@pytest.fixture
def rng():
    """A generator with a fixed seed, fresh for every test."""
    return np.random.default_rng(20040407)


@pytest.fixture
def small_book(monkeypatch, tmp_path):
    """A book of four small exercises and a progress file of its own."""
    import tiny_exercises as tiny

    from bplib.checks import hints, registry

    tasks = (tiny.exercise(), tiny.number(), tiny.prediction(), tiny.chain())
    everything = {one.name: one for one in tasks}
    monkeypatch.setattr(registry, "all_exercises", lambda: everything)
    monkeypatch.setenv("BPLIB_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setattr(hints, "_asked", set())
    return everything


@pytest.fixture
def said(capsys):
    """The lines displayed since the last call; nothing goes to the error stream."""

    def read():
        out, err = capsys.readouterr()
        assert err == ""
        return out.rstrip("\n").split("\n") if out else []

    return read
