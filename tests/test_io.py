"""What was saved comes back to the last bit, and a file is whole or it is not there."""

import errno
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from training import same

import bplib
from bplib import io, optim, train
from bplib.backend import to_numpy
from bplib.errors import (
    DomainError,
    DTypeError,
    FileAccessError,
    FormatError,
    MissingExtraError,
    MissingFileError,
    ShapeError,
    UnknownNameError,
)
from bplib.io import loading
from bplib.layers import Parameter
from bplib.net import Residual, Sequential
from bplib.tape import Tensor

safetensors = pytest.importorskip("safetensors")
from safetensors.numpy import save_file  # noqa: E402


def linear(n_in=4, n_out=3, seed=0, dtype=np.float64):
    layer = bplib.Linear(n_in, n_out, rng=np.random.default_rng(seed), dtype=dtype)
    layer.b.value[:] = np.arange(n_out)
    return layer


def net(seed=0, dtype=np.float64):
    return Sequential(
        linear(4, 5, seed, dtype),
        Residual(linear(5, 5, seed + 1, dtype)),
        linear(5, 3, seed + 2, dtype),
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weights.safetensors"


@pytest.mark.parametrize("make", [linear, net])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_there_and_back_again(path, make, dtype):
    ours, other = make(seed=1, dtype=dtype), make(seed=9, dtype=dtype)
    io.save(path, ours)
    places = [p.value for p in other.parameters()]
    saved = io.load(path, into=other)
    for mine, theirs, place in zip(ours.parameters(), other.parameters(), places, strict=True):
        assert theirs.value is place and theirs.value.dtype == dtype
        np.testing.assert_array_equal(mine.value, theirs.value)
    assert list(saved.arrays) == (
        ["W", "b"] if make is linear else ["0.W", "0.b", "1.0.W", "1.0.b", "2.W", "2.b"]
    )
    assert saved.architecture == repr(ours)
    assert [a.dtype for a in saved.arrays.values()] == [dtype] * len(places)


def test_metadata_comes_back(path):
    said = {"epochs": 20, "accuracy": 0.1 + 0.2, "note": "ü\n", "history": [1.5, None, {"a": True}]}
    io.save(path, linear(), **said)
    assert io.load(path).metadata == said
    assert "epochs = 20" in repr(io.load(path)) and "W  (4, 3) float64" in repr(io.load(path))


@pytest.mark.parametrize("name", ["path", "what", "architecture", "arrays", "sha256"])
def test_metadata_of_any_name(path, name):
    io.save(path, linear(), **{name: "mine"})
    assert io.load(path).metadata == {name: "mine"}


def test_a_list_of_parameters_and_tensors(path):
    both = [Parameter(np.arange(3.0), "b"), Tensor(np.arange(4.0), "w"), Tensor(2.5), Tensor(1.5)]
    io.save(path, both)
    fresh = [Parameter(np.zeros(3), "b"), Tensor(np.zeros(4), "w"), Tensor(0.0), Tensor(0.0)]
    assert list(io.load(path, into=fresh).arrays) == ["0.b", "1.w", "2", "3"]
    for a, b in zip(both, fresh, strict=True):
        np.testing.assert_array_equal(a.value, b.value)


def test_a_dict_of_arrays_keeps_shapes_dtypes_and_layout(path, rng):
    arrays = {
        "transposed": rng.normal(size=(3, 4)).T,
        "every second": np.arange(10)[::2],
        "number": np.array(2.5, np.float32),
        "empty": np.zeros((0, 3)),
        "flags": np.array([True, False]),
        "half": np.ones(3, np.float16),
        "big end first": np.arange(3, dtype=">f8"),
        "special": np.array([np.nan, -0.0, np.inf, 5e-324]),
    }
    io.save(path, arrays)
    found = io.load(path).arrays
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].shape == array.shape and found[name].dtype == array.dtype.newbyteorder(
            "="
        )
        np.testing.assert_array_equal(found[name], array)
    assert np.signbit(found["special"][1])


def test_what_is_on_a_device_is_saved_and_goes_back_there(path, xp):
    ours = Parameter(xp.asarray(np.arange(6.0).reshape(2, 3)), "W")
    io.save(path, [ours])
    other = Parameter(xp.asarray(np.zeros((2, 3))), "W")
    io.load(path, into=[other])
    assert type(other.value) is type(ours.value)
    np.testing.assert_array_equal(to_numpy(other.value), to_numpy(ours.value))


