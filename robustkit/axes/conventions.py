"""Every convention of the measurement in one place, for all groundings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .. import arguments
from ..mdp import Floats


@dataclass(frozen=True)
class Conventions:
    """Choices that a different author could have made otherwise.

    rho: levels with less room than this share of the usual count less (polar).
    delta: a mixture within this much of the best score counts as good as the best.
    unknown: alignment is unknown where the lower bound of capability is at most this.
    points: mixtures tried between two objectives, both ends included.
    confidence: of every interval.
    resamples: of the bootstrap over levels.
    """

    rho: float = 0.2
    delta: float = 0.02
    unknown: float = 0.1
    points: int = 11
    confidence: float = 0.95
    resamples: int = 1000

    def __post_init__(self) -> None:
        arguments.number("rho", self.rho, 1e-6, 1)
        arguments.fraction("delta", self.delta)
        arguments.fraction("unknown", self.unknown)
        arguments.whole("points", self.points, 2, 1001)
        arguments.number("confidence", self.confidence, 0.5, 0.9999)
        arguments.whole("resamples", self.resamples, 2)

    def mixtures(self, objectives: int) -> Floats:
        """Return the weights to try, [mixtures, objectives]; the first is the base.

        A grid between two objectives; for more of them the vertices and the midpoints
        of pairs.
        """
        one = np.eye(objectives)
        if objectives == 1:
            return one
        if objectives == 2:
            base = np.linspace(1, 0, self.points).round(12)
            return np.stack([base, 1 - base], 1)
        first, second = np.triu_indices(objectives, 1)
        return np.concatenate([one, (one[first] + one[second]) / 2])


DEFAULT = Conventions()
