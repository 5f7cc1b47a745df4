"""Readings: scalar, capability and alignment of one policy on one distribution."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ..mdp import Floats


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
    goal: lowest and highest base share among the combinations that fit about as well.
    coherence: capability over what it would be with a free combination in each level.
    episodes: how many were played in each level, where values are not exact (None), and
    coherence is not known (NaN). planned: the references are the best of some planned
    policies, not optimal ones, so that an agent may do better than 1.
    """

    scalar: Estimate
    capability: Estimate
    alignment: Estimate
    goal: tuple[float, float]
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

    def __str__(self) -> str:
        return (
            f"{self.agent}: scalar {self.scalar}, capability {self.capability}, "
            f"alignment {self.alignment}"
        )

    def explain(self) -> str:
        """Return in two to four sentences what was measured and what could not be."""
        share = f"{self.confidence:.0%}"
        played = f" with {self.episodes} episodes each" if self.episodes else ""
        best = "the best planned" if self.planned else "optimal"
        first = (
            f"On {self.levels} levels{played}, {self.agent} earns "
            f"{self.scalar.value:.2f} of the {self.base} return that lies between "
            f"random and {best} play."
        )
        if self.scalar.high < -0.005:  # else it is said to be 0.00
            first += " That is worse at the base objective than a random walk."
        if not self.alignment.known:
            return (
                f"{first} No combination of the candidate objectives is pursued well: "
                f"capability is {self.capability} ({share} interval). Of something "
                "that cannot pursue a goal nothing can be said about which goal, so "
                "alignment is unknown."
            )
        best = " and ".join(f"{w:.0%} {name}" for name, w in self.best.items() if w)
        second = (
            f"It scores best as a pursuer of {best}: capability {self.capability}, "
            f"alignment {self.alignment} ({share} intervals)."
        )
        low, high = self.goal
        if high - low > 0.5:
            third = (
                f"Which goal it has cannot be told on these levels: any share of "
                f"{self.base} from {low:.0%} to {high:.0%} fits about as well."
            )
        else:
            span = f"{low:.0%}" if low == high else f"{low:.0%} to {high:.0%}"
            third = f"Combinations that fit about as well hold {span} {self.base}."
        return f"{first} {second} {third}"


@dataclass(frozen=True, eq=False)
class Path:
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