def test_another_program_can_read_it(path):
    layer = linear()
    io.save(path, layer)
    theirs = safetensors.numpy.load_file(path)
    np.testing.assert_array_equal(theirs["W"], layer.W.value)


def test_what_was_loaded_may_be_changed(path):
    io.save(path, linear())
    io.load(path).arrays["W"][:] = 0
    assert io.load(path).arrays["W"].any()


# what holds more than arrays


NESTED = {
    "numbers": {"one": 1, "half": 0.5, "tiny": 5e-324, "large": 2**127 + 1, "third": 1 / 3},
    "others": [True, None, "text", "ünïcode", [], {}, ["array", 0], ["list", []]],
    "arrays": [{"W": np.arange(3.0)}, {"W": np.arange(2), "deep": [[np.zeros((2, 3))]]}],
    "": {"": np.ones(1)},
}


def test_nested_dicts_come_back(path):
    io.save(path, NESTED)
    saved = io.load(path)
    same(saved.state, NESTED)
    assert list(saved.arrays) == ["arrays.0.W", "arrays.1.W", "arrays.1.deep.0.0", ""]
    assert saved.state["arrays"][0]["W"] is saved.arrays["arrays.0.W"]


def test_numbers_that_are_none(path):
    io.save(path, {"a": np.nan, "b": -np.inf, "c": -0.0})
    state = io.load(path).state
    assert np.isnan(state["a"]) and state["b"] == -np.inf and np.signbit(state["c"])
    assert repr(io.load(path)) == "saved from 0 arrays"


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_random_generators_go_on_where_they_were(path, kind):
    ours, other = (np.random.Generator(getattr(np.random, kind)(seed)) for seed in (1, 2))
    ours.integers(100, size=3, dtype=np.int32)  # half of a 64-bit number is left over
    ours.normal(size=7)
    io.save(path, ours.bit_generator.state)
    expected = ours.integers(100, size=9, dtype=np.int32)
    other.bit_generator.state = io.load(path).state
    np.testing.assert_array_equal(other.integers(100, size=9, dtype=np.int32), expected)


def moved(rule, xp, seed=0, steps=3):
    """An optimizer that has made a few steps, in two groups."""
    rng = np.random.default_rng(seed)
    first, second = (Parameter(xp.asarray(rng.normal(size=n)), "p") for n in (3, 5))
    groups = [{"parameters": [first]}, {"parameters": [second], "lr": 0.25}]
    optimizer = rule(groups, lr=0.5)
    for _ in range(steps):
        for parameter in (first, second):
            parameter.grad = xp.asarray(rng.normal(size=parameter.value.shape))
        optimizer.step()
    return optimizer


RULES = [optim.SGD, optim.Momentum, optim.Nesterov, optim.AdaGrad, optim.RMSProp, optim.Adam,
         optim.AdamW]  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_optimizers(path, xp, rule):
    ours, other = moved(rule, xp), moved(rule, xp, seed=7, steps=1)
    io.save(path, ours)
    saved = io.load(path, into=other)
    assert saved.architecture == repr(ours)
    for one, another in zip(ours.parameters, other.parameters, strict=True):
        another.value[...] = one.value
        one.grad = one.value * 2
        another.grad = one.grad
    ours.step()
    other.step()
    assert other.steps == ours.steps == 4
    for one, another in zip(ours.parameters, other.parameters, strict=True):
        assert to_numpy(one.value).tobytes() == to_numpy(another.value).tobytes()


def test_an_optimizer_takes_what_is_its_own_alone(path):
    adam, rms = moved(optim.Adam, np), moved(optim.RMSProp, np)
    io.save(path, rms)
    with pytest.raises(DomainError, match="the state was made by RMSProp, not by Adam"):
        io.load(path, into=adam)
    io.save(path, linear())
    with pytest.raises(DomainError, match="the state has no entry 'optimizer'"):
        io.load(path, into=adam)


# whole, or not at all


