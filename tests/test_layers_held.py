"""What a layer holds: everything that it lists is found, and what it forgets to list is said."""

import numpy as np
import pytest

import bplib
from bplib import Dropout, Layer, Linear, Parameter, ReLU, Sequential, gradcheck, losses, ops, optim
from bplib.backend import to_numpy, xp_of
from bplib.errors import DomainError, DTypeError, ShapeError
from bplib.layers import BatchNorm, Buffer
from bplib.layers.mode import mode


def seeded():
    return np.random.default_rng(5)


class Plain(Layer):
    """A layer that does nothing; what it holds is put on from outside."""

    def __init__(self, **held):
        vars(self).update(held)

    def forward(self, x):
        self._cache = x
        return x * 1

    def backward(self, dy):
        return dy * 1


class Scaled(Plain):
    """alpha · inner(x): a parameter of its own, and a layer inside."""

    def __init__(self):
        self.alpha = Parameter(np.full(3, 0.5), "alpha")
        self.inner = Linear(4, 3, rng=seeded())

    def children(self):
        return {"inner": self.inner}

    def own_parameters(self):
        return [self.alpha]

    def forward(self, x):
        y, self._cache = ops.multiply(self.inner.forward(x), self.alpha.value)
        return y

    def backward(self, dy):
        dy, dalpha = ops.multiply_backward(dy, self._last_cache())
        self.alpha.accumulate(dalpha)
        return self.inner.backward(dy)


def test_a_layer_with_its_own_parameter_learns_as_a_whole(rng):
    layer = Scaled()
    net = Sequential(layer, ReLU(), Linear(3, 2, rng=rng))
    assert len(net.parameters()) == len(net.named_parameters()) == 5
    assert list(net.named_parameters()) == ["0.alpha", "0.inner.W", "0.inner.b", "2.W", "2.b"]
    assert net.parameters() == list(net.named_parameters().values())
    assert [a.name for a in gradcheck(layer, rng.standard_normal((5, 4))).arguments] == [
        "x", "alpha", "inner.W", "inner.b",
    ]  # fmt: skip
    before = net.state_dict()
    X, y = rng.standard_normal((30, 4)), rng.standard_normal((30, 2))
    bplib.fit(net, losses.mse, X, y, optim.SGD(net.parameters(), lr=0.1), epochs=2, rng=rng)
    assert all((value != before[name]).any() for name, value in net.state_dict().items())
    net.to(np.float32)
    assert {p.value.dtype for p in net.parameters()} == {np.dtype(np.float32)}
    assert net.forward(X.astype(np.float32)).dtype == np.float32
    assert net.summary((7, 4)).rows[1].parameters == 3


def test_what_two_layers_share_is_found_once():
    shared, rng = Parameter(np.ones(3), "shared"), seeded()

    class Sharing(Plain):
        def own_parameters(self):
            return [self.shared]

    net = Sequential(Sharing(shared=shared), Sharing(shared=shared), Dropout(0.5, rng=rng))
    assert net.parameters() == [shared] and net.generators() == [rng]


def test_the_place_of_the_lists_cannot_be_mistaken():
    with pytest.raises(DTypeError) as caught:

        class Old(Plain):
            def parameters(self):
                return []

    assert str(caught.value) == (
        "Old: parameters() collects what all layers inside list, and stays as it is; list the "
        "layer's own in own_parameters(), and its inner layers in children()."
    )
    for name in ("buffers", "generators"):
        with pytest.raises(DTypeError, match=f"own_{name}"):
            type("Old", (Plain,), {name: lambda self: []})


W = Parameter(np.ones(3), "W")
FORGOTTEN = {
    "is a Parameter that own_parameters() does not list, so it would never be learned, moved or "
    "saved.": W,
    "is a Buffer that own_buffers() does not list, so it would never be moved or saved.": Buffer(
        np.ones(3), "seen"
    ),
    "is a Generator that own_generators() does not list, so no check and no resumed training "
    "could repeat what it draws.": seeded(),
    "is a Linear that children() does not list, so what is inside would never be learned, moved "
    "or saved.": Linear(3, 3, rng=seeded()),
    "is a ReLU that children() does not list, so what is inside would never be learned, moved or "
    "saved.": ReLU(),
    "holds a Parameter that own_parameters() does not list, so it would never be learned, moved "
    "or saved.": [1, W],
    "holds a Buffer that own_buffers() does not list, so it would never be moved or saved.": {
        "first": Buffer(np.ones(3), "seen")
    },
}  # fmt: skip


