"""What a gradient check found, for programs to ask and for people to read."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["ArgumentReport", "Kink", "Report"]


@dataclass(frozen=True)
class Kink:
    """A corner or a jump: the slopes just left and just right of an entry differ.

    Fields:
        index: the entry.
        left: the slope just before it.
        right: the slope just after it.
        analytic: what the backward function says.
        jump: whether the value jumps there, so that no gradient is right; the slopes are then
            those of one short step.
    """

    index: tuple[int, ...]
    left: float
    right: float
    analytic: float
    jump: bool = False

    def __str__(self) -> str:
        sides = f"{self.left:.6g} to the left, {self.right:.6g} to the right"
        if self.jump:
            return (
                f"entry {self.index} sits at a jump: slopes that grow as the step shrinks, "
                f"{sides}; no gradient is right there"
            )
        return (
            f"entry {self.index} sits at a corner: slope {sides}, backward says {self.analytic:.6g}"
        )


@dataclass(frozen=True)
class ArgumentReport:
    """What was found for one argument.

    Fields:
        name: of the argument.
        shape: its shape.
        method: "directions", "entries" or "complex": how its slopes were measured.
        ok: whether its gradient is right.
        relative_error: the largest difference, against the larger of the two slopes.
        worst: the index of the entry that is furthest off, None where directions were enough.
        analytic: what the backward function says there.
        numeric: what was measured there.
        kinks: the corners and jumps that were met.
        note: anything else that a reader must know.
        uncertain: whether the measurement was too coarse to tell; `ok` is then False, since
            nothing was shown.
    """

    name: str
    shape: tuple[int, ...]
    method: str
    ok: bool
    relative_error: float
    worst: tuple[int, ...] | None = None
    analytic: float | None = None
    numeric: float | None = None
    kinks: tuple[Kink, ...] = ()
    note: str = ""
    uncertain: bool = False

    def __str__(self) -> str:
        mark = "✓" if self.ok else "?" if self.uncertain else "✗"
        lines = [
            f"  {mark} {self.name:<12} {self.shape!s:<14} {self.method:<11}"
            f"relative error {self.relative_error:.1e}"
        ]
        if not self.ok and self.worst is not None:
            lines.append(
                f"      worst entry {self.worst}: backward says {self.analytic:.6g}, "
                f"finite differences say {self.numeric:.6g}"
            )
        lines += [f"      {kink}" for kink in self.kinks[:3]]
        if len(self.kinks) > 3:
            lines.append(f"      and {len(self.kinks) - 3} more corners or jumps")
        if self.note:
            lines.append(f"      {self.note}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Report:
    """The outcome of a gradient check; true exactly when every argument's gradient is right.

    Fields:
        what: the name of what was checked.
        arguments: an `ArgumentReport` for each argument that has a gradient.
        findings: sentences about what forward and backward must not do, such as changing their
            input; with one of these the check fails, whatever the gradients.
    """

    what: str
    arguments: tuple[ArgumentReport, ...] = field(default=())
    findings: tuple[str, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """True when the gradient of every argument agrees, and there is nothing else to say."""
        return not self.findings and all(argument.ok for argument in self.arguments)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        findings = [f"  ✗ {finding}" for finding in self.findings]
        return "\n".join(
            [f"gradcheck of {self.what}: {self._verdict()}", *findings, *map(str, self.arguments)]
        )

    __repr__ = __str__

    def _verdict(self) -> str:
        if self.findings and not self.arguments:
            return "there is nothing to measure"
        if any(not (one.ok or one.uncertain) for one in self.arguments):
            return "the gradients DISAGREE"
        if any(one.uncertain for one in self.arguments):
            return "the slopes were not measured well enough to tell"
        return (
            "the gradients agree, but the check fails" if self.findings else "the gradients agree"
        )
