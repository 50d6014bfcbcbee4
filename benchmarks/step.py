"""One training step through the public interface: how long it takes beside the peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks import peers
from benchmarks.case import Case
from benchmarks.paired import Pace, alternate, in_words, ratio
from benchmarks.report import Claim, Section, at_least, at_most, table
from benchmarks.worker import Died, Worker

OURS = "layers"
LIMIT = "matmul"
PEERS = ("layers", "tape", "matmul", "plain", "torch_eager", "jax_jit", "jax_pipelined",
         "autograd_numpy", "mygrad_tensors")  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """A case with its limits: of bplib's time as a part of a peer's."""

    case: Case
    of: Mapping[str, float]


WANTED = (
    Wanted(Case((2, 3, 1), 4, "binary_cross_entropy"), {"torch_eager": 0.50}),
    Wanted(Case((2, 3, 1), 4, "mse"), {"torch_eager": 0.50}),
    Wanted(Case((64, 100, 10), 32), {"torch_eager": 0.45, "jax_jit": 0.95}),
    Wanted(Case((784, 256, 128, 10), 64), {"torch_eager": 0.65, "jax_jit": 0.95}),
    Wanted(Case((784, 256, 128, 10), 256), {"torch_eager": 0.62, "jax_jit": 0.95}),
    Wanted(Case((784, 1024, 1024, 10), 256), {"torch_eager": 0.58, "jax_jit": 1.05}),
)
TAPE_AT_MOST = 1.25
PRODUCTS_AT_LEAST = 0.88
SAME = 0.01
"""How far two loss curves may be apart, as a part of what is learned along them."""
LOSSES = {"binary_cross_entropy": ", binary cross-entropy", "mse": ", squared error"}


def title(case: Case) -> str:
    """The case's name, with its loss where that is not the softmax's."""
    return case.name + LOSSES.get(case.loss, "")


def disagreement(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How far two loss curves are apart, as a part of what was learned along them."""
    learned = max(ours) - min(ours)
    apart = max(abs(a - b) for a, b in zip(ours, theirs, strict=True))
    return apart / learned


def started(
    stack: ExitStack, names: Sequence[str], case: Case, environment: Mapping[str, str]
) -> tuple[dict[str, Worker], list[str]]:
    """A worker for every peer that is there and can do it, and what became of the others.

    Each has shown that it computes what bplib's layers compute, or is left out.
    """
    workers: dict[str, Worker] = {}
    notes = []
    expected: list[float] = []
    for name in names:
        if not peers.supports(name, case):
            continue
        who = peers.load(name).TITLE
        if not peers.installed(name):
            notes.append(f"{who} is not installed and left out")
            continue
        try:
            worker = stack.enter_context(Worker(name, case, environment))
            curve = worker.losses(10) if case.part == "step" and name != LIMIT else expected
        except Died as error:
            notes.append(f"{who} is left out ({error})")
            continue
        expected = expected or curve  # bplib's layers come first
        if expected and (apart := disagreement(expected, curve)) > SAME:
            notes.append(f"{who} computes another loss ({apart:.1%} off) and is left out")
            continue
        workers[name] = worker
    return workers, notes


def measured(
    names: Sequence[str], case: Case, pace: Pace, environment: Mapping[str, str]
) -> tuple[dict[str, list[float]], list[str]]:
    """The seconds of every round, by peer, and the notes on those left out."""
    with ExitStack() as stack:
        workers, notes = started(stack, names, case, environment)
        return alternate(workers, pace), notes


def claims_of(wanted: Wanted, seconds: Mapping[str, list[float]]) -> list[Claim]:
    """The promises for one case, as far as the peers were there."""
    what, found = title(wanted.case), []
    for name, limit in wanted.of.items():
        if name in seconds:
            part = ratio(seconds[OURS], seconds[name])
            of = peers.load(name).TITLE
            found.append(at_most(f"step, {what}: of {of}", part.median, limit, str(part)))
    if wanted.case.sizes == (784, 256, 128, 10):
        part = ratio(seconds["tape"], seconds[OURS])
        found.append(at_most(f"tape, {what}: of layers", part.median, TAPE_AT_MOST, str(part)))
    if wanted is WANTED[-1]:
        part = ratio(seconds[LIMIT], seconds[OURS])
        what = f"step, {what}: share of matrix products"
        found.append(at_least(what, part.median, PRODUCTS_AT_LEAST, str(part)))
    return found


def within_reach(peer: str, times: Mapping[str, Mapping[str, list[float]]]) -> str:
    """What part of a peer's time the library takes, and what NumPy can reach at all."""
    names = (OURS, "plain", LIMIT)
    rows = [
        [what, *(f"{ratio(seconds[n], seconds[peer]).median:.2f}" for n in names if n in seconds)]
        for what, seconds in times.items()
        if peer in seconds
    ]
    return (
        f"As a part of {peers.load(peer).TITLE}'s time; where the bare products alone are above a "
        "limit, the two libraries' matrix products decide, and nothing written in NumPy can keep "
        f"it on this machine:\n\n{table(['', *(peers.load(n).TITLE for n in names)], rows)}"
    )


def run(
    pace: Pace,
    environment: Mapping[str, str],
    cases: Sequence[Wanted] = WANTED,
    heading: str = "One training step",
) -> Section:
    """Times every case with every peer."""
    claims: list[Claim] = []
    notes: dict[str, None] = {}
    times: dict[str, dict[str, list[float]]] = {}
    for wanted in cases:
        print(f"  {title(wanted.case)} ...", flush=True)
        seconds, said = measured(PEERS, wanted.case, pace, environment)
        times[title(wanted.case)] = seconds
        claims += claims_of(wanted, seconds)
        notes |= dict.fromkeys(said)
    names = [name for name in PEERS if any(name in seconds for seconds in times.values())]
    head = ["", *(peers.load(name).TITLE for name in names)]
    absolute = [
        [what, *(in_words(seconds[n]) if n in seconds else "–" for n in names)]
        for what, seconds in times.items()
    ]
    others = [name for name in names if name not in (OURS, LIMIT)]
    relative = [
        [what, *(str(ratio(seconds[OURS], seconds[n])) if n in seconds else "–" for n in others)]
        + [f"{ratio(seconds[LIMIT], seconds[OURS]).median:.0%}"]
        for what, seconds in times.items()
    ]
    text = [
        "float32, ReLU, SGD, softmax cross-entropy where no other loss is named (one output has no "
        "softmax). The gradient of the input is not computed by anybody. Median time of a step:",
        table(head, absolute),
        "bplib's layers as a part of each peer's time, and what part of bplib's step the bare "
        "matrix products would take:",
        table(["", *(peers.load(n).TITLE for n in others), "products"], relative),
        *(within_reach(name, times) for name in ("torch_eager", "jax_jit") if name in names),
    ]
    if notes:
        text.append(". ".join(note[0].upper() + note[1:] for note in notes) + ".")
    return Section(heading, "\n\n".join(text), claims)
