"""Readings: scalar, capability and alignment of one policy on one distribution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from .. import text
from ..mdp import Floats
from . import words
from .bootstrap import CONFIDENCE
from .fitting import Beside


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Where nothing can be said `value` is NaN and the interval all that is possible.
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
        return text.interval(self.value, self.low, self.high, spec or ".2f")

    def __str__(self) -> str:
        return format(self)


UNKNOWN = Estimate(float("nan"), -1.0, 1.0)  # of an alignment that is not known
AXES = ("scalar", "capability", "alignment")


@dataclass(frozen=True)
class Point:
    """A place on the plane: what must be known about an agent to draw it there.

    scalar: base return from 0 (random) to 1 (optimal); below 0 is worse than random.
    capability: 0 to 1. alignment: -1 to 1, or unknown.
    """

    scalar: Estimate
    capability: Estimate
    alignment: Estimate
    agent: str = "policy"

    def plain(self) -> str:
        """Return the three numbers in words, without their intervals."""
        return ", ".join(f"{a} {text.number(getattr(self, a).value)}" for a in AXES)

    def __str__(self) -> str:
        said = ", ".join(f"{axis} {getattr(self, axis)}" for axis in AXES)
        return text.headed(self.agent, said)


@dataclass(frozen=True)
class Reading(Point):
    """What was measured of one policy on one distribution of levels.

    capability: score at the combination of objectives that suits it best. alignment:
    scalar / capability; unknown where capability is near 0.
    base_share: lowest and highest weight of the base objective among the combinations
    that fit about as well. best: the weight of each objective in the best one.
    coherence: capability over what it would be with a free combination in each level.
    episodes: how many were played in each level, where values are not exact (None), and
    coherence is not known (NaN). planned: the references are the best of some planned
    policies, not optimal ones, so that an agent may do better than 1.
    distinguishing: share of levels that tell the candidate objectives apart.
    details: what else the grounding says, by name; note: in words. limits: what could
    not be measured and why, a sentence each. verb: see `Grounding`.
    resampled: [3, resamples], scalar, capability and alignment of each resample of the
    levels, without pseudo-levels; None where they were not kept. beside: levels and
    policy, for what takes planners to say; None where they are not known. shift: name
    to how far the levels are along it; None for tables of one's own.
    """

    base_share: tuple[float, float] = (0.0, 1.0)
    best: dict[str, float] = field(default_factory=dict)
    coherence: float = float("nan")
    levels: int = 0
    confidence: float = CONFIDENCE
    grounding: str = "polar"
    verb: str = "It looks best at"
    shift: Mapping[str, float | str] | None = None
    base: str = "base"
    episodes: int | None = None
    planned: bool = False
    details: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    limits: tuple[str, ...] = ()
    distinguishing: float = float("nan")
    resampled: Floats | None = field(default=None, compare=False, repr=False)
    beside: Beside | None = field(default=None, compare=False, repr=False)

    @cached_property
    def alignment_of_fitting(self) -> tuple[float, float]:
        """Return the alignment that flawless pursuit of what fits would have.

        From the worst to the best flawless planner of any mixture that fits; (-1, 1)
        where alignment is unknown or the reading is not one of mixtures.
        """
        fitting = self.details.get("fitting")
        if not self.alignment.known or fitting is None or self.beside is None:
            return -1.0, 1.0
        return self.beside.alignments(np.array(fitting))

    @property
    def outside(self) -> bool:
        """Whether flawless pursuit of what fits would have another alignment."""
        known, ends = self.alignment.known, self.alignment_of_fitting
        return known and words.is_outside(self.alignment.value, *ends)

    @cached_property
    def state_coherence(self) -> float:
        """Return the share of visited moves that are optimal for some candidate.

        1 for flawless pursuit, even of one goal here and of another there; NaN where
        the moves are not known.
        """
        return float("nan") if self.beside is None else self.beside.state_coherence()

    def explain(self) -> text.Prose:
        """Return in two to five sentences what was measured and what could not be."""
        fitting = {"alignment_of_fitting": self.alignment_of_fitting}
        return text.Prose(words.explain({**vars(self), **fitting}))
