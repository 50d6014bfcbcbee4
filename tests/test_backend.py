"""Where arrays live, and that CuPy's absence is never an error."""

import subprocess
import sys
import types
from concurrent.futures import ThreadPoolExecutor

import fake_device
import numpy as np
import pytest

from bplib import backend
from bplib.errors import DTypeError, MissingExtraError, UnknownNameError


def test_every_device_is_known_by_its_arrays(xp):
    x = xp.asarray([1.0, 2.0])
    assert backend.xp_of(x) is xp and backend.xp_of(x, x + 1) is xp


def test_numbers_of_numpy_live_in_numpy():
    assert backend.xp_of(np.float32(1.0), np.ones(3)) is np


def test_arrays_of_cupy_are_known_by_where_their_class_comes_from(monkeypatch):
    """CuPy 14 gives its arrays no `__array_namespace__`, so they are known by their class."""
    cupy = types.ModuleType("cupy")
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    for home in ("cupy", "cupy._core.core"):
        array = type("ndarray", (), {"__module__": home})()
        assert backend.xp_of(array) is cupy


def test_mixed_devices():
    with pytest.raises(DTypeError) as caught:
        backend.xp_of(np.ones(2), fake_device.module.asarray([1.0]))
    assert str(caught.value) == (
        "the arrays live in different places (numpy and fake_device); "
        "bring them together with bplib.backend.to_device."
    )


@pytest.mark.parametrize("wrong", [1.0, [1.0], None, "text"])
def test_things_that_are_no_arrays(wrong):
    with pytest.raises(DTypeError, match="^an array was expected, not (a |None)"):
        backend.xp_of(wrong)


def test_no_arrays_at_all():
    with pytest.raises(DTypeError, match="at least one array"):
        backend.xp_of()


def test_there_and_back(xp, rng):
    host = rng.standard_normal((3, 4))
    there = xp.asarray(host)
    back = backend.to_numpy(there)
    assert type(back) is np.ndarray
    np.testing.assert_array_equal(back, host)
    assert backend.to_device(there, "cpu").shape == (3, 4)


def test_to_numpy_of_a_number_and_of_an_array():
    assert type(backend.to_numpy(np.float64(2.0))) is np.ndarray
    x = np.ones(3)
    assert backend.to_numpy(x) is x
    assert backend.to_device(x, "cpu") is x


def test_unknown_device():
    with pytest.raises(UnknownNameError, match="^device is 'tpu'; it is 'cpu' or 'gpu'.$"):
        backend.to_device(np.ones(3), "tpu")


@pytest.mark.skipif(backend.gpu_available(), reason="there is a GPU here")
def test_no_gpu_is_said_in_a_sentence():
    with pytest.raises(MissingExtraError, match="^to_device: no GPU is usable here"):
        backend.to_device(np.ones(3))


def test_a_broken_cupy_is_no_gpu():
    """Whatever a broken installation raises, the answer is no."""
    code = (
        "import sys, types\n"
        "broken = types.ModuleType('cupy')\n"
        "def is_available(): raise RuntimeError('driver and runtime do not fit')\n"
        "broken.is_available = is_available\n"
        "sys.modules['cupy'] = broken\n"
        "from bplib.backend import gpu_available\n"
        "print(gpu_available())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_quiet_is_quiet_and_only_inside():
    with backend.quiet():
        assert np.isinf(np.float64(1e308) * np.ones(1) * 10).all()
    with pytest.warns(RuntimeWarning, match="overflow"):
        _ = np.full(1, 1e308) * 10


def test_quietly_is_quiet_again_and_again_inside_itself_and_in_threads():
    @backend.quietly
    def tenfold(times):
        return np.full(1, 1e308) * 10 if times == 0 else tenfold(times - 1)

    assert np.isinf(tenfold(3)).all()
    with ThreadPoolExecutor(2) as threads:
        assert all(np.isinf(y).all() for y in threads.map(tenfold, [1, 2, 0, 3]))
    with pytest.warns(RuntimeWarning, match="overflow"):
        _ = np.full(1, 1e308) * 10


# The fake device keeps its promises, or the tests on it prove nothing.

LEAKS = {
    "np.asarray": np.asarray,
    "np.exp": np.exp,
    "np.sum": np.sum,
    "np.zeros_like": np.zeros_like,
    "np.concatenate": lambda x: np.concatenate([x, x]),
    "np.stack": lambda x: np.stack([x, x]),
    "np.where": lambda x: np.where(x > 0, x, 0),
    "np.float64 times": lambda x: np.float64(2) * x,
    "times np.float64": lambda x: x * np.float64(2),
    "np.array plus": lambda x: np.ones(3) + x,
    "plus np.array": lambda x: x + np.ones(3),
    "np.array @": lambda x: np.ones((2, 3)) @ x,
    "in place": lambda x: x.__iadd__(np.ones(3)),
    "host in place": lambda x: np.ones(3).__iadd__(x),
    "float": lambda x: float(x[0]),
    "int": lambda x: int(x[0]),
    "if": lambda x: bool(x[0]),
    "index": lambda x: [1, 2, 3][x[0]],
    "host index": lambda x: x[np.array([0, 1])],
    "assign host": lambda x: x.__setitem__(0, np.float64(1)),
    "host from device": lambda x: np.ones(3).__setitem__(slice(None), x),
    "function": lambda x: fake_device.module.add(x, np.ones(3)),
    "out": lambda x: fake_device.module.add(x, x, out=np.ones(3)),
    "math": lambda x: __import__("math").sqrt(x[0]),
    "errstate": lambda x: fake_device.module.errstate(over="ignore"),
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_the_fake_device_refuses(leak):
    x = fake_device.module.asarray([1.0, 2.0, 3.0])
    with pytest.raises((TypeError, AttributeError, ValueError)):
        leak(x)


def test_the_fake_device_computes():
    xp = fake_device.module
    x = xp.asarray(np.arange(6.0).reshape(2, 3))
    assert isinstance(xp.exp(x), fake_device.FakeArray)
    assert isinstance(x.sum(), fake_device.FakeArray) and x.sum().shape == ()
    assert isinstance(x[0, 0], fake_device.FakeArray) and x[0, 0].item() == 0.0
    out = xp.zeros_like(x)
    assert xp.multiply(x, 2, out=out) is out
    np.testing.assert_array_equal(out.get(), 2 * np.arange(6.0).reshape(2, 3))
    same = x
    x += 1
    x *= 0.5
    assert same is x
    np.testing.assert_array_equal((x @ x.T).get(), x.get() @ x.get().T)
    assert (2 - x).dtype == np.float64 and xp.float32 is np.float32
    assert isinstance(xp.linalg.norm(x), fake_device.FakeArray)