def checkpoint(path, n_out=3):
    """A file as `fit` writes it: the net, the optimizer, and more."""
    first = linear(n_out=n_out, seed=1)
    rule = optim.Momentum(first.parameters(), lr=0.3)
    for p in first.parameters():
        p.grad = np.ones_like(p.value)
    rule.step()
    io.save(path, {"kind": "x", "net": first.state_dict(), "optimizer": rule.state_dict()})
    return first, rule


def test_the_parts_of_a_checkpoint_go_where_they_belong(path):
    first, rule = checkpoint(path)
    net = linear()
    other = optim.Momentum(net.parameters(), lr=0.1)
    saved = io.load(path, into={"net": net, "optimizer": other})
    assert saved.state["kind"] == "x"
    same(net.state_dict(), first.state_dict())
    same(other.state_dict(), rule.state_dict())


def test_all_parts_or_none(path):
    checkpoint(path)
    net = linear()
    before = net.state_dict()
    other = optim.SGD(net.parameters(), lr=0.1)
    with pytest.raises(DomainError, match="^SGD: the state was made by Momentum, not by SGD.$"):
        io.load(path, into={"net": net, "optimizer": other})
    same(net.state_dict(), before)
    assert other.lr == 0.1
    with pytest.raises(ShapeError) as caught:
        io.load(path, into={"net": linear(n_out=5)})
    assert str(caught.value) == (
        f"load: W has shape (4, 3) in 'net' of {path}, but (4, 5) in Linear."
    )


def test_a_checkpoint_says_how_the_net_is_taken_out(path):
    checkpoint(path)
    for into, name in ((linear(), "net"), (optim.SGD(linear().parameters(), lr=1), "optimizer")):
        with pytest.raises(UnknownNameError) as caught:
            io.load(path, into=into)
        assert str(caught.value) == (
            f"load: {path} holds more than {type(into).__name__}, whose values are in its part "
            f"'{name}'; say into={{'{name}': {name}}}."
        )


def test_home_may_be_written_as_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    io.save("~/x.safetensors", linear())
    assert (tmp_path / "x.safetensors").is_file()
    io.load("~/x.safetensors", into=linear(seed=1))


def test_nothing_but_the_file_is_left(path, tmp_path):
    for seed in range(2):
        io.save(path, linear(seed=seed))
    assert os.listdir(tmp_path) == [path.name]
    np.testing.assert_array_equal(io.load(path).arrays["W"], linear(seed=1).W.value)


@pytest.mark.skipif(os.name != "posix", reason="modes and links of POSIX")
def test_a_link_stays_a_link_and_the_file_can_be_read_by_others(path, tmp_path):
    link = tmp_path / "latest.safetensors"
    link.symlink_to(path)
    io.save(link, linear())
    assert link.is_symlink() and path.is_file()
    mask = os.umask(0o022)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_an_error_in_the_middle_leaves_the_old_file(path, tmp_path, monkeypatch, step):
    io.save(path, linear(seed=1))
    before = path.read_bytes()

    def fails(*arguments):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, step, fails)
    with pytest.raises(OSError, match="the disk is full"):
        io.save(path, linear(seed=2))
    assert path.read_bytes() == before and os.listdir(tmp_path) == [path.name]


