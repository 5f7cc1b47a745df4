"""Every convention of the measurement in one place, for all groundings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import arguments
from ..mdp import Floats


@dataclass(frozen=True)
class Conventions:
    """Choices that a different author could have made otherwise.

    rho: levels with less headroom than this share of the usual count less (polar).
    delta: a mixture within this much of the best score counts as good as the best.
    unknown: alignment is unknown where the lower bound of capability is at most this.
    points: mixtures tried between two objectives, both ends included (polar).
    noises: ε of ε-greedy planners that are tried; temperatures: of Boltzmann planners,
    in units of what a random move loses on average (attribution). betas: rationalities
    of soft-optimal policies, in the inverse of these units, tried with either sign
    (meg). least_pull: a thing that draws its own planner less says nothing
    (intervention).
    alone: whether a single level is all there is, and no sample: it has no interval.
    confidence: of every interval.
    resamples: of the bootstrap over levels.
    """

    rho: float = 0.2
    delta: float = 0.02
    unknown: float = 0.1
    points: int = 11
    noises: tuple[float, ...] = (
        0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9,
    )  # fmt: skip
    temperatures: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0, 4.0)
    betas: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
    least_pull: float = 0.1
    alone: bool = False
    confidence: float = 0.95
    resamples: int = 1000

    def __post_init__(self) -> None:
        clean = {
            "rho": arguments.number("rho", self.rho, 1e-6, 1),
            "delta": arguments.fraction("delta", self.delta),
            "unknown": arguments.fraction("unknown", self.unknown),
            "points": arguments.whole("points", self.points, 2, 1001),
            "noises": _numbers("noises", self.noises, 1.0),
            "temperatures": _numbers("temperatures", self.temperatures, 1e3),
            "betas": _numbers("betas", self.betas, 1e3),
            "least_pull": arguments.number("least_pull", self.least_pull, 1e-6, 1),
            "alone": bool(self.alone),
            "confidence": arguments.number("confidence", self.confidence, 0.5, 0.9999),
            "resamples": arguments.whole("resamples", self.resamples, 2),
        }
        for name, value in clean.items():
            object.__setattr__(self, name, value)

    def seen(self, levels: int) -> float:
        """Return how many levels have been seen for one that has not, at so many.

        Without end where a single level is all there is: none is left unseen.
        """
        return np.inf if self.alone and levels == 1 else levels

    def mixtures(self, objectives: int) -> Floats:
        """Return the weights to try, [mixtures, objectives]; the first is the base.

        A grid between two objectives, and in tenths at most between three; for more of
        them the vertices and the midpoints of pairs.
        """
        one = np.eye(objectives)
        if objectives == 1:
            return one
        if objectives == 2:
            base = np.linspace(1, 0, self.points).round(12)
            return np.stack([base, 1 - base], 1)
        if objectives == 3:
            parts = min(self.points - 1, 10)
            whole = range(parts, -1, -1)
            each = [
                (a, b, parts - a - b) for a in whole for b in whole if a + b <= parts
            ]
            return np.array(each) / parts
        return self.goals(objectives)

    def goals(self, objectives: int) -> Floats:
        """Return the goals that moves are explained by, [goals, objectives].

        The objectives themselves, the base first, and half of each of any two.
        """
        one = np.eye(objectives)
        first, second = np.triu_indices(objectives, 1)
        return np.concatenate([one, (one[first] + one[second]) / 2])


def _numbers(name: str, given: Any, most: float) -> tuple[float, ...]:
    if not isinstance(given, tuple) or not given:
        raise arguments.refusal(name, given, "a tuple of numbers")
    return tuple(arguments.number(name, value, 1e-6, most) for value in given)


DEFAULT = Conventions()
