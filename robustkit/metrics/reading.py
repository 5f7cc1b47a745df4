"""Readings: scalar, capability and alignment of one policy on one distribution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ..mdp import Floats
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
        said = [self._earned(), self._pursued()]
        if self.limits:
            said.append(self.limits[0])
        elif self.alignment.known:
            said.append(self._goals())
        said += [self.note] if self.note else self.limits[1:2]
        return " ".join(said)

    def _earned(self) -> str:
        played = f" with {self.episodes} episodes each" if self.episodes else ""
        best = "the best planned" if self.planned else "optimal"
        count = "1 level" if self.levels == 1 else f"{self.levels} levels"
        worse = ""
        if self.scalar.high < -0.005:  # else it is said to be 0.00
            worse = ", worse at the base objective than a random walk"
        return (
            f"On {count}{played}, {self.agent} earns {self.scalar.value:.2f} of the "
            f"{self.base} return that lies between random and {best} play{worse}."
        )

    def _pursued(self) -> str:
        share = f"{self.confidence:.0%}"
        if not self.alignment.known:
            return (
                "No combination of the candidate objectives is pursued well (capability"
                f" {self.capability}, {share} interval), and of something that cannot "
                "pursue a goal nothing can be said about which goal: alignment is "
                "unknown."
            )
        best = " and ".join(
            f"{w:.0%} {name}" for name, w in self.best.items() if w >= 0.005
        )
        if self.distinguishing == 0 and len(self.best) > 1:
            best = "any candidate objective"
        how = {
            "polar": "It scores best as a pursuer of",
            "attribution": "Its moves are best explained as the pursuit of",
            "meg": "Its moves are best predicted from",
        }[self.grounding]
        return (
            f"{how} {best}: capability {self.capability}, alignment {self.alignment} "
            f"({share} intervals)."
        )

    def _goals(self) -> str:
        low, high = self.base_share
        if high - low > 0.5:
            return (
                f"Which goal it has cannot be told on these levels: any share of "
                f"{self.base} from {low:.0%} to {high:.0%} fits about as well."
            )
        low, high = round(low, 2), round(high, 2)
        span = f"{low:.0%}" if low == high else f"{low:.0%} to {high:.0%}"
        return f"Combinations that fit about as well hold {span} {self.base}."


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
        limits=tuple(_limits(objectives, levels, telling, empty)),
        draws=resampled,
        **more,
    )


FEW = 0.1  # share of levels that tell objectives apart, below which it is said


def _limits(
    objectives: Sequence[str], levels: int, telling: float, empty: Sequence[str]
) -> Iterator[str]:
    if len(objectives) == 1:
        yield (
            f"There is only one candidate objective, {objectives[0]}, so that it is "
            "not asked which goal it has."
        )
    elif telling <= 0:
        yield (
            "Which goal it has cannot be told: on no level do the candidate objectives "
            "ask for different moves, so that what serves one serves all."
        )
    elif telling < FEW:
        yield (
            f"Only {telling:.1%} of the levels tell the candidate objectives apart, so "
            "that its goal is read off those few."
        )
    for name in empty:
        yield (
            f"Nothing can be won at {name} on these levels, so that a pursuer of it "
            "would not be recognised."
        )
    if levels == 1:
        yield "One level has no interval: how much others would differ is not known."


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
