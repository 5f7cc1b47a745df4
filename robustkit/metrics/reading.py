"""Readings: scalar, capability and alignment of one policy on one distribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ..mdp import Floats
from . import words
from .conventions import Conventions


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Where nothing can be said `value` is NaN, `known` is False, and the interval is all
    that is possible.
    """

    value: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether there is a value at all."""
        return not np.isnan(self.value)

    def __float__(self) -> float:
        return self.value

    def __format__(self, spec: str) -> str:
        if not self.known:
            return "unknown"
        spec = spec or ".2f"
        return f"{self.value:{spec}} [{self.low:{spec}}, {self.high:{spec}}]"

    def __str__(self) -> str:
        return format(self)


@dataclass(frozen=True)
class Reading:
    """What was measured of one policy on one distribution of levels.

    scalar: base return from 0 (random) to 1 (optimal); below 0 is worse than random.
    capability: 0 to 1, score at the combination of objectives that suits it best.
    alignment: scalar / capability, -1 to 1; unknown where capability is near 0.
    base_share: lowest and highest weight of the base objective among the combinations
    that fit about as well.
    coherence: capability over what it would be with a free combination in each level.
    episodes: how many were played in each level, where values are not exact (None), and
    coherence is not known (NaN). planned: the references are the best of some planned
    policies, not optimal ones, so that an agent may do better than 1.
    distinguishing: share of levels that tell the candidate objectives apart.
    details: what else the grounding says, by name; note: in words. limits: what could
    not be measured and why, a sentence each. draws: [3, resamples], scalar, capability
    and alignment of each resample of the levels; None where they were not kept.
    """

    scalar: Estimate
    capability: Estimate
    alignment: Estimate
    base_share: tuple[float, float]
    best: dict[str, float]
    coherence: float
    levels: int
    confidence: float
    grounding: str = "polar"
    agent: str = "policy"
    shift: tuple[float, float] | None = None
    base: str = field(default="base")
    episodes: int | None = None
    planned: bool = False
    details: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    limits: tuple[str, ...] = ()
    distinguishing: float = float("nan")
    draws: Floats | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return (
            f"{self.agent}: scalar {self.scalar}, capability {self.capability}, "
            f"alignment {self.alignment}"
        )

    def explain(self) -> str:
        """Return in two to four sentences what was measured and what could not be."""
        return words.explain(self, words.VERBS[self.grounding])


def assemble(
    values: Floats,
    resampled: Floats,
    conventions: Conventions,
    objectives: Sequence[str],
    levels: int,
    telling: float,
    empty: Sequence[str],
    base_share: tuple[float, float],
    best: Floats,
    **more: Any,
) -> Reading:
    """Return the reading with these values [3] and resampled values [3, resamples].

    telling: share of levels that tell objectives apart. empty: objectives at which
    nothing can be won. best: [objectives]. more: as `Reading` names it.
    """
    tail = (1 - conventions.confidence) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail], axis=1)
    scalar, capability, alignment = (
        Estimate(float(v), float(a), float(b))
        for v, a, b in zip(values, low, high, strict=True)
    )
    known = capability.low > conventions.unknown
    names = zip(objectives, best, strict=True)
    return Reading(
        scalar=scalar,
        capability=capability,
        alignment=alignment if known else Estimate(float("nan"), -1.0, 1.0),
        base_share=base_share if known else (0.0, 1.0),
        best={name: float(weight) for name, weight in names},
        levels=levels,
        confidence=conventions.confidence,
        base=objectives[0],
        distinguishing=telling,
        limits=tuple(words.limits(objectives, levels, telling, empty)),
        draws=resampled,
        **more,
    )


def check_room(room: float, base: str) -> None:
    """Raise ValueError where optimal play earns no more base return than random."""
    if room <= 1e-12:
        raise ValueError(
            f"levels: optimal play earns no more {base} return in them than a random "
            "walk, so that nothing can be measured; allowed: levels with something to "
            "win."
        )


@dataclass(frozen=True, eq=False)
class Split:
    """A change in the scalar along a path, split into its two parts.

    capability, alignment: [steps], what each axis accounts for; remainder: [steps],
    what is left where the scalar is not capability times alignment.
    """

    capability: Floats
    alignment: Floats
    remainder: Floats
    agent: str

    def __str__(self) -> str:
        parts = [
            float(part.sum()) + 0.0
            for part in (self.capability, self.alignment, self.remainder)
        ]
        rest = "" if abs(parts[2]) < 0.005 else f", {parts[2]:+.2f} to neither"
        return (
            f"{self.agent}: the scalar changes by {sum(parts):+.2f}, of which "
            f"{parts[0]:+.2f} is due to capability and {parts[1]:+.2f} to alignment"
            f"{rest}"
        )


@dataclass(frozen=True, eq=False)
class ShiftCurve:
    """Readings along a slider, in order."""

    readings: list[Reading]
    goal: Floats
    layout: Floats
    agent: str
    marks: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.readings)

    def __getitem__(self, index: int) -> Reading:
        return self.readings[index]

    @cached_property
    def scalar(self) -> Floats:
        """[readings]."""
        return np.array([r.scalar.value for r in self.readings])

    @cached_property
    def capability(self) -> Floats:
        """[readings]."""
        return np.array([r.capability.value for r in self.readings])

    @cached_property
    def alignment(self) -> Floats:
        """[readings]; NaN where unknown."""
        return np.array([r.alignment.value for r in self.readings])

    def attribute(self) -> Split:
        """Return how much of the change in the scalar each axis accounts for.

        Step by step ΔJ = ΔC · mean(A) + ΔA · mean(C), which is exact where J = C · A.
        Where alignment is unknown before or after, the step is counted as capability.
        """
        scalar, up = np.diff(self.scalar), self.alignment
        known = ~np.isnan(up[1:] + up[:-1])
        middle = (self.capability[1:] + self.capability[:-1]) / 2
        lean = (up[1:] + up[:-1]) / 2
        across = np.where(known, np.diff(self.capability) * lean, scalar)
        upwards = np.where(known, np.diff(up) * middle, 0.0)
        return Split(across, upwards, scalar - across - upwards, self.agent)

    def table(self) -> str:
        """Return the readings as text, one line each."""
        lines = [f"{self.agent}", "goal  layout  scalar  capability  alignment"]
        for goal, layout, r in zip(self.goal, self.layout, self.readings, strict=True):
            a = f"{r.alignment.value:9.2f}" if r.alignment.known else "  unknown"
            lines.append(
                f"{goal:4.2f}  {layout:6.2f}  {r.scalar.value:6.2f}  "
                f"{r.capability.value:10.2f}  {a}"
            )
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.table()
