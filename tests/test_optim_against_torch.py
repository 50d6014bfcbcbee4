"""Optimizers and schedules against PyTorch, where it is installed (the `bench` extra)."""

from types import SimpleNamespace

import numpy as np
import pytest

from bplib import optim
from bplib.optim import schedules

torch = pytest.importorskip("torch")

RULES = [
    (optim.SGD, torch.optim.SGD, {}, {}),
    (optim.SGD, torch.optim.SGD, {"weight_decay": 0.1}, {"weight_decay": 0.1}),
    (optim.Momentum, torch.optim.SGD, {}, {"momentum": 0.9}),
    (
        optim.Momentum,
        torch.optim.SGD,
        {"beta": 0.7, "weight_decay": 0.1},
        {"momentum": 0.7, "weight_decay": 0.1},
    ),
    (optim.Nesterov, torch.optim.SGD, {}, {"momentum": 0.9, "nesterov": True}),
    (
        optim.Nesterov,
        torch.optim.SGD,
        {"weight_decay": 0.1},
        {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
    ),
    (optim.AdaGrad, torch.optim.Adagrad, {}, {}),
    (
        optim.AdaGrad,
        torch.optim.Adagrad,
        {"epsilon": 0.01, "weight_decay": 0.1},
        {"eps": 0.01, "weight_decay": 0.1},
    ),
    (optim.RMSProp, torch.optim.RMSprop, {}, {}),
    (
        optim.RMSProp,
        torch.optim.RMSprop,
        {"beta": 0.8, "epsilon": 0.01, "weight_decay": 0.1},
        {"alpha": 0.8, "eps": 0.01, "weight_decay": 0.1},
    ),
    (optim.Adam, torch.optim.Adam, {}, {}),
    (
        optim.Adam,
        torch.optim.Adam,
        {"beta1": 0.8, "beta2": 0.9, "epsilon": 0.01, "weight_decay": 0.1},
        {"betas": (0.8, 0.9), "eps": 0.01, "weight_decay": 0.1},
    ),
    (optim.AdamW, torch.optim.AdamW, {}, {}),
    (
        optim.AdamW,
        torch.optim.AdamW,
        {"beta1": 0.8, "beta2": 0.9, "epsilon": 0.01, "weight_decay": 0.4},
        {"betas": (0.8, 0.9), "eps": 0.01, "weight_decay": 0.4},
    ),
]
SHAPES = (4, 3), (5,)


GROUPS = [
    (optim.SGD, torch.optim.SGD, {"weight_decay": 0.3}, {"weight_decay": 0.3}),
    (
        optim.Momentum,
        torch.optim.SGD,
        {"beta": 0.5, "weight_decay": 0.3},
        {"momentum": 0.5, "weight_decay": 0.3},
    ),
    (
        optim.Nesterov,
        torch.optim.SGD,
        {"beta": 0.5, "weight_decay": 0.3},
        {"momentum": 0.5, "nesterov": True, "weight_decay": 0.3},
    ),
    (
        optim.AdaGrad,
        torch.optim.Adagrad,
        {"epsilon": 0.1, "weight_decay": 0.3},
        {"eps": 0.1, "weight_decay": 0.3},
    ),
    (
        optim.RMSProp,
        torch.optim.RMSprop,
        {"beta": 0.5, "epsilon": 0.1, "weight_decay": 0.3},
        {"alpha": 0.5, "eps": 0.1, "weight_decay": 0.3},
    ),
    *(
        (
            ours,
            theirs,
            {"beta1": 0.5, "beta2": 0.7, "epsilon": 0.1, "weight_decay": 0.3},
            {"betas": (0.5, 0.7), "eps": 0.1, "weight_decay": 0.3},
        )
        for ours, theirs in ((optim.Adam, torch.optim.Adam), (optim.AdamW, torch.optim.AdamW))
    ),
]
"""What the second group has for itself; the first one takes PyTorch's own defaults."""


def a_hundred_steps(make_ours, make_theirs, schedule=None, their_schedule=None):
    """Step by step, on a loss with two valleys and much noise, with a changing learning rate."""
    rng = np.random.default_rng(0)
    starts = [rng.standard_normal(shape) for shape in SHAPES]
    a = [SimpleNamespace(value=x.copy(), grad=None, name="W") for x in starts]
    b = [torch.nn.Parameter(torch.tensor(x)) for x in starts]
    mine, other = make_ours(a), make_theirs(b)
    schedule = schedule or schedules.cosine(120, end=0.1)
    my_lr = optim.Scheduler(mine, schedule)
    if their_schedule is None:
        other_lr = torch.optim.lr_scheduler.LambdaLR(other, schedule)
    else:
        other_lr = their_schedule(other)
    for k in range(100):
        for x, y in zip(a, b, strict=True):
            noise = rng.standard_normal(x.value.shape)
            x.grad = x.value**3 - x.value + noise
            y.grad = torch.tensor(y.detach().numpy() ** 3 - y.detach().numpy() + noise)
        mine.step()
        my_lr.step()
        other.step()
        other_lr.step()
        for x, y in zip(a, b, strict=True):
            np.testing.assert_allclose(
                x.value, y.detach().numpy(), rtol=1e-10, atol=1e-12, err_msg=f"step {k}"
            )


@pytest.mark.parametrize("ours, theirs, settings, their_settings", RULES)
def test_a_hundred_steps_agree(ours, theirs, settings, their_settings):
    """With the conventions that the pages of the rules state, and a group at another rate."""
    a_hundred_steps(
        lambda p: ours(
            [{"parameters": p[:1]}, {"parameters": p[1:], "lr": 0.03}], 0.01, **settings
        ),
        lambda p: theirs(
            [{"params": p[:1]}, {"params": p[1:], "lr": 0.03}], 0.01, **their_settings
        ),
    )


@pytest.mark.parametrize("ours, theirs, own, their_own", GROUPS)
def test_groups_with_settings_of_their_own_agree(ours, theirs, own, their_own):
    usual = {"momentum": 0.9} if ours in (optim.Momentum, optim.Nesterov) else {}
    if ours is optim.Nesterov:
        usual["nesterov"] = True
    a_hundred_steps(
        lambda p: ours([{"parameters": p[:1]}, {"parameters": p[1:], **own}], lr=0.01),
        lambda p: theirs([{"params": p[:1]}, {"params": p[1:], **their_own}], lr=0.01, **usual),
    )


torch_lr = torch.optim.lr_scheduler
SCHEDULES = [
    (schedules.step(7, 0.3), lambda o: torch_lr.StepLR(o, 7, 0.3), 40),
    (schedules.exponential(0.9), lambda o: torch_lr.ExponentialLR(o, 0.9), 40),
    (schedules.cosine(40), lambda o: torch_lr.CosineAnnealingLR(o, 40), 41),
    (schedules.cosine(33, 0.2), lambda o: torch_lr.CosineAnnealingLR(o, 33, 0.2 * 0.5), 34),
    (schedules.linear_warmup(9), lambda o: torch_lr.LinearLR(o, 1 / 9, 1, 8), 20),
    (schedules.linear_warmup(9, 0.1), lambda o: torch_lr.LinearLR(o, 0.2, 1, 8), 20),
    (
        schedules.one_cycle(40),
        lambda o: torch_lr.OneCycleLR(o, 0.5, 40, cycle_momentum=False),
        40,
    ),
    (
        schedules.one_cycle(37, 0.4, 1 / 10, 1 / 50),
        lambda o: torch_lr.OneCycleLR(
            o, 0.5, 37, pct_start=0.4, div_factor=10, final_div_factor=5, cycle_momentum=False
        ),
        37,
    ),
    (
        schedules.linear_warmup(5).then(schedules.cosine(20)),
        lambda o: torch_lr.SequentialLR(
            o, [torch_lr.LinearLR(o, 1 / 5, 1, 4), torch_lr.CosineAnnealingLR(o, 20)], [5]
        ),
        26,
    ),
]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("ours, theirs, n", SCHEDULES, ids=lambda v: getattr(v, "name", ""))
def test_schedules_agree(ours, theirs, n):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(3))], lr=0.5)
    scheduler = theirs(optimizer)
    expected = []
    for _ in range(n):
        expected.append(optimizer.param_groups[0]["lr"] / 0.5)
        optimizer.step()
        scheduler.step()
    np.testing.assert_allclose([ours(k) for k in range(n)], expected, rtol=1e-10, atol=1e-15)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("ours, theirs, n", SCHEDULES, ids=lambda v: getattr(v, "name", ""))