KILLED = """
import os, signal, sys
import numpy as np
from bplib import io
def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "while writing":
    def fsync(descriptor):
        os.ftruncate(descriptor, os.fstat(descriptor).st_size // 2)
        die()
    os.fsync = fsync
elif sys.argv[2] != "any time":
    setattr(os, sys.argv[2], die)
print("ready", flush=True)
i = 1
while True:
    i += 1
    io.save(sys.argv[1], {"x": np.full(300_000, float(i))}, i=i)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
@pytest.mark.parametrize("when", ["while writing", "fsync", "replace", "any time"])
def test_killed_during_save(path, when):
    io.save(path, {"x": np.full(300_000, 1.0)}, i=1)
    before = path.read_bytes()
    command = [sys.executable, "-c", KILLED, str(path), when]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "ready\n"
        if when == "any time":
            time.sleep(0.05)
            child.kill()
        assert child.wait(timeout=60) == -signal.SIGKILL
    if when != "any time":
        assert path.read_bytes() == before
    saved = io.load(path)
    assert (saved.arrays["x"] == saved.metadata["i"]).all()


# what does not fit


def unfit():
    narrow, single = linear(4, 2), linear(dtype=np.float32)
    short = Sequential(linear(4, 5))
    yield linear, narrow, ShapeError, "load: W has shape (4, 3) in {}, but (4, 2) in Linear."
    yield linear, single, DTypeError, "load: W is float64 in {}, but float32 in Linear."
    yield net, short, UnknownNameError, "load: {} has '1.0.W', which Sequential does not have."
    yield (
        lambda: short,
        net(),
        UnknownNameError,
        "load: {} has no '1.0.W', which Sequential has.",
    )
    yield linear, [], ShapeError, "load: the list holds no arrays."
    yield (
        linear,
        {"weights": linear()},
        UnknownNameError,
        "there is no part of {} 'weights'; there is W, b.",
    )
    yield (
        linear,
        {"W": linear()},
        DTypeError,
        "load: into['W'] is a Linear, and the part of {} is an ndarray; what takes a part has "
        "a state_dict, as a network or an optimizer.",
    )
    yield (
        linear,
        "net",
        DTypeError,
        "load: a str was given; a layer, a network, an optimizer, a list of parameters or a dict "
        "of arrays is needed.",
    )


@pytest.mark.parametrize(
    "make, into, kind, sentence", list(unfit()), ids=lambda v: v if type(v) is str else ""
)
def test_what_does_not_fit_is_refused_whole(path, make, into, kind, sentence):
    io.save(path, make())
    before = [p.value.copy() for p in into.parameters()] if hasattr(into, "parameters") else []
    with pytest.raises(kind) as caught:
        io.load(path, into=into)
    assert str(caught.value) == sentence.format(path)
    for was, parameter in zip(before, into.parameters() if before else [], strict=True):
        np.testing.assert_array_equal(parameter.value, was)


def test_a_misfit_in_the_last_parameter_leaves_the_first_alone(path):
    io.save(path, [Parameter(np.ones(3), "a"), Parameter(np.ones(4), "b")])
    into = [Parameter(np.zeros(3), "a"), Parameter(np.zeros(5), "b")]
    with pytest.raises(ShapeError, match="1.b has shape"):
        io.load(path, into=into)
    assert not into[0].value.any()


# files that are not what they should be


def cut(content, keep):
    return content[: int(len(content) * keep)]


def header_end(content):
    return 8 + int.from_bytes(content[:8], "little")


def flipped(content, place):
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


DAMAGED = "is damaged, its contents are not what was saved."
BROKEN = {
    "empty": (lambda c: b"", "is empty."),
    "a few bytes": (lambda c: c[:5], "is no safetensors file."),
    "a pickle": (lambda c: b"\x80\x04\x95" + c, "is no safetensors file."),
    "a zip": (lambda c: b"PK\x03\x04" + bytes(500), "is no safetensors file."),
    "text": (lambda c: b"epoch,loss\n1,0.5\n" * 9, "is no safetensors file."),
    "cut in the header": (lambda c: c[:60], "is cut off inside its header."),
    "cut in the numbers": (
        lambda c: c[:-3],
        "is damaged or cut off (safetensors says: incomplete metadata, file not fully covered).",
    ),
    "too long": (
        lambda c: c + b"x",
        "is damaged or cut off (safetensors says: incomplete metadata, file not fully covered).",
    ),
    "one bit of a number": (lambda c: flipped(c, header_end(c) + 9), DAMAGED),
    "the last bit": (lambda c: flipped(c, len(c) - 1), DAMAGED),
    "another architecture": (lambda c: c.replace(b"Linear(4", b"Linear(5"), DAMAGED),
    "another value of the metadata": (lambda c: c.replace(b"20}", b"21}"), DAMAGED),
    "another name": (lambda c: c.replace(b'"W":', b'"V":'), DAMAGED),
    "a newer format": (
        lambda c: c.replace(b'"bplib_format":"1"', b'"bplib_format":"2"'),
        "has format 2, and this bplib reads up to 1; a newer bplib has written it, and can read "
        "it.",
    ),
    "an entry less": (
        lambda c: c.replace(b'"sha256"', b'"sha257"'),
        "is damaged, its metadata lacks 'sha256'.",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_gets_one_sentence(path, case):
    io.save(path, linear(), epochs=20)
    breaks, sentence = BROKEN[case]
    content = path.read_bytes()
    broken = breaks(content)
    assert broken != content
    path.write_bytes(broken)
    layer = linear(seed=5)
    before = layer.W.value.copy()
    with pytest.raises(FormatError) as caught:
        io.load(path, into=layer)
    assert str(caught.value) == f"load: {path} {sentence}"
    np.testing.assert_array_equal(layer.W.value, before)


def test_a_foreign_file_gets_one_sentence(path):
    for metadata in (None, {"format": "pt"}, {"bplib_format": "first"}):
        save_file({"W": np.zeros((4, 3))}, path, metadata=metadata)
        with pytest.raises(FormatError) as caught:
            io.load(path)
        assert str(caught.value) == (
            f"load: {path} is a safetensors file, but not one that bplib has saved."
        )


@pytest.mark.parametrize("keep", np.linspace(0, 0.99, 12))
def test_wherever_a_file_ends_too_early_it_is_refused(path, keep):
    io.save(path, net())
    path.write_bytes(cut(path.read_bytes(), keep))
    with pytest.raises(FormatError):
        io.load(path)


def test_every_single_bit_counts(path, rng):
    io.save(path, linear(), epochs=20)
    content = path.read_bytes()
    for place in rng.choice(len(content), 150, replace=False):
        path.write_bytes(flipped(content, int(place)))
        with pytest.raises(FormatError):
            io.load(path)


# bad arguments


def test_sentences_of_save(path, tmp_path):
    kept = "numbers, text, booleans, None, and lists and dicts of these are."
    for call, kind, sentence in (
        (lambda: io.save(path, 3), DTypeError,
         "save: an int was given; a layer, a network, an optimizer, a list of parameters or a dict "
         "of arrays is needed."),
        (lambda: io.save(path, np.zeros(3)), DTypeError,
         "save: an ndarray was given; a layer, a network, an optimizer, a list of parameters or a "
         "dict of arrays is needed."),
        (lambda: io.save(path, [np.zeros(3)]), DTypeError,
         "save: entry 0 is an ndarray; a parameter is needed."),
        (lambda: io.save(path, {}), ShapeError, "save: dict holds no arrays."),
        (lambda: io.save(path, {"x": {"y": {1, 2}}}), DTypeError,
         f"save: x.y is a set, which is not kept; arrays, {kept}"),
        (lambda: io.save(path, {"x.y": np.zeros(1), "x": {"y": np.zeros(1)}}), DomainError,
         "save: two arrays would be called 'x.y'; rename one."),
        (lambda: io.save(path, {"x": {3: 0}}), DTypeError,
         "save: the name 3 is an int; text is needed."),
        (lambda: io.save(path, {"x": np.array(["a"])}), DTypeError,
         "save: x is of dtype <U1; an array of real numbers is needed."),
        (lambda: io.save(path, {3: np.zeros(2)}), DTypeError,
         "save: the name 3 is an int; text is needed."),
        (lambda: io.save(path, linear(), best=np.zeros(3)), DTypeError,
         f"save: best is an ndarray, which is not kept as metadata; {kept}"),
        (lambda: io.save(tmp_path / "no" / "x", linear()), MissingFileError,
         f"save: the folder {tmp_path / 'no'} does not exist; make it first."),
        (lambda: io.save(None, linear()), DTypeError,
         "save: path is None; the name of a file is needed."),
        (lambda: io.save(os.fsencode(path), linear()), DTypeError,
         "save: path is a bytes; the name of a file is needed."),
        (lambda: io.save(tmp_path, linear()), DomainError,
         f"save: path is the folder {tmp_path}; the name of a file in it is needed."),
        (lambda: io.save(f"{tmp_path}/new/", linear()), DomainError,
         f"save: path is the folder {tmp_path}/new/; the name of a file in it is needed."),
        (lambda: io.save("", linear()), DomainError,
         "save: path is the folder .; the name of a file in it is needed."),
        (lambda: io.save(os.devnull, linear()), DomainError,
         f"save: path is {os.devnull}, which is there and is no file; choose another name."),
        (lambda: io.save(path, set(linear().parameters())), DTypeError,
         "save: a set was given; a layer, a network, an optimizer, a list of parameters or a dict "
         "of arrays is needed."),
        (lambda: io.save(path, {"__metadata__": np.zeros(2)}), DomainError,
         "save: safetensors keeps the name '__metadata__' for itself; rename it."),
        (lambda: io.save(path, {"x": np.ma.array([1.0, 2.0], mask=[True, False])}), DTypeError,
         "save: x is a masked array, and nothing here leaves entries out; fill it first, for "
         "example x.filled(0)."),
        (lambda: io.save(path, linear(), names=[{3: "three"}]), DTypeError,
         "save: the name 3 is an int; text is needed."),
        (lambda: io.load(3), DTypeError, "load: path is an int; the name of a file is needed."),
        (lambda: io.load(path), MissingFileError, f"load: there is no file {path}."),
        (lambda: io.load(tmp_path), MissingFileError, f"load: there is no file {tmp_path}."),
    ):  # fmt: skip
        with pytest.raises(kind) as caught:
            call()
        assert type(caught.value) is kind and str(caught.value) == sentence
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(np.longdouble().itemsize <= 8, reason="no longer numbers here")
def test_numbers_that_are_too_long(path):
    with pytest.raises(DTypeError) as caught:
        io.save(path, {"x": np.zeros(2, np.longdouble)})
    assert str(caught.value) == (
        f"save: x is of dtype {np.dtype(np.longdouble)}, and safetensors keeps numbers of 64 bits "
        "at most; for example x.astype(float)."
    )


def test_what_the_system_does_not_do(path, tmp_path, monkeypatch):
    """Root may write everywhere, so the system's answers are put in its mouth."""
    io.save(path, linear(seed=1))
    before = path.read_bytes()

    def fails(*arguments, **settings):
        raise PermissionError(13, "not for you", str(path))

    for module, name, call, done in (
        (os, "replace", lambda: io.save(path, linear()), "written"),
        (loading, "open", lambda: io.load(path), "read"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, fails, raising=False)
            with pytest.raises(FileAccessError) as caught:
                call()
        sentence = f"{'save' if done == 'written' else 'load'}: {path} cannot be {done}"
        assert str(caught.value) == f"{sentence} (not for you)."
        assert isinstance(caught.value, OSError) and caught.value.errno == 13
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda *asked: False)
        for call, op in (
            (lambda: io.save(path, linear()), "save"),
            (lambda: train.SaveBest(path).begin(None), "SaveBest"),
        ):
            with pytest.raises(FileAccessError) as caught:
                call()
            reason = os.strerror(errno.EACCES)
            assert str(caught.value) == f"{op}: {path} cannot be written ({reason})."
            assert caught.value.errno == errno.EACCES
    with pytest.raises(FileAccessError, match="cannot be written"):
        io.save(tmp_path / ("x" * 250), linear())
    assert path.read_bytes() == before and os.listdir(tmp_path) == [path.name]


