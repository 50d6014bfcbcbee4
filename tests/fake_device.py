"""A strict stand-in for an array that lives on a device.

A FakeArray holds its numbers in a NumPy array that the outside cannot reach by accident. What a
GPU array refuses, it refuses (``np.asarray(fake)``), and what a GPU array lets through but pays
for with a copy to the host, it refuses too (``float(fake)``, ``if fake:``, ``np.exp(fake)``).
Only the explicit ways out are open: ``.get()`` and ``.item()``, as in CuPy.

The module around it (``FakeArray.__array_namespace__()``) has NumPy's functions as far as CuPy
has them. They take fake arrays and plain Python numbers and return fake arrays; a reduction gives
a 0-d array, as on a device, never a scalar of the host.
"""

import types

import numpy as np

# In NumPy, but not in CuPy, or there only for host arrays.
NOT_ON_A_DEVICE = {"errstate", "seterr", "geterr", "vectorize", "fromiter", "nditer", "frompyfunc"}
# Plain values and types, the same on every device.
PASSED_THROUGH = (type, float, int, types.NoneType, np.dtype)


class HostLeak(TypeError):
    """Something tried to use a device array on the host, or a host array on the device."""


def _inside(value):
    """What NumPy computes with: the numbers of a fake array; host arrays are refused."""
    if isinstance(value, FakeArray):
        return value._numbers
    if isinstance(value, np.ndarray | np.generic):
        raise HostLeak(f"a host {type(value).__name__} was mixed with device arrays")
    if isinstance(value, tuple):
        return tuple(_inside(item) for item in value)
    if isinstance(value, list):
        return [_inside(item) for item in value]
    return value


def _outside(value):
    """What the caller gets: every array and every scalar of NumPy becomes a fake array."""
    if isinstance(value, np.ndarray | np.generic):
        return FakeArray(np.asarray(value))
    if isinstance(value, tuple):
        return tuple(_outside(item) for item in value)
    return value


def _on_device(function):
    def wrapped(*args, **kwargs):
        out = kwargs.get("out")
        inner = {key: _inside(value) for key, value in kwargs.items()}
        result = _outside(function(*[_inside(value) for value in args], **inner))
        return result if out is None else out

    wrapped.__name__ = getattr(function, "__name__", "wrapped")
    if isinstance(function, np.ufunc):
        wrapped.at = _on_device(function.at)
    return wrapped


class _FakeModule(types.ModuleType):
    """NumPy's functions for fake arrays."""

    def __init__(self, name, host):
        super().__init__(name)
        self._host = host

    def asarray(self, value, dtype=None):
        """The explicit way onto the device: host arrays and lists are welcome here."""
        if isinstance(value, FakeArray):
            return value if dtype in (None, value.dtype) else value.astype(dtype)
        return FakeArray(np.array(value, dtype=dtype))

    def array(self, value, dtype=None, copy=True):
        inner = value._numbers if isinstance(value, FakeArray) else value
        return FakeArray(np.array(inner, dtype=dtype))

    def asnumpy(self, value):
        """CuPy's explicit way back."""
        return value.get() if isinstance(value, FakeArray) else np.asarray(value)

    def __getattr__(self, name):
        if name in NOT_ON_A_DEVICE or name.startswith("__"):
            raise AttributeError(f"the fake device has no {name!r}")
        found = getattr(self._host, name)
        if isinstance(found, types.ModuleType):
            return _FakeModule(f"{self.__name__}.{name}", found)
        if isinstance(found, PASSED_THROUGH):
            return found
        return _on_device(found)


def _refuse(what):
    def refused(self, *args, **kwargs):
        raise HostLeak(f"{what} would copy a device array to the host")

    return refused


def _method(name):
    def method(self, *args, **kwargs):
        return _on_device(getattr(self._numbers, name))(*args, **kwargs)

    method.__name__ = name
    return method


def _operator(name):
    def operator(self, *others):
        for other in others:
            if not isinstance(other, FakeArray | int | float | complex):
                return NotImplemented
            if isinstance(other, np.generic):
                raise HostLeak(f"a host {type(other).__name__} was mixed with device arrays")
        return _outside(getattr(self._numbers, name)(*map(_inside, others)))

    operator.__name__ = name
    return operator


def _in_place(name):
    def operator(self, other):
        if not isinstance(other, FakeArray | int | float) or isinstance(other, np.generic):
            raise HostLeak(f"a host {type(other).__name__} was mixed with device arrays")
        getattr(self._numbers, name)(_inside(other))
        return self

    operator.__name__ = name
    return operator


class FakeArray:
    """An array that pretends to live on a device."""

    __array_ufunc__ = None  # np.exp(fake) and np.float64(2) * fake: not by NumPy

    def __init__(self, numbers):
        self._numbers = numbers

    def __array_namespace__(self, api_version=None):
        return module

    def get(self):
        """The explicit way back to the host: a copy."""
        return self._numbers.copy()

    def item(self):
        return self._numbers.item()

    shape = property(lambda self: self._numbers.shape)
    dtype = property(lambda self: self._numbers.dtype)
    ndim = property(lambda self: self._numbers.ndim)
    size = property(lambda self: self._numbers.size)
    nbytes = property(lambda self: self._numbers.nbytes)
    itemsize = property(lambda self: self._numbers.itemsize)
    strides = property(lambda self: self._numbers.strides)
    flags = property(lambda self: self._numbers.flags)
    T = property(lambda self: FakeArray(self._numbers.T))
    real = property(lambda self: FakeArray(self._numbers.real))
    imag = property(lambda self: FakeArray(self._numbers.imag))

    def __len__(self):
        return len(self._numbers)

    def __iter__(self):
        return (_outside(row) for row in self._numbers)

    def __getitem__(self, key):
        return _outside(self._numbers[_inside(key)])

    def __setitem__(self, key, value):
        self._numbers[_inside(key)] = _inside(value)

    def __repr__(self):
        return f"FakeArray({self._numbers!r})"

    __array__ = _refuse("np.asarray")
    __array_function__ = _refuse("a function of NumPy")
    __float__ = _refuse("float()")
    __int__ = _refuse("int()")
    __complex__ = _refuse("complex()")
    __index__ = _refuse("an index")
    __bool__ = _refuse("a truth value")
    __hash__ = object.__hash__


for _name in "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split():
    for _kind in ("", "r"):
        setattr(FakeArray, f"__{_kind}{_name}__", _operator(f"__{_kind}{_name}__"))
    if _name != "matmul":
        setattr(FakeArray, f"__i{_name}__", _in_place(f"__i{_name}__"))
for _name in "lt le eq ne gt ge neg pos abs invert".split():
    setattr(FakeArray, f"__{_name}__", _operator(f"__{_name}__"))
for _name in (
    "all any argmax argmin argsort astype clip conj copy cumsum diagonal dot fill flatten max "
    "mean min nonzero prod put ravel repeat reshape round sort squeeze std sum swapaxes take "
    "trace transpose var view"
).split():
    setattr(FakeArray, _name, _method(_name))

module = _FakeModule("fake_device", np)