@pytest.mark.parametrize("said", FORGOTTEN)
def test_what_is_forgotten_is_said_where_it_matters(said, rng):
    layer, X = Plain(thing=FORGOTTEN[said]), rng.standard_normal((6, 3))
    net = Sequential(layer, Linear(3, 3, rng=rng))
    still = optim.SGD(net[1].own_parameters(), lr=0.1)
    for ask in (
        net.parameters,
        net.buffers,
        net.generators,
        net.state_dict,
        lambda: gradcheck(layer, X),
        lambda: net.to(np.float32),
        lambda: bplib.fit(net, losses.mse, X, X, still, epochs=1, rng=rng),
    ):
        with pytest.raises(DomainError) as caught:
            ask()
        assert str(caught.value) == f"Plain: its attribute thing {said}"


def test_what_another_layer_lists_need_not_be_listed_again(rng):
    """Layers in groups, as of Checkpointed; a parameter that belongs to a neighbour."""
    inner = Linear(3, 3, rng=rng)
    layer = Plain(rows=[Sequential(inner)], weights=(inner.W,), x=np.ones(3), names={"a": 1})
    layer.children = lambda: {"inner": inner}
    assert len(layer.parameters()) == 2
    layer._cache = [W]
    assert len(layer.parameters()) == 2


WRONG = {
    "own_parameters() returned a Parameter; a list is needed.": ("own_parameters", W),
    "own_parameters() returned a dict; a list is needed.": ("own_parameters", {"W": W}),
    "own_parameters() returned None; a list is needed.": ("own_parameters", None),
    "own_parameters() lists an ndarray, where a Parameter is needed; an array goes into the value "
    "of one.": ("own_parameters", [np.ones(3)]),
    "own_parameters() lists a Buffer, where a Parameter is needed.": (
        "own_parameters", [Buffer(np.ones(3), "b")],
    ),
    "own_buffers() returned a Buffer; a list is needed.": ("own_buffers", Buffer(np.ones(3), "b")),
    "own_generators() lists an int, where a numpy.random.Generator is needed.": (
        "own_generators", [3],
    ),
    "children() returned a list; a dict of layers by their places is needed.": (
        "children", [ReLU()],
    ),
    "children()['a'] is an int, not a Layer.": ("children", {"a": 3}),
}  # fmt: skip


@pytest.mark.parametrize("said", WRONG)
def test_a_list_that_is_none(said, rng):
    method, returned = WRONG[said]
    layer = type("Odd", (Plain,), {method: lambda self: returned})()
    for ask in (layer.parameters, layer.state_dict, lambda: gradcheck(layer, np.ones((3, 4)))):
        with pytest.raises(DTypeError) as caught:
            ask()
        assert str(caught.value) == f"Odd: {said}"


def test_a_parameter_replaced_by_an_array(rng):
    layer = Linear(3, 2, rng=rng)
    layer.W = np.ones((3, 2))
    with pytest.raises(DTypeError) as caught:
        optim.SGD(layer.parameters(), lr=0.1)
    assert str(caught.value) == (
        "Linear: own_parameters() lists an ndarray, where a Parameter is needed; an array goes "
        "into the value of one."
    )


# The value of a parameter.


def test_a_value_of_another_shape_is_said_at_the_next_pass_and_the_next_step(rng):
    net, x = Sequential(Linear(4, 3, rng=rng)), rng.standard_normal((5, 4))
    optimizer = optim.SGD(net.parameters(), lr=0.1)
    net.backward(net.forward(x))
    net[0].W.value = np.ones((3, 4))
    with pytest.raises(ShapeError) as caught:
        net.forward(x)
    assert str(caught.value) == (
        "layer 0, Linear(3 → 4, float64): linear: W has 3 rows, but x has 4 columns; x (m, n_in) "
        "needs W (n_in, n_out)."
    )
    with pytest.raises(ShapeError, match="W"):
        optimizer.step()


def test_a_layer_that_writes_into_its_parameter(rng):
    class Grows(Scaled):
        def forward(self, x):
            self.alpha.value *= 2
            return super().forward(x)

    report = gradcheck(Grows(), rng.standard_normal((5, 4)))
    assert not report.ok
    assert report.findings == (
        "forward changes alpha, which belongs to whoever called it; let it write into a copy",
    )


# Modes, and predictions.


def net_with_modes():
    return Sequential(
        Linear(4, 5, rng=seeded()),
        BatchNorm(5),
        Dropout(0.5, rng=seeded()),
        Linear(5, 2, rng=seeded()),
    )


