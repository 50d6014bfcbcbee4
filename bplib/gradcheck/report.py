"""What a gradient check found, for programs to ask and for people to read."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["ArgumentReport", "Kink", "Report"]


@dataclass(frozen=True)
class Kink:
    """A corner: the slope just left of this entry differs from the slope just right of it.

    Fields:
        index: the entry.
        left: the slope just before it.
        right: the slope just after it.
        analytic: what the backward function says.
    """

    index: tuple[int, ...]
    left: float
    right: float
    analytic: float


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
        kinks: the corners that were met.
        note: anything else that a reader must know.
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

    def __str__(self) -> str:
        lines = [
            f"  {'✓' if self.ok else '✗'} {self.name:<12} {self.shape!s:<14} {self.method:<11}"
            f"relative error {self.relative_error:.1e}"
        ]
        if not self.ok and self.worst is not None:
            lines.append(
                f"      worst entry {self.worst}: backward says {self.analytic:.6g}, "
                f"finite differences say {self.numeric:.6g}"
            )
        lines += [
            f"      entry {kink.index} sits at a corner: slope {kink.left:.6g} to the left, "
            f"{kink.right:.6g} to the right, backward says {kink.analytic:.6g}"
            for kink in self.kinks[:3]
        ]
        if len(self.kinks) > 3:
            lines.append(f"      and {len(self.kinks) - 3} more corners")
        if self.note:
            lines.append(f"      {self.note}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Report:
    """The outcome of a gradient check; true exactly when every argument's gradient is right.

    Fields:
        what: the name of what was checked.
        arguments: an `ArgumentReport` for each argument that has a gradient.
    """

    what: str
    arguments: tuple[ArgumentReport, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """True when the gradient of every argument agrees."""
        return all(argument.ok for argument in self.arguments)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        verdict = "the gradients agree" if self.ok else "the gradients DISAGREE"
        return "\n".join([f"gradcheck of {self.what}: {verdict}", *map(str, self.arguments)])

    __repr__ = __str__
