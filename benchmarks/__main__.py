"""Measures everything and writes RESULTS.md.

python -m benchmarks                 everything, into RESULTS.md and growth.svg
python -m benchmarks --quick         everything, roughly; prints the page and writes nothing
python -m benchmarks step memory     parts; likewise
"""

from __future__ import annotations

import argparse
import os
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import (
    adam,
    checkpoint,
    classifier,
    growth,
    import_time,
    machine,
    memory,
    paired,
    step,
)
from benchmarks.report import Claim, Section, page
from bplib.blas import decision
from bplib.blas.kernels import VARIABLE

RESULTS = Path(__file__).with_name("RESULTS.md")
NO_ADVICE = "One training step, without the advice of bplib doctor"


def without_advice(pace: paired.Pace, environment: Mapping[str, str]) -> Section:
    """The steps again with the kernels that OpenBLAS picks by itself, where that differs."""
    if environment:
        return step.run(pace, {}, heading=NO_ADVICE)
    if VARIABLE in os.environ:
        why = f"{VARIABLE}={os.environ[VARIABLE]} was set by hand and used throughout."
    else:
        why = "On this processor bplib doctor advises nothing: the kernels that OpenBLAS picks by "
        why += "itself were used throughout, and a second table would repeat the first."
    return Section(NO_ADVICE, why)


def parts(pace: paired.Pace, environment: Mapping[str, str], write: bool) -> dict[str, Callable]:
    """Every part by its name, in the order of the page."""
    picture = growth.PICTURE if write else None
    return {
        "step": lambda: step.run(pace, environment),
        "without-advice": lambda: without_advice(pace, environment),
        "adam": lambda: adam.run(pace, environment),
        "digits": lambda: classifier.run(pace, environment),
        "memory": memory.run,
        "checkpoint": lambda: checkpoint.run(pace, environment),
        "growth": lambda: growth.run(pace, environment, picture),
        "import": lambda: import_time.run(pace.rounds * 2),
    }


def answered(name: str, measure: Callable[[], Section]) -> Section:
    """The part's section; one that fails says so on the page, and the others are measured."""
    try:
        return measure()
    except Exception as error:
        traceback.print_exc()
        last = str(error).strip().rpartition("\n")[2]
        said = f"{type(error).__name__}: {last}"
        return Section(f"Failed: {name}", said, [Claim(name, "failed", "", False)])


def main() -> None:
    """Reads the command line, measures, writes or prints."""
    names = list(parts(paired.QUICK, {}, False))
    parser = argparse.ArgumentParser(prog="make bench", description="What bplib costs.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(names)}")
    parser.add_argument("--quick", action="store_true", help="a rough answer, printed only")
    asked = parser.parse_args()
    for name in asked.parts:
        if name not in names:
            parser.error(f"there is no part {name!r}; the parts are {', '.join(names)}")
    pace = paired.QUICK if asked.quick else paired.FULL
    whole = not asked.parts and not asked.quick
    load = machine.load()
    if load is not None and load > machine.BUSY:
        print(
            f"The machine is busy (load {load:.1f}); with more than one thread each, expect noise."
        )
    environment = decision.assignment(os.environ)
    started = time.monotonic()
    sections = []
    for name, measure in parts(pace, environment, whole).items():
        if not asked.parts or name in asked.parts:
            print(f"{name} ...", flush=True)
            sections.append(answered(name, measure))
    note = "A quick run: few rounds, rough numbers." if asked.quick else ""
    text = page(machine.facts(environment, load), sections, note)
    if whole:
        RESULTS.write_text(text, encoding="utf-8")
        claims = [claim for section in sections for claim in section.claims]
        print("\n".join(f"✗ {c.what}: {c.measured}, {c.wanted}" for c in claims if not c.holds))
        kept = sum(claim.holds for claim in claims)
        print(f"{kept} of {len(claims)} limits are kept; benchmarks/RESULTS.md has the numbers.")
    else:
        print(f"\n{text}")
    print(f"It took {time.monotonic() - started:.0f} s.")


if __name__ == "__main__":
    main()