def test_switching_the_mode_returns_the_layer():
    net = net_with_modes()
    assert net.eval() is net and not any(layer.training for layer in net.walk())
    assert net.train() is net and all(layer.training for layer in net.walk())
    assert net.train(False) is net and not any(layer.training for layer in net.walk())
    with pytest.raises(DTypeError) as caught:
        net.train(1)
    assert str(caught.value) == "train: mode is an int; it must be True or False."


@pytest.mark.parametrize("training", [True, False])
def test_a_mode_for_a_while(training):
    net = net_with_modes().train()
    net[2].eval()
    modes = [layer.training for layer in net.walk()]
    with mode(net, training):
        assert [layer.training for layer in net.walk()] == 5 * [training]
    assert [layer.training for layer in net.walk()] == modes
    with pytest.raises(KeyError), mode(net, training):
        raise KeyError("whatever happens in between")
    assert [layer.training for layer in net.walk()] == modes


def test_a_layer_that_refuses_a_mode_leaves_the_others_as_they_were():
    class Stubborn(ReLU):
        def eval(self):
            return self.train(False)

        def train(self, mode=True):
            if not mode:
                raise DomainError("Stubborn: it always learns.")
            return super().train()

    net = Sequential(Dropout(0.5, rng=seeded()), Stubborn())
    for outputs in (lambda: net.predict(np.ones((3, 4))), lambda: mode(net, False).__enter__()):
        with pytest.raises(DomainError):
            outputs()
        assert all(layer.training for layer in net.walk())


def test_a_layer_can_be_called(rng):
    net, x = net_with_modes().eval(), rng.standard_normal((6, 4))
    assert net(x).tobytes() == net.forward(x).tobytes()


def test_predictions_leave_nothing_behind(xp, rng):
    net = net_with_modes().train()
    for one in (*net.parameters(), *net.buffers()):
        one.value = xp.asarray(one.value)
    net[2].eval()
    x = xp.asarray(rng.standard_normal((7, 4)))
    modes, states = [layer.training for layer in net], net.state_dict()
    drawn = net[2].rng.bit_generator.state
    everything = net.predict(x)
    for size in (1, 3, 7, 100):
        y = net.predict(x, batch_size=size)
        assert xp_of(y) is xp and y.shape == (7, 2)
        np.testing.assert_allclose(to_numpy(y), to_numpy(everything), rtol=1e-12)
    assert [layer.training for layer in net] == modes
    assert all(layer._cache is None for layer in net.walk())
    for name, value in net.state_dict().items():
        np.testing.assert_array_equal(to_numpy(value), to_numpy(states[name]))
    assert net[2].rng.bit_generator.state == drawn
    with pytest.raises(ShapeError):
        net.predict(x[:, :3])
    assert [layer.training for layer in net] == modes


@pytest.mark.parametrize(
    "x, batch_size, error, sentence",
    [
        ([[1.0]], None, DTypeError, "predict: x is a list; an array is needed."),
        (np.ones((0, 4)), None, ShapeError, "predict: x has shape (0, 4); it holds no samples."),
        (np.ones((3, 4)), 0, DomainError, "predict: batch_size is 0; it must be at least 1."),
        (np.ones((3, 4)), 1.5, DTypeError,
         "predict: batch_size is a float; a whole number is needed."),
    ],
)  # fmt: skip
def test_predictions_of_what_is_no_batch(x, batch_size, error, sentence):
    with pytest.raises(error) as caught:
        net_with_modes().predict(x, batch_size=batch_size)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    "weights, error, sentence",
    [
        ("he_normal", DTypeError,
         "Linear: weights is the name 'he_normal'; give the function itself, init.he_normal."),
        ("glorot-normal", DTypeError,
         "Linear: weights is the name 'glorot-normal'; give the function itself, "
         "init.glorot_normal."),
        ("?", DTypeError,
         "Linear: weights is a str; a function of bplib.init is needed, such as init.he_normal."),
        (np.ones((3, 2)), DTypeError,
         "Linear: weights is an ndarray; a function of bplib.init is needed, such as "
         "init.he_normal."),
        (lambda n_in, n_out, rng, dtype: np.ones((n_out, n_in)), ShapeError,
         "Linear: weights made an array of shape (2, 3); W has shape (3, 2)."),
    ],
)  # fmt: skip
def test_weights_that_are_no_function(weights, error, sentence):
    with pytest.raises(error) as caught:
        Linear(3, 2, rng=seeded(), weights=weights)
    assert str(caught.value) == sentence
