"""What holds for every layer there is: gradients, modes, dtypes, states, files, devices."""

import numpy as np
import pytest
from every_layer import every_layer

import bplib
from bplib import Layer, gradcheck, io
from bplib.backend import to_numpy, xp_of
from bplib.errors import NotReadyError
from bplib.layers import Activation

LAYERS = every_layer()
every = pytest.mark.parametrize("name", LAYERS)


def moved(layer, xp):
    """The layer with its arrays on the device, none of them as they were made."""
    rng = np.random.default_rng(2)
    for one in (*layer.parameters(), *layer.buffers()):
        one.value = xp.asarray(
            one.value + rng.uniform(0.1, 0.5, one.value.shape).astype(one.value.dtype)
        )
    return layer


def test_none_is_missing():
    exported = [getattr(bplib, name) for name in bplib.__all__]
    kinds = {kind for kind in exported if isinstance(kind, type) and issubclass(kind, Layer)}
    assert kinds - {Layer, Activation} == {type(make()) for make, _ in LAYERS.values()}


@every
@pytest.mark.parametrize("training", [True, False])
def test_gradcheck_leaves_the_layer_as_it_was(name, training):
    make, x = LAYERS[name]
    layer = moved(make(), np)
    layer.train() if training else layer.eval()
    before, states = layer.state_dict(), [g.bit_generator.state for g in layer.generators()]
    arrays = [one.value for one in (*layer.parameters(), *layer.buffers())]
    report = gradcheck(layer, x, tolerance=1e-7)
    assert report.ok and report.arguments, report
    assert len(report.arguments) == len(layer.parameters()) + (not layer.takes_labels)
    now = [one.value for one in (*layer.parameters(), *layer.buffers())]
    assert all(a is b for a, b in zip(arrays, now, strict=True))
    assert all(
        value.tobytes() == before[key].tobytes() for key, value in layer.state_dict().items()
    )
    assert states == [g.bit_generator.state for g in layer.generators()]


@every
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtypes_shapes_devices_and_what_belongs_to_the_caller(name, dtype, xp):
    make, x = every_layer(dtype)[name]
    layer, given = moved(make(), xp), xp.asarray(x)
    y = layer.forward(given)
    dy = xp.asarray(np.random.default_rng(1).standard_normal(y.shape).astype(dtype))
    upstream, result = to_numpy(dy).copy(), to_numpy(y).copy()
    dx = layer.backward(dy)
    if layer.takes_labels:
        assert dx is None
    else:
        assert dx.shape == x.shape
    arrays = [y, *([] if dx is None else [dx]), *(p.grad for p in layer.parameters())]
    assert all(xp_of(a) is xp and a.dtype == dtype for a in arrays)
    assert all(p.grad.shape == p.value.shape for p in layer.parameters())
    assert all(b.value.dtype == dtype for b in layer.buffers())
    assert to_numpy(given).tobytes() == x.tobytes() and to_numpy(dy).tobytes() == upstream.tobytes()
    assert to_numpy(y).tobytes() == result.tobytes()
    if xp is np:
        assert not np.shares_memory(y, x) and not np.shares_memory(arrays[1], dy)


@every
def test_the_parameters_alone_and_a_second_time(name):
    """backward_parameters gives the bits of backward; a second backward adds the same again."""
    make, x = LAYERS[name]
    layer = moved(make(), np)
    y = layer.forward(x)
    layer.backward(y)
    once = [p.grad for p in layer.parameters()]
    layer.backward(y)
    for parameter, gradient in zip(layer.parameters(), once, strict=True):
        np.testing.assert_array_equal(parameter.grad, 2 * gradient)
    layer.zero_grad()
    assert layer.backward_parameters(y) is None
    assert all(
        p.grad.tobytes() == g.tobytes() for p, g in zip(layer.parameters(), once, strict=True)
    )


@every
def test_a_state_and_a_file_bring_everything_back(name, tmp_path):
    make, x = LAYERS[name]
    layer, second, third = moved(make(), np), make(), make()
    layer.forward(x)  # buffers have moved
    second.load_state_dict(layer.state_dict())
    twins = [second]
    if layer.state_dict():
        io.save(tmp_path / "layer.safetensors", layer)
        io.load(tmp_path / "layer.safetensors", into=third)
        twins.append(third)
    layer.eval()
    for twin in twins:
        twin.eval()
        assert twin.forward(x).tobytes() == layer.forward(x).tobytes()


@every
def test_backward_before_forward(name):
    with pytest.raises(NotReadyError, match="backward was called before forward"):
        LAYERS[name][0]().backward(np.ones((6, 3)))


@every
def test_a_repr_says_what_it_is(name):
    said = repr(LAYERS[name][0]())
    assert said.startswith(f"{name}(") and said.endswith(")")