def test_steps_under_a_schedule_agree(ours, theirs, n):
    """Their own scheduler beside ours, while it lasts; then both repeat the last factor."""

    def theirs_until_its_end(optimizer):
        scheduler = theirs(optimizer)
        left = iter(range(n - 1))
        return SimpleNamespace(step=lambda: scheduler.step() if next(left, None) is not None else 0)

    a_hundred_steps(
        lambda p: optim.Adam(p, lr=0.5),
        lambda p: torch.optim.Adam(p, lr=0.5),
        lambda k: ours(min(k, n - 1)),
        theirs_until_its_end,
    )


@pytest.mark.parametrize("limit", [0.1, 3.0, 100.0])
def test_clipping_agrees(limit):
    rng = np.random.default_rng(0)
    grads = [rng.standard_normal(shape) for shape in SHAPES]
    for clip, theirs, tolerance in (
        (optim.clip_by_global_norm, torch.nn.utils.clip_grad_norm_, 1e-6),
        (optim.clip_by_value, torch.nn.utils.clip_grad_value_, 0),
    ):
        a = [SimpleNamespace(value=g, grad=g, name="W") for g in grads]
        b = [torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in grads]
        for x, g in zip(b, grads, strict=True):
            x.grad = torch.tensor(g)
        before, other = clip(a, limit), theirs(b, limit)
        if other is not None:
            np.testing.assert_allclose(before, float(other), rtol=1e-14)
        for x, y in zip(a, b, strict=True):
            np.testing.assert_allclose(x.grad, y.grad.numpy(), rtol=tolerance)
