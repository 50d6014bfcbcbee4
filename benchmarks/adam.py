"""Adam: the whole training step with it, and its own step alone, beside PyTorch's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from benchmarks import step
from benchmarks.case import Case
from benchmarks.paired import Pace, in_words, ratio
from benchmarks.report import Claim, Section, at_most, table

PEERS = ("layers", "torch_eager")
WHOLE = tuple(
    (replace(wanted.case, optimizer="adam"), wanted.of["torch_eager"]) for wanted in step.WANTED[2:]
)
"""As good against PyTorch's as the step with SGD is to be."""
ALONE = tuple(
    (Case(sizes, 32, optimizer="adam", part="optimizer"), 1.0)
    for sizes in ((64, 100, 10), (784, 256, 128, 10), (784, 1024, 1024, 10), (2048, 2048, 10))
)


def run(pace: Pace, environment: Mapping[str, str]) -> Section:
    """Times both at several sizes."""
    claims: list[Claim] = []
    rows = []
    for case, limit in (*WHOLE, *ALONE):
        alone = case.part == "optimizer"
        what = "Adam alone" if alone else "step with Adam"
        size = f"{case.parameters:,} parameters" if alone else case.name
        print(f"  {what}, {size} ...", flush=True)
        seconds, _ = step.measured(PEERS, case, pace, environment)
        if len(seconds) < len(PEERS):
            continue
        part = ratio(seconds["layers"], seconds["torch_eager"])
        claims.append(at_most(f"{what}, {size}: of PyTorch eager", part.median, limit, str(part)))
        rows.append([f"{what}, {size}", *(in_words(seconds[name]) for name in PEERS), str(part)])
    text = (
        "bplib's Adam beside `torch.optim.Adam` with its defaults, float32; the step alone is on "
    )
    text += "gradients that are there already.\n\n"
    text += table(["", "bplib", "PyTorch eager", "part"], rows) if rows else "PyTorch is missing."
    return Section("Adam", text, claims)