def test_a_file_says_nothing_of_how_parameters_were_listed(path):
    sums = set()
    for listed in (list, tuple, iter):
        io.save(path, listed(linear().parameters()))
        with safetensors.safe_open(path, framework="numpy") as file:
            sums.add(file.metadata()["sha256"])
    assert len(sums) == 1 and io.load(path).architecture == "2 arrays"
    into = linear(seed=1)
    io.load(path, into=tuple(into.parameters()))
    np.testing.assert_array_equal(into.W.value, linear().W.value)


def test_without_safetensors(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    for call, name in ((lambda: io.save(path, linear()), "save"), (lambda: io.load(path), "load")):
        with pytest.raises(MissingExtraError) as caught:
            call()
        assert str(caught.value) == f"io.{name} needs safetensors: pip install 'bplib[train]'"


def test_the_format_is_what_the_description_says(path):
    io.save(path, linear(), epochs=20)
    with safetensors.safe_open(path, framework="numpy") as file:
        entries = file.metadata()
    assert set(entries) == {
        "bplib_format", "architecture", "arrays", "state", "metadata", "sha256"
    }  # fmt: skip
    assert json.loads(entries["state"]) == {"W": ["array", 0], "b": ["array", 1]}
    assert json.loads(entries["arrays"]) == [["W", [4, 3], "float64"], ["b", [3], "float64"]]
    assert entries["bplib_format"] == "1" and json.loads(entries["metadata"]) == {"epochs": 20}
