"""Values between a grader and a worker: they arrive as they were, and nothing damaged gets in."""

import decimal
import fractions
import json
import math
import socket
import time
import types

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bplib.grading import channel
from bplib.grading.channel import Channel, Closed, Late
from bplib.grading.wire import BLOB_LIMIT, HEADER_LIMIT, WireError, decode, encode


def there_and_back(value):
    header, blob = encode([7, {"value": value}])
    assert len(header) <= HEADER_LIMIT and len(blob) <= BLOB_LIMIT
    number, message = decode(header, blob)
    assert number == 7
    return message["value"]


def same(one, other):
    if isinstance(one, np.ndarray | np.generic):
        return (
            type(one) is type(other)
            and one.dtype == other.dtype
            and one.shape == other.shape
            and one.tobytes() == other.tobytes()
        )
    if isinstance(one, dict):
        return list(map(repr, one)) == list(map(repr, other)) and all(
            map(same, one.values(), other.values())
        )
    if isinstance(one, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and (one == other or one != one and other != other)


leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.complex_numbers()
    | st.just(...) | st.frozensets(st.integers())
    | arrays.arrays(arrays.scalar_dtypes().filter(lambda d: d.kind in "biufc"),
                    arrays.array_shapes(min_dims=0, min_side=0))
)  # fmt: skip
keys = st.text() | st.integers() | st.tuples(st.integers(), st.text())
values = st.recursive(
    leaves, lambda v: st.lists(v) | st.lists(v).map(tuple) | st.dictionaries(keys, v), max_leaves=20
)


@given(values)
def test_values_arrive_as_they_were(value):
    assert same(value, there_and_back(value))


@given(st.binary() | values.map(lambda v: encode([0, {"v": v}])[0]), st.binary(), st.data())
def test_no_damage_gets_further_than_a_wire_error(header, blob, data):
    cut = data.draw(st.integers(0, len(header)))
    more = data.draw(st.binary(max_size=6))
    for damaged in (header[:cut], header[:cut] + more + header[cut:], header):
        try:
            decode(damaged, blob)
        except WireError:
            pass


NODES = [
    {"k": "array", "d": "<f8", "shape": [2**40], "at": 0},
    {"k": "array", "d": "<f8", "shape": [-1], "at": 0},
    {"k": "array", "d": "|O", "shape": [1], "at": 0},
    {"k": "array", "d": "<f8", "shape": [1], "at": -8},
    {"k": "array", "d": "<f8", "shape": [1] * 64, "at": 0},
    {"k": "array", "d": "<f9", "shape": [1], "at": 0},
    {"k": "array", "d": "V8", "shape": [1], "at": 0},
    {"k": "long", "of": "list", "n": -3}, {"k": "function", "id": 3}, {"k": "nothing"},
    {"k": "__init__"}, {"k": 3}, {"v": []}, [1, 2], {"k": "list", "v": "abc"},
    {"k": "dict", "v": [[1]]}, {"k": "dict", "v": [[{"k": "list", "v": []}, 1]]},
    {"k": "set", "v": [{"k": "list", "v": []}]}, {"k": "complex", "v": ["a", 1]},
    {"k": "tuple", "v": [[0]]}, {"k": "matrix", "d": "<f8", "shape": [2, 2, 2], "at": 0},
]  # fmt: skip


@pytest.mark.parametrize("node", NODES, ids=map(str, NODES))
def test_what_nobody_sends_is_refused(node):
    with pytest.raises(WireError):
        decode(json.dumps(node).encode(), bytes(64))


def test_deep_and_wide_messages_are_refused_or_cut():
    node = "1"
    for _ in range(200):
        node = '{"k": "list", "v": [' + node + "]}"
    with pytest.raises(WireError):
        decode(node.encode(), b"")
    with pytest.raises(WireError):
        decode(b'{"k": "list", "v": [' + b"0," * 200_000 + b"0]}", b"")
    with pytest.raises(WireError):
        decode(b"[" * 100_000, b"")
    loop = []
    loop.append(loop)
    assert isinstance(there_and_back(loop), list)
    doubled = [1]
    for _ in range(70):
        doubled = [doubled, doubled]
    assert isinstance(there_and_back(doubled), list)


STAND_INS = [
    ((one for one in "ab"), types.GeneratorType), (np, types.ModuleType), (int, type),
    (decimal.Decimal(3), decimal.Decimal), (fractions.Fraction(1, 3), fractions.Fraction),
    (10**500, int), (np.zeros((1, 1)).view(np.matrix), np.matrix),
]  # fmt: skip


@pytest.mark.parametrize(("value", "kind"), STAND_INS, ids=[str(kind) for _, kind in STAND_INS])
def test_what_cannot_be_sent_has_a_stand_in_of_its_kind(value, kind):
    assert isinstance(there_and_back(value), kind)


def test_what_is_too_large_keeps_its_size():
    assert there_and_back(np.zeros((3000, 2000))).shape == (3000, 2000)
    assert len(there_and_back(list(range(300_000)))) == 300_000
    assert len(there_and_back(["x" * 10_000] * 500)) == 500
    assert len(there_and_back(dict.fromkeys(range(70000)))) == 70_000
    assert there_and_back(np.array([None, {}], dtype=object)).shape == (2,)
    assert type(there_and_back(object())).__name__ == "object"
    masked = there_and_back(np.ma.array([1.0, 2.0], mask=[True, False]))
    assert np.ma.getmaskarray(masked).any() and callable(there_and_back(len))
    assert math.isnan(there_and_back(math.nan))


# ── the channel ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def ends():
    one, other = socket.socketpair()
    token = bytes(range(16))
    with one, other:
        yield Channel(one, token), Channel(other, token)


def soon():
    return time.monotonic() + 0.2


def test_messages_in_their_order(ends):
    one, other = ends
    one.send({"a": 1}, soon())
    one.send({"x": np.arange(3.0)}, soon())
    assert other.receive(soon()) == {"a": 1}
    assert other.receive(soon())["x"].tolist() == [0.0, 1.0, 2.0]


def test_nothing_more_than_a_deadline_is_waited(ends):
    started = time.monotonic()
    with pytest.raises(Late):
        ends[0].receive(soon())
    ends[1].socket.send(b"bpl1")  # the beginning of a message whose rest never comes
    with pytest.raises(Late):
        ends[0].receive(soon())
    with pytest.raises(Late):
        ends[0].send({"x": np.zeros(4 * 10**6)}, soon())  # nobody reads
    assert time.monotonic() - started < 3


def test_the_end_of_the_other_side_is_noticed(ends):
    one, other = ends
    with pytest.raises(Closed):
        one.receive(soon() + 5, also=lambda: True)
    other.socket.close()
    with pytest.raises(Closed):
        one.receive(soon() + 5)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ({"token": bytes(16)}, "something else wrote"),
        ({"sent": 5}, "out of turn"),
        ({"magic": b"oops"}, "something else wrote"),
        ({"limit": True}, "longer than any result"),
    ],
)
def test_a_message_of_somebody_else_is_refused(ends, monkeypatch, damage, sentence):
    one, other = ends
    for name in ("token", "sent"):
        if name in damage:
            setattr(one, name, damage[name])
    if "limit" in damage:
        monkeypatch.setattr(channel, "HEADER_LIMIT", 3)
    with monkeypatch.context() as patch:
        patch.setattr(channel, "_MAGIC", damage.get("magic", b"bpl1"))
        one.send({"status": "passed"}, soon())
    with pytest.raises(WireError, match=sentence):
        other.receive(soon())
